//! Counts that do not wait for a decision: each is one conditional update, so that requests at the same moment count
//! one each.

use frontdesk_identity::{ClientId, Counter, Lockout, Policy, Timestamp, VerificationId};

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

    /// Counts a wrong try and locks what is counted so when the policy says so. While a lock lasts nothing is counted; one
    /// that has run out begins the count anew. A lock of the owner's is not told.
    pub async fn count_failure(
        &self,
        counter: &Counter,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Lockout, StoreError> {
        const SQL: &str = "INSERT INTO lockouts AS l (name, subject, failed, locked_until, updated_at) \
             VALUES ($1, $5, 1, CASE WHEN 1 >= $2 THEN $3 END, $4) \
             ON CONFLICT (name) DO UPDATE SET \
               failed = CASE WHEN l.locked_until > $4 THEN l.failed \
                             WHEN l.locked_until IS NOT NULL THEN 1 ELSE l.failed + 1 END, \
               locked_until = CASE WHEN l.locked_until > $4 THEN l.locked_until \
                             WHEN (CASE WHEN l.locked_until IS NOT NULL THEN 1 ELSE l.failed + 1 END) >= $2 THEN $3 \
                             END, \
               updated_at = $4 \
             RETURNING failed, locked_until";
        let most = i64::from(policy.lockout.max_attempts);
        let (name, until) = (counter.name(), now.plus(policy.lockout.duration_ms));
        let (failed, locked_until) = on!(Pool, &self.write, pool => {
            sqlx::query_as::<_, (i64, Option<i64>)>(SQL)
                .bind(&name)
                .bind(most)
                .bind(until.0)
                .bind(now.0)
                .bind(&counter.subject)
                .fetch_one(pool)
                .await
        })?;
        let failed = Reading { what: "lockout", id: &name }.count(failed)?;
        Ok(Lockout { failed, locked_until: moment(locked_until), closed_until: None })
    }

    /// Wrong tries that are counted so, and the lock of the owner's beside them. Those of strangers come with the account.
    pub async fn lockout(&self, counter: &Counter) -> Result<Lockout, StoreError> {
        const SQL: &str = "SELECT name, failed, locked_until FROM lockouts WHERE name IN ($1, $2)";
        let (name, owners) = (counter.name(), counter.owners_name());
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (String, i64, Option<i64>)>(SQL).bind(&name).bind(&owners).fetch_all(pool).await
        })?;
        let mut lockout = Lockout::default();
        for (row, failed, locked_until) in rows {
            if row == name {
                lockout.failed = Reading { what: "lockout", id: &name }.count(failed)?;
                lockout.locked_until = moment(locked_until);
            } else {
                lockout.closed_until = moment(locked_until);
            }
        }
        Ok(lockout)
    }

    /// Whether a user has been signed in on a client, as far as that is kept: as long as they are, and a month after. Where
    /// they were signed out from elsewhere they may have had a reason: that device is a stranger until somebody signs in
    /// on it again.
    pub async fn knows_device(&self, subject: &str, client: &ClientId) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT revoked FROM sessions WHERE client_id = $1 AND user_id = $2 \
                           ORDER BY created_at DESC, revoked LIMIT 1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (bool,)>(SQL).bind(client.as_str()).bind(subject).fetch_optional(pool).await
        })?;
        Ok(row.is_some_and(|(revoked,)| !revoked))
    }
}
