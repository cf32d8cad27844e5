//! Sign-in: the attempt to prove that one is the holder of an account.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> NeedsIdentifier: begin (replaces the client's attempt)
//!     NeedsIdentifier --> NeedsFirstFactor: identify
//!     NeedsFirstFactor --> NeedsFirstFactor: identify again, prepare a code, wrong password or code
//!     NeedsFirstFactor --> Complete: right password, or right code
//!     NeedsFirstFactor --> NeedsNewPassword: right code of a forgotten password
//!     NeedsFirstFactor --> NeedsSecondFactor: right proof, of somebody who has a second factor
//!     NeedsNewPassword --> NeedsSecondFactor: new password of such a one
//!     NeedsIdentifier --> NeedsSecondFactor: a ticket or an account elsewhere of such a one
//!     NeedsSecondFactor --> NeedsSecondFactor: wrong second factor
//!     NeedsSecondFactor --> Complete: right second factor
//!     NeedsSecondFactor --> NeedsFirstFactor: identify again
//!     NeedsFirstFactor --> NeedsNewPassword: right password that others are known to know
//!     NeedsNewPassword --> Complete: new password
//!     NeedsNewPassword --> NeedsFirstFactor: identify again
//!     NeedsIdentifier --> Complete: a ticket, which says who it is and proves it
//!     NeedsIdentifier --> Complete: a passkey, which says who it is and proves it
//!     NeedsFirstFactor --> Complete: a passkey of whom it is said to be
//!     NeedsIdentifier --> Complete: an account elsewhere that leads to a user
//!     NeedsIdentifier --> NeedsFirstFactor: an account elsewhere whose address is yet to be proven
//!     NeedsFirstFactor --> NeedsNewPassword: right code for it, where nobody had proven the address here before
//!     NeedsIdentifier --> Abandoned: 24 h idle
//!     NeedsFirstFactor --> Abandoned: 24 h idle
//!     NeedsNewPassword --> Abandoned: 24 h idle
//!     NeedsSecondFactor --> Abandoned: 24 h idle
//!     Complete --> [*]: the session is on the client, whose attempt this no longer is
//! ```
//!
//! Where the instance hides who has an account, an identifier of nobody goes the same way as one of somebody: the same
//! factors, the same counters, the same refusals. Only it never completes.

use serde::{Deserialize, Serialize};

use crate::{
    Account, ClientId, CodeChecked, CodeProof, CodeRefusal, Effect, ExternalProof, IdentificationId, Identifier,
    InvitationRefusal, Lockout, MessageRefusal, NewSession, PasskeyProof, PasskeyRefusal, PasswordChecked,
    PasswordFault, PendingLink, Scene, SecondCode, SecondProven, SentCode, SessionId, SignInId, Step, Strategy,
    TextRefusal, TicketRefusal, Timestamp, Tries, UserId, VerificationId,
};

mod external;
mod passkey;
mod reach;
mod reset;
mod second;
mod ticket;

pub(crate) use reach::{no_such, reachable};

pub use reset::{CodePurpose, Reset};

