//! What a desktop program expects around it: a home, a session bus, an unlocked keychain.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// A home of its own with a session bus; dropping it ends the bus and removes the home.
pub(crate) struct Surroundings {
    home: TempDir,
    address: String,
    bus: Child,
    keychain: Option<Child>,
}

impl Surroundings {
    pub(crate) fn start() -> Result<Self> {
        let home = tempfile::tempdir()?;
        let runtime = home.path().join("run");
        fs::create_dir(&runtime)?;
        fs::set_permissions(&runtime, Permissions::from_mode(0o700))?;
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let mut bus = own(&mut command, &home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start dbus-daemon (Debian package dbus)")?;
        let mut address = String::new();
        if let Some(output) = bus.stdout.take() {
            BufReader::new(output).read_line(&mut address)?;
        }
        let address = address.trim().to_owned();
        if address.is_empty() {
            let _ended = bus.wait();
            bail!("dbus-daemon did not start");
        }
        let mut surroundings = Self { home, address, bus, keychain: None };
        surroundings.keychain = surroundings.unlock_keychain();
        Ok(surroundings)
    }

    /// The home folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Makes a command run here.
    pub(crate) fn apply(&self, command: &mut Command) {
        own(command, &self.home).env("DBUS_SESSION_BUS_ADDRESS", &self.address);
    }

    /// A computer without gnome-keyring is measured without.
    fn unlock_keychain(&self) -> Option<Child> {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        self.apply(&mut command);
        let mut daemon = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        // The password ends with the stream.
        daemon.stdin.take()?.write_all(b"bench").ok()?;
        Some(daemon)
    }
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        for child in self.keychain.iter_mut().chain([&mut self.bus]) {
            let _gone = child.kill();
            let _waited = child.wait();
        }
    }
}

fn own<'a>(command: &'a mut Command, home: &TempDir) -> &'a mut Command {
    for variable in
        ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "WAYLAND_DISPLAY", "XAUTHORITY"]
    {
        command.env_remove(variable);
    }
    command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path().join("run")).env("GDK_BACKEND", "x11")
}
