//! The waitlist.

use frontdesk_identity::{Email, InvitationId, Timestamp, WaitlistEntry, WaitlistEntryId, WaitlistState};
use sqlx::AssertSqlSafe;

use crate::{
    CommitError, Store, StoreError, Versioned,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    directory::pattern,
    row::Reading,
};

/// Which entries are looked for, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitlistFilter {
    /// With this state, if one is said.
    pub state: Option<WaitlistState>,
    /// With this text somewhere in the address or the id.
    pub anywhere: Option<String>,
    /// What they are sorted by.
    pub by: WaitlistSort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What entries are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitlistSort {
    /// When they asked.
    #[default]
    CreatedAt,
    /// The address.
    EmailAddress,
    /// When they were invited; who was not comes last.
    InvitedAt,
}

rows! {
    WaitlistRow {
        id: String,
        email: String,
        state: String,
        invitation_id: Option<String>,
        locale: Option<String>,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
}

const COLUMNS: &str = "w.id, w.email, w.state, w.invitation_id, w.locale, w.created_at, w.updated_at, w.version";
const WHERE: &str =
    "WHERE ($1 = '' OR w.state = $1) AND ($2 = '' OR w.email LIKE $2 ESCAPE '!' OR lower(w.id) LIKE $2 ESCAPE '!')";

impl WaitlistFilter {
    fn state(&self) -> &'static str {
        self.state.map_or("", WaitlistState::as_str)
    }

    fn pattern(&self) -> String {
        self.anywhere.as_deref().map(pattern).unwrap_or_default()
    }
}

impl Store {
    /// The entry of that id.
    pub async fn waitlist_entry(&self, id: &WaitlistEntryId) -> Result<Option<Versioned<WaitlistEntry>>, StoreError> {
        self.waitlist_entry_by("w.id", id.as_str()).await
    }

    /// The entry of that address.
    pub async fn waitlist_entry_of(&self, email: &Email) -> Result<Option<Versioned<WaitlistEntry>>, StoreError> {
        self.waitlist_entry_by("w.email", email.as_str()).await
    }

    async fn waitlist_entry_by(
        &self,
        column: &'static str,
        value: &str,
    ) -> Result<Option<Versioned<WaitlistEntry>>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM waitlist_entries w WHERE {column} = $1");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, WaitlistRow>(AssertSqlSafe(sql)).bind(value).fetch_optional(pool).await
        })?;
        row.map(WaitlistRow::entry).transpose()
    }

    /// A part of the entries that fit.
    pub async fn waitlist_entries(
        &self,
        filter: &WaitlistFilter,
        (offset, limit): (u32, u32),
    ) -> Result<Vec<WaitlistEntry>, StoreError> {
        let by = match filter.by {
            WaitlistSort::CreatedAt => "w.created_at",
            WaitlistSort::EmailAddress => "w.email",
            WaitlistSort::InvitedAt => "i.created_at",
        };
        let direction = if filter.descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT {COLUMNS} FROM waitlist_entries w LEFT JOIN invitations i ON i.id = w.invitation_id {WHERE} \
             ORDER BY {by} {direction} NULLS LAST, w.id {direction} LIMIT $3 OFFSET $4"
        );
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, WaitlistRow>(AssertSqlSafe(sql))
                .bind(filter.state())
                .bind(filter.pattern())
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(pool)
                .await
        })?;
        rows.into_iter().map(|row| row.entry().map(|entry| entry.value)).collect()
    }

    /// How many fit.
    pub async fn count_waitlist_entries(&self, filter: &WaitlistFilter) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM waitlist_entries w {WHERE}");
        Ok(on!(Pool, &self.read, pool => {
            sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql))
                .bind(filter.state())
                .bind(filter.pattern())
                .fetch_one(pool)
                .await
        })?)
    }
}

impl WaitlistRow {
    fn entry(self) -> Result<Versioned<WaitlistEntry>, StoreError> {
        let reading = Reading { what: "waitlist entry", id: &self.id };
        let value = WaitlistEntry {
            id: reading.parse(&self.id, WaitlistEntryId::parse)?,
            email: reading.parse(&self.email, Email::parse)?,
            state: WaitlistState::parse(&self.state)
                .ok_or_else(|| reading.malformed(format_args!("no state is called {:?}", self.state)))?,
            invitation_id: reading.parse_some(self.invitation_id.as_deref(), InvitationId::parse)?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            locale: self.locale,
        };
        Ok(Versioned { value, version: self.version })
    }
}

pub(crate) async fn save(
    tx: &mut Tx,
    Versioned { value, version }: &Versioned<WaitlistEntry>,
) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO waitlist_entries (id, state, invitation_id, updated_at, email, locale, created_at, \
        version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    const UPDATE: &str = "UPDATE waitlist_entries SET state = $2, invitation_id = $3, updated_at = $4, \
        version = version + 1 WHERE id = $1 AND version = $5";
    let invitation = value.invitation_id.as_ref().map(InvitationId::as_str);
    let (id, state, updated_at) = (value.id.as_str(), value.state.as_str(), value.updated_at.0);
    one(if *version == 0 {
        let locale = value.locale.as_deref();
        run!(tx, INSERT, id, state, invitation, updated_at, value.email.as_str(), locale, value.created_at.0)
    } else {
        run!(tx, UPDATE, id, state, invitation, updated_at, *version)
    }?)
}

pub(crate) async fn delete(tx: &mut Tx, id: &WaitlistEntryId, version: i64) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM waitlist_entries WHERE id = $1 AND version = $2", id.as_str(), version)?)
}
