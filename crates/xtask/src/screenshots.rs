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
    let programs = ["frontdesk", "frontdesk-server", "screenshots"].map(|program| ["--bin", program]);
    run_program(build.args(["build", "--locked", "--workspace"]).args(programs.as_flattened()))?;
    run_program(
        Command::new(project.program("debug", "screenshots"))
            .arg(project.path("docs/screenshots"))
            .env("FRONTDESK_APP", project.program("debug", "frontdesk"))
            .env("FRONTDESK_SERVER", project.program("debug", "frontdesk-server")),
    )
}
