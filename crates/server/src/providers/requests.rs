//! Reading from a provider, and what it says when it refuses.

use axum::body::Bytes;
use http::{
    HeaderName, HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION, USER_AGENT},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::{ProviderFault, Reach, ReachError, Step, fault::said, reach};

/// One thing to read.
pub(super) struct Reading<'a> {
    pub(super) step: Step,
    pub(super) url: &'a Url,
    pub(super) bearer: Option<&'a SecretString>,
    pub(super) headers: &'a [(&'static str, &'static str)],
    /// Secrets that the address carries.
    pub(super) secrets: &'a [&'a str],
}

/// Reads a document. Anything but a good answer is a fault in the provider's words.
pub(super) async fn read(reach: &dyn Reach, reading: Reading<'_>) -> Result<Bytes, ProviderFault> {
    let Reading { step, url, bearer, headers, secrets } = reading;
    let unfit = |_| ProviderFault::WrongAnswer { step, reason: "the address of it cannot be asked" };
    let mut request = Request::get(url.as_str()).body(Bytes::new()).map_err(unfit)?;
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(reach::USER_AGENT));
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(token) = bearer {
        request.headers_mut().insert(AUTHORIZATION, authorization(token, step)?);
    }
    let response = reach.send(request).await.map_err(|error| not_reached(step, &error))?;
    if response.status().is_success() {
        return Ok(response.into_body());
    }
    let secrets: Vec<&str> =
        bearer.map(SecretString::expose_secret).into_iter().chain(secrets.iter().copied()).collect();
    let value = serde_json::from_slice(response.body()).unwrap_or_default();
    Err(refused(step, response.status().as_u16(), &value, &secrets))
}

fn authorization(token: &SecretString, step: Step) -> Result<HeaderValue, ProviderFault> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| ProviderFault::WrongAnswer { step, reason: "its access token cannot be sent" })?;
    value.set_sensitive(true);
    Ok(value)
}

pub(super) fn not_reached(step: Step, error: &ReachError) -> ProviderFault {
    ProviderFault::NotReached { step, reason: error.to_string() }
}

/// A refusal in the provider's words: `error` with `error_description` (RFC 6749 §5.2), an object of Facebook's Graph, or
/// a `message` of GitHub's.
pub(super) fn refused(step: Step, status: u16, answer: &Value, secrets: &[&str]) -> ProviderFault {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (error, description) = match answer.get("error") {
        Some(Value::String(error)) => (error.clone(), text(answer, "error_description")),
        Some(graph @ Value::Object(_)) => {
            let number =
                |name| graph.get(name).and_then(Value::as_i64).map(|code| format!(" {code}")).unwrap_or_default();
            let codes = format!("{}{}{}", text(graph, "type"), number("code"), number("error_subcode"));
            (codes.trim().to_owned(), text(graph, "message"))
        }
        _ => (String::new(), text(answer, "message")),
    };
    ProviderFault::Refused { step, status, said: said(&error, Some(&description), secrets) }
}
