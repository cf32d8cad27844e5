//! Phone numbers of the user who acts: added, proven, removed.

use std::sync::Arc;

use frontdesk_identity::{
    Claim, Effect, IdentificationId, PhoneNumber as IdentityPhone, SecondPhoneChange, Way,
    user::{Account, AccountChange, parse_phone},
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{DeletedObject, PhoneNumber, form};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{
    acting, proven,
    second_factors::{macs, texts},
};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        codes::DrawnCode,
        turn::{Done, Visit},
    },
    limits::Class,
    second_factor::new_backup_codes,
    views,
};

/// The numbers.
pub async fn phones(turn: &Turn<'_>) -> Result<Reply<Vec<PhoneNumber>>, Failure> {
    turn.read(|known| async move {
        let (_session, account) = acting(turn, &known)?;
        Ok(account.value.phones.iter().map(|number| view(turn, number)).collect())
    })
    .await
}

/// A number.
pub async fn phone(turn: &Turn<'_>, id: &str) -> Result<Reply<PhoneNumber>, Failure> {
    turn.read(|known| async move {
        let (_session, account) = acting(turn, &known)?;
        Ok(view(turn, account.value.phone(id)?))
    })
    .await
}

/// Adds a number, which has yet to be proven. With `second_factor` codes to it are one from then on.
pub async fn add_phone(turn: &Turn<'_>, typed: &str, second_factor: bool) -> Result<Reply<PhoneNumber>, Failure> {
    let phone = &parse_phone(typed, turn.policy()).map_err(Fault::from)?;
    turn.limit(Class::Create, Some(phone)).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let id = IdentificationId::from_random(turn.instance.random_id());
        turn.admit(&[phone.clone().into()], Way::Addition).await?;
        let claim = turn.claim_of(&phone.clone().into()).await?;
        let change =
            account.value.add_phone(id.clone(), phone.clone(), second_factor, claim, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "phone_added", user = %account.value.user.id, number = %id);
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    turn.change(work, |id| async move { stored(turn, &id).await }).await
}

/// Sends a code to a number.
pub async fn prepare_phone(turn: &Turn<'_>, id: &str) -> Result<Reply<PhoneNumber>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let number = account.value.phone(id)?;
        let claim = claim(turn, number).await?;
        let to = number.phone.clone().into();
        let recent = turn.recent(&to).await?;
        turn.must_take(&to, form::PHONE_NUMBER).await?;
        let code = turn.draw_code(&to, account.value.user.locale.as_deref());
        let change = account.value.prepare_phone(number, code.new.clone(), claim, recent, turn.policy(), turn.now)?;
        commit(turn, &visit, account, change, Some(&code)).await?;
        Ok(Done { outcome: number.id.clone(), client: visit.client.value.clone() })
    };
    turn.change(work, |id| async move { stored(turn, &id).await }).await
}

/// Takes the code.
pub async fn attempt_phone(turn: &Turn<'_>, id: &str, code: &SecretString) -> Result<Reply<PhoneNumber>, Failure> {
    let checked = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let number = account.value.phone(id)?;
        turn.limit(Class::Attempt, Some(&number.phone)).await?;
        let sent = account.value.may_attempt_phone(number, turn.policy(), turn.now)?;
        let evidence = turn.check_code(sent, code, checked).await?;
        let claim = claim(turn, number).await?;
        let codes = new_backup_codes(turn.instance.random());
        let macs = macs(turn, account, &codes);
        let change = account.value.attempt_phone(number, evidence, macs, claim, turn.policy(), turn.now)?;
        let told = told(&change);
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "phone_proven", user = %account.value.user.id, number = %number.id);
        let outcome = (number.id.clone(), told.then(|| texts(&codes)));
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |outcome| async move { stored_with(turn, outcome).await }).await
}

/// Makes codes to a number a second factor or no more, or puts it first among them. With the first second factor come
/// backup codes, which are told this once.
pub async fn change_phone(turn: &Turn<'_>, id: &str, wanted: SecondPhoneChange) -> Result<Reply<PhoneNumber>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        turn.limit(Class::Attempt, None).await?;
        let number = account.value.phone(id)?;
        let codes = new_backup_codes(turn.instance.random());
        let macs = macs(turn, account, &codes);
        let change = account.value.change_second_phone(number, wanted, macs, turn.policy())?;
        let (told, user_id) = (told(&change), &account.value.user.id);
        if !change.effects.is_empty() {
            commit(turn, &visit, account, change, None).await?;
            let second_factor = wanted.on.unwrap_or(number.second_factor);
            tracing::info!(target: "audit", event = "phone_changed", user = %user_id, number = %number.id, second_factor);
        }
        let outcome = (number.id.clone(), told.then(|| texts(&codes)));
        Ok(Done { outcome, client: visit.client.value.clone() })
    };
    turn.change(work, |outcome| async move { stored_with(turn, outcome).await }).await
}

/// Removes a number.
pub async fn remove_phone(turn: &Turn<'_>, id: &str) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = proven(turn, known)?;
        let number = account.value.phone(id)?;
        let change = account.value.remove_phone(number, turn.policy())?;
        commit(turn, &visit, account, change, None).await?;
        tracing::info!(target: "audit", event = "phone_removed", user = %account.value.user.id, number = %number.id);
        Ok(Done { outcome: number.id.clone(), client: visit.client.value.clone() })
    };
    let respond = |id: IdentificationId| async move {
        Ok(DeletedObject { object: "phone_number".to_owned(), id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}

/// Whether somebody else has it.
async fn claim(turn: &Turn<'_>, number: &IdentityPhone) -> Result<Claim, Fault> {
    if number.is_claimed() { Ok(Claim::Free) } else { turn.claim_of(&number.phone.clone().into()).await }
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

/// The number as it stands now.
async fn stored(turn: &Turn<'_>, id: &IdentificationId) -> Result<PhoneNumber, Fault> {
    let number = turn.instance.store().phone(id).await?.ok_or(Fault::NotFound)?;
    Ok(view(turn, &number))
}

/// The same, with the backup codes that came with it.
async fn stored_with(
    turn: &Turn<'_>,
    (id, backup_codes): (IdentificationId, Option<Vec<String>>),
) -> Result<PhoneNumber, Fault> {
    Ok(PhoneNumber { backup_codes, ..stored(turn, &id).await? })
}

/// Whether new backup codes go with a change.
fn told(change: &AccountChange) -> bool {
    change.effects.iter().any(|effect| matches!(effect, Effect::PutBackupCodes { .. }))
}

fn view(turn: &Turn<'_>, number: &IdentityPhone) -> PhoneNumber {
    views::phone_number(number, turn.policy(), turn.now)
}
