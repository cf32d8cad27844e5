//! The client: a device or browser, the unit that an instance authenticates.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{nullable, session::Session, sign_in::SignIn, sign_up::SignUp};

/// A client with its sessions and attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Client {
    /// `client`; readers do not look at it.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// `client_…`.
    pub id: String,
    /// Sessions that belong to the client.
    #[serde(default, deserialize_with = "nullable")]
    pub sessions: Vec<Session>,
    /// The sign-in under way.
    pub sign_in: Option<SignIn>,
    /// The sign-up under way.
    pub sign_up: Option<SignUp>,
    /// The session used last.
    pub last_active_session_id: Option<String>,
    /// How somebody last signed in here.
    pub last_authentication_strategy: Option<String>,
    /// When the browser drops the cookie, in milliseconds since the epoch; null for native clients.
    #[ts(type = "number | null")]
    pub cookie_expires_at: Option<i64>,
    /// Whether the client need not prove that it is no robot.
    #[serde(default, deserialize_with = "nullable")]
    pub captcha_bypass: bool,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub created_at: i64,
    /// Milliseconds since the epoch; grows with every change.
    #[ts(type = "number")]
    #[serde(default, deserialize_with = "nullable")]
    pub updated_at: i64,
}

/// A browser as development instances know it where SDKs use no cookies of the instance: its token travels in queries.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DevBrowser {
    /// `dev_browser`; readers do not look at it.
    pub object: String,
    /// The token. SDKs read it from here and nothing else.
    pub id: String,
    /// The token once more.
    pub token: String,
    /// `ins_…`.
    pub instance_id: String,
    /// The page that asked for it.
    pub home_origin: Option<String>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Milliseconds since the epoch.
    pub updated_at: i64,
}

impl std::fmt::Debug for DevBrowser {
    /// Shows no token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DevBrowser(at {})", self.instance_id)
    }
}

/// Something that is no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DeletedObject {
    /// What it was, such as `user`.
    #[serde(default, deserialize_with = "nullable")]
    pub object: String,
    /// Its id.
    pub id: Option<String>,
    /// Its slug, for organizations.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub slug: Option<String>,
    /// Always true.
    #[serde(default, deserialize_with = "nullable")]
    pub deleted: bool,
}
