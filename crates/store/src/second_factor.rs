//! Second factors: secrets of authenticator apps, which are sealed, and authentication codes of backup codes.

use frontdesk_identity::{BackupCodeSet, CodeMac, Timestamp, UserId};

use crate::{
    CommitError, SealedBytes, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
};

/// An authenticator app to set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTotp {
    /// Whose.
    pub user_id: UserId,
    /// Its id.
    pub id: String,
    /// The secret.
    pub sealed: SealedBytes,
}

rows! {
    SecretRow {
        key_id: String,
        sealed: Vec<u8>,
    }
    CodeRow {
        mac: String,
        set_id: String,
    }
}

impl Store {
    /// The secret of a user's authenticator app, if there is one.
    pub async fn totp_secret(&self, user_id: &UserId) -> Result<Option<SealedBytes>, StoreError> {
        const SQL: &str = "SELECT key_id, sealed FROM totps WHERE user_id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SecretRow>(SQL).bind(user_id.as_str()).fetch_optional(pool).await
        })?;
        Ok(row.map(|row| SealedBytes { key_id: row.key_id, bytes: row.sealed }))
    }

    /// The backup codes that a user has left: the set of each, and its authentication code.
    pub async fn backup_codes(&self, user_id: &UserId) -> Result<Vec<(String, CodeMac)>, StoreError> {
        const SQL: &str = "SELECT mac, set_id FROM backup_codes WHERE user_id = $1 ORDER BY mac";
        let rows = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, CodeRow>(SQL).bind(user_id.as_str()).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.set_id, CodeMac::new(row.mac))).collect())
    }
}

/// Sets up an app, in place of one that nobody has proven.
pub(crate) async fn put_totp(tx: &mut Tx, new: &NewTotp, now: Timestamp) -> Result<(), CommitError> {
    const OLD: &str = "DELETE FROM totps WHERE user_id = $1 AND verified_at IS NULL";
    const NEW: &str = "INSERT INTO totps (user_id, id, key_id, sealed, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $5)";
    run!(tx, OLD, new.user_id.as_str())?;
    let NewTotp { user_id, id, sealed } = new;
    one(run!(tx, NEW, user_id.as_str(), id.as_str(), sealed.key_id.as_str(), sealed.bytes.as_slice(), now.0)?)
}

pub(crate) async fn prove_totp(
    tx: &mut Tx,
    user_id: &UserId,
    id: &str,
    step: i64,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE totps SET verified_at = $3, last_step = $4, updated_at = $3 \
        WHERE user_id = $1 AND id = $2 AND verified_at IS NULL";
    one(run!(tx, SQL, user_id.as_str(), id, now.0, step)?)
}

pub(crate) async fn use_step(tx: &mut Tx, user_id: &UserId, step: i64) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE totps SET last_step = $2 \
        WHERE user_id = $1 AND verified_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)";
    one(run!(tx, SQL, user_id.as_str(), step)?)
}

pub(crate) async fn remove_totp(tx: &mut Tx, user_id: &UserId) -> Result<(), CommitError> {
    run!(tx, "DELETE FROM totps WHERE user_id = $1", user_id.as_str())?;
    Ok(())
}

pub(crate) async fn set_codes(
    tx: &mut Tx,
    user_id: &UserId,
    set: &BackupCodeSet,
    now: Timestamp,
) -> Result<(), CommitError> {
    const NEW: &str = "INSERT INTO backup_codes (user_id, mac, set_id, created_at) VALUES ($1, $2, $3, $4)";
    remove_codes(tx, user_id).await?;
    for mac in &set.macs {
        one(run!(tx, NEW, user_id.as_str(), mac.expose(), set.id.as_str(), now.0)?)?;
    }
    Ok(())
}

pub(crate) async fn use_code(tx: &mut Tx, user_id: &UserId, mac: &CodeMac) -> Result<(), CommitError> {
    one(run!(tx, "DELETE FROM backup_codes WHERE user_id = $1 AND mac = $2", user_id.as_str(), mac.expose())?)
}

pub(crate) async fn remove_codes(tx: &mut Tx, user_id: &UserId) -> Result<(), CommitError> {
    run!(tx, "DELETE FROM backup_codes WHERE user_id = $1", user_id.as_str())?;
    Ok(())
}
