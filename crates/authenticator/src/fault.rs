//! Why nothing came of a ceremony.

use std::time::Duration;

use frontdesk_vault::VaultError;

use crate::{Kind, SiteFault, Unready};

/// Why nothing came of a ceremony. A screen has a sentence for each; what is in quotation marks comes from outside and
/// is shown as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// What the instance sent is not what devices are asked.
    #[error("the instance asks for something that is no passkey: {0}")]
    Options(String),
    /// No key can be asked for at the instance.
    #[error(transparent)]
    Site(#[from] SiteFault),
    /// It asks for a key of somebody else.
    #[error("the instance at {host} asks for passkeys of {rp_id:?}, which is not its own name")]
    ForeignRelyingParty {
        /// Whose keys it asks for.
        rp_id: String,
        /// Where it is.
        host: String,
    },
    /// It asks for a key that would be everybody's.
    #[error("the instance asks for passkeys of {rp_id:?}, below which anybody may register")]
    PublicSuffix {
        /// Whose keys it asks for.
        rp_id: String,
    },
    /// The authenticator cannot be used now.
    #[error("{0:?} cannot be used: {1}")]
    Unready(Kind, Unready),
    /// There is none of that kind in this app.
    #[error("there is no such authenticator: {0:?}")]
    Unknown(Kind),
    /// The instance wants an authenticator of another kind.
    #[error("the instance asks for another kind of authenticator")]
    Attachment,
    /// None of the algorithms is one of the authenticator's.
    #[error("the authenticator has none of the algorithms that the instance takes")]
    Algorithms,
    /// There is a key of the account on it already.
    #[error("the authenticator has a passkey of this account already")]
    Excluded,
    /// There is no key, or no password, for what is asked on it.
    #[error("the authenticator has no passkey for this")]
    NoCredential,
    /// The person said no.
    #[error("cancelled")]
    Cancelled,
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    TimedOut,
    /// The PIN of this device was wrong several times; it can be tried again after this time.
    #[error("the PIN was wrong several times, wait {} seconds", .0.as_secs() + 1)]
    PinWait(Duration),
    /// The PIN of this device was wrong so often that its passkeys and passwords are gone.
    #[error("the PIN was wrong too often: the passkeys and passwords of this device were removed")]
    Wiped,
    /// The security key has no PIN and needs one.
    #[error("the security key has no PIN; set one first")]
    PinNotSet,
    /// The security key wants to be plugged in anew before another try.
    #[error("the PIN was wrong several times: take the security key out and plug it in again")]
    PinReplug,
    /// The security key takes no PIN any more; it has to be reset, which removes what is on it.
    #[error("the PIN was wrong too often: the security key is blocked and has to be reset")]
    PinBlocked,
    /// Its fingerprint reader did not recognise anybody, and takes no more tries.
    #[error("the security key did not recognise you")]
    NotVerified,
    /// It takes no more keys, or no more passwords.
    #[error("there is no room for another one")]
    Full,
    /// What is to be kept is longer than an item of the keychain.
    #[error("it is longer than what the keychain takes")]
    TooLong,
    /// The keychain did not do what it was asked.
    #[error(transparent)]
    Keychain(#[from] VaultError),
    /// The keychain does not keep anything beyond this session, so no passkey can be kept in it.
    #[error("this computer has no keychain that would keep a passkey")]
    NotKept,
    /// What is kept on this device cannot be read.
    #[error("what is kept of the passkey on this device is damaged")]
    Damaged,
    /// It went away before it had answered: a phone that hung up, a security key that was taken out.
    #[error("the authenticator went away before it had answered")]
    Gone,
    /// Phones are not heard, in the system's words.
    #[error("Bluetooth does not work: {0}")]
    Bluetooth(String),
    /// The phone was heard, and is not reached over the internet.
    #[error("the phone is not reached over the internet: {0}")]
    Unreached(String),
    /// Anything else, in the authenticator's words.
    #[error("the authenticator failed: {0}")]
    Device(String),
}

impl Fault {
    /// The name that a browser gives it (Web Authentication §5.1.3 and §5.1.4), for instances and logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Options(_) => "TypeError",
            Self::Site(_) | Self::ForeignRelyingParty { .. } | Self::PublicSuffix { .. } => "SecurityError",
            Self::Algorithms | Self::Unknown(_) => "NotSupportedError",
            Self::Excluded => "InvalidStateError",
            Self::Full
            | Self::TooLong
            | Self::NotKept
            | Self::Damaged
            | Self::Keychain(_)
            | Self::Gone
            | Self::Bluetooth(_)
            | Self::Unreached(_)
            | Self::Device(_) => "UnknownError",
            Self::Unready(..)
            | Self::Attachment
            | Self::NoCredential
            | Self::Cancelled
            | Self::TimedOut
            | Self::PinWait(_)
            | Self::Wiped
            | Self::PinNotSet
            | Self::PinReplug
            | Self::PinBlocked
            | Self::NotVerified => "NotAllowedError",
        }
    }
}
