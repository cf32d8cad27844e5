//! Session tokens in memory: each is asked for once, however many want it, and a new one before the old one ends.
//!
//! Tokens of about a minute, counted from when they were asked for by this computer's clock: the instance's clock may
//! show another time, and only how long a token lasts is taken from it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use frontdesk_vault::Secret;
use frontdesk_wire as wire;
use http::Method;
use serde_json::Value;
use tokio::sync::watch;

use crate::{claims, core::Core, fault::Fault, link::Link, sessions::session_path, transport::Request};

/// A token with less left than this is not handed out, in milliseconds.
const LEAST: i64 = 5_000;
/// A token with less left than this is handed out, and a new one is asked for, in milliseconds.
const EARLY: i64 = 15_000;

/// The tokens of all sessions.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<Place, Slot>>);

/// Instance and session.
type Place = (String, String);
type Outcome = Result<Secret, Fault>;

#[derive(Default)]
struct Slot {
    kept: Option<Kept>,
    /// The request under way that was begun last.
    flight: Option<watch::Receiver<Option<Outcome>>>,
    /// How many requests were begun.
    begun: u64,
}

struct Kept {
    token: Secret,
    /// Which request brought it.
    flight: u64,
    asked_at: i64,
    lifetime: i64,
}

/// What there is for somebody who wants a token.
struct Found {
    token: Option<Secret>,
    flight: Option<watch::Receiver<Option<Outcome>>>,
    /// A request that the finder has to make.
    begin: Option<Begin>,
}

struct Begin {
    number: u64,
    tell: watch::Sender<Option<Outcome>>,
}

impl Kept {
    /// Milliseconds left; none when the clock shows a time before the token was asked for.
    fn left(&self, now: i64) -> Option<i64> {
        (now >= self.asked_at).then(|| self.lifetime.saturating_sub(now - self.asked_at))
    }
}

impl Tokens {
    /// Forgets the tokens of an instance whose sessions are not kept.
    pub(crate) fn retain(&self, instance: &str, keep: impl Fn(&str) -> bool) {
        self.slots().retain(|(place, session), _| place != instance || keep(session));
    }

    /// `fresh` wants a token that is made from now on: neither one that is kept nor one that is on its way already.
    fn find(&self, place: &Place, now: i64, fresh: bool) -> Found {
        let mut slots = self.slots();
        let slot = slots.entry(place.clone()).or_default();
        let kept = slot.kept.as_ref().filter(|_| !fresh);
        let left = kept.and_then(|kept| kept.left(now)).unwrap_or_default();
        let token = kept.filter(|_| left > LEAST).map(|kept| kept.token.clone());
        let early = kept.is_some_and(|kept| left <= EARLY.min(kept.lifetime / 2));
        if token.is_some() && !early {
            return Found { token, flight: None, begin: None };
        }
        // A flight whose request came to nothing at all has no sender any more.
        let under_way = slot.flight.as_ref().filter(|flight| !fresh && flight.has_changed().is_ok());
        if let Some(flight) = under_way {
            return Found { token, flight: Some(flight.clone()), begin: None };
        }
        slot.begun += 1;
        let (tell, flight) = watch::channel(None);
        slot.flight = Some(flight.clone());
        Found { token, flight: Some(flight), begin: Some(Begin { number: slot.begun, tell }) }
    }

    /// Takes what a request brought. False when its session is gone, or when a later request was answered before.
    fn land(&self, place: &Place, begin: Begin, asked_at: i64, outcome: Outcome) -> bool {
        let Begin { number, tell } = begin;
        let mut slots = self.slots();
        let mut taken = false;
        if let Some(slot) = slots.get_mut(place) {
            if slot.begun == number {
                slot.flight = None;
            }
            let newer = slot.kept.as_ref().is_none_or(|kept| kept.flight < number);
            if let Ok(token) = outcome.as_ref()
                && newer
            {
                let lifetime = claims_of(token).and_then(|claims| claims::lifetime(&claims)).unwrap_or_default();
                slot.kept = Some(Kept { token: token.clone(), flight: number, asked_at, lifetime });
                taken = true;
            }
        }
        drop(slots);
        tell.send_replace(Some(outcome));
        taken
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Place, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// A session token that is good for a while.
    pub(crate) async fn session_token(
        self: &Arc<Self>,
        link: &Arc<Link>,
        session: &str,
        fresh: bool,
    ) -> Result<Secret, Fault> {
        let place = (link.id.clone(), session.to_owned());
        let Found { token, flight, begin } = self.tokens.find(&place, self.clock.now(), fresh);
        if let Some(begin) = begin {
            // Apart, so that it goes on for the others when one of them no longer waits.
            tokio::spawn(Self::mint(self.clone(), link.clone(), place, begin));
        }
        match (token, flight) {
            (Some(token), _) => Ok(token),
            (None, Some(mut flight)) => {
                let landed = flight.wait_for(Option::is_some).await.map_err(|_| Fault::Removed)?;
                landed.clone().unwrap_or(Err(Fault::Removed))
            }
            (None, None) => Err(Fault::Removed),
        }
    }

    async fn mint(self: Arc<Self>, link: Arc<Link>, place: Place, begin: Begin) {
        let asked_at = self.clock.now();
        // Twice is the same as once: every token is as good as the other.
        let request = Request::send(Method::POST, session_path(&place.1, "tokens")).repeatable();
        let outcome = self.bare::<wire::Token>(&link, &request).await;
        let outcome = outcome.map(|token| Secret::new(token.jwt.into_bytes()));
        let claims = outcome.as_ref().ok().and_then(claims_of).map(Value::Object);
        if self.tokens.land(&place, begin, asked_at, outcome) && claims.is_some() {
            self.change(|state| {
                if let Some(entry) = state.entry_mut(&place.0) {
                    entry.set_claims(&place.1, claims);
                }
            });
        }
    }
}

fn claims_of(token: &Secret) -> Option<wire::Metadata> {
    std::str::from_utf8(token.expose()).ok().and_then(claims::decode)
}

#[cfg(test)]
mod tests;
