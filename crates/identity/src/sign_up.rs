//! Sign-up: the attempt to create an account.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> MissingRequirements: begin (replaces the client's attempt)
//!     MissingRequirements --> MissingRequirements: fields given, code sent, wrong code
//!     MissingRequirements --> MissingRequirements: another address, the proof is dropped
//!     MissingRequirements --> MissingRequirements: sent to a provider, back from there
//!     MissingRequirements --> MissingRequirements: an invitation, which proves the address
//!     MissingRequirements --> Complete: nothing missing, address proven
//!     MissingRequirements --> Abandoned: 24 h idle
//!     Complete --> [*]: account and session are there
//! ```
//!
//! Where the instance hides who has an account, an address that somebody has goes the same way as any other until its
//! holder reads the mail: they are told that they have an account, and no code is sent that could complete the attempt.

use serde::{Deserialize, Serialize};

use crate::{
    AccountSeed, ClientId, CodeProof, CodeRefusal, Effect, Email, EmailAddress, ExternalProof, FieldError, FieldFault,
    InvitationRefusal, Metadata, NewAccount, PasswordDigest, Phone, PhoneNumber, Policy, Requirement, Scene, SessionId,
    SignUpId, Step, Strategy, TextRefusal, Timestamp, User, UserId, Username,
};

mod external;
mod form;
mod invitation;
mod proofs;

pub use external::DraftExternal;
pub use form::{FormFaults, SignUpFields, SignUpForm};
pub use invitation::{DraftInvitation, Invited};

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
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
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
    /// The invitation that it is made by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<DraftInvitation>,
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
        /// The proof of the number.
        #[serde(default)]
        phone_proof: CodeProof,
    },
    /// There is an account.
    Complete {
        /// Whose.
        user_id: UserId,
        /// The session that began.
        session_id: SessionId,
        /// The proof of the address, if it was asked for.
        email_proof: CodeProof,
        /// The proof of the number, if it was asked for.
        #[serde(default)]
        phone_proof: CodeProof,
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

/// Evidence: which of what was given somebody else has at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The address.
    pub email: Claim,
    /// The number.
    pub phone: Claim,
    /// The user name.
    pub username: Claim,
}

impl From<Claim> for Taken {
    /// Evidence about the address, where nothing else was given.
    fn from(email: Claim) -> Self {
        Self { email, phone: Claim::Free, username: Claim::Free }
    }
}

/// What of an attempt is proven so far.
struct Open<'a> {
    password: Option<&'a PasswordDigest>,
    email_proof: &'a CodeProof,
    phone_proof: &'a CodeProof,
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
    /// Somebody has this number, and the instance says so.
    #[error("somebody has this phone number")]
    PhoneExists,
    /// Somebody has proven this number meanwhile.
    #[error("somebody else has proven this phone number meanwhile")]
    PhoneClaimed,
    /// There is no number to send a code to.
    #[error("no phone number was given yet")]
    NoPhone,
    /// Somebody has this name. Nobody can prove a name, so it is told everywhere.
    #[error("somebody has this user name")]
    UsernameTaken,
    /// No text is sent.
    #[error(transparent)]
    Text(TextRefusal),
    /// There is no address to send a code to.
    #[error("no email address was given yet")]
    NoEmail,
    /// The code was not sent or not taken.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The invitation lets nobody in.
    #[error(transparent)]
    Invitation(#[from] InvitationRefusal),
    /// The address has got too many messages.
    #[error("too many messages were sent to this address")]
    TooManyMessages,
}

