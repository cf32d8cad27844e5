//! The Backend API: for servers of the owner that hold the secret key, on every door.

mod clients;
mod instance;
mod list;
mod redirect_urls;
mod sessions;
mod sign_in_tokens;
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
        .route("/v1/sign_in_tokens", post(sign_in_tokens::create))
        .route("/v1/sign_in_tokens/{id}/revoke", post(sign_in_tokens::revoke))
        .route("/v1/testing_tokens", post(instance::testing_token))
        .route("/v1/redirect_urls", get(redirect_urls::list).post(redirect_urls::create))
        .route("/v1/redirect_urls/{id}", get(redirect_urls::show).delete(redirect_urls::delete))
        .route("/v1/instance", get(instance::show).patch(instance::update))
        .route("/v1/instance/restrictions", patch(instance::update_restrictions))
        .route("/v1/clients/{id}", get(clients::show))
        .route("/v1/clients/verify", post(clients::verify))
}

/// `GET /v1/jwks`
async fn jwks(State(instance): State<Arc<Instance>>, Owner(..): Owner) -> Answer {
    Answer::bare(instance.jwks().as_ref())
}
