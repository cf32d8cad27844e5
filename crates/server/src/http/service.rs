//! One request from the door to its answer.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    response::Response,
};
use frontdesk_wire::ErrorCode;
use futures_util::FutureExt as _;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CONTENT_LENGTH, VARY,
    },
};
use tokio::time::Instant;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use super::{Door, Refusal, carry, guard, log, page::IsPage, routes};
use crate::{
    caller::{Carrier, Reveals},
    instance::Instance,
    keys::hex,
    metrics::NO_ROUTE,
    packages::Packages,
};

/// Longest time that an answer may take. Waiting for a turn to hash a password is part of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where it is hidden who has an account, answers that depend on it leave at multiples of this. The work differs by a
/// millisecond or two, for somebody is written to and nobody is not; it is never quite the same on every database.
const PACE: Duration = Duration::from_millis(100);

/// An instance behind one door.
#[derive(Clone)]
pub struct Site {
    instance: Arc<Instance>,
    door: Arc<Door>,
    router: Router,
}

impl Site {
    /// The instance behind this door.
    #[must_use]
    pub fn new(instance: Arc<Instance>, door: Door) -> Self {
        Self::with_packages(instance, door, None)
    }

    /// The same, which serves the scripts of these packages as well.
    #[must_use]
    pub fn with_packages(instance: Arc<Instance>, door: Door, packages: Option<Packages>) -> Self {
        let router = routes::router(instance.clone(), packages);
        Self { instance, door: Arc::new(door), router }
    }

    /// Answers a request that came from this address; the private door knows none.
    pub async fn answer(&self, peer: Option<IpAddr>, mut request: Request) -> Response {
        let (arrived, reveals) = (Instant::now(), Reveals::default());
        request.extensions_mut().insert(reveals.clone());
        let mut trace = [0u8; 16];
        let (method, path) = (request.method().clone(), log::shape(request.uri().path()));
        let began = self.instance.now();
        let under_way = self.instance.metrics().begin();
        self.instance.keep_up(began).await;
        self.instance.random().fill(&mut trace);
        let trace = hex(&trace);
        // What is written down on the way says which request it was, and by which secret key if there was one.
        let span = tracing::info_span!("request", %trace, key = tracing::field::Empty);
        let work = tokio::time::timeout(PATIENCE, self.pass(peer, request)).instrument(span);
        let work = AssertUnwindSafe(work).catch_unwind();
        let mut response = match work.await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => Refusal::code(ErrorCode::ServiceUnavailable).retry_after(5).write(&trace),
            Err(_panic) => Refusal::code(ErrorCode::InternalError).write(&trace),
        };
        let carrier = response.extensions_mut().remove::<Carrier>().unwrap_or_default();
        if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
            let mut headers = std::mem::take(response.headers_mut());
            // The router counted the body that was not written yet.
            headers.remove(CONTENT_LENGTH);
            response = carry::fitted(refusal, carrier).write(&trace);
            response.headers_mut().extend(headers);
        }
        carry::write(&mut response, carrier, self.instance.cookies());
        let status = response.status().as_u16();
        let ms = self.instance.now().since(began);
        drop(under_way);
        let route = response.extensions_mut().remove::<MatchedPath>();
        self.instance.metrics().answered(&method, route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str), status, ms);
        tracing::info!(%trace, %method, path, status, ms, "answered");
        if reveals.noted() && self.instance.settings().policy.enumeration_protection {
            tokio::time::sleep_until(arrived + paced(arrived.elapsed())).await;
        }
        response
    }

    async fn pass(&self, peer: Option<IpAddr>, request: Request) -> Response {
        use axum::response::IntoResponse as _;
        let origin = match guard::knock(&self.instance, &self.door, &request) {
            Ok(origin) => origin,
            Err(refusal) => return refusal.into_response(),
        };
        let mut response = match &origin {
            Some(_) if request.method() == Method::OPTIONS => preflight(),
            _ => self.serve(peer, origin.clone(), request).await,
        };
        if let Some(origin) = origin {
            grant(response.headers_mut(), &origin);
        }
        response
    }

    async fn serve(&self, peer: Option<IpAddr>, origin: Option<String>, mut request: Request) -> Response {
        use axum::response::IntoResponse as _;
        let passed = match guard::pass(&self.instance, self.door.kind(), peer, origin, &mut request) {
            Ok(passed) => passed,
            Err(refusal) => return refusal.into_response(),
        };
        let carrier = passed.carrier;
        request.extensions_mut().insert(passed);
        let mut response = self.route(request).await;
        response.extensions_mut().insert(carrier);
        response
    }

    async fn route(&self, request: Request) -> Response {
        use axum::response::IntoResponse as _;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let extensions = response.extensions();
        let known = extensions.get::<Refusal>().is_some() || extensions.get::<IsPage>().is_some();
        // What the router itself refuses has no body of the protocol yet.
        match response.status() {
            _ if known => response,
            StatusCode::METHOD_NOT_ALLOWED => {
                let mut refused = Refusal::code(ErrorCode::MethodNotAllowed).into_response();
                refused
                    .headers_mut()
                    .extend(response.headers().get("allow").map(|allow| (http::header::ALLOW, allow.clone())));
                refused
            }
            StatusCode::NOT_FOUND => Refusal::code(ErrorCode::ResourceNotFound).into_response(),
            status if status.is_client_error() => Refusal::code(ErrorCode::MalformedRequestParameters).into_response(),
            _ => response,
        }
    }
}

/// After how long something leaves that took so long.
fn paced(took: Duration) -> Duration {
    let steps = took.as_nanos().div_ceil(PACE.as_nanos()).max(1);
    PACE.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

/// What answers those who come through a door.
pub trait Behind: Clone + Send + Sync + 'static {
    /// Answers a request that came from this address; the private door knows none.
    fn answer(&self, peer: Option<IpAddr>, request: Request) -> impl Future<Output = Response> + Send;
}

impl Behind for Site {
    async fn answer(&self, peer: Option<IpAddr>, request: Request) -> Response {
        Site::answer(self, peer, request).await
    }
}

/// Lets a page that is served read the answer, send cookies, and see the headers that callers need.
fn grant(headers: &mut HeaderMap, origin: &str) {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Authorization, Clerk-Db-Jwt, X-Country, Retry-After"),
    );
}

/// What a page that is served may send.
fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, clerk-api-version, x-mobile, x-expo-sdk-version"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_a_little_longer_leaves_at_the_same_moment() {
        let ms = Duration::from_millis;
        for took in [Duration::ZERO, ms(7), ms(12), ms(99), PACE] {
            assert_eq!(paced(took), PACE, "{took:?}");
        }
        assert_eq!(paced(PACE + Duration::from_nanos(1)), 2 * PACE);
        assert_eq!(paced(ms(29_950)), ms(30_000));
    }
}
