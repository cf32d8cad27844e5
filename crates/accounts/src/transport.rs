//! HTTP to one instance: where it is, what every request carries, what is taken of an answer.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use frontdesk_handoff::Nonce;
use frontdesk_vault::Secret;
use frontdesk_wire::{self as wire, KeyKind, PublishableKey, form};
use http::{
    HeaderMap, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    fault::{Cause, Fault},
    network::{UnknownIssuer, Way},
    options::Pace,
};

/// The version of the protocol that is asked for.
const API_VERSION: &str = "2026-05-12";
/// Query parameter that redeems what happened in the browser.
const NONCE_QUERY: &str = "rotating_token_nonce";
/// Largest body that is read, in bytes.
const LARGEST_BODY: usize = 4 << 20;

/// One instance's door.
pub(crate) struct Transport {
    http: reqwest::Client,
    base: Url,
    retries: Vec<Duration>,
}

/// A request before it is sent.
#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    path: String,
    session: Option<String>,
    /// Redeems what happened in the browser.
    nonce: Option<Nonce>,
    skip_cache: bool,
    body: Body,
    repeatable: bool,
}

/// What a request carries.
#[derive(Clone)]
enum Body {
    Nothing,
    Form(Zeroizing<String>),
    /// A file as its text in base64.
    File(Arc<str>),
}

/// An answer of the protocol, good or bad, not taken apart.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) token: TokenHeader,
    /// The instance's time when it answered, in milliseconds since the epoch; exact to a second.
    pub(crate) date: Option<i64>,
    body: Result<Vec<u8>, Fault>,
    retry_after: Option<u32>,
}

/// What an answer says of the client token.
#[derive(Debug)]
pub(crate) enum TokenHeader {
    /// Nothing: it stays.
    Absent,
    /// There is none any more.
    Clear,
    /// This one replaces it.
    New(Secret),
}

impl Request {
    /// Reads; made again after a network fault.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            session: None,
            nonce: None,
            skip_cache: false,
            body: Body::Nothing,
            repeatable: true,
        }
    }

    /// Changes something; made once.
    pub(crate) fn send(method: Method, path: impl Into<String>) -> Self {
        Self { method, repeatable: false, ..Self::get(path) }
    }

    /// With a form as body.
    pub(crate) fn form(self, form: &impl Serialize) -> Self {
        let mut text = Zeroizing::new(String::new());
        // Forms are flat structures of texts and lists of them, which are always written.
        if let Ok(Value::Object(mut fields)) = serde_json::to_value(form) {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in &fields {
                // A list is its name once for each entry.
                let entries = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                for entry in entries {
                    pairs.append_pair(name, entry.as_str().unwrap_or_default());
                }
            }
            text.push_str(&Zeroizing::new(pairs.finish()));
            // Some of them are passwords.
            for value in fields.values_mut() {
                if let Value::String(value) = value {
                    value.zeroize();
                }
            }
        }
        Self { body: Body::Form(text), ..self }
    }

    /// With a file as body: its text in base64.
    pub(crate) fn file(self, base64: String) -> Self {
        Self { body: Body::File(base64.into()), ..self }
    }

    /// In the name of a session.
    pub(crate) fn session(self, session: &str) -> Self {
        Self { session: Some(session.to_owned()), ..self }
    }

    /// With the nonce that came back from the browser, if one did.
    pub(crate) fn nonce(self, nonce: Option<Nonce>) -> Self {
        Self { nonce, ..self }
    }

    /// Tells the instance that the answer must not come from a cache of its own.
    pub(crate) fn skip_cache(self, skip_cache: bool) -> Self {
        Self { skip_cache, ..self }
    }

    /// May be made again after a network fault: doing it twice is the same as once.
    pub(crate) fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// Whether it is a step of an attempt, whose answer may bring a session and a new client token.
    pub(crate) fn may_sign_in(&self) -> bool {
        self.nonce.is_some() || (!self.only_reads() && self.path.starts_with("/v1/client/sign_"))
    }

    /// Whether it is about one session of the client.
    pub(crate) fn names_a_session(&self) -> bool {
        self.path.starts_with("/v1/client/sessions/")
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.method == Method::GET
    }
}

