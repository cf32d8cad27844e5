//! Messages that a development instance keeps instead of sending them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mail or text in the outbox of a development instance; not part of the Frontend API, served on private doors only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxMessage {
    /// The message's id.
    pub id: String,
    /// Who it was for.
    pub to: String,
    /// `email` or `sms`.
    pub kind: String,
    /// Subject line.
    pub subject: String,
    /// Body as plain text.
    pub body: String,
    /// The code it carries, if any.
    pub code: Option<String>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
}
