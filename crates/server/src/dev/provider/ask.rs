//! What the instance asks of the provider by way of the browser (OpenID Connect Core 1.0 §3.1.2.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    CLIENT_ID, Strategy,
    back::{Back, Mode},
    callback, issuer,
    params::{Params, Twice},
};
use crate::instance::Instance;

/// Longest text that is repeated in an answer or a token, in bytes.
const MAX_TEXT: usize = 2048;
/// Bytes of a challenge: SHA-256 (RFC 7636 §4.2).
const CHALLENGE: usize = 32;

/// A request that a person may decide on. It holds what binds the answer to whoever asked, so it is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// Scopes, with spaces between them.
    pub(super) scope: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    /// PKCE challenge, S256.
    pub(super) challenge: String,
    pub(super) mode: Mode,
    /// Who it is likely to be.
    pub(super) login_hint: Option<String>,
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ask(…)")
    }
}

/// Why a request gets no answer: whoever made it cannot be told from somebody who wants the answer for himself. The browser
/// stays here and shows the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswerable {
    #[error("A parameter of the request is given twice.")]
    Twice,
    #[error("The request comes from a client that this provider does not know.")]
    Client,
    #[error("The request wants the answer at an address that is not the instance's own.")]
    Redirect,
    #[error("The request has no PKCE challenge (code_challenge with code_challenge_method=S256).")]
    Challenge,
    #[error("The request is too long.")]
    TooLong,
}

impl From<Twice> for Unanswerable {
    fn from(Twice: Twice) -> Self {
        Self::Twice
    }
}

/// What comes of reading a request.
#[derive(Debug)]
pub(super) enum Read {
    /// A person decides.
    Ask(Ask),
    /// It is refused, and whoever asked learns why.
    Back(Back),
}

impl Ask {
    /// Reads a request.
    pub(super) fn read(instance: &Instance, strategy: &Strategy, params: &Params) -> Result<Read, Unanswerable> {
        if params.one("client_id")? != Some(CLIENT_ID) {
            return Err(Unanswerable::Client);
        }
        if params.one("redirect_uri")? != Some(&callback(instance, strategy)) {
            return Err(Unanswerable::Redirect);
        }
        let challenge = params.one("code_challenge")?.filter(|text| is_challenge(text));
        let (Some(challenge), Some("S256")) = (challenge, params.one("code_challenge_method")?) else {
            return Err(Unanswerable::Challenge);
        };
        let text = |name: &str| -> Result<Option<String>, Unanswerable> {
            match params.one(name)? {
                Some(text) if text.len() > MAX_TEXT => Err(Unanswerable::TooLong),
                text => Ok(text.map(str::to_owned)),
            }
        };
        let wanted_mode = params.one("response_mode")?;
        let ask = Self {
            scope: text("scope")?.unwrap_or_default(),
            state: text("state")?,
            nonce: text("nonce")?,
            challenge: challenge.to_owned(),
            mode: if wanted_mode == Some("form_post") { Mode::FormPost } else { Mode::Query },
            login_hint: text("login_hint")?,
        };
        let wrong = fault(&ask, params, wanted_mode)?;
        Ok(match wrong {
            None => Read::Ask(ask),
            Some((error, why)) => Read::Back(ask.refuse(instance, strategy, error, why)?),
        })
    }

    /// The way back with this error.
    pub(super) fn refuse(
        &self,
        instance: &Instance,
        strategy: &Strategy,
        error: &str,
        why: &str,
    ) -> Result<Back, Unanswerable> {
        Ok(self.back(instance, strategy)?.with("error_description", why).with("error", error))
    }

    /// The way back.
    pub(super) fn back(&self, instance: &Instance, strategy: &Strategy) -> Result<Back, Unanswerable> {
        let to = Url::parse(&callback(instance, strategy)).map_err(|_| Unanswerable::Redirect)?;
        Ok(Back::new(to, self.mode, issuer(instance, strategy), self.state.as_deref()))
    }
}

/// What is wrong with a request whose maker may be told.
fn fault(ask: &Ask, params: &Params, mode: Option<&str>) -> Result<Option<(&'static str, &'static str)>, Unanswerable> {
    let prompts: Vec<&str> =
        params.one("prompt")?.unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect();
    Ok(if params.one("request")?.is_some() {
        Some(("request_not_supported", "Requests are given as parameters."))
    } else if params.one("request_uri")?.is_some() {
        Some(("request_uri_not_supported", "Requests are given as parameters."))
    } else if params.one("response_type")? != Some("code") {
        Some(("unsupported_response_type", "The one response type is code."))
    } else if !matches!(mode, None | Some("query" | "form_post")) {
        Some(("invalid_request", "Response modes are query and form_post."))
    } else if !ask.scope.split(' ').any(|scope| scope == "openid") {
        Some(("invalid_scope", "The scope openid is missing."))
    } else if prompts.contains(&"none") && prompts.len() > 1 {
        Some(("invalid_request", "The prompt none stands alone."))
    } else if prompts.contains(&"none") {
        Some(("login_required", "Nobody is signed in at this provider without a page."))
    } else {
        None
    })
}

fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == CHALLENGE)
}
