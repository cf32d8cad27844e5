//! The person's browser: a real Chromium that the desktop opens web addresses with, and that opens links of programs.
//!
//! ```text
//! app → xdg-open → browser.desktop → Chromium → page → 303 the app’s link → xdg-open → the app's entry → app
//! ```

use std::{
    env, fs,
    ops::Deref,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::{
    app::{Driver, Kind, Page},
    desktop::{Surroundings, identifier},
    patience::wait_for_async,
    processes::MARK,
};

/// What a Chromium is called, as `crates/xtask/src/test.rs` looks for it too.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Nothing of it leaves the computer, and it runs under root too.
const OPTIONS: &str = "--no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage --no-first-run \
    --no-default-browser-check --disable-background-networking --disable-component-update --disable-sync --disable-extensions \
    --password-store=basic --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost' \
    --window-position=640,0 --window-size=640,900 --remote-debugging-port=0";

/// Chromium writes its command line over its environment, so that what marks the processes of a run has to stand in that.
const RUN: &str = "FRONTDESK_TEST_RUN";

/// The browser of a desktop. It starts when something is opened with it, as on any desktop.
pub struct Browser<'d> {
    surroundings: &'d Surroundings,
    /// The tabs that were looked at.
    known: Mutex<Vec<String>>,
}

/// The page of the browser that is looked at.
pub struct BrowserPage {
    page: Page,
    _driver: Driver,
}

impl<'d> Browser<'d> {
    /// Makes it the browser of the desktop. The person has told it before that pages of these origins may open the app, and
    /// tells it so of the first page.
    pub(super) fn install(surroundings: &'d Surroundings, origins: &[String]) -> Result<Self> {
        let home = surroundings.home();
        let browser = Self { surroundings, known: Mutex::default() };
        let profile = browser.profile();
        let program = home.join("browser.sh");
        let allowed: Vec<String> = origins
            .iter()
            .map(|origin| format!("\"{origin}\":{{\"{}\":true}},", identifier().unwrap_or_default()))
            .collect();
        fs::write(&program, script(&profile, &allowed.concat())?)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let applications = home.join(".local/share/applications");
        fs::create_dir_all(&applications)?;
        let kinds = ["x-scheme-handler/http", "x-scheme-handler/https", "text/html"];
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType={};\n",
            program.display(),
            kinds.join(";")
        );
        fs::write(applications.join("browser.desktop"), entry)?;
        for kind in kinds {
            let mut told = surroundings.command(Path::new("xdg-mime"));
            let told = told.args(["default", "browser.desktop", kind]).status();
            ensure!(told.context("xdg-mime (Debian package xdg-utils)")?.success(), "xdg-mime takes no {kind}");
        }
        Ok(browser)
    }

    /// Waits for a page that shows a text, in whichever tab that nobody has waited for yet.
    ///
    /// # Errors
    /// None comes; the error says what the browser shows instead.
    pub async fn page(&self, text: &str) -> Result<BrowserPage> {
        let port = self.port().await?;
        let driver = Driver::start(self.surroundings, Kind::Chromium).await?;
        let page = driver.open(json!({ "debuggerAddress": format!("127.0.0.1:{port}") })).await?;
        let what = format!("the browser showed “{text}”");
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = wait_for_async(&what, async || page.look_for_tab(text, &known).await).await;
        match found {
            Ok(tab) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).push(tab);
                Ok(BrowserPage { page, _driver: driver })
            }
            Err(error) => {
                let shown = page.tabs().await.unwrap_or_default().join("\n");
                Err(error.context(format!("the browser shows:\n{shown}")))
            }
        }
    }

    /// How many tabs are open, once the browser runs.
    ///
    /// # Errors
    /// It does not start, or cannot be asked.
    pub async fn tabs(&self) -> Result<usize> {
        let port = self.port().await?;
        let driver = Driver::start(self.surroundings, Kind::Chromium).await?;
        let page = driver.open(json!({ "debuggerAddress": format!("127.0.0.1:{port}") })).await?;
        Ok(page.tabs().await?.len())
    }

    /// Whether anything was opened with it so far.
    #[must_use]
    pub fn was_started(&self) -> bool {
        self.profile().exists()
    }

    fn profile(&self) -> PathBuf {
        self.surroundings.home().join("browser")
    }

    /// Where it lets itself be driven.
    async fn port(&self) -> Result<u16> {
        let file = self.profile().join("DevToolsActivePort");
        wait_for_async("the browser was opened", async || {
            let text = fs::read_to_string(&file).unwrap_or_default();
            Ok(text.lines().next().and_then(|line| line.parse().ok()))
        })
        .await
    }
}

/// Whatever can be done on a page can be done here.
impl Deref for BrowserPage {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

/// Starts Chromium with an address. The first time it writes down what the person has allowed: that is "always allow" in
/// the question whether a page may open a program, which no driver can press.
fn script(profile: &Path, allowed: &str) -> Result<String> {
    let program = chromium().context("there is no Chromium here (Debian package chromium)")?;
    let (program, profile, scheme) = (program.display(), profile.display(), identifier()?);
    Ok(format!(
        r#"#!/bin/sh
if mkdir -p "{profile}" && mkdir "{profile}/Default" 2>/dev/null; then
  origin=$(printf '%s' "$1" | sed -E 's|^(https?://[^/?#]*).*|\1|')
  printf '{{"protocol_handler":{{"allowed_origin_protocol_pairs":{{%s"%s":{{"{scheme}":true}}}}}}}}' '{allowed}' "$origin" \
    > "{profile}/Default/Preferences"
fi
exec "{program}" {OPTIONS} --{MARK}="${MARK}" --{RUN}="${RUN}" --user-data-dir="{profile}" "$1" >"{profile}/printed" 2>&1
"#
    ))
}

fn chromium() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find_map(|folder| NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file()))
}

/// Opens an address as any program of the desktop does.
pub(super) fn open_link(command: &mut Command, address: &str) -> Result<()> {
    let status = command.arg(address).status().context("xdg-open (Debian package xdg-utils)")?;
    ensure!(status.success(), "xdg-open ended with {status}");
    Ok(())
}
