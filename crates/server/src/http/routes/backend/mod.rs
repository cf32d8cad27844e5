//! The Backend API: for servers of the owner that hold the secret key, on every door.

mod clients;
mod email_addresses;
mod instance;
mod invitations;
mod jwt_templates;
mod list;
mod listed_identifiers;
mod phone_numbers;
mod redirect_urls;
mod sessions;
mod sign_in_tokens;
mod users;
mod waitlist_entries;

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::Jwks;

use crate::{
    http::{
        Answer,
        extract::Owner,
        openapi::{Routes, Who, says},
    },
    instance::Instance,
};

/// Every route of it.
pub(super) fn routes() -> Routes {
    Routes::of(Who::Owner, "Backend: keys", "The keys of the instance, for its owner.")
        .get("/v1/jwks", jwks, says("Read the keys that session tokens are verified with").bare::<Jwks>())
        .and(users::routes())
        .and(sessions::routes())
        .and(clients::routes())
        .and(email_addresses::routes())
        .and(phone_numbers::routes())
        .and(sign_in_tokens::routes())
        .and(redirect_urls::routes())
        .and(jwt_templates::routes())
        .and(listed_identifiers::routes())
        .and(invitations::routes())
        .and(waitlist_entries::routes())
        .and(instance::routes())
}

/// `GET /v1/jwks`
async fn jwks(State(instance): State<Arc<Instance>>, Owner(..): Owner) -> Answer {
    Answer::bare(instance.jwks().as_ref())
}