/// Whether the instance of a key is spoken to without TLS: a development instance on this very computer.
pub(crate) fn is_plain(key: &PublishableKey) -> bool {
    let host = key.frontend_api.split(':').next().unwrap_or_default();
    key.kind == KeyKind::Development && host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

impl Transport {
    /// To the host that a key names, and to no other.
    pub(crate) fn remote(key: &PublishableKey, pace: &Pace, way: &Way) -> Result<Self, String> {
        let plain = is_plain(key);
        let builder = builder(pace).https_only(!plain);
        // A proxy on the way to this very computer would only be another party.
        let builder = if plain { without_tls(builder) } else { way.set_out(builder)? };
        Self::build(builder, if plain { "http" } else { "https" }, key, pace)
    }

    /// To an address that somebody typed, to ask for the key of whoever is there.
    pub(crate) fn at(base: Url, pace: &Pace, way: &Way) -> Result<Self, String> {
        let plain = base.scheme() == "http";
        let builder = builder(pace).https_only(!plain);
        let builder = if plain { without_tls(builder) } else { way.set_out(builder)? };
        let http = builder.build().map_err(|error| words(&error))?;
        Ok(Self { http, base, retries: pace.retries.clone() })
    }

    /// Over the private socket of the instance inside the app.
    pub(crate) fn local(key: &PublishableKey, socket: PathBuf, pace: &Pace) -> Result<Self, String> {
        let builder = without_tls(builder(pace));
        #[cfg(unix)]
        let builder = builder.unix_socket(socket);
        #[cfg(windows)]
        let builder = builder.windows_named_pipe(socket);
        Self::build(builder, "http", key, pace)
    }

    fn build(builder: reqwest::ClientBuilder, scheme: &str, key: &PublishableKey, pace: &Pace) -> Result<Self, String> {
        let base = Url::parse(&format!("{scheme}://{}/", key.frontend_api)).map_err(|error| error.to_string())?;
        let http = builder.build().map_err(|error| words(&error))?;
        Ok(Self { http, base, retries: pace.retries.clone() })
    }

    /// The address of the instance's API.
    pub(crate) fn address(&self) -> &Url {
        &self.base
    }

    /// Sends a request, again after network faults where it may be.
    pub(crate) async fn exchange(&self, request: &Request, token: Option<&Secret>) -> Result<Answer, Fault> {
        let mut pauses = self.retries.iter();
        loop {
            let answer = match self.exchange_once(request, token).await {
                Ok(Answer { body: Err(fault), .. }) if request.repeatable && fault.is_passing() => Err(fault),
                answer => answer,
            };
            match answer {
                Err(fault) if request.repeatable && fault.is_passing() => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(fault),
                },
                answer => return answer,
            }
        }
    }

    async fn exchange_once(&self, request: &Request, token: Option<&Secret>) -> Result<Answer, Fault> {
        let mut url = self.base.clone();
        url.set_path(&request.path);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair(form::API_VERSION_QUERY, API_VERSION).append_pair(form::NATIVE_QUERY, "1");
            if let Some(session) = &request.session {
                query.append_pair(form::SESSION_QUERY, session);
            }
            if let Some(nonce) = &request.nonce {
                query.append_pair(NONCE_QUERY, nonce.expose());
            }
            if request.skip_cache {
                query.append_pair("debug", "skip_cache");
            }
        }
        let mut call = self.http.request(request.method.clone(), url);
        if let Some(value) = token.and_then(bearer) {
            call = call.header(AUTHORIZATION, value);
        }
        call = match &request.body {
            Body::Nothing => call,
            Body::Form(form) => call.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_string()),
            Body::File(base64) => call.header(CONTENT_TYPE, "application/octet-stream").body(base64.to_string()),
        };
        let response = call.send().await.map_err(|error| network(&error))?;
        let status = response.status().as_u16();
        let token = token_of(response.headers());
        let retry_after = retry_after(response.headers());
        let date = date(response.headers()).and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1000));
        let body = read(response, LARGEST_BODY).await;
        Ok(Answer { status, token, date, body, retry_after })
    }
}

impl Answer {
    /// Whether this is not what the instance answered, or not all of it.
    pub(crate) fn is_lost(&self) -> bool {
        self.status >= 500 || self.body.is_err()
    }

    /// Takes apart an answer that is an object.
    pub(crate) fn parse<T: DeserializeOwned>(self) -> Result<T, Fault> {
        self.take_apart(Value::is_object)
    }

    /// Takes apart an answer that is a list.
    pub(crate) fn parse_list<T: DeserializeOwned>(self) -> Result<Vec<T>, Fault> {
        self.take_apart(Value::is_array)
    }

    /// Structures could be read from lists too, which would make sense of nonsense; so the kind is looked at first.
    fn take_apart<T: DeserializeOwned>(self, is_kind: impl Fn(&Value) -> bool) -> Result<T, Fault> {
        let Self { status, body, retry_after, .. } = self;
        let foreign = |reason: &str| Fault::Foreign { status, reason: reason.to_owned() };
        // An instance never points elsewhere; a network that wants to be signed in to does (RFC 8910 §1), or says so
        // (RFC 6585 §6).
        if matches!(status, 301..=303 | 307 | 308 | 511) {
            return Err(Fault::Portal { status });
        }
        let body = body?;
        let page = body.trim_ascii_start().starts_with(b"<");
        let value: Value = match serde_json::from_slice(&body) {
            Ok(value) => value,
            Err(_) if page && (200..300).contains(&status) => return Err(Fault::Portal { status }),
            Err(_) => return Err(foreign("it is not JSON")),
        };
        if !(200..300).contains(&status) {
            let errors = value.is_object().then(|| serde_json::from_value::<wire::ApiErrors>(value));
            return Err(match errors {
                Some(Ok(errors)) if !errors.errors.is_empty() => {
                    Fault::Refused { status, errors: Box::new(errors), retry_after }
                }
                _ => foreign("it names no error"),
            });
        }
        if !is_kind(&value) {
            return Err(foreign("it is JSON of another kind"));
        }
        // The words of the error may hold values of the answer, so they are not passed on.
        serde_json::from_value(value).map_err(|_| foreign("fields are missing or of another kind"))
    }
}

