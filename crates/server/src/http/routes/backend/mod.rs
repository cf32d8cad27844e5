//! The Backend API: for servers of the owner that hold the secret key, on every door.

mod clients;
mod list;
mod sessions;
mod users;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    routing::{get, patch, post},
};

use crate::{
    http::{Answer, extract::Owner},
    instance::Instance,
};

/// Every route of it.
pub(super) fn router() -> Router<Arc<Instance>> {
    Router::new()
        .route("/v1/jwks", get(jwks))
        .route("/v1/users", get(users::list).post(users::create))
        .route("/v1/users/count", get(users::count))
        .route("/v1/users/{id}", get(users::show).patch(users::update).delete(users::delete))
        .route("/v1/users/{id}/metadata", patch(users::merge_metadata).put(users::replace_metadata))
        .route("/v1/users/{id}/ban", post(users::ban))
        .route("/v1/users/{id}/unban", post(users::unban))
        .route("/v1/users/{id}/lock", post(users::lock))
        .route("/v1/users/{id}/unlock", post(users::unlock))
        .route("/v1/users/{id}/verify_password", post(users::verify_password))
        .route("/v1/sessions", get(sessions::list))
        .route("/v1/sessions/{id}", get(sessions::show))
        .route("/v1/sessions/{id}/revoke", post(sessions::revoke))
        .route("/v1/clients/{id}", get(clients::show))
        .route("/v1/clients/verify", post(clients::verify))
}

/// `GET /v1/jwks`
async fn jwks(State(instance): State<Arc<Instance>>, Owner(..): Owner) -> Answer {
    Answer::bare(instance.jwks().as_ref())
}
