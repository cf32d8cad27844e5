//! `cargo xtask check`: everything that needs no running program of ours, cheapest first.

mod cross;
mod rooms;
mod sources;

use anyhow::Result;
use clap::Args;

use crate::{
    programs::{cargo, run as run_program},
    project::Project,
    setup::{self, CARGO_DENY, Purpose, npm},
    stages::{Run, Stage},
};

const SOURCES: Stage = Stage { name: "format and rules", budget: 20 };
const SET_UP: Stage = Stage { name: "set-up", budget: 240 };
const INTERFACE: Stage = Stage { name: "interface", budget: 60 };
const LICENCES: Stage = Stage { name: "licences", budget: 120 };
const LINTS: Stage = Stage { name: "lints", budget: 480 };
const BINDINGS: Stage = Stage { name: "bindings", budget: 480 };
/// What is experimental, from the app down.
const PHONE: &str = "frontdesk/phone";
/// The phone of another make, for tests of it.
const PHONE_PEER: &str = "frontdesk-authenticator/phone-peer";

/// Options of `cargo xtask check`.
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[derive(Args)]
pub(crate) struct Options {
    /// Only ask the advisory database for known vulnerabilities of dependencies; needs a network.
    #[arg(long)]
    advisories: bool,
    /// Only check the types of the app as Windows and macOS would compile it; takes a quarter of an hour at first.
    #[arg(long)]
    cross: bool,
    /// Only check and test what is experimental and in no package: a phone as an authenticator.
    #[arg(long)]
    experimental: bool,
    /// Only the stages whose name contains this word; the run then counts as incomplete.
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Succeed although something was left out.
    #[arg(long)]
    allow_incomplete: bool,
}

/// Checks.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    if options.advisories {
        return deny(project, &["advisories"]);
    }
    if options.cross {
        return cross::check(project);
    }
    if options.experimental {
        return experimental(project);
    }
    let mut run = Run::new(options.only.clone());
    let outcome = all(project, &mut run, Purpose::Build);
    run.close(outcome, options.allow_incomplete)
}

/// Every check, as stages of a run.
pub(crate) fn all(project: &Project, run: &mut Run, purpose: Purpose) -> Result<()> {
    run.stage(SOURCES, || {
        run_program(cargo(&project.root).args(["fmt", "--all", "--check"]))?;
        rooms::check(project)?;
        sources::check(project)
    })?;
    run.always(SET_UP, || {
        setup::install_packages(purpose)?;
        setup::check_node()?;
        setup::install_npm_packages(project, "ui")?;
        // The app carries the interface, so nothing of the app compiles before it is built; this checks its types too.
        setup::build_interface(project)
    })?;
    run.stage(INTERFACE, || run_program(npm(project, "ui").args(["run", "--silent", "lint"])))?;
    run.stage(LICENCES, || deny(project, &["bans", "licenses", "sources"]))?;
    run.stage(LINTS, || {
        let mut clippy = cargo(&project.root);
        run_program(clippy.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
        // Not tested by default (tests/Cargo.toml), so not among all targets.
        let mut window = cargo(&project.root);
        run_program(window.args([
            "clippy",
            "--locked",
            "--workspace",
            "--test",
            "window",
            "--test",
            "kills",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    run.stage(BINDINGS, || {
        run_program(cargo(&project.root).args(["test", "--locked", "--workspace", "--test", "bridge"]))
    })
}

/// Everything once more with what no package has, as far as that changes it. The whole workspace, so that what is built
/// already is not built anew for another set of features.
fn experimental(project: &Project) -> Result<()> {
    setup::install_packages(Purpose::Experimental)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    setup::build_interface(project)?;
    let with = ["--locked", "--workspace", "--features", PHONE, "--features", PHONE_PEER];
    run_program(cargo(&project.root).arg("clippy").args(with).args(["--all-targets", "--", "-D", "warnings"]))?;
    run_program(cargo(&project.root).arg("test").args(with).args([
        "--lib",
        "--",
        "phone::tests",
        "phone::peer_tests",
        "authenticators::tests",
    ]))
}

/// Runs cargo-deny over what `deny.toml` says.
fn deny(project: &Project, what: &[&str]) -> Result<()> {
    let program = setup::tool(project, CARGO_DENY)?;
    let mut command = std::process::Command::new(program);
    // What is experimental is held to the same; the tests of it are not, which bring what is banned.
    command.current_dir(&project.root).args(["--locked", "--workspace", "--features", PHONE]);
    run_program(command.args(["check", "--hide-inclusion-graph"]).args(what))
}
