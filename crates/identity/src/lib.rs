//! What is allowed: pure rules and state machines of sign-up, sign-in, verification, session and client.
//!
//! Nothing here reads a clock, draws a random number, asks a database or speaks a protocol: time, ids, codes and
//! evidence are parameters, and a transition answers with the new state and the effects it asks for, or with a typed
//! refusal. Whoever calls gathers the evidence before and commits the effects after, in one transaction.

pub mod claims;
pub mod client;
pub mod effect;
pub mod email;
pub mod external;
pub mod field;
pub mod id;
pub mod identifier;
pub mod invitation;
pub mod jwt_template;
pub mod lockout;
pub mod passkey;
pub mod password;
pub mod phone;
pub mod policy;
pub mod restriction;
pub mod reverification;
#[cfg(test)]
mod samples;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod strategy;
pub mod ticket;
pub mod time;
pub mod user;
pub mod username;
pub mod verification;
pub mod waitlist;

pub use claims::{ClaimFault, Claims, Facts, TokenKind};
pub use client::{Client, StaleToken, TokenStanding};
pub use effect::{AccountSeed, Effect, NewAccount, NewSession, Notice, Scene, Step};
pub use email::{Email, EmailFault};
pub use external::{
    Barred, Connected, ConnectionKey, ConnectionRules, ExternalAccount, ExternalFound, ExternalOutcome, ExternalProof,
    ExternalRefusal, NewLink, PendingLink, Profile, RemovalRefusal,
};
pub use field::{FieldError, FieldFault};
pub use id::{
    ClientId, DeliveryId, ExternalAccountId, IdError, IdentificationId, ImageId, InvitationId, SessionId, SignInId,
    SignInTokenId, SignUpId, TotpId, UserId, VerificationId, WaitlistEntryId,
};
pub use identifier::{Addressee, Identifier, NoIdentifier, Recipient};
pub use invitation::{Invitation, InvitationRefusal, InvitationState, InvitationStatus};
pub use jwt_template::{Algorithm, JwtTemplate, JwtTemplateFault, JwtTemplateForm, KeyFault};
pub use lockout::{Counter, Lane, Lockout};
pub use passkey::{
    Credential, CredentialId, NewPasskey, PartyFault, Passkey, PasskeyChecked, PasskeyProof, PasskeyRefusal,
    RelyingParty, UserHandle,
};
pub use password::{
    Advice, BreachCheck, Candidate, ContextWords, Guess, PasswordChecked, PasswordDigest, PasswordFault,
};
pub use phone::{Phone, PhoneFault};
pub use policy::{
    MessageRefusal, Policy, PolicyFault, Recent, Requirement, TextPolicy, TextRefusal, TextTraffic, Tier,
};
pub use restriction::{Entry, List, Listed, NoEntry, RestrictionPolicy, RestrictionRefusal, SignUpMode, Way};
pub use reverification::{Level, Reverification, ReverificationStatus};
pub use second_factor::{
    SecondChecked, SecondCode, SecondFactor, SecondFactorRefusal, SecondFactors, SecondProven, TotpSummary, Tries,
};
pub use session::{DeviceActivity, Session, SessionEnd, SessionRefusal, SessionStatus};
pub use sign_in::{CodePurpose, Factor, Found, Reset, SignIn, SignInRefusal, SignInState, SignInStatus, Subject};
pub use sign_up::{
    Claim, Draft, DraftExternal, DraftInvitation, FormFaults, Invited, SignUp, SignUpFields, SignUpForm, SignUpRefusal,
    SignUpState, SignUpStatus, Taken,
};
pub use strategy::Strategy;
pub use ticket::{SignInToken, SignInTokenState, TicketRefusal};
pub use time::Timestamp;
pub use user::{
    Account, AccountChange, EmailAddress, EmailChange, EmailRefusal, GivenEmail, GivenPhone, NewAddress, NewPassword,
    NewUser, OwnerChange, PasswordProof, PasswordRefusal, PasswordSummary, PhoneChange, PhoneNumber, PhoneRefusal,
    SecondPhoneChange, User,
};
pub use username::{Username, UsernameFault};
pub use verification::{CodeChecked, CodeMac, CodeProof, CodeRefusal, NewCode, ProofStatus, SentCode};
pub use waitlist::{WaitlistEntry, WaitlistRefusal, WaitlistState};

/// A JSON object that an application keeps with a user or an attempt.
pub type Metadata = serde_json::Map<String, serde_json::Value>;
