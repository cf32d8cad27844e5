//! `cargo xtask test`: every check, then every test against the real parts, cheapest failures first.

mod window;

pub(crate) use self::window::marked;

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{
    check,
    postgres::{Cluster, Durability},
    programs::{cargo, on_path, run as run_program},
    project::Project,
    setup::{self, Purpose, npm},
    stages::{Run, Stage},
};

const INTERFACE: Stage = Stage { name: "interface tests", budget: 120 };
const BUILD: Stage = Stage { name: "build", budget: 300 };
const RUST: Stage = Stage { name: "rust tests", budget: 300 };
const SDK: Stage = Stage { name: "sdk tests", budget: 180 };
const WINDOW: Stage = Stage { name: "window tests", budget: 480 };

/// What a Chromium is called, as `tests/sdk/harness/browser.mjs` looks for it too.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Options of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Options {
    /// Succeed although something had to be left out.
    #[arg(long)]
    allow_incomplete: bool,
    /// Only the stages whose name contains this word; the run then counts as incomplete.
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
}

/// Tests.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let mut run = Run::new(options.only.clone());
    let outcome = all(project, &mut run);
    run.close(outcome, options.allow_incomplete)
}

fn all(project: &Project, run: &mut Run) -> Result<()> {
    check::all(project, run, Purpose::Test)?;
    run.stage(INTERFACE, || run_program(npm(project, "ui").args(["run", "--silent", "test"])))?;
    // With the tests, so that dependencies are built with the features that those ask for, and not twice.
    run.always(BUILD, || {
        run_program(cargo(&project.root).args(["build", "--locked", "--workspace", "--bins", "--tests"]))
    })?;
    rust(project, run)?;
    run.stage(SDK, || sdk(project))?;
    if run.wants(SDK) && !BROWSERS.into_iter().any(on_path) {
        run.leave_out("there is no Chromium here, so no page was driven against the server; install chromium");
    }
    if cfg!(target_os = "linux") {
        run.stage(WINDOW, || window::test(project))
    } else {
        run.leave_out("the window tests drive a window under Linux only");
        Ok(())
    }
}

/// Every test of the workspace but those of the window, over SQLite and PostgreSQL.
fn rust(project: &Project, run: &mut Run) -> Result<()> {
    if !run.wants(RUST) {
        return Ok(());
    }
    let missing = run.always(RUST, || {
        let cluster = Cluster::start(Durability::None)?;
        let mut tests = cargo(&project.root);
        tests.args(["test", "--locked", "--workspace"]);
        if let Some(cluster) = &cluster {
            cluster.migrate_template(&project.program("debug", "postgres-template"))?;
            cluster.tell(&mut tests);
        }
        run_program(&mut tests)?;
        Ok(cluster.is_none())
    })?;
    if missing {
        run.leave_out(
            "there is no PostgreSQL server here, so everything ran on SQLite alone; install PostgreSQL 13 or newer",
        );
    }
    Ok(())
}

/// The official packages against the built server.
fn sdk(project: &Project) -> Result<()> {
    for folder in ["tests/sdk", "examples/vite-react", "examples/express-api"] {
        setup::install_npm_packages(project, folder)?;
    }
    let packages = || {
        let mut packages = Command::new("node");
        packages.arg("run.mjs").current_dir(project.path("tests/sdk"));
        packages.env("FRONTDESK_SERVER", project.program("debug", "frontdesk-server"));
        packages.env("FRONTDESK_DEVICE", project.program("debug", "this-device"));
        packages
    };
    run_program(&mut packages())?;
    match Cluster::start(Durability::None)? {
        // Once more, over two servers that take turns. Without PostgreSQL the stage before has said that it is missing.
        Some(cluster) => run_program(packages().env("FRONTDESK_SDK_DATABASE", cluster.database("frontdesk_sdk")?)),
        None => Ok(()),
    }
}