/// An attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Id.
    pub id: SignInId,
    /// The client that makes it.
    pub client_id: ClientId,
    /// How far it is.
    pub state: SignInState,
    /// The proof that comes from elsewhere, once the person was sent there.
    pub external: Option<ExternalProof>,
    /// The answer of a device that is waited for, once one was asked for a passkey.
    pub passkey: Option<PasskeyProof>,
    /// When it is given up; every change puts it off.
    pub abandon_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How far a sign-in is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignInState {
    /// Nobody knows yet who it is.
    NeedsIdentifier,
    /// It is said who it is, and yet to be proven.
    NeedsFirstFactor {
        /// What was typed.
        identifier: Identifier,
        /// Whose it is.
        subject: Subject,
        /// The proof by a code.
        code: CodeProof,
        /// What the code is good for.
        #[serde(default)]
        code_for: CodePurpose,
        /// The address the code was sent to.
        code_sent_to: Option<IdentificationId>,
        /// Language tag of whoever makes it.
        #[serde(default)]
        locale: Option<String>,
        /// The account elsewhere that is linked when the address is proven.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Box<PendingLink>>,
    },
    /// The password was forgotten or is known to others, and it is proven who it is: a new password may be set.
    NeedsNewPassword {
        /// What was typed.
        identifier: Identifier,
        /// Who it is.
        user_id: UserId,
        /// The address or number whose code proved it; none if it was the password.
        email_address_id: Option<IdentificationId>,
        /// When.
        proven_at: Timestamp,
        /// Language tag of whoever makes it.
        locale: Option<String>,
        /// The account elsewhere that is linked with the new password.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Box<PendingLink>>,
        /// The second factor, where it was asked for before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<SecondProven>,
    },
    /// The first factor is proven, and nobody is signed in by that: the second is yet to be.
    NeedsSecondFactor {
        /// What was typed.
        identifier: Identifier,
        /// Who it is.
        user_id: UserId,
        /// How the first factor was proven.
        first: Strategy,
        /// When.
        first_at: Timestamp,
        /// Tries at the second, by an app or backup codes.
        tries: Tries,
        /// The proof of the second by a code to a number.
        #[serde(default)]
        code: SecondCode,
        /// Whether the password has to be set anew after it, because others are known to know it: whoever has the
        /// password alone must not take it from its owner.
        #[serde(default)]
        renew: bool,
    },
    /// It is proven.
    Complete {
        /// What was typed.
        identifier: Identifier,
        /// Who it is.
        user_id: UserId,
        /// The session that began.
        session_id: SessionId,
        /// How it was proven.
        strategy: Strategy,
        /// How the second factor was proven, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<Strategy>,
    },
}

/// Whose an identifier is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A user's.
    User {
        /// Whose.
        id: UserId,
    },
    /// Nobody's, which is not told.
    Nobody {
        /// Stands for the address that does not exist; always the same for the same text.
        decoy: IdentificationId,
    },
}

/// Evidence: whose an identifier is at this moment.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// Of this account.
    Account(&'a Account),
    /// Nobody's.
    Nobody {
        /// Stands for the address that does not exist: made from the text under the instance's key, so that it is the
        /// same every time and looks like any other.
        decoy: &'a IdentificationId,
        /// Wrong tries against it, counted under the decoy.
        lockout: Lockout,
    },
}

/// A way to prove the first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The password.
    Password,
    /// A code sent to an email address.
    EmailCode {
        /// Which address.
        email_address_id: IdentificationId,
        /// The address with most of it hidden.
        safe_identifier: String,
        /// Whether it is the main address.
        primary: bool,
    },
    /// A passkey.
    Passkey,
    /// A code sent to an email address, after which a new password is set.
    ResetPasswordEmailCode {
        /// Which address.
        email_address_id: IdentificationId,
        /// The address with most of it hidden.
        safe_identifier: String,
        /// Whether it is the main address.
        primary: bool,
    },
    /// A code sent to a phone number.
    PhoneCode {
        /// Which number.
        phone_number_id: IdentificationId,
        /// The number with most of it hidden.
        safe_identifier: String,
        /// Whether it is the main number.
        primary: bool,
    },
    /// A code sent to a phone number, after which a new password is set.
    ResetPasswordPhoneCode {
        /// Which number.
        phone_number_id: IdentificationId,
        /// The number with most of it hidden.
        safe_identifier: String,
        /// Whether it is the main number.
        primary: bool,
    },
}

/// The protocol's words for how far a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStatus {
    /// Nobody knows yet who it is.
    NeedsIdentifier,
    /// It is yet to be proven.
    NeedsFirstFactor,
    /// A new password is to be set.
    NeedsNewPassword,
    /// The second factor is yet to be proven.
    NeedsSecondFactor,
    /// There is a session.
    Complete,
    /// Nobody went on with it for too long.
    Abandoned,
}

