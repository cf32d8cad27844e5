//! Second factors of the user who acts: set up, proven, removed.

use std::sync::Arc;

use frontdesk_identity::{
    SecondFactorRefusal,
    user::{Account, AccountChange},
};
use frontdesk_store::{Changes, NewTotp, SealedBytes, Versioned};
use frontdesk_wire::{BackupCodes, DeletedObject, Totp};
use secrecy::SecretString;

use super::proven;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        turn::{Done, Visit},
    },
    limits::Class,
    random::new_id,
    totp::Secret,
};

/// Sets up an authenticator app, which counts once a code of it was right.
pub async fn create_totp(turn: &Turn<'_>) -> Result<Reply<Totp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        account.value.may_set_up_totp(turn.policy())?;
        let user_id = account.value.user.id.clone();
        let secret = Secret::new(turn.instance.random());
        let sealed = turn.seal_totp(&user_id, &secret);
        let id = new_id(turn.instance.random(), "totp_");
        let mut changes = touched(turn, &visit, account);
        let sealed = SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes };
        changes.put_totp(NewTotp { user_id: user_id.clone(), id: id.clone(), sealed });
        turn.commit(changes).await?;
        let name =
            account.value.primary_email().map_or_else(|| user_id.to_string(), |primary| primary.email.to_string());
        let outcome = Totp {
            object: "totp".to_owned(),
            id,
            secret: Some(secret.text()),
            uri: Some(secret.uri(&turn.settings.application_name, &name)),
            created_at: turn.now.0,
            updated_at: turn.now.0,
            ..Totp::default()
        };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |totp| async move { Ok(totp) }).await
}

/// Takes a code of the app. From now on signing in takes it; the first second factor brings backup codes.
pub async fn attempt_totp(turn: &Turn<'_>, code: &SecretString) -> Result<Reply<Totp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        let primary = account.value.primary_email().map(|primary| &primary.email);
        turn.limit(Class::Attempt, primary)?;
        let totp = account.value.may_prove_totp(turn.now)?;
        let step = turn.totp_step(&account.value, code).await?;
        let drawn = account.value.is_given_backup_codes(turn.policy()).then(|| turn.draw_backup_codes());
        let set = drawn.as_ref().map(|drawn| drawn.set.clone());
        let change = match account.value.prove_totp(step, set, turn.policy(), turn.now) {
            Err(SecondFactorRefusal::Incorrect) => return Err(wrong(turn, &account.value).await),
            change => change?,
        };
        // Whoever proves it holds it: for this session the second factor is proven.
        let proven = frontdesk_identity::Session {
            second_factor_at: Some(turn.now),
            updated_at: session.value.updated_at.grown(turn.now),
            ..session.value.clone()
        };
        let mut changes = changed(turn, &visit, account, change);
        changes.save_session(session.with(proven));
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "totp_added", user = %account.value.user.id);
        let outcome = Totp {
            object: "totp".to_owned(),
            id: totp.id.clone(),
            verified: true,
            backup_codes: drawn.map(|drawn| drawn.codes),
            created_at: totp.created_at.0,
            updated_at: turn.now.0,
            ..Totp::default()
        };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |totp| async move { Ok(totp) }).await
}

/// Removes the app.
pub async fn delete_totp(turn: &Turn<'_>) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let change = account.value.remove_totp(turn.policy(), turn.now)?;
        let id = account.value.second_factors.totp.as_ref().map(|totp| totp.id.clone());
        turn.commit(changed(turn, &visit, account, change)).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "totp_removed", user = %account.value.user.id);
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    let respond = |id| async move { Ok(DeletedObject { object: "totp".to_owned(), id, slug: None, deleted: true }) };
    turn.change(work, respond).await
}

/// Draws backup codes anew.
pub async fn create_backup_codes(turn: &Turn<'_>) -> Result<Reply<BackupCodes>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let drawn = turn.draw_backup_codes();
        let id = drawn.set.id.clone();
        let change = account.value.renew_backup_codes(drawn.set, turn.policy())?;
        turn.commit(changed(turn, &visit, account, change)).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "backup_codes_drawn", user = %account.value.user.id);
        let outcome = BackupCodes {
            object: "backup_code".to_owned(),
            id,
            codes: drawn.codes,
            created_at: turn.now.0,
            updated_at: turn.now.0,
        };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |codes| async move { Ok(codes) }).await
}

/// Counts a wrong code as at a sign-in: who sits at somebody else's device must not guess here without end.
async fn wrong(turn: &Turn<'_>, account: &Account) -> Fault {
    let user_id = &account.user.id;
    let lockout = match turn.instance.store().count_failure(user_id.as_str(), turn.policy(), turn.now).await {
        Ok(lockout) => lockout,
        Err(error) => return error.into(),
    };
    let tries_left = lockout.tries_left(turn.policy(), turn.now);
    tracing::info!(target: "audit", event = "totp_refused", user = %user_id, tries_left);
    match lockout.remaining_ms(turn.now) {
        Some(remaining_ms) => {
            tracing::warn!(target: "audit", event = "locked", subject = %user_id);
            SecondFactorRefusal::Locked { remaining_ms }.into()
        }
        None => Fault::WrongSecondFactor { tries_left },
    }
}

/// Writes a change of an account, at the version in which it was read.
fn changed(turn: &Turn<'_>, visit: &Visit, account: &Versioned<Account>, mut change: AccountChange) -> Changes {
    change.user.updated_at = visit.next_age(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(change.user));
    turn.add_effects(&mut changes, change.effects, &[], None);
    changes
}

/// Changes that begin with the user as it is, shown as changed.
fn touched(turn: &Turn<'_>, visit: &Visit, account: &Versioned<Account>) -> Changes {
    let change = AccountChange { user: account.value.user.clone(), effects: Vec::new() };
    changed(turn, visit, account, change)
}
