//! Clearing away what nobody will ask for any more.

use frontdesk_identity::{
    Timestamp,
    session::LISTED_MS,
    time::{DAY, HOUR},
};

use crate::{
    Store, StoreError,
    db::{Tx, run},
};

/// How long the things are kept that have no use but to be looked up once more, in milliseconds.
const KEPT_MS: i64 = 7 * DAY;
/// How long messages count for the limit of an address, in milliseconds.
const COUNTED_MS: i64 = HOUR;
/// How long a client is kept that has neither sessions nor attempts, in milliseconds.
const IDLE_MS: i64 = 30 * DAY;
/// How long the outbox keeps messages, in milliseconds.
const OUTBOX_MS: i64 = 30 * DAY;

/// How long the audit log keeps entries, in milliseconds.
const AUDIT_MS: i64 = 400 * DAY;

impl Store {
    /// Deletes attempts that were given up and tokens that were over a week ago, sessions whose end was
    /// written down a month ago, clients that have neither for long,
    /// messages that are done, and counts that no longer matter; tells how many rows. To be called now and then.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        const IDLE_CLIENTS: &str = "DELETE FROM clients WHERE updated_at < $1 \
             AND NOT EXISTS (SELECT 1 FROM sessions WHERE client_id = clients.id) \
             AND NOT EXISTS (SELECT 1 FROM sign_ins WHERE client_id = clients.id) \
             AND NOT EXISTS (SELECT 1 FROM sign_ups WHERE client_id = clients.id)";
        let old = now.plus(-KEPT_MS).0;
        let mut tx = self.write.begin().await?;
        let mut rows = run!(&mut tx, "DELETE FROM sign_ins WHERE abandon_at < $1", old)?;
        rows += run!(&mut tx, "DELETE FROM sign_ups WHERE abandon_at < $1", old)?;
        rows += run!(&mut tx, "DELETE FROM sessions WHERE ended_at < $1", now.plus(-LISTED_MS).0)?;
        rows += run!(&mut tx, "DELETE FROM sign_in_tokens WHERE expire_at < $1", old)?;
        rows += run!(&mut tx, IDLE_CLIENTS, now.plus(-IDLE_MS).0)?;
        rows += run!(
            &mut tx,
            "DELETE FROM delivery_queue WHERE created_at < $1 AND NOT keep AND state <> 'due'",
            now.plus(-COUNTED_MS).0,
        )?;
        rows += run!(
            &mut tx,
            "DELETE FROM delivery_queue WHERE created_at < $1 AND state <> 'due'",
            now.plus(-OUTBOX_MS).0,
        )?;
        // As long as the attempts that may still be made from what they brought back.
        rows += run!(&mut tx, "DELETE FROM external_flows WHERE expire_at < $1", now.plus(-DAY).0)?;
        rows += run!(&mut tx, "DELETE FROM passkey_ceremonies WHERE expire_at <= $1", now.0)?;
        rows += run!(&mut tx, "DELETE FROM handshakes WHERE expire_at <= $1", now.0)?;
        rows += run!(
            &mut tx,
            "DELETE FROM lockouts WHERE updated_at < $1 AND (locked_until IS NULL OR locked_until < $2)",
            old,
            now.0,
        )?;
        rows += run!(&mut tx, "DELETE FROM audit_log WHERE at < $1", now.plus(-AUDIT_MS).0)?;
        if matches!(tx, Tx::Postgres(_)) {
            rows += run!(&mut tx, "DELETE FROM request_buckets WHERE full_until <= $1", now.0)?;
        }
        tx.commit().await?;
        Ok(rows)
    }
}
