//! Accounts: users, their addresses, their passwords.

use frontdesk_identity::{
    Account, CodeProof, Counter, Email, EmailAddress, IdentificationId, Identifier, Lockout, PasswordDigest,
    PasswordSummary, Phone, PhoneNumber, SecondFactors, SentCode, Timestamp, TotpId, TotpSummary, User, UserId,
};

use crate::{
    Store, StoreError, Versioned,
    db::{Pool, on, rows},
    external::{ExternalRow, external_columns, external_tables},
    passkey::{PasskeyRow, passkey_columns},
    row::{Reading, moment},
};

/// Kind of the identifications that are email addresses.
pub(crate) const EMAIL: &str = "email_address";
/// Kind of the identifications that are phone numbers.
pub(crate) const PHONE: &str = "phone_number";
/// Kind of the identifications that are user names; the name stands in the user's document as well.
pub(crate) const USERNAME: &str = "username";

/// Columns of an email address or phone number with the code under way to it; from [`email_tables`].
macro_rules! email_columns {
    () => {
        "i.id, i.user_id, i.kind, i.value, i.verified_at, i.reserved, i.second_factor, i.default_second_factor, v.sent, \
         v.tries, i.created_at, i.updated_at"
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
         user_updated_at, u.version AS user_version, p.updated_at AS password_updated_at, p.version AS \
         password_version, l.failed, l.locked_until, \
         o.locked_until AS closed_until, t.id AS totp_id, t.verified_at AS totp_verified_at, (SELECT count(*) FROM backup_codes b \
         WHERE b.user_id = u.id AND b.used_at IS NULL) AS backup_codes, u.second_factor_enabled_at, \
         u.second_factor_disabled_at"
    };
}
/// What [`user_columns`] are read from, after `users u`: with the wrong tries of strangers, or with those that have another
/// name (`Counter::name`).
macro_rules! user_joins {
    () => {
        user_joins!("u.id")
    };
    ($counter:literal) => {
        concat!(
            "LEFT JOIN passwords p ON p.user_id = u.id LEFT JOIN totps t ON t.user_id = u.id \
             LEFT JOIN lockouts o ON o.name = u.id || ' owner' LEFT JOIN lockouts l ON l.name = ",
            $counter
        )
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
        password_version: Option<i64>,
        failed: Option<i64>,
        locked_until: Option<i64>,
        closed_until: Option<i64>,
        totp_id: Option<String>,
        totp_verified_at: Option<i64>,
        backup_codes: i64,
        second_factor_enabled_at: Option<i64>,
        second_factor_disabled_at: Option<i64>,
    }
    EmailRow {
        id: String,
        user_id: String,
        kind: String,
        value: String,
        verified_at: Option<i64>,
        reserved: bool,
        second_factor: bool,
        default_second_factor: bool,
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
            closed_until: moment(self.closed_until),
        };
        let password = self.password_updated_at.zip(self.password_version);
        let password = password.map(|(at, version)| PasswordSummary { updated_at: Timestamp(at), version });
        let totp = reading.parse_some(self.totp_id.as_deref(), TotpId::parse)?;
        let second_factors = SecondFactors {
            totp: totp.map(|id| TotpSummary { id, verified_at: moment(self.totp_verified_at) }),
            backup_codes: reading.count(self.backup_codes)?,
            enabled_at: moment(self.second_factor_enabled_at),
            disabled_at: moment(self.second_factor_disabled_at),
        };
        let value = Account {
            counter: Counter::strangers(&user.id),
            user,
            emails: Vec::new(),
            phones: Vec::new(),
            externals: Vec::new(),
            passkeys: Vec::new(),
            password,
            second_factors,
            lockout,
        };
        Ok(Versioned { value, version: self.user_version })
    }
}

impl EmailRow {
    /// Whose it is.
    pub(crate) fn user_id(&self) -> Result<UserId, StoreError> {
        Reading { what: "identification", id: &self.id }.parse(&self.user_id, UserId::parse)
    }

    /// Adds it to its account.
    pub(crate) fn add_to(&self, account: &mut Account) -> Result<(), StoreError> {
        match self.kind.as_str() {
            EMAIL => account.emails.push(self.email()?),
            PHONE => account.phones.push(self.phone()?),
            _ => {}
        }
        Ok(())
    }

    fn code(&self, reading: Reading<'_>) -> Result<CodeProof, StoreError> {
        Ok(match &self.sent {
            None => CodeProof::Unprepared,
            Some(sent) => CodeProof::Sent(SentCode {
                tries: reading.count(self.tries.unwrap_or_default())?,
                ..reading.json(sent)?
            }),
        })
    }

