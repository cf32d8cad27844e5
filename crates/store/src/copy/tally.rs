//! What a database holds, counted and digested, whatever the order of its rows.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256, digest};

/// Rows of each table, and a digest of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<String, (u64, [u8; 32])>);

impl Tally {
    /// Counts a table, which may have no rows.
    pub(super) fn table(&mut self, table: &str) {
        self.0.entry(table.to_owned()).or_default();
    }

    /// Counts a row, written as text that tells it from every other.
    pub(super) fn row(&mut self, table: &str, text: &str) {
        let (count, sum) = self.0.entry(table.to_owned()).or_default();
        *count += 1;
        // No two rows of a table are the same, so that none hides another here.
        for (byte, more) in sum.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
            *byte ^= more;
        }
    }

    /// Rows of each table.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<String, u64> {
        self.0.iter().map(|(table, (count, _))| (table.clone(), *count)).collect()
    }

    /// Rows of all tables.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().map(|(count, _)| count).sum()
    }
}

/// A digest of lines.
pub(super) struct Digest(Context);

impl Digest {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn line(&mut self, line: &[u8]) {
        self.0.update(line);
    }

    pub(super) fn finish(self) -> String {
        use std::fmt::Write as _;
        self.0.finish().as_ref().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
