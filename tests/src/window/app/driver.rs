//! WebKit's own WebDriver, which opens the app's window and drives it.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};

use crate::window::{desktop::Surroundings, patience::wait_for_async};

/// How many ports are tried: one that is free may be taken a moment later.
const TRIES: u32 = 5;

/// A running WebDriver; dropping it ends it.
pub(super) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    pub(super) async fn start(surroundings: &Surroundings) -> Result<Self> {
        for _ in 0..TRIES {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let process = surroundings
                .command(Path::new("WebKitWebDriver"))
                .args(["--host=127.0.0.1", &format!("--port={port}")])
                // What makes the app's webview let itself be driven; the app inherits it.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .context("start WebKitWebDriver (Debian package webkit2gtk-driver)")?;
            let mut driver = Self { process, port };
            if driver.listens().await? {
                return Ok(driver);
            }
        }
        bail!("WebKitWebDriver found no free port")
    }

    /// Opens a program of this desktop and takes hold of its window.
    pub(super) async fn open(&self, program: &Path) -> Result<WebDriver> {
        let mut wanted = Capabilities::new();
        wanted.set("webkitgtk:browserOptions", json!({ "binary": program, "args": [] }))?;
        let opened = WebDriver::builder(format!("http://127.0.0.1:{}", self.port), wanted)
            .request_timeout(Duration::from_mins(2))
            .connect()
            .await;
        opened.with_context(|| format!("open the window of {}", program.display()))
    }

    /// Waits until it takes connections; false when it ended instead.
    async fn listens(&mut self) -> Result<bool> {
        let Self { process, port } = self;
        wait_for_async("WebKitWebDriver listened", async || {
            if process.try_wait()?.is_some() {
                return Ok(Some(false));
            }
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok().then_some(true))
        })
        .await
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}