    fn phone(&self) -> Result<PhoneNumber, StoreError> {
        let reading = Reading { what: "phone number", id: &self.id };
        Ok(PhoneNumber {
            id: reading.parse(&self.id, IdentificationId::parse)?,
            user_id: reading.parse(&self.user_id, UserId::parse)?,
            phone: reading.parse(&self.value, Phone::parse)?,
            verified_at: moment(self.verified_at),
            reserved: self.reserved,
            second_factor: self.second_factor,
            default_second_factor: self.default_second_factor,
            code: self.code(Reading { what: "phone number", id: &self.id })?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }

    pub(crate) fn email(&self) -> Result<EmailAddress, StoreError> {
        let reading = Reading { what: "email address", id: &self.id };
        let code = self.code(Reading { what: "email address", id: &self.id })?;
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
        self.account_by(EMAIL, email.as_str()).await
    }

    /// The account that has claimed this address, number or name.
    pub async fn account_by_identifier(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        self.account_by(kind_of(identifier), identifier.as_str()).await
    }

    async fn account_by(&self, kind: &str, value: &str) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            user_columns!(),
            " FROM identifications i JOIN users u ON u.id = i.user_id ",
            user_joins!(),
            " WHERE i.kind = $1 AND i.value = $2 AND (i.verified_at IS NOT NULL OR i.reserved)"
        );
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, UserRow>(SQL).bind(kind).bind(value).fetch_optional(pool).await
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

    /// The number of that id.
    pub async fn phone(&self, id: &IdentificationId) -> Result<Option<PhoneNumber>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", email_columns!(), " FROM ", email_tables!(), " WHERE i.id = $1 AND i.kind = $2");
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, EmailRow>(SQL).bind(id.as_str()).bind(PHONE).fetch_optional(pool).await
        })?;
        row.as_ref().map(EmailRow::phone).transpose()
    }

    /// Whether somebody has claimed this address.
    pub async fn is_claimed(&self, email: &Email) -> Result<bool, StoreError> {
        self.has_claimed(EMAIL, email.as_str()).await
    }

    /// Whether somebody has claimed this address, number or name.
    pub async fn is_identifier_claimed(&self, identifier: &Identifier) -> Result<bool, StoreError> {
        self.has_claimed(kind_of(identifier), identifier.as_str()).await
    }

    async fn has_claimed(&self, kind: &str, value: &str) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM identifications i \
                           WHERE i.kind = $1 AND i.value = $2 AND (i.verified_at IS NOT NULL OR i.reserved)";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (String,)>(SQL).bind(kind).bind(value).fetch_optional(pool).await
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

    /// The account of a row, with its addresses, accounts elsewhere and passkeys.
    pub(crate) async fn complete_account(
        &self,
        row: Option<UserRow>,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            email_columns!(),
            " FROM ",
            email_tables!(),
            " WHERE i.user_id = $1 ORDER BY i.created_at, i.id"
        );
        let Some(row) = row else { return Ok(None) };
        let mut account = row.account()?;
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, EmailRow>(SQL).bind(&row.user_id).fetch_all(pool).await
        })?;
        for row in &rows {
            row.add_to(&mut account.value)?;
        }
        let (externals, passkeys) = Box::pin(self.externals_and_passkeys(&row.user_id)).await?;
        account.value.externals = externals.iter().map(ExternalRow::external).collect::<Result<_, _>>()?;
        account.value.passkeys = passkeys.iter().map(PasskeyRow::passkey).collect::<Result<_, _>>()?;
        Ok(Some(account))
    }

    async fn externals_and_passkeys(&self, user: &str) -> Result<(Vec<ExternalRow>, Vec<PasskeyRow>), StoreError> {
        const EXTERNALS: &str = concat!(
            "SELECT ",
            external_columns!(),
            " FROM ",
            external_tables!(),
            " WHERE e.user_id = $1 ORDER BY e.created_at, e.id"
        );
        const PASSKEYS: &str =
            concat!("SELECT ", passkey_columns!(), " FROM passkeys k WHERE k.user_id = $1 ORDER BY k.created_at, k.id");
        let externals = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ExternalRow>(EXTERNALS).bind(user).fetch_all(pool).await
        })?;
        let passkeys = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, PasskeyRow>(PASSKEYS).bind(user).fetch_all(pool).await
        })?;
        Ok((externals, passkeys))
    }

    /// Reads of somebody who has no account, in as many steps as an account is read: an answer about nobody takes as long
    /// as one about somebody. `decoy` stands for them.
    pub async fn nobody(&self, decoy: &str) -> Result<Lockout, StoreError> {
        let lockout = self.lockout(&Counter::strangers(decoy)).await?;
        let _nothing = Box::pin(self.externals_and_passkeys(decoy)).await?;
        Ok(lockout)
    }
}

/// The kind under which an identifier is kept.
fn kind_of(identifier: &Identifier) -> &'static str {
    match identifier {
        Identifier::Email(_) => EMAIL,
        Identifier::Phone(_) => PHONE,
        Identifier::Username(_) => USERNAME,
    }
}
