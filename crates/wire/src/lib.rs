//! What travels between an app and an instance: objects, forms and errors of the Frontend API.
//! What a server of the owner's sees, by the Backend API, is in [`backend`].
//!
//! The same types are written by the server and read by the app. Writing emits every field, null where there is
//! nothing. Reading is lenient, because the other side may be any instance: every field but ids and states may be null
//! or missing, unknown fields are ignored, the names of objects are not looked at, and words such as states and
//! strategies stay strings, so that tomorrow's words are kept as they are. No rules live here.

pub mod backend;
pub mod client;
pub mod code;
pub mod envelope;
pub mod environment;
pub mod error;
pub mod external;
pub mod form;
pub mod introduction;
mod jwks;
pub mod key;
pub mod outbox;
pub mod passkey;
pub mod schema;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod user;
pub mod verification;
pub mod waitlist;

pub use client::{Client, DeletedObject, DevBrowser};
pub use code::ErrorCode;
pub use envelope::Envelope;
pub use environment::Environment;
pub use error::{ApiError, ApiErrors, ErrorMeta, ErrorsMeta};
pub use external::ExternalAccount;
pub use introduction::{INTRODUCTION_PATH, Introduction};
pub use jwks::{Health, Jwk, Jwks};
pub use key::{KeyError, KeyKind, PublishableKey};
pub use outbox::OutboxMessage;
pub use passkey::{Passkey, RelatedOrigins};
pub use second_factor::{BackupCodes, Totp};
pub use session::{ActiveSession, Session, SessionActivity, SessionReverification, SessionTask, Token};
pub use sign_in::{Factor, SignIn, UserData};
pub use sign_up::{SignUp, SignUpVerifications};
pub use user::{EmailAddress, Image, LinkedIdentification, PhoneNumber, PublicUserData, User};
pub use verification::{SignUpVerification, Verification};
pub use waitlist::WaitlistEntry;

/// A JSON object that an application keeps with a user or an attempt.
pub type Metadata = serde_json::Map<String, serde_json::Value>;

/// Reads null as the type's default; with `#[serde(default)]` a missing field does too.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::Deserialize<'de>,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads what can be read of a list; null as an empty one. What an instance may send along that nobody knows must not keep
/// the rest from being read.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let entries: Option<Vec<serde_json::Value>> = serde::Deserialize::deserialize(deserializer)?;
    Ok(entries.unwrap_or_default().into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}
