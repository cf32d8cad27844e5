//! Clients, and everything that an answer shows of one.

use std::collections::BTreeMap;

use frontdesk_identity::{
    Account, Client, ClientId, Lane, Session, SessionId, SignIn, SignInId, SignUp, SignUpId, Strategy, Timestamp,
    UserId, session::LISTED_MS,
};

use crate::{
    Store, StoreError, Versioned,
    account::{EmailRow, UserRow, email_columns, email_tables, user_columns, user_joins},
    db::{Pool, on, rows},
    external::{ExternalRow, external_columns, external_tables},
    passkey::{PasskeyRow, passkey_columns},
    row::{Reading, moment},
    session::{SessionRow, session_columns},
};

/// How often a client is read again because somebody changed it meanwhile. A transaction for each reading would cost
/// every answer two more round trips for what happens to hardly any.
const READ_AGAIN: usize = 50;

/// A client with its sessions, their accounts, and its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientView {
    /// The client.
    pub client: Versioned<Client>,
    /// Its sessions, oldest first: those that nobody ended, and those that were ended and may still be listed. Whose
    /// time is over by the clock is left out; whatever else the policy says of them is for the rules.
    pub sessions: Vec<Versioned<Session>>,
    /// The accounts of the sessions.
    pub accounts: BTreeMap<UserId, Versioned<Account>>,
    /// The sign-in under way.
    pub sign_in: Option<Versioned<SignIn>>,
    /// The sign-up under way.
    pub sign_up: Option<Versioned<SignUp>>,
}

impl ClientView {
    /// The sessions without their versions, as the rules take them.
    #[must_use]
    pub fn plain_sessions(&self) -> Vec<Session> {
        self.sessions.iter().map(|session| session.value.clone()).collect()
    }

    /// The session of that id and its account, if the client has it.
    #[must_use]
    pub fn session(&self, id: &str) -> Option<(&Versioned<Session>, &Versioned<Account>)> {
        let session = self.sessions.iter().find(|session| session.value.id.as_str() == id)?;
        Some((session, self.accounts.get(&session.value.user_id)?))
    }
}

rows! {
    ClientRow {
        id: String,
        generation: i64,
        generation_used_at: Option<i64>,
        sign_in_id: Option<String>,
        sign_up_id: Option<String>,
        last_active_session_id: Option<String>,
        last_strategy: Option<String>,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
}

/// A session and its user in one row.
struct SessionUserRow(SessionRow, UserRow);

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for SessionUserRow
where
    SessionRow: sqlx::FromRow<'r, R>,
    UserRow: sqlx::FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self(SessionRow::from_row(row)?, UserRow::from_row(row)?))
    }
}

impl ClientRow {
    fn client(self) -> Result<Versioned<Client>, StoreError> {
        let reading = Reading { what: "client", id: &self.id };
        let value = Client {
            id: reading.parse(&self.id, ClientId::parse)?,
            generation: self.generation,
            generation_used_at: moment(self.generation_used_at),
            sign_in_id: reading.parse_some(self.sign_in_id.as_deref(), SignInId::parse)?,
            sign_up_id: reading.parse_some(self.sign_up_id.as_deref(), SignUpId::parse)?,
            last_active_session_id: reading.parse_some(self.last_active_session_id.as_deref(), SessionId::parse)?,
            // A word that a newer version wrote is none of ours; it only helps the screen.
            last_strategy: self.last_strategy.as_deref().and_then(Strategy::parse),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        };
        Ok(Versioned { value, version: self.version })
    }
}

