//! A second proof at sign-in, and a fresh one before changes that matter.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    window::{
        Desktop, Keychain, Person, Role, Window, account_of, authenticator_with_key, begin_sign_in, sign_out, sign_up,
    },
};

use crate::many::{ALAN, connect, sign_in};

/// Changes that matter need a proof of the last ten minutes.
const FRESH: &str = "[settings.policy]\nreverification = true\n";

/// Reads the backup codes off the page.
async fn codes(window: &Window) -> Result<Vec<String>> {
    window.find(Role::Heading, "Keep your backup codes").await?;
    let script = "return [...document.querySelectorAll('.backup-codes li')].map((it) => it.textContent);";
    let codes: Vec<String> = serde_json::from_value(window.script(script).await?)?;
    assert_eq!(codes.len(), 10, "{codes:?}");
    Ok(codes)
}

/// From Welcome to where the second proof is asked for.
async fn half_way(window: &Window) -> Result<()> {
    begin_sign_in(window, Person::ADA).await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    window.find(Role::Heading, "Two-step verification").await?;
    window.reads("Enter the six digits that your authenticator app shows").await
}

/// Enters a backup code in place of what the app shows.
async fn enter_backup(window: &Window, code: &str) -> Result<()> {
    window.enter("Backup code", code).await?;
    window.press("Verify").await
}

#[tokio::test]
async fn an_authenticator_app_is_turned_on_asked_for_and_removed() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Manage account").await?;
    window.find(Role::Part, "Two-step verification").await?;
    window.reads("Whoever has your password, or can read your messages, can sign in.").await?;
    window.press("Add an authenticator app").await?;
    let mut app = authenticator_with_key(&window).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.enter("Verification code", &app.wrong_code()?).await?;
    window.reads("This code is not right, or was used already.").await?;
    window.enter("Verification code", &app.next_code()?).await?;

    let backup = codes(&window).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    let file = desktop.home().join("codes.txt");
    window.press("Save to a file").await?;
    desktop.pick_file("Save backup codes", &file)?;
    window.reads("The codes were saved.").await?;
    let kept = fs::read_to_string(&file)?;
    assert!(backup.iter().all(|code| kept.lines().any(|line| line == code)), "{kept}");
    assert!(kept.contains(Person::ADA.address), "{kept}");
    assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600, "for nobody else");
    window.press("I have kept them").await?;
    window.reads("The authenticator app is set up.").await?;
    assert_eq!(window.focus().await?, "Two-step verification");
    let shown = window.text().await?;
    assert!(!backup.iter().any(|code| shown.contains(code.as_str())), "they are shown once");
    window.quit().await?;

    let window = desktop.open().await?;
    window.press("Manage account").await?;
    window.find(Role::Button, "Remove the authenticator app").await?;
    window.press("Back").await?;
    sign_out(&window).await?;
    half_way(&window).await?;
    window.enter("Verification code", &app.wrong_code()?).await?;
    window.reads("This code is not right, or was used already.").await?;
    assert_eq!(window.value("Verification code").await?, "", "a wrong code is cleared");
    window.enter("Verification code", &app.next_code()?).await?;
    account_of(&window, Person::ADA).await?;

    sign_out(&window).await?;
    half_way(&window).await?;
    window.press("Use another way").await?;
    window.press("Use a backup code").await?;
    // As somebody types what they wrote down.
    let (left, right) = backup[0].split_at(5);
    enter_backup(&window, &format!("{} {}", left.to_uppercase(), right.to_uppercase())).await?;
    account_of(&window, Person::ADA).await?;
    sign_out(&window).await?;
    half_way(&window).await?;
    window.press("Use another way").await?;
    window.press("Use a backup code").await?;
    enter_backup(&window, &backup[0]).await?;
    window.reads("This backup code is not right, or was used already.").await?;
    enter_backup(&window, &backup[1]).await?;
    account_of(&window, Person::ADA).await?;

    window.press("Manage account").await?;
    window.press("Remove the authenticator app").await?;
    window.find(Role::Dialog, "Remove the authenticator app?").await?;
    window.press("Remove").await?;
    window.reads("The authenticator app was removed.").await?;
    window.press("Back").await?;
    sign_out(&window).await?;
    begin_sign_in(&window, Person::ADA).await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn sec_42_a_change_that_matters_waits_for_a_fresh_proof_and_is_done_once() -> Result<()> {
    let server = Served::start(FRESH)?;
    server.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    sign_in(&window, ALAN).await?;
    window.press("Manage account").await?;
    window.find(Role::Button, "Add an authenticator app").await?;

    // Whoever turns back has nothing done, and is told of no failure.
    server.set_ahead(Duration::from_mins(11))?;
    window.press("Add an authenticator app").await?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.find(Role::Field, "Password").await?;
    assert_eq!(window.focus().await?, "Password");
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press("Cancel").await?;
    window.until("the dialog went", async || Ok(!window.has(Role::Dialog, "Confirm that it is you").await?)).await?;
    assert!(window.has(Role::Button, "Add an authenticator app").await?);
    assert!(!window.text().await?.contains("Details"), "no failure");

    window.press("Add an authenticator app").await?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.enter("Password", "not the password at all").await?;
    window.press("Verify").await?;
    window.reads("This password is not right.").await?;
    window.enter("Password", ALAN.password).await?;
    window.press("Verify").await?;
    let mut app = authenticator_with_key(&window).await?;
    app.set_ahead(Duration::from_mins(11));
    window.enter("Verification code", &app.next_code()?).await?;
    let backup = codes(&window).await?;
    window.press("I have kept them").await?;
    window.reads("The authenticator app is set up.").await?;

    // From then on it is the second factor that is asked for.
    server.set_ahead(Duration::from_mins(22))?;
    app.set_ahead(Duration::from_mins(22));
    window.press("Make new codes").await?;
    window.find(Role::Dialog, "Make new backup codes?").await?;
    window.press_in("Make new backup codes?", "Make new codes").await?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.enter("Verification code", &app.wrong_code()?).await?;
    window.reads("This code is not right, or was used already.").await?;
    window.enter("Verification code", &app.next_code()?).await?;
    let renewed = codes(&window).await?;
    assert!(renewed.iter().all(|code| !backup.contains(code)), "they are new");
    window.press("I have kept them").await?;
    window.reads("New backup codes were made.").await?;

    server.set_ahead(Duration::from_mins(33))?;
    window.press("Remove the authenticator app").await?;
    window.press("Remove").await?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.press("Use another way").await?;
    window.press("Use a backup code").await?;
    window.enter("Backup code", &backup[0]).await?;
    window.press("Verify").await?;
    window.reads("This backup code is not right, or was used already.").await?;
    window.enter("Backup code", &renewed[0]).await?;
    window.press("Verify").await?;
    window.reads("The authenticator app was removed.").await?;
    window.find(Role::Button, "Add an authenticator app").await?;
    Ok(())
}

#[tokio::test]
async fn sec_97_an_account_is_deleted_after_one_question_and_one_proof() -> Result<()> {
    let server = Served::start(FRESH)?;
    server.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    sign_in(&window, ALAN).await?;
    server.set_ahead(Duration::from_mins(11))?;
    window.press("Manage account").await?;
    window.press("Delete this account").await?;
    window.enter(&format!("To confirm, type {}", ALAN.address), ALAN.address).await?;
    window.press("Delete for good").await?;
    desktop.answer_question(&format!("Delete the account {}?", ALAN.address), true)?;
    window.find(Role::Dialog, "Confirm that it is you").await?;
    window.enter("Password", ALAN.password).await?;
    window.press("Verify").await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    Ok(())
}
