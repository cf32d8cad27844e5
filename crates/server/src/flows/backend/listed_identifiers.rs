//! The owner's lists of who may come in, and who may not.

use frontdesk_identity::{Entry, FieldError, FieldFault, List};
use frontdesk_store::{Changes, ListedIdentifier};
use frontdesk_wire::DeletedObject;

use super::Part;
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
    let entry = Entry::parse(typed).map_err(|_| FieldError::new("identifier", FieldFault::Format))?;
    let id = new_id(turn.instance.random(), prefix(list));
    let new = &ListedIdentifier { id, list, entry, created_at: turn.now };
    let work = || async move {
        let key = new.entry.key(list);
        if turn.instance.store().is_listed(list, &[key.clone(), key]).await? {
            return Err(Fault::OnList);
        }
        let mut changes = Changes::new(turn.now);
        changes.list_identifier(new.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "identifier_listed_by_owner", list = list.as_str(), entry = %new.id);
        Ok(new.clone())
    };
    turn.again(work).await
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
