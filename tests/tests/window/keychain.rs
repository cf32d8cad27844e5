//! A keychain that is locked, or that is not there: said before anything depends on it, and nothing lost.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use frontdesk_e2e::window::{
    Desktop, Keychain, Look, Person, Role, Tongue, account_of, begin_sign_up, code_from_outbox, identifier, in_files,
    in_text, sign_up, unread, wear,
};

use crate::looks::faults;

#[tokio::test]
async fn sec_95_a_locked_keychain_loses_nothing() -> Result<()> {
    let mut desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let before = desktop.keychain_items()?;
    window.kill();
    desktop.set_keychain(Keychain::Locked)?;

    let window = desktop.open().await?;
    // The system asks; until somebody answers, the window says what it waits for.
    window.reads("Waiting for your keychain").await?;
    desktop.dismiss_unlock_prompt()?;
    window.reads("Your keychain is locked").await?;
    window.reads("Unlock it, then try again.").await?;
    assert!(!window.text().await?.contains(Person::ADA.address), "who you are is sealed with a key from the keychain");
    assert!(no_plain_text(&desktop)?.is_empty(), "{:?}", no_plain_text(&desktop)?);

    window.press("Try again").await?;
    desktop.answer_unlock_prompt()?;
    account_of(&window, Person::ADA).await?;
    assert_eq!(desktop.keychain_items()?, before, "nothing was deleted or written anew");
    Ok(())
}

#[tokio::test]
async fn sec_95_an_account_whose_keychain_is_gone_is_not_said_to_be_signed_out_and_comes_back_with_it() -> Result<()> {
    let (_server, mut desktop, window) = unread(Tongue::English).await?;
    window.reads("If that can be mended, you need not sign in again.").await?;
    window.reads("This computer has no keychain").await?;
    let text = window.text().await?;
    assert!(!text.contains("Sign in again"), "nobody knows whether the session has ended: {text}");
    assert!(!text.contains(Person::ADA.address), "who you are is sealed with a key from the keychain: {text}");
    for look in [Look::NARROW, Look::DARK, Look::LIGHT] {
        wear(&window, look).await?;
        assert_eq!(faults(&window, look.name).await?, [""; 0]);
    }

    desktop.set_keychain(Keychain::Unlocked)?;
    window.press("Try again").await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn sec_95_an_account_that_was_missed_at_a_locked_start_is_there_at_the_next() -> Result<()> {
    let mut desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let before = desktop.keychain_items()?;
    window.kill();
    desktop.set_keychain(Keychain::Locked)?;
    let window = desktop.open().await?;
    desktop.dismiss_unlock_prompt()?;
    window.reads("Your keychain is locked").await?;
    window.kill();
    desktop.set_keychain(Keychain::Unlocked)?;

    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    assert_eq!(desktop.keychain_items()?, before);
    Ok(())
}

#[tokio::test]
async fn sec_95_a_keychain_that_is_locked_while_the_app_runs_loses_nothing() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    desktop.lock_keychain()?;

    // A second account means a new token, which has to be written down.
    window.press("Add an account").await?;
    window.press("Create an account").await?;
    begin_sign_up(&window, Person::GRACE).await?;
    let code = code_from_outbox(&window).await?;
    window.enter("Verification code", &code).await?;
    desktop.dismiss_unlock_prompt()?;
    account_of(&window, Person::GRACE).await?;
    window.reads("Your keychain is locked").await?;
    window.reads("Until then you stay signed in only until you quit.").await?;
    assert!(no_plain_text(&desktop)?.is_empty(), "{:?}", no_plain_text(&desktop)?);

    window.press("Try again").await?;
    desktop.answer_unlock_prompt()?;
    window.until("the notice went", async || Ok(!window.text().await?.contains("Your keychain is locked"))).await?;
    window.kill();
    let window = desktop.open().await?;
    account_of(&window, Person::GRACE).await?;
    window.find(Role::Button, &format!("{}, This computer", Person::ADA.address)).await?;
    Ok(())
}

#[tokio::test]
async fn sec_95_without_a_keychain_an_account_lasts_until_quit_and_nothing_is_written_down() -> Result<()> {
    let desktop = Desktop::start(Keychain::Absent).await?;
    let window = desktop.open().await?;
    // Before anything is typed.
    window.reads("This computer has no keychain").await?;
    window.reads("you stay signed in until you quit").await?;
    sign_up(&window, Person::ADA).await?;
    window.reads("you stay signed in until you quit").await?;
    assert!(no_plain_text(&desktop)?.is_empty(), "{:?}", no_plain_text(&desktop)?);
    window.quit().await?;

    let left = databases(desktop.home());
    assert!(left.is_empty(), "the throw-away instance is gone with the app: {left:?}");
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    assert!(!window.text().await?.contains(Person::ADA.address));
    window.kill();
    desktop.open().await?.quit().await?;
    let left = databases(desktop.home());
    assert!(left.is_empty(), "what a killed app left is removed by the next one: {left:?}");
    Ok(())
}

#[tokio::test]
async fn sec_96_what_items_show_to_everybody_holds_no_secret_and_no_name_and_the_limits_are_written_down() -> Result<()>
{
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let (items, shown) = (desktop.keychain_items()?, desktop.keychain_descriptions()?);
    let values = |name: &str| -> Vec<&str> {
        let lines = shown.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        lines.filter(|value| !value.is_empty()).collect()
    };
    assert_eq!(values("label").len(), items.len(), "{shown:?}");
    assert_eq!(values("attribute.username").len(), items.len(), "{shown:?}");
    let text = shown.join("\n");
    for item in &items {
        assert!(!item.secret.is_empty());
        let found = in_text(&text, &item.secret);
        assert!(found.is_empty(), "{}: {found:?}", item.name);
        // They are kept as text; what it stands for is none either.
        let found = in_text(&text, &STANDARD.decode(&item.secret)?);
        assert!(found.is_empty(), "{}: {found:?}", item.name);
    }
    for word in [Person::ADA.address, Person::ADA.password, "ada", "This computer", "127.0.0.1"] {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word}: {shown:?}");
    }
    let name = identifier()?;
    for line in &shown {
        let (what, value) = line.split_once(" = ").unwrap_or((line, ""));
        let known = match what {
            "attribute.username" => items.iter().any(|item| item.name == value),
            "attribute.service" => value == name,
            _ => true,
        };
        assert!(known, "{line}");
    }

    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/security.md");
    let document = fs::read_to_string(document)?;
    for sentence in
        ["every program of the same login session", "data-protection keychain", "persistence = Local", "sec_96_"]
    {
        assert!(document.contains(sentence), "docs/security.md says: {sentence}");
    }
    Ok(())
}

/// Every file that holds the person's password or what looks like a token.
fn no_plain_text(desktop: &Desktop) -> Result<Vec<String>> {
    let mut found = in_files(desktop.home(), Person::ADA.password.as_bytes());
    found.extend(in_files(&desktop.data()?, b"eyJhbGciOi"));
    Ok(found)
}

/// Every database below a folder.
fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(databases(&path)),
            _ if entry.file_name() == "frontdesk.db" => found.push(path),
            _ => {}
        }
    }
    found
}
