//! Who may come in, and who may not, by the owner's lists.

use frontdesk_identity::{Entry, List, Timestamp};

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
};

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedIdentifier {
    /// `alid_…` or `blid_…`.
    pub id: String,
    /// Which list.
    pub list: List,
    /// What it is about.
    pub entry: Entry,
    /// When it was listed.
    pub created_at: Timestamp,
}

rows! {
    ListedRow {
        id: String,
        identifier: String,
        created_at: i64,
    }
}

impl Store {
    /// A part of a list, newest first.
    pub async fn listed_identifiers(
        &self,
        list: List,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ListedIdentifier>, StoreError> {
        const SQL: &str = "SELECT id, identifier, created_at FROM listed_identifiers WHERE list = $1 \
            ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3";
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ListedRow>(SQL)
                .bind(list.as_str())
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(pool)
                .await
        })?;
        rows.into_iter().map(|row| row.listed(list)).collect()
    }

    /// How long a list is.
    pub async fn count_listed_identifiers(&self, list: List) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM listed_identifiers WHERE list = $1";
        Ok(on!(Pool, &self.read, pool => {
            sqlx::query_scalar::<_, i64>(SQL).bind(list.as_str()).fetch_one(pool).await
        })?)
    }

    /// The entry of that id, if it is on that list.
    pub async fn listed_identifier(&self, list: List, id: &str) -> Result<Option<ListedIdentifier>, StoreError> {
        const SQL: &str = "SELECT id, identifier, created_at FROM listed_identifiers WHERE list = $1 AND id = $2";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ListedRow>(SQL).bind(list.as_str()).bind(id).fetch_optional(pool).await
        })?;
        row.map(|row| row.listed(list)).transpose()
    }

    /// Whether one of these texts is what an entry of the list is found by ([`frontdesk_identity::restriction::keys`]).
    pub async fn is_listed(&self, list: List, [own, domain]: &[String; 2]) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM listed_identifiers WHERE list = $1 AND found_by IN ($2, $3)";
        let found = on!(Pool, &self.read, pool => {
            sqlx::query_scalar::<_, i64>(SQL).bind(list.as_str()).bind(own).bind(domain).fetch_one(pool).await
        })?;
        Ok(found > 0)
    }
}

impl ListedRow {
    fn listed(self, list: List) -> Result<ListedIdentifier, StoreError> {
        let entry = Entry::parse(&self.identifier).map_err(|error| StoreError::Malformed {
            what: "listed identifier",
            id: self.id.clone(),
            reason: error.to_string(),
        })?;
        Ok(ListedIdentifier { id: self.id, list, entry, created_at: Timestamp(self.created_at) })
    }
}

pub(crate) async fn list(tx: &mut Tx, listed: &ListedIdentifier) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO listed_identifiers (id, list, kind, identifier, found_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    one(run!(
        tx,
        SQL,
        listed.id.as_str(),
        listed.list.as_str(),
        listed.entry.kind(),
        listed.entry.text(),
        listed.entry.key(listed.list),
        listed.created_at.0,
    )?)
}

pub(crate) async fn unlist(tx: &mut Tx, id: &str) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM listed_identifiers WHERE id = $1", id)?)
}
