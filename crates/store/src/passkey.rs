//! Passkeys, and the ceremonies in which devices are asked for them.

use frontdesk_identity::{
    Account, ClientId, Credential, CredentialId, IdentificationId, Passkey, Timestamp, UserId, VerificationId,
};

use crate::{
    CommitError, Store, StoreError, Versioned,
    account::{UserRow, user_columns, user_joins},
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{Reading, json, millis, moment},
};

/// A device is asked for a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyCeremony {
    /// Names it.
    pub id: VerificationId,
    /// The client that asks, whose answer alone counts.
    pub client_id: ClientId,
    /// What its answer is good for.
    pub good_for: GoodFor,
    /// What the device is asked, as JSON text.
    pub options: String,
    /// What its answer is held against, in the verifier's own words.
    pub state: String,
    /// When the device was asked.
    pub created_at: Timestamp,
    /// When an answer comes too late.
    pub expire_at: Timestamp,
    /// When it was answered, rightly or not.
    pub taken_at: Option<Timestamp>,
}

/// What the answer to a ceremony is good for, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoodFor {
    /// Signing in whoever answers.
    SignIn,
    /// Adding the passkey of that id to that user.
    Adding(UserId, IdentificationId),
    /// Proving that it is still this user who is signed in.
    Proving(UserId),
}

impl GoodFor {
    /// The user whom it is about, where that is known beforehand.
    fn user(&self) -> Option<&UserId> {
        match self {
            Self::SignIn => None,
            Self::Adding(user, _) | Self::Proving(user) => Some(user),
        }
    }

    /// The passkey that it adds.
    #[must_use]
    pub fn added(&self) -> Option<&IdentificationId> {
        match self {
            Self::Adding(_, passkey) => Some(passkey),
            Self::SignIn | Self::Proving(_) => None,
        }
    }
}

/// Columns of a passkey.
macro_rules! passkey_columns {
    () => {
        "k.id, k.user_id, k.name, k.credential, k.last_used_at, k.created_at, k.updated_at"
    };
}
pub(crate) use passkey_columns;

/// Columns of a ceremony.
macro_rules! ceremony {
    ($by:literal) => {
        concat!(
            "SELECT id, client_id, user_id, passkey_id, options, state, created_at, expire_at, taken_at \
             FROM passkey_ceremonies WHERE ",
            $by,
            " = $1"
        )
    };
}

