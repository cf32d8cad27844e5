//! Sessions and their tokens.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{
    nullable,
    sign_in::Factor,
    user::{PublicUserData, User},
    verification::Verification,
};

/// A signed-in user at a client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Session {
    /// `session`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `sess_…`.
    pub id: String,
    /// `active`, `pending`, `ended`, `removed`, `replaced`, `expired`, `abandoned` or `revoked`.
    pub status: String,
    /// Latest end, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub expire_at: i64,
    /// When it is given up, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub abandon_at: i64,
    /// Last use, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub last_active_at: i64,
    /// A session token minted at about the time of this answer.
    pub last_active_token: Option<Token>,
    /// The organization chosen last.
    pub last_active_organization_id: Option<String>,
    /// Who acts in the user's name.
    #[ts(type = "Record<string, unknown> | null")]
    pub actor: Option<Value>,
    /// What the user has to do before the session becomes active.
    pub tasks: Option<Vec<SessionTask>>,
    /// The user.
    pub user: Option<User>,
    /// What others may see of the user.
    pub public_user_data: Option<PublicUserData>,
    /// Minutes since the first and the second factor; −1 is never.
    #[ts(type = "Array<number>")]
    #[serde(default, deserialize_with = "nullable")]
    pub factor_verification_age: Vec<i64>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// Something a user has to do before a session becomes active.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionTask {
    /// `choose-organization`, `reset-password` or `setup-mfa`.
    pub key: String,
}

/// A session as lists of a user's devices show it: without the user, with where it was used last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ActiveSession {
    /// `session`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `sess_…`.
    pub id: String,
    /// As for [`Session`].
    pub status: String,
    /// Latest end, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub expire_at: i64,
    /// When it is given up, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub abandon_at: i64,
    /// Last use, in milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub last_active_at: i64,
    /// Who acts in the user's name.
    #[ts(type = "Record<string, unknown> | null")]
    pub actor: Option<Value>,
    /// What the user has to do before the session becomes active.
    pub tasks: Option<Vec<SessionTask>>,
    /// Where and with what it was used last.
    pub latest_activity: Option<SessionActivity>,
    /// Always null: the caller is the user.
    #[ts(type = "Record<string, unknown> | null")]
    pub user: Option<Value>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// Where and with what a session was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionActivity {
    /// `session_activity`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `sess_activity_…`.
    pub id: String,
    /// Such as `Linux`.
    pub device_type: Option<String>,
    /// Whether it is a phone or tablet.
    #[serde(default, deserialize_with = "nullable")]
    pub is_mobile: bool,
    /// The browser or app.
    pub browser_name: Option<String>,
    /// Its version.
    pub browser_version: Option<String>,
    /// The address it came from.
    pub ip_address: Option<String>,
    /// City of the address.
    pub city: Option<String>,
    /// Country of the address.
    pub country: Option<String>,
}

/// The attempt of somebody who is signed in to prove it once more, before a change that matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionReverification {
    /// `session_reverification`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// What is to be proven: `first_factor`, `second_factor` or `multi_factor`.
    #[serde(default, deserialize_with = "nullable")]
    pub level: String,
    /// `needs_first_factor`, `needs_second_factor` or `complete`.
    pub status: String,
    /// Ways to prove the first factor.
    pub supported_first_factors: Option<Vec<Factor>>,
    /// Ways to prove the second factor.
    pub supported_second_factors: Option<Vec<Factor>>,
    /// The first factor under way.
    pub first_factor_verification: Option<Verification>,
    /// The second factor under way.
    pub second_factor_verification: Option<Verification>,
    /// The session that is proven once more; the window of an app does not get it.
    #[ts(skip)]
    #[serde(default, deserialize_with = "nullable")]
    pub session: Session,
}

/// A session token.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Token {
    /// `token`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// The token in compact form (RFC 7519).
    pub jwt: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
