//! What a monitor of the owner reads: `/metrics` and `/health`, behind a door of their own.

use std::{net::IpAddr, sync::Arc};

use axum::{body::Body, extract::Request, response::Response};
use http::{
    HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN},
    uri::Authority,
};

use super::{Behind, Door, guard::FETCH_SITE};
use crate::{instance::Instance, metrics::Health};

/// The figures of an instance.
#[derive(Clone, Debug)]
pub struct Figures {
    instance: Arc<Instance>,
    door: Arc<Door>,
}

impl Figures {
    /// The figures of this instance, behind a door with these names.
    #[must_use]
    pub fn new(instance: Arc<Instance>, door: Door) -> Self {
        Self { instance, door: Arc::new(door) }
    }

    /// Monitors ask by address, or by a name of the instance. Browsers have no business here.
    fn is_monitor(&self, request: &Request) -> bool {
        let headers = request.headers();
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let by_address = host.parse::<Authority>().is_ok_and(|authority| {
            let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
            bare.parse::<IpAddr>().is_ok()
        });
        (by_address || self.door.is_known_as(host))
            && !headers.contains_key(ORIGIN)
            && !headers.contains_key(FETCH_SITE)
    }
}

impl Behind for Figures {
    async fn answer(&self, _peer: Option<IpAddr>, request: Request) -> Response {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let (status, text) = match request.uri().path() {
            _ if !self.is_monitor(&request) => {
                (StatusCode::FORBIDDEN, "not for this host, and not for browsers\n".into())
            }
            "/metrics" | "/health" if !reads => (StatusCode::METHOD_NOT_ALLOWED, "may only be read\n".into()),
            "/metrics" => {
                let health = Health { deliveries_waiting: self.instance.store().deliveries_waiting().await.ok() };
                (StatusCode::OK, self.instance.metrics().render(health))
            }
            "/health" => match self.instance.store().instance().await {
                Ok(_) => (StatusCode::OK, "ok\n".into()),
                Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".into()),
            },
            _ => (StatusCode::NOT_FOUND, "there are /metrics and /health here\n".to_owned()),
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
