//! Secret keys of the Backend API, by name. The keys themselves are nowhere in the database.

use frontdesk_identity::Timestamp;

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{millis, moment},
};

/// A secret key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretKey {
    /// Its name, `key_…`.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing; none for one that stays.
    pub ends_at: Option<Timestamp>,
}

impl SecretKey {
    /// The name of the key that every instance begins with.
    pub const FIRST: &str = "key_first";

    /// The key that an instance begins with.
    #[must_use]
    pub fn first(created_at: Timestamp) -> Self {
        Self { id: Self::FIRST.to_owned(), created_at, ends_at: None }
    }

    /// Whether it opens anything at this moment.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|at| now < at)
    }
}

rows! {
    SecretKeyRow {
        id: String,
        created_at: i64,
        ends_at: Option<i64>,
    }
}

impl Store {
    /// The secret keys, newest first, also those that are over.
    pub async fn secret_keys(&self) -> Result<Vec<SecretKey>, StoreError> {
        const SQL: &str = "SELECT id, created_at, ends_at FROM secret_keys ORDER BY created_at DESC, id DESC";
        let rows = on!(Pool, &self.read, pool => sqlx::query_as::<_, SecretKeyRow>(SQL).fetch_all(pool).await)?;
        let key = |row: SecretKeyRow| SecretKey {
            id: row.id,
            created_at: Timestamp(row.created_at),
            ends_at: moment(row.ends_at),
        };
        Ok(rows.into_iter().map(key).collect())
    }
}

pub(crate) async fn save(tx: &mut Tx, key: &SecretKey) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO secret_keys (id, created_at, ends_at) VALUES ($1, $2, $3) \
        ON CONFLICT (id) DO UPDATE SET ends_at = $3";
    one(run!(tx, SQL, key.id.as_str(), key.created_at.0, millis(key.ends_at))?)
}
