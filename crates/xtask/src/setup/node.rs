//! npm packages and the interface's build.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{programs::run, project::Project};

/// A copy of the lock file that `node_modules` was made from.
const STAMP: &str = "node_modules/.made-from-package-lock.json";

/// `npm` in a folder of the checkout.
pub(crate) fn npm(project: &Project, folder: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(project.path(folder)).env("NO_UPDATE_NOTIFIER", "1");
    command
}

/// Makes `node_modules` what the lock file says, unless it is that already.
pub(crate) fn install_npm_packages(project: &Project, folder: &str) -> Result<()> {
    let lock = project.path(folder).join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("read {}", lock.display()))?;
    let stamp = project.path(folder).join(STAMP);
    if fs::read(&stamp).is_ok_and(|made_from| made_from == wanted) {
        println!("{folder}: npm packages are what the lock file says");
        return Ok(());
    }
    run(npm(project, folder).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

/// Checks the interface's types and makes `ui/dist`, which the app carries.
pub(crate) fn build_interface(project: &Project) -> Result<()> {
    run(npm(project, "ui").args(["run", "--silent", "build"]))
}
