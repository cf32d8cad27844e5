//! Attempts to sign in and to sign up.

use frontdesk_identity::{
    ClientId, CodeProof, SignIn, SignInId, SignInState, SignUp, SignUpId, SignUpState, Timestamp,
};

use crate::{
    Store, StoreError, Versioned,
    db::{Pool, on, rows},
    row::Reading,
};

rows! {
    SignInRow {
        id: String,
        client_id: String,
        state: String,
        external: Option<String>,
        passkey: Option<String>,
        abandon_at: i64,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
    SignUpRow {
        id: String,
        client_id: String,
        draft: String,
        state: String,
        external: Option<String>,
        abandon_at: i64,
        created_at: i64,
        updated_at: i64,
        version: i64,
    }
}

impl Store {
    /// The sign-in of that id, whatever its state.
    pub async fn sign_in(&self, id: &SignInId) -> Result<Option<Versioned<SignIn>>, StoreError> {
        const SQL: &str = "SELECT id, client_id, state, external, passkey, abandon_at, created_at, updated_at, version \
                           FROM sign_ins WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SignInRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        let Some(row) = row else { return Ok(None) };
        let reading = Reading { what: "sign-in", id: &row.id };
        let mut state: SignInState = reading.json(&row.state)?;
        match &mut state {
            SignInState::NeedsFirstFactor { code, .. } => self.fill_tries(code).await?,
            SignInState::NeedsSecondFactor { tries, code, .. } => {
                tries.made = self.code_tries(&tries.id).await?;
                self.fill_tries(&mut code.proof).await?;
            }
            _ => {}
        }
        let mut external = row.external.as_deref().map(|proof| reading.json(proof)).transpose()?;
        let mut updated_at = Timestamp(row.updated_at);
        self.overlay_failure(&mut external, &mut updated_at).await?;
        let value = SignIn {
            id: id.clone(),
            client_id: reading.parse(&row.client_id, ClientId::parse)?,
            state,
            external,
            passkey: row.passkey.as_deref().map(|proof| reading.json(proof)).transpose()?,
            abandon_at: Timestamp(row.abandon_at),
            created_at: Timestamp(row.created_at),
            updated_at,
        };
        Ok(Some(Versioned { value, version: row.version }))
    }

    /// The sign-up of that id, whatever its state.
    pub async fn sign_up(&self, id: &SignUpId) -> Result<Option<Versioned<SignUp>>, StoreError> {
        const SQL: &str = "SELECT id, client_id, draft, state, external, abandon_at, created_at, updated_at, version \
                           FROM sign_ups WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, SignUpRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        let Some(row) = row else { return Ok(None) };
        let reading = Reading { what: "sign-up", id: &row.id };
        let mut state: SignUpState = reading.json(&row.state)?;
        if let SignUpState::MissingRequirements { email_proof, phone_proof, .. } = &mut state {
            self.fill_tries(email_proof).await?;
            self.fill_tries(phone_proof).await?;
        }
        let mut external = row.external.as_deref().map(|proof| reading.json(proof)).transpose()?;
        let mut updated_at = Timestamp(row.updated_at);
        self.overlay_failure(&mut external, &mut updated_at).await?;
        let value = SignUp {
            id: id.clone(),
            client_id: reading.parse(&row.client_id, ClientId::parse)?,
            draft: reading.json(&row.draft)?,
            state,
            external,
            abandon_at: Timestamp(row.abandon_at),
            created_at: Timestamp(row.created_at),
            updated_at,
        };
        Ok(Some(Versioned { value, version: row.version }))
    }

    /// Tries are counted beside the attempt; reading puts them where they belong.
    pub(crate) async fn fill_tries(&self, proof: &mut CodeProof) -> Result<(), StoreError> {
        if let CodeProof::Sent(sent) = proof {
            sent.tries = self.code_tries(&sent.id).await?;
        }
        Ok(())
    }
}
