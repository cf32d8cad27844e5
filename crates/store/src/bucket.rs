//! How often somebody asks, counted for every process that serves the database.

use frontdesk_identity::Timestamp;

use crate::{Store, StoreError, db::Pool};

/// A bucket that runs out all the time, and into which every request pours its share (generic cell rate algorithm, ITU-T
/// I.371). Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// What one request pours in.
    pub share: i64,
    /// How much it holds.
    pub holds: i64,
}

impl Bucket {
    /// How full a bucket is that will be empty at `empty_at`. Clocks of several processes differ a little; one that would be
    /// empty only long after a full one was filled before a clock was set back, and shuts nobody out.
    #[must_use]
    pub fn level(self, empty_at: i64, now: i64) -> i64 {
        let ahead = empty_at.saturating_sub(now);
        if ahead > 2 * self.holds { 0 } else { ahead.clamp(0, self.holds) }
    }

    /// How long it takes until another share finds room in a bucket that is so full; nothing if it does now.
    #[must_use]
    pub fn wait(self, level: i64) -> Option<i64> {
        Some(level + self.share - self.holds).filter(|wait| *wait > 0)
    }
}

impl Store {
    /// Pours a share into the bucket of that name, if it finds room; otherwise tells how long it takes until there is
    /// some. A file has one process that serves it, which counts in its memory: there is room in every bucket of it.
    pub async fn pour(&self, name: &str, bucket: Bucket, now: Timestamp) -> Result<Option<i64>, StoreError> {
        // Decided in one statement, so that requests at the same moment find the room that is left, and no more.
        const POUR: &str = "INSERT INTO request_buckets AS b (name, full_until) VALUES ($1, $2 + $3) \
             ON CONFLICT (name) DO UPDATE SET full_until = $2 + $3 + CASE \
                 WHEN b.full_until - $2 > 2 * $4 THEN 0 ELSE LEAST(GREATEST(b.full_until - $2, 0), $4) END \
             WHERE b.full_until - $2 + $3 <= $4 OR b.full_until - $2 > 2 * $4";
        const LEVEL: &str = "SELECT full_until FROM request_buckets WHERE name = $1";
        let Pool::Postgres(pool) = &self.write else { return Ok(None) };
        let poured = sqlx::query(POUR).bind(name).bind(now.0).bind(bucket.share).bind(bucket.holds);
        if poured.execute(pool).await?.rows_affected() > 0 {
            return Ok(None);
        }
        let full = sqlx::query_as::<_, (i64,)>(LEVEL).bind(name).fetch_optional(pool).await?;
        let level = full.map_or(bucket.holds, |(full_until,)| bucket.level(full_until, now.0));
        // It may have run out a little since, which is no reason to let in what was refused.
        Ok(Some(bucket.wait(level).unwrap_or(1)))
    }
}
