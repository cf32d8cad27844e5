//! What the window may know of passkeys: never a key, a PIN, or what a device is asked to sign.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_authenticator::{Gesture, HeldKey, Kind, Offer, PinFlaw, SiteFault, Unready};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::held::MadeHere;
use crate::snapshot::AccountKey;

/// Passkeys as far as this computer is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct PasskeysView {
    /// Whether a PIN of this app protects the passkeys of this device; it is chosen with the first of them.
    pub pin_chosen: bool,
    /// What the system recognises the person by in place of a PIN; none where the PIN protects them, or will.
    pub gesture: Option<SystemGesture>,
    /// The passkeys of this device, as far as the keychain has said.
    pub keys: Vec<DeviceKey>,
    /// What goes on with an authenticator now; there is one at a time.
    pub ceremony: Option<CeremonyView>,
}

/// What a system recognises the person by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SystemGesture {
    /// A finger, a watch or the password of a Mac.
    TouchId,
    /// A face, a finger or the PIN of Windows.
    WindowsHello,
}

/// A passkey whose key is in the keychain of this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DeviceKey {
    /// Names the key; not an id of the instance.
    pub id: String,
    /// The domain that it is for.
    pub rp_id: String,
    /// What tells one account from another there.
    pub name: String,
    /// What the person is called there.
    pub display_name: String,
    /// When it was made, in milliseconds since the epoch.
    #[ts(type = "number")]
    pub made_at: i64,
}

/// Passkeys at one instance, as far as this app is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct InstancePasskeys {
    /// Why none can be used there by this app; none where they can.
    pub obstacle: Option<PasskeyObstacle>,
    /// Whether the first step of signing in has a button for them.
    pub sign_in_button: bool,
    /// Ids of those passkeys of users there whose keys are on this device.
    pub here: Vec<String>,
    /// With what the passkeys were made that this app has made; of others, nobody says.
    pub made_with: Vec<MadePasskey>,
}

/// A passkey that this app has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MadePasskey {
    /// The instance's id of it.
    pub passkey: String,
    /// With what.
    pub authenticator: AuthenticatorKind,
}

/// Why no passkey can be used at an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyObstacle {
    /// The instance has not said whether it has them.
    Unknown,
    /// The instance has none.
    Off,
    /// It is not reached over https.
    Insecure,
    /// It has an address and no name.
    NoName,
    /// Anybody may have a name beside its own.
    PublicSuffix,
}

/// A kind of authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticatorKind {
    /// The keychain of this computer, behind a PIN of this app or what the system has in its place.
    ThisDevice,
    /// A security key that is plugged in.
    SecurityKey,
    /// Windows itself, by a window of its own.
    Windows,
    /// A phone that scans a code; in builds that have it.
    Phone,
}

/// An authenticator of this computer, in the order in which they are offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AuthenticatorView {
    /// Which.
    pub kind: AuthenticatorKind,
    /// Why it cannot be used now; none where it can.
    pub unready: Option<AuthenticatorUnready>,
}

/// See [`AuthenticatorView`]. `detail` is in the system's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AuthenticatorUnready {
    /// There is no keychain that keeps anything.
    NoKeychain {
        /// The system's words.
        detail: String,
    },
    /// The keychain is locked.
    Locked {
        /// The system's words.
        detail: String,
    },
    /// It has not said yet; it can be tried.
    NoAnswer,
    /// It does not work.
    Failed {
        /// The system's words.
        detail: String,
    },
    /// There is no Bluetooth, by which phones are heard.
    NoBluetooth {
        /// The system's words.
        detail: String,
    },
    /// There is, and it is turned off.
    BluetoothOff,
    /// The PIN was wrong several times.
    PinWait {
        /// When it can be tried again, in milliseconds since the epoch.
        #[ts(type = "number")]
        until: i64,
    },
}

/// What goes on with an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CeremonyView {
    /// A random name, by which it is answered and cancelled.
    pub id: String,
    /// What it is for.
    pub purpose: CeremonyPurpose,
    /// With which authenticator.
    pub authenticator: AuthenticatorKind,
    /// The host of the site that asks; none where none does.
    pub host: Option<String>,
    /// What the person has to do now.
    pub prompt: CeremonyPrompt,
}

/// See [`CeremonyView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CeremonyPurpose {
    /// Somebody signs in.
    SignIn {
        /// Where.
        instance: String,
    },
    /// Somebody who is signed in adds a passkey.
    Create {
        /// Which account.
        account: AccountKey,
    },
    /// Somebody who is signed in proves anew who they are.
    Verify {
        /// Which account.
        account: AccountKey,
    },
    /// The PIN of the passkeys of this device is replaced.
    ChangePin,
    /// A password is kept on this device.
    KeepPassword {
        /// Where it signs in.
        instance: String,
    },
    /// Somebody signs in by the password that is kept.
    UsePassword {
        /// Where.
        instance: String,
    },
    /// The lock of the app is turned on.
    TurnLockOn,
    /// The lock of the app is turned off.
    TurnLockOff,
    /// The lock of the app is opened.
    Unlock,
}

