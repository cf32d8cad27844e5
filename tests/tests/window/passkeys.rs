//! Passkeys of this device, with the real keychain: made, used, renamed and removed in the window, and the lock of the app,
//! which the same PIN opens.

use std::time::Duration;

use anyhow::{Result, ensure};
use frontdesk_e2e::{
    served::Served,
    window::{Desktop, Keychain, Person, Role, Window, account_of, sign_up},
};
use thirtyfour::Key;

use crate::many::{ALAN, connect, sign_in};

const PIN: &str = "pier-42";
const WRONG: &str = "pier-43";

/// Chooses a PIN at the question that is in sight.
async fn choose_pin(window: &Window) -> Result<()> {
    window.enter("New PIN", PIN).await?;
    window.enter("New PIN once more", PIN).await?;
    window.press("Set PIN").await
}

/// Types a PIN at the question that is in sight.
async fn type_pin(window: &Window, pin: &str) -> Result<()> {
    window.enter("PIN", pin).await?;
    window.press("Continue").await
}

/// Opens the account's own pages.
async fn manage(window: &Window) -> Result<()> {
    window.press("Manage account").await?;
    window.find(Role::Heading, "Passkeys").await.map(drop)
}

/// Begins to add a passkey, or to sign in by one, on this device.
async fn on_this_device(window: &Window, what: &str) -> Result<()> {
    window.press(what).await?;
    window.press("This device").await
}

/// Presses a button, once more where it was not taken, until something is there.
async fn press_until(window: &Window, button: &str, role: Role, name: &str) -> Result<()> {
    window
        .until(&format!("{name} is there"), async || {
            if window.has(role, name).await? {
                return Ok(true);
            }
            window.press(button).await?;
            Ok(false)
        })
        .await
}

async fn sign_out(window: &Window) -> Result<()> {
    window.press_in("Sign out", "Sign out").await?;
    window.find(Role::Button, "Add an account").await.map(drop)
}

fn items(desktop: &Desktop, prefix: &str) -> Result<usize> {
    Ok(desktop.keychain_items()?.iter().filter(|item| item.name.starts_with(prefix)).count())
}

#[tokio::test]
async fn a_passkey_of_this_device_is_made_signs_in_gets_a_name_and_goes() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    manage(&window).await?;

    // Who turns back has none; a PIN that is too easy is none.
    on_this_device(&window, "Add a passkey").await?;
    window.reads("Choose a PIN for the passkeys of this device.").await?;
    window.press("Cancel").await?;
    window.reads("You have none yet.").await?;
    on_this_device(&window, "Add a passkey").await?;
    window.enter("New PIN", "111111").await?;
    window.enter("New PIN once more", "111111").await?;
    window.press("Set PIN").await?;
    window.reads("is easy to guess").await?;
    choose_pin(&window).await?;
    window.reads("The passkey Passkey was added.").await?;
    window.reads("On this device").await?;
    ensure!(items(&desktop, "passkey/")? == 1, "{:?}", desktop.keychain_items()?);
    assert_eq!(window.accessibility_faults().await?, [""; 0]);

    window.press("Rename Passkey").await?;
    window.enter("Name of the passkey", "Pier").await?;
    window.press("Save").await?;
    window.reads("The passkey is called Pier now.").await?;
    window.press("Back").await?;

    // It signs in, where nobody has said who they are.
    sign_out(&window).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    window.press("Sign in").await?;
    on_this_device(&window, "Sign in with a passkey").await?;
    type_pin(&window, WRONG).await?;
    window.reads("This PIN is not right. You have 7 more tries.").await?;
    // Right after a question has changed the way out takes no press, which may have been meant for the one before.
    press_until(&window, "Try another way", Role::Field, "Email address").await?;
    on_this_device(&window, "Sign in with a passkey").await?;
    type_pin(&window, PIN).await?;
    account_of(&window, Person::ADA).await?;

    // Its key goes with it.
    manage(&window).await?;
    window.press("Delete Pier").await?;
    desktop.answer_question("Delete the passkey Pier?", true)?;
    window.reads("The passkey Pier was deleted.").await?;
    ensure!(items(&desktop, "passkey/")? == 0, "{:?}", desktop.keychain_items()?);
    Ok(())
}

#[tokio::test]
async fn a_pin_that_is_wrong_three_times_is_waited_for_also_after_the_next_start() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    manage(&window).await?;
    on_this_device(&window, "Add a passkey").await?;
    choose_pin(&window).await?;
    window.reads("The passkey Passkey was added.").await?;
    on_this_device(&window, "Add a passkey").await?;
    for left in ["7 more tries", "6 more tries"] {
        type_pin(&window, WRONG).await?;
        window.reads(left).await?;
    }
    type_pin(&window, WRONG).await?;
    window.reads("The PIN was wrong several times.").await?;
    window.quit().await?;

    // The pause outlives the app.
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    window.press("Settings").await?;
    window.press("Change PIN").await?;
    window.reads("The PIN was wrong several times.").await
}

