//! Out to the system's browser and back, in the real window: by a link of the app that runs, by one that starts it, by a
//! port, and by a pasted address; and where the instance lets nobody out. The instance and the browser are stand-ins; the
//! desktop between them is real.

use std::{fs, os::unix::fs::PermissionsExt as _};

use anyhow::{Context as _, Result};
use frontdesk_e2e::{
    harbour::Harbour,
    window::{Desktop, Keychain, Role, Window, identifier},
};
use thirtyfour::Key;

/// A browser that agrees to everything, and goes where it is led: to a program by the desktop, to a port by itself. While
/// there is a file of that name in its home, it leaves the last step to somebody else and writes it down.
const BROWSER: &str = r#"#!/bin/sh
next=$(curl -s -o /dev/null -w '%{redirect_url}' "$1")
if [ -e "$HOME/hold" ]; then
    printf %s "$next" > "$HOME/held.new" && mv "$HOME/held.new" "$HOME/held"
    exit
fi
case "$next" in
http*) curl -s -L "$next" > "$HOME/last-page" ;;
*) xdg-open "$next" ;;
esac
"#;

/// Makes it the browser of a desktop.
fn install_browser(desktop: &Desktop) -> Result<()> {
    let home = desktop.home().join("home");
    let program = home.join("browser.sh");
    fs::write(&program, BROWSER)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let applications = home.join(".local/share/applications");
    fs::create_dir_all(&applications)?;
    let schemes = "x-scheme-handler/http;x-scheme-handler/https";
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType={schemes};\nTerminal=false\n",
        program.display()
    );
    fs::write(applications.join("browser.desktop"), entry)?;
    for scheme in schemes.split(';') {
        let set = desktop.command("xdg-mime").args(["default", "browser.desktop", scheme]).status()?;
        anyhow::ensure!(set.success(), "xdg-mime ended with {set}");
    }
    Ok(())
}

/// Adds the instance and goes to where one signs in.
async fn at_sign_in(window: &Window, harbour: &Harbour) -> Result<()> {
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &harbour.key()).await?;
    window.press("Continue").await?;
    window.press("Connect").await?;
    window.find(Role::Button, "Continue with Google").await.map(drop)
}

/// Begins another sign-in at the instance.
async fn once_more(window: &Window, host: &str) -> Result<()> {
    window.press("Add an account").await?;
    window.choose(host).await?;
    window.press("Sign in").await?;
    window.press("Continue with Google").await
}

async fn held(desktop: &Desktop, window: &Window) -> Result<String> {
    let file = desktop.home().join("home/held");
    // The instance answers meanwhile.
    window.until("the browser has gone as far as it may", async || Ok(file.exists())).await?;
    let address = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    Ok(address)
}

#[tokio::test]
async fn the_browser_leads_back_by_a_link_also_to_an_app_that_was_killed() -> Result<()> {
    let harbour = Harbour::open().await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    install_browser(&desktop)?;
    let window = desktop.open().await?;
    at_sign_in(&window, &harbour).await?;
    window.press("Continue with Google").await?;
    window.reads("ada1@example.com").await?;

    // The same once more, and nothing comes back before the app is gone.
    fs::write(desktop.home().join("home/hold"), "")?;
    once_more(&window, harbour.host()).await?;
    window.find(Role::Heading, "Go on in your browser").await?;
    let address = held(&desktop, &window).await?;
    assert!(address.starts_with(&format!("{}://callback", identifier()?)), "{address}");
    window.kill();
    let window = desktop.open_with(&[&address]).await?;
    window.reads("ada2@example.com").await?;
    // It comes again, and nothing happens.
    desktop.run(&[&address])?;
    window.find(Role::Button, "Add an account").await?;
    window.reads("ada2@example.com").await
}

#[tokio::test]
async fn the_browser_leads_back_by_a_port_or_by_hand() -> Result<()> {
    let harbour = Harbour::open().await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    install_browser(&desktop)?;
    fs::create_dir_all(desktop.data()?)?;
    fs::write(desktop.data()?.join("preferences.json"), r#"{ "by_port": true }"#)?;
    let window = desktop.open().await?;
    at_sign_in(&window, &harbour).await?;
    window.press("Continue with Google").await?;
    window.reads("ada1@example.com").await?;
    let page = desktop.home().join("home/last-page");
    window.until("the browser has its last page", async || Ok(page.exists())).await?;
    assert!(fs::read_to_string(page)?.contains("You can close this page"));

    fs::write(desktop.home().join("home/hold"), "")?;
    once_more(&window, harbour.host()).await?;
    let address = held(&desktop, &window).await?;
    window.press("Paste address").await?;
    window.enter("Address at the end", &format!("http://{}/authorize", harbour.host())).await?;
    window.press("Go on").await?;
    window.reads("This address does not lead back to Frontdesk.").await?;
    window.enter("Address at the end", &address).await?;
    window.press("Go on").await?;
    window.reads("ada2@example.com").await.context("the pasted address was taken")
}

#[tokio::test]
async fn what_only_the_owner_can_add_is_said_and_copied() -> Result<()> {
    let harbour = Harbour::open().await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    install_browser(&desktop)?;
    let window = desktop.open().await?;
    at_sign_in(&window, &harbour).await?;
    let by_link = format!("{}://callback", identifier()?);
    let native = format!("Please turn on the Native API for {}", harbour.host());
    copied(&window, &harbour, "resource_missmatch", &by_link).await?;
    copied(&window, &harbour, "native_api_disabled", &native).await?;
    window.press("Settings").await?;
    window.choose("Let the browser come back by a port of this computer").await?;
    window.press("Back").await?;
    copied(&window, &harbour, "resource_missmatch", "http://127.0.0.1/callback").await?;
    assert!(!desktop.home().join("home/held").exists() && !desktop.home().join("home/last-page").exists());
    Ok(())
}

/// At the sign-in screen: the instance refuses, and the window says what helps. Somebody copies it, and pastes it elsewhere.
async fn copied(window: &Window, harbour: &Harbour, code: &'static str, helps: &str) -> Result<()> {
    harbour.refuse(code);
    window.press("Continue with Google").await?;
    window.reads("does not let this app in yet").await?;
    window.reads(helps).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press("Copy").await?;
    window.reads("Copied").await?;
    window.press("Back").await?;
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", "instead of this").await?;
    window.keys(Key::Control + "a").await?;
    window.keys(Key::Control + "v").await?;
    let pasted = async || Ok(window.value("Publishable key or address").await?.starts_with(helps));
    window.until("what was copied is pasted", pasted).await?;
    window.press("Back").await?;
    window.choose(harbour.host()).await?;
    window.press("Sign in").await?;
    window.find(Role::Button, "Continue with Google").await.map(drop)
}
