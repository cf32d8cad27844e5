//! Drivers of pages (`WebDriver`): WebKit's own, which opens the app's window and drives it, and Chromium's, which drives a browser that runs.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use thirtyfour::{Capabilities, WebDriver};

use super::page::Page;
use crate::window::{desktop::Surroundings, patience::wait_for_async};

/// How many ports are tried: one that is free may be taken a moment later.
const TRIES: u32 = 5;

/// Which one.
#[derive(Clone, Copy, Debug)]
pub(in crate::window) enum Kind {
    /// For the app's window.
    WebKit,
    /// For a Chromium.
    Chromium,
}

/// A running WebDriver; dropping it ends it.
pub(in crate::window) struct Driver {
    process: Child,
    kind: Kind,
    port: u16,
    /// What it and the app print.
    said: PathBuf,
}

impl Kind {
    /// Its program, the Debian package that brings it, and what it is started with.
    fn program(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::WebKit => ("WebKitWebDriver", "webkit2gtk-driver", &["--host=127.0.0.1"]),
            Self::Chromium => ("chromedriver", "chromium-driver", &[]),
        }
    }

    /// The capability that says what to take hold of.
    fn options(self) -> &'static str {
        match self {
            Self::WebKit => "webkitgtk:browserOptions",
            Self::Chromium => "goog:chromeOptions",
        }
    }
}

impl Driver {
    pub(in crate::window) async fn start(surroundings: &Surroundings, kind: Kind) -> Result<Self> {
        let (program, package, options) = kind.program();
        let said = surroundings.home().join(format!("printed-by-{program}"));
        for _ in 0..TRIES {
            let printed = File::create(&said)?;
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let process = surroundings
                .command(Path::new(program))
                .args(options)
                .arg(format!("--port={port}"))
                // What makes the app's webview let itself be driven; the app inherits it.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdin(Stdio::null())
                .stdout(printed.try_clone()?)
                .stderr(printed)
                .spawn()
                .with_context(|| format!("start {program} (Debian package {package})"))?;
            let mut driver = Self { process, kind, port, said: said.clone() };
            if driver.listens().await? {
                return Ok(driver);
            }
        }
        bail!("{program} found no free port")
    }

    /// Takes hold of a page, by the options of this kind.
    pub(in crate::window) async fn open(&self, options: Value) -> Result<Page> {
        let mut wanted = Capabilities::new();
        wanted.set(self.kind.options(), options)?;
        let opened = WebDriver::builder(format!("http://127.0.0.1:{}", self.port), wanted)
            .request_timeout(Duration::from_mins(2))
            .connect()
            .await;
        let page = opened.with_context(|| {
            let said = fs::read_to_string(&self.said).unwrap_or_default();
            format!("take hold of a page; what was printed: {said}")
        })?;
        // The session is never quit, it goes with the page: quitting waits for an answer of a driver that may be gone.
        let _only_once = page.clone().leak();
        Page::of(page)
    }

    /// Waits until it takes connections; false when it ended instead.
    async fn listens(&mut self) -> Result<bool> {
        let Self { process, port, .. } = self;
        wait_for_async("a WebDriver listened", async || {
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
