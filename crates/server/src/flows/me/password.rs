//! The password of the user who acts: set, changed, removed.

use std::sync::Arc;

use frontdesk_identity::{
    Addressee, ClientId, Effect, NewPassword, PasswordChecked, PasswordProof, PasswordRefusal, UserId, user::Account,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{User, form};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::proven;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::{Known, changed_client},
        turn::{Done, Visit},
    },
    limits::Class,
};

/// A password to be set.
#[derive(Debug)]
pub struct PasswordChange {
    /// The one that the user has, if they have one and say so.
    pub current: Option<SecretString>,
    /// The new one.
    pub new: SecretString,
    /// Whether the user is signed out everywhere else.
    pub sign_out: bool,
}

/// Sets the password.
pub async fn change_password(turn: &Turn<'_>, change: &PasswordChange) -> Result<Reply<User>, Failure> {
    let digest = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        limit(turn, account).await?;
        let (current, new) = (change.current.as_ref(), change.new.expose_secret());
        let said = current.map(ExposeSecret::expose_secret);
        account.value.may_change_password(said, new, &session.value, turn.policy(), turn.now)?;
        let proof = check(turn, account, current).await?;
        let new = NewPassword {
            digest: turn.digest(&change.new, &account.value.own_words(), form::NEW_PASSWORD, digest).await?,
            sign_out_but: change.sign_out.then(|| session.value.id.clone()),
        };
        if matches!(proof, Some(PasswordProof::Fresh { .. })) {
            must_differ(turn, account, &change.new).await?;
        }
        let effects = account.value.change_password(proof, new, turn.policy())?;
        let user_id = commit(turn, known, account, effects, change.sign_out).await?;
        let (signed_out, by) = (change.sign_out, proof_word(proof));
        tracing::info!(target: "audit", event = "password_changed", user = %user_id, signed_out, by);
        Ok(Done { outcome: (user_id, visit.client.value.id.clone()), client: visit.client.value.clone() })
    };
    turn.change(work, |done| view(turn, done)).await
}

/// Removes the password.
pub async fn remove_password(turn: &Turn<'_>, current: Option<&SecretString>) -> Result<Reply<User>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        limit(turn, account).await?;
        let said = current.map(ExposeSecret::expose_secret);
        account.value.may_remove_password(said, &session.value, turn.policy(), turn.now)?;
        let proof = check(turn, account, current).await?.ok_or(PasswordRefusal::None)?;
        let effects = account.value.remove_password(proof, turn.policy())?;
        let user_id = commit(turn, known, account, effects, false).await?;
        let by = proof_word(Some(proof));
        tracing::info!(target: "audit", event = "password_removed", user = %user_id, by);
        Ok(Done { outcome: (user_id, visit.client.value.id.clone()), client: visit.client.value.clone() })
    };
    turn.change(work, |done| view(turn, done)).await
}

/// Checks the password that the user says they have; none where there is none. A wrong one is counted as at a sign-in:
/// who sits at somebody else's device must not guess here without end. Who says none was let pass by a fresh proof.
async fn check(
    turn: &Turn<'_>,
    account: &Versioned<Account>,
    current: Option<&SecretString>,
) -> Result<Option<PasswordProof>, Fault> {
    if account.value.password.is_none() {
        return Ok(None);
    }
    let user_id = &account.value.user.id;
    // Removed since the account was read: that shows when it is gathered again.
    let stored = turn.instance.store().password(user_id).await?.ok_or(Fault::Contended)?;
    let credential_version = stored.version;
    let Some(current) = current else { return Ok(Some(PasswordProof::Fresh { credential_version })) };
    let checked = turn.instance.passwords().verify(Some(stored.value.expose()), current).await?;
    if checked.ok {
        let checked = PasswordChecked { credential_version, ok: true, exposed: false };
        return Ok(Some(PasswordProof::Current(checked)));
    }
    let lockout = turn.instance.store().count_failure(&account.value.counter, turn.policy(), turn.now).await?;
    let tries_left = lockout.tries_left(turn.policy(), turn.now);
    tracing::info!(target: "audit", event = "password_change_refused", user = %user_id, tries_left);
    Err(match lockout.remaining_ms(turn.now) {
        Some(remaining_ms) => {
            tracing::warn!(target: "audit", event = "locked", subject = %account.value.counter);
            PasswordRefusal::Locked { remaining_ms }.into()
        }
        None => Fault::WrongCurrentPassword { tries_left },
    })
}

/// Refuses the password that there is as a new one. Asked of such a one alone as could be set: whoever tries which one
/// there is without knowing it changes it with the first wrong guess.
async fn must_differ(turn: &Turn<'_>, account: &Versioned<Account>, new: &SecretString) -> Result<(), Fault> {
    let stored = turn.instance.store().password(&account.value.user.id).await?.ok_or(Fault::Contended)?;
    let same = turn.instance.passwords().verify(Some(stored.value.expose()), new).await?.ok;
    if same { Err(PasswordRefusal::Unchanged.into()) } else { Ok(()) }
}

/// What the audit log calls it.
fn proof_word(proof: Option<PasswordProof>) -> &'static str {
    match proof {
        None => "nothing",
        Some(PasswordProof::Current(_)) => "current_password",
        Some(PasswordProof::Fresh { .. }) => "fresh_proof",
    }
}

async fn commit(
    turn: &Turn<'_>,
    known: &Known,
    account: &Versioned<Account>,
    effects: Vec<Effect>,
    sign_out: bool,
) -> Result<UserId, Fault> {
    let user_id = account.value.user.id.clone();
    let mut changes = Changes::new(turn.now);
    changes.save_client(known.client.with(changed_client(known, turn.now)));
    if sign_out {
        for client in turn.clients_without(&user_id, Some(&known.client.value.id)).await? {
            changes.save_client(client);
        }
    }
    turn.add_effects(&mut changes, effects, &[], None);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(user_id)
}

async fn limit(turn: &Turn<'_>, account: &Versioned<Account>) -> Result<(), Fault> {
    turn.limit(Class::Attempt, account.value.primary_email().map(|primary| &primary.email as &dyn Addressee)).await
}

/// The user as the account stands now, to the client that asks.
async fn view(turn: &Turn<'_>, (user_id, client): (UserId, ClientId)) -> Result<User, Fault> {
    let mut account = turn.instance.store().account(&user_id).await?.ok_or(Fault::NotFound)?;
    turn.count_from(&mut account.value, &client, false).await?;
    Ok(turn.user_view(&account.value))
}
