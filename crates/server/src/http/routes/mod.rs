//! Which path leads to which flow, and what the OpenAPI document says of it.

mod backend;
mod changes;
mod client;
mod devices;
mod elsewhere;
mod handshake;
mod images;
mod instance;
mod me;
mod oauth_callback;
mod outbox;
mod packages;
mod provider;
mod sessions;
mod sign_ins;
mod sign_ups;
mod tickets;
mod waitlist;

use std::sync::Arc;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
};

use super::openapi::Routes;
use crate::{instance::Instance, packages::Packages};

/// What serves every route; the SDKs' scripts as well, if there are any.
pub(super) fn router(instance: Arc<Instance>, packages: Option<Packages>) -> Router {
    let scripts = packages.map(packages::router).unwrap_or_default();
    all().router().layer(from_fn(tell_route)).with_state(instance).merge(scripts)
}

/// Lets the answer say which route it came from, for those who count.
async fn tell_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Every route.
pub(super) fn all() -> Routes {
    instance::routes()
        .and(images::routes())
        .and(outbox::routes())
        .and(devices::routes())
        .and(changes::routes())
        .and(provider::routes())
        .and(client::routes())
        .and(handshake::routes())
        .and(sessions::routes())
        .and(sign_ins::routes())
        .and(sign_ups::routes())
        .and(tickets::routes())
        .and(waitlist::routes())
        .and(me::routes())
        .and(oauth_callback::routes())
        .and(backend::routes())
}
