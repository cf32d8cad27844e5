//! Email addresses of users: given, looked at, vouched for, taken away.

use frontdesk_identity::{
    Account, AccountChange, Claim, Email, EmailChange, EmailRefusal, GivenEmail, IdentificationId, user::parse_email,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{DeletedObject, backend::EmailAddress};

use super::users;
use crate::{
    flows::{Fault, Turn},
    views,
};

/// Gives a user an address.
pub async fn create(turn: &Turn<'_>, user_id: &str, typed: &str, wanted: EmailChange) -> Result<EmailAddress, Fault> {
    let given = &GivenEmail {
        id: IdentificationId::from_random(turn.instance.random_id()),
        email: parse_email(typed)?,
        verified: wanted.verified.unwrap_or_default(),
        primary: wanted.primary.unwrap_or_default(),
        notify: wanted.notify,
    };
    let work = || async move {
        let account = users::find(turn, user_id).await?;
        let claim = claim(turn, &given.email).await?;
        let change = account.value.give_email(given, claim, turn.policy(), turn.now)?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "email_given_by_owner", user = user_id, address = %given.id);
    show(turn, given.id.as_str()).await
}

/// An address.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<EmailAddress, Fault> {
    let account = find(turn, id).await?;
    Ok(views::backend::email_address(account.value.address(id)?))
}

/// Vouches for an address, or makes it the main one.
pub async fn update(turn: &Turn<'_>, id: &str, wanted: EmailChange) -> Result<EmailAddress, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let address = account.value.address(id)?;
        let claim = if address.is_claimed() { Claim::Free } else { claim(turn, &address.email).await? };
        let change = account.value.change_email(address, wanted, claim, turn.policy())?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "email_changed_by_owner", address = id);
    show(turn, id).await
}

/// Takes an address away; the last one that its user can sign in with stays.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let change = account.value.remove_email(account.value.address(id)?, turn.policy())?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "email_removed_by_owner", address = id);
    Ok(DeletedObject { object: "email_address".to_owned(), id: Some(id.to_owned()), slug: None, deleted: true })
}

/// The account that has the address of that id.
async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<Account>, Fault> {
    let id = IdentificationId::parse(id).map_err(|_| EmailRefusal::NotFound)?;
    let address = turn.instance.store().email(&id).await?.ok_or(EmailRefusal::NotFound)?;
    users::find(turn, address.user_id.as_str()).await
}

/// Whether somebody has claimed it.
async fn claim(turn: &Turn<'_>, email: &Email) -> Result<Claim, Fault> {
    let taken = turn.instance.store().is_claimed(email).await?;
    Ok(if taken { Claim::Claimed } else { Claim::Free })
}

async fn commit(turn: &Turn<'_>, account: &Versioned<Account>, mut change: AccountChange) -> Result<(), Fault> {
    change.user.updated_at = change.user.updated_at.grown(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(change.user));
    turn.add_effects(&mut changes, change.effects, &[], None);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(())
}
