//! What an instance elsewhere says at its door: by invitation, later, not now, not any more, not to this country.
//! Each walk is in `tests/src/window/refused.rs`; here every screen of it is held to what screens are held to.

use anyhow::Result;
use frontdesk_e2e::window::{
    Desktop, Keychain, Look, Person, Window, dress, invitation, lock_and_ban, texts, waitlist,
};

use crate::looks::faults;

/// A window in this look.
async fn opened(look: Look) -> Result<(Desktop, Window)> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    dress(&window, look).await?;
    Ok((desktop, window))
}

#[tokio::test]
async fn nobody_comes_in_by_themselves_and_who_is_invited_does() -> Result<()> {
    let (_desktop, window) = opened(Look::NARROW).await?;
    let mut wrong = Vec::new();
    let mut visit = async |screen: &str| {
        wrong.extend(faults(&window, screen).await?);
        Ok(())
    };
    waitlist(&window, Person::ADA, &mut visit).await?;
    invitation(&window, Person::GRACE, &mut visit).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn wrong_tries_lock_for_an_hour_a_ban_shuts_out_and_texts_go_where_they_may() -> Result<()> {
    let (_desktop, window) = opened(Look::NARROW).await?;
    let mut wrong = Vec::new();
    let mut visit = async |screen: &str| {
        wrong.extend(faults(&window, screen).await?);
        Ok(())
    };
    texts(&window, Person::ADA, &mut visit).await?;
    lock_and_ban(&window, Person::ADA, &mut visit).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
