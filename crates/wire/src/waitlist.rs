//! The waitlist, as those see it who ask for an invitation.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// That somebody is on the waitlist. It is the same whether they were before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct WaitlistEntry {
    /// `waitlist_entry`.
    pub object: String,
    /// `wle_…`.
    pub id: String,
}
