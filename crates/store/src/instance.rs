//! The instance itself: who it is, how it is set, and its signing keys.

use frontdesk_identity::Timestamp;

use crate::{
    SealedBytes, Store, StoreError, Versioned,
    db::{Pool, on, rows},
    row::Reading,
};

/// What an instance is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// For building applications: test addresses, outbox, loopback only.
    Development,
    /// For people.
    Production,
}

impl Environment {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// The environment of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}

/// The one row that says which instance this is.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// `ins_…`.
    pub id: String,
    /// What it is for.
    pub environment: Environment,
    /// Where it is reached; drawn or given once, and kept.
    pub public_url: String,
    /// Which instance key it belongs to.
    pub key_id: String,
    /// A code that only the right instance key gives.
    pub key_check: String,
    /// Settings, one document.
    pub settings: serde_json::Value,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A key that signs session tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in tokens.
    pub kid: String,
    /// The private key, sealed.
    pub sealed: SealedBytes,
    /// When it was made.
    pub created_at: Timestamp,
}

rows! {
    InstanceRow {
        id: String,
        environment: String,
        public_url: String,
        key_id: String,
        key_check: String,
        settings: String,
        created_at: i64,
        version: i64,
    }
    SigningKeyRow {
        kid: String,
        key_id: String,
        sealed: Vec<u8>,
        created_at: i64,
    }
}

impl Store {
    /// The instance, if it was set up already.
    pub async fn instance(&self) -> Result<Option<Versioned<Instance>>, StoreError> {
        const SQL: &str = "SELECT id, environment, public_url, key_id, key_check, settings, created_at, version \
                           FROM instance WHERE one = 1";
        let row = on!(Pool, &self.read, pool => sqlx::query_as::<_, InstanceRow>(SQL).fetch_optional(pool).await)?;
        row.map(|row| {
            let reading = Reading { what: "instance", id: &row.id };
            let environment = Environment::parse(&row.environment)
                .ok_or_else(|| reading.malformed(format_args!("no environment is called {:?}", row.environment)))?;
            Ok(Versioned {
                value: Instance {
                    environment,
                    settings: reading.json(&row.settings)?,
                    id: row.id,
                    public_url: row.public_url,
                    key_id: row.key_id,
                    key_check: row.key_check,
                    created_at: Timestamp(row.created_at),
                },
                version: row.version,
            })
        })
        .transpose()
    }

    /// The signing keys, newest first.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        const SQL: &str = "SELECT kid, key_id, sealed, created_at FROM signing_keys ORDER BY created_at DESC, kid DESC";
        let rows = on!(Pool, &self.read, pool => sqlx::query_as::<_, SigningKeyRow>(SQL).fetch_all(pool).await)?;
        Ok(rows
            .into_iter()
            .map(|row| SigningKey {
                kid: row.kid,
                sealed: SealedBytes { key_id: row.key_id, bytes: row.sealed },
                created_at: Timestamp(row.created_at),
            })
            .collect())
    }
}