impl SignInStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsIdentifier => "needs_identifier",
            Self::NeedsFirstFactor => "needs_first_factor",
            Self::NeedsNewPassword => "needs_new_password",
            Self::NeedsSecondFactor => "needs_second_factor",
            Self::Complete => "complete",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why a sign-in does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The client may hold one session, and has it.
    #[error("somebody is signed in already")]
    SessionExists,
    /// This user is signed in on this client.
    #[error("this user is signed in here already")]
    AlreadySignedIn {
        /// By which session.
        session_id: SessionId,
    },
    /// The client has begun another attempt since, or finished this one.
    #[error("this is not the client's current sign-in")]
    NotCurrent,
    /// It was given up.
    #[error("the sign-in was abandoned")]
    Abandoned,
    /// The step does not fit how far it is.
    #[error("the sign-in is not at this step")]
    WrongState,
    /// Nobody has this identifier, and the instance says so.
    #[error("nobody has this identifier")]
    UnknownIdentifier,
    /// Too many wrong tries.
    #[error("too many wrong tries")]
    Locked {
        /// For how many milliseconds more.
        remaining_ms: i64,
    },
    /// The owner of the instance shut the user out.
    #[error("the user is banned")]
    Banned,
    /// The user cannot prove it in this way.
    #[error("the user has no such factor")]
    NoSuchFactor,
    /// No second factor is asked for.
    #[error("no second factor is asked for")]
    NoSecondFactors,
    /// No such address of this user can get a code.
    #[error("the user has no such address")]
    NoSuchAddress,
    /// No such number of this user can get a code.
    #[error("the user has no such number")]
    NoSuchNumber,
    /// It is not the password.
    #[error("it is not the password")]
    PasswordIncorrect,
    /// The code was not sent or not taken.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The code that was sent is for something else.
    #[error("the code is for something else")]
    OtherPurpose,
    /// The password was set anew after the proof, or the address of the proof is gone: the proof is void.
    #[error("the proof is void")]
    ProofVoid,
    /// The new password is the one that others know.
    #[error("the new password is the one that others know")]
    SamePassword,
    /// The new password cannot be used.
    #[error("the new password breaks {} rules", .0.len())]
    NewPassword(Vec<PasswordFault>),
    /// The address has got too many messages.
    #[error("too many messages were sent to this address")]
    TooManyMessages,
    /// The passkey signs nobody in.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefusal),
    /// No text is sent.
    #[error(transparent)]
    Text(#[from] TextRefusal),
    /// The ticket signs nobody in.
    #[error(transparent)]
    Ticket(#[from] TicketRefusal),
    /// An invitation signs nobody in.
    #[error(transparent)]
    Invitation(#[from] InvitationRefusal),
}

impl Subject {
    /// The id against which wrong tries are counted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User { id } => id.as_str(),
            Self::Nobody { decoy } => decoy.as_str(),
        }
    }
}

impl Found<'_> {
    fn lockout(&self) -> Lockout {
        match self {
            Self::Account(account) => account.lockout,
            Self::Nobody { lockout, .. } => *lockout,
        }
    }

    fn is(&self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::Account(account), Subject::User { id }) => account.user.id == *id,
            (Self::Nobody { decoy, .. }, Subject::Nobody { decoy: known }) => *decoy == known,
            _ => false,
        }
    }
}

impl SignIn {
    /// Begins an attempt, which becomes the client's current one.
    pub fn begin(id: SignInId, scene: &Scene<'_>) -> Result<Step<Self>, SignInRefusal> {
        if scene.occupied() {
            return Err(SignInRefusal::SessionExists);
        }
        let mut client = scene.client.clone();
        client.sign_in_id = Some(id.clone());
        client.updated_at = client.updated_at.grown(scene.now);
        let attempt = Self {
            id,
            client_id: client.id.clone(),
            state: SignInState::NeedsIdentifier,
            external: None,
            passkey: None,
            abandon_at: scene.now.plus(scene.policy.attempt_lifetime_ms),
            created_at: scene.now,
            updated_at: scene.now,
        };
        Ok(Step { attempt, client, effects: Vec::new() })
    }