fn builder(pace: &Pace) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("Frontdesk/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(pace.connect)
        .timeout(pace.answer)
}

/// To this very computer: past every proxy, and without reading the authorities that it trusts.
fn without_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.no_proxy().tls_certs_only([])
}

fn bearer(token: &Secret) -> Option<HeaderValue> {
    let text = Zeroizing::new([b"Bearer ", token.expose()].concat());
    let mut value = HeaderValue::from_bytes(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The rules of the protocol: absent keeps; empty or bare `Bearer` clears; anything else is the new token.
fn token_of(headers: &HeaderMap) -> TokenHeader {
    let Some(value) = headers.get(AUTHORIZATION) else { return TokenHeader::Absent };
    // A header of other bytes is no token; what is there stays.
    let Ok(text) = value.to_str() else { return TokenHeader::Absent };
    let text = text.trim();
    let token = match text.get(..6) {
        Some(word) if word.eq_ignore_ascii_case("bearer") && text[6..].starts_with([' ', '\t']) => text[6..].trim(),
        Some(word) if word.eq_ignore_ascii_case("bearer") && text.len() == 6 => "",
        _ => text,
    };
    if token.is_empty() { TokenHeader::Clear } else { TokenHeader::New(Secret::new(token.as_bytes().to_vec())) }
}

/// Seconds to wait, from whole seconds or a date; a day at most.
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    const LONGEST: u64 = 86_400;
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse::<u64>() {
        seconds
    } else {
        // The instance's own clock, since this computer's may be an hour off.
        seconds_of(text)?.saturating_sub(date(headers)?)
    };
    u32::try_from(seconds.min(LONGEST)).ok()
}

/// The time of an answer, in seconds since the epoch.
fn date(headers: &HeaderMap) -> Option<u64> {
    seconds_of(headers.get(DATE)?.to_str().ok()?)
}

fn seconds_of(date: &str) -> Option<u64> {
    httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok().map(|it| it.as_secs())
}

async fn read(mut response: reqwest::Response, largest: usize) -> Result<Vec<u8>, Fault> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| network(&error))? {
        if body.len() + part.len() > largest {
            return Err(Fault::Foreign { status, reason: "it is too long".to_owned() });
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn network(error: &reqwest::Error) -> Fault {
    let reason = words(error);
    let cause = cause(error, &reason);
    Fault::Network { sent: !error.is_connect() && !error.is_builder(), cause, late: error.is_timeout(), reason }
}

/// What there is to do about it. Of a proxy, and of names, the libraries say what happened in words alone.
fn cause(error: &reqwest::Error, reason: &str) -> Cause {
    let of_proxy = reason.contains("tunnel error: ") || reason.contains("SOCKS error: ");
    if let Some(refusal) = certificate(error) {
        return refusal;
    }
    match reason {
        _ if reason.to_ascii_lowercase().contains("certificate") => Cause::Certificate { issuer: None },
        _ if !of_proxy && reason.contains("dns error") => Cause::NameUnknown,
        _ if !of_proxy => Cause::Other,
        _ if reason.contains("proxy authorization required")
            || reason.contains("credentials not accepted")
            || reason.contains("authentication") =>
        {
            Cause::ProxyWantsPassword
        }
        _ if reason.contains("failed to create underlying connection") => Cause::ProxyUnreachable,
        _ => Cause::ProxyRefused,
    }
}

/// What is known of a certificate, where one was refused.
fn certificate(error: &reqwest::Error) -> Option<Cause> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let refused = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()).or_else(|| cause.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(refused)) = refused {
            let issuer = match refused {
                rustls::CertificateError::Other(other) => other.0.downcast_ref(),
                _ => None,
            };
            return Some(Cause::Certificate { issuer: issuer.map(|UnknownIssuer(issuer)| issuer.clone()) });
        }
        source = cause.source();
    }
    None
}

/// The chain of causes, without the address: it may carry what belongs to nobody else.
fn words(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "it took too long".to_owned() } else { String::new() };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            let _infallible = write!(text, "{}{cause_text}", if text.is_empty() { "" } else { ": " });
        }
        source = cause.source();
    }
    if text.is_empty() { "no connection".to_owned() } else { crate::fault::bounded(&text) }
}

mod picture;
#[cfg(test)]
mod tests;
