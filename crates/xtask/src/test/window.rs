//! The tests that drive the real window.

use std::process;

use anyhow::Result;

use crate::{
    programs::{cargo, end_marked, run as run_program},
    project::Project,
};

/// Every process of a run carries this in its environment, so that the run can end what a crashed test left.
const MARK: &str = "FRONTDESK_TEST_RUN";

/// Runs the window tests.
pub(crate) fn test(project: &Project) -> Result<()> {
    let run = process::id().to_string();
    let outcome = run_program(
        cargo(&project.root)
            .args(["test", "--locked", "--workspace", "--test", "window"])
            .env("FRONTDESK_APP", project.program("debug", "frontdesk"))
            .env(MARK, &run),
    );
    end_marked(MARK, &run);
    outcome
}
