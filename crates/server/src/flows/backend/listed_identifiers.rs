//! The owner's lists of who may come in, and who may not.

use frontdesk_identity::{Claim, Entry, FieldError, FieldFault, InvitationId, List};
use frontdesk_store::{Changes, ListedIdentifier};
use frontdesk_wire::DeletedObject;

use super::{
    Part,
    invitations::{Wanted, invite},
};
use crate::{
    flows::{Fault, Turn},
    random::new_id,
};

/// What the ids of a list begin with.
fn prefix(list: List) -> &'static str {
    match list {
        List::Allow => "alid_",
        List::Block => "blid_",
    }
}

/// A part of a list, newest first.
pub async fn list(turn: &Turn<'_>, list: List, offset: u32, limit: u32) -> Result<Part<ListedIdentifier>, Fault> {
    let store = turn.instance.store();
    let entries = store.listed_identifiers(list, offset, limit).await?;
    let total = store.count_listed_identifiers(list).await?;
    Ok(Part { entries, total: usize::try_from(total).unwrap_or_default() })
}

/// Puts an address, domain, number or wallet on a list.
pub async fn create(turn: &Turn<'_>, list: List, typed: &str) -> Result<ListedIdentifier, Fault> {
    Ok(put(turn, list, typed, false).await?.0)
}

/// Puts an address on the allowlist and writes to it. Answers the invitation too; there is none for who is invited
/// already, or has an account.
pub async fn allow_and_invite(turn: &Turn<'_>, typed: &str) -> Result<(ListedIdentifier, Option<InvitationId>), Fault> {
    put(turn, List::Allow, typed, true).await
}

async fn put(
    turn: &Turn<'_>,
    list: List,
    typed: &str,
    notify: bool,
) -> Result<(ListedIdentifier, Option<InvitationId>), Fault> {
    let entry = Entry::parse(typed).map_err(|_| FieldError::new("identifier", FieldFault::Format))?;
    // There is a mailbox to write to, or nobody would be told.
    if notify && !matches!(entry, Entry::Email(_)) {
        return Err(FieldError::new("notify", FieldFault::Value).into());
    }
    let id = new_id(turn.instance.random(), prefix(list));
    let new = &ListedIdentifier { id, list, entry, created_at: turn.now };
    let work = || async move {
        let key = new.entry.key(list);
        if turn.instance.store().is_listed(list, &[key.clone(), key]).await? {
            return Err(Fault::OnList);
        }
        let mut changes = Changes::new(turn.now);
        changes.list_identifier(new.clone());
        let invitation = if notify { told(turn, &mut changes, &new.entry).await? } else { None };
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "identifier_listed_by_owner", list = list.as_str(), entry = %new.id);
        Ok((new.clone(), invitation))
    };
    turn.again(work).await
}

/// Invites who was put on the list, unless there is nothing to invite them to.
async fn told(turn: &Turn<'_>, changes: &mut Changes, entry: &Entry) -> Result<Option<InvitationId>, Fault> {
    let Entry::Email(email) = entry else { return Ok(None) };
    let known = turn.claim_of(&email.clone().into()).await? == Claim::Claimed;
    if known || turn.instance.store().is_invited(email, turn.now).await? {
        return Ok(None);
    }
    Ok(Some(invite(turn, changes, &Wanted::usual(email.clone())).await?.id))
}

/// Takes an entry off a list.
pub async fn delete(turn: &Turn<'_>, list: List, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let listed = find(turn, list, id).await?;
        let mut changes = Changes::new(turn.now);
        changes.unlist_identifier(listed.id.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "identifier_removed_by_owner", list = list.as_str(), entry = %listed.id);
        let object = match list {
            List::Allow => "allowlist_identifier",
            List::Block => "blocklist_identifier",
        };
        Ok(DeletedObject { object: object.to_owned(), id: Some(listed.id), slug: None, deleted: true })
    };
    turn.again(work).await
}

async fn find(turn: &Turn<'_>, list: List, id: &str) -> Result<ListedIdentifier, Fault> {
    // PostgreSQL cannot look for a text with NUL in it.
    let plain = id.starts_with(prefix(list)) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let found = if plain { turn.instance.store().listed_identifier(list, id).await? } else { None };
    found.ok_or(Fault::NotFound)
}
