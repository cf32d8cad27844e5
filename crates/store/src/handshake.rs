//! Handshakes that wait for the application server they are for.

use frontdesk_identity::Timestamp;

use crate::{
    SealedBytes, Store, StoreError,
    db::{Pool, on, rows},
};

rows! {
    HandshakeRow {
        key_id: String,
        sealed: Vec<u8>,
    }
}

impl Store {
    /// Keeps a handshake up to that moment. `id` stands for its nonce, which is not kept.
    pub async fn keep_handshake(&self, id: &str, sealed: SealedBytes, expire_at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO handshakes (id, key_id, sealed, expire_at) VALUES ($1, $2, $3, $4)";
        on!(Pool, &self.write, pool => {
            let query = sqlx::query(SQL).bind(id).bind(sealed.key_id).bind(sealed.bytes).bind(expire_at.0);
            query.execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Takes a handshake away: of those who ask at once, one gets it.
    pub async fn take_handshake(&self, id: &str, now: Timestamp) -> Result<Option<SealedBytes>, StoreError> {
        const SQL: &str = "DELETE FROM handshakes WHERE id = $1 AND expire_at > $2 RETURNING key_id, sealed";
        let row = on!(Pool, &self.write, pool => {
            sqlx::query_as::<_, HandshakeRow>(SQL).bind(id).bind(now.0).fetch_optional(pool).await
        })?;
        Ok(row.map(|row| SealedBytes { key_id: row.key_id, bytes: row.sealed }))
    }
}
