//! Every screen, light and dark, wide and narrow: axe-core finds nothing, and nothing sticks out.

use anyhow::Result;
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, begin_sign_in, begin_sign_up, code_from_outbox, sign_out,
};

/// True when something is wider than the window.
const STICKS_OUT: &str = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";

/// Notes everything that is wrong on the screen that is shown.
async fn look(window: &Window, screen: &str, wrong: &mut Vec<String>) -> Result<()> {
    wrong.extend(window.accessibility_faults().await?.into_iter().map(|fault| format!("{screen}: {fault}")));
    if window.script(STICKS_OUT).await? == true {
        wrong.push(format!("{screen}: something is wider than the window"));
    }
    Ok(())
}

/// Walks through every screen.
async fn walk(theme: &str, size: (u32, u32)) -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let mut wrong = Vec::new();
    window.resize(size.0, size.1).await?;
    window.press("Settings").await?;
    window.choose(theme).await?;
    window.find(Role::Button, "Copy diagnostics").await?;
    look(&window, "Settings", &mut wrong).await?;
    window.press("Back").await?;
    window.find(Role::Button, "Create an account").await?;
    look(&window, "Welcome", &mut wrong).await?;

    window.press("Connect to an instance").await?;
    window.find(Role::Field, "Publishable key").await?;
    look(&window, "Connect", &mut wrong).await?;
    window.press("Back").await?;

    window.press("Create an account").await?;
    window.find(Role::Field, "Password").await?;
    look(&window, "Sign up", &mut wrong).await?;
    window.press("Continue").await?;
    window.reads("Enter your email address.").await?;
    look(&window, "Sign up with nothing filled in", &mut wrong).await?;
    begin_sign_up(&window, Person::ADA).await?;
    look(&window, "Verify", &mut wrong).await?;
    window.press("Outbox").await?;
    window.find(Role::Button, "Copy code").await?;
    look(&window, "Outbox", &mut wrong).await?;
    window.press("Back").await?;
    let code = code_from_outbox(&window).await?;
    window.enter("Verification code", &code).await?;
    account_of(&window, Person::ADA).await?;
    window.reads("This device").await?;
    look(&window, "Account", &mut wrong).await?;
    sign_out(&window).await?;

    begin_sign_in(&window, Person::ADA).await?;
    look(&window, "Password", &mut wrong).await?;
    window.enter("Password", "not the password at all").await?;
    window.press("Sign in").await?;
    window.reads("This password is not right.").await?;
    look(&window, "Wrong password", &mut wrong).await?;
    window.press("Back").await?;
    window.find(Role::Field, "Email address").await?;
    look(&window, "Sign in", &mut wrong).await?;
    assert!(wrong.is_empty(), "{theme}, {size:?}:\n{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn light() -> Result<()> {
    walk("Light", (980, 680)).await
}

#[tokio::test]
async fn dark() -> Result<()> {
    walk("Dark", (980, 680)).await
}

#[tokio::test]
async fn narrow() -> Result<()> {
    walk("Light", (360, 560)).await
}

#[tokio::test]
async fn a_desktop_without_a_keychain() -> Result<()> {
    let desktop = Desktop::start(Keychain::Absent).await?;
    let window = desktop.open().await?;
    window.reads("This computer has no keychain").await?;
    let mut wrong = Vec::new();
    look(&window, "Welcome without a keychain", &mut wrong).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
