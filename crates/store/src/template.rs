//! JWT templates: tokens of the owner's own making.

use frontdesk_identity::{self as identity, Algorithm, Timestamp};

use crate::{
    CommitError, SealedBytes, Store, StoreError, Versioned,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{Reading, json},
};

/// A template.
#[derive(Clone, Debug, PartialEq)]
pub struct JwtTemplate {
    /// `jtmp_…`.
    pub id: String,
    /// What it says. No two have the same name.
    pub template: identity::JwtTemplate,
    /// The key that signs them; none for the instance's own.
    pub key: Option<SealedBytes>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

rows! {
    TemplateRow {
        id: String,
        name: String,
        claims: String,
        lifetime: i64,
        clock_skew: i64,
        algorithm: String,
        key_id: Option<String>,
        sealed: Option<Vec<u8>>,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
}

impl Store {
    /// Every template, newest first.
    pub async fn jwt_templates(&self) -> Result<Vec<JwtTemplate>, StoreError> {
        const SQL: &str = "SELECT id, name, claims, lifetime, clock_skew, algorithm, key_id, sealed, created_at, \
            updated_at, version FROM jwt_templates ORDER BY created_at DESC, id DESC";
        let rows = on!(Pool, &self.read, pool => sqlx::query_as::<_, TemplateRow>(SQL).fetch_all(pool).await)?;
        rows.into_iter().map(|row| Ok(row.template()?.value)).collect()
    }

    /// The template of that id.
    pub async fn jwt_template(&self, id: &str) -> Result<Option<Versioned<JwtTemplate>>, StoreError> {
        const SQL: &str = "SELECT id, name, claims, lifetime, clock_skew, algorithm, key_id, sealed, created_at, \
            updated_at, version FROM jwt_templates WHERE id = $1";
        self.find_template(SQL, id).await
    }

    /// The template of that name.
    pub async fn jwt_template_by_name(&self, name: &str) -> Result<Option<Versioned<JwtTemplate>>, StoreError> {
        const SQL: &str = "SELECT id, name, claims, lifetime, clock_skew, algorithm, key_id, sealed, created_at, \
            updated_at, version FROM jwt_templates WHERE name = $1";
        self.find_template(SQL, name).await
    }

    async fn find_template(&self, sql: &'static str, text: &str) -> Result<Option<Versioned<JwtTemplate>>, StoreError> {
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, TemplateRow>(sql).bind(text).fetch_optional(pool).await
        })?;
        row.map(TemplateRow::template).transpose()
    }
}

impl TemplateRow {
    fn template(self) -> Result<Versioned<JwtTemplate>, StoreError> {
        let reading = Reading { what: "JWT template", id: &self.id };
        let algorithm = Algorithm::parse(&self.algorithm)
            .ok_or_else(|| reading.malformed(format_args!("no algorithm is called {:?}", self.algorithm)))?;
        let key = self.key_id.zip(self.sealed).map(|(key_id, bytes)| SealedBytes { key_id, bytes });
        let template = identity::JwtTemplate {
            claims: reading.json(&self.claims)?,
            name: self.name,
            lifetime: self.lifetime,
            clock_skew: self.clock_skew,
            algorithm,
            own_key: key.is_some(),
        };
        let (created_at, updated_at) = (Timestamp(self.created_at), Timestamp(self.updated_at));
        let value = JwtTemplate { id: self.id, template, key, created_at, updated_at };
        Ok(Versioned { value, version: self.version })
    }
}

pub(crate) async fn save(
    tx: &mut Tx,
    Versioned { value, version }: &Versioned<JwtTemplate>,
) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO jwt_templates (id, name, claims, lifetime, clock_skew, algorithm, key_id, \
        sealed, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    const UPDATE: &str = "UPDATE jwt_templates SET name = $2, claims = $3, lifetime = $4, clock_skew = $5, \
        algorithm = $6, key_id = $7, sealed = $8, updated_at = $10, version = version + 1 \
        WHERE id = $1 AND created_at = $9 AND version = $11";
    let template = &value.template;
    let claims = json(&template.claims)?;
    let (id, name, algorithm) = (value.id.as_str(), template.name.as_str(), template.algorithm.as_str());
    let key_id = value.key.as_ref().map(|key| key.key_id.as_str());
    let sealed = value.key.as_ref().map(|key| key.bytes.as_slice());
    let (lifetime, skew) = (template.lifetime, template.clock_skew);
    let (created_at, updated_at) = (value.created_at.0, value.updated_at.0);
    one(if *version == 0 {
        run!(tx, INSERT, id, name, &claims, lifetime, skew, algorithm, key_id, sealed, created_at, updated_at)
    } else {
        run!(tx, UPDATE, id, name, &claims, lifetime, skew, algorithm, key_id, sealed, created_at, updated_at, *version)
    }?)
}

pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM jwt_templates WHERE id = $1", id)?)
}