impl SignUp {
    /// Begins an attempt with these fields, which becomes the client's current one. `taken` is about
    /// [`Self::given_after`].
    pub fn begin(
        id: SignUpId,
        fields: SignUpFields,
        password: Option<PasswordDigest>,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        Self::begun(id, scene)?.and(scene, |empty, scene| empty.update(fields, password, taken, seed, scene))
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
            state: SignUpState::MissingRequirements {
                password: None,
                email_proof: CodeProof::default(),
                phone_proof: CodeProof::default(),
            },
            external: None,
            abandon_at: scene.now.plus(scene.policy.attempt_lifetime_ms),
            created_at: scene.now,
            updated_at: scene.now,
        };
        Ok(Step { attempt: empty, client, effects: Vec::new() })
    }

    /// Takes more fields. Another address drops the proof of the one before. `password` is the digest of the password
    /// that the fields were checked with; `taken` is about [`Self::given_after`].
    pub fn update(
        &self,
        fields: SignUpFields,
        password: Option<PasswordDigest>,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let (open, taken) = (self.open(scene)?, taken.into());
        let other_email = fields.email.after(self.draft.email.as_ref()) != self.draft.email.as_ref();
        let other_phone = fields.phone.after(self.draft.phone.as_ref()) != self.draft.phone.as_ref();
        if other_email && self.keeps_email() {
            let fault = FieldError::new(EMAIL, FieldFault::Disabled);
            return Err(FormFaults { fields: vec![fault], ..FormFaults::default() }.into());
        }
        let draft = fields.apply(&self.draft, password.is_some(), scene.now);
        let hides = scene.policy.enumeration_protection;
        let hidden = hides && scene.policy.email_address.verify_at_sign_up;
        if other_email && draft.email.is_some() && taken.email == Claim::Claimed && !hidden {
            return Err(SignUpRefusal::EmailExists);
        }
        let hidden = hides && scene.policy.phone_number.verify_at_sign_up;
        if other_phone && draft.phone.is_some() && taken.phone == Claim::Claimed && !hidden {
            return Err(SignUpRefusal::PhoneExists);
        }
        if draft.username.is_some() && taken.username == Claim::Claimed {
            return Err(SignUpRefusal::UsernameTaken);
        }
        let state = SignUpState::MissingRequirements {
            password: password.or_else(|| open.password.cloned()),
            email_proof: if other_email { CodeProof::default() } else { open.email_proof.clone() },
            phone_proof: if other_phone { CodeProof::default() } else { open.phone_proof.clone() },
        };
        self.with(draft, state, scene).finish_if_ready(taken, seed, scene)
    }

    /// The address, number and name that the attempt is about after these fields: those whose claims have to be gathered.
    #[must_use]
    pub fn given_after<'a>(
        attempt: Option<&'a Self>,
        fields: &'a SignUpFields,
    ) -> (Option<&'a Email>, Option<&'a Phone>, Option<&'a Username>) {
        let draft = attempt.map(|attempt| &attempt.draft);
        (
            fields.email.after(draft.and_then(|draft| draft.email.as_ref())),
            fields.phone.after(draft.and_then(|draft| draft.phone.as_ref())),
            fields.username.after(draft.and_then(|draft| draft.username.as_ref())),
        )
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

    /// The proof of the number.
    #[must_use]
    pub fn phone_proof(&self) -> &CodeProof {
        match &self.state {
            SignUpState::MissingRequirements { phone_proof, .. } | SignUpState::Complete { phone_proof, .. } => {
                phone_proof
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
            PHONE => draft.phone.is_none(),
            USERNAME => draft.username.is_none(),
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
        let email = policy.email_address.verify_at_sign_up && !self.email_proof().is_verified();
        let phone = policy.phone_number.verify_at_sign_up && !self.phone_proof().is_verified();
        let fields = [(EMAIL, email && self.draft.email.is_some()), (PHONE, phone && self.draft.phone.is_some())];
        fields.into_iter().filter_map(|(field, unproven)| (open && unproven).then_some(field)).collect()
    }

    /// Creates account and session as soon as nothing is missing.
    fn finish_if_ready(
        self,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let SignUpState::MissingRequirements { password, email_proof, phone_proof } = &self.state else {
            return Err(SignUpRefusal::WrongState);
        };
        let (draft, taken) = (&self.draft, taken.into());
        let named = draft.email.is_some() || draft.phone.is_some() || draft.username.is_some();
        let enters = draft.has_password || draft.external.is_some() || self.enters_by_code(scene.policy);
        let ready = self.missing_fields(scene.policy).is_empty() && self.unverified_fields(scene.policy).is_empty();
        if !(ready && named && enters) {
            return Ok(Step::quiet(self, scene));
        }
        if draft.email.is_some() && taken.email == Claim::Claimed {
            return Err(SignUpRefusal::EmailClaimed);
        }
        if draft.phone.is_some() && taken.phone == Claim::Claimed {
            return Err(SignUpRefusal::PhoneClaimed);
        }
        if draft.username.is_some() && taken.username == Claim::Claimed {
            return Err(SignUpRefusal::UsernameTaken);
        }
        let strategy = match &draft.external {
            Some(external) => Strategy::OAuth(external.profile.connection),
            None if draft.invitation.is_some() => Strategy::Ticket,
            None if email_proof.is_verified() => Strategy::EmailCode,
            None if phone_proof.is_verified() => Strategy::PhoneCode,
            None => Strategy::Password,
        };
        let account = self.account(password.clone(), &seed, scene.now);
        let state = SignUpState::Complete {
            user_id: seed.user.clone(),
            session_id: seed.session.id.clone(),
            email_proof: email_proof.clone(),
            phone_proof: phone_proof.clone(),
        };
        let (client, session) = scene.begin_session(seed.session, seed.user, strategy);
        let accepted = draft.invitation.as_ref().map(|invitation| Effect::AcceptInvitation(invitation.id.clone()));
        let mut effects: Vec<_> = accepted.into_iter().chain([Effect::CreateAccount(Box::new(account))]).collect();
        effects.extend(session);
        Ok(Step { attempt: Self { state, ..self }, client, effects })
    }

    /// Whether a code to what was proven would sign in: who gave no password needs a way back.
    fn enters_by_code(&self, policy: &Policy) -> bool {
        (policy.email_address.sign_in_by_code && self.email_proof().is_verified())
            || (policy.phone_number.sign_in_by_code && self.phone_proof().is_verified())
    }

    fn account(&self, password: Option<PasswordDigest>, seed: &AccountSeed, now: Timestamp) -> NewAccount {
        let draft = &self.draft;
        let proven = |proof: &CodeProof| match proof {
            CodeProof::Verified { at, .. } => Some(*at),
            _ => None,
        };
        let (email_at, phone_at) = (proven(self.email_proof()), proven(self.phone_proof()));
        let email = draft.email.as_ref().map(|email| EmailAddress {
            id: seed.email.clone(),
            user_id: seed.user.clone(),
            email: email.clone(),
            verified_at: email_at,
            // Nobody else may take the address that this account signs in with.
            reserved: email_at.is_none(),
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        });
        let phone = draft.phone.as_ref().map(|phone| PhoneNumber {
            id: seed.phone.clone(),
            user_id: seed.user.clone(),
            phone: phone.clone(),
            verified_at: phone_at,
            reserved: phone_at.is_none(),
            second_factor: false,
            default_second_factor: false,
            code: CodeProof::default(),
            created_at: now,
            updated_at: now,
        });
        NewAccount {
            user: User {
                id: seed.user.clone(),
                username: draft.username.clone(),
                first_name: draft.first_name.clone(),
                last_name: draft.last_name.clone(),
                unsafe_metadata: draft.unsafe_metadata.clone(),
                public_metadata: draft.invitation.as_ref().map(|by| by.public_metadata.clone()).unwrap_or_default(),
                private_metadata: Metadata::new(),
                external_id: None,
                primary_email_address_id: email.as_ref().map(|email| email.id.clone()),
                primary_phone_number_id: phone.as_ref().map(|phone| phone.id.clone()),
                image_id: None,
                locale: draft.locale.clone(),
                banned: false,
                compromised_password: None,
                legal_accepted_at: draft.legal_accepted_at,
                last_sign_in_at: Some(now),
                last_active_at: Some(now),
                created_at: now,
                updated_at: now,
            },
            email,
            phone,
            username_id: seed.username.clone(),
            password,
            external: draft.external.as_ref().map(|external| external.account(&seed.user, now)),
        }
    }

    fn open(&self, scene: &Scene<'_>) -> Result<Open<'_>, SignUpRefusal> {
        if scene.client.sign_up_id.as_ref() != Some(&self.id) || self.client_id != scene.client.id {
            return Err(SignUpRefusal::NotCurrent);
        }
        match &self.state {
            SignUpState::Complete { .. } => Err(SignUpRefusal::WrongState),
            SignUpState::MissingRequirements { .. } if scene.now >= self.abandon_at => Err(SignUpRefusal::Abandoned),
            SignUpState::MissingRequirements { password, email_proof, phone_proof } => {
                Ok(Open { password: password.as_ref(), email_proof, phone_proof })
            }
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
const PHONE: &str = "phone_number";
const USERNAME: &str = "username";
const PASSWORD: &str = "password";
const FIRST_NAME: &str = "first_name";
const LAST_NAME: &str = "last_name";

fn fields_where(policy: &Policy, wanted: Requirement) -> Vec<&'static str> {
    [
        (EMAIL, policy.email_address.requirement),
        (PHONE, policy.phone_number.requirement),
        (USERNAME, policy.username.requirement),
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
