//! The project's own commands: `cargo xtask run | test | check | bench | soak | fuzz | screenshots`.
//!
//! Each sets up what it needs first, so that a fresh clone on a fresh computer needs no other command.
//!
//! ```text
//! project      where things are
//! programs     running other programs, and ending those that stay
//! stages       what a run consists of, how long each part took and may take
//! setup        system packages, npm packages, tools
//! check        everything that needs no running program of ours
//! test         check, and every test against the real parts
//! soak         the campaigns of the tests, for longer
//! fuzz         texts from outside, made up without end
//! bench        speed and memory as ratios
//! screenshots  pictures of the real window
//! ```

mod bench;
mod check;
mod fuzz;
mod postgres;
mod programs;
mod project;
mod run;
mod screenshots;
mod setup;
mod soak;
mod stages;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;

/// Sets up, runs, checks and tests Frontdesk.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set everything up, build the app and open it.
    Run(run::Options),
    /// Set everything up, then run every check and every test.
    Test(test::Options),
    /// Format, rules of the rooms and sources, interface, licences, lints, bindings.
    Check(check::Options),
    /// Measure speed and memory as ratios within one run.
    Bench(bench::Options),
    /// Run the campaigns of the tests for longer: accounts over a bad network.
    Soak(soak::Options),
    /// Make up texts that come from outside, and hold them against what has to be true of them.
    Fuzz(fuzz::Options),
    /// Take a picture of each screen of the real window into docs/screenshots.
    Screenshots,
}

fn main() -> ExitCode {
    match carry_out(Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<()> {
    let project = Project::find()?;
    match command {
        Command::Run(options) => run::run(&project, &options),
        Command::Test(options) => test::run(&project, &options),
        Command::Check(options) => check::run(&project, &options),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Soak(options) => soak::run(&project, &options),
        Command::Fuzz(options) => fuzz::run(&project, &options),
        Command::Screenshots => screenshots::run(&project),
    }
}
