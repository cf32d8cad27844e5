//! Sign-up: the attempt to create an account.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> MissingRequirements: begin (replaces the client's attempt)
//!     MissingRequirements --> MissingRequirements: fields given, code sent, wrong code
//!     MissingRequirements --> MissingRequirements: another address, the proof is dropped
//!     MissingRequirements --> MissingRequirements: sent to a provider, back from there
//!     MissingRequirements --> Complete: nothing missing, address proven
//!     MissingRequirements --> Abandoned: 24 h idle
//!     Complete --> [*]: account and session are there
//! ```
//!
//! Where the instance hides who has an account, an address that somebody has goes the same way as any other until its
//! holder reads the mail: they are told that they have an account, and no code is sent that could complete the attempt.

use serde::{Deserialize, Serialize};

use crate::{
    AccountSeed, ClientId, CodeChecked, CodeProof, CodeRefusal, Effect, Email, EmailAddress, ExternalProof, FieldError,
    FieldFault, Metadata, NewAccount, NewCode, PasswordDigest, Policy, Requirement, Scene, SentCode, SessionId,
    SignUpId, Step, Strategy, Timestamp, User, UserId,
};

mod external;
mod form;

pub use external::DraftExternal;
pub use form::{FormFaults, SignUpFields, SignUpForm};

/// An attempt to create an account.
#[derive(Clone, Debug, PartialEq)]
pub struct SignUp {
    /// Id.
    pub id: SignUpId,
    /// The client that makes it.
    pub client_id: ClientId,
    /// What was given so far.
    pub draft: Draft,
    /// How far it is.
    pub state: SignUpState,
    /// The proof that comes from elsewhere, once the person was sent there.
    pub external: Option<ExternalProof>,
    /// When it is given up; every change puts it off.
    pub abandon_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What was given so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Email address.
    pub email: Option<Email>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Whether there is a password.
    pub has_password: bool,
    /// Values the application keeps with the user.
    pub unsafe_metadata: Metadata,
    /// Language tag of the window.
    pub locale: Option<String>,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// The account elsewhere that it is made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<DraftExternal>,
}

/// How far a sign-up is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignUpState {
    /// Something has yet to be given or proven.
    MissingRequirements {
        /// The password, which moves to the account.
        password: Option<PasswordDigest>,
        /// The proof of the address.
        email_proof: CodeProof,
    },
    /// There is an account.
    Complete {
        /// Whose.
        user_id: UserId,
        /// The session that began.
        session_id: SessionId,
        /// The proof of the address, if it was asked for.
        email_proof: CodeProof,
    },
}

/// Evidence: whether somebody else has an address at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has it.
    Free,
    /// Somebody has proven it, or it is kept for them.
    Claimed,
}

/// The protocol's words for how far a sign-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpStatus {
    /// Something has yet to be given or proven.
    MissingRequirements,
    /// There is an account.
    Complete,
    /// Nobody went on with it for too long.
    Abandoned,
}

