//! What every request has to pass before a route sees it: by which name it came, from which page, with which verb.

use std::net::IpAddr;

use axum::extract::Request;
use frontdesk_wire::{
    ErrorCode,
    form::{METHOD_QUERY, TESTING_QUERY},
};
use http::{
    HeaderMap, Method, Uri,
    header::{AUTHORIZATION, HOST, ORIGIN},
    uri::PathAndQuery,
};

use super::{
    Door, DoorKind, Refusal,
    door::is_mail_link,
    extract::{Query, carrier},
};
use crate::{
    caller::Carrier,
    dev::provider,
    instance::Instance,
    limits::{Class, TooMany},
    redirects,
    settings::Network,
};

/// Headers that proxies write and that browsers add; named here since the library does not know them.
const FORWARDED_FOR: &str = "x-forwarded-for";
pub(super) const FETCH_SITE: &str = "sec-fetch-site";
const FETCH_MODE: &str = "sec-fetch-mode";
const FETCH_DEST: &str = "sec-fetch-dest";
/// Everybody may read it as often as they like.
const JWKS: &str = "/.well-known/jwks.json";
/// Where the routes lie that are no part of the Frontend API.
const PRIVATE: &str = "/frontdesk/";

/// What the guard has found out.
#[derive(Clone)]
pub(super) struct Passed {
    /// Where the request came from; none on the private door.
    pub(super) address: Option<IpAddr>,
    /// The page that sent it, which is one that the instance serves.
    pub(super) origin: Option<String>,
    /// The query.
    pub(super) query: Query,
    /// How the token of its client travels.
    pub(super) carrier: Carrier,
    /// Whether a test suite sent it, with a token that says so.
    pub(super) testing: bool,
    /// The door.
    pub(super) door: DoorKind,
}

/// Finds out by which name and from which page a request came, or refuses it: a page that is not served learns nothing.
pub(super) fn knock(instance: &Instance, door: &Door, request: &Request) -> Result<Option<String>, Refusal> {
    check_host(door, request)?;
    if !door.leads_to(&plain_path(request.uri())) {
        return Err(Refusal::code(ErrorCode::ResourceNotFound));
    }
    if is_callback(request) { Ok(None) } else { served_origin(instance, request.headers()) }
}

/// Lets a request of this origin pass, with its real verb and its plain path, or refuses it.
pub(super) fn pass(
    instance: &Instance,
    door: DoorKind,
    peer: Option<IpAddr>,
    origin: Option<String>,
    request: &mut Request,
) -> Result<Passed, Refusal> {
    check_holder(instance, origin.as_deref(), request.headers())?;
    let query = Query::of(request.uri())?;
    let carrier = carrier(instance, &query, request.headers())?;
    let path = plain_path(request.uri());
    check_site(instance, request, &path, origin.as_deref())?;
    if let Some(verb) = real_verb(request.method(), &query)? {
        *request.method_mut() = verb;
    }
    let address = peer.map(|peer| client_address(peer, request.headers(), instance.proxies()));
    let testing = instance.is_testing(query.one(TESTING_QUERY)?);
    if path != JWKS && !testing {
        instance.limits().check(Class::Other, address, instance.now()).map_err(too_many)?;
    }
    if path != request.uri().path() {
        *request.uri_mut() = with_path(request.uri(), &path)?;
    }
    Ok(Passed { address, origin, query, carrier, testing, door })
}

pub(super) fn too_many(TooMany { retry_after_seconds }: TooMany) -> Refusal {
    Refusal::code(ErrorCode::TooManyRequests).retry_after(retry_after_seconds)
}

/// Whether a provider's page sends the browser back by a form. The origin is the provider's, and nothing comes of the
/// request but that the browser is sent on to read the same address.
fn is_callback(request: &Request) -> bool {
    request.method() == Method::POST && redirects::is_callback(request.uri().path()) && request.uri().query().is_none()
}

/// A page of another site may reach a door by a name of its own (DNS rebinding); it cannot change that name.
fn check_host(door: &Door, request: &Request) -> Result<(), Refusal> {
    let refused = || Refusal::code(ErrorCode::HostInvalid);
    if door.kind() == DoorKind::Private {
        return Ok(());
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(refused()) };
    let host = host.to_str().map_err(|_| refused())?;
    let in_target = request.uri().authority();
    if door.is_known_as(host) && in_target.is_none_or(|authority| door.is_known_as(authority.as_str())) {
        Ok(())
    } else {
        Err(refused())
    }
}

/// The origin of the request, if the instance serves it. Others are refused, never answered with a grant.
fn served_origin(instance: &Instance, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(None) };
    let alone = origins.next().is_none();
    match origin.to_str().ok().filter(|origin| alone && instance.origins().serve(origin)) {
        Some(origin) => Ok(Some(origin.to_owned())),
        None if headers.contains_key(AUTHORIZATION) => {
            Err(Refusal::code(ErrorCode::OriginAuthorizationHeadersConflict))
        }
        None => Err(Refusal::code(ErrorCode::OriginInvalid)),
    }
}

