//! A place for one client at an instance: its own token, its own sessions, its own attempt.
//!
//! An instance that keeps several sessions in a client needs one slot. Where a client has one session at a time, each
//! account has a slot of its own, so that nobody is signed out for somebody else to sign in. The same is so for whoever
//! signs in while the keychain does not give the token of the others.

use std::sync::Arc;

use crate::{
    files::{ListedSlot, Remembered},
    line::Line,
    link::Link,
    snapshot::{ClientView, SessionView},
};

pub(crate) struct Slot {
    pub(crate) link: Arc<Link>,
    /// The client as it is known.
    pub(crate) client: Option<ClientView>,
    /// Whether the keychain has, or should have, a client token.
    pub(crate) has_client: bool,
    /// Whether it had one when the app was started.
    pub(crate) had_client: bool,
    /// The attempt begun last, also when the client does not show it any more.
    pub(crate) sign_in: Option<String>,
    pub(crate) sign_up: Option<String>,
    /// What the sealed cache has.
    pub(crate) remembered: Option<Remembered>,
    /// Whether it has been looked for there; before that nothing is written over it.
    pub(crate) recalled: bool,
}

impl Slot {
    pub(crate) fn new(line: &Arc<Line>, listed: &ListedSlot) -> Self {
        Self {
            link: Arc::new(Link::new(line.clone(), listed.id.clone(), listed.has_client)),
            client: None,
            has_client: listed.has_client,
            had_client: listed.has_client,
            sign_in: None,
            sign_up: None,
            remembered: None,
            recalled: !listed.has_client,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.link.slot
    }

    pub(crate) fn take(&mut self, client: ClientView) {
        if let Some(attempt) = &client.sign_in {
            self.sign_in = Some(attempt.id.clone());
        }
        if let Some(attempt) = &client.sign_up {
            self.sign_up = Some(attempt.id.clone());
        }
        self.client = Some(client);
    }

    /// The client is no more. Answers with what it was.
    pub(crate) fn forget(&mut self) -> Option<ClientView> {
        self.has_client = false;
        self.sign_in = None;
        self.sign_up = None;
        self.remembered = None;
        self.client.take()
    }

    /// The session of an id, signed in or not.
    pub(crate) fn session(&self, id: &str) -> Option<&SessionView> {
        self.sessions().iter().find(|session| session.id == id)
    }

    pub(crate) fn sessions(&self) -> &[SessionView] {
        self.client.as_ref().map(|client| client.sessions.as_slice()).unwrap_or_default()
    }

    /// Whether the keychain should have a token whose client is not known.
    pub(crate) fn lacks_its_client(&self) -> bool {
        self.has_client && self.client.is_none()
    }

    /// Whether it is known that nobody is signed in here.
    pub(crate) fn is_vacant(&self) -> bool {
        !self.lacks_its_client()
            && !self.link.has_unfound_token()
            && !self.sessions().iter().any(SessionView::is_signed_in)
    }

    /// Whether there is nothing here that anybody could miss: no account, not even one that has ended, and no request.
    pub(crate) fn is_idle(&self) -> bool {
        !self.lacks_its_client() && self.sessions().is_empty() && !self.link.is_busy()
    }
}
