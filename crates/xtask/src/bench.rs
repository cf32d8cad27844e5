//! `cargo xtask bench`: builds release programs and measures them.

use std::{ffi::OsString, process::Command};

use anyhow::Result;
use clap::Args;

use crate::{
    postgres::{Cluster, Durability},
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, Purpose},
};

/// What is measured, and what that takes.
const PROGRAMS: [&str; 6] =
    ["frontdesk", "frontdesk-server", "frontdesk-bare-window", "frontdesk-bench", "headless", "postgres-template"];

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub(crate) struct Options {
    /// Given to the bench as they are: --json, --only SECTION, --rounds N, --users N, --idle SECONDS.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Measures and prints a table.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    setup::install_packages(Purpose::Test)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    let mut build = cargo(&project.root);
    build.args(["build", "--locked", "--release", "--workspace"]);
    for program in PROGRAMS {
        build.args(["--bin", program]);
    }
    run_program(&mut build)?;
    let mut bench = Command::new(project.program("release", "frontdesk-bench"));
    bench
        .args(&options.arguments)
        .env("FRONTDESK_SERVER", project.program("release", "frontdesk-server"))
        .env("FRONTDESK_APP", project.program("release", "frontdesk"))
        .env("FRONTDESK_BARE", project.program("release", "frontdesk-bare-window"));
    let cluster = Cluster::start(Durability::Full)?;
    if let Some(cluster) = &cluster {
        cluster.migrate_template(&project.program("release", "postgres-template"))?;
        cluster.tell(&mut bench);
    }
    run_program(&mut bench)
}
