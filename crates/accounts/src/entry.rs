//! One instance in the state: how it is made, and how what is shown of it changes.

use std::sync::Arc;

use frontdesk_wire::PublishableKey;

use tokio::task::AbortHandle;

use crate::{
    fault::{Fault, Named},
    files::{Listed, ListedSlot, Remembered, random_id},
    line::Line,
    link::{Busy, Link},
    network::Way,
    options::Pace,
    passkeys::{InstancePasskeys, MadeHere},
    said::{Reason, Said},
    saved_password::SavedPassword,
    slot::Slot,
    snapshot::{AccountKey, ClientView, InstanceKind, InstanceView, Problem, SessionView, Status},
    transport::Transport,
    vanished::{LOST, VANISHED},
};

/// An instance.
pub(crate) struct Entry {
    /// What is shown of it; its client is made of those of all slots.
    pub(crate) view: InstanceView,
    pub(crate) line: Arc<Line>,
    /// At least one, in the order in which their accounts are shown.
    pub(crate) slots: Vec<Slot>,
    /// The slot of the attempt under way.
    attempt: Option<String>,
    /// Why somebody is signed out who did not ask for it; shown while nothing else is the matter.
    pub(crate) reason: Option<Problem>,
    /// Sessions that are being ended from here, whose end is no news.
    pub(crate) leaving: Vec<String>,
    /// The key as the list has it; for the instance inside the app, that of its last run.
    pub(crate) key: Option<String>,
    /// Hosts of pages that the person has let the browser open.
    pub(crate) hosts: Vec<String>,
    /// Passkeys that this app has made.
    pub(crate) made_here: Vec<MadeHere>,
    /// What it is called where it has no name of one's own.
    name: String,
    pub(crate) keeper: Option<AbortHandle>,
}

/// Where an attempt begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// Where nobody is signed in, if the instance lets one session into a client; else where the others are, unless what
    /// keeps them signed in was not found.
    AsTheInstanceLikes,
    /// Where nobody is signed in.
    Apart,
}

/// What speaks to an instance elsewhere.
pub(crate) fn remote(key: &PublishableKey, pace: &Pace, way: &Way) -> Result<Transport, Problem> {
    Transport::remote(key, pace, way).map_err(|reason| {
        Problem::new(
            Said::from(Reason::NetworkUnusable).detail(&reason),
            format!("This computer's network or proxy settings are unusable: {reason}."),
        )
    })
}

impl Entry {
    pub(crate) fn new(listed: &Listed, pace: &Pace, way: &Way) -> Self {
        let key = listed.publishable_key.as_deref().map(PublishableKey::parse);
        let transport = match &key {
            _ if listed.local => Err(local_starting()),
            Some(Ok(key)) => remote(key, pace, way),
            _ => Err(Problem::new(
                Reason::KeyInvalid,
                "The key of this instance is damaged. Remove it and add it again.",
            )),
        };
        let host = key.and_then(Result::ok).map(|key| key.frontend_api).unwrap_or_default();
        let view = InstanceView {
            id: listed.id.clone(),
            kind: if listed.local { InstanceKind::Local } else { InstanceKind::Remote },
            name: listed.own_name.clone().unwrap_or_else(|| listed.name.clone()),
            own_name: listed.own_name.is_some(),
            host,
            publishable_key: listed.publishable_key.clone().filter(|_| !listed.local),
            status: Status::Loading,
            problem: None,
            environment: None,
            client: None,
            answered_at: None,
            clock_ahead: 0,
            last_strategy: listed.last_strategy.clone(),
            passkeys: InstancePasskeys::unknown(),
            saved_password: SavedPassword::Unknown,
        };
        let line = Arc::new(Line::new(listed.id.clone(), listed.local, transport));
        Self {
            view,
            slots: listed.slots.iter().map(|slot| Slot::new(&line, slot)).collect(),
            line,
            attempt: None,
            reason: None,
            leaving: Vec::new(),
            key: listed.publishable_key.clone(),
            hosts: listed.hosts.clone(),
            made_here: listed.passkeys.clone(),
            name: listed.name.clone(),
            keeper: None,
        }
    }

