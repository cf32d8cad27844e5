//! What the owner of the instance does, by a server that holds the secret key. There is no client here: nobody's token
//! changes, and users find their devices as the owner left them.

pub mod clients;
pub mod email_addresses;
pub mod instance;
pub mod invitations;
pub mod jwt_templates;
pub mod listed_identifiers;
pub mod passkeys;
pub mod phone_numbers;
pub mod redirect_urls;
pub mod second_factors;
pub mod sessions;
pub mod sign_in_tokens;
pub mod users;
pub mod waitlist_entries;

use frontdesk_identity::{SessionEnd, UserId};
use frontdesk_store::Changes;

use super::{Fault, Turn, turn::TRIES};

/// A part of a list, with how long the whole is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// The part.
    pub entries: Vec<T>,
    /// How long the whole is.
    pub total: usize,
}

impl<T> Part<T> {
    /// The same part of other things.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Part<U> {
        Part { entries: self.entries.into_iter().map(each).collect(), total: self.total }
    }
}

impl Turn<'_> {
    /// Does a change: lets `work` gather, decide and commit, and again when somebody else has changed the same thing.
    pub(super) async fn again<T, Work>(&self, work: impl Fn() -> Work + Send + Sync) -> Result<T, Fault>
    where
        Work: Future<Output = Result<T, Fault>> + Send,
    {
        for _ in 0..TRIES {
            match work().await {
                Err(Fault::Contended) => {}
                done => return done,
            }
        }
        tracing::warn!("a change was given up, because others changed the same thing again and again");
        Err(Fault::Contended)
    }

    /// Signs a user out on every device. To be called after the user is among the changes.
    async fn sign_out_everywhere(&self, user: &UserId, changes: &mut Changes) -> Result<(), Fault> {
        self.leave_clients(user, changes).await?;
        changes.end_sessions(user.clone(), SessionEnd::Revoked);
        Ok(())
    }
}