impl SignUpStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingRequirements => "missing_requirements",
            Self::Complete => "complete",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why a sign-up does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignUpRefusal {
    /// The client may hold one session, and has it.
    #[error("somebody is signed in already")]
    SessionExists,
    /// The client has begun another attempt since, or finished this one.
    #[error("this is not the client's current sign-up")]
    NotCurrent,
    /// It was given up.
    #[error("the sign-up was abandoned")]
    Abandoned,
    /// The step does not fit how far it is.
    #[error("the sign-up is complete already")]
    WrongState,
    /// What was given cannot be taken.
    #[error(transparent)]
    Form(#[from] FormFaults),
    /// Somebody has this address, and the instance says so.
    #[error("somebody has this email address")]
    EmailExists,
    /// Somebody has proven this address meanwhile.
    #[error("somebody else has proven this email address meanwhile")]
    EmailClaimed,
    /// There is no address to send a code to.
    #[error("no email address was given yet")]
    NoEmail,
    /// The code was not sent or not taken.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The address has got too many messages.
    #[error("too many messages were sent to this address")]
    TooManyMessages,
}

impl SignUp {
    /// Begins an attempt with these fields, which becomes the client's current one. `claim` is about
    /// [`Self::email_after`].
    pub fn begin(
        id: SignUpId,
        fields: SignUpFields,
        password: Option<PasswordDigest>,
        claim: Claim,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        Self::begun(id, scene)?.and(scene, |empty, scene| empty.update(fields, password, claim, seed, scene))
    }

    /// An attempt with nothing in it yet.
    fn begun(id: SignUpId, scene: &Scene<'_>) -> Result<Step<Self>, SignUpRefusal> {
        if scene.occupied() {
            return Err(SignUpRefusal::SessionExists);
        }
        let mut client = scene.client.clone();
        client.sign_up_id = Some(id.clone());
        client.updated_at = client.updated_at.grown(scene.now);
        let empty = Self {
            id,
            client_id: client.id.clone(),
            draft: Draft::default(),
            state: SignUpState::MissingRequirements { password: None, email_proof: CodeProof::default() },
            external: None,
            abandon_at: scene.now.plus(scene.policy.attempt_lifetime_ms),
            created_at: scene.now,
            updated_at: scene.now,
        };
        Ok(Step { attempt: empty, client, effects: Vec::new() })
    }

    /// Takes more fields. Another address drops the proof of the one before. `password` is the digest of the password
    /// that the fields were checked with; `claim` is about [`Self::email_after`].
    pub fn update(
        &self,
        fields: SignUpFields,
        password: Option<PasswordDigest>,
        claim: Claim,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (old_password, old_proof) = self.open(scene)?;
        let other_email = fields.email.after(self.draft.email.as_ref()) != self.draft.email.as_ref();
        if other_email && self.keeps_email() {
            let fault = FieldError::new(EMAIL, FieldFault::Disabled);
            return Err(FormFaults { fields: vec![fault], ..FormFaults::default() }.into());
        }
        let draft = fields.apply(&self.draft, password.is_some(), scene.now);
        let hidden = scene.policy.enumeration_protection && scene.policy.email_address.verify_at_sign_up;
        if other_email && draft.email.is_some() && claim == Claim::Claimed && !hidden {
            return Err(SignUpRefusal::EmailExists);
        }
        let state = SignUpState::MissingRequirements {
            password: password.or_else(|| old_password.cloned()),
            email_proof: if other_email { CodeProof::default() } else { old_proof.clone() },
        };
        self.with(draft, state, scene).finish_if_ready(claim, seed, scene)
    }

    /// The address that the attempt is about after these fields: the one whose claim has to be gathered.
    #[must_use]
    pub fn email_after<'a>(attempt: Option<&'a Self>, fields: &'a SignUpFields) -> Option<&'a Email> {
        fields.email.after(attempt.and_then(|attempt| attempt.draft.email.as_ref()))
    }

    /// Sends a code to the address. `recent` is the number of messages it was sent in the last hour.
    pub fn prepare_code(
        &self,
        new: NewCode,
        claim: Claim,
        recent: u32,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (password, proof) = self.open(scene)?;
        let to = self.draft.email.clone().ok_or(SignUpRefusal::NoEmail)?;
        if claim == Claim::Claimed && !scene.policy.enumeration_protection {
            return Err(SignUpRefusal::EmailClaimed);
        }
        proof.may_prepare(scene.policy, scene.now)?;
        if recent >= scene.policy.codes.per_address_per_hour {
            return Err(SignUpRefusal::TooManyMessages);
        }
        let verification = new.id.clone();
        let state = SignUpState::MissingRequirements {
            password: password.cloned(),
            email_proof: proof.prepare(new, scene.policy, scene.now)?,
        };
        let mut step = Step::quiet(self.with(self.draft.clone(), state, scene), scene);
        if scene.policy.fixed_code(&to).is_none() {
            step.effects.push(match claim {
                Claim::Free => Effect::SendCode { verification, to, deliver: true },
                Claim::Claimed => Effect::SendAccountExists { verification, to },
            });
        }
        Ok(step)
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_code(&self, scene: &Scene<'_>) -> Result<&SentCode, SignUpRefusal> {
        let (_, proof) = self.open(scene)?;
        Ok(proof.may_attempt(scene.policy, scene.now)?)
    }

    /// Takes the evidence of one code.
    pub fn attempt_code(
        &self,
        evidence: &CodeChecked,
        claim: Claim,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (password, proof) = self.open(scene)?;
        let email_proof = proof.attempt(evidence, scene.policy, scene.now)?;
        // Whoever knows the code reads the mail of the address, and may be told.
        if claim == Claim::Claimed {
            return Err(SignUpRefusal::EmailClaimed);
        }
        let state = SignUpState::MissingRequirements { password: password.cloned(), email_proof };
        let mut step = self.with(self.draft.clone(), state, scene).finish_if_ready(claim, seed, scene)?;
        step.effects.insert(0, Effect::ConsumeCode(evidence.verification.clone()));
        Ok(step)
    }

    /// The state at this moment.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> SignUpStatus {
        match &self.state {
            SignUpState::Complete { .. } => SignUpStatus::Complete,
            SignUpState::MissingRequirements { .. } if now >= self.abandon_at => SignUpStatus::Abandoned,
            SignUpState::MissingRequirements { .. } => SignUpStatus::MissingRequirements,
        }
    }

    /// The proof of the address.
    #[must_use]
    pub fn email_proof(&self) -> &CodeProof {
        match &self.state {
            SignUpState::MissingRequirements { email_proof, .. } | SignUpState::Complete { email_proof, .. } => {
                email_proof
            }
        }
    }

    /// Fields without which there is no account.
    #[must_use]
    pub fn required_fields(policy: &Policy) -> Vec<&'static str> {
        fields_where(policy, Requirement::Required)
    }

    /// Fields that may be given.
    #[must_use]
    pub fn optional_fields(policy: &Policy) -> Vec<&'static str> {
        fields_where(policy, Requirement::Optional)
    }

    /// Required fields that are not there yet.
    #[must_use]
    pub fn missing_fields(&self, policy: &Policy) -> Vec<&'static str> {
        if matches!(self.state, SignUpState::Complete { .. }) {
            return Vec::new();
        }
        let draft = &self.draft;
        let mut missing = Self::required_fields(policy);
        missing.retain(|field| match *field {
            EMAIL => draft.email.is_none(),
            // Who comes from elsewhere has a way in.
            PASSWORD => !draft.has_password && draft.external.is_none(),
            FIRST_NAME => draft.first_name.is_none(),
            _ => draft.last_name.is_none(),
        });
        missing
    }

    /// Given fields that have yet to be proven.
    #[must_use]
    pub fn unverified_fields(&self, policy: &Policy) -> Vec<&'static str> {
        let open = matches!(self.state, SignUpState::MissingRequirements { .. });
        let unproven = policy.email_address.verify_at_sign_up && !self.email_proof().is_verified();
        if open && unproven && self.draft.email.is_some() { vec![EMAIL] } else { Vec::new() }
    }

    /// Creates account and session as soon as nothing is missing.
    fn finish_if_ready(self, claim: Claim, seed: AccountSeed, scene: &Scene<'_>) -> Result<Step<Self>, SignUpRefusal> {
        let SignUpState::MissingRequirements { password, email_proof } = &self.state else {
            return Err(SignUpRefusal::WrongState);
        };
        let ready = self.missing_fields(scene.policy).is_empty() && self.unverified_fields(scene.policy).is_empty();
        let (true, Some(email)) = (ready, &self.draft.email) else {
            return Ok(Step::quiet(self, scene));
        };
        if claim == Claim::Claimed {
            return Err(SignUpRefusal::EmailClaimed);
        }
        let strategy = match &self.draft.external {
            Some(external) => Strategy::OAuth(external.profile.connection),
            None if email_proof.is_verified() => Strategy::EmailCode,
            None => Strategy::Password,
        };
        let account = self.account(email, email_proof, password.clone(), &seed, scene.now);
        let state = SignUpState::Complete {
            user_id: seed.user.clone(),
            session_id: seed.session.id.clone(),
            email_proof: email_proof.clone(),
        };
        let (client, session) = scene.begin_session(seed.session, seed.user, strategy, false);
        let mut effects = vec![Effect::CreateAccount(Box::new(account))];
        effects.extend(session);
        Ok(Step { attempt: Self { state, ..self }, client, effects })
    }

    fn account(
        &self,
        email: &Email,
        proof: &CodeProof,
        password: Option<PasswordDigest>,
        seed: &AccountSeed,
        now: Timestamp,
    ) -> NewAccount {
        let draft = &self.draft;
        let verified_at = match proof {
            CodeProof::Verified { at, .. } => Some(*at),
            _ => None,
        };
        NewAccount {
            user: User {
                id: seed.user.clone(),
                first_name: draft.first_name.clone(),
                last_name: draft.last_name.clone(),
                unsafe_metadata: draft.unsafe_metadata.clone(),
                public_metadata: Metadata::new(),
                private_metadata: Metadata::new(),
                external_id: None,
                primary_email_address_id: Some(seed.email.clone()),
                image_id: None,
                locale: draft.locale.clone(),
                banned: false,
                legal_accepted_at: draft.legal_accepted_at,
                last_sign_in_at: Some(now),
                mfa_enabled_at: None,
                mfa_disabled_at: None,
                last_active_at: Some(now),
                created_at: now,
                updated_at: now,
            },
            email: EmailAddress {
                id: seed.email.clone(),
                user_id: seed.user.clone(),
                email: email.clone(),
                verified_at,
                // Nobody else may take the address that this account signs in with.
                reserved: verified_at.is_none(),
                code: CodeProof::default(),
                created_at: now,
                updated_at: now,
            },
            password,
            external: draft.external.as_ref().map(|external| external.account(&seed.user, now)),
        }
    }

    fn open(&self, scene: &Scene<'_>) -> Result<(Option<&PasswordDigest>, &CodeProof), SignUpRefusal> {
        if scene.client.sign_up_id.as_ref() != Some(&self.id) || self.client_id != scene.client.id {
            return Err(SignUpRefusal::NotCurrent);
        }
        match &self.state {
            SignUpState::Complete { .. } => Err(SignUpRefusal::WrongState),
            SignUpState::MissingRequirements { .. } if scene.now >= self.abandon_at => Err(SignUpRefusal::Abandoned),
            SignUpState::MissingRequirements { password, email_proof } => Ok((password.as_ref(), email_proof)),
        }
    }

    fn with(&self, draft: Draft, state: SignUpState, scene: &Scene<'_>) -> Self {
        Self {
            draft,
            state,
            abandon_at: scene.now.plus(scene.policy.attempt_lifetime_ms),
            updated_at: self.updated_at.grown(scene.now),
            ..self.clone()
        }
    }
}

const EMAIL: &str = "email_address";
const PASSWORD: &str = "password";
const FIRST_NAME: &str = "first_name";
const LAST_NAME: &str = "last_name";

fn fields_where(policy: &Policy, wanted: Requirement) -> Vec<&'static str> {
    [
        (EMAIL, policy.email_address.requirement),
        (PASSWORD, policy.password.requirement),
        (FIRST_NAME, policy.first_name),
        (LAST_NAME, policy.last_name),
    ]
    .into_iter()
    .filter_map(|(field, requirement)| (requirement == wanted).then_some(field))
    .collect()
}

#[cfg(test)]
mod tests;
