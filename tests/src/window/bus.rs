//! A session bus that starts nothing by itself but the keychain's unlock window.
//!
//! The system's own services would bring a keychain where a test wants none.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Where services are described.
const SYSTEM: &str = "/usr/share/dbus-1/services";
/// The window in which gnome-keyring asks for its password.
const PROMPTERS: &[&str] = &["org.gnome.keyring.SystemPrompter.service", "org.gnome.keyring.PrivatePrompter.service"];

/// A running bus; dropping it ends it.
pub(super) struct Bus {
    daemon: Child,
    /// What `DBUS_SESSION_BUS_ADDRESS` holds.
    pub address: String,
}

impl Bus {
    /// Starts one whose files lie in a folder.
    pub(super) fn start(command: &mut Command, folder: &Path) -> Result<Self> {
        let services = folder.join("services");
        fs::create_dir_all(&services)?;
        for prompter in PROMPTERS {
            let described = Path::new(SYSTEM).join(prompter);
            if described.is_file() {
                fs::copy(described, services.join(prompter))?;
            }
        }
        let configuration = folder.join("session.conf");
        fs::write(
            &configuration,
            format!(
                "<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>\
                 <servicedir>{}</servicedir><policy context=\"default\"><allow send_destination=\"*\" \
                 eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                folder.display(),
                services.display(),
            ),
        )?;
        let mut daemon = command
            .arg("--config-file")
            .arg(&configuration)
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start dbus-daemon (Debian package dbus)")?;
        let mut address = String::new();
        if let Some(output) = daemon.stdout.take() {
            BufReader::new(output).read_line(&mut address)?;
        }
        let address = address.trim().to_owned();
        if address.is_empty() {
            let status = daemon.wait()?;
            bail!("dbus-daemon ended with {status}");
        }
        Ok(Self { daemon, address })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _gone = self.daemon.kill();
        let _waited = self.daemon.wait();
    }
}
