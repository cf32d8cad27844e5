//! The desktop itself does what the other tests take for granted.

use std::{io::Write, process::Stdio};

use anyhow::{Context, Result};
use frontdesk_e2e::window::{Desktop, Keychain};

#[tokio::test]
async fn a_locked_keychain_opens_by_its_own_window_and_no_other_way() -> Result<()> {
    let mut desktop = Desktop::start(Keychain::Locked).await?;
    let store = || -> Result<std::process::Child> {
        let mut store = desktop.command("secret-tool");
        store.args(["store", "--label", "probe", "service", "probe", "username", "probe"]);
        let mut child = store.stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        child.stdin.take().context("secret-tool takes a secret")?.write_all(b"open sesame")?;
        Ok(child)
    };
    let mut refused = store()?;
    desktop.dismiss_unlock_prompt()?;
    assert!(!refused.wait()?.success(), "the window was sent away");
    let mut stored = store()?;
    desktop.answer_unlock_prompt()?;
    assert!(stored.wait()?.success(), "the password was typed");

    desktop.set_keychain(Keychain::Unlocked)?;
    let read = desktop.command("secret-tool").args(["lookup", "service", "probe", "username", "probe"]).output()?;
    assert_eq!(read.stdout, b"open sesame", "what was kept outlives the keychain's process");
    Ok(())
}

#[tokio::test]
async fn a_desktop_without_a_keychain_has_none() -> Result<()> {
    let desktop = Desktop::start(Keychain::Absent).await?;
    let asked = desktop.command("secret-tool").args(["lookup", "service", "probe", "username", "probe"]).output()?;
    assert!(!asked.status.success());
    Ok(())
}
