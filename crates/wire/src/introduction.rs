//! How an instance introduces itself. Not part of the Frontend API: only Frontdesk's own instances do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an instance introduces itself to whoever knows its address alone.
pub const INTRODUCTION_PATH: &str = "/.well-known/frontdesk.json";

/// What an application needs that was given an address in place of a publishable key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Introduction {
    /// The publishable key, which names the host of the Frontend API.
    pub publishable_key: String,
}
