//! `cargo xtask screenshots`: pictures of the real window.

use std::process::Command;

use anyhow::Result;

use crate::{
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, Purpose},
};

/// Drives the real window to each screen and writes `docs/screenshots`.
pub(crate) fn run(project: &Project) -> Result<()> {
    setup::install_packages(Purpose::Test)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    let mut build = cargo(&project.root);
    run_program(build.args(["build", "--locked", "--workspace", "--bin", "frontdesk", "--bin", "screenshots"]))?;
    run_program(
        Command::new(project.program("debug", "screenshots"))
            .arg(project.path("docs/screenshots"))
            .env("FRONTDESK_APP", project.program("debug", "frontdesk")),
    )
}
