//! `cargo xtask soak`: the campaigns of the tests, for as long as one likes. Never part of `test`.

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, Purpose},
    test::marked,
};

/// Options of `cargo xtask soak`.
#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds of a bad network accounts have to survive.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// How often the app is killed in the middle of what people do.
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// How often known users are compared with as many unknown ones, by the time that their answers take.
    #[arg(long, default_value_t = 2_000)]
    timings: u64,
    /// Draws other instants and steps.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the campaigns; a seed that fails is printed, with the command that runs it alone.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    if options.timings > 0 {
        time(project, options.timings)?;
    }
    if options.seeds == 0 && options.kills == 0 {
        return Ok(());
    }
    setup::install_packages(Purpose::Test)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    let campaign = |name: &str| {
        let mut tests = cargo(&project.root);
        tests.args(["test", "--locked", "--workspace", "--test", name, "--", "--nocapture"]);
        tests
    };
    if options.seeds > 0 {
        run_program(campaign("faults").env("FRONTDESK_SEEDS", options.seeds.to_string()))?;
    }
    if options.kills > 0 {
        if !cfg!(target_os = "linux") {
            bail!("the app is killed under Linux only: give --kills 0");
        }
        // The server that people sign in to.
        run_program(cargo(&project.root).args(["build", "--locked", "--workspace", "--bins"]))?;
        let mut kills = campaign("kills");
        kills.env("FRONTDESK_KILLS", options.kills.to_string()).env("FRONTDESK_SEED", options.seed.to_string());
        marked(&mut kills)?;
    }
    Ok(())
}

/// Measures whether the time of an answer tells who has an account. Alone, and one after the other: whatever else the
/// computer does shows in it.
fn time(project: &Project, samples: u64) -> Result<()> {
    let mut timing = cargo(&project.root);
    timing.args([
        "test",
        "--locked",
        "--workspace",
        "--test",
        "instance",
        "--",
        "--ignored",
        "--nocapture",
        "timing::",
    ]);
    timing.env("FRONTDESK_TIMING_SAMPLES", samples.to_string());
    run_program(&mut timing)
}
