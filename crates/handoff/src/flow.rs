//! What is under way in the browser.

use serde::{Deserialize, Serialize};

use crate::{callback::Redirect, outgoing::Outgoing};

/// How long a flow is waited for, in milliseconds.
pub const LIFETIME: i64 = 10 * 60 * 1000;
/// How far a clock may be set back meanwhile, in milliseconds.
const SET_BACK: i64 = 60 * 1000;

/// One way out to the browser that has not come back yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// A random name of the flow.
    pub id: String,
    /// The random id the app gave the instance.
    pub instance: String,
    /// Which of the instance's clients began it: only that one can redeem what comes back.
    pub slot: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Such as `oauth_google`.
    pub strategy: String,
    /// Where the browser ends.
    pub redirect: Redirect,
    /// Where it begins.
    pub outgoing: Outgoing,
    /// When it began, in milliseconds since the epoch.
    pub begun_at: i64,
    /// What the application keeps with whoever signs up by it, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsafe_metadata: Option<String>,
    /// Who was signed in when an attempt of the other kind was asked for, where that has happened: whoever came since came
    /// by it, also where no answer says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_transfer: Option<Vec<String>>,
}

/// What a flow is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Purpose {
    /// A sign-in.
    SignIn {
        /// The attempt's id.
        attempt: String,
    },
    /// A sign-up.
    SignUp {
        /// The attempt's id.
        attempt: String,
    },
    /// One more account elsewhere for somebody who is signed in.
    Connect {
        /// The session that asked.
        session: String,
        /// The id of the account elsewhere.
        external_account: String,
        /// Whether it was listed for the sake of this flow, and was not there before.
        #[serde(default)]
        is_new: bool,
    },
}

impl Flow {
    /// When it is given up, in milliseconds since the epoch.
    #[must_use]
    pub fn expires_at(&self) -> i64 {
        self.begun_at + LIFETIME
    }

    /// Whether it is not waited for any more. A clock that was set back by far makes a flow old, not young.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        !(-SET_BACK..LIFETIME).contains(&now.saturating_sub(self.begun_at))
    }

    /// Whether both are for the same thing of the same client, so that the newer one takes the older one's place: a
    /// client has one sign-in or sign-up at a time, and one attempt to connect an account of a kind.
    fn is_replaced_by(&self, newer: &Self) -> bool {
        let attempt = |flow: &Self| !matches!(flow.purpose, Purpose::Connect { .. });
        let same = match (&self.purpose, &newer.purpose) {
            (Purpose::Connect { session, .. }, Purpose::Connect { session: other, .. }) => {
                session == other && self.strategy == newer.strategy
            }
            _ => attempt(self) && attempt(newer),
        };
        same && self.instance == newer.instance && self.slot == newer.slot
    }
}

/// The flows under way, several at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    flows: Vec<Flow>,
}

impl Book {
    /// What was written by [`Book::to_bytes`]; empty where that cannot be read. What is over by now is left out.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], now: i64) -> Self {
        let mut book: Self = serde_json::from_slice(bytes).unwrap_or_default();
        book.take_over(now);
        book
    }

    /// To be kept sealed: the addresses hold the `state` of flows.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// A flow begins; answers with the ones whose place it takes.
    pub fn begin(&mut self, flow: Flow) -> Vec<Flow> {
        let replaced = self.take(|other| other.is_replaced_by(&flow));
        self.flows.push(flow);
        replaced
    }

    /// The flows that wait, oldest first.
    #[must_use]
    pub fn waiting(&self) -> &[Flow] {
        &self.flows
    }

    /// The flow of a name, where it still waits.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.id == id)
    }

    /// The flow goes on as something else: a sign-in that became a sign-up, or the other way round.
    pub fn becomes(&mut self, id: &str, purpose: Purpose) {
        if let Some(flow) = self.flows.iter_mut().find(|flow| flow.id == id) {
            flow.purpose = purpose;
        }
    }

    /// An attempt of the other kind is about to be asked for, while these are signed in. The first time counts.
    pub fn transfers(&mut self, id: &str, signed_in: Vec<String>) {
        if let Some(flow) = self.flows.iter_mut().find(|flow| flow.id == id) {
            flow.before_transfer.get_or_insert(signed_in);
        }
    }

    /// The flow of a name has ended. Answers with it the first time alone.
    pub fn end(&mut self, id: &str) -> Option<Flow> {
        self.take(|flow| flow.id == id).pop()
    }

    /// Takes out what is not waited for any more.
    pub fn take_over(&mut self, now: i64) -> Vec<Flow> {
        self.take(|flow| flow.is_over(now))
    }

    /// Takes out what belongs to an instance.
    pub fn take_instance(&mut self, instance: &str) -> Vec<Flow> {
        self.take(|flow| flow.instance == instance)
    }

    /// Takes out what belongs to one client of an instance; without its accounts there, only the attempts.
    pub fn take_slot(&mut self, instance: &str, slot: &str, accounts_too: bool) -> Vec<Flow> {
        self.take(|flow| {
            let attempt = !matches!(flow.purpose, Purpose::Connect { .. });
            flow.instance == instance && flow.slot == slot && (attempt || accounts_too)
        })
    }

    /// Adds flows of an earlier run; one that is known already stays as it is.
    pub fn recall(&mut self, earlier: Self) {
        let mut flows = earlier.flows;
        flows.retain(|flow| !self.flows.iter().any(|known| known.id == flow.id || flow.is_replaced_by(known)));
        flows.append(&mut self.flows);
        self.flows = flows;
    }

    fn take(&mut self, which: impl Fn(&Flow) -> bool) -> Vec<Flow> {
        self.flows.extract_if(.., |flow| which(flow)).collect()
    }
}

#[cfg(test)]
mod tests;
