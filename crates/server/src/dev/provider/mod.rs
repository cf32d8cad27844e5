//! The development provider: an OpenID provider (OpenID Connect Core 1.0) that stands in for Google and the others at
//! development instances, so that their buttons work before anybody has credentials of theirs. The instance itself is its
//! one client.
//!
//! ```text
//! button → authorize: page → who, verified or not → an existing person? → code by mail → page → /v1/oauth_callback
//!                                                 └ nobody's yet ─────────────────────────────┘     ↓
//!                                                                          token, userinfo ← the instance, inside the process
//! ```
//!
//! It says of nobody that it is an existing user, unless that person has read a code sent to their address.

mod answers;
mod ask;
mod back;
mod client;
mod confirm;
mod decide;
mod grants;
mod inside;
mod owners;
mod pages;
mod params;
mod person;
mod picture;
mod sealed;
mod strategy;
mod token;
mod ways;
mod words;

use std::sync::Arc;

use tokio::sync::OnceCell;
use url::Url;

pub use answers::answer;
pub use back::{Back, Mode};
pub use decide::{Outcome, Trouble, decide, show};
pub use inside::Inside;
pub use owners::{KnownOwners, Owners};
pub use pages::{Sheet, Visit};
pub use strategy::Strategy;
pub use ways::ways_back;

use crate::{
    instance::Instance,
    providers::Development,
    random::new_id,
    redirects,
    tokens::{SigningError, SigningKey},
};
use confirm::Confirmations;
use grants::Grants;

/// Where it lies below the public URL.
pub const PATH: &str = "/frontdesk/provider/";
/// The name of its one client, which is the instance.
const CLIENT_ID: &str = "frontdesk";

/// What it remembers while the process runs: there is one process of a development instance, and nothing of this outlives
/// a person's sign-in by much. Every part is bounded.
#[derive(Debug, Default)]
pub struct DevelopmentProvider {
    key: OnceCell<Arc<SigningKey>>,
    confirmations: Confirmations,
    grants: Grants,
}

/// The client to use for this strategy; none if there is no such provider, as at every production instance.
#[must_use]
pub fn development(instance: &Instance, strategy: &str) -> Option<Development> {
    let strategy = stand_in(instance, strategy)?;
    Some(Development {
        issuer: Url::parse(&issuer(instance, &strategy)).ok()?,
        client_id: CLIENT_ID.to_owned(),
        client_secret: client::secret(instance.keys(), &strategy),
    })
}

/// The strategy of that name, if the provider stands in for it at this instance.
#[must_use]
pub fn stand_in(instance: &Instance, strategy: &str) -> Option<Strategy> {
    Strategy::parse(strategy).filter(|_| instance.is_development())
}

/// The issuer (OpenID Connect Discovery 1.0 §3).
fn issuer(instance: &Instance, strategy: &Strategy) -> String {
    format!("{}{PATH}{strategy}", instance.public_url().origin())
}

/// The one address that browsers are sent back to.
fn callback(instance: &Instance, strategy: &Strategy) -> String {
    format!("{}{}", instance.public_url().origin(), redirects::callback(strategy.as_str()))
}

/// The key that signs ID tokens, which is no key of the instance's own tokens. It is made when it is first needed, and
/// goes with the process.
async fn signing_key(instance: &Instance) -> Result<Arc<SigningKey>, SigningError> {
    let made = instance.provider().key.get_or_try_init(async || {
        let name = new_id(instance.random(), "dev_");
        let drawn = tokio::task::spawn_blocking(move || SigningKey::generate(&name)).await;
        Ok(Arc::new(drawn.map_err(|_| SigningError::Generate)??))
    });
    made.await.cloned()
}
