//! Reading from a provider, telling it something, and what it says when it refuses.

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderName, HeaderValue, Method, Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::{ProviderFault, Reach, ReachError, Step, fault::said, reach, tokens::App};

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
    let mut request = request(Method::GET, url, headers, Bytes::new(), step)?;
    if let Some(token) = bearer {
        request.headers_mut().insert(AUTHORIZATION, authorization(token, step)?);
    }
    let secrets: Vec<&str> =
        bearer.map(SecretString::expose_secret).into_iter().chain(secrets.iter().copied()).collect();
    send(reach, request, step, &secrets).await
}

/// Who tells a provider something.
pub(super) enum As<'a> {
    /// The application, by its id and secret (RFC 6749 §2.3.1).
    App(&'a App),
    /// Whoever has this token.
    Bearer(&'a SecretString),
    /// Whoever the body names.
    Body,
}

/// One thing to tell.
pub(super) struct Telling<'a> {
    pub(super) step: Step,
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) by: As<'a>,
    pub(super) headers: &'a [(&'static str, &'static str)],
    /// What is told, and of which kind it is.
    pub(super) body: Option<(&'static str, String)>,
    /// Secrets that it carries.
    pub(super) secrets: &'a [&'a str],
}

/// Tells a provider something. Anything but a good answer is a fault in the provider's words.
pub(super) async fn tell(reach: &dyn Reach, telling: Telling<'_>) -> Result<(), ProviderFault> {
    let Telling { step, method, url, by, headers, body, secrets } = telling;
    let (kind, body) = body.map_or((None, Bytes::new()), |(kind, body)| (Some(kind), Bytes::from(body)));
    let mut request = request(method, url, headers, body, step)?;
    if let Some(kind) = kind {
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    let value = match by {
        As::App(app) => Some(basic(app, step)?),
        As::Bearer(token) => Some(authorization(token, step)?),
        As::Body => None,
    };
    if let Some(value) = value {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    send(reach, request, step, secrets).await.map(drop)
}

fn request(
    method: Method,
    url: &Url,
    headers: &[(&'static str, &'static str)],
    body: Bytes,
    step: Step,
) -> Result<Request<Bytes>, ProviderFault> {
    let unfit = |_| ProviderFault::WrongAnswer { step, reason: "the address of it cannot be asked" };
    let mut request = Request::builder().method(method).uri(url.as_str()).body(body).map_err(unfit)?;
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(reach::USER_AGENT));
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(request)
}

async fn send(
    reach: &dyn Reach,
    request: Request<Bytes>,
    step: Step,
    secrets: &[&str],
) -> Result<Bytes, ProviderFault> {
    let response = reach.send(request).await.map_err(|error| not_reached(step, &error))?;
    if response.status().is_success() {
        return Ok(response.into_body());
    }
    let value = serde_json::from_slice(response.body()).unwrap_or_default();
    Err(refused(step, response.status().as_u16(), &value, secrets))
}

/// Id and secret, each written as in a form (RFC 6749 §2.3.1).
fn basic(app: &App, step: Step) -> Result<HeaderValue, ProviderFault> {
    let form = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", form(&app.id), form(app.secret.expose_secret())));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| ProviderFault::WrongAnswer { step, reason: "the client secret cannot be sent" })?;
    value.set_sensitive(true);
    Ok(value)
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
