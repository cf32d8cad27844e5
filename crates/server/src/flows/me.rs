//! The user who acts: read, change, devices, delete.

use std::sync::Arc;

use frontdesk_identity::{
    Claim, IdentificationId, Metadata, Session as IdentitySession, SessionEnd, field,
    user::{Account, ProfileChange},
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{ActiveSession, DeletedObject, User, form};
use serde_json::Value;

use super::{
    Failure, Fault, Reply, Turn,
    gather::{Known, changed_client, next_session},
    sessions::note_use,
    turn::{Done, Visit},
};
use crate::views;

mod emails;
mod external;
mod passkeys;
mod password;
mod phones;
mod picture;
mod second_factors;

pub use emails::{add_email, attempt_email, email, emails, prepare_email, remove_email};
pub(super) use external::come_back;
pub use external::{Reauthorize, connect, disconnect, give_up_tokens, reauthorize, redeem};
pub use passkeys::{add_passkey, attempt_passkey, passkey, remove_passkey, rename_passkey};
pub use password::{PasswordChange, change_password, remove_password};
pub use phones::{add_phone, attempt_phone, change_phone, phone, phones, prepare_phone, remove_phone};
pub use picture::{may_set_picture, remove_picture, set_picture};
pub use second_factors::{begin_totp, remove_totp, renew_backup_codes, verify_totp};

/// The user.
pub async fn show(turn: &Turn<'_>) -> Result<Reply<User>, Failure> {
    turn.read(|known| async move {
        let (session, account) = acting(turn, &known)?;
        note_use(turn, session).await;
        Ok(turn.user_view(&account.value))
    })
    .await
}

/// Changes the profile.
pub async fn update(turn: &Turn<'_>, change: &ProfileChange) -> Result<Reply<User>, Failure> {
    change_user(turn, |_metadata| change.clone()).await
}

/// Merges values into the unsafe metadata; null removes a key (RFC 7396).
pub async fn merge_metadata(turn: &Turn<'_>, patch: &str) -> Result<Reply<User>, Failure> {
    let patch = Value::Object(field::metadata(form::UNSAFE_METADATA, patch).map_err(Fault::from)?);
    change_user(turn, |metadata| {
        let mut merged = Value::Object(metadata.clone());
        merge(&mut merged, &patch);
        ProfileChange { unsafe_metadata: Some(merged.to_string()), ..ProfileChange::default() }
    })
    .await
}

/// Sessions by which the user is signed in, on every device, the one used last first.
pub async fn sessions(turn: &Turn<'_>) -> Result<Reply<Vec<ActiveSession>>, Failure> {
    turn.read(|known| async move {
        let (session, _account) = acting(turn, &known)?;
        let mut all = turn.instance.store().sessions_of_user(&session.value.user_id).await?;
        all.retain(|session| session.value.is_signed_in(turn.policy(), turn.now));
        all.sort_by_key(|session| std::cmp::Reverse(session.value.last_active_at));
        Ok(all.iter().map(|session| views::active_session(&session.value, turn.policy(), turn.now)).collect())
    })
    .await
}

/// Ends a session of the user, on whatever device.
pub async fn revoke(turn: &Turn<'_>, id: &str) -> Result<Reply<ActiveSession>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (acting, _account) = proven(turn, known)?;
        let all = turn.instance.store().sessions_of_user(&acting.value.user_id).await?;
        let session = all.iter().find(|session| session.value.id.as_str() == id).ok_or(Fault::NotFound)?;
        let over = session.value.finish(SessionEnd::Revoked, turn.policy(), turn.now)?;
        let mut client = changed_client(known, turn.now);
        if client.last_active_session_id.as_ref() == Some(&over.id) {
            client.last_active_session_id = next_session(known, &over.id, turn.policy(), turn.now);
        }
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        if over.client_id != client.id
            && let Some(elsewhere) = turn.client_without(&over).await?
        {
            changes.save_client(elsewhere);
        }
        changes.save_session(session.with(over.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "session_revoked", session = %over.id, user = %over.user_id);
        Ok(Done { outcome: over, client })
    };
    let respond = |over: IdentitySession| async move { Ok(views::active_session(&over, turn.policy(), turn.now)) };
    turn.change(work, respond).await
}

/// Deletes the user and everything that is theirs.
pub async fn delete(turn: &Turn<'_>) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = proven(turn, known)?;
        if !turn.policy().delete_self {
            return Err(Fault::DeleteSelfOff);
        }
        let mut client = changed_client(known, turn.now);
        client.last_active_session_id = next_session(known, &session.value.id, turn.policy(), turn.now);
        let user_id = account.value.user.id.clone();
        let mut changes = Changes::new(turn.now);
        changes.save_client(visit.client.with(client.clone()));
        for elsewhere in turn.clients_without(&user_id, Some(&client.id)).await? {
            changes.save_client(elsewhere);
        }
        changes.delete_user(account.with(user_id.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "user_deleted", user = %user_id);
        Ok(Done { outcome: user_id, client })
    };
    let respond = |id: frontdesk_identity::UserId| async move {
        Ok(DeletedObject { object: "user".to_owned(), id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}

async fn change_user(
    turn: &Turn<'_>,
    change: impl Fn(&Metadata) -> ProfileChange + Send + Sync,
) -> Result<Reply<User>, Failure> {
    let change = &change;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = acting(turn, known)?;
        let change = change(&account.value.user.unsafe_metadata);
        let identifies = [&change.primary_email_address_id, &change.primary_phone_number_id, &change.username];
        let matters = identifies.into_iter().any(Option::is_some);
        if matters && !session.value.is_fresh(&account.value, turn.policy(), turn.now) {
            return Err(Fault::NotFresh);
        }
        let mut user = account.value.change_profile(&change, turn.policy()).map_err(Fault::Fields)?;
        user.updated_at = visit.next_age(turn.now);
        let notices = account.value.notices_of(&user, turn.policy());
        if let Some(name) = user.username.clone().filter(|name| account.value.user.username.as_ref() != Some(name))
            && turn.claim_of(&name.into()).await? == Claim::Claimed
        {
            return Err(Fault::Taken(form::USERNAME));
        }
        let renamed = account.value.renamed(&user, IdentificationId::from_random(turn.instance.random_id()));
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user.clone()));
        let told = !notices.is_empty();
        turn.add_effects(&mut changes, renamed.into_iter().chain(notices).collect(), &[], None);
        turn.commit(changes).await?;
        if told {
            turn.instance.wake_delivery();
        }
        let outcome = Account { user, ..account.value.clone() };
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |account: Account| async move { Ok(turn.user_view(&account)) }).await
}

/// The session that acts, and its account: the session that is named, or the one used last.
fn acting<'a>(
    turn: &Turn<'_>,
    known: &'a Known,
) -> Result<(&'a Versioned<IdentitySession>, &'a Versioned<Account>), Fault> {
    let last = known.client.value.last_active_session_id.as_ref().map(frontdesk_identity::SessionId::as_str);
    let id = turn.caller.session_id.as_deref().or(last).ok_or(Fault::SignedOut)?;
    let (session, account) = known.session(id).ok_or(Fault::SignedOut)?;
    session.value.may_act(turn.policy(), turn.now).map_err(|_over| Fault::SignedOut)?;
    Ok((session, account))
}

/// The same, for a change that matters: who it is was proven lately, where the instance asks for that (protocol §2.6).
fn proven<'a>(
    turn: &Turn<'_>,
    known: &'a Known,
) -> Result<(&'a Versioned<IdentitySession>, &'a Versioned<Account>), Fault> {
    let (session, account) = acting(turn, known)?;
    let fresh = session.value.is_fresh(&account.value, turn.policy(), turn.now);
    if fresh { Ok((session, account)) } else { Err(Fault::NotFresh) }
}

/// Merges a JSON document into another (RFC 7396).
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Metadata::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_merged_as_rfc_7396_says() {
        let mut target = json!({"a": "b", "c": {"d": "e", "f": "g"}});
        merge(&mut target, &json!({"a": "z", "c": {"f": null, "h": [1]}, "i": {"j": null}}));
        assert_eq!(target, json!({"a": "z", "c": {"d": "e", "h": [1]}, "i": {}}));
    }
}