/// Pages must not hold tokens, whoever serves them; only those may that the owner has listed for it.
fn check_holder(instance: &Instance, origin: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    match origin {
        Some(origin) if headers.contains_key(AUTHORIZATION) && !instance.origins().may_hold_tokens(origin) => {
            Err(Refusal::code(ErrorCode::OriginAuthorizationHeadersConflict))
        }
        _ => Ok(()),
    }
}

/// Browsers say when a page of another site sends a request: such a one changes nothing, unless its origin is served. The
/// mails are for the instance's own pages and for no others; to the page of the development provider anybody may send a
/// browser, as to any provider's, and links of mails are followed from the pages of whoever keeps the mails.
fn check_site(instance: &Instance, request: &Request, path: &str, origin: Option<&str>) -> Result<(), Refusal> {
    let mut sites = request.headers().get_all(FETCH_SITE).iter();
    let cross_site = sites.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site"));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_callback(request) {
        return Ok(());
    }
    let foreign = if path.starts_with(PRIVATE) {
        (cross_site && !((is_authorize(path) || is_mail_link(path)) && is_visit(request)))
            || origin.is_some_and(|origin| origin != instance.public_url().origin())
    } else {
        cross_site && !reads && origin.is_none()
    };
    if foreign { Err(Refusal::code(ErrorCode::CsrfTokenInvalid)) } else { Ok(()) }
}

/// Whether this is the page of a development provider.
fn is_authorize(path: &str) -> bool {
    path.strip_prefix(provider::PATH).and_then(|rest| rest.split_once('/')).is_some_and(|(_, what)| what == "authorize")
}

/// Whether a browser goes to a page in its window, and not into a frame (Fetch Metadata §2.2).
fn is_visit(request: &Request) -> bool {
    let says = |name: &str, word: &str| request.headers().get(name).is_some_and(|value| value == word);
    matches!(*request.method(), Method::GET | Method::HEAD)
        && says(FETCH_MODE, "navigate")
        && says(FETCH_DEST, "document")
}

/// The verb that `_method` stands for. It counts on POST alone: a link or picture must never change anything.
fn real_verb(method: &Method, query: &Query) -> Result<Option<Method>, Refusal> {
    let Some(word) = query.one(METHOD_QUERY)?.filter(|word| !word.is_empty()) else { return Ok(None) };
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let verb = known
        .into_iter()
        .find(|verb| verb.as_str().eq_ignore_ascii_case(word))
        .ok_or_else(|| Refusal::code(ErrorCode::MalformedRequestParameters))?;
    match method {
        &Method::POST => Ok(Some(verb)),
        method if *method == verb => Ok(None),
        _ => Err(Refusal::code(ErrorCode::MethodNotAllowed)
            .saying("`_method` counts on POST requests only. Nothing was changed.")),
    }
}

/// The path without slashes at its end, which some SDKs send.
fn plain_path(uri: &Uri) -> String {
    let trimmed = uri.path().trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

fn with_path(uri: &Uri, path: &str) -> Result<Uri, Refusal> {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut parts = uri.clone().into_parts();
    let refused = || Refusal::code(ErrorCode::MalformedRequestParameters);
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).map_err(|_| refused())?);
    Uri::from_parts(parts).map_err(|_| refused())
}

/// Where the request came from: the last address that a trusted proxy has seen.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    if !trusted(peer) {
        return peer;
    }
    let listed = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = listed.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = peer;
    while let Some(hop) = hops.pop() {
        let Ok(address) = hop.parse() else { break };
        last = address;
        if !trusted(address) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, "203.0.113.9, 198.51.100.1, 10.0.0.2".parse().unwrap());
        let seen = |peer: &str| client_address(peer.parse().unwrap(), &headers, &proxies).to_string();
        assert_eq!(seen("10.0.0.1"), "198.51.100.1", "what stands before a stranger is the stranger's own word");
        assert_eq!(seen("192.0.2.1"), "192.0.2.1");
        headers.insert(FORWARDED_FOR, "garbage".parse().unwrap());
        let seen = client_address("10.0.0.1".parse().unwrap(), &headers, &proxies);
        assert_eq!(seen.to_string(), "10.0.0.1");
    }

    #[test]
    fn paths_lose_their_last_slash_and_keep_their_query() {
        let uri: Uri = "/v1/me/email_addresses/?a=b".parse().unwrap();
        assert_eq!(plain_path(&uri), "/v1/me/email_addresses");
        assert_eq!(with_path(&uri, &plain_path(&uri)).unwrap(), "/v1/me/email_addresses?a=b");
        assert_eq!(plain_path(&"/".parse().unwrap()), "/");
    }
}
