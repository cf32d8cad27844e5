//! Sessions.

use frontdesk_identity::{ClientId, DeviceActivity, Session, SessionEnd, SessionId, Timestamp, UserId};

use crate::{
    Store, StoreError, Versioned,
    db::{Pool, on, rows},
    row::{Reading, moment},
};

/// Columns of a session, from `sessions s`.
macro_rules! session_columns {
    () => {
        "s.id, s.client_id, s.user_id, s.ended_how, s.ended_at, s.expire_at, s.abandon_at, s.last_active_at, \
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
        expire_at: i64,
        abandon_at: i64,
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

/// The word that is kept for how a session ended.
pub(crate) fn end_word(end: SessionEnd) -> &'static str {
    match end {
        SessionEnd::Ended => "ended",
        SessionEnd::Removed => "removed",
        SessionEnd::Replaced => "replaced",
        SessionEnd::Revoked => "revoked",
    }
}

fn end_of_word(word: &str) -> Option<SessionEnd> {
    [SessionEnd::Ended, SessionEnd::Removed, SessionEnd::Replaced, SessionEnd::Revoked]
        .into_iter()
        .find(|end| end_word(*end) == word)
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
            expire_at: Timestamp(self.expire_at),
            abandon_at: Timestamp(self.abandon_at),
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

    /// The sessions of a user that nobody ended and whose time is not over, newest first. Whether one was given up or
    /// idle too long is for the rules to say.
    pub async fn sessions_of_user(&self, id: &UserId, now: Timestamp) -> Result<Vec<Versioned<Session>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.user_id = $1 AND s.expire_at > $2 AND s.ended_how IS NULL \
             ORDER BY s.created_at DESC, s.id DESC"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionRow>(SQL).bind(id.as_str()).bind(now.0).fetch_all(pool).await
        })?;
        rows.into_iter().map(SessionRow::session).collect()
    }
}
