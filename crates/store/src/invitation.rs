//! Invitations of the owner.

use frontdesk_identity::{Email, Invitation, InvitationId, InvitationState, InvitationStatus, Metadata, Timestamp};
use sqlx::AssertSqlSafe;

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    directory::pattern,
    row::{Reading, json},
};

/// Which invitations are looked for, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationFilter {
    /// With this status; all that are not revoked if it is not said.
    pub status: Option<InvitationStatus>,
    /// With this text somewhere in the address or the id.
    pub anywhere: Option<String>,
    /// What they are sorted by.
    pub by: InvitationSort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What invitations are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvitationSort {
    /// When they were made.
    #[default]
    CreatedAt,
    /// The address.
    EmailAddress,
    /// When they end.
    ExpiresAt,
}

rows! {
    InvitationRow {
        id: String,
        email: String,
        public_metadata: String,
        redirect_url: Option<String>,
        state: String,
        expire_at: i64,
        created_at: i64,
        updated_at: i64,
    }
}

const COLUMNS: &str = "id, email, public_metadata, redirect_url, state, expire_at, created_at, updated_at";
const WHERE: &str = "WHERE (CASE $1 WHEN '' THEN state <> 'revoked' \
    WHEN 'pending' THEN state = 'pending' AND expire_at > $2 \
    WHEN 'expired' THEN state = 'pending' AND expire_at <= $2 ELSE state = $1 END) \
    AND ($3 = '' OR email LIKE $3 ESCAPE '!' OR lower(id) LIKE $3 ESCAPE '!')";

impl InvitationFilter {
    fn status(&self) -> &'static str {
        self.status.map_or("", InvitationStatus::as_str)
    }

    fn pattern(&self) -> String {
        self.anywhere.as_deref().map(pattern).unwrap_or_default()
    }
}

impl Store {
    /// The invitation of that id, whatever became of it.
    pub async fn invitation(&self, id: &InvitationId) -> Result<Option<Invitation>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM invitations WHERE id = $1");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, InvitationRow>(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.map(InvitationRow::invitation).transpose()
    }

    /// Whether somebody can come by an invitation of this address at that moment.
    pub async fn is_invited(&self, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM invitations WHERE email = $1 AND state = 'pending' AND expire_at > $2";
        let found = on!(Pool, &self.read, pool => {
            sqlx::query_scalar::<_, i64>(SQL).bind(email.as_str()).bind(now.0).fetch_one(pool).await
        })?;
        Ok(found > 0)
    }

    /// A part of the invitations that fit.
    pub async fn invitations(
        &self,
        filter: &InvitationFilter,
        (offset, limit): (u32, u32),
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        let by = match filter.by {
            InvitationSort::CreatedAt => "created_at",
            InvitationSort::EmailAddress => "email",
            InvitationSort::ExpiresAt => "expire_at",
        };
        let direction = if filter.descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT {COLUMNS} FROM invitations {WHERE} ORDER BY {by} {direction}, id {direction} LIMIT $4 OFFSET $5"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, InvitationRow>(AssertSqlSafe(sql))
                .bind(filter.status())
                .bind(now.0)
                .bind(filter.pattern())
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(pool)
                .await
        })?;
        rows.into_iter().map(InvitationRow::invitation).collect()
    }

    /// How many fit.
    pub async fn count_invitations(&self, filter: &InvitationFilter, now: Timestamp) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM invitations {WHERE}");
        Ok(on!(Pool, &self.read, pool => {
            sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql))
                .bind(filter.status())
                .bind(now.0)
                .bind(filter.pattern())
                .fetch_one(pool)
                .await
        })?)
    }
}

impl InvitationRow {
    fn invitation(self) -> Result<Invitation, StoreError> {
        let reading = Reading { what: "invitation", id: &self.id };
        Ok(Invitation {
            id: reading.parse(&self.id, InvitationId::parse)?,
            email: reading.parse(&self.email, Email::parse)?,
            public_metadata: reading.json::<Metadata>(&self.public_metadata)?,
            state: InvitationState::parse(&self.state)
                .ok_or_else(|| reading.malformed(format_args!("no state is called {:?}", self.state)))?,
            expire_at: Timestamp(self.expire_at),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            redirect_url: self.redirect_url,
        })
    }
}

/// Of many at once that invite the same address, one succeeds, unless there may be others beside it.
pub(crate) async fn invite(
    tx: &mut Tx,
    invitation: &Invitation,
    beside: bool,
    now: Timestamp,
) -> Result<(), CommitError> {
    const OVER: &str = "UPDATE invitations SET open_for = NULL WHERE open_for = $1 AND expire_at <= $2";
    const SQL: &str = "INSERT INTO invitations (id, email, public_metadata, redirect_url, state, open_for, expire_at, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let email = invitation.email.as_str();
    run!(tx, OVER, email, now.0)?;
    let metadata = json(&invitation.public_metadata)?;
    one(run!(
        tx,
        SQL,
        invitation.id.as_str(),
        email,
        &metadata,
        invitation.redirect_url.as_deref(),
        invitation.state.as_str(),
        (!beside).then_some(email),
        invitation.expire_at.0,
        invitation.created_at.0,
        invitation.updated_at.0,
    )?)
}

/// Of many at once that settle the same invitation, one succeeds. Whoever waited for an account by it has one then.
pub(crate) async fn settle(
    tx: &mut Tx,
    id: &InvitationId,
    state: InvitationState,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE invitations SET state = $2, open_for = NULL, \
        updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END \
        WHERE id = $1 AND state = 'pending' AND (expire_at > $3 OR $2 <> 'accepted')";
    const ASKED: &str = "UPDATE waitlist_entries SET state = 'completed', version = version + 1, \
        updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE invitation_id = $1";
    one(run!(tx, SQL, id.as_str(), state.as_str(), now.0)?)?;
    if state == InvitationState::Accepted {
        run!(tx, ASKED, id.as_str(), now.0)?;
    }
    Ok(())
}
