//! Accounts that people have elsewhere, and the proof of who they are that comes from there.
//!
//! A person who signs in, signs up or connects an account elsewhere is sent there and comes back. What the provider says
//! of them is kept with the way out, and does nothing yet: it counts when the client that began the way out redeems it.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Waiting: the person is sent to the provider
//!     Waiting --> Failed: they said no there, or the provider cannot be believed
//!     Waiting --> Waiting: they come back; only the client that began it can go on
//!     Waiting --> Verified: redeemed, and it leads to an account
//!     Waiting --> Transferable: redeemed; nobody has this account (sign-in), or somebody has (sign-up)
//!     Waiting --> Failed: redeemed, and refused
//!     Waiting --> Expired: ten minutes over
//! ```

use serde::{Deserialize, Serialize};

use crate::{
    Account, Email, ExternalAccountId, RestrictionRefusal, SessionId, Timestamp, UserId, VerificationId, time::MINUTE,
};

mod account;
mod connect;

pub use account::ExternalAccount;
pub use connect::{Connected, RemovalRefusal};

/// How long a way out is waited for, in milliseconds.
pub const AWAY_MS: i64 = 10 * MINUTE;
/// How long what came back can be redeemed, in milliseconds.
pub const REDEEM_MS: i64 = 5 * MINUTE;

/// Longest name of a connection, in bytes.
const LONGEST: usize = 48;
const PREFIX: &str = "oauth_";

/// Name of a connection to a provider, which is also the strategy of who comes from there: `oauth_google`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionKey(arrayvec::ArrayString<LONGEST>);

/// The text names no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text names no connection such as oauth_google")]
pub struct ConnectionKeyError;

impl ConnectionKey {
    /// The connection of that name, if it could be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_prefix(PREFIX)?;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let good = name.bytes().next().is_some_and(|first| first.is_ascii_lowercase()) && name.bytes().all(fits);
        // Proofs by a token of the provider's begin alike, and are no connection.
        let good = good && !name.starts_with("token_");
        good.then(|| arrayvec::ArrayString::from(text).ok()).flatten().map(Self)
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its addresses are Google's, where one mailbox has many of them.
    #[must_use]
    pub fn is_google(&self) -> bool {
        self.as_str() == "oauth_google"
    }
}

impl std::fmt::Display for ConnectionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for ConnectionKey {
    type Error = ConnectionKeyError;

    fn try_from(text: String) -> Result<Self, ConnectionKeyError> {
        Self::parse(&text).ok_or(ConnectionKeyError)
    }
}

impl From<ConnectionKey> for String {
    fn from(key: ConnectionKey) -> Self {
        key.as_str().to_owned()
    }
}

/// What a provider said of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// By which connection.
    pub connection: ConnectionKey,
    /// The provider's own id of the person. Together with the connection it is who they are; an address never is.
    pub subject: String,
    /// The address that the provider knows them by.
    pub email: Option<Email>,
    /// Whether the provider says that it is proven.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name at the provider.
    pub username: Option<String>,
    /// Address of a picture.
    pub picture: Option<String>,
    /// What the instance may do there.
    pub scopes: Vec<String>,
}

impl Profile {
    /// The address, if the provider vouches for it.
    #[must_use]
    pub fn proven_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_verified)
    }
}

/// How a way out ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ExternalOutcome {
    /// It has not.
    Waiting,
    /// It leads to an account.
    Verified,
    /// The attempt has to become one of the other kind: a sign-in of nobody, or a sign-up of somebody.
    Transferable,
    /// It was refused.
    Failed(ExternalRefusal),
}

/// Why a way out ended in nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ExternalRefusal {
    /// The user of that account is signed in on this client.
    IdentifierAlreadySignedIn {
        /// By which session.
        session_id: SessionId,
    },
    /// The address is not taken here, or has a part that makes many of one mailbox.
    NotAllowedAccess,
    /// Sign-ups are by invitation alone.
    SignUpModeRestricted,
    /// Sign-ups are by the waitlist.
    SignUpRestrictedWaitlist,
    /// The account elsewhere belongs to another user.
    OauthIdentificationClaimed,
    /// The user has another account there already.
    OauthAccountAlreadyConnected,
    /// What the provider said, or what became of asking it, by the protocol's code.
    Provider {
        /// Such as `oauth_access_denied`.
        reason: String,
    },
}

