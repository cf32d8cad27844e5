//! The real gnome-keyring of one desktop.

use std::{
    io::Write,
    path::Path,
    process::{Child, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{desktop::Surroundings, patience::wait_for};

/// Password of every keychain here.
const PASSWORD: &str = "correct horse";
/// The name under which a keychain is found on the bus.
const NAME: &str = "org.freedesktop.secrets";
/// The window that asks for the password.
const PROMPT: &str = "gcr-prompter";

/// What the desktop has for a keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keychain {
    /// There is one, and it is open.
    Unlocked,
    /// There is one, and it wants its password first.
    Locked,
    /// There is none.
    Absent,
}

/// Something the keychain holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name, such as `client/<instance>/<slot>`.
    pub name: String,
    /// The secret.
    pub secret: Vec<u8>,
}

/// A running keychain; dropping it ends it.
pub(super) struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Starts what the desktop is to have. A locked one has been open before, so that it exists.
pub(super) fn start(surroundings: &Surroundings, keychain: Keychain) -> Result<Option<Daemon>> {
    match keychain {
        Keychain::Absent => Ok(None),
        Keychain::Unlocked => open(surroundings).map(Some),
        Keychain::Locked => {
            if !surroundings.home().join(".local/share/keyrings/login.keyring").exists() {
                drop(open(surroundings)?);
                wait(surroundings, false)?;
            }
            run(surroundings, false).map(Some)
        }
    }
}

fn open(surroundings: &Surroundings) -> Result<Daemon> {
    let mut daemon = run(surroundings, true)?;
    // The password ends with the stream.
    let mut input = daemon.0.stdin.take().context("the keychain takes no password")?;
    input.write_all(PASSWORD.as_bytes())?;
    drop(input);
    let file = surroundings.home().join(".local/share/keyrings/login.keyring");
    wait_for("gnome-keyring made a keychain", || Ok(file.exists().then_some(())))?;
    wait(surroundings, true)?;
    Ok(daemon)
}

fn run(surroundings: &Surroundings, unlock: bool) -> Result<Daemon> {
    let mut command = surroundings.command(Path::new("gnome-keyring-daemon"));
    command.args(["--foreground", "--components=secrets"]);
    if unlock {
        command.arg("--unlock").stdin(Stdio::piped());
    } else {
        command.stdin(Stdio::null());
    }
    let daemon = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let daemon = Daemon(daemon.context("start gnome-keyring-daemon (Debian package gnome-keyring)")?);
    if !unlock {
        wait(surroundings, true)?;
    }
    Ok(daemon)
}

/// Waits until there is a keychain on the bus, or none.
fn wait(surroundings: &Surroundings, there: bool) -> Result<()> {
    wait_for(if there { "gnome-keyring came" } else { "gnome-keyring went" }, || {
        let mut ask = surroundings.command(Path::new("dbus-send"));
        ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]);
        ask.args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{NAME}")]);
        let answer = ask.output().context("ask the bus who is there (dbus-send, Debian package dbus)")?;
        let wanted = if there { "true" } else { "false" };
        Ok(String::from_utf8_lossy(&answer.stdout).contains(wanted).then_some(()))
    })
}

/// Locks the open keychain under whoever uses it.
pub(super) fn lock(surroundings: &Surroundings) -> Result<()> {
    let mut ask = surroundings.command(Path::new("dbus-send"));
    ask.args(["--session", "--print-reply", &format!("--dest={NAME}"), "/org/freedesktop/secrets"]);
    ask.args(["org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"]);
    let status = ask.stdout(Stdio::null()).status().context("lock the keychain (dbus-send, Debian package dbus)")?;
    if status.success() { Ok(()) } else { bail!("the keychain was not locked: dbus-send ended with {status}") }
}

/// What the (open) keychain holds for an application.
pub(super) fn items(surroundings: &Surroundings, application: &str) -> Result<Vec<Item>> {
    let mut names = Vec::new();
    let mut search = surroundings.command(Path::new("secret-tool"));
    let found = search.args(["search", "--all", "service", application]).output();
    let found = found.context("ask the keychain (secret-tool, Debian package libsecret-tools)")?;
    // Attributes are told apart from secrets: they come on the other stream.
    for text in [&found.stdout, &found.stderr] {
        let text = String::from_utf8_lossy(text);
        names.extend(text.lines().filter_map(|line| line.strip_prefix("attribute.username = ").map(str::to_owned)));
    }
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let mut lookup = surroundings.command(Path::new("secret-tool"));
            let secret = lookup.args(["lookup", "service", application, "username", &name]).output()?.stdout;
            Ok(Item { name, secret })
        })
        .collect()
}

/// What items show of themselves, locked or not: every label and attribute of an application's items, a line each.
pub(super) fn descriptions(surroundings: &Surroundings, application: &str) -> Result<Vec<String>> {
    let mut search = surroundings.command(Path::new("secret-tool"));
    let found = search.args(["search", "--all", "service", application]).output();
    let found = found.context("ask the keychain (secret-tool, Debian package libsecret-tools)")?;
    let lines = [&found.stdout, &found.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    let lines = lines.iter().flat_map(|text| text.lines());
    // Secrets are text of one line.
    Ok(lines.filter(|line| !line.starts_with("secret = ")).map(str::to_owned).collect())
}

/// Answers the window that asks for the keychain's password, once it is there: with the password, or by sending it away.
pub(super) fn answer_prompt(surroundings: &Surroundings, unlock: bool) -> Result<()> {
    let prompt = prompt(surroundings)?;
    let xdotool = |arguments: &[&str]| -> Result<()> {
        let status = surroundings.command(Path::new("xdotool")).args(arguments).status();
        let status = status.context("type into the unlock window (Debian package xdotool)")?;
        if status.success() { Ok(()) } else { bail!("xdotool {} ended with {status}", arguments.join(" ")) }
    };
    // There is no window manager to do it.
    xdotool(&["windowfocus", "--sync", &prompt])?;
    if unlock {
        xdotool(&["type", PASSWORD])?;
        xdotool(&["key", "Return"])?;
    } else {
        xdotool(&["key", "Escape"])?;
    }
    // Whoever asks next gets a window of their own, which is not to be taken for this one.
    wait_for("the window that asked for the keychain's password closed", || {
        Ok((!prompts(surroundings)?.contains(&prompt)).then_some(()))
    })
}

/// Waits for the unlock window and answers its number.
fn prompt(surroundings: &Surroundings) -> Result<String> {
    wait_for("a window asked for the keychain's password", || Ok(prompts(surroundings)?.into_iter().next()))
}

/// The numbers of the unlock windows that are there.
fn prompts(surroundings: &Surroundings) -> Result<Vec<String>> {
    let mut search = surroundings.command(Path::new("xdotool"));
    let found = search.args(["search", "--onlyvisible", "--class", PROMPT]).stderr(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect())
}
