//! One instance in the state: how it is made, and how what is shown of it changes.

use std::sync::Arc;

use frontdesk_wire::PublishableKey;

use crate::{
    core::Entry,
    fault::{Fault, Named},
    files::{Listed, Remembered},
    link::Link,
    options::Pace,
    said::{Reason, Said},
    snapshot::{AccountKey, ClientView, InstanceKind, InstanceView, Problem, Status},
    transport::Transport,
};

impl Entry {
    pub(crate) fn new(listed: &Listed, pace: &Pace) -> Self {
        let key = listed.publishable_key.as_deref().map(PublishableKey::parse);
        let transport = match &key {
            _ if listed.local => Err(local_starting()),
            Some(Ok(key)) => Transport::remote(key, pace).map_err(|reason| {
                Problem::new(
                    Said::from(Reason::NetworkUnusable).detail(&reason),
                    format!("This computer's network or proxy settings are unusable: {reason}."),
                )
            }),
            _ => Err(Problem::new(
                Reason::KeyInvalid,
                "The key of this instance is damaged. Remove it and add it again.",
            )),
        };
        let host = key.and_then(Result::ok).map(|key| key.frontend_api).unwrap_or_default();
        let view = InstanceView {
            id: listed.id.clone(),
            kind: if listed.local { InstanceKind::Local } else { InstanceKind::Remote },
            name: listed.name.clone(),
            host,
            publishable_key: listed.publishable_key.clone().filter(|_| !listed.local),
            status: Status::Loading,
            problem: None,
            environment: None,
            client: None,
            answered_at: None,
        };
        let link = Arc::new(Link::new(listed.id.clone(), listed.local, transport, listed.has_client));
        Self {
            view,
            link,
            has_client: listed.has_client,
            had_client: listed.has_client,
            sign_in: None,
            sign_up: None,
            reason: None,
            leaving: Vec::new(),
            key: listed.publishable_key.clone(),
            remembered: None,
            keeper: None,
        }
    }

    /// What it is called in a sentence.
    pub(crate) fn named(&self) -> Named {
        Named { subject: (!self.link.local).then(|| self.view.name.clone()) }
    }

    /// Shows a newer client.
    pub(crate) fn take(&mut self, client: ClientView, active: &mut Option<AccountKey>) {
        let before = self.view.client.take();
        let was = |id: &str| before.as_ref().is_some_and(|client| client.signed_in(id).is_some());
        if client.sessions.iter().any(|session| session.is_signed_in() && !was(&session.id)) {
            self.reason = None;
        }
        let ended = before.iter().flat_map(|client| &client.sessions).find(|session| {
            session.is_signed_in() && client.signed_in(&session.id).is_none() && !self.leaving.contains(&session.id)
        });
        if let Some(ended) = ended {
            let status = client.sessions.iter().find(|session| session.id == ended.id);
            let status = status.map_or("removed", |session| session.status.as_str());
            let who = ended.user.as_ref().and_then(|user| user.email_addresses.first());
            let who = who.map_or("An account", |address| &address.email_address);
            let name = self.named();
            let message = format!("{who} was signed out at {name} ({status}). Sign in again to go on.");
            let said = Said::from(Reason::SessionEnded).of(name.subject).detail(who);
            self.reason = Some(Problem { code: format!("session_{status}"), ..Problem::new(said, message) });
        }
        if let Some(attempt) = &client.sign_in {
            self.sign_in = Some(attempt.id.clone());
        }
        if let Some(attempt) = &client.sign_up {
            self.sign_up = Some(attempt.id.clone());
        }
        self.view.client = Some(client);
        self.settle_problem();
        self.leave_gone_account(active);
        if let Some(client) = &self.view.client {
            self.leaving.retain(|session| client.signed_in(session).is_some());
        }
    }

    /// Shows no account that is gone. One that ended somewhere else stays on screen as long as the instance lists it:
    /// who looked at it is told so, and does not go on in another one's name.
    pub(crate) fn leave_gone_account(&self, active: &mut Option<AccountKey>) {
        active.take_if(|active| {
            let sessions = self.view.client.iter().flat_map(|client| &client.sessions);
            let mut stays = sessions.filter(|session| session.is_signed_in() || !self.leaving.contains(&session.id));
            active.instance == self.view.id && !stays.any(|session| session.id == active.session)
        });
    }

    /// The instance answered to everything.
    pub(crate) fn loaded(&mut self) {
        self.view.status = Status::Ready;
        self.settle_problem();
    }

    /// The instance could not be loaded, or did not answer just now.
    pub(crate) fn failed(&mut self, fault: &Fault) {
        self.cannot_be_asked(fault.problem(&self.named()));
    }

    /// The instance does not run, or does not answer. One that is still starting is loading, and no problem.
    pub(crate) fn cannot_be_asked(&mut self, problem: Problem) {
        let starting = problem.code == Reason::LocalStarting.as_str() && !self.shows_something();
        self.view.status = match self.shows_something() {
            true => Status::Degraded,
            false if starting => Status::Loading,
            false => Status::Error,
        };
        self.view.problem = Some(problem).filter(|_| !starting);
    }

    /// The client is no more; `reason` is for those who were signed in and did not ask for it.
    pub(crate) fn forget_client(&mut self, reason: Option<Problem>) {
        let signed_out = self.view.client.take().is_some_and(|client| {
            client.sessions.iter().any(|session| session.is_signed_in() && !self.leaving.contains(&session.id))
        });
        self.has_client = false;
        self.sign_in = None;
        self.sign_up = None;
        self.remembered = None;
        self.reason = reason.filter(|_| signed_out);
        self.settle_problem();
    }

    /// Where nothing keeps the instance from working, its place tells why somebody was signed out.
    pub(crate) fn settle_problem(&mut self) {
        if self.view.status == Status::Ready {
            self.view.problem.clone_from(&self.reason);
        }
    }

    /// Whether there is something to show without the instance: its settings, and its client where it should have one.
    pub(crate) fn shows_something(&self) -> bool {
        self.view.environment.is_some() && !self.lacks_its_client()
    }

    /// Whether the keychain should have a token whose client is not known.
    pub(crate) fn lacks_its_client(&self) -> bool {
        self.has_client && self.view.client.is_none()
    }

    /// Whether the cache may have something that the instance has not said in this run.
    pub(crate) fn lacks_something(&self) -> bool {
        self.view.environment.is_none() || self.lacks_its_client()
    }

    /// Shows what the cache has of what is lacking. An account without its token is none, so it stays away.
    pub(crate) fn recall(&mut self, remembered: Remembered, active: &mut Option<AccountKey>) {
        if self.view.environment.is_none() {
            self.view.environment.clone_from(&remembered.environment);
        }
        if self.lacks_its_client() {
            self.view.client.clone_from(&remembered.client);
        }
        self.view.answered_at = self.view.answered_at.or(remembered.answered_at);
        self.remembered = Some(remembered);
        if self.view.status != Status::Ready && self.shows_something() {
            self.view.status = Status::Degraded;
        }
        self.leave_gone_account(active);
    }

    pub(crate) fn to_remember(&self) -> Remembered {
        Remembered {
            environment: self.view.environment.clone(),
            client: self.view.client.clone(),
            answered_at: self.view.answered_at,
        }
    }
}

/// The instance inside the app is on its way.
pub(crate) fn local_starting() -> Problem {
    Problem::new(Reason::LocalStarting, "The instance on this computer is still starting.")
}