impl Store {
    /// A client alone.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Versioned<Client>>, StoreError> {
        const SQL: &str = "SELECT id, generation, generation_used_at, sign_in_id, sign_up_id, last_active_session_id, \
                           last_strategy, created_at, updated_at, version FROM clients WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ClientRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.map(ClientRow::client).transpose()
    }

    /// A client with everything that an answer shows of it, all of one moment: what is older than the client's version
    /// that it comes with would stand over newer answers at those who compare them.
    pub async fn client_view(&self, id: &ClientId, now: Timestamp) -> Result<Option<ClientView>, StoreError> {
        let mut view = self.read_client_view(id, now).await?;
        for _ in 0..READ_AGAIN {
            let version = view.as_ref().map(|view| view.client.version);
            if self.client(id).await?.map(|client| client.version) == version {
                break;
            }
            view = self.read_client_view(id, now).await?;
        }
        Ok(view)
    }

    async fn read_client_view(&self, id: &ClientId, now: Timestamp) -> Result<Option<ClientView>, StoreError> {
        let Some(client) = self.client(id).await? else { return Ok(None) };
        let (sessions, accounts) = self.sessions_of_client(id, now).await?;
        let sign_in = match &client.value.sign_in_id {
            Some(id) => self.sign_in(id).await?,
            None => None,
        };
        let sign_up = match &client.value.sign_up_id {
            Some(id) => self.sign_up(id).await?,
            None => None,
        };
        Ok(Some(ClientView { client, sessions, accounts, sign_in, sign_up }))
    }

    /// Notes that a client's current token was used for the first time; false if it was used before or is no longer
    /// the current one.
    pub async fn note_client_use(&self, id: &ClientId, generation: i64, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE clients SET generation_used_at = $3, version = version + 1 \
                           WHERE id = $1 AND generation = $2 AND generation_used_at IS NULL";
        let written = on!(Pool, &self.write, pool => {
            sqlx::query(SQL)
                .bind(id.as_str())
                .bind(generation)
                .bind(now.0)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(written == 1)
    }

    async fn sessions_of_client(
        &self,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<(Vec<Versioned<Session>>, BTreeMap<UserId, Versioned<Account>>), StoreError> {
        const SESSIONS: &str = concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            user_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id ",
            user_joins!("u.id || ' ' || s.client_id"),
            " WHERE s.client_id = $1 AND (s.ended_how IS NULL OR s.ended_how <> 'removed' AND s.ended_at > $2) ORDER BY s.created_at, s.id"
        );
        const EMAILS: &str = concat!(
            "SELECT ",
            email_columns!(),
            " FROM ",
            email_tables!(),
            " WHERE i.user_id IN (SELECT s.user_id FROM sessions s \
              WHERE s.client_id = $1) ORDER BY i.created_at, i.id"
        );
        const EXTERNALS: &str = concat!(
            "SELECT ",
            external_columns!(),
            " FROM ",
            external_tables!(),
            " WHERE e.user_id IN (SELECT s.user_id FROM sessions s WHERE s.client_id = $1) ORDER BY e.created_at, e.id"
        );
        const PASSKEYS: &str = concat!(
            "SELECT ",
            passkey_columns!(),
            " FROM passkeys k WHERE k.user_id IN (SELECT s.user_id FROM sessions s WHERE s.client_id = $1) \
              ORDER BY k.created_at, k.id"
        );
        // Those that were over before are shown no more.
        let since = now.plus(-LISTED_MS);
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SessionUserRow>(SESSIONS).bind(id.as_str()).bind(since.0).fetch_all(pool).await
        })?;
        let (mut sessions, mut accounts) = (Vec::with_capacity(rows.len()), BTreeMap::new());
        for SessionUserRow(session, user) in rows {
            let session = session.session()?;
            if !accounts.contains_key(&session.value.user_id) {
                let mut account = user.account()?;
                // What strangers try is nothing to whoever is, or was, signed in here.
                account.value.counter.lane = Lane::Device(id.clone());
                accounts.insert(session.value.user_id.clone(), account);
            }
            sessions.push(session);
        }
        if !sessions.is_empty() {
            let rows = on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, EmailRow>(EMAILS).bind(id.as_str()).fetch_all(pool).await
            })?;
            for row in rows {
                if let Some(account) = accounts.get_mut(&row.user_id()?) {
                    row.add_to(&mut account.value)?;
                }
            }
            let rows = on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, ExternalRow>(EXTERNALS).bind(id.as_str()).fetch_all(pool).await
            })?;
            for row in rows {
                let external = row.external()?;
                if let Some(account) = accounts.get_mut(&external.user_id) {
                    account.value.externals.push(external);
                }
            }
            let rows = on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, PasskeyRow>(PASSKEYS).bind(id.as_str()).fetch_all(pool).await
            })?;
            for row in rows {
                let passkey = row.passkey()?;
                if let Some(account) = accounts.get_mut(&passkey.user_id) {
                    account.value.passkeys.push(passkey);
                }
            }
        }
        Ok((sessions, accounts))
    }
}