    /// The key of an instance elsewhere; none where it is damaged.
    pub(crate) fn usable_key(&self) -> Option<PublishableKey> {
        let key = self.key.as_deref().filter(|_| !self.line.local)?;
        PublishableKey::parse(key).ok()
    }

    pub(crate) fn slot(&self, id: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name() == id)
    }

    pub(crate) fn slot_mut(&mut self, id: &str) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.name() == id)
    }

    /// The slot that holds a session, signed in or not. An id that an instance gives twice is the first one's, unless
    /// only another one is signed in.
    pub(crate) fn slot_of(&self, session: &str) -> Option<&Slot> {
        let holds = |slot: &&Slot| slot.session(session).is_some();
        let signed_in = |slot: &&Slot| slot.session(session).is_some_and(SessionView::is_signed_in);
        self.slots.iter().find(signed_in).or_else(|| self.slots.iter().find(holds))
    }

    /// The slot of the attempt under way; the first, where none has been begun in this run.
    pub(crate) fn slot_of_attempt(&self) -> Option<&Slot> {
        let begun = self.attempt.as_deref().and_then(|id| self.slot(id));
        let found = || self.slots.iter().find(|slot| slot.sign_in.is_some() || slot.sign_up.is_some());
        begun.or_else(found).or_else(|| self.slots.first())
    }

    /// The slot for an attempt that begins now. None when the system gives no name for another one.
    pub(crate) fn begin_attempt(&mut self, beginning: Beginning) -> Option<(Arc<Link>, Busy)> {
        let environment = self.view.environment.as_ref();
        // As long as the instance has not said it, what disturbs nobody is right.
        let single = environment.is_none_or(|environment| environment.auth_config.single_session_mode);
        let vacant = |slot: &&Slot| slot.is_vacant();
        let at = if single || beginning == Beginning::Apart {
            let begun = self.attempt.as_deref().and_then(|id| self.slot(id)).filter(vacant);
            begun.or_else(|| self.slots.iter().find(vacant)).map(|slot| slot.link.clone())
        } else {
            self.slots.iter().find(|slot| !slot.link.has_unfound_token()).map(|slot| slot.link.clone())
        };
        let link = if let Some(link) = at {
            link
        } else {
            let slot = Slot::new(&self.line, &ListedSlot { id: random_id()?, has_client: false });
            let link = slot.link.clone();
            self.slots.push(slot);
            link
        };
        self.attempt = Some(link.slot.clone());
        self.show_clients();
        let busy = Busy::new(&link);
        Some((link, busy))
    }

    /// Whoever was signing in or up has gone elsewhere.
    pub(crate) fn leave_attempt(&mut self) {
        self.attempt = None;
    }

    /// An attempt that was out in the browser goes on in its slot.
    pub(crate) fn resume_attempt(&mut self, slot: &str) {
        if self.slot(slot).is_some() {
            self.attempt = Some(slot.to_owned());
            self.show_clients();
        }
    }

    /// Takes out the slots that nobody could miss; one always stays, and so do those that wait for the browser.
    pub(crate) fn take_idle_slots(&mut self, waiting: &[String]) -> Vec<Slot> {
        let idle = |slot: &Slot, attempt: &Option<String>| {
            slot.is_idle() && attempt.as_deref() != Some(slot.name()) && !waiting.iter().any(|id| id == slot.name())
        };
        let mut gone = Vec::new();
        while self.slots.len() > 1
            && let Some(place) = self.slots.iter().rposition(|slot| idle(slot, &self.attempt))
        {
            let slot = self.slots.remove(place);
            slot.link.retire();
            gone.push(slot);
        }
        if !gone.is_empty() {
            self.show_clients();
        }
        gone
    }

    /// What it is called in a sentence.
    pub(crate) fn named(&self) -> Named {
        Named { subject: (!self.line.local || self.view.own_name).then(|| self.view.name.clone()) }
    }

    /// Gives it a name of one's own, or takes that back.
    pub(crate) fn rename(&mut self, own: Option<String>) {
        self.view.own_name = own.is_some();
        self.view.name = own.unwrap_or_else(|| self.name.clone());
    }

    /// What the list says of it, but for the slots.
    pub(crate) fn listed(&self) -> Listed {
        Listed {
            local: self.line.local,
            own_name: self.view.own_name.then(|| self.view.name.clone()),
            hosts: self.hosts.clone(),
            last_strategy: self.view.last_strategy.clone(),
            passkeys: self.made_here.clone(),
            ..Listed::new(self.view.id.clone(), self.name.clone(), self.key.clone())
        }
    }

    /// Whether it is the instance of a key.
    pub(crate) fn is_of(&self, key: &PublishableKey) -> bool {
        let own = self.key.as_deref().and_then(|own| PublishableKey::parse(own).ok());
        own.is_some_and(|own| own.frontend_api == key.frontend_api)
    }

    /// Shows a newer client of a slot.
    pub(crate) fn take(&mut self, slot: &str, client: ClientView, active: &mut Option<AccountKey>) {
        let Some(place) = self.slots.iter().position(|candidate| candidate.name() == slot) else { return };
        let before = self.slots[place].client.take();
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
        let vanished = before.map(|before| before.vanished(&client, &self.leaving)).unwrap_or_default();
        self.slots[place].take(client.with(vanished));
        self.let_vanished_go();
        self.show_clients();
        self.settle_problem();
        self.leave_gone_account(active);
        let signed_in = |session: &String| self.view.client.as_ref().is_some_and(|it| it.signed_in(session).is_some());
        let leaving = std::mem::take(&mut self.leaving);
        self.leaving = leaving.into_iter().filter(signed_in).collect();
    }

    /// Who is signed in again has no need of an account that explains why they were not.
    fn let_vanished_go(&mut self) {
        let sessions = || self.slots.iter().flat_map(Slot::sessions);
        let back: Vec<String> = sessions().filter(|it| it.is_signed_in()).filter_map(SessionView::user_id).collect();
        for client in self.slots.iter_mut().filter_map(|slot| slot.client.as_mut()) {
            client.sessions.retain(|it| !it.is_vanished() || it.user_id().is_none_or(|user| !back.contains(&user)));
        }
    }

    /// Takes an account off the list that only explains why it is no more. False where something else is to be done
    /// with it, or nobody is left in its client.
    pub(crate) fn dismiss(&mut self, session: &str, active: &mut Option<AccountKey>) -> bool {
        let Some(place) = self.slots.iter().position(|slot| slot.session(session).is_some()) else { return false };
        let Some(client) = self.slots[place].client.as_mut() else { return false };
        if client.sessions.len() < 2 || !client.sessions.iter().any(|it| it.id == session && it.is_vanished()) {
            return false;
        }
        client.sessions.retain(|it| it.id != session);
        self.show_clients();
        self.leave_gone_account(active);
        true
    }

    /// One client is shown for those of all slots: the window has one view of an instance, however many it takes.
    pub(crate) fn show_clients(&mut self) {
        let attempt = self.slot_of_attempt().map(|slot| slot.client.as_ref());
        let clients = self.slots.iter().filter_map(|slot| slot.client.as_ref());
        self.view.client = ClientView::of_all(&clients.collect::<Vec<_>>(), attempt.flatten());
    }

    /// The claims of a session's newest token.
    pub(crate) fn set_claims(&mut self, session: &str, claims: Option<serde_json::Value>) {
        let id = self.slot_of(session).map(|slot| slot.name().to_owned());
        let client = id.and_then(|id| self.slot_mut(&id)).and_then(|slot| slot.client.as_mut());
        let found = client.and_then(|client| client.sessions.iter_mut().find(|it| it.id == session));
        if let Some(found) = found {
            found.claims = claims;
            self.show_clients();
        }
    }

    /// Shows no account that is gone. One that ended somewhere else stays on screen as long as the instance lists it:
    /// who looked at it is told so, and does not go on in another one's name.
    pub(crate) fn leave_gone_account(&self, active: &mut Option<AccountKey>) {
        if self.slots.iter().any(Slot::lacks_its_client) {
            // It may be in the one that is not known yet.
            return;
        }
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

    /// The client of a slot is no more; `reason` is for those who were signed in and did not ask for it. They stay on
    /// the list until they are back or taken off it.
    pub(crate) fn forget_client(&mut self, slot: &str, reason: Option<Problem>, active: &mut Option<AccountKey>) {
        let Some(place) = self.slots.iter().position(|candidate| candidate.name() == slot) else { return };
        let client = self.slots[place].forget();
        if let Some(reason) = &reason {
            let status = if reason.code == Reason::VaultItemMissing.as_str() { LOST } else { VANISHED };
            self.slots[place].client = client.clone().and_then(|client| client.explaining(status, &self.leaving));
        }
        let sessions = client.map(|client| client.sessions).unwrap_or_default();
        let was_asked = |session: &SessionView| self.leaving.contains(&session.id);
        let signed_out = sessions.iter().any(|session| session.is_signed_in() && !was_asked(session));
        self.reason = reason.filter(|_| signed_out);
        if self.slots.len() > 1 && self.slots[place].is_idle() && self.attempt.as_deref() != Some(slot) {
            self.slots.remove(place).link.retire();
        }
        self.show_clients();
        self.settle_problem();
        let alone = self.slots.iter().all(|slot| slot.client.is_none() && !slot.has_client);
        active.take_if(|active| {
            let stays = self.slots.iter().any(|slot| slot.session(&active.session).is_some());
            let was_here = alone || sessions.iter().any(|session| session.id == active.session);
            active.instance == self.view.id && !stays && was_here
        });
    }

    /// Where nothing keeps the instance from working, its place tells why somebody was signed out.
    pub(crate) fn settle_problem(&mut self) {
        if self.view.status == Status::Ready {
            self.view.problem.clone_from(&self.reason);
        }
    }

    /// Whether there is something to show without the instance: its settings, and a client where it should have one.
    pub(crate) fn shows_something(&self) -> bool {
        let lacks = self.slots.iter().any(Slot::lacks_its_client);
        self.view.environment.is_some() && (!lacks || self.view.client.is_some())
    }

    /// Whether the cache may have something of a slot that the instance has not said in this run.
    pub(crate) fn lacks_something(&self, slot: &Slot) -> bool {
        self.view.environment.is_none() || slot.lacks_its_client()
    }

    /// Shows what the cache has of what is lacking. An account without its token is none, so it stays away.
    pub(crate) fn recall(&mut self, slot: &str, remembered: Remembered, active: &mut Option<AccountKey>) {
        let Some(place) = self.slots.iter().position(|candidate| candidate.name() == slot) else { return };
        let slot = &mut self.slots[place];
        if self.view.environment.is_none() {
            self.view.environment.clone_from(&remembered.environment);
        }
        if slot.lacks_its_client() {
            slot.client.clone_from(&remembered.client);
        } else if let (Some(newer), Some(before)) = (&slot.client, &remembered.client) {
            // The instance was faster than the cache: whom it does not list any more is known from there alone.
            let vanished = before.clone().vanished(newer, &self.leaving);
            slot.client = Some(newer.clone().with(vanished));
        }
        self.view.answered_at = self.view.answered_at.or(remembered.answered_at);
        slot.remembered = Some(remembered);
        self.let_vanished_go();
        self.show_clients();
        if self.view.status != Status::Ready && self.shows_something() {
            self.view.status = Status::Degraded;
        }
        self.leave_gone_account(active);
    }

    /// Whether the next start has a use for a file of the slot: it has a client, or no slot has one and it is the first,
    /// whose file keeps the settings.
    pub(crate) fn is_remembered(&self, slot: &Slot) -> bool {
        let kept = self.slots.iter().find(|slot| slot.has_client).or_else(|| self.slots.first());
        slot.has_client || kept.is_some_and(|kept| kept.name() == slot.name())
    }

    pub(crate) fn to_remember(&self, slot: &Slot) -> Remembered {
        Remembered {
            environment: self.view.environment.clone(),
            client: slot.client.clone(),
            answered_at: self.view.answered_at,
        }
    }
}

/// The instance inside the app is on its way.
pub(crate) fn local_starting() -> Problem {
    Problem::new(Reason::LocalStarting, "The instance on this computer is still starting.")
}