    /// Takes who it is said to be. Proofs under way for somebody else are void.
    pub fn identify(
        &self,
        identifier: impl Into<Identifier>,
        found: &Found<'_>,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.must_be_open(scene)?;
        let identifier = identifier.into();
        let subject = match found {
            Found::Account(account) => {
                not_signed_in(&account.user.id, scene)?;
                Subject::User { id: account.user.id.clone() }
            }
            Found::Nobody { decoy, .. } if scene.policy.enumeration_protection => {
                Subject::Nobody { decoy: (*decoy).clone() }
            }
            Found::Nobody { .. } => return Err(SignInRefusal::UnknownIdentifier),
        };
        let state = SignInState::NeedsFirstFactor {
            identifier,
            subject,
            code: CodeProof::default(),
            code_for: CodePurpose::default(),
            code_sent_to: None,
            locale: None,
            link: None,
        };
        // Whoever is said to be somebody does not wait for an account elsewhere any more.
        Ok(Step::quiet(Self { external: None, ..self.with(state, scene) }, scene))
    }

    /// Whether a password may be tried now; asked before one is computed.
    pub fn may_attempt_password(&self, found: &Found<'_>, scene: &Scene<'_>) -> Result<&Subject, SignInRefusal> {
        let (_, subject, _) = self.provable(found, scene)?;
        let known = match found {
            _ if self.pending_link().is_some() => false,
            _ if scene.policy.enumeration_protection => true,
            Found::Account(account) => account.password.is_some(),
            Found::Nobody { .. } => false,
        };
        if known { Ok(subject) } else { Err(SignInRefusal::NoSuchFactor) }
    }

    /// Takes the evidence of one password. A refusal as incorrect is to be counted against [`Subject`].
    pub fn attempt_password(
        &self,
        found: &Found<'_>,
        evidence: PasswordChecked,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        self.may_attempt_password(found, scene)?;
        match found {
            Found::Account(account)
                if evidence.ok
                    && account.password.is_some()
                    && (evidence.exposed || account.password_is_compromised()) =>
            {
                self.must_renew(account, evidence, session, scene)
            }
            Found::Account(account) if evidence.ok && account.password.is_some() => {
                let user_id = account.user.id.clone();
                let proof = Effect::RequirePassword { user_id, version: evidence.credential_version };
                self.complete(account, Strategy::Password, proof, session, scene)
            }
            _ => Err(SignInRefusal::PasswordIncorrect),
        }
    }

    /// The code to compare with, if a try may be made now; asked before the try is counted.
    pub fn may_attempt_code(
        &self,
        purpose: CodePurpose,
        found: &Found<'_>,
        scene: &Scene<'_>,
    ) -> Result<&SentCode, SignInRefusal> {
        let (_, _, code) = self.provable(found, scene)?;
        let sent = code.may_attempt(scene.policy, scene.now)?;
        if self.code_purpose() == Some(purpose) { Ok(sent) } else { Err(SignInRefusal::OtherPurpose) }
    }

    /// Takes the evidence of one code. A refusal as incorrect is to be counted against [`Subject`].
    pub fn attempt_code(
        &self,
        found: &Found<'_>,
        evidence: &CodeChecked,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let purpose = self.code_purpose().filter(|purpose| !purpose.resets()).unwrap_or_default();
        let (account, _) = self.code_proves(purpose, found, evidence, scene)?;
        if let Some(pending) = self.pending_link() {
            return self.link_by_code(pending, account, evidence, session, scene);
        }
        let proof = Effect::ConsumeCode(evidence.verification.clone());
        self.complete(account, purpose.strategy(), proof, session, scene)
    }

