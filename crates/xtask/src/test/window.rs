//! The tests that drive the real window.

use std::process::{self, Command};

use anyhow::Result;

use crate::{
    programs::{cargo, end_marked, run as run_program},
    project::Project,
    setup,
};

/// Every process of a run carries this in its environment, so that the run can end what a crashed test left.
const MARK: &str = "FRONTDESK_TEST_RUN";

/// Runs the tests that need a desktop of their own: the real window, and the app that is killed without one.
pub(crate) fn test(project: &Project) -> Result<()> {
    // One of the providers that people come from is a package.
    setup::install_npm_packages(project, "tests/sdk")?;
    let mut tests = cargo(&project.root);
    tests.args(["test", "--locked", "--workspace", "--test", "window", "--test", "kills"]);
    marked(tests.env("FRONTDESK_APP", project.program("debug", "frontdesk")))
}

/// Runs such tests, and ends whatever they left.
pub(crate) fn marked(tests: &mut Command) -> Result<()> {
    let run = process::id().to_string();
    let outcome = run_program(tests.env(MARK, &run));
    end_marked(MARK, &run);
    outcome
}
