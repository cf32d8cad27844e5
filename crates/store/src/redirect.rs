//! Redirect URLs that the owner has listed.

use frontdesk_identity::Timestamp;

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
};

/// A listed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUrl {
    /// `ru_…`.
    pub id: String,
    /// The address, as it was written.
    pub url: String,
    /// When it was listed.
    pub created_at: Timestamp,
}

rows! {
    RedirectRow {
        id: String,
        url: String,
        created_at: i64,
    }
}

impl Store {
    /// Every listed address, newest first.
    pub async fn redirect_urls(&self) -> Result<Vec<RedirectUrl>, StoreError> {
        const SQL: &str = "SELECT id, url, created_at FROM redirect_urls ORDER BY created_at DESC, id DESC";
        let rows = on!(Pool, &self.read, pool => sqlx::query_as::<_, RedirectRow>(SQL).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(RedirectRow::redirect_url).collect())
    }

    /// The listed address of that id.
    pub async fn redirect_url(&self, id: &str) -> Result<Option<RedirectUrl>, StoreError> {
        const SQL: &str = "SELECT id, url, created_at FROM redirect_urls WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, RedirectRow>(SQL).bind(id).fetch_optional(pool).await
        })?;
        Ok(row.map(RedirectRow::redirect_url))
    }
}

impl RedirectRow {
    fn redirect_url(self) -> RedirectUrl {
        RedirectUrl { id: self.id, url: self.url, created_at: Timestamp(self.created_at) }
    }
}

pub(crate) async fn list(tx: &mut Tx, url: &RedirectUrl) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO redirect_urls (id, url, created_at) VALUES ($1, $2, $3)";
    one(run!(tx, SQL, url.id.as_str(), url.url.as_str(), url.created_at.0)?)
}

pub(crate) async fn unlist(tx: &mut Tx, id: &str) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM redirect_urls WHERE id = $1", id)?)
}
