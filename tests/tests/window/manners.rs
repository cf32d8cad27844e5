//! How the app behaves on a desktop: it knows whether somebody looks, starts at login if wanted, and goes when told.

use std::fs;

use anyhow::{Context as _, Result};
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, Window, sign_up};
use serde_json::json;

/// Waits until the report says this of the window. It is asked for anew each time.
pub(crate) async fn attention(window: &Window, wanted: &str) -> Result<()> {
    window.until(&format!("the app was {wanted}"), async || attention_is(window, wanted).await).await
}

/// Whether a new report says this of the window.
async fn attention_is(window: &Window, wanted: &str) -> Result<bool> {
    let script = "window.report = null; \
        window.__TAURI_INTERNALS__.invoke('app', { request: { type: 'diagnostics' } }) \
        .then(({ text }) => { window.report = text; });";
    window.script(script).await?;
    window.until("a report came", async || Ok(window.script("return window.report").await?.is_string())).await?;
    let report = window.script("return window.report").await?;
    Ok(report.as_str().is_some_and(|report| report.contains(&format!("Window: {wanted}\n"))))
}

/// Counts from now on how often the page asks the app for something that these words stand in.
pub(crate) async fn count(window: &Window, words: &str) -> Result<()> {
    let script = format!(
        "const words = {}; \
        const real = window.fetch; \
        window.counted = 0; \
        window.fetch = (place, given) => {{ \
            if (String(given?.body).includes(words)) window.counted += 1; \
            return real(place, given); \
        }}; \
        return null",
        json!(words)
    );
    window.script(&script).await.map(drop)
}

/// How often that was.
pub(crate) async fn counted(window: &Window) -> Result<u64> {
    window.script("return window.counted").await?.as_u64().context("the page counts")
}

#[tokio::test]
async fn sec_35_a_locked_screen_is_noticed() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    attention(&window, "in use").await?;
    for saver in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"] {
        desktop.signal(&format!("{saver}.ActiveChanged"), "boolean:true")?;
        attention(&window, "behind a locked screen").await?;
        desktop.signal(&format!("{saver}.ActiveChanged"), "boolean:false")?;
        attention(&window, "in use").await?;
    }
    Ok(())
}

#[tokio::test]
async fn sec_35_a_session_that_is_locked_and_a_computer_that_sleeps_are_noticed() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let login = desktop.login_manager().await?;
    let window = desktop.open().await?;
    attention(&window, "in use").await?;
    login.until_asked().await?;
    login.lock_another().await?;
    window
        .until("it was heard that the session was locked", async || {
            // It may have asked for the session and not listen yet.
            login.lock().await?;
            attention_is(&window, "behind a locked screen").await
        })
        .await?;
    login.unlock().await?;
    attention(&window, "in use").await?;
    login.lock_another().await?;
    window
        .until("it was heard that the computer falls asleep", async || {
            login.sleep(true).await?;
            attention_is(&window, "asleep").await
        })
        .await?;
    login.sleep(false).await?;
    attention(&window, "in use").await
}

#[tokio::test]
async fn the_system_starts_the_app_at_login_if_that_is_wanted() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let folder = desktop.home().join("home/.config/autostart");
    let entries = || fs::read_dir(&folder).map(|all| all.flatten().collect::<Vec<_>>()).unwrap_or_default();
    assert!(entries().is_empty(), "off at first");
    window.press("Settings").await?;
    window.choose("Start at login").await?;
    window.until("there is an entry", async || Ok(entries().len() == 1)).await?;
    let entry = fs::read_to_string(entries()[0].path())?;
    let command = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap_or_default();
    assert!(command.ends_with("frontdesk --hidden"), "{command}");
    window.choose("Start at login").await?;
    window.until("the entry is gone", async || Ok(entries().is_empty())).await
}

#[tokio::test]
async fn the_window_comes_back_as_it_was() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window.resize(700, 600).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window
        .until("the window is as wide as it was", async || Ok(window.script("return window.innerWidth").await? == 700))
        .await
}

#[tokio::test]
async fn an_app_that_was_quit_leaves_no_process() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let before = desktop.processes();
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.quit().await?;
    let left = || -> Vec<u32> { desktop.processes().into_iter().filter(|process| !before.contains(process)).collect() };
    desktop.until("every process of the app ended", || left().is_empty())
}
