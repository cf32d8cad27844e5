//! The directory of an instance: users as their owner looks for them.

use std::collections::BTreeMap;

use frontdesk_identity::{Account, Email, Phone, Timestamp, UserId, Username};
use sqlx::AssertSqlSafe;

use crate::{
    Store, StoreError, Versioned,
    account::{EMAIL, EmailRow, PHONE, USERNAME, UserRow, email_columns, email_tables, user_columns, user_joins},
    db::{Pool, on},
    external::{ExternalRow, external_columns, external_tables},
    passkey::{PasskeyRow, passkey_columns},
};

/// Moments that something lies between; both ends are part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// From here on.
    pub from: Option<Timestamp>,
    /// Until here.
    pub until: Option<Timestamp>,
}

/// Which users are looked for: those that every part fits. Nothing looks for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// It asks for something that no user has, so that nobody fits.
    pub nobody: bool,
    /// With one of these ids.
    pub ids: Vec<String>,
    /// With none of these ids.
    pub not_ids: Vec<String>,
    /// With one of these ids of the owner's own.
    pub external_ids: Vec<String>,
    /// With none of these ids of the owner's own.
    pub not_external_ids: Vec<String>,
    /// Who have claimed one of these addresses.
    pub emails: Vec<Email>,
    /// Who have claimed one of these numbers.
    pub phones: Vec<Phone>,
    /// Who have one of these user names.
    pub usernames: Vec<Username>,
    /// With this text somewhere in an address, a number, a name or the id.
    pub anywhere: Option<String>,
    /// With this text somewhere in an address.
    pub in_email: Option<String>,
    /// With this text somewhere in a number.
    pub in_phone: Option<String>,
    /// With this text somewhere in the user name.
    pub in_username: Option<String>,
    /// With this text somewhere in the name.
    pub in_name: Option<String>,
    /// Who are shut out, or who are not.
    pub banned: Option<bool>,
    /// When the account was created.
    pub created: Moments,
    /// When the user was last there.
    pub last_active: Moments,
    /// When the user last signed in.
    pub last_sign_in: Moments,
}

/// What users are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSort {
    /// When the account was created.
    #[default]
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// When the user was last there.
    LastActiveAt,
    /// When the user last signed in.
    LastSignInAt,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// The first of the addresses by the alphabet.
    EmailAddress,
    /// The first of the numbers by their digits.
    PhoneNumber,
    /// User name.
    Username,
}

/// The order of a list. Who lacks what it goes by comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserOrder {
    /// What it goes by.
    pub by: UserSort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Entries that are left out at the beginning.
    pub offset: u32,
    /// Most entries.
    pub limit: u32,
    /// The entry that it begins after; for lists by the time of creation.
    pub after: Option<String>,
}

/// A value in a query.
#[derive(Clone, Debug)]
enum Bind {
    Text(String),
    Number(i64),
    Flag(bool),
}

/// A query that grows.
struct Text {
    sql: String,
    binds: Vec<Bind>,
}

/// Runs a query that grew, on either database.
macro_rules! ask {
    ($store:expr, $text:expr, $row:ty) => {{
        let Text { sql, binds } = $text;
        on!(Pool, &$store.read, pool => {
            let mut query = sqlx::query_as::<_, $row>(AssertSqlSafe(sql));
            for bind in binds {
                query = match bind {
                    Bind::Text(text) => query.bind(text),
                    Bind::Number(number) => query.bind(number),
                    Bind::Flag(flag) => query.bind(flag),
                };
            }
            query.fetch_all(pool).await
        })
    }};
}

