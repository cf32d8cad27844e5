//! The outbox of a development instance: messages that were kept instead of sent.

use frontdesk_identity::Recipient;
use frontdesk_store::{KeptMessage, Store, StoreError};
use frontdesk_wire::OutboxMessage;

use super::{Message, MessageError};
use crate::keys::{Keys, Sealed};

/// Most messages that are shown.
const MOST: u32 = 500;

/// Why the outbox cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A message cannot be read.
    #[error("a message in the outbox cannot be read: {0}")]
    Message(#[from] MessageError),
}

/// Messages, newest first; of one address, if one is given.
pub async fn outbox(store: &Store, keys: &Keys, to: Option<&Recipient>) -> Result<Vec<OutboxMessage>, OutboxError> {
    let kept = store.kept_messages(to, MOST).await?;
    let shown = kept.into_iter().map(|kept| show(kept, keys));
    Ok(shown.collect::<Result<_, _>>()?)
}

fn show(kept: KeptMessage, keys: &Keys) -> Result<OutboxMessage, MessageError> {
    let sealed = Sealed { key_id: kept.body.key_id, bytes: kept.body.bytes };
    Ok(Message::open(&kept.id, &sealed, keys)?.into_outbox(&kept.id, kept.created_at.0))
}