#[tokio::test]
async fn sec_97_an_account_is_deleted_after_one_question_and_a_proof_by_a_passkey() -> Result<()> {
    let server = Served::start("[settings.policy]\nreverification = true\n")?;
    server.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    sign_in(&window, ALAN).await?;
    manage(&window).await?;
    on_this_device(&window, "Add a passkey").await?;
    choose_pin(&window).await?;
    window.reads("The passkey Passkey was added.").await?;

    server.set_ahead(Duration::from_mins(11))?;
    window.press("Delete this account").await?;
    window.enter(&format!("To confirm, type {}", ALAN.address), ALAN.address).await?;
    window.press("Delete for good").await?;
    desktop.answer_question(&format!("Delete the account {}?", ALAN.address), true)?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.find(Role::Field, "Password").await?;
    // Whoever turns back at the PIN is where they were, with the other way at hand.
    on_this_device(&window, "Use a passkey").await?;
    window.find(Role::Field, "PIN").await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press_in("Confirm with a passkey", "Cancel").await?;
    window.reads("Use a passkey of this account.").await?;
    // What is pressed while the device lets go is nothing.
    press_until(&window, "Use a passkey", Role::Button, "This device").await?;
    window.press("This device").await?;
    type_pin(&window, PIN).await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await.map(drop)
}

#[tokio::test]
async fn sec_95_a_keychain_that_is_locked_in_the_middle_of_a_ceremony_loses_nothing() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    manage(&window).await?;
    on_this_device(&window, "Add a passkey").await?;
    choose_pin(&window).await?;
    window.reads("The passkey Passkey was added.").await?;
    window.press("Back").await?;
    sign_out(&window).await?;
    window.press("Sign in").await?;

    on_this_device(&window, "Sign in with a passkey").await?;
    window.find(Role::Field, "PIN").await?;
    desktop.lock_keychain()?;
    type_pin(&window, PIN).await?;
    desktop.dismiss_unlock_prompt()?;
    window.reads("Your keychain is locked, so nothing can be read or kept there.").await?;
    ensure!(!window.has(Role::Field, "PIN").await?, "the question is over");

    // It is unlocked from where that is said, and then the same passkey serves, with every try of its PIN left.
    window.press("Try again").await?;
    desktop.answer_unlock_prompt()?;
    on_this_device(&window, "Sign in with a passkey").await?;
    window.find(Role::Field, "PIN").await?;
    ensure!(!window.text().await?.contains("tries"), "that was no try: {}", window.text().await?);
    type_pin(&window, PIN).await?;
    account_of(&window, Person::ADA).await?;
    ensure!(items(&desktop, "passkey/")? == 1, "{:?}", desktop.keychain_items()?);
    Ok(())
}

#[tokio::test]
async fn behind_the_lock_nothing_is_shown_and_no_token_is_handed_out() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Settings").await?;
    window.choose("Let programs ask for session tokens").await?;
    desktop.answer_question("Let programs ask for session tokens?", true)?;
    let token = || desktop.run(&["token", "--account", Person::ADA.address]);
    desktop.until("programs may ask", || token().is_ok_and(|output| output.status.success()))?;

    window.choose("Ask for a PIN before anything is shown").await?;
    window.reads("Choose a PIN for Frontdesk.").await?;
    choose_pin(&window).await?;
    window.press("Back").await?;
    account_of(&window, Person::ADA).await?;
    window.keys(Key::Control + "l").await?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    window.reads("Enter your PIN.").await?;
    ensure!(!window.text().await?.contains(Person::ADA.address), "{}", window.text().await?);
    ensure!(!window.title().await?.contains(Person::ADA.address), "{}", window.title().await?);
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    let refused = token()?;
    ensure!(!refused.status.success() && refused.stdout.is_empty(), "{refused:?}");
    ensure!(String::from_utf8_lossy(&refused.stderr).contains("Frontdesk is locked. Unlock it"), "{refused:?}");

    type_pin(&window, WRONG).await?;
    window.reads("This PIN is not right. You have 7 more tries.").await?;
    type_pin(&window, PIN).await?;
    account_of(&window, Person::ADA).await?;
    desktop.until("programs may ask again", || token().is_ok_and(|output| output.status.success()))?;
    window.kill();

    // It is shut at the next start, and who has forgotten the PIN can only leave.
    let window = desktop.open().await?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    ensure!(!window.text().await?.contains(Person::ADA.address), "{}", window.text().await?);
    window.press("Cancel").await?;
    window.press("Forgot the PIN: sign out of everything").await?;
    desktop.answer_question("Sign out of everything?", false)?;
    window.reads("This was not confirmed").await?;
    window.press("Forgot the PIN: sign out of everything").await?;
    desktop.answer_question("Sign out of everything?", true)?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    ensure!(items(&desktop, "client/")? == 0, "{:?}", desktop.keychain_items()?);
    ensure!(
        items(&desktop, "passkey")? == 0,
        "nothing of the PIN and its keys is left: {:?}",
        desktop.keychain_items()?
    );
    Ok(())
}

#[tokio::test]
async fn the_lock_shuts_behind_a_locked_screen_and_before_the_computer_sleeps() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let login = desktop.login_manager().await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Settings").await?;
    window.choose("Ask for a PIN before anything is shown").await?;
    choose_pin(&window).await?;
    window.press("Back").await?;
    account_of(&window, Person::ADA).await?;
    let is_shut = async || window.has(Role::Heading, "Unlock Frontdesk").await;

    desktop.signal("org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true")?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    ensure!(!window.text().await?.contains(Person::ADA.address), "{}", window.text().await?);
    desktop.signal("org.freedesktop.ScreenSaver.ActiveChanged", "boolean:false")?;
    type_pin(&window, PIN).await?;
    account_of(&window, Person::ADA).await?;

    login.until_asked().await?;
    window
        .until("the lock was shut before the computer sleeps", async || {
            // Whoever asked for the session may not listen yet.
            login.sleep(true).await?;
            is_shut().await
        })
        .await?;
    ensure!(!window.text().await?.contains(Person::ADA.address), "{}", window.text().await?);
    login.sleep(false).await?;
    type_pin(&window, PIN).await?;
    account_of(&window, Person::ADA).await
}
