//! Which path leads to which flow.

mod backend;
mod client;
mod handshake;
mod images;
mod instance;
mod me;
mod sessions;
mod sign_ins;
mod sign_ups;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, patch, post},
};

use crate::instance::Instance;

/// Every route.
pub(super) fn router(instance: Arc<Instance>) -> Router {
    Router::new()
        .route("/v1/health", get(instance::health))
        .route("/.well-known/jwks.json", get(instance::jwks))
        .route("/frontdesk/outbox", get(instance::outbox))
        .route("/v1/environment", get(instance::environment).patch(instance::environment))
        .route("/v1/images/{id}", get(images::show))
        .route("/v1/dev_browser", post(instance::dev_browser))
        .route("/v1/client", get(client::show).put(client::create).post(client::create).delete(client::delete))
        .route("/v1/client/handshake", get(handshake::handshake))
        .route("/v1/client/sessions", delete(client::sign_out))
        .merge(sessions())
        .merge(sign_ins())
        .merge(sign_ups())
        .merge(me())
        .merge(backend::router())
        .with_state(instance)
}

fn sessions() -> Router<Arc<Instance>> {
    Router::new()
        .route("/v1/client/sessions/{id}", get(sessions::show))
        .route("/v1/client/sessions/{id}/touch", post(sessions::touch))
        .route("/v1/client/sessions/{id}/end", post(sessions::end))
        .route("/v1/client/sessions/{id}/remove", post(sessions::remove))
        .route("/v1/client/sessions/{id}/tokens", post(sessions::token))
        .route("/v1/client/sessions/{id}/tokens/{template}", post(sessions::template_token))
}

fn sign_ins() -> Router<Arc<Instance>> {
    Router::new()
        .route("/v1/client/sign_ins", post(sign_ins::create))
        .route("/v1/client/sign_ins/{id}", get(sign_ins::show))
        .route("/v1/client/sign_ins/{id}/prepare_first_factor", post(sign_ins::prepare))
        .route("/v1/client/sign_ins/{id}/attempt_first_factor", post(sign_ins::attempt))
        .route("/v1/client/sign_ins/{id}/prepare_second_factor", post(sign_ins::second_factor))
        .route("/v1/client/sign_ins/{id}/attempt_second_factor", post(sign_ins::second_factor))
        .route("/v1/client/sign_ins/{id}/reset_password", post(sign_ins::reset_password))
}

fn sign_ups() -> Router<Arc<Instance>> {
    Router::new()
        .route("/v1/client/sign_ups", post(sign_ups::create))
        .route("/v1/client/sign_ups/{id}", get(sign_ups::show).patch(sign_ups::update))
        .route("/v1/client/sign_ups/{id}/prepare_verification", post(sign_ups::prepare))
        .route("/v1/client/sign_ups/{id}/attempt_verification", post(sign_ups::attempt))
}

fn me() -> Router<Arc<Instance>> {
    Router::new()
        .route("/v1/me", get(me::show).patch(me::update).delete(me::delete))
        .route("/v1/me/metadata", patch(me::merge_metadata))
        .route("/v1/me/email_addresses", get(me::emails).post(me::add_email))
        .route("/v1/me/email_addresses/{id}", get(me::email).delete(me::remove_email))
        .route("/v1/me/email_addresses/{id}/prepare_verification", post(me::prepare_email))
        .route("/v1/me/email_addresses/{id}/attempt_verification", post(me::attempt_email))
        .route("/v1/me/profile_image", post(me::set_picture).delete(me::remove_picture))
        .route("/v1/me/change_password", post(me::change_password))
        .route("/v1/me/remove_password", post(me::remove_password))
        .route("/v1/me/sessions", get(me::sessions))
        .route("/v1/me/sessions/active", get(me::sessions))
        .route("/v1/me/sessions/{id}/revoke", post(me::revoke))
}
