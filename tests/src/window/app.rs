//! The app's window and its page: found by role and name, as a screen reader would.

mod driver;
mod hand;
mod page;

pub(super) use self::driver::{Driver, Kind};
pub use self::page::{Page, Role};

use std::{env, ops::Deref, path::PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{desktop::Surroundings, patience::wait_for_async, processes};

/// The app, running, with its window open.
pub struct Window {
    page: Page,
    /// The app's process.
    pub process: u32,
    _driver: Driver,
}

impl Window {
    pub(super) async fn open(surroundings: &Surroundings, arguments: &[&str]) -> Result<Self> {
        let program = program()?;
        let driver = Driver::start(surroundings, Kind::WebKit).await?;
        let wanted = json!({ "binary": program, "args": arguments });
        let opened = driver.open(wanted).await;
        let page = opened.with_context(|| format!("open the window of {}", program.display()))?;
        let Some(process) = surroundings.running(&program).into_iter().min() else {
            bail!("the window is open, and no process runs {}", program.display());
        };
        Ok(Self { page, process, _driver: driver })
    }

    /// Ends the app at once, as `kill -9` does.
    pub fn kill(self) {
        drop(self);
    }

    /// Asks the app to end, as a system that shuts down does, and waits until it has.
    ///
    /// # Errors
    /// It does not end.
    pub async fn quit(self) -> Result<()> {
        let asked = std::process::Command::new("kill").args(["-TERM", &self.process.to_string()]).status()?;
        if !asked.success() {
            bail!("the app could not be asked to end");
        }
        wait_for_async("the app ended when asked to", async || Ok((!processes::alive(self.process)).then_some(())))
            .await
    }
}

/// Whatever can be done on a page can be done in the window.
impl Deref for Window {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if processes::alive(self.process) {
            processes::kill(self.process);
        }
    }
}

/// The built app: what `FRONTDESK_APP` names, else what lies beside the tests.
///
/// # Errors
/// There is none.
pub fn program() -> Result<PathBuf> {
    let named = env::var_os("FRONTDESK_APP").map(PathBuf::from);
    let beside = || Some(env::current_exe().ok()?.ancestors().nth(2)?.join("frontdesk"));
    let program = named.or_else(beside).unwrap_or_default();
    let program = program.canonicalize();
    program.context("the app is not built: run `cargo build --workspace`, or name it in FRONTDESK_APP")
}
