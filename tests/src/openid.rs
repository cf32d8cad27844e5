//! `oidc-provider`, an OpenID provider of other people's making, on this computer: in the place of Google, and as Acme's
//! own. Its people say on its page who they are.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

/// Both providers; dropping them ends them.
pub struct OpenIdProviders {
    child: Child,
    said: BufReader<ChildStdout>,
    plan: Plan,
    /// Where their secrets lie, which the settings name.
    _folder: TempDir,
}

/// What the program says first.
#[derive(Deserialize)]
struct Plan {
    settings: String,
    origins: BTreeMap<String, String>,
}

impl OpenIdProviders {
    /// Finds out where they will be.
    ///
    /// # Errors
    /// There is no Node.js here, or its packages are not installed.
    pub fn plan() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk");
        let mut child = Command::new("node")
            .arg("providers.mjs")
            .arg(folder.path())
            .current_dir(packages)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its packages warn of what is as it should be here.
            .stderr(Stdio::null())
            .spawn()
            .context("start node")?;
        let mut said = BufReader::new(child.stdout.take().context("the providers have an output")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let plan = serde_json::from_str(&line)
            .context("the providers say where they are; `npm ci` in tests/sdk brings them")?;
        Ok(Self { child, said, plan, _folder: folder })
    }

    /// The lines of `frontdesk.toml` that turn their connections on.
    #[must_use]
    pub fn settings(&self) -> &str {
        &self.plan.settings
    }

    /// Where the provider behind a strategy is.
    #[must_use]
    pub fn origin(&self, strategy: &str) -> &str {
        self.plan.origins.get(strategy).map_or("", String::as_str)
    }

    /// Starts them, for the instance at this address.
    ///
    /// # Errors
    /// They do not start.
    pub fn serve(&mut self, public_url: &str) -> Result<()> {
        writeln!(self.child.stdin.as_mut().context("the providers have an input")?, "{public_url}")?;
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        ensure!(line.trim() == "ready", "the providers did not start");
        Ok(())
    }
}

impl Drop for OpenIdProviders {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}
