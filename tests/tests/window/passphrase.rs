//! A vault behind a passphrase, for a computer without a keychain, and the way into the keychain once there is one.

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, Window, account_of, in_files, sign_up};

const PASSPHRASE: &str = "copper lantern willow orbit";
const LOST: &str = "A forgotten passphrase cannot be recovered.";

async fn unlock(window: &Window, passphrase: &str) -> Result<()> {
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    window.enter("Passphrase", passphrase).await?;
    window.press("Unlock").await
}

#[tokio::test]
async fn sec_95_who_has_no_keychain_stays_signed_in_with_a_passphrase() -> Result<()> {
    let mut desktop = Desktop::start(Keychain::Absent).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Stay signed in with a passphrase").await?;
    window.reads("Nobody can recover it").await?;
    window.enter("New passphrase", PASSPHRASE).await?;
    window.enter("New passphrase, once more", PASSPHRASE).await?;
    window.press("Use a passphrase").await?;
    account_of(&window, Person::ADA).await?;
    window
        .until("the notice went", async || Ok(!window.text().await?.contains("This computer has no keychain")))
        .await?;
    // The account's own instance stays as well, from now on.
    let database = desktop.data()?.join("local/frontdesk.db");
    window.until("the instance's data is kept", async || Ok(database.exists())).await?;
    window.kill();

    // Nothing of anybody is shown before the passphrase is there, and nothing of it lies about.
    let window = desktop.open().await?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    window.reads(LOST).await?;
    assert!(!window.text().await?.contains(Person::ADA.address));
    unlock(&window, "another passphrase").await?;
    window.reads("This is not the passphrase of your vault.").await?;
    unlock(&window, PASSPHRASE).await?;
    account_of(&window, Person::ADA).await?;
    assert!(in_files(desktop.home(), PASSPHRASE.as_bytes()).is_empty());
    assert!(in_files(&desktop.data()?, b"eyJhbGciOi").is_empty());

    // Locked by the person, and opened again.
    window.press("Settings").await?;
    window.reads("Your passphrase vault works").await?;
    window.press("Lock now").await?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    assert!(!window.text().await?.contains(Person::ADA.address));
    unlock(&window, PASSPHRASE).await?;
    window.find(Role::Heading, "Settings").await?;

    // A keychain comes, and everything moves there.
    desktop.set_keychain(Keychain::Unlocked)?;
    window.press("Move to the keychain").await?;
    window.reads("Your keychain works").await?;
    assert!(!desktop.data()?.join("vault.sealed").exists());
    window.kill();
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    let items: Vec<_> = desktop.keychain_items()?.into_iter().map(|item| item.name).collect();
    assert!(items.iter().any(|name| name.starts_with("client/")), "{items:?}");
    assert!(items.iter().any(|name| name == "instance-key/local"), "{items:?}");
    Ok(())
}
