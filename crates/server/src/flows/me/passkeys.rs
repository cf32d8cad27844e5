//! Passkeys of the user who acts: added, renamed, removed.

use std::sync::Arc;

use frontdesk_identity::{
    ConnectionKey, IdentificationId, NewPasskey, PasskeyRefusal, UserHandle,
    user::{Account, AccountChange},
};
use frontdesk_store::{Changes, GoodFor, PasskeyCeremony, Versioned};
use frontdesk_wire::{DeletedObject, Passkey};
use tokio::sync::OnceCell;

use super::{acting, proven};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        gather::Known,
        passkeys::refused,
        turn::{Done, Visit},
    },
    limits::Class,
    passkeys::{self, Person},
    views,
};

/// Asks a device for a passkey, which counts once the device has answered.
pub async fn add_passkey(turn: &Turn<'_>) -> Result<Reply<Passkey>, Failure> {
    turn.limit(Class::Create, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        account.value.may_add_passkey(turn.policy())?;
        let party = turn.party()?;
        let (name, display_name) = shown(&account.value);
        let person = Person { handle: handle(turn, &account.value), name: &name, display_name: &display_name };
        let application = &turn.settings.application_name;
        let asking = passkeys::ask_for_new(&party, application, person, &account.value.passkeys)
            .map_err(|fault| refused(&fault, Some(&account.value.user.id), PasskeyRefusal::NotKept))?;
        let id = IdentificationId::from_random(turn.instance.random_id());
        let good_for = GoodFor::Adding(account.value.user.id.clone(), id);
        let ceremony = turn.ceremony(&known.client.value.id, good_for, asking);
        let mut changes = Changes::new(turn.now);
        changes.begin_ceremony(ceremony.clone());
        turn.commit(changes).await?;
        Ok(Done { outcome: ceremony, client: visit.client.value.clone() })
    };
    turn.change(work, |ceremony| async move { Ok(views::asked_passkey(&ceremony, turn.now)) }).await
}

/// Takes the answer of the device.
pub async fn attempt_passkey(turn: &Turn<'_>, id: &str, answer: &str) -> Result<Reply<Passkey>, Failure> {
    turn.limit(Class::Attempt, None).await?;
    let taken = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        if account.value.passkey(id).is_ok() {
            return Err(PasskeyRefusal::NotAsked.into());
        }
        account.value.may_add_passkey(turn.policy())?;
        let ceremony = if let Some(ceremony) = taken.get() {
            ceremony
        } else {
            let ceremony = addition(turn, known, &account.value, id).await?;
            taken.get_or_try_init(|| turn.take_ceremony(ceremony)).await?
        };
        let new = new_passkey(turn, &account.value, ceremony, answer)?;
        let (passkey, change) = account.value.add_passkey(new, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change).await?;
        let (user, passkey_id) = (&account.value.user.id, &passkey.id);
        let backed_up = passkey.credential.backed_up;
        tracing::info!(target: "audit", event = "passkey_added", %user, passkey = %passkey_id, backed_up);
        Ok(Done { outcome: passkey, client: visit.client.value.clone() })
    };
    turn.change(work, |passkey| async move { Ok(views::passkey(&passkey)) }).await
}

/// A passkey, or one whose device has yet to answer.
pub async fn passkey(turn: &Turn<'_>, id: &str) -> Result<Reply<Passkey>, Failure> {
    turn.read(|known| async move {
        let (_session, account) = acting(turn, &known)?;
        if let Ok(passkey) = account.value.passkey(id) {
            return Ok(views::passkey(passkey));
        }
        Ok(views::asked_passkey(&addition(turn, &known, &account.value, id).await?, turn.now))
    })
    .await
}

/// Gives a passkey another name.
pub async fn rename_passkey(turn: &Turn<'_>, id: &str, name: &str) -> Result<Reply<Passkey>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let passkey = account.value.passkey(id)?;
        let renamed = account.value.rename_passkey(passkey, name, turn.now)?;
        let mut user = account.value.user.clone();
        user.updated_at = visit.next_age(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        changes.save_passkey(renamed.clone(), passkey.updated_at);
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "passkey_renamed", user = %account.value.user.id, passkey = id);
        Ok(Done { outcome: renamed, client: visit.client.value.clone() })
    };
    turn.change(work, |passkey| async move { Ok(views::passkey(&passkey)) }).await
}

