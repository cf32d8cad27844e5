//! What the window may know of a flow: never an address, a state or a nonce.

use serde::Serialize;
use ts_rs::TS;

use crate::snapshot::Problem;

/// One way out to the browser, from when it begins until the window has taken note of how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FlowView {
    /// A random name of the flow.
    pub id: String,
    /// The random id the app gave the instance.
    pub instance: String,
    /// What it is for; a sign-in that became a sign-up is one, and the other way round.
    pub purpose: FlowPurpose,
    /// Such as `oauth_google`.
    pub strategy: String,
    /// Host of the page that the browser is given, and its port where it names one; punycode as such.
    pub host: String,
    /// When it began, in milliseconds since the epoch.
    #[ts(type = "number")]
    pub begun_at: i64,
    /// When it is not waited for any more, in milliseconds since the epoch.
    #[ts(type = "number")]
    pub expires_at: i64,
    /// Where it stands.
    pub state: FlowState,
}

/// See [`FlowView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FlowPurpose {
    /// A sign-in.
    SignIn,
    /// A sign-up.
    SignUp,
    /// One more account elsewhere for somebody who is signed in.
    Connect {
        /// The session that asked.
        session: String,
    },
}

/// See [`FlowView`].
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FlowState {
    /// The page lies at a host that the app does not know: nothing is opened before the person says so.
    Asking,
    /// The browser has the page.
    Waiting,
    /// The browser could not be opened. The link can be copied.
    Unopened {
        /// The system's own words.
        detail: String,
    },
    /// Something came back, and the instance is asked what it means.
    Returning {
        /// Why it could not be asked yet; it is asked again by itself.
        problem: Option<Problem>,
    },
    /// It has ended.
    Ended {
        /// How.
        outcome: FlowOutcome,
    },
}

/// See [`FlowState::Ended`].
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FlowOutcome {
    /// Somebody is signed in.
    SignedIn {
        /// As this session.
        session: String,
    },
    /// The attempt needs something more, as it says itself.
    GoesOn,
    /// The account elsewhere is connected.
    Connected,
    /// Nothing came of it.
    Failed {
        /// Why; its code is the instance's.
        problem: Problem,
    },
}

impl FlowView {
    /// Whether it has not ended.
    #[must_use]
    pub fn waits(&self) -> bool {
        !matches!(self.state, FlowState::Ended { .. })
    }
}

/// The flow that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct BegunFlow {
    /// Its name in [`crate::Snapshot::flows`].
    pub flow: String,
}
