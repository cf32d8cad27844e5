//! Tokens that sign a user in once.

use frontdesk_identity::{SignInToken, SignInTokenId, SignInTokenState, Timestamp, UserId};

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::Reading,
};

rows! {
    TicketRow {
        id: String,
        user_id: String,
        state: String,
        expire_at: i64,
        created_at: i64,
        updated_at: i64,
    }
}

impl Store {
    /// The token of that id, whatever became of it.
    pub async fn sign_in_token(&self, id: &SignInTokenId) -> Result<Option<SignInToken>, StoreError> {
        const SQL: &str = "SELECT id, user_id, state, expire_at, created_at, updated_at \
                           FROM sign_in_tokens WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, TicketRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        let Some(row) = row else { return Ok(None) };
        let reading = Reading { what: "sign-in token", id: &row.id };
        let state = SignInTokenState::parse(&row.state)
            .ok_or_else(|| reading.malformed(format_args!("no state is called {:?}", row.state)))?;
        Ok(Some(SignInToken {
            id: id.clone(),
            user_id: reading.parse(&row.user_id, UserId::parse)?,
            state,
            expire_at: Timestamp(row.expire_at),
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        }))
    }
}

pub(crate) async fn give(tx: &mut Tx, token: &SignInToken) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO sign_in_tokens (id, user_id, state, expire_at, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    one(run!(
        tx,
        SQL,
        token.id.as_str(),
        token.user_id.as_str(),
        token.state.as_str(),
        token.expire_at.0,
        token.created_at.0,
        token.updated_at.0,
    )?)
}

/// Of many at once that settle the same token, one succeeds.
pub(crate) async fn settle(
    tx: &mut Tx,
    id: &SignInTokenId,
    state: SignInTokenState,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE sign_in_tokens SET state = $2, \
        updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at + 1 END WHERE id = $1 AND state = $3";
    one(run!(tx, SQL, id.as_str(), state.as_str(), SignInTokenState::Pending.as_str(), now.0)?)
}
