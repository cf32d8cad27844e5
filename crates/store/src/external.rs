//! Accounts that users have elsewhere, and the ways out to prove them.

use frontdesk_identity::{
    Account, ClientId, ConnectionKey, ExternalAccount, ExternalAccountId, ExternalOutcome, ExternalProof,
    ExternalRefusal, Profile, SessionId, SignInId, SignUpId, Timestamp, UserId, VerificationId,
};

use crate::{
    CommitError, SealedBytes, Store, StoreError, Versioned,
    account::{UserRow, user_columns, user_joins},
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{Reading, json, millis, moment},
};

/// What a way out is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternalPurpose {
    /// A sign-in.
    SignIn(SignInId),
    /// A sign-up.
    SignUp(SignUpId),
    /// An account elsewhere of somebody who is signed in.
    Connect {
        /// The account elsewhere.
        external: ExternalAccountId,
        /// The session that asked for it.
        session: SessionId,
    },
}

/// A way out to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalFlow {
    /// Names it.
    pub id: VerificationId,
    /// The client that began it, and alone can redeem it.
    pub client_id: ClientId,
    /// What it is for.
    pub purpose: ExternalPurpose,
    /// To where.
    pub connection: ConnectionKey,
    /// How the token of the client travels, in the caller's own word.
    pub carrier: String,
    /// Where the browser is sent at the end.
    pub redirect_url: String,
    /// Where it is sent when nothing is left to do.
    pub complete_url: String,
    /// When it is not waited for any more.
    pub expire_at: Timestamp,
    /// When the browser came back.
    pub answered_at: Option<Timestamp>,
    /// What the provider said.
    pub answer: Option<Result<Profile, String>>,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
}

/// What a provider lets the instance do for a user. Each token is sealed for connection and subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedGrant {
    /// Which key sealed them.
    pub key_id: String,
    /// The access token.
    pub access: Option<Vec<u8>>,
    /// The token that renews it.
    pub refresh: Option<Vec<u8>>,
    /// When the access token ends, if it does.
    pub expire_at: Option<Timestamp>,
}

impl SealedGrant {
    /// One of its tokens as it can be opened.
    #[must_use]
    pub fn sealed(&self, token: Option<&Vec<u8>>) -> Option<SealedBytes> {
        token.map(|bytes| SealedBytes { key_id: self.key_id.clone(), bytes: bytes.clone() })
    }
}

/// Columns of an account elsewhere, with what became of the way out that it waits for.
macro_rules! external_columns {
    () => {
        "e.id, e.user_id, e.proof, e.profile, e.access IS NOT NULL AS granted, f.failure, e.created_at, e.updated_at"
    };
}
/// What [`external_columns`] are read from.
macro_rules! external_tables {
    () => {
        "external_accounts e LEFT JOIN external_flows f ON f.external_account_id = e.id AND f.failure IS NOT NULL \
         AND f.redeemed_at IS NULL"
    };
}
/// Forgets what a provider gave. The account stays linked.
macro_rules! drop_grant {
    () => {
        "UPDATE external_accounts SET key_id = NULL, access = NULL, refresh = NULL, token_expire_at = NULL WHERE id = $1"
    };
}
pub(crate) use {external_columns, external_tables};

rows! {
    ExternalRow {
        id: String,
        user_id: String,
        proof: String,
        profile: Option<String>,
        granted: bool,
        failure: Option<String>,
        created_at: i64,
        updated_at: i64,
    }
    FlowRow {
        id: String,
        client_id: String,
        sign_in_id: Option<String>,
        sign_up_id: Option<String>,
        external_account_id: Option<String>,
        session_id: Option<String>,
        connection: String,
        carrier: String,
        redirect_url: String,
        complete_url: String,
        expire_at: i64,
        answered_at: Option<i64>,
        profile: Option<String>,
        failure: Option<String>,
        redeemed_at: Option<i64>,
    }
    GrantRow {
        key_id: Option<String>,
        access: Option<Vec<u8>>,
        refresh: Option<Vec<u8>>,
        token_expire_at: Option<i64>,
    }
    FailureRow {
        failure: Option<String>,
        answered_at: Option<i64>,
    }
}

