//! Decisions that wait for a code: somebody says to be a user of the instance.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use frontdesk_identity::{Timestamp, time::MINUTE};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Strategy, ask::Ask, person::Person};
use crate::keys::{Keys, Purpose};

/// How long a code is waited for, in milliseconds.
pub(super) const WAIT_MS: i64 = 10 * MINUTE;
/// Tries that are looked at.
pub(super) const TRIES: u32 = 3;
/// Most decisions that wait at once; the oldest goes first.
const MOST: usize = 100;

/// A decision that a code completes.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) strategy: Strategy,
    pub(super) ask: Ask,
    pub(super) person: Person,
}

#[derive(Debug)]
struct Waiting {
    id: String,
    mac: String,
    tries: u32,
    until: Timestamp,
    decision: Decision,
}

/// What comes of a try.
#[derive(Debug)]
pub(super) enum Tried {
    /// It is them.
    Right(Decision),
    /// Another try is left.
    Wrong { decision: Decision, left: u32 },
    /// The request is over.
    Over(Decision),
    /// There is no such request, or no longer.
    Unknown,
}

/// The decisions that wait.
#[derive(Debug, Default)]
pub(super) struct Confirmations(Mutex<VecDeque<Waiting>>);

impl Confirmations {
    /// Lets a decision wait under this id for this code.
    pub(super) fn wait(&self, keys: &Keys, id: String, code: &SecretString, decision: Decision, now: Timestamp) {
        let mac = keys.mac(Purpose::Code, &row(&id), code.expose_secret().as_bytes());
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|other| now < other.until);
        while waiting.len() >= MOST {
            waiting.pop_front();
        }
        waiting.push_back(Waiting { id, mac, tries: 0, until: now.plus(WAIT_MS), decision });
    }

    /// Counts a try and looks at the code.
    pub(super) fn attempt(
        &self,
        keys: &Keys,
        strategy: &Strategy,
        id: &str,
        typed: &SecretString,
        now: Timestamp,
    ) -> Tried {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().position(|waiting| waiting.id == id && waiting.decision.strategy == *strategy);
        let Some(mut waiting) = found.and_then(|at| all.remove(at)) else { return Tried::Unknown };
        if now >= waiting.until {
            return Tried::Over(waiting.decision);
        }
        if keys.mac_matches(Purpose::Code, &row(id), typed.expose_secret().trim().as_bytes(), &waiting.mac) {
            return Tried::Right(waiting.decision);
        }
        waiting.tries += 1;
        if waiting.tries >= TRIES {
            return Tried::Over(waiting.decision);
        }
        let (decision, left) = (waiting.decision.clone(), TRIES - waiting.tries);
        all.push_back(waiting);
        Tried::Wrong { decision, left }
    }

    /// Gives a decision up.
    pub(super) fn give_up(&self, strategy: &Strategy, id: &str) -> Option<Decision> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().position(|waiting| waiting.id == id && waiting.decision.strategy == *strategy);
        found.and_then(|at| all.remove(at)).map(|waiting| waiting.decision)
    }
}

fn row(id: &str) -> String {
    format!("development provider {id}")
}

#[cfg(test)]
mod tests;
