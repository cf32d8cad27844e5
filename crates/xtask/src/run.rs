//! `cargo xtask run`: sets up, builds and opens the app.

use std::{ffi::OsString, process::Command};

use anyhow::Result;
use clap::Args;

use crate::{
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, Purpose},
};

/// Options of `cargo xtask run`.
#[derive(Args)]
pub(crate) struct Options {
    /// Given to the app as they are.
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Opens the app.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    setup::install_packages(Purpose::Build)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    // `--workspace` keeps one feature set, so that this and the tests share what is built.
    run_program(cargo(&project.root).args(["build", "--locked", "--workspace", "--bin", "frontdesk"]))?;
    println!("Opening Frontdesk …");
    run_program(Command::new(project.program("debug", "frontdesk")).args(&options.arguments))
}
