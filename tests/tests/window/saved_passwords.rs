//! A password that is saved on this device, with the real keychain: saved when it signs in, used after a restart by who
//! knows the PIN, and removed.

use anyhow::{Result, ensure};
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, begin_sign_in, in_files, in_text, sign_out, sign_up,
};

const PIN: &str = "pier-42";
const WRONG: &str = "pier-43";

/// Types a PIN at the question that is in sight.
async fn type_pin(window: &Window, pin: &str) -> Result<()> {
    window.enter("PIN", pin).await?;
    window.press("Continue").await
}

fn items(desktop: &Desktop) -> Result<Vec<String>> {
    let names = desktop.keychain_items()?.into_iter().map(|item| item.name);
    Ok(names.filter(|name| name.starts_with("password")).collect())
}

#[tokio::test]
async fn a_password_is_saved_used_after_a_restart_and_removed() -> Result<()> {
    let ada = Person::ADA;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, ada).await?;
    sign_out(&window).await?;

    begin_sign_in(&window, ada).await?;
    window.choose("Save this password on this device").await?;
    window.reads("A PIN opens it the next time.").await?;
    window.enter("Password", ada.password).await?;
    window.press("Sign in").await?;
    window.reads("Choose a PIN for Frontdesk.").await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.enter("New PIN", PIN).await?;
    window.enter("New PIN once more", PIN).await?;
    window.press("Set PIN").await?;
    account_of(&window, ada).await?;
    ensure!(items(&desktop)?.len() == 2, "one item, and one that says so: {:?}", items(&desktop)?);
    for item in desktop.keychain_items()? {
        let text = String::from_utf8_lossy(&item.secret);
        ensure!(in_text(&text, ada.password.as_bytes()).is_empty(), "{} holds it for everybody to read", item.name);
    }
    sign_out(&window).await?;
    window.quit().await?;

    let window = desktop.open().await?;
    window.press("Sign in").await?;
    window.reads("Saved on this device for ada@example.com").await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press("Use your saved password").await?;
    type_pin(&window, WRONG).await?;
    window.reads("This PIN is not right. You have 7 more tries.").await?;
    type_pin(&window, PIN).await?;
    account_of(&window, ada).await?;
    let files = in_files(&desktop.data()?, ada.password.as_bytes());
    ensure!(files.is_empty(), "{files:?}");

    window.press("Manage account").await?;
    window.reads("It is saved on this device, behind your PIN.").await?;
    window.press("Remove from this device").await?;
    window.reads("The saved password was removed from this device.").await?;
    ensure!(items(&desktop)?.is_empty(), "{:?}", items(&desktop)?);
    window.press("Back").await?;
    sign_out(&window).await?;
    window.press("Sign in").await?;
    window.find(Role::Field, "Email address").await?;
    ensure!(!window.has(Role::Button, "Use your saved password").await?, "there is none any more");
    Ok(())
}
