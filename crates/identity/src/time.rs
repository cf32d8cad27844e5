//! Moments and spans, in milliseconds.

use serde::{Deserialize, Serialize};

/// One second.
pub const SECOND: i64 = 1_000;
/// One minute.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour.
pub const HOUR: i64 = 60 * MINUTE;
/// One day.
pub const DAY: i64 = 24 * HOUR;

/// A moment: milliseconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment so many milliseconds later.
    #[must_use]
    pub fn plus(self, span_ms: i64) -> Self {
        Self(self.0.saturating_add(span_ms))
    }

    /// Milliseconds from `earlier` to this moment; negative if it lies after.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first moment that is not before `now` and is after this one: what a change at `now` writes, so that readers
    /// who compare moments see every change, even two in one millisecond or after the clock was set back.
    #[must_use]
    pub fn grown(self, now: Self) -> Self {
        now.max(self.plus(1))
    }
}
