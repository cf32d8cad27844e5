//! Second factors of the user who acts: set up, renewed, removed.

use std::sync::Arc;

use frontdesk_identity::{Addressee, Effect, TotpId, user::Account};
use frontdesk_store::{Changes, SealedBytes, Versioned};
use frontdesk_wire::{BackupCodes, DeletedObject, Totp};
use secrecy::{ExposeSecret as _, SecretString};

use super::proven;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::{Known, changed_client},
        turn::{Done, Visit},
    },
    limits::Class,
    random::new_id,
    second_factor::{TotpSecret, backup_code_mac, new_backup_codes},
};

/// Begins to set up an authenticator app. What its secret is, is told this once.
pub async fn begin_totp(turn: &Turn<'_>) -> Result<Reply<Totp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        turn.limit(Class::Attempt, account.value.primary_email().map(|primary| &primary.email as &dyn Addressee))
            .await?;
        account.value.may_begin_totp(turn.policy())?;
        let id = TotpId::from_random(turn.instance.random_id());
        let secret = TotpSecret::new(turn.instance.random());
        let sealed = secret.seal(&id, turn.instance.keys());
        let mut changes = begun(turn, known);
        let sealed = SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes };
        changes.begin_totp(account.value.user.id.clone(), id.clone(), sealed);
        turn.commit(changes).await?;
        let named = account.value.primary_email().or(account.value.emails.first());
        let named = named.map_or_else(|| account.value.user.id.to_string(), |address| address.email.to_string());
        let outcome = Totp {
            secret: Some(secret.to_text()),
            uri: Some(secret.to_uri(&turn.settings.application_name, &named)),
            ..shown(turn, &id)
        };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, async |totp| Ok(totp)).await
}

/// Takes the first code of an authenticator app, which is asked for from now on. Backup codes come with it.
pub async fn verify_totp(turn: &Turn<'_>, code: &SecretString) -> Result<Reply<Totp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        turn.limit(Class::Attempt, account.value.primary_email().map(|primary| &primary.email as &dyn Addressee))
            .await?;
        account.value.may_begin_totp(turn.policy())?;
        let evidence = turn.check_totp(&account.value.user.id, code).await?;
        let codes = new_backup_codes(turn.instance.random());
        let effects = account.value.verify_totp(&evidence, macs(turn, account, &codes), turn.policy())?;
        let told = effects.iter().any(|effect| matches!(effect, Effect::PutBackupCodes { .. }));
        let totp = account.value.second_factors.totp.as_ref().ok_or(Fault::Contended)?;
        let mut changes = begun(turn, known);
        // Whoever has just shown a code is not asked for the next one at once.
        changes.save_session(session.with(session.value.second_proven(turn.now)));
        write(turn, changes, effects).await?;
        tracing::info!(target: "audit", event = "totp_added", user = %account.value.user.id);
        let outcome = Totp { verified: true, backup_codes: told.then(|| texts(&codes)), ..shown(turn, &totp.id) };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, async |totp| Ok(totp)).await
}

/// Removes the authenticator app, and the backup codes with the last second factor.
pub async fn remove_totp(turn: &Turn<'_>) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let effects = account.value.remove_totp(turn.policy()).map_err(|_missing| Fault::NotFound)?;
        let id = account.value.second_factors.totp.as_ref().map(|totp| totp.id.to_string());
        // At the version that was read: what else is a second factor decides what goes with it.
        let mut changes = begun(turn, known);
        let mut user = account.value.user.clone();
        user.updated_at = visit.next_age(turn.now);
        changes.save_user(account.with(user));
        let effects = effects.into_iter().filter(|effect| !matches!(effect, Effect::NoteChange(_))).collect();
        write(turn, changes, effects).await?;
        tracing::info!(target: "audit", event = "totp_removed", user = %account.value.user.id);
        let outcome = DeletedObject { object: "totp".to_owned(), id, slug: None, deleted: true };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, async |deleted| Ok(deleted)).await
}

/// Puts new backup codes in place of the old ones. They are told this once.
pub async fn renew_backup_codes(turn: &Turn<'_>) -> Result<Reply<BackupCodes>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        turn.limit(Class::Attempt, account.value.primary_email().map(|primary| &primary.email as &dyn Addressee))
            .await?;
        let codes = new_backup_codes(turn.instance.random());
        let effects = account.value.renew_backup_codes(macs(turn, account, &codes), turn.policy())?;
        commit(turn, known, effects).await?;
        tracing::info!(target: "audit", event = "backup_codes_renewed", user = %account.value.user.id);
        let outcome = BackupCodes {
            object: "backup_code".to_owned(),
            id: new_id(turn.instance.random(), "bcode_"),
            codes: texts(&codes),
            created_at: turn.now.0,
            updated_at: turn.now.0,
        };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, async |codes| Ok(codes)).await
}

/// An authenticator app as an answer shows it at this moment.
fn shown(turn: &Turn<'_>, id: &TotpId) -> Totp {
    Totp {
        object: "totp".to_owned(),
        id: id.to_string(),
        created_at: turn.now.0,
        updated_at: turn.now.0,
        ..Totp::default()
    }
}

pub(super) fn macs(
    turn: &Turn<'_>,
    account: &Versioned<Account>,
    codes: &[SecretString],
) -> Vec<frontdesk_identity::CodeMac> {
    codes.iter().map(|code| backup_code_mac(&account.value.user.id, code, turn.instance.keys())).collect()
}

pub(super) fn texts(codes: &[SecretString]) -> Vec<String> {
    codes.iter().map(|code| code.expose_secret().to_owned()).collect()
}

fn begun(turn: &Turn<'_>, known: &Known) -> Changes {
    let mut changes = Changes::new(turn.now);
    changes.save_client(known.client.with(changed_client(known, turn.now)));
    changes
}

async fn commit(turn: &Turn<'_>, known: &Known, effects: Vec<Effect>) -> Result<(), Fault> {
    write(turn, begun(turn, known), effects).await
}

async fn write(turn: &Turn<'_>, mut changes: Changes, effects: Vec<Effect>) -> Result<(), Fault> {
    turn.add_effects(&mut changes, effects, &[], None);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(())
}
