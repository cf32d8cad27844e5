//! Attempts to prove once more who is signed in by a session.

use frontdesk_identity::{CodeProof, Reverification, SessionId};

use crate::{
    CommitError, Store, StoreError, Versioned,
    commit::one,
    db::{Pool, Tx, on, rows, run},
    row::{Reading, json},
};

rows! {
    ReverificationRow {
        document: String,
        version: i64,
    }
}

impl Store {
    /// The attempt of a session, whatever its state.
    pub async fn reverification(&self, session: &SessionId) -> Result<Option<Versioned<Reverification>>, StoreError> {
        const SQL: &str = "SELECT document, version FROM reverifications WHERE session_id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, ReverificationRow>(SQL).bind(session.as_str()).fetch_optional(pool).await
        })?;
        let Some(row) = row else { return Ok(None) };
        let mut value: Reverification = Reading { what: "reverification", id: session.as_str() }.json(&row.document)?;
        if let CodeProof::Sent(sent) = &mut value.code {
            sent.tries = self.code_tries(&sent.id).await?;
        }
        value.tries.made = self.code_tries(&value.tries.id).await?;
        Ok(Some(Versioned { value, version: row.version }))
    }
}

/// Writes an attempt. What it counts tries by can be tried from now on; what was before cannot.
pub(crate) async fn save(
    tx: &mut Tx,
    Versioned { value, version }: &Versioned<Reverification>,
) -> Result<(), CommitError> {
    const INSERT: &str =
        "INSERT INTO reverifications (session_id, document, created_at, version) VALUES ($1, $2, $3, 1)";
    const UPDATE: &str = "UPDATE reverifications SET document = $2, created_at = $3, version = version + 1 \
        WHERE session_id = $1 AND version = $4";
    const OLD: &str = "DELETE FROM verifications WHERE session_id = $1 AND id <> $2 AND id <> $3";
    const NEW: &str =
        "INSERT INTO verifications (id, session_id, tries) VALUES ($1, $2, 0) ON CONFLICT (id) DO NOTHING";
    let document = json(value)?;
    let session = value.session_id.as_str();
    one(if *version == 0 {
        run!(tx, INSERT, session, &document, value.created_at.0)
    } else {
        run!(tx, UPDATE, session, &document, value.created_at.0, *version)
    }?)?;
    let tries = value.tries.id.as_str();
    let code = match &value.code {
        CodeProof::Sent(sent) => sent.id.as_str(),
        CodeProof::Verified { id, .. } => id.as_str(),
        CodeProof::Unprepared => tries,
    };
    run!(tx, OLD, session, tries, code)?;
    for counted in [tries, code] {
        run!(tx, NEW, counted, session)?;
    }
    Ok(())
}
