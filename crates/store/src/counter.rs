//! Counts that do not wait for a decision: each is one conditional update, so that requests at the same moment count
//! one each.

use frontdesk_identity::{Lockout, Policy, Timestamp, VerificationId};

use crate::{
    Store, StoreError,
    db::{Pool, on},
    row::{Reading, moment},
};

impl Store {
    /// Counts a try at a code, before the code is compared, and tells which one it is, from 1; none if there is no such
    /// code any more.
    pub async fn count_code_try(&self, id: &VerificationId) -> Result<Option<u32>, StoreError> {
        const SQL: &str = "UPDATE verifications SET tries = tries + 1 WHERE id = $1 RETURNING tries";
        let row = on!(Pool, &self.write, pool => {
            sqlx::query_as::<_, (i64,)>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.map(|(tries,)| Reading { what: "verification", id: id.as_str() }.count(tries)).transpose()
    }

    /// Tries at a code so far.
    pub(crate) async fn code_tries(&self, id: &VerificationId) -> Result<u32, StoreError> {
        const SQL: &str = "SELECT tries FROM verifications WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (i64,)>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        // A code whose row is gone cannot be tried any more.
        row.map_or(Ok(u32::MAX), |(tries,)| Reading { what: "verification", id: id.as_str() }.count(tries))
    }

    /// Counts a wrong try under that name (`Subject::counter`) and locks it when the policy says so. While a lock
    /// lasts nothing is counted; one that has run out begins the count anew.
    pub async fn count_failure(&self, name: &str, policy: &Policy, now: Timestamp) -> Result<Lockout, StoreError> {
        const SQL: &str = "INSERT INTO lockouts AS l (name, failed, locked_until, updated_at) \
             VALUES ($1, 1, CASE WHEN 1 >= $2 THEN $3 END, $4) \
             ON CONFLICT (name) DO UPDATE SET \
               failed = CASE WHEN l.locked_until > $4 THEN l.failed \
                             WHEN l.locked_until IS NOT NULL THEN 1 ELSE l.failed + 1 END, \
               locked_until = CASE WHEN l.locked_until > $4 THEN l.locked_until \
                             WHEN (CASE WHEN l.locked_until IS NOT NULL THEN 1 ELSE l.failed + 1 END) >= $2 THEN $3 \
                             END, \
               updated_at = $4 \
             RETURNING failed, locked_until";
        let most = i64::from(policy.lockout.max_attempts);
        let until = now.plus(policy.lockout.duration_ms);
        let (failed, locked_until) = on!(Pool, &self.write, pool => {
            sqlx::query_as::<_, (i64, Option<i64>)>(SQL)
                .bind(name)
                .bind(most)
                .bind(until.0)
                .bind(now.0)
                .fetch_one(pool)
                .await
        })?;
        Ok(Lockout { failed: Reading { what: "lockout", id: name }.count(failed)?, locked_until: moment(locked_until) })
    }

    /// Wrong tries under that name. Those against a user come with the account.
    pub async fn lockout(&self, name: &str) -> Result<Lockout, StoreError> {
        const SQL: &str = "SELECT failed, locked_until FROM lockouts WHERE name = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (i64, Option<i64>)>(SQL).bind(name).fetch_optional(pool).await
        })?;
        let Some((failed, locked_until)) = row else { return Ok(Lockout::default()) };
        Ok(Lockout { failed: Reading { what: "lockout", id: name }.count(failed)?, locked_until: moment(locked_until) })
    }
}