impl ExternalRow {
    pub(crate) fn external(&self) -> Result<ExternalAccount, StoreError> {
        let reading = Reading { what: "account elsewhere", id: &self.id };
        let mut proof: ExternalProof = reading.json(&self.proof)?;
        if let (ExternalOutcome::Waiting, Some(reason)) = (&proof.outcome, &self.failure) {
            proof.outcome = failed(reason);
        }
        Ok(ExternalAccount {
            id: reading.parse(&self.id, ExternalAccountId::parse)?,
            user_id: reading.parse(&self.user_id, UserId::parse)?,
            proof,
            profile: self.profile.as_deref().map(|profile| reading.json(profile)).transpose()?,
            granted: self.granted,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl FlowRow {
    fn flow(&self) -> Result<ExternalFlow, StoreError> {
        let reading = Reading { what: "way out", id: &self.id };
        let purpose = match (&self.sign_in_id, &self.sign_up_id, &self.external_account_id, &self.session_id) {
            (Some(id), None, None, None) => ExternalPurpose::SignIn(reading.parse(id, SignInId::parse)?),
            (None, Some(id), None, None) => ExternalPurpose::SignUp(reading.parse(id, SignUpId::parse)?),
            (None, None, Some(id), Some(session)) => ExternalPurpose::Connect {
                external: reading.parse(id, ExternalAccountId::parse)?,
                session: reading.parse(session, SessionId::parse)?,
            },
            _ => return Err(reading.malformed("it is for nothing, or for several things")),
        };
        let answer = match (&self.profile, &self.failure) {
            (Some(profile), _) => Some(Ok(reading.json(profile)?)),
            (None, Some(reason)) => Some(Err(reason.clone())),
            (None, None) => None,
        };
        let connection = ConnectionKey::parse(&self.connection);
        Ok(ExternalFlow {
            id: reading.parse(&self.id, VerificationId::parse)?,
            client_id: reading.parse(&self.client_id, ClientId::parse)?,
            purpose,
            connection: connection.ok_or_else(|| reading.malformed("its connection has no such name"))?,
            carrier: self.carrier.clone(),
            redirect_url: self.redirect_url.clone(),
            complete_url: self.complete_url.clone(),
            expire_at: Timestamp(self.expire_at),
            answered_at: moment(self.answered_at),
            answer,
            redeemed_at: moment(self.redeemed_at),
        })
    }
}

impl From<GrantRow> for SealedGrant {
    fn from(row: GrantRow) -> Self {
        Self {
            key_id: row.key_id.unwrap_or_default(),
            access: row.access,
            refresh: row.refresh,
            expire_at: moment(row.token_expire_at),
        }
    }
}

fn failed(reason: &str) -> ExternalOutcome {
    ExternalOutcome::Failed(ExternalRefusal::Provider { reason: reason.to_owned() })
}

impl Store {
    /// A way out.
    pub async fn external_flow(&self, id: &VerificationId) -> Result<Option<ExternalFlow>, StoreError> {
        const SQL: &str = "SELECT id, client_id, sign_in_id, sign_up_id, external_account_id, session_id, connection, \
            carrier, redirect_url, complete_url, expire_at, answered_at, profile, failure, redeemed_at \
            FROM external_flows WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, FlowRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.as_ref().map(FlowRow::flow).transpose()
    }

    /// Takes the browser's coming back: of those that come at once, one does, and none when it is too late.
    pub async fn take_external_answer(&self, id: &VerificationId, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE external_flows SET answered_at = $2 \
                           WHERE id = $1 AND answered_at IS NULL AND expire_at > $2";
        let written = on!(Pool, &self.write, pool => {
            let query = sqlx::query(SQL).bind(id.as_str()).bind(now.0);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(written == 1)
    }

    /// Writes down what the provider said; nothing counts before the client redeems it.
    pub async fn keep_external_answer(
        &self,
        id: &VerificationId,
        profile: &Profile,
        grant: &SealedGrant,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE external_flows SET profile = $2, key_id = $3, access = $4, refresh = $5, \
            token_expire_at = $6, answered_at = $7 WHERE id = $1 AND profile IS NULL AND failure IS NULL";
        let profile = json(profile)?;
        on!(Pool, &self.write, pool => {
            let query = sqlx::query(SQL).bind(id.as_str()).bind(&profile).bind(&grant.key_id);
            let query = query.bind(grant.access.as_deref()).bind(grant.refresh.as_deref());
            query.bind(millis(grant.expire_at)).bind(now.0).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Writes down why a way out led to nothing.
    pub async fn fail_external(&self, id: &VerificationId, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE external_flows SET failure = $2, answered_at = $3 \
                           WHERE id = $1 AND profile IS NULL AND failure IS NULL";
        on!(Pool, &self.write, pool => {
            sqlx::query(SQL).bind(id.as_str()).bind(reason).bind(now.0).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// The account that this account elsewhere is linked to.
    pub async fn account_by_external(
        &self,
        connection: ConnectionKey,
        subject: &str,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            user_columns!(),
            " FROM external_accounts e JOIN users u ON u.id = e.user_id ",
            user_joins!(),
            " WHERE e.connection = $1 AND e.subject = $2"
        );
        let row = on!(Pool, &self.read, pool => {
            let query = sqlx::query_as::<_, UserRow>(SQL).bind(connection.as_str()).bind(subject);
            query.fetch_optional(pool).await
        })?;
        self.complete_account(row).await
    }

    /// What the provider lets the instance do for the holder of an account elsewhere.
    pub async fn external_grant(&self, id: &ExternalAccountId) -> Result<Option<SealedGrant>, StoreError> {
        const SQL: &str = "SELECT key_id, access, refresh, token_expire_at FROM external_accounts WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, GrantRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        Ok(row.map(SealedGrant::from).filter(|grant| grant.access.is_some()))
    }

    /// Writes a renewed grant in place of `old`; false if somebody else has renewed it meanwhile. A provider that gives no
    /// new token for renewing leaves the old one good.
    pub async fn renew_external_grant(
        &self,
        id: &ExternalAccountId,
        old: &SealedGrant,
        new: &SealedGrant,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE external_accounts SET key_id = $2, access = $3, refresh = coalesce($4, refresh), \
                           token_expire_at = $5 WHERE id = $1 AND access = $6";
        let written = on!(Pool, &self.write, pool => {
            let query = sqlx::query(SQL).bind(id.as_str()).bind(&new.key_id).bind(new.access.as_deref());
            let query = query.bind(new.refresh.as_deref()).bind(millis(new.expire_at)).bind(old.access.as_deref());
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(written == 1)
    }

    /// Gives up a grant of which the provider has said that it renews nothing any more, unless another one has taken its
    /// place.
    pub async fn give_up_external_grant(&self, id: &ExternalAccountId, old: &SealedGrant) -> Result<(), StoreError> {
        const SQL: &str = concat!(drop_grant!(), " AND access = $2");
        on!(Pool, &self.write, pool => {
            sqlx::query(SQL).bind(id.as_str()).bind(old.access.as_deref()).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// What became of the way out that an attempt waits for, as far as it is not redeemed: why it led to nothing, and when
    /// that was known.
    pub(crate) async fn overlay_failure(
        &self,
        proof: &mut Option<ExternalProof>,
        updated_at: &mut Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "SELECT failure, answered_at FROM external_flows WHERE id = $1 AND failure IS NOT NULL";
        let Some(proof) = proof.as_mut().filter(|proof| proof.outcome == ExternalOutcome::Waiting) else {
            return Ok(());
        };
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, FailureRow>(SQL).bind(proof.id.as_str()).fetch_optional(pool).await
        })?;
        if let Some(FailureRow { failure: Some(reason), answered_at }) = row {
            proof.outcome = failed(&reason);
            *updated_at = (*updated_at).max(moment(answered_at).unwrap_or_default());
        }
        Ok(())
    }
}

pub(crate) async fn begin(tx: &mut Tx, flow: &ExternalFlow) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO external_flows (id, client_id, sign_in_id, sign_up_id, external_account_id, \
        session_id, connection, carrier, redirect_url, complete_url, expire_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let (mut sign_in, mut sign_up, mut external, mut session) = (None, None, None, None);
    match &flow.purpose {
        ExternalPurpose::SignIn(id) => sign_in = Some(id.as_str()),
        ExternalPurpose::SignUp(id) => sign_up = Some(id.as_str()),
        ExternalPurpose::Connect { external: id, session: asked } => {
            (external, session) = (Some(id.as_str()), Some(asked.as_str()));
        }
    }
    one(run!(
        tx,
        SQL,
        flow.id.as_str(),
        flow.client_id.as_str(),
        sign_in,
        sign_up,
        external,
        session,
        flow.connection.as_str(),
        flow.carrier.as_str(),
        flow.redirect_url.as_str(),
        flow.complete_url.as_str(),
        flow.expire_at.0,
    )?)
}

/// Of many at once that redeem the same, one succeeds.
pub(crate) async fn redeem(tx: &mut Tx, id: &VerificationId, now: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE external_flows SET redeemed_at = $2 \
                       WHERE id = $1 AND redeemed_at IS NULL AND profile IS NOT NULL";
    one(run!(tx, SQL, id.as_str(), now.0)?)
}

/// Writes an account elsewhere, new or known; what the instance may do there stays.
pub(crate) async fn save(tx: &mut Tx, external: &ExternalAccount) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO external_accounts (id, user_id, connection, subject, proof, profile, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
        subject = excluded.subject, proof = excluded.proof, profile = excluded.profile, updated_at = excluded.updated_at";
    let proof = json(&external.proof)?;
    let profile = external.profile.as_ref().map(json).transpose()?;
    one(run!(
        tx,
        SQL,
        external.id.as_str(),
        external.user_id.as_str(),
        external.proof.connection.as_str(),
        external.profile.as_ref().map(|profile| profile.subject.as_str()),
        &proof,
        profile,
        external.created_at.0,
        external.updated_at.0,
    )?)
}

/// Links an account elsewhere, with what the provider gave on that way out. Providers give the token that renews the rest
/// the first time alone: one that is there stays.
pub(crate) async fn link(tx: &mut Tx, external: &ExternalAccount, flow: &VerificationId) -> Result<(), CommitError> {
    const GRANT: &str = "UPDATE external_accounts SET \
        key_id = coalesce((SELECT f.key_id FROM external_flows f WHERE f.id = $2), key_id), \
        access = coalesce((SELECT f.access FROM external_flows f WHERE f.id = $2), access), \
        refresh = coalesce((SELECT f.refresh FROM external_flows f WHERE f.id = $2), refresh), \
        token_expire_at = (SELECT f.token_expire_at FROM external_flows f WHERE f.id = $2) WHERE id = $1";
    const TAKEN: &str = "UPDATE external_flows SET access = NULL, refresh = NULL WHERE id = $1";
    save(tx, external).await?;
    one(run!(tx, GRANT, external.id.as_str(), flow.as_str())?)?;
    run!(tx, TAKEN, flow.as_str())?;
    Ok(())
}

/// Forgets what the provider gave the instance for its holder.
pub(crate) async fn give_up(tx: &mut Tx, id: &ExternalAccountId) -> Result<(), CommitError> {
    one(run!(tx, drop_grant!(), id.as_str())?)
}

pub(crate) async fn unlink(tx: &mut Tx, id: &ExternalAccountId) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM external_accounts WHERE id = $1", id.as_str())?)
}