impl Text {
    fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), binds: Vec::new() }
    }

    /// The place of a value.
    fn place(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    fn places(&mut self, texts: &[String]) -> String {
        texts.iter().map(|text| self.place(Bind::Text(text.clone()))).collect::<Vec<_>>().join(", ")
    }

    fn add(&mut self, part: &str) {
        self.sql.push_str(part);
    }

    fn and(&mut self, condition: &str) {
        self.add(" AND ");
        self.add(condition);
    }

    fn among(&mut self, column: &str, not: bool, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        let places = self.places(texts);
        if not {
            self.and(&format!("({column} IS NULL OR {column} NOT IN ({places}))"));
        } else {
            self.and(&format!("{column} IN ({places})"));
        }
    }

    fn between(&mut self, column: &str, moments: Moments) {
        for (sign, moment) in [(">=", moments.from), ("<=", moments.until)] {
            let Some(moment) = moment else { continue };
            let place = self.place(Bind::Number(moment.0));
            self.and(&format!("{column} {sign} {place}"));
        }
    }

    /// Users of whom one of these columns, or an identifier of these kinds, has the text somewhere.
    fn containing(&mut self, part: Option<&String>, columns: &[&str], kinds: &[&str]) {
        let Some(part) = part else { return };
        let place = self.place(Bind::Text(pattern(part)));
        let mut ways: Vec<_> = columns.iter().map(|column| format!("{column} LIKE {place} ESCAPE '!'")).collect();
        ways.extend(kinds.iter().map(|kind| {
            format!(
                "EXISTS (SELECT 1 FROM identifications i WHERE i.user_id = u.id AND i.kind = '{kind}' \
                 AND i.value LIKE {place} ESCAPE '!')"
            )
        }));
        self.and(&format!("({})", ways.join(" OR ")));
    }

    fn filter(&mut self, filter: &UserFilter) {
        const NAME: &str = "coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')";
        self.add(if filter.nobody { " WHERE 1 = 0" } else { " WHERE 1 = 1" });
        self.among("u.id", false, &filter.ids);
        self.among("u.id", true, &filter.not_ids);
        self.among("u.external_id", false, &filter.external_ids);
        self.among("u.external_id", true, &filter.not_external_ids);
        self.identified(EMAIL, &filter.emails);
        self.identified(PHONE, &filter.phones);
        self.identified(USERNAME, &filter.usernames);
        self.containing(filter.anywhere.as_ref(), &["lower(u.id)", NAME], &[EMAIL, PHONE, USERNAME]);
        self.containing(filter.in_email.as_ref(), &[], &[EMAIL]);
        self.containing(filter.in_phone.as_ref(), &[], &[PHONE]);
        self.containing(filter.in_username.as_ref(), &[], &[USERNAME]);
        self.containing(filter.in_name.as_ref(), &[NAME], &[]);
        if let Some(banned) = filter.banned {
            let place = self.place(Bind::Flag(banned));
            self.and(&format!("u.banned = {place}"));
        }
        self.between("u.created_at", filter.created);
        self.between("u.last_active_at", filter.last_active);
        self.between("u.last_sign_in_at", filter.last_sign_in);
    }

    /// Who have claimed one of these identifiers, if there are any.
    fn identified(&mut self, kind: &str, values: &[impl ToString]) {
        if values.is_empty() {
            return;
        }
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        let places = self.places(&values);
        self.and(&format!(
            "u.id IN (SELECT i.user_id FROM identifications i WHERE i.kind = '{kind}' AND i.value IN ({places}) \
             AND (i.verified_at IS NOT NULL OR i.reserved))"
        ));
    }

    fn page(&mut self, order: UserOrder, page: &Page) {
        let first = |kind: &str| {
            format!("(SELECT min(i.value) FROM identifications i WHERE i.user_id = u.id AND i.kind = '{kind}')")
        };
        let (direction, sign) = if order.descending { ("DESC", "<") } else { ("ASC", ">") };
        if let Some(after) = &page.after {
            let place = self.place(Bind::Text(after.clone()));
            self.and(&format!(
                "(u.created_at, u.id) {sign} (SELECT a.created_at, a.id FROM users a WHERE a.id = {place})"
            ));
        }
        let by = match order.by {
            UserSort::CreatedAt => "u.created_at".to_owned(),
            UserSort::UpdatedAt => "u.updated_at".to_owned(),
            UserSort::LastActiveAt => "u.last_active_at".to_owned(),
            UserSort::LastSignInAt => "u.last_sign_in_at".to_owned(),
            UserSort::FirstName => "u.first_name".to_owned(),
            UserSort::LastName => "u.last_name".to_owned(),
            UserSort::EmailAddress => first(EMAIL),
            UserSort::PhoneNumber => first(PHONE),
            UserSort::Username => first(USERNAME),
        };
        // Everybody has the first two, and an index serves an order only if it is asked for as it is kept.
        let nulls = if matches!(order.by, UserSort::CreatedAt | UserSort::UpdatedAt) { "" } else { " NULLS LAST" };
        let limit = self.place(Bind::Number(page.limit.into()));
        let offset = self.place(Bind::Number(page.offset.into()));
        self.add(&format!(" ORDER BY {by} {direction}{nulls}, u.id {direction} LIMIT {limit} OFFSET {offset}"));
    }
}