rows! {
    PasskeyRow {
        id: String,
        user_id: String,
        name: String,
        credential: String,
        last_used_at: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
    CeremonyRow {
        id: String,
        client_id: String,
        user_id: Option<String>,
        passkey_id: Option<String>,
        options: String,
        state: String,
        created_at: i64,
        expire_at: i64,
        taken_at: Option<i64>,
    }
}

impl PasskeyRow {
    pub(crate) fn passkey(&self) -> Result<Passkey, StoreError> {
        let reading = Reading { what: "passkey", id: &self.id };
        let credential: Credential = reading.json(&self.credential)?;
        Ok(Passkey {
            id: reading.parse(&self.id, IdentificationId::parse)?,
            user_id: reading.parse(&self.user_id, UserId::parse)?,
            name: self.name.clone(),
            credential,
            last_used_at: moment(self.last_used_at),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl CeremonyRow {
    fn ceremony(&self) -> Result<PasskeyCeremony, StoreError> {
        let reading = Reading { what: "ceremony of a passkey", id: &self.id };
        let good_for = match (&self.user_id, &self.passkey_id) {
            (Some(user), Some(passkey)) => {
                GoodFor::Adding(reading.parse(user, UserId::parse)?, reading.parse(passkey, IdentificationId::parse)?)
            }
            (Some(user), None) => GoodFor::Proving(reading.parse(user, UserId::parse)?),
            (None, None) => GoodFor::SignIn,
            (None, Some(_)) => return Err(reading.malformed("it adds a passkey to nobody")),
        };
        Ok(PasskeyCeremony {
            id: reading.parse(&self.id, VerificationId::parse)?,
            client_id: reading.parse(&self.client_id, ClientId::parse)?,
            good_for,
            options: self.options.clone(),
            state: self.state.clone(),
            created_at: Timestamp(self.created_at),
            expire_at: Timestamp(self.expire_at),
            taken_at: moment(self.taken_at),
        })
    }
}

impl Store {
    /// The ceremony of that id.
    pub async fn passkey_ceremony(&self, id: &VerificationId) -> Result<Option<PasskeyCeremony>, StoreError> {
        self.ceremony(ceremony!("id"), id.as_str()).await
    }

    /// The ceremony that adds the passkey of that id.
    pub async fn passkey_addition(&self, id: &IdentificationId) -> Result<Option<PasskeyCeremony>, StoreError> {
        self.ceremony(ceremony!("passkey_id"), id.as_str()).await
    }

    async fn ceremony(&self, sql: &'static str, id: &str) -> Result<Option<PasskeyCeremony>, StoreError> {
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, CeremonyRow>(sql).bind(id).fetch_optional(pool).await
        })?;
        row.as_ref().map(CeremonyRow::ceremony).transpose()
    }

    /// Takes the answer to a ceremony: of those that come at once, one is looked at, and none when it is too late.
    pub async fn take_passkey_answer(&self, id: &VerificationId, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE passkey_ceremonies SET taken_at = $2 \
                           WHERE id = $1 AND taken_at IS NULL AND expire_at > $2";
        let written = on!(Pool, &self.write, pool => {
            let query = sqlx::query(SQL).bind(id.as_str()).bind(now.0);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(written == 1)
    }

    /// The account that has this key.
    pub async fn account_by_credential(&self, id: &CredentialId) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            user_columns!(),
            " FROM passkeys k JOIN users u ON u.id = k.user_id ",
            user_joins!(),
            " WHERE k.credential_id = $1"
        );
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, UserRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        self.complete_account(row).await
    }
}

/// Begins a ceremony in place of the client's last one of the same kind.
pub(crate) async fn begin(tx: &mut Tx, ceremony: &PasskeyCeremony) -> Result<(), CommitError> {
    const OLD: &str = "DELETE FROM passkey_ceremonies WHERE client_id = $1 AND coalesce(user_id, '') = $2 \
        AND (passkey_id IS NOT NULL) = $3";
    const NEW: &str = "INSERT INTO passkey_ceremonies (id, client_id, user_id, passkey_id, options, state, created_at, \
        expire_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let user_id = ceremony.good_for.user().map(UserId::as_str);
    let passkey_id = ceremony.good_for.added().map(IdentificationId::as_str);
    run!(tx, OLD, ceremony.client_id.as_str(), user_id.unwrap_or_default(), passkey_id.is_some())?;
    one(run!(
        tx,
        NEW,
        ceremony.id.as_str(),
        ceremony.client_id.as_str(),
        user_id,
        passkey_id,
        ceremony.options.as_str(),
        ceremony.state.as_str(),
        ceremony.created_at.0,
        ceremony.expire_at.0,
    )?)
}

/// Uses a ceremony up whose answer was taken: of many at once that rest on the same, one succeeds.
pub(crate) async fn consume(tx: &mut Tx, id: &VerificationId) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM passkey_ceremonies WHERE id = $1 AND taken_at IS NOT NULL", id.as_str())?)
}

pub(crate) async fn add(tx: &mut Tx, passkey: &Passkey) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO passkeys (id, user_id, credential_id, name, credential, last_used_at, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let credential = json(&passkey.credential)?;
    one(run!(
        tx,
        SQL,
        passkey.id.as_str(),
        passkey.user_id.as_str(),
        passkey.credential.id.as_str(),
        passkey.name.as_str(),
        &credential,
        millis(passkey.last_used_at),
        passkey.created_at.0,
        passkey.updated_at.0,
    )?)
}

/// Writes a passkey that has not changed since the moment that it was seen at.
pub(crate) async fn save(tx: &mut Tx, passkey: &Passkey, seen: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE passkeys SET name = $3, credential = $4, last_used_at = $5, updated_at = $6 \
        WHERE id = $1 AND updated_at = $2";
    let credential = json(&passkey.credential)?;
    one(run!(
        tx,
        SQL,
        passkey.id.as_str(),
        seen.0,
        passkey.name.as_str(),
        &credential,
        millis(passkey.last_used_at),
        passkey.updated_at.0,
    )?)
}

pub(crate) async fn remove(tx: &mut Tx, id: &IdentificationId) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM passkeys WHERE id = $1", id.as_str())?)
}
