//! The audit log: what happened to accounts, by whom, when. Entries are added and in the end cleared away, never changed.

use frontdesk_identity::{Timestamp, UserId};
use serde_json::{Map, Value};

use crate::{
    Store, StoreError,
    db::{Pool, on, rows, run},
    row::{Reading, json},
};

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Its id, which no other entry has.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, in a word.
    pub event: String,
    /// The user it happened to, if it was one.
    pub user_id: Option<String>,
    /// What else is known. Holds no secret.
    pub details: Map<String, Value>,
}

rows! {
    AuditRow {
        id: String,
        at: i64,
        event: String,
        user_id: Option<String>,
        details: String,
    }
}

impl Store {
    /// Adds entries. One that is there already stays as it is: whoever is not sure may add it again.
    pub async fn add_audit(&self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO audit_log (id, at, event, user_id, details) VALUES ($1, $2, $3, $4, $5) \
                           ON CONFLICT (id) DO NOTHING";
        let mut tx = self.write.begin().await?;
        for AuditEntry { id, at, event, user_id, details } in entries {
            let details = json(details)?;
            run!(&mut tx, SQL, id.as_str(), at.0, event.as_str(), user_id.as_deref(), &details)?;
        }
        Ok(tx.commit().await?)
    }

    /// The newest entries, newest first; of one user, if one is given.
    pub async fn audit(&self, user: Option<&UserId>, most: u32) -> Result<Vec<AuditEntry>, StoreError> {
        const ALL: &str = "SELECT id, at, event, user_id, details FROM audit_log ORDER BY at DESC, id DESC LIMIT $1";
        const OF_ONE: &str = "SELECT id, at, event, user_id, details FROM audit_log WHERE user_id = $2 \
                              ORDER BY at DESC, id DESC LIMIT $1";
        let most = i64::from(most);
        let rows = match user {
            None => on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, AuditRow>(ALL).bind(most).fetch_all(pool).await
            }),
            Some(user) => on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, AuditRow>(OF_ONE).bind(most).bind(user.as_str()).fetch_all(pool).await
            }),
        }?;
        rows.into_iter()
            .map(|AuditRow { id, at, event, user_id, details }| {
                let details = Reading { what: "audit entry", id: &id }.json(&details)?;
                Ok(AuditEntry { id, at: Timestamp(at), event, user_id, details })
            })
            .collect()
    }
}