/// A pattern that finds a text anywhere, in what is kept in lower case.
pub(crate) fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

impl Store {
    /// A part of the list of those users.
    pub async fn users(
        &self,
        filter: &UserFilter,
        order: UserOrder,
        page: &Page,
    ) -> Result<Vec<Versioned<Account>>, StoreError> {
        const SELECT: &str = concat!("SELECT ", user_columns!(), " FROM users u ", user_joins!());
        let mut text = Text::new(SELECT);
        text.filter(filter);
        text.page(order, page);
        let rows = ask!(self, text, UserRow)?;
        let mut users = rows.iter().map(UserRow::account).collect::<Result<Vec<_>, _>>()?;
        self.identify(&mut users).await?;
        let mut passkeys = self.passkeys_of(&users).await?;
        let mut externals = self.externals_of(&users).await?;
        for user in &mut users {
            user.value.externals = externals.remove(&user.value.user.id).unwrap_or_default();
            user.value.passkeys = passkeys.remove(&user.value.user.id).unwrap_or_default();
        }
        Ok(users)
    }

    /// How many those users are.
    pub async fn count_users(&self, filter: &UserFilter) -> Result<i64, StoreError> {
        let mut text = Text::new("SELECT count(*) FROM users u");
        text.filter(filter);
        let rows = ask!(self, text, (i64,))?;
        Ok(rows.first().map_or(0, |(count,)| *count))
    }

    async fn passkeys_of(
        &self,
        users: &[Versioned<Account>],
    ) -> Result<BTreeMap<UserId, Vec<frontdesk_identity::Passkey>>, StoreError> {
        let mut passkeys = BTreeMap::<_, Vec<_>>::new();
        if users.is_empty() {
            return Ok(passkeys);
        }
        let mut text = Text::new(concat!("SELECT ", passkey_columns!(), " FROM passkeys k WHERE "));
        let ids: Vec<_> = users.iter().map(|user| user.value.user.id.to_string()).collect();
        let places = text.places(&ids);
        text.add(&format!("k.user_id IN ({places}) ORDER BY k.created_at, k.id"));
        for row in ask!(self, text, PasskeyRow)? {
            let passkey = row.passkey()?;
            passkeys.entry(passkey.user_id.clone()).or_default().push(passkey);
        }
        Ok(passkeys)
    }

    async fn externals_of(
        &self,
        users: &[Versioned<Account>],
    ) -> Result<BTreeMap<UserId, Vec<frontdesk_identity::ExternalAccount>>, StoreError> {
        let mut externals = BTreeMap::<_, Vec<_>>::new();
        if users.is_empty() {
            return Ok(externals);
        }
        let mut text = Text::new(concat!("SELECT ", external_columns!(), " FROM ", external_tables!(), " WHERE "));
        let ids: Vec<_> = users.iter().map(|user| user.value.user.id.to_string()).collect();
        let places = text.places(&ids);
        text.add(&format!("e.user_id IN ({places}) ORDER BY e.created_at, e.id"));
        for row in ask!(self, text, ExternalRow)? {
            let external = row.external()?;
            externals.entry(external.user_id.clone()).or_default().push(external);
        }
        Ok(externals)
    }

    /// Adds what identifies them to these users.
    async fn identify(&self, users: &mut [Versioned<Account>]) -> Result<(), StoreError> {
        if users.is_empty() {
            return Ok(());
        }
        let mut text = Text::new(concat!("SELECT ", email_columns!(), " FROM ", email_tables!(), " WHERE "));
        let ids: Vec<_> = users.iter().map(|user| user.value.user.id.to_string()).collect();
        let places = text.places(&ids);
        text.add(&format!("i.user_id IN ({places}) ORDER BY i.created_at, i.id"));
        let mut found = BTreeMap::<UserId, Vec<EmailRow>>::new();
        for row in ask!(self, text, EmailRow)? {
            found.entry(row.user_id()?).or_default().push(row);
        }
        for user in users {
            for row in found.remove(&user.value.user.id).unwrap_or_default() {
                row.add_to(&mut user.value)?;
            }
        }
        Ok(())
    }
}
