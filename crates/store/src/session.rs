//! Sessions.

use frontdesk_identity::{ClientId, DeviceActivity, Policy, Session, SessionEnd, SessionId, Timestamp, UserId};

use crate::{
    Store, StoreError, Versioned,
    db::{Pool, on, rows, run},
    row::{Reading, moment},
};

/// Sessions that are written down in one transaction.
const AT_ONCE: i64 = 1_000;

/// Columns of a session, from `sessions s`.
macro_rules! session_columns {
    () => {
        "s.id, s.client_id, s.user_id, s.ended_how, s.ended_at, s.last_active_at, \
         s.first_factor_at, s.second_factor_at, s.user_agent, s.ip_address, s.created_at, s.updated_at, s.version"
    };
}
pub(crate) use session_columns;

rows! {
    SessionRow {
        id: String,
        client_id: String,
        user_id: String,
        ended_how: Option<String>,
        ended_at: Option<i64>,
        last_active_at: i64,
        first_factor_at: i64,
        second_factor_at: Option<i64>,
        user_agent: Option<String>,
        ip_address: Option<String>,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
}

fn end_of_word(word: &str) -> Option<SessionEnd> {
    SessionEnd::ALL.into_iter().find(|end| end.as_str() == word)
}

impl SessionRow {
    pub(crate) fn session(self) -> Result<Versioned<Session>, StoreError> {
        let reading = Reading { what: "session", id: &self.id };
        let end = match (self.ended_how.as_deref(), self.ended_at) {
            (None, _) => None,
            (Some(word), Some(at)) => {
                let end =
                    end_of_word(word).ok_or_else(|| reading.malformed(format_args!("no session ends by {word:?}")))?;
                Some((end, Timestamp(at)))
            }
            (Some(_), None) => return Err(reading.malformed("it ended at no time")),
        };
        let value = Session {
            id: reading.parse(&self.id, SessionId::parse)?,
            client_id: reading.parse(&self.client_id, ClientId::parse)?,
            user_id: reading.parse(&self.user_id, UserId::parse)?,
            end,
            last_active_at: Timestamp(self.last_active_at),
            first_factor_at: Timestamp(self.first_factor_at),
            second_factor_at: moment(self.second_factor_at),
            activity: DeviceActivity { user_agent: self.user_agent, ip_address: self.ip_address },
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        };
        Ok(Versioned { value, version: self.version })
    }
}

impl Store {
    /// The session of that id, whatever its state.
    pub async fn session(&self, id: &SessionId) -> Result<Option<Versioned<Session>>, StoreError> {
        const SQL: &str = concat!("SELECT ", session_columns!(), " FROM sessions s WHERE s.id = $1");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.map(SessionRow::session).transpose()
    }

    /// Every session of a user that is still kept, whatever its state, newest first.
    pub async fn all_sessions_of_user(&self, id: &UserId) -> Result<Vec<Versioned<Session>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.user_id = $1 ORDER BY s.created_at DESC, s.id DESC"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionRow>(SQL).bind(id.as_str()).fetch_all(pool).await
        })?;
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// Every session of a client that is still kept, whatever its state, newest first.
    pub async fn all_sessions_of_client(&self, id: &ClientId) -> Result<Vec<Versioned<Session>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.client_id = $1 ORDER BY s.created_at DESC, s.id DESC"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionRow>(SQL).bind(id.as_str()).fetch_all(pool).await
        })?;
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// The sessions of a user whose end is not written down, newest first. Whether time has ended one is for the rules to
    /// say.
    pub async fn sessions_of_user(&self, id: &UserId) -> Result<Vec<Versioned<Session>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.user_id = $1 AND s.ended_how IS NULL \
             ORDER BY s.created_at DESC, s.id DESC"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionRow>(SQL).bind(id.as_str()).fetch_all(pool).await
        })?;
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// Writes down the end of every session that time has ended by these limits; tells how many.
    pub async fn note_over(&self, policy: &Policy, now: Timestamp) -> Result<u64, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.ended_how IS NULL AND (s.created_at <= $1 OR s.last_active_at <= $2) \
             AND s.id > $3 ORDER BY s.id LIMIT $4"
        );
        const NOTE: &str = "UPDATE sessions SET ended_how = $3, ended_at = $4, updated_at = $5, version = version + 1 \
            WHERE id = $1 AND version = $2";
        let limits = &policy.sessions;
        let idle = limits.inactivity_ms.map_or(limits.abandon_after_ms, |limit| limit.min(limits.abandon_after_ms));
        let (begun, used) = (now.plus(-limits.lifetime_ms()).0, now.plus(-idle).0);
        let (mut last, mut noted) = (String::new(), 0);
        loop {
            let rows = on!(Pool, &self.read, pool => {
                let query = sqlx::query_as::<_, SessionRow>(SQL).bind(begun).bind(used).bind(&last);
                query.bind(AT_ONCE).fetch_all(pool).await
            })?;
            let Some(row) = rows.last() else { return Ok(noted) };
            last.clone_from(&row.id);
            let mut tx = self.write.begin().await?;
            for row in rows {
                let Versioned { value, version } = row.session()?;
                let Some((session, (how, at))) = value.noted(policy, now).and_then(|over| Some((over.id, over.end?)))
                else {
                    continue;
                };
                let updated_at = value.updated_at.grown(now).0;
                // Whoever used it just now has won; the next time is soon enough.
                noted += run!(&mut tx, NOTE, session.as_str(), version, how.as_str(), at.0, updated_at)?;
            }
            tx.commit().await?;
        }
    }
}
