//! Second factors: authenticator apps, numbers that are set apart for it, and backup codes.

use frontdesk_identity::{CodeMac, IdentificationId, Timestamp, TotpId, UserId};

use crate::{
    CommitError, SealedBytes, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{Reading, moment},
};

/// An authenticator app with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Id; the secret is sealed for it.
    pub id: TotpId,
    /// The secret.
    pub secret: SealedBytes,
    /// When it was set up.
    pub verified_at: Option<Timestamp>,
    /// The newest step of 30 seconds whose code was taken.
    pub last_step: Option<i64>,
}

rows! {
    TotpRow {
        id: String,
        key_id: String,
        secret: Vec<u8>,
        verified_at: Option<i64>,
        last_step: Option<i64>,
    }
}

impl Store {
    /// The authenticator app of a user, set up or begun.
    pub async fn totp(&self, user_id: &UserId) -> Result<Option<Totp>, StoreError> {
        const SQL: &str = "SELECT id, key_id, secret, verified_at, last_step FROM totps WHERE user_id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, TotpRow>(SQL).bind(user_id.as_str()).fetch_optional(pool).await
        })?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Totp {
            id: Reading { what: "authenticator app", id: &row.id }.parse(&row.id, TotpId::parse)?,
            secret: SealedBytes { key_id: row.key_id, bytes: row.secret },
            verified_at: moment(row.verified_at),
            last_step: row.last_step,
        }))
    }

    /// Whether a user has this backup code and has not used it.
    pub async fn has_backup_code(&self, user_id: &UserId, mac: &CodeMac) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT user_id FROM backup_codes WHERE user_id = $1 AND mac = $2 AND used_at IS NULL";
        let row = on!(Pool, &self.read, pool => {
            let query = sqlx::query_as::<_, (String,)>(SQL).bind(user_id.as_str()).bind(mac.expose());
            query.fetch_optional(pool).await
        })?;
        Ok(row.is_some())
    }
}

/// Puts an authenticator app that is begun in place of another one that was not finished.
pub(crate) async fn begin_totp(
    tx: &mut Tx,
    user_id: &UserId,
    id: &TotpId,
    secret: &SealedBytes,
    now: Timestamp,
) -> Result<(), CommitError> {
    const OLD: &str = "DELETE FROM totps WHERE user_id = $1 AND verified_at IS NULL";
    const NEW: &str = "INSERT INTO totps (id, user_id, key_id, secret, created_at) VALUES ($1, $2, $3, $4, $5)";
    run!(tx, OLD, user_id.as_str())?;
    let SealedBytes { key_id, bytes } = secret;
    one(run!(tx, NEW, id.as_str(), user_id.as_str(), key_id.as_str(), bytes.as_slice(), now.0)?)
}

pub(crate) async fn enable_totp(
    tx: &mut Tx,
    user_id: &UserId,
    id: &TotpId,
    step: i64,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE totps SET verified_at = $3, last_step = $4 \
                       WHERE id = $1 AND user_id = $2 AND verified_at IS NULL";
    one(run!(tx, SQL, id.as_str(), user_id.as_str(), now.0, step)?)?;
    turn_on(tx, user_id, now).await
}

/// Notes since when a second factor is asked for.
async fn turn_on(tx: &mut Tx, user_id: &UserId, now: Timestamp) -> Result<(), CommitError> {
    const ON: &str = "UPDATE users SET second_factor_enabled_at = COALESCE(second_factor_enabled_at, $2), \
                      second_factor_disabled_at = NULL WHERE id = $1";
    one(run!(tx, ON, user_id.as_str(), now.0)?)
}

pub(crate) async fn set_phone(
    tx: &mut Tx,
    user_id: &UserId,
    id: &IdentificationId,
    on: bool,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SET: &str = "UPDATE identifications SET second_factor = TRUE, \
        updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END \
        WHERE id = $1 AND user_id = $2 AND verified_at IS NOT NULL";
    const TAKE: &str = "UPDATE identifications SET second_factor = FALSE, default_second_factor = FALSE, \
        updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END WHERE id = $1 AND user_id = $2";
    one(run!(tx, if on { SET } else { TAKE }, id.as_str(), user_id.as_str(), now.0)?)?;
    if on { turn_on(tx, user_id, now).await } else { Ok(()) }
}

pub(crate) async fn prefer_phone(
    tx: &mut Tx,
    user_id: &UserId,
    id: Option<&IdentificationId>,
    now: Timestamp,
) -> Result<(), CommitError> {
    const NONE: &str = "UPDATE identifications SET default_second_factor = FALSE, \
        updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END \
        WHERE user_id = $1 AND default_second_factor";
    const ONE: &str = "UPDATE identifications SET default_second_factor = TRUE, \
        updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END \
        WHERE user_id = $1 AND id = $2 AND second_factor";
    run!(tx, NONE, user_id.as_str(), now.0)?;
    let Some(id) = id else { return Ok(()) };
    one(run!(tx, ONE, user_id.as_str(), id.as_str(), now.0)?)
}

pub(crate) async fn use_totp(tx: &mut Tx, id: &TotpId, step: i64) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE totps SET last_step = $2 \
                       WHERE id = $1 AND verified_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)";
    one(run!(tx, SQL, id.as_str(), step)?)
}

pub(crate) async fn put_backup_codes(
    tx: &mut Tx,
    user_id: &UserId,
    macs: &[CodeMac],
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO backup_codes (user_id, mac, created_at) VALUES ($1, $2, $3)";
    run!(tx, "DELETE FROM backup_codes WHERE user_id = $1", user_id.as_str())?;
    for mac in macs {
        one(run!(tx, SQL, user_id.as_str(), mac.expose(), now.0)?)?;
    }
    Ok(())
}

pub(crate) async fn use_backup_code(
    tx: &mut Tx,
    user_id: &UserId,
    mac: &CodeMac,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE backup_codes SET used_at = $3 WHERE user_id = $1 AND mac = $2 AND used_at IS NULL";
    one(run!(tx, SQL, user_id.as_str(), mac.expose(), now.0)?)
}

pub(crate) async fn remove(tx: &mut Tx, user_id: &UserId, now: Timestamp) -> Result<(), CommitError> {
    const OFF: &str = "UPDATE users SET second_factor_disabled_at = $2, second_factor_enabled_at = NULL \
                       WHERE id = $1 AND second_factor_enabled_at IS NOT NULL";
    const NUMBERS: &str = "UPDATE identifications SET second_factor = FALSE, default_second_factor = FALSE, \
        updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE user_id = $1 AND second_factor";
    run!(tx, "DELETE FROM backup_codes WHERE user_id = $1", user_id.as_str())?;
    let apps = run!(tx, "DELETE FROM totps WHERE user_id = $1", user_id.as_str())?;
    let numbers = run!(tx, NUMBERS, user_id.as_str(), now.0)?;
    if apps + numbers == 0 {
        // Somebody else has removed them meanwhile.
        return Err(CommitError::Conflict);
    }
    run!(tx, OFF, user_id.as_str(), now.0)?;
    Ok(())
}