/// Removes a passkey. One whose device has not answered is given up.
pub async fn remove_passkey(turn: &Turn<'_>, id: &str) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let Ok(passkey) = account.value.passkey(id) else {
            let ceremony = addition(turn, known, &account.value, id).await?;
            let asked = ceremony.good_for.added().cloned().ok_or(PasskeyRefusal::Unknown)?;
            let mut changes = Changes::new(turn.now);
            changes.drop_ceremony(ceremony.id);
            turn.commit(changes).await?;
            return Ok(Done { outcome: asked, client: visit.client.value.clone() });
        };
        let can_sign_in = |key: ConnectionKey| turn.connection(key).is_ok_and(|connection| connection.authenticatable);
        let change = account.value.remove_passkey(passkey, can_sign_in, turn.policy())?;
        commit(turn, &visit, account, change).await?;
        tracing::info!(target: "audit", event = "passkey_removed", user = %account.value.user.id, passkey = id);
        Ok(Done { outcome: passkey.id.clone(), client: visit.client.value.clone() })
    };
    let respond = |id: IdentificationId| async move {
        Ok(DeletedObject { object: "passkey".to_owned(), id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}

/// The ceremony that adds the passkey of that id to this user, if this client began it.
async fn addition(turn: &Turn<'_>, known: &Known, account: &Account, id: &str) -> Result<PasskeyCeremony, Fault> {
    let id = IdentificationId::parse(id).map_err(|_| PasskeyRefusal::Unknown)?;
    let ceremony = turn.instance.store().passkey_addition(&id).await?.ok_or(PasskeyRefusal::Unknown)?;
    let own = ceremony.client_id == known.client.value.id;
    if own && ceremony.good_for == GoodFor::Adding(account.user.id.clone(), id) {
        Ok(ceremony)
    } else {
        Err(PasskeyRefusal::Unknown.into())
    }
}

/// The passkey that an answer makes.
fn new_passkey(
    turn: &Turn<'_>,
    account: &Account,
    ceremony: &PasskeyCeremony,
    answer: &str,
) -> Result<NewPasskey, Fault> {
    let user = &account.user.id;
    let id = ceremony.good_for.added().cloned().ok_or(PasskeyRefusal::NotAsked)?;
    let credential = passkeys::take_new(&*turn.party()?, &ceremony.state, answer)
        .map_err(|fault| refused(&fault, Some(user), PasskeyRefusal::NotKept))?;
    Ok(NewPasskey { id, ceremony: ceremony.id.clone(), credential })
}

/// What devices know the user by: the same on every one, and drawn anew for the first.
fn handle(turn: &Turn<'_>, account: &Account) -> UserHandle {
    let known = account.passkeys.first().map(|passkey| passkey.credential.handle);
    known.unwrap_or_else(|| {
        let mut handle = [0; 16];
        turn.instance.random().fill(&mut handle);
        UserHandle(handle)
    })
}

/// What a device shows of a user: which account it is, and what they are called.
fn shown(account: &Account) -> (String, String) {
    let address = account.primary_email().or(account.emails.first());
    let name = address.map_or_else(|| account.user.id.to_string(), |address| address.email.to_string());
    let called = [&account.user.first_name, &account.user.last_name].into_iter().flatten();
    let called = called.map(String::as_str).collect::<Vec<_>>().join(" ");
    let called = if called.is_empty() { name.clone() } else { called };
    (name, called)
}

async fn commit(
    turn: &Turn<'_>,
    visit: &Visit,
    account: &Versioned<Account>,
    mut change: AccountChange,
) -> Result<(), Fault> {
    change.user.updated_at = visit.next_age(turn.now);
    let mut changes = Changes::new(turn.now);
    changes.save_user(account.with(change.user));
    turn.add_effects(&mut changes, change.effects, &[], None);
    turn.commit(changes).await?;
    turn.instance.wake_delivery();
    Ok(())
}
