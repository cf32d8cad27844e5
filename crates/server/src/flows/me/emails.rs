//! Email addresses of the user who acts: added, proven, removed.

use std::sync::Arc;

use frontdesk_identity::{
    Claim, IdentificationId, Way,
    user::{Account, AccountChange, EmailAddress as IdentityEmail, parse_email},
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{DeletedObject, EmailAddress, form};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{acting, proven};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        codes::DrawnCode,
        turn::{Done, Visit},
    },
    limits::Class,
    views,
};

/// The addresses.
pub async fn emails(turn: &Turn<'_>) -> Result<Reply<Vec<EmailAddress>>, Failure> {
    turn.read(|known| async move {
        let (_session, account) = acting(turn, &known)?;
        Ok(account.value.emails.iter().map(|address| view(turn, address)).collect())
    })
    .await
}

/// An address.
pub async fn email(turn: &Turn<'_>, id: &str) -> Result<Reply<EmailAddress>, Failure> {
    turn.read(|known| async move {
        let (_session, account) = acting(turn, &known)?;
        Ok(view(turn, account.value.address(id)?))
    })
    .await
}

/// Adds an address, which has yet to be proven.
pub async fn add_email(turn: &Turn<'_>, typed: &str) -> Result<Reply<EmailAddress>, Failure> {
    let email = &parse_email(typed).map_err(Fault::from)?;
    turn.limit(Class::Create, Some(email)).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let id = IdentificationId::from_random(turn.instance.random_id());
        turn.admit(&[email.clone().into()], Way::Addition).await?;
        let claim = turn.claim_of(&email.clone().into()).await?;
        let change = account.value.add_email(id.clone(), email.clone(), claim, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "email_added", user = %account.value.user.id, address = %id);
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    turn.change(work, |id| async move { stored(turn, &id).await }).await
}

/// Sends a code to an address.
pub async fn prepare_email(turn: &Turn<'_>, id: &str) -> Result<Reply<EmailAddress>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let address = account.value.address(id)?;
        let claim = claim(turn, address).await?;
        let to = address.email.clone().into();
        let recent = turn.recent(&to).await?;
        turn.must_take(&to, form::EMAIL_ADDRESS).await?;
        let code = turn.draw_code(&address.email, account.value.user.locale.as_deref());
        let change = account.value.prepare_email(address, code.new.clone(), claim, recent, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change, Some(&code)).await?;
        Ok(Done { outcome: address.id.clone(), client: visit.client.value.clone() })
    };
    turn.change(work, |id| async move { stored(turn, &id).await }).await
}

/// Takes the code.
pub async fn attempt_email(turn: &Turn<'_>, id: &str, code: &SecretString) -> Result<Reply<EmailAddress>, Failure> {
    let checked = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let address = account.value.address(id)?;
        turn.limit(Class::Attempt, Some(&address.email)).await?;
        let sent = account.value.may_attempt_email(address, turn.policy(), turn.now)?;
        let evidence = turn.check_code(sent, code, checked).await?;
        let claim = claim(turn, address).await?;
        let change = account.value.attempt_email(address, evidence, claim, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "email_proven", user = %account.value.user.id, address = %address.id);
        Ok(Done { outcome: address.id.clone(), client: visit.client.value.clone() })
    };
    turn.change(work, |id| async move { stored(turn, &id).await }).await
}

/// Removes an address.
pub async fn remove_email(turn: &Turn<'_>, id: &str) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let address = account.value.address(id)?;
        let change = account.value.remove_email(address, turn.policy())?;
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "email_removed", user = %account.value.user.id, address = %address.id);
        Ok(Done { outcome: address.id.clone(), client: visit.client.value.clone() })
    };
    let respond = |id: IdentificationId| async move {
        Ok(DeletedObject { object: "email_address".to_owned(), id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}

/// Whether somebody else has it.
async fn claim(turn: &Turn<'_>, address: &IdentityEmail) -> Result<Claim, Fault> {
    if address.is_claimed() { Ok(Claim::Free) } else { turn.claim_of(&address.email.clone().into()).await }
}

/// Writes a change of an account, at the version in which it was read.
async fn commit(
    turn: &Turn<'_>,
    visit: &Visit,
    account: &Versioned<Account>,
    mut change: AccountChange,
    code: Option<&DrawnCode>,
) -> Result<(), Fault> {
    change.user.updated_at = visit.next_age(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(change.user));
    turn.add_effects(&mut changes, change.effects, &[], code);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(())
}

/// The address as it stands now.
async fn stored(turn: &Turn<'_>, id: &IdentificationId) -> Result<EmailAddress, Fault> {
    let address = turn.instance.store().email(id).await?.ok_or(Fault::NotFound)?;
    Ok(view(turn, &address))
}

fn view(turn: &Turn<'_>, address: &IdentityEmail) -> EmailAddress {
    views::email_address(address, turn.policy(), turn.now)
}
