//! Session tokens in memory: each is asked for once, however many want it, and a new one before the old one ends.
//!
//! Their age is counted from when they were asked for by this computer: the instance's clock may show another time, and
//! only how long a token lasts is taken from it.

mod handed;
mod mint;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use frontdesk_vault::Secret;
use frontdesk_wire as wire;
use tokio::sync::watch;

use crate::{
    claims,
    fault::{Fault, refused},
    intents::IntentError,
    options::Moment,
    said::Reason,
    snapshot::AccountKey,
    view::is_usable,
};

pub(crate) use self::handed::Shelf;

/// A token with less left than this is not handed out, in milliseconds.
const LEAST: i64 = 5_000;
/// A token with less left than this is handed out, and a new one is asked for, in milliseconds.
const EARLY: i64 = 15_000;
/// With more tokens in memory than this, those that have ended are let go.
const MANY: usize = 256;

/// The tokens of all sessions.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<Place, Slot>>);

/// Which token: ids of different instances may be equal, so the instance belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) account: AccountKey,
    pub(crate) kind: TokenKind,
}

/// What a token is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TokenKind {
    /// None is the session token itself.
    template: Option<String>,
    /// None is the active one, empty is none at all.
    organization: Option<String>,
}

/// What a token has to be like.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Want {
    /// Made from now on: neither one that is kept nor one that is on its way already.
    pub(crate) fresh: bool,
    /// How much longer than usual it has to last, in milliseconds.
    pub(crate) leeway: i64,
}

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
    asked_at: Moment,
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
    want: Want,
    tell: watch::Sender<Option<Outcome>>,
}

impl TokenKind {
    /// Names become parts of a path, so one that would lead elsewhere is refused.
    pub(crate) fn of(template: Option<String>, organization: Option<String>) -> Result<Self, IntentError> {
        if template.as_deref().is_some_and(|name| !is_usable(name)) {
            return Err(refused(
                Reason::RequestUnknown,
                "This is not a name of a token template, so no token was asked for. Use the name that the instance \
                 shows: letters, digits, - and _.",
            ));
        }
        if organization.as_deref().is_some_and(|id| !id.is_empty() && !is_usable(id)) {
            return Err(refused(
                Reason::RequestUnknown,
                "This is not an id of an organization, so no token was asked for. Use the id that the instance shows.",
            ));
        }
        Ok(Self { template, organization })
    }

    /// Whether it is the session token as the session stands, whose claims are the session's.
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Kept {
    /// Milliseconds left.
    fn left(&self, now: Moment) -> i64 {
        self.lifetime.saturating_sub(now.since(self.asked_at))
    }

    /// Whether a new one is asked for.
    fn is_due(&self, now: Moment) -> bool {
        self.left(now) <= EARLY.min(self.lifetime / 2)
    }

    /// Whether it is handed out.
    fn is_enough(&self, now: Moment, want: Want) -> bool {
        self.left(now) > LEAST.saturating_add(want.leeway)
    }
}

impl Slot {
    fn is_flying(&self) -> bool {
        // A flight whose request came to nothing at all has no sender any more.
        self.flight.as_ref().is_some_and(|flight| flight.has_changed().is_ok())
    }
}

impl Tokens {
    /// Forgets the tokens of an instance whose sessions are not kept.
    pub(crate) fn retain(&self, instance: &str, keep: impl Fn(&str) -> bool) {
        self.slots().retain(|place, _| place.account.instance != instance || keep(&place.account.session));
    }

    fn find(&self, place: &Place, now: Moment, want: Want) -> Found {
        let mut slots = self.slots();
        if slots.len() >= MANY {
            slots.retain(|_, slot| slot.is_flying() || slot.kept.as_ref().is_some_and(|kept| kept.left(now) > 0));
        }
        let slot = slots.entry(place.clone()).or_default();
        let kept = slot.kept.as_ref().filter(|_| !want.fresh);
        let token = kept.filter(|kept| kept.is_enough(now, want)).map(|kept| kept.token.clone());
        let early = kept.is_some_and(|kept| kept.is_due(now));
        if token.is_some() && !early {
            return Found { token, flight: None, begin: None };
        }
        if !want.fresh && slot.is_flying() {
            return Found { token, flight: slot.flight.clone(), begin: None };
        }
        slot.begun += 1;
        let (tell, flight) = watch::channel(None);
        slot.flight = Some(flight.clone());
        Found { token, flight: Some(flight), begin: Some(Begin { number: slot.begun, want, tell }) }
    }

    /// What is left of a token that is not handed out as a rule, for when no other can be had.
    fn last_resort(&self, place: &Place, now: Moment, want: Want) -> Option<Secret> {
        let slots = self.slots();
        let kept = slots.get(place)?.kept.as_ref().filter(|_| !want.fresh)?;
        (kept.left(now) > want.leeway).then(|| kept.token.clone())
    }

    /// Takes what a request brought. False when its session is gone, or when a later request was answered before.
    fn land(&self, place: &Place, begin: Begin, asked_at: Moment, outcome: Outcome) -> bool {
        let Begin { number, tell, .. } = begin;
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
                slot.kept = Some(Kept { token: token.clone(), flight: number, asked_at, lifetime: lifetime_of(token) });
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

fn claims_of(token: &Secret) -> Option<wire::Metadata> {
    std::str::from_utf8(token.expose()).ok().and_then(claims::decode)
}

/// In milliseconds.
fn lifetime_of(token: &Secret) -> i64 {
    claims_of(token).and_then(|claims| claims::lifetime(&claims)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