impl ExternalRefusal {
    /// The protocol's code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::IdentifierAlreadySignedIn { .. } => "identifier_already_signed_in",
            Self::NotAllowedAccess => "not_allowed_access",
            Self::SignUpModeRestricted => "sign_up_mode_restricted",
            Self::SignUpRestrictedWaitlist => "sign_up_restricted_waitlist",
            Self::OauthIdentificationClaimed => "oauth_identification_claimed",
            Self::OauthAccountAlreadyConnected => "oauth_account_already_connected",
            Self::Provider { reason } => reason,
        }
    }
}

/// The proof that comes from elsewhere, as an attempt or an account elsewhere holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalProof {
    /// Names the way out.
    pub id: VerificationId,
    /// To where.
    pub connection: ConnectionKey,
    /// Where the browser goes, without the value that binds it to the way out.
    pub url: String,
    /// When it is not waited for any more.
    pub expire_at: Timestamp,
    /// How it ended.
    pub outcome: ExternalOutcome,
}

impl ExternalProof {
    /// Whether it may still come back.
    #[must_use]
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.outcome == ExternalOutcome::Waiting && now < self.expire_at
    }

    /// The same with another end.
    #[must_use]
    pub fn ended(&self, outcome: ExternalOutcome) -> Self {
        Self { outcome, ..self.clone() }
    }
}

/// Evidence: whose account it is that somebody has elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExternalFound<'a> {
    /// The account that it is linked to.
    pub linked: Option<&'a Account>,
    /// The account that has claimed the address that the provider names.
    pub owner: Option<&'a Account>,
}

/// What the owner of the instance says of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionRules {
    /// Whether addresses are refused of which one mailbox has many.
    pub block_sub_addresses: bool,
    /// Why nobody new comes in by what the provider said, or the address is not added to who is there.
    pub barred: Option<Barred>,
}

/// Why the restrictions of the instance keep somebody out who comes from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The address is not taken.
    Address,
    /// Sign-ups are by invitation alone.
    Restricted,
    /// Sign-ups are by the waitlist.
    Waitlist,
}

impl From<&RestrictionRefusal> for Barred {
    fn from(refusal: &RestrictionRefusal) -> Self {
        match refusal {
            RestrictionRefusal::NotAllowed(_) => Self::Address,
            RestrictionRefusal::Restricted => Self::Restricted,
            // Nobody asks for an invitation by an account elsewhere.
            RestrictionRefusal::Waitlist | RestrictionRefusal::NoWaitlist => Self::Waitlist,
        }
    }
}

impl From<Barred> for ExternalRefusal {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::Address => Self::NotAllowedAccess,
            Barred::Restricted => Self::SignUpModeRestricted,
            Barred::Waitlist => Self::SignUpRestrictedWaitlist,
        }
    }
}

/// What the caller draws and knows for an account elsewhere that a step may link.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Id of the link.
    pub id: ExternalAccountId,
    /// The way out that proved it.
    pub flow: VerificationId,
}

/// An account elsewhere that is linked as soon as its address is proven here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLink {
    /// Id of the link.
    pub id: ExternalAccountId,
    /// The way out that proved it.
    pub flow: VerificationId,
    /// What the provider said.
    pub profile: Profile,
    /// Whether nobody has proven the address of the account here: whoever made the account may not be its holder.
    pub unproven_owner: bool,
}

impl PendingLink {
    pub(crate) fn account(&self, user_id: &UserId, now: Timestamp) -> ExternalAccount {
        ExternalAccount::linked(self.id.clone(), user_id.clone(), &self.flow, self.profile.clone(), now)
    }
}

/// Whether the rules let somebody in by this profile.
pub(crate) fn refused_by_rules(profile: &Profile, rules: ConnectionRules) -> Option<ExternalRefusal> {
    let blocked = profile.connection.is_google()
        && rules.block_sub_addresses
        && profile.email.as_ref().is_some_and(Email::is_sub_address);
    blocked.then_some(ExternalRefusal::NotAllowedAccess)
}

#[cfg(test)]
mod tests;
