//! The waitlist, as the owner keeps it.

use std::collections::HashSet;

use frontdesk_identity::{Email, Metadata, WaitlistEntry as IdentityEntry, WaitlistEntryId, time::DAY};
use frontdesk_store::{Changes, Versioned, WaitlistFilter};
use frontdesk_wire::{DeletedObject, backend::WaitlistEntry};

use super::{
    Part,
    invitations::{Wanted, invite as invite_by},
};
use crate::{
    delivery::Language,
    flows::{Fault, Turn},
    limits::Class,
    views,
};

/// How long an invitation from the waitlist is good for, in milliseconds: as long as any other.
const LIFETIME_MS: i64 = 30 * DAY;

/// Somebody whom the owner enters.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The address.
    pub email: Email,
    /// Whether the instance writes to the address.
    pub notify: bool,
}

/// Enters all of them, or nobody. Whoever is on the list stays there as they are.
pub async fn create(turn: &Turn<'_>, entered: &[Entered]) -> Result<Vec<WaitlistEntry>, Fault> {
    let mut seen = HashSet::new();
    if entered.iter().any(|entered| !seen.insert(&entered.email)) {
        return Err(Fault::OnList);
    }
    let work = || async move {
        let mut changes = Changes::new(turn.now);
        let mut entries = Vec::with_capacity(entered.len());
        for Entered { email, notify } in entered {
            let known = turn.instance.store().waitlist_entry_of(email).await?;
            entries.push(if let Some(known) = known {
                view(turn, &known.value).await?
            } else {
                let entry = turn.enter(&mut changes, email, None, *notify).await?;
                views::backend::waitlist_entry(&entry, None)
            });
        }
        if !changes.is_empty() {
            turn.commit(changes).await?;
            turn.instance.wake_delivery();
        }
        Ok(entries)
    };
    turn.again(work).await
}

/// A part of the entries that fit.
pub async fn list(turn: &Turn<'_>, filter: &WaitlistFilter, part: (u32, u32)) -> Result<Part<WaitlistEntry>, Fault> {
    let store = turn.instance.store();
    let total = store.count_waitlist_entries(filter).await?;
    let mut entries = Vec::new();
    for entry in store.waitlist_entries(filter, part).await? {
        entries.push(view(turn, &entry).await?);
    }
    Ok(Part { entries, total: usize::try_from(total).unwrap_or_default() })
}

/// Sends an invitation to whoever asked.
pub async fn invite(turn: &Turn<'_>, id: &str, ignore_existing: bool) -> Result<WaitlistEntry, Fault> {
    turn.limit_owner(Class::Invite).await?;
    let work = || async move {
        let entry = find(turn, id).await?;
        // One that leads nowhere any more keeps nobody waiting.
        let void = match &entry.value.invitation_id {
            Some(id) => {
                turn.instance.store().invitation(id).await?.is_none_or(|sent| sent.may_accept(turn.now).is_err())
            }
            None => false,
        };
        let mut changes = Changes::new(turn.now);
        let wanted = Wanted {
            email: entry.value.email.clone(),
            public_metadata: Metadata::new(),
            redirect_url: None,
            notify: true,
            ignore_existing,
            lifetime_ms: LIFETIME_MS,
            from_waitlist: true,
            language: Language::of(entry.value.locale.as_deref()),
        };
        let again = ignore_existing || void;
        // What is said of the entry comes before what is said of its address.
        entry.value.may_invite(again).map_err(Fault::Waitlist)?;
        let invitation = invite_by(turn, &mut changes, &wanted).await?;
        let invited = entry.value.invite(invitation.id.clone(), again, turn.now).map_err(Fault::Waitlist)?;
        changes.save_waitlist_entry(entry.with(invited.clone()));
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "waitlist_entry_invited_by_owner", entry = %invited.id, invitation = %invitation.id);
        Ok(views::backend::waitlist_entry(&invited, Some(turn.invitation_view(&invitation))))
    };
    turn.again(work).await
}

/// Turns somebody down. They are told nothing.
pub async fn reject(turn: &Turn<'_>, id: &str) -> Result<WaitlistEntry, Fault> {
    let work = || async move {
        let entry = find(turn, id).await?;
        let rejected = entry.value.reject(turn.now).map_err(Fault::Waitlist)?;
        let mut changes = Changes::new(turn.now);
        changes.save_waitlist_entry(entry.with(rejected.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "waitlist_entry_rejected_by_owner", entry = %rejected.id);
        view(turn, &rejected).await
    };
    turn.again(work).await
}

/// Takes somebody off the list of whom nothing has come yet.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let entry = find(turn, id).await?;
        entry.value.may_delete().map_err(Fault::Waitlist)?;
        let mut changes = Changes::new(turn.now);
        changes.delete_waitlist_entry(entry.value.id.clone(), entry.version);
        turn.commit(changes).await?;
        let id = entry.value.id.to_string();
        tracing::info!(target: "audit", event = "waitlist_entry_deleted_by_owner", entry = %id);
        Ok(DeletedObject { object: "waitlist_entry".to_owned(), id: Some(id), slug: None, deleted: true })
    };
    turn.again(work).await
}

async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<IdentityEntry>, Fault> {
    let id = WaitlistEntryId::parse(id).map_err(|_| Fault::NotFound)?;
    turn.instance.store().waitlist_entry(&id).await?.ok_or(Fault::NotFound)
}

async fn view(turn: &Turn<'_>, entry: &IdentityEntry) -> Result<WaitlistEntry, Fault> {
    let invitation = match &entry.invitation_id {
        Some(id) => turn.instance.store().invitation(id).await?,
        None => None,
    };
    Ok(views::backend::waitlist_entry(entry, invitation.map(|invitation| turn.invitation_view(&invitation))))
}
