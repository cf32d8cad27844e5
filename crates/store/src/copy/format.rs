//! The lines of a backup.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::Table;

/// What the first line says the file is.
pub(super) const WHAT: &str = "backup of a Frontdesk instance";
/// Version of these lines.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) what: String,
    pub(super) format: u32,
    /// The step of the schema.
    pub(super) step: i64,
    pub(super) instance: BackedUp,
    pub(super) tables: Vec<Table>,
}

/// Which instance a backup is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// `ins_…`.
    pub id: String,
    /// Where it is reached.
    pub public_url: String,
    /// Which instance key it belongs to.
    pub key_id: String,
    /// A code that only the right instance key gives.
    pub key_check: String,
}

/// Any other line.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// A row of the table that was named last.
    Row(Vec<serde_json::Value>),
    /// From here on, rows of this table.
    Of { table: String },
    /// The last line.
    End { end: End },
}

/// What was written.
#[derive(Serialize, Deserialize)]
pub(super) struct End {
    pub(super) rows: BTreeMap<String, u64>,
    /// SHA-256 of all lines before, in hexadecimal digits.
    pub(super) sha256: String,
}
