//! Many users at once, for measuring what their number costs.

use crate::{Store, StoreError, db::run};

/// An odd power of three: multiplied with it, numbers in a row are spread over all numbers of twelve digits, as ids are.
const SPREAD: u64 = 387_420_489;
/// Numbers of twelve digits.
const NUMBERS: u64 = 1_000_000_000_000;

/// Rows `i` with their digits `d`; both databases understand it.
macro_rules! crowd {
    ($insert:literal, $select:literal) => {
        concat!(
            "INSERT INTO ",
            $insert,
            " WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)), \
             spread (i, t) AS (SELECT i, CAST(i * 387420489 % 1000000000000 AS TEXT) FROM n), \
             digits (i, d) AS (SELECT i, substr('000000000000' || t, length(t) + 1) FROM spread) SELECT ",
            $select
        )
    };
}

/// Adds `count` users who are like the one with this id, with an address, a password, a client and a session each.
///
/// # Errors
/// What the database says.
pub async fn crowd(store: &Store, like: &str, count: u32) -> Result<(), StoreError> {
    const USERS: &str = crowd!(
        "users (id, document, last_sign_in_at, last_active_at, created_at, updated_at, version, first_name, last_name)",
        "substr(u.id, 1, 20) || d, replace(replace(u.document, u.id, substr(u.id, 1, 20) || d), e.id, substr(e.id, 1, 19) || d), \
         u.last_sign_in_at, u.last_active_at, u.created_at - i, u.updated_at, 1, 'given' || d, 'family' || d \
         FROM digits, users u JOIN identifications e ON e.user_id = u.id WHERE u.id = $2"
    );
    const ADDRESSES: &str = crowd!(
        "identifications (id, user_id, kind, value, verified_at, reserved, created_at, updated_at)",
        "substr(e.id, 1, 19) || d, substr(e.user_id, 1, 20) || d, e.kind, 'crowd' || d || '@example.com', e.verified_at, \
         e.reserved, e.created_at, e.updated_at FROM digits, identifications e WHERE e.user_id = $2"
    );
    const PASSWORDS: &str = crowd!(
        "passwords (user_id, digest, updated_at, version)",
        "substr(p.user_id, 1, 20) || d, p.digest, p.updated_at, 1 FROM digits, passwords p WHERE p.user_id = $2"
    );
    const CLIENTS: &str = crowd!(
        "clients (id, generation, last_active_session_id, created_at, updated_at, version)",
        "substr(c.id, 1, 22) || d, 1, substr(s.id, 1, 20) || d, c.created_at, c.updated_at, 1 \
         FROM digits, sessions s JOIN clients c ON c.id = s.client_id WHERE s.user_id = $2"
    );
    const SESSIONS: &str = crowd!(
        "sessions (id, client_id, user_id, last_active_at, first_factor_at, user_agent, \
         ip_address, created_at, updated_at, version)",
        "substr(s.id, 1, 20) || d, substr(s.client_id, 1, 22) || d, substr(s.user_id, 1, 20) || d, \
         s.last_active_at, s.first_factor_at, s.user_agent, s.ip_address, s.created_at, s.updated_at, 1 \
         FROM digits, sessions s WHERE s.user_id = $2"
    );
    for statement in [USERS, ADDRESSES, PASSWORDS, CLIENTS, SESSIONS] {
        let mut tx = store.write.begin().await?;
        run!(&mut tx, statement, i64::from(count), like)?;
        tx.commit().await?;
    }
    let mut tx = store.write.begin().await?;
    run!(&mut tx, "ANALYZE")?;
    tx.commit().await?;
    Ok(())
}

/// Id and address of one of the users that [`crowd`] added, by number from 1 on.
#[must_use]
pub fn member(like: &str, number: u32) -> (String, String) {
    let digits = u64::from(number) * SPREAD % NUMBERS;
    (format!("{}{digits:012}", &like[..20]), format!("crowd{digits:012}@example.com"))
}