    /// The account that the right code proves, and the address that it was sent to.
    fn code_proves<'a>(
        &self,
        purpose: CodePurpose,
        found: &Found<'a>,
        evidence: &CodeChecked,
        scene: &Scene<'_>,
    ) -> Result<(&'a Account, IdentificationId), SignInRefusal> {
        let (_, _, code) = self.provable(found, scene)?;
        let SignInState::NeedsFirstFactor { code_sent_to: Some(sent_to), code_for, .. } = &self.state else {
            return Err(CodeRefusal::Missing.into());
        };
        if *code_for != purpose {
            return Err(SignInRefusal::OtherPurpose);
        }
        code.attempt(evidence, scene.policy, scene.now)?;
        match found {
            Found::Account(account) if self.reads(account, sent_to) => Ok((account, sent_to.clone())),
            // The code of nobody was never sent, and one sent to an address that was removed since proves nothing.
            _ => Err(CodeRefusal::Incorrect.into()),
        }
    }

    /// The state at this moment.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> SignInStatus {
        match &self.state {
            SignInState::Complete { .. } => SignInStatus::Complete,
            _ if now >= self.abandon_at => SignInStatus::Abandoned,
            SignInState::NeedsIdentifier => SignInStatus::NeedsIdentifier,
            SignInState::NeedsFirstFactor { .. } => SignInStatus::NeedsFirstFactor,
            SignInState::NeedsNewPassword { .. } => SignInStatus::NeedsNewPassword,
            SignInState::NeedsSecondFactor { .. } => SignInStatus::NeedsSecondFactor,
        }
    }

    /// What was typed.
    #[must_use]
    pub fn identifier(&self) -> Option<&Identifier> {
        match &self.state {
            SignInState::NeedsIdentifier => None,
            SignInState::NeedsFirstFactor { identifier, .. }
            | SignInState::NeedsNewPassword { identifier, .. }
            | SignInState::NeedsSecondFactor { identifier, .. }
            | SignInState::Complete { identifier, .. } => Some(identifier),
        }
    }

    /// The same attempt, in the language of whoever makes it.
    #[must_use]
    pub fn speaking(mut self, tag: Option<String>) -> Self {
        if let SignInState::NeedsFirstFactor { locale, .. } = &mut self.state {
            *locale = tag;
        }
        self
    }

    /// Language tag of whoever makes it, if it was said.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        match &self.state {
            SignInState::NeedsFirstFactor { locale, .. } | SignInState::NeedsNewPassword { locale, .. } => {
                locale.as_deref()
            }
            SignInState::NeedsIdentifier | SignInState::NeedsSecondFactor { .. } | SignInState::Complete { .. } => None,
        }
    }

    /// The user it is about.
    #[must_use]
    pub fn user_id(&self) -> Option<&UserId> {
        match &self.state {
            SignInState::NeedsFirstFactor { subject: Subject::User { id }, .. } => Some(id),
            SignInState::NeedsNewPassword { user_id, .. }
            | SignInState::NeedsSecondFactor { user_id, .. }
            | SignInState::Complete { user_id, .. } => Some(user_id),
            _ => None,
        }
    }

    /// The proof by a code, if one is under way.
    #[must_use]
    pub fn code(&self) -> Option<&CodeProof> {
        match &self.state {
            SignInState::NeedsFirstFactor { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Names the proofs whose tries are counted: of the code under way, and of the second factor.
    #[must_use]
    pub fn tried(&self) -> Vec<&VerificationId> {
        match &self.state {
            SignInState::NeedsFirstFactor { code, .. } => code.sent().map(|sent| &sent.id).into_iter().collect(),
            SignInState::NeedsSecondFactor { tries, code, .. } => {
                [&tries.id].into_iter().chain(code.proof.sent().map(|sent| &sent.id)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The first factor is proven: signs in, unless there is a second one. Then nobody is signed in by this, and wrong
    /// tries against the user are not forgotten.
    fn complete(
        &self,
        account: &Account,
        strategy: Strategy,
        proof: Effect,
        seed: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        let user_id = account.user.id.clone();
        if account.user.banned {
            return Err(SignInRefusal::Banned);
        }
        not_signed_in(&user_id, scene)?;
        let Some(identifier) = self.identifier().cloned() else {
            return Err(SignInRefusal::WrongState);
        };
        let settles = account.has_second_factor() && strategy.settles_second_factor(scene.policy);
        let second = self.second_proven().or_else(|| settles.then_some(SecondProven { strategy, at: scene.now }));
        if account.has_second_factor() && second.is_none() {
            return self.ask_for_second(account, strategy, proof, seed, false, scene);
        }
        let (session_id, told) = (seed.id.clone(), account.new_device(&seed, scene));
        let (client, mut session) = scene.begin_session(seed, user_id.clone(), strategy);
        if let Some(Effect::BeginSession(session)) = session.last_mut() {
            session.second_factor_at = second.map(|second| second.at);
        }
        let mut effects = vec![proof, Effect::ClearFailures(account.counter.clone())];
        effects.extend(session.into_iter().chain(told));
        let second = second.map(|second| second.strategy);
        let state = SignInState::Complete { identifier, user_id, session_id, strategy, second };
        Ok(Step { attempt: self.with(state, scene), client, effects })
    }

    /// What is to be proven, if a proof may be offered now: nothing is looked at while the account is locked.
    fn provable(
        &self,
        found: &Found<'_>,
        scene: &Scene<'_>,
    ) -> Result<(&Identifier, &Subject, &CodeProof), SignInRefusal> {
        self.must_be_open(scene)?;
        let SignInState::NeedsFirstFactor { identifier, subject, code, .. } = &self.state else {
            return Err(SignInRefusal::WrongState);
        };
        if !found.is(subject) {
            // The account is gone, or the address has become somebody's: the attempt is about nobody any more.
            return Err(SignInRefusal::UnknownIdentifier);
        }
        if let Some(remaining_ms) = found.lockout().remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        Ok((identifier, subject, code))
    }

    fn must_be_open(&self, scene: &Scene<'_>) -> Result<(), SignInRefusal> {
        if scene.client.sign_in_id.as_ref() != Some(&self.id) || self.client_id != scene.client.id {
            return Err(SignInRefusal::NotCurrent);
        }
        match self.status(scene.now) {
            SignInStatus::Abandoned => Err(SignInRefusal::Abandoned),
            SignInStatus::Complete => Err(SignInRefusal::WrongState),
            _ => Ok(()),
        }
    }

    /// The attempt with another state. Whatever led there, no answer of a passkey is waited for any more.
    fn with(&self, state: SignInState, scene: &Scene<'_>) -> Self {
        Self {
            state,
            passkey: None,
            abandon_at: scene.now.plus(scene.policy.attempt_lifetime_ms),
            updated_at: self.updated_at.grown(scene.now),
            ..self.clone()
        }
    }
}

fn not_signed_in(user_id: &UserId, scene: &Scene<'_>) -> Result<(), SignInRefusal> {
    match scene.session_of(user_id) {
        Some(session) if !scene.policy.sessions.single_session => {
            Err(SignInRefusal::AlreadySignedIn { session_id: session.id.clone() })
        }
        _ => Ok(()),
    }
}

impl From<MessageRefusal> for SignInRefusal {
    fn from(refusal: MessageRefusal) -> Self {
        match refusal {
            MessageRefusal::TooMany => Self::TooManyMessages,
            MessageRefusal::Text(refusal) => Self::Text(refusal),
        }
    }
}

#[cfg(test)]
mod tests;