/// What the person has to do. Where there is a `question`, its number has to be in the answer: an answer to one that was
/// answered already changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CeremonyPrompt {
    /// Nothing: the authenticator works.
    Working,
    /// Answer the system, which asks by a window of its own.
    System {
        /// By what it recognises the person.
        gesture: SystemGesture,
    },
    /// Type the PIN.
    Pin {
        /// Which question this is.
        question: u32,
        /// Why it is asked once more; none the first time.
        again: Option<PinAgain>,
    },
    /// Choose a PIN: there is none yet, or it is replaced.
    ChoosePin {
        /// Which question this is.
        question: u32,
        /// Why the one before cannot be chosen.
        flaw: Option<PinProblem>,
    },
    /// Plug a security key in.
    PlugIn,
    /// Touch the security key that is to be used, of several.
    TouchOne,
    /// Touch the security key.
    Touch,
    /// Scan a code with a phone.
    Scan {
        /// What the code says.
        code: String,
    },
    /// Nothing: a phone has scanned it and is being reached.
    Connecting,
    /// Answer the phone.
    OnPhone,
    /// Choose whom to sign in.
    ChooseAccount {
        /// Which question this is.
        question: u32,
        /// The accounts; the answer is a place in this list, counted from 0.
        accounts: Vec<PasskeyAccount>,
    },
}

/// Why a PIN is asked for once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PinAgain {
    /// The one before was wrong.
    Wrong {
        /// How many tries are left, where that is known. After the last one the passkeys and passwords of this device
        /// are removed, and a security key is blocked.
        tries_left: Option<u32>,
    },
    /// The one before can be no PIN and was not tried.
    Impossible {
        /// Why.
        problem: PinProblem,
    },
}

/// Why something can be no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PinProblem {
    /// Too few characters: six for this device, four for a security key.
    TooShort,
    /// More than 63 bytes.
    TooLong,
    /// One character over and over, or characters in a row.
    Simple,
    /// It holds characters that nobody can type.
    NoText,
}

/// An account that a key signs in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PasskeyAccount {
    /// What tells one account from another.
    pub name: String,
    /// What the person is called there.
    pub display_name: String,
}

impl InstancePasskeys {
    /// Of an instance of which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            obstacle: Some(PasskeyObstacle::Unknown),
            sign_in_button: false,
            here: Vec::new(),
            made_with: Vec::new(),
        }
    }
}

impl AuthenticatorView {
    /// What an authenticator says of itself at this time, in milliseconds since the epoch.
    pub(super) fn of(offer: Offer, now: i64) -> Self {
        let unready = offer.ready.err().map(|why| match why {
            Unready::NoKeychain(detail) => AuthenticatorUnready::NoKeychain { detail },
            Unready::Locked(detail) => AuthenticatorUnready::Locked { detail },
            Unready::NoAnswer => AuthenticatorUnready::NoAnswer,
            Unready::Failed(detail) => AuthenticatorUnready::Failed { detail },
            Unready::NoBluetooth(detail) => AuthenticatorUnready::NoBluetooth { detail },
            Unready::BluetoothOff => AuthenticatorUnready::BluetoothOff,
            Unready::PinWait(rest) => {
                let rest = i64::try_from(rest.as_millis()).unwrap_or(i64::MAX);
                AuthenticatorUnready::PinWait { until: now.saturating_add(rest) }
            }
        });
        Self { kind: offer.kind.into(), unready }
    }
}

impl From<Gesture> for SystemGesture {
    fn from(gesture: Gesture) -> Self {
        match gesture {
            Gesture::TouchId => Self::TouchId,
            Gesture::WindowsHello => Self::WindowsHello,
        }
    }
}

impl From<Kind> for AuthenticatorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::ThisDevice => Self::ThisDevice,
            Kind::SecurityKey => Self::SecurityKey,
            Kind::Windows => Self::Windows,
            Kind::Phone => Self::Phone,
        }
    }
}

impl From<AuthenticatorKind> for Kind {
    fn from(kind: AuthenticatorKind) -> Self {
        match kind {
            AuthenticatorKind::ThisDevice => Self::ThisDevice,
            AuthenticatorKind::SecurityKey => Self::SecurityKey,
            AuthenticatorKind::Windows => Self::Windows,
            AuthenticatorKind::Phone => Self::Phone,
        }
    }
}

impl From<SiteFault> for PasskeyObstacle {
    fn from(fault: SiteFault) -> Self {
        match fault {
            SiteFault::Insecure => Self::Insecure,
            SiteFault::NoName => Self::NoName,
            SiteFault::PublicSuffix => Self::PublicSuffix,
        }
    }
}

impl From<PinFlaw> for PinProblem {
    fn from(flaw: PinFlaw) -> Self {
        match flaw {
            PinFlaw::TooShort => Self::TooShort,
            PinFlaw::TooLong => Self::TooLong,
            PinFlaw::Simple => Self::Simple,
            PinFlaw::NoText => Self::NoText,
        }
    }
}

impl From<&MadeHere> for MadePasskey {
    fn from(made: &MadeHere) -> Self {
        Self { passkey: made.passkey.clone(), authenticator: made.with }
    }
}

impl From<HeldKey> for DeviceKey {
    fn from(key: HeldKey) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&key.credential_id),
            rp_id: key.rp_id,
            name: key.name,
            display_name: key.display_name,
            made_at: i64::try_from(key.made_at).unwrap_or(i64::MAX).saturating_mul(1000),
        }
    }
}
