//! `cargo xtask soak`: the campaigns of the tests, for as long as one likes. Never part of `test`.

use anyhow::Result;
use clap::Args;

use crate::{
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, Purpose},
};

/// Options of `cargo xtask soak`.
#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds of a bad network accounts have to survive.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
}

/// Runs the campaigns; a seed that fails is printed, with the command that runs it alone.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    setup::install_packages(Purpose::Test)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    let mut faults = cargo(&project.root);
    faults.args(["test", "--locked", "--workspace", "--test", "faults", "--", "--nocapture"]);
    run_program(faults.env("FRONTDESK_SEEDS", options.seeds.to_string()))
}
