//! The tray, the window that goes there, and notices of the desktop, with a program of the tests' own in the place of
//! both.

use std::fs;

use anyhow::{Context as _, Result};
use frontdesk_e2e::{
    served::Served,
    window::{Desktop, DesktopShell, Keychain, Person, Role, Window, account_of, sign_up},
};
use serde_json::{Value, json};

use crate::many::{ALAN, connect, sign_in};

const IN_THE_TRAY: &str = "Go on in the tray when the window is closed";

/// Chooses the entry of the tray that says this.
pub(crate) async fn choose(shell: &DesktopShell, label: &str) -> Result<()> {
    let entry = shell.entry(label, false).await?;
    shell.choose(&entry).await
}

/// Waits until the window is in sight, or is not.
pub(crate) async fn sight(desktop: &Desktop, window: &Window, wanted: bool) -> Result<()> {
    let what = if wanted { "the window came in sight" } else { "the window went out of sight" };
    window.until(what, async || Ok(desktop.window_is_in_sight()? == wanted)).await
}

/// Sets the window to go on in the tray, and closes it.
async fn close_to_tray(desktop: &Desktop, window: &Window) -> Result<()> {
    window.press("Settings").await?;
    window.choose(IN_THE_TRAY).await?;
    let kept = desktop.data()?.join("preferences.json");
    let is_kept = || fs::read_to_string(&kept).is_ok_and(|text| text.contains("\"keep_running\": true"));
    window.until("the choice was kept", async || Ok(is_kept())).await?;
    desktop.close_window()?;
    sight(desktop, window, false).await
}

/// Waits until no process of the app is left.
fn ended(desktop: &Desktop) -> Result<()> {
    desktop.until("the app ended", || desktop.apps().is_empty())
}

#[tokio::test]
async fn the_tray_says_how_every_account_is_and_leads_to_it() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let shell = desktop.shell().await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let ada = "● ada@example.com, This computer";
    shell.entry(ada, true).await?;
    choose(&shell, "Add an account").await?;
    sign_up(&window, Person::GRACE).await?;
    shell.entry("● grace@example.com, This computer", true).await?;
    choose(&shell, ada).await?;
    account_of(&window, Person::ADA).await?;
    shell.entry(ada, true).await?;
    choose(&shell, "Quit").await?;
    ended(&desktop)
}

#[tokio::test]
async fn a_window_that_is_closed_goes_on_in_the_tray_if_that_is_wanted() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let shell = desktop.shell().await?;
    let window = desktop.open().await?;
    shell.entry("Open Frontdesk", false).await?;
    close_to_tray(&desktop, &window).await?;
    choose(&shell, "Open Frontdesk").await?;
    sight(&desktop, &window, true).await?;
    window.find(Role::Heading, "Settings").await?;
    window.choose(IN_THE_TRAY).await?;
    let kept = desktop.data()?.join("preferences.json");
    let is_off = || fs::read_to_string(&kept).is_ok_and(|text| text.contains("\"keep_running\": false"));
    window.until("the choice was kept", async || Ok(is_off())).await?;
    desktop.close_window()?;
    ended(&desktop)
}

#[tokio::test]
async fn without_a_tray_a_window_that_is_closed_ends_the_app() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Settings").await?;
    window.choose(IN_THE_TRAY).await?;
    window.find(Role::Heading, "Settings").await?;
    desktop.close_window()?;
    ended(&desktop)
}

#[tokio::test]
async fn who_is_signed_out_while_nobody_sees_the_window_is_told_by_the_desktop() -> Result<()> {
    let harbour = Served::start("")?;
    let user = harbour.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let shell = desktop.shell().await?;
    let window = desktop.open().await?;
    connect(&window, &harbour).await?;
    sign_in(&window, ALAN).await?;
    let there = format!("{}, {}", ALAN.address, harbour.host());
    shell.entry(&format!("● {there}"), true).await?;
    close_to_tray(&desktop, &window).await?;

    harbour.revoke_sessions(&user).await?;
    // Nothing is asked by itself while nobody looks. Whatever asks the instance finds it out.
    let instances: Vec<Value> = {
        let list: Value = serde_json::from_slice(&fs::read(desktop.data()?.join("instances.json"))?)?;
        list["instances"].as_array().cloned().context("there is a list of instances")?
    };
    let id = instances.iter().find(|instance| instance["local"] != true).context("the instance is on the list")?;
    let request = json!({ "request": { "type": "reload", "instance": id["id"] } });
    window.script(&format!("window.__TAURI_INTERNALS__.invoke('instance', {request}); return null")).await?;
    desktop.until("a notice came", || !shell.notices().is_empty())?;
    let notices = shell.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].title, format!("{} was signed out", ALAN.address));
    let why = "The session was ended by those who run the instance, or from another device. Sign in again to go on.";
    assert_eq!(notices[0].body, why);
    shell.entry(&format!("◌ {there} (needs to sign in again)"), true).await?;

    shell.press(&notices[0]).await?;
    sight(&desktop, &window, true).await
}

#[tokio::test]
async fn an_app_that_starts_with_the_computer_shows_nothing_but_its_icon() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let shell = desktop.shell().await?;
    let window = desktop.open_with(&["--hidden"]).await?;
    shell.entry("Open Frontdesk", false).await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    assert!(!desktop.window_is_in_sight()?);
    choose(&shell, "Open Frontdesk").await?;
    sight(&desktop, &window, true).await
}

#[tokio::test]
async fn an_app_that_starts_with_the_computer_stays_within_reach_where_there_is_no_tray() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open_with(&["--hidden"]).await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    // It asks to be made small, which nobody does here: it is on the screen, and would be in the bar of tasks.
    assert!(desktop.window_is_in_sight()?);
    desktop.hide()?;
    sight(&desktop, &window, false).await?;
    assert!(desktop.start_again()?.success());
    sight(&desktop, &window, true).await
}

#[tokio::test]
async fn without_the_library_for_an_icon_nothing_goes_out_of_reach() -> Result<()> {
    let mut desktop = Desktop::start(Keychain::Unlocked).await?;
    let _shell = desktop.shell().await?;
    desktop.break_libraries(&[
        "libayatana-appindicator3.so.1",
        "libappindicator3.so.1",
        "libayatana-appindicator3.so",
        "libappindicator3.so",
    ])?;
    let window = desktop.open_with(&["--hidden"]).await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    sight(&desktop, &window, true).await?;
    window.press("Settings").await?;
    window.choose(IN_THE_TRAY).await?;
    window.find(Role::Heading, "Settings").await?;
    desktop.close_window()?;
    ended(&desktop)
}

#[tokio::test]
async fn a_window_that_was_where_no_screen_is_any_more_comes_back_into_sight() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window.quit().await?;
    let kept = desktop.window_state()?;
    let mut state: Value = serde_json::from_slice(&fs::read(&kept).context("the place of the window is kept")?)?;
    for (name, place) in [("x", 5000), ("y", 4000), ("prev_x", 5000), ("prev_y", 4000)] {
        state["main"][name] = json!(place);
    }
    fs::write(&kept, state.to_string())?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    let (x, y) = desktop.window_place()?;
    assert!((0..1280).contains(&x) && (0..900).contains(&y), "the window is at {x}, {y}");
    Ok(())
}
