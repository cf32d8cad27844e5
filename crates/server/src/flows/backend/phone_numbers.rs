//! Phone numbers of users: given, looked at, vouched for, taken away.

use frontdesk_identity::{
    Account, AccountChange, Claim, GivenPhone, IdentificationId, PhoneChange, PhoneRefusal, user::parse_phone,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{DeletedObject, backend::PhoneNumber};

use super::users;
use crate::{
    flows::{Fault, Turn},
    views,
};

/// Gives a user a number.
pub async fn create(turn: &Turn<'_>, user_id: &str, typed: &str, wanted: PhoneChange) -> Result<PhoneNumber, Fault> {
    let given = &GivenPhone {
        id: IdentificationId::from_random(turn.instance.random_id()),
        phone: parse_phone(typed, turn.policy())?,
        verified: wanted.verified.unwrap_or_default(),
        primary: wanted.primary.unwrap_or_default(),
        second_factor: wanted.second_factor.unwrap_or_default(),
    };
    let work = || async move {
        let account = users::find(turn, user_id).await?;
        let claim = turn.claim_of(&given.phone.clone().into()).await?;
        let change = account.value.give_phone(given, claim, turn.policy(), turn.now)?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "phone_given_by_owner", user = user_id, number = %given.id);
    show(turn, given.id.as_str()).await
}

/// A number.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<PhoneNumber, Fault> {
    let account = find(turn, id).await?;
    Ok(views::backend::phone_number(account.value.phone(id)?))
}

/// Vouches for a number, or makes it the main one.
pub async fn update(turn: &Turn<'_>, id: &str, wanted: PhoneChange) -> Result<PhoneNumber, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let number = account.value.phone(id)?;
        let claim = if number.is_claimed() { Claim::Free } else { turn.claim_of(&number.phone.clone().into()).await? };
        let change = account.value.change_phone(number, wanted, claim, turn.policy())?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "phone_changed_by_owner", number = id);
    show(turn, id).await
}

/// Takes a number away; the last one that its user can sign in with stays.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let change = account.value.remove_phone(account.value.phone(id)?, turn.policy())?;
        commit(turn, &account, change).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "phone_removed_by_owner", number = id);
    Ok(DeletedObject { object: "phone_number".to_owned(), id: Some(id.to_owned()), slug: None, deleted: true })
}

/// The account that has the number of that id.
async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<Account>, Fault> {
    let id = IdentificationId::parse(id).map_err(|_| PhoneRefusal::NotFound)?;
    let number = turn.instance.store().phone(&id).await?.ok_or(PhoneRefusal::NotFound)?;
    users::find(turn, number.user_id.as_str()).await
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
