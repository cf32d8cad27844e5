//! Accounts: users, their addresses, their passwords.

use frontdesk_identity::{
    Account, CodeProof, Email, EmailAddress, IdentificationId, Lockout, PasswordDigest, PasswordSummary, SecondFactors,
    SentCode, Timestamp, Totp, User, UserId,
};

use crate::{
    Store, StoreError, Versioned,
    db::{Pool, on, rows},
    external::{ExternalRow, external_columns, external_tables},
    row::{Reading, moment},
};

/// Kind of the identifications that are email addresses.
pub(crate) const EMAIL: &str = "email_address";

/// Columns of an email address with the code under way to it; from [`email_tables`].
macro_rules! email_columns {
    () => {
        "i.id, i.user_id, i.value, i.verified_at, i.reserved, v.sent, v.tries, i.created_at, i.updated_at"
    };
}
/// What [`email_columns`] are read from.
macro_rules! email_tables {
    () => {
        "identifications i LEFT JOIN verifications v ON v.identification_id = i.id AND v.consumed_at IS NULL"
    };
}
/// Columns of a user with what hangs on it, each once; joined by [`USER_JOINS`].
macro_rules! user_columns {
    () => {
        "u.id AS user_id, u.document, u.last_sign_in_at, u.last_active_at AS user_active_at, u.updated_at AS \
         user_updated_at, u.version AS user_version, p.updated_at AS password_updated_at, l.failed, l.locked_until, \
         t.id AS totp_id, t.verified_at AS totp_verified_at, t.last_step AS totp_last_step, t.created_at AS \
         totp_created_at, t.updated_at AS totp_updated_at, \
         (SELECT count(*) FROM backup_codes b WHERE b.user_id = u.id) AS backup_codes"
    };
}
/// What [`user_columns`] are read from, after `users u`.
macro_rules! user_joins {
    () => {
        "LEFT JOIN passwords p ON p.user_id = u.id LEFT JOIN lockouts l ON l.name = u.id \
         LEFT JOIN totps t ON t.user_id = u.id"
    };
}
pub(crate) use {email_columns, email_tables, user_columns, user_joins};

