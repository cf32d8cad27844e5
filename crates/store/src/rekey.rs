//! New keys in place of old ones.

use frontdesk_identity::{SessionEnd, Timestamp};

use crate::{
    CommitError, Instance, SealedBytes, SigningKey, Store, StoreError, Versioned,
    commit::{add_signing_key, save_instance},
    db::{Pool, Tx, rows, run},
};

/// A row whose sealed value is sealed anew; the value is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedRow<'r> {
    /// The message of that id.
    Delivery(&'r str),
    /// The JWT template of that id.
    JwtTemplate(&'r str),
    /// The secret of that authenticator app.
    Totp(&'r str),
    /// A provider's token for the account elsewhere of that connection and subject.
    ExternalAccount(&'r str, &'r str),
}

rows! {
    SealedValue {
        id: String,
        key_id: String,
        sealed: Vec<u8>,
    }
    SealedTokens {
        id: String,
        connection: String,
        subject: String,
        key_id: String,
        access: Option<Vec<u8>>,
        refresh: Option<Vec<u8>>,
    }
}

impl Store {
    /// Adds a signing key, and forgets those that another one took the place of before that moment.
    pub async fn replace_signing_key(&self, key: &SigningKey, forget_before: Timestamp) -> Result<(), CommitError> {
        const FORGET: &str = "DELETE FROM signing_keys WHERE EXISTS \
            (SELECT 1 FROM signing_keys newer WHERE newer.created_at > signing_keys.created_at AND newer.created_at < $1)";
        let mut tx = self.write.begin().await?;
        run!(&mut tx, FORGET, forget_before.0)?;
        add_signing_key(&mut tx, key).await?;
        Ok(tx.commit().await?)
    }

    /// Puts everything under another instance key, all of it or nothing: the instance, which says so; the signing key,
    /// which is a new one; messages, the keys of templates and the secrets of authenticator apps, each sealed anew by `reseal`. A message that cannot be
    /// sealed anew is wiped; the key of a template stays as it is, which nobody can sign with any more. Every session ends,
    /// because no client token counts any more.
    pub async fn rekey(
        &self,
        instance: &Versioned<Instance>,
        signing: &SigningKey,
        reseal: impl Fn(SealedRow<'_>, SealedBytes) -> Option<SealedBytes>,
        now: Timestamp,
    ) -> Result<(), CommitError> {
        const BODIES: &str = "SELECT id, key_id, body AS sealed FROM delivery_queue WHERE body IS NOT NULL ORDER BY id";
        const BODY: &str = "UPDATE delivery_queue SET key_id = $2, body = $3 WHERE id = $1";
        const WIPE: &str = "UPDATE delivery_queue SET state = 'failed', key_id = $2, body = NULL WHERE id = $1";
        const KEYS: &str = "SELECT id, key_id, sealed FROM jwt_templates WHERE sealed IS NOT NULL ORDER BY id";
        const KEY: &str = "UPDATE jwt_templates SET key_id = $2, sealed = $3, version = version + 1 WHERE id = $1";
        const TOKENS: &str = "SELECT id, connection, subject, key_id, access, refresh FROM external_accounts \
            WHERE subject IS NOT NULL AND key_id IS NOT NULL ORDER BY id";
        const TOKEN: &str = "UPDATE external_accounts SET key_id = $2, access = $3, refresh = $4 WHERE id = $1";
        const SECRETS: &str = "SELECT id, key_id, secret AS sealed FROM totps ORDER BY id";
        const SECRET: &str = "UPDATE totps SET key_id = $2, secret = $3 WHERE id = $1";
        const SESSIONS: &str = "UPDATE sessions SET ended_how = $1, ended_at = $2, \
            revoked = CASE WHEN $1 = 'revoked' THEN TRUE ELSE revoked END, \
            updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END, version = version + 1 \
            WHERE ended_how IS NULL";
        let mut tx = self.write.begin().await?;
        save_instance(&mut tx, instance).await?;
        run!(&mut tx, "DELETE FROM signing_keys")?;
        add_signing_key(&mut tx, signing).await?;
        for SealedValue { id, key_id, sealed } in sealed_values(&mut tx, BODIES).await? {
            match reseal(SealedRow::Delivery(&id), SealedBytes { key_id, bytes: sealed }) {
                Some(SealedBytes { key_id, bytes }) => run!(&mut tx, BODY, &id, key_id, bytes)?,
                None => run!(&mut tx, WIPE, &id, instance.value.key_id.as_str())?,
            };
        }
        for SealedValue { id, key_id, sealed } in sealed_values(&mut tx, KEYS).await? {
            let resealed = reseal(SealedRow::JwtTemplate(&id), SealedBytes { key_id, bytes: sealed });
            if let Some(SealedBytes { key_id, bytes }) = resealed {
                run!(&mut tx, KEY, &id, key_id, bytes)?;
            }
        }
        for row in sealed_tokens(&mut tx, TOKENS).await? {
            let SealedTokens { id, connection, subject, key_id, access, refresh } = row;
            let anew = |token: Option<Vec<u8>>| {
                let sealed = SealedBytes { key_id: key_id.clone(), bytes: token? };
                reseal(SealedRow::ExternalAccount(&connection, &subject), sealed).map(|sealed| sealed.bytes)
            };
            run!(&mut tx, TOKEN, &id, instance.value.key_id.as_str(), anew(access), anew(refresh))?;
        }
        for SealedValue { id, key_id, sealed } in sealed_values(&mut tx, SECRETS).await? {
            let resealed = reseal(SealedRow::Totp(&id), SealedBytes { key_id, bytes: sealed });
            if let Some(SealedBytes { key_id, bytes }) = resealed {
                run!(&mut tx, SECRET, &id, key_id, bytes)?;
            }
        }
        // Nobody could tell whether one of them is right; there are new ones for whoever asks.
        run!(&mut tx, "DELETE FROM backup_codes")?;
        // Whoever is under way to a provider begins again.
        run!(&mut tx, "DELETE FROM external_flows")?;
        // They live for a minute, and tell of sessions that are over now.
        run!(&mut tx, "DELETE FROM handshakes")?;
        run!(&mut tx, SESSIONS, SessionEnd::Revoked.as_str(), now.0)?;
        Ok(tx.commit().await?)
    }

    /// How many other programs are connected to the database; none where only the folder's lock can tell.
    pub async fn others_connected(&self) -> Result<u64, StoreError> {
        // The connections of this program are those of its own pool.
        const SQL: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                           AND application_name = current_setting('application_name')";
        let Pool::Postgres(pool) = &self.write else { return Ok(0) };
        let (all,): (i64,) = sqlx::query_as(SQL).fetch_one(pool).await?;
        Ok(u64::try_from(all).unwrap_or_default().saturating_sub(u64::from(pool.size())))
    }
}

async fn sealed_values(tx: &mut Tx, sql: &'static str) -> Result<Vec<SealedValue>, StoreError> {
    Ok(match tx {
        Tx::Sqlite(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await?,
    })
}

async fn sealed_tokens(tx: &mut Tx, sql: &'static str) -> Result<Vec<SealedTokens>, StoreError> {
    Ok(match tx {
        Tx::Sqlite(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await?,
    })
}
