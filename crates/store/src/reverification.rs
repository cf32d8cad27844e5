//! Attempts to prove once more who is signed in by a session.

use frontdesk_identity::{CodeProof, Reverification, SessionId, VerificationId};

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
        self.fill_tries(&mut value.code).await?;
        self.fill_tries(&mut value.second_code.proof).await?;
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
    const OLD: &str = "DELETE FROM verifications WHERE session_id = $1 AND id <> $2 AND id <> $3 AND id <> $4";
    const NEW: &str =
        "INSERT INTO verifications (id, session_id, tries) VALUES ($1, $2, 0) ON CONFLICT (id) DO NOTHING";
    let document = json(value)?;
    let session = value.session_id.as_str();
    one(if *version == 0 {
        run!(tx, INSERT, session, &document, value.created_at.0)
    } else {
        run!(tx, UPDATE, session, &document, value.created_at.0, *version)
    }?)?;
    let tries = &value.tries.id;
    let of = |proof: &CodeProof| match proof {
        CodeProof::Sent(sent) => sent.id.clone(),
        CodeProof::Verified { id, .. } => id.clone(),
        CodeProof::Unprepared => tries.clone(),
    };
    let (first, second) = (of(&value.code), of(&value.second_code.proof));
    run!(tx, OLD, session, tries.as_str(), first.as_str(), second.as_str())?;
    for counted in [tries, &first, &second].map(VerificationId::as_str) {
        run!(tx, NEW, counted, session)?;
    }
    Ok(())
}