rows! {
    UserRow {
        user_id: String,
        document: String,
        last_sign_in_at: Option<i64>,
        user_active_at: Option<i64>,
        user_updated_at: i64,
        user_version: i64,
        password_updated_at: Option<i64>,
        failed: Option<i64>,
        locked_until: Option<i64>,
        totp_id: Option<String>,
        totp_verified_at: Option<i64>,
        totp_last_step: Option<i64>,
        totp_created_at: Option<i64>,
        totp_updated_at: Option<i64>,
        backup_codes: i64,
    }
    EmailRow {
        id: String,
        user_id: String,
        value: String,
        verified_at: Option<i64>,
        reserved: bool,
        sent: Option<String>,
        tries: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
    PasswordRow {
        digest: String,
        version: i64,
    }
}

impl UserRow {
    /// The account, without its addresses.
    pub(crate) fn account(&self) -> Result<Versioned<Account>, StoreError> {
        let reading = Reading { what: "user", id: &self.user_id };
        let mut user: User = reading.json(&self.document)?;
        user.last_sign_in_at = moment(self.last_sign_in_at);
        user.last_active_at = moment(self.user_active_at);
        user.updated_at = Timestamp(self.user_updated_at);
        let lockout = Lockout {
            failed: reading.count(self.failed.unwrap_or_default())?,
            locked_until: moment(self.locked_until),
        };
        let password = self.password_updated_at.map(|at| PasswordSummary { updated_at: Timestamp(at) });
        let totp = self.totp_id.clone().map(|id| Totp {
            id,
            verified_at: moment(self.totp_verified_at),
            last_step: self.totp_last_step,
            created_at: Timestamp(self.totp_created_at.unwrap_or_default()),
            updated_at: Timestamp(self.totp_updated_at.unwrap_or_default()),
        });
        let second_factors = SecondFactors { totp, backup_codes: reading.count(self.backup_codes)? };
        let value = Account { user, emails: Vec::new(), externals: Vec::new(), password, second_factors, lockout };
        Ok(Versioned { value, version: self.user_version })
    }
}

impl EmailRow {
    pub(crate) fn email(&self) -> Result<EmailAddress, StoreError> {
        let reading = Reading { what: "email address", id: &self.id };
        let code = match &self.sent {
            None => CodeProof::Unprepared,
            Some(sent) => CodeProof::Sent(SentCode {
                tries: reading.count(self.tries.unwrap_or_default())?,
                ..reading.json(sent)?
            }),
        };
        Ok(EmailAddress {
            id: reading.parse(&self.id, IdentificationId::parse)?,
            user_id: reading.parse(&self.user_id, UserId::parse)?,
            email: reading.parse(&self.value, Email::parse)?,
            verified_at: moment(self.verified_at),
            reserved: self.reserved,
            code,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl Store {
    /// The account of a user.
    pub async fn account(&self, id: &UserId) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!("SELECT ", user_columns!(), " FROM users u ", user_joins!(), " WHERE u.id = $1");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, UserRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        self.complete_account(row).await
    }

    /// The account that has claimed this address: it has proven it, or it is kept for it.
    pub async fn account_by_email(&self, email: &Email) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            user_columns!(),
            " FROM identifications i JOIN users u ON u.id = i.user_id ",
            user_joins!(),
            " WHERE i.kind = $1 AND i.value = $2 AND (i.verified_at IS NOT NULL OR i.reserved)"
        );
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, UserRow>(SQL).bind(EMAIL).bind(email.as_str()).fetch_optional(pool).await
        })?;
        self.complete_account(row).await
    }

    /// The address of that id.
    pub async fn email(&self, id: &IdentificationId) -> Result<Option<EmailAddress>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", email_columns!(), " FROM ", email_tables!(), " WHERE i.id = $1 AND i.kind = $2");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, EmailRow>(SQL).bind(id.as_str()).bind(EMAIL).fetch_optional(pool).await
        })?;
        row.as_ref().map(EmailRow::email).transpose()
    }

    /// Whether somebody has claimed this address.
    pub async fn is_claimed(&self, email: &Email) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM identifications i \
                           WHERE i.kind = $1 AND i.value = $2 AND (i.verified_at IS NOT NULL OR i.reserved)";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (String,)>(SQL).bind(EMAIL).bind(email.as_str()).fetch_optional(pool).await
        })?;
        Ok(row.is_some())
    }

    /// The password of a user, with the version that a commit can require.
    pub async fn password(&self, user_id: &UserId) -> Result<Option<Versioned<PasswordDigest>>, StoreError> {
        const SQL: &str = "SELECT digest, version FROM passwords WHERE user_id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, PasswordRow>(SQL).bind(user_id.as_str()).fetch_optional(pool).await
        })?;
        Ok(row.map(|row| Versioned { value: PasswordDigest::new(row.digest), version: row.version }))
    }

    /// The account of a row, with its addresses and accounts elsewhere.
    pub(crate) async fn complete_account(
        &self,
        row: Option<UserRow>,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        const EXTERNALS: &str = concat!(
            "SELECT ",
            external_columns!(),
            " FROM ",
            external_tables!(),
            " WHERE e.user_id = $1 ORDER BY e.created_at, e.id"
        );
        const SQL: &str = concat!(
            "SELECT ",
            email_columns!(),
            " FROM ",
            email_tables!(),
            " WHERE i.user_id = $1 AND i.kind = $2 ORDER BY i.created_at, i.id"
        );
        let Some(row) = row else { return Ok(None) };
        let mut account = row.account()?;
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, EmailRow>(SQL).bind(&row.user_id).bind(EMAIL).fetch_all(pool).await
        })?;
        account.value.emails = rows.iter().map(EmailRow::email).collect::<Result<_, _>>()?;
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ExternalRow>(EXTERNALS).bind(&row.user_id).fetch_all(pool).await
        })?;
        account.value.externals = rows.iter().map(ExternalRow::external).collect::<Result<_, _>>()?;
        Ok(Some(account))
    }
}
