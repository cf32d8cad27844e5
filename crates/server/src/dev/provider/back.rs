//! Back to the instance, with an answer (OpenID Connect Core 1.0 §3.1.2.5, OAuth 2.0 Form Post Response Mode).

use serde::{Deserialize, Serialize};
use url::Url;

/// How the answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In the query of the address.
    Query,
    /// In a form that the browser posts.
    FormPost,
}

/// An answer on its way back through the browser. It holds a code, so it is never shown.
pub struct Back {
    to: Url,
    mode: Mode,
    answer: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for Back {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Back(…)")
    }
}

impl Back {
    /// An answer to this address, which says who gives it (RFC 9207) and repeats the state that was asked with.
    pub(super) fn new(to: Url, mode: Mode, issuer: String, state: Option<&str>) -> Self {
        let state = state.map(|state| ("state", state.to_owned()));
        Self { to, mode, answer: state.into_iter().chain([("iss", issuer)]).collect() }
    }

    /// Says this as well.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.answer.insert(0, (name, value.into()));
        self
    }

    /// How it travels.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The address to post it to, without the answer.
    pub(super) fn to(&self) -> &Url {
        &self.to
    }

    /// What it says.
    pub(super) fn answer(&self) -> &[(&'static str, String)] {
        &self.answer
    }

    /// The address with the answer in its query.
    #[must_use]
    pub fn address(&self) -> Url {
        let mut url = self.to.clone();
        url.query_pairs_mut().extend_pairs(&self.answer);
        url
    }
}
