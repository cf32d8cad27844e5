//! A newcomer: an account within two clicks and one code, which outlives everything that ends an app.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, in_files, in_processes, sign_out, sign_up,
};

/// The client tokens that the keychain holds.
fn client_tokens(desktop: &Desktop) -> Result<Vec<Vec<u8>>> {
    let items = desktop.keychain_items()?;
    Ok(items.into_iter().filter(|item| item.name.starts_with("client/")).map(|item| item.secret).collect())
}

/// The one client token that the keychain holds.
fn client_token(desktop: &Desktop) -> Result<Vec<u8>> {
    let mut tokens = client_tokens(desktop)?;
    assert_eq!(tokens.len(), 1, "one client slot, one item");
    tokens.pop().context("the keychain holds no client token")
}

/// The session that the account's page names.
async fn session_of(window: &Window) -> Result<String> {
    let text = window.text().await?;
    let session = text.split_whitespace().find(|word| word.starts_with("sess_"));
    Ok(session.context("the page names no session")?.to_owned())
}

#[tokio::test]
async fn an_account_outlives_kill_9() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    sign_up(&window, Person::ADA).await?;
    let session = session_of(&window).await?;
    let token = client_token(&desktop)?;
    window.kill();

    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    assert_eq!(session_of(&window).await?, session);
    assert_eq!(client_token(&desktop)?, token, "nothing rotated, so nothing was written");
    // The instance answers too: this asks it.
    window.press("Copy session token").await?;
    window.reads("Copied. The token is good until").await
}

#[tokio::test]
async fn an_account_is_shown_from_the_sealed_cache_when_its_instance_is_broken() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let session = session_of(&window).await?;
    let before = desktop.keychain_items()?;
    window.kill();
    break_instance(&desktop)?;

    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    assert_eq!(session_of(&window).await?, session);
    window.reads("cannot be reached").await?;
    window.reads("You see what was known").await?;
    assert_eq!(desktop.keychain_items()?, before, "a failure deletes nothing");
    // The database is still what it was made: nothing was written over it.
    let database = fs::read(desktop.data()?.join("local/frontdesk.db"))?;
    assert_eq!(database, GARBAGE);
    Ok(())
}

/// What an unreadable database holds here.
const GARBAGE: &[u8] = b"This was a database once; somebody saved a letter over it.";

/// Puts a folder in the place of the private socket, and a letter in the place of the database.
fn break_instance(desktop: &Desktop) -> Result<()> {
    let door = desktop.door()?.join("instance.sock");
    let _gone = fs::remove_file(&door);
    fs::create_dir_all(door.join("not a socket"))?;
    let database = desktop.data()?.join("local/frontdesk.db");
    assert!(database.is_file(), "{} is the local instance's database", database.display());
    for beside in ["frontdesk.db-wal", "frontdesk.db-shm"] {
        let _gone = fs::remove_file(database.with_file_name(beside));
    }
    Ok(fs::write(database, GARBAGE)?)
}

#[tokio::test]
async fn sec_94_the_client_token_is_in_the_keychain_and_nowhere_else() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Copy session token").await?;
    window.reads("Copied. The token is good until").await?;
    let token = client_token(&desktop)?;
    assert!(token.len() >= 32, "a token, and not a stub of one");

    nowhere(&desktop, &token)?;
    let kept = "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, window.name])";
    assert_eq!(window.script(kept).await?, "[{},{},\"\",\"\"]", "the page keeps nothing of its own");
    window.press("Settings").await?;
    window.press("Copy diagnostics").await?;
    let text = window.text().await?;
    assert!(!text.contains(std::str::from_utf8(&token)?), "diagnostics mask secrets");
    window.kill();
    nowhere(&desktop, &token)?;
    desktop.open().await?.quit().await?;
    nowhere(&desktop, &token)
}

/// Fails when a secret is in a file of the desktop or was given to a process of it.
fn nowhere(desktop: &Desktop, secret: &[u8]) -> Result<()> {
    let home = desktop.home();
    let data = desktop.data()?;
    for folder in [&data, &data.join("logs"), &home.join("home")] {
        assert!(folder.is_dir(), "{} is searched, so it has to be there", folder.display());
    }
    let found = in_files(home, secret);
    assert!(found.is_empty(), "a secret is left in files:\n{}", found.join("\n"));
    let found = in_processes(&desktop.processes(), secret);
    assert!(found.is_empty(), "a secret was given to processes:\n{}", found.join("\n"));
    Ok(())
}

#[tokio::test]
async fn sec_100_no_code_password_or_token_is_left_in_files_logs_or_the_title() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let code = sign_up(&window, Person::ADA).await?;
    assert_eq!(window.title().await?, "Frontdesk");
    sign_out(&window).await?;
    assert_eq!(window.title().await?, "Frontdesk");
    window.quit().await?;

    nowhere(&desktop, Person::ADA.password.as_bytes())?;
    let logs = desktop.data()?.join("logs");
    let written = read_all(&logs)?;
    assert!(!written.is_empty(), "the app writes a log");
    for secret in [code.as_str(), Person::ADA.address, "Bearer"] {
        let found = written.split(|character: char| character.is_whitespace() || "\"=:,".contains(character));
        assert_eq!(found.filter(|word| *word == secret).count(), 0, "the log holds {secret}");
    }
    // A session token is a JWT, whose first part always begins so.
    assert!(!written.contains("eyJ"), "the log holds a token");
    Ok(())
}

fn read_all(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for entry in fs::read_dir(folder)? {
        text += &String::from_utf8_lossy(&fs::read(entry?.path())?);
    }
    Ok(text)
}

#[tokio::test]
async fn signing_out_of_the_last_account_takes_its_item_from_the_keychain() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    assert_eq!(client_tokens(&desktop)?.len(), 1);
    sign_out(&window).await?;
    window.until("the keychain let go of the item", async || Ok(client_tokens(&desktop)?.is_empty())).await?;
    window.kill();

    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window.find(Role::Button, "Create an account").await?;
    assert!(!window.text().await?.contains(Person::ADA.address), "nothing is left to show");
    Ok(())
}

#[tokio::test]
async fn a_sign_up_goes_on_where_kill_9_left_it() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Create an account").await?;
    frontdesk_e2e::window::begin_sign_up(&window, Person::ADA).await?;
    window.kill();

    let window = desktop.open().await?;
    window.reads("Your sign-up for ada@example.com is waiting for its code.").await?;
    window.press("Enter the code").await?;
    window.find(Role::Field, "Verification code").await?;
    let code = frontdesk_e2e::window::code_from_outbox(&window).await?;
    window.enter("Verification code", &code).await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn a_second_start_shows_the_window_that_is_there() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    let status = desktop.start_again()?;
    assert!(status.success(), "the second process hands over and ends: {status}");
    assert!(window.has(Role::Heading, "Welcome to Frontdesk").await?);
    Ok(())
}
