//! What the window may know: the one `Snapshot` every screen is drawn from.
//!
//! It holds decoded claims and never a token of any kind: neither the long-lived client token nor a session token.

use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    app_lock::AppLock,
    flows::FlowView,
    passkeys::{InstancePasskeys, PasskeysView},
    said::Said,
    saved_password::SavedPassword,
};

/// Everything the window shows, replaced as a whole at every change.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Snapshot {
    /// Rises by one at every change; a snapshot with a lower number is older.
    #[ts(type = "number")]
    pub revision: u64,
    /// Whether the app as a whole has loaded.
    pub status: Status,
    /// Where secrets are kept and whether that place can be used.
    pub vault: VaultView,
    /// Every instance the app knows, in the order that the person likes; the local one is first until it is moved.
    pub instances: Vec<InstanceView>,
    /// What waits for the browser, and what came back from it and was not taken note of, oldest first.
    pub flows: Vec<FlowView>,
    /// Passkeys of this computer, and what goes on with one.
    pub passkeys: PasskeysView,
    /// Where browsers are sent back to: what the owner of an instance has to allow. Any port may follow the number of
    /// this computer, where it is one.
    pub redirect_url: String,
    /// The account the window shows, if any.
    pub active: Option<AccountKey>,
    /// The lock of the app; while it is shut, nothing else is in here but how to open it.
    pub lock: AppLock,
}

/// How far loading has come, for the app and for one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing is known yet.
    Loading,
    /// The instance has answered in this run.
    Ready,
    /// What is shown comes from the sealed cache; the instance cannot be reached now.
    Degraded,
    /// Nothing can be shown; `problem` says why.
    Error,
}

/// The account's place: ids of different instances may be equal, so both halves are always needed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct AccountKey {
    /// The random id the app gave the instance when it was added.
    pub instance: String,
    /// The session's id at that instance.
    pub session: String,
}

/// State of the OS keychain as the person can act on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct VaultView {
    /// Whether secrets can be kept.
    pub state: VaultState,
    /// Whose the store is.
    pub keeper: VaultKeeper,
    /// The name people know the store by, such as "Secret Service".
    pub store: String,
    /// The system's own words for what happened; none when ready, and while it has said nothing.
    pub detail: Option<String>,
}

/// See [`VaultView`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultKeeper {
    /// The system's keychain.
    Keychain,
    /// The app's own vault, behind a passphrase.
    Passphrase,
}

/// See [`VaultView`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// Asked, not answered yet.
    Checking,
    /// Asked more than three seconds ago: probably an unlock dialog is open.
    Waiting,
    /// Reads and writes work.
    Ready,
    /// There, but locked: unlock it and try again.
    Locked,
    /// There, but refused to this app by the person or a rule of the computer.
    Denied,
    /// There is none: people stay signed in until they quit.
    Absent,
    /// There, but it has no place for items yet: people stay signed in until they quit, or make one.
    NoCollection,
    /// It refuses to take more.
    Full,
    /// It cannot be read as a whole: it is left as it is.
    Broken,
    /// It answered with something else; `detail` says what.
    Failed,
}

impl VaultState {
    /// Whether nothing outlives the app.
    pub(crate) fn keeps_nothing(self) -> bool {
        matches!(self, Self::Absent | Self::NoCollection)
    }
}

/// One instance and what it said of this app's client.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct InstanceView {
    /// The random id the app gave it.
    pub id: String,
    /// Inside this app, or elsewhere.
    pub kind: InstanceKind,
    /// What people call it.
    pub name: String,
    /// Whether that is a name of one's own.
    pub own_name: bool,
    /// The Frontend API host its publishable key names; punycode as such.
    pub host: String,
    /// The key it was added with; absent while the local instance has not started yet.
    pub publishable_key: Option<String>,
    /// How far loading has come.
    pub status: Status,
    /// Why it is degraded or in error.
    pub problem: Option<Problem>,
    /// The instance's settings, once known.
    pub environment: Option<wire::Environment>,
    /// The app's client at this instance: its sessions and attempts. Absent when there is none yet.
    pub client: Option<ClientView>,
    /// When the instance last answered, in milliseconds since the epoch.
    #[ts(type = "number | null")]
    pub answered_at: Option<i64>,
    /// How far the instance's clock is ahead of this computer's, in milliseconds; negative when it is behind. Zero while
    /// that is not known, and while it is within what cannot be told apart.
    #[ts(type = "number")]
    pub clock_ahead: i64,
    /// How somebody signed in here last, such as `oauth_google` or `password`.
    pub last_strategy: Option<String>,
    /// Passkeys there.
    pub passkeys: InstancePasskeys,
    /// The password that is kept on this device.
    pub saved_password: SavedPassword,
}

/// See [`InstanceView`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InstanceKind {
    /// Carried by this app, over a private socket.
    Local,
    /// Anywhere else, over the network.
    Remote,
}

/// Something that keeps an instance from working, in words to act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// Short machine word, such as `network_unreachable` or a code of the protocol.
    pub code: String,
    /// What happened and what to do next.
    pub message: String,
    /// The instance's trace id of the answer, to be quoted to its operator.
    pub trace_id: Option<String>,
    /// The same in parts, where the app itself says it.
    pub said: Option<Box<Said>>,
}

impl Problem {
    /// Something that the app itself says; its code is the word of its reason.
    #[must_use]
    pub fn new(said: impl Into<Said>, message: impl Into<String>) -> Self {
        let said = said.into();
        Self {
            code: said.reason.as_str().to_owned(),
            message: message.into(),
            trace_id: None,
            said: Some(Box::new(said)),
        }
    }
}

/// The protocol's client without its tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ClientView {
    /// The client's id at the instance.
    pub id: String,
    /// Every session that belongs to the client, in the instance's order.
    pub sessions: Vec<SessionView>,
    /// The sign-in under way.
    pub sign_in: Option<wire::SignIn>,
    /// The sign-up under way.
    pub sign_up: Option<wire::SignUp>,
    /// The session used last.
    pub last_active_session_id: Option<String>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub updated_at: i64,
}

/// The protocol's session with the claims of its last token in place of the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SessionView {
    /// The session's id at the instance.
    pub id: String,
    /// `active`, `pending`, `ended`, … as the protocol spells it; `vanished` where the instance does not know it any
    /// more and does not say why, `lost` where what kept it signed in is gone from this computer.
    pub status: String,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub expire_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub abandon_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub last_active_at: i64,
    /// The user's whole record; none when the instance left it out.
    pub user: Option<wire::User>,
    /// Minutes since the first and the second factor; −1 is never.
    #[ts(type = "Array<number>")]
    pub factor_verification_age: Vec<i64>,
    /// The claims of the last session token, decoded and not verified: for display.
    #[ts(type = "Record<string, unknown> | null")]
    pub claims: Option<serde_json::Value>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub created_at: i64,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub updated_at: i64,
}
