//! Looks, keychain state, diagnostics, the person's name.

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, account_of, sign_up};

/// What the window is drawn on.
const BACKGROUND: &str = "return getComputedStyle(document.documentElement).backgroundColor";

#[tokio::test]
async fn a_chosen_theme_is_kept() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Settings").await?;
    window.choose("Light").await?;
    let light = window.script(BACKGROUND).await?;
    window.choose("Dark").await?;
    window.until("the window became dark", async || Ok(window.script(BACKGROUND).await? != light)).await?;
    let dark = window.script(BACKGROUND).await?;
    window.quit().await?;

    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window.until("the window is dark again", async || Ok(window.script(BACKGROUND).await? == dark)).await
}

#[tokio::test]
async fn settings_say_how_the_keychain_is_and_what_helps_a_helper() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Settings").await?;
    window.reads("Your keychain works").await?;
    window.reads("This computer").await?;
    window.press("Copy diagnostics").await?;
    window.reads("Copied").await?;
    let text = window.text().await?;
    assert!(text.contains(env!("CARGO_PKG_VERSION")), "diagnostics say the version");
    assert!(!text.contains(Person::ADA.address), "diagnostics name nobody");
    Ok(())
}

#[tokio::test]
async fn a_changed_name_is_kept() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Edit name").await?;
    window.enter("First name", "Ada").await?;
    window.enter("Last name", "Lovelace").await?;
    window.press("Save").await?;
    window.find(Role::Heading, "Ada Lovelace").await?;
    window.kill();
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    window.find(Role::Heading, "Ada Lovelace").await?;
    Ok(())
}
