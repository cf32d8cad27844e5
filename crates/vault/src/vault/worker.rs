//! The thread that talks to the store.

use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc},
};

use tokio::sync::oneshot;

use super::{KEY_LENGTH, Kept, PROBE, Shared, State, Status, VaultError};
use crate::{Secret, SecretStore, StoreError};

/// One thing to do.
pub(super) enum Act {
    Probe,
    Get(String),
    Put(String, Secret),
    Delete(String),
    Key { name: &'static str, may_create: bool },
}

pub(super) enum Answer {
    Done,
    Found(Option<Secret>),
    Kept(Kept),
}

pub(super) struct Job {
    pub(super) act: Act,
    pub(super) reply: oneshot::Sender<Result<Answer, VaultError>>,
}

pub(super) struct Worker {
    store: Arc<dyn SecretStore>,
    shared: Arc<Shared>,
    /// What the last telling answer said of the store.
    known: (State, Option<String>),
    /// What the store has not taken: secrets to write, and names to delete.
    owed: BTreeMap<String, Option<Secret>>,
}

impl Worker {
    pub(super) fn new(store: Arc<dyn SecretStore>, shared: Arc<Shared>) -> Self {
        Self { store, shared, known: (State::Checking, None), owed: BTreeMap::new() }
    }

    /// Works until the last vault is gone.
    pub(super) fn run(mut self, queue: &mpsc::Receiver<Job>) {
        while let Ok(job) = queue.recv() {
            let answer = self.act(job.act);
            if self.known.0 == State::Checking
                && let Err(error) = self.probe()
            {
                tracing::warn!(%error, "the keychain does not work");
            }
            let mut counts = self.shared.counts();
            counts.answered += 1;
            // A caller may have shown that it waits, just before.
            self.show();
            drop(counts);
            // Nobody need be waiting any more.
            let _gone = job.reply.send(answer);
        }
    }

    fn act(&mut self, act: Act) -> Result<Answer, VaultError> {
        match act {
            Act::Probe => self.probe().map(|()| Answer::Done).map_err(VaultError::from),
            Act::Get(name) => self.get(&name).map(Answer::Found),
            Act::Put(name, secret) => self.put(name, secret).map(Answer::Kept),
            Act::Delete(name) => self.delete(name).map(|()| Answer::Done),
            Act::Key { name, may_create } => self.key(name, may_create).map(Answer::Found),
        }
    }

    /// Calls the store. One that has said that it is locked, or refused to this app, asks a person at every call: after it
    /// was sent away once, it comes again only when somebody wants it (`Act::Probe`).
    fn ask<T>(&self, call: impl FnOnce(&dyn SecretStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &self.known {
            (State::Locked, words) => Err(StoreError::Locked(words.clone().unwrap_or_default())),
            (State::Denied, words) => Err(StoreError::Denied(words.clone().unwrap_or_default())),
            _ => call(&*self.store),
        }
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError> {
        if let Some(owed) = self.owed.get(name) {
            return Ok(owed.clone());
        }
        match self.ask(|store| store.get(name)) {
            // It may be there, and it may be that the store always says so: nothing is known of the store.
            Ok(None) => Ok(None),
            answer => self.seen(answer),
        }
    }

    fn put(&mut self, name: String, secret: Secret) -> Result<Kept, VaultError> {
        let taken = self.ask(|store| store.put(&name, &secret));
        match self.seen(taken) {
            Ok(()) => {
                self.owed.remove(&name);
                self.make_up();
                Ok(Kept::AtRest)
            }
            Err(error) => {
                self.owed.insert(name, Some(secret));
                if error.state().keeps_nothing() { Ok(Kept::InMemory) } else { Err(error) }
            }
        }
    }

    fn delete(&mut self, name: String) -> Result<(), VaultError> {
        let mut taken = self.ask(|store| store.delete(&name));
        if taken.is_ok() && !matches!(self.known.0, State::Ready | State::Full) {
            // One that does not work says as well that there is nothing to delete.
            taken = self.probe();
        }
        match self.seen(taken) {
            Ok(()) => {
                self.owed.remove(&name);
                Ok(())
            }
            Err(error) => {
                self.owed.insert(name, None);
                Err(error)
            }
        }
    }

    fn key(&mut self, name: &str, may_create: bool) -> Result<Option<Secret>, VaultError> {
        let found = self.ask(|store| store.get(name));
        if let Some(secret) = self.seen(found)? {
            return Ok(Some(secret));
        }
        // The store said that there is none. One that does not work says so too, and would lose the new key.
        self.probe()?;
        if !may_create {
            return Ok(None);
        }
        let key = Secret::random(KEY_LENGTH).ok_or(VaultError::System("no random numbers"))?;
        let kept = self.store.put(name, &key).and_then(|()| self.store.get(name));
        match self.seen(kept)? {
            Some(kept) if kept.expose() == key.expose() => Ok(Some(kept)),
            _ => Err(VaultError::Failed("it lost a key that it had taken".to_owned())),
        }
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        let result = self.try_probe();
        let _known = self.seen(result.clone());
        if result.is_ok() {
            self.make_up();
        }
        result
    }

    fn try_probe(&self) -> Result<(), StoreError> {
        let written = Secret::random(16).ok_or_else(|| StoreError::Failed("no random numbers".to_owned()))?;
        self.store.put(PROBE, &written)?;
        let read = self.store.get(PROBE)?;
        self.store.delete(PROBE)?;
        if read.is_some_and(|read| read.expose() == written.expose()) {
            Ok(())
        } else {
            Err(StoreError::Failed("it did not return what was written".to_owned()))
        }
    }

    /// Writes and deletes what the store owes, as far as it does.
    fn make_up(&mut self) {
        while let Some((name, owed)) = self.owed.pop_first() {
            let result = match &owed {
                Some(secret) => self.store.put(&name, secret),
                None => self.store.delete(&name),
            };
            if let Err(error) = self.seen(result) {
                tracing::warn!(%error, "the keychain still does not take what is owed to it");
                self.owed.insert(name, owed);
                return;
            }
        }
    }

    fn show(&self) {
        self.shared.show(Status::of(&*self.store, self.known.0, self.known.1.clone()));
    }

    /// Takes an answer of the store as news of its state.
    fn seen<T>(&mut self, answer: Result<T, StoreError>) -> Result<T, VaultError> {
        let answer = answer.map_err(VaultError::from);
        self.known = match &answer {
            Ok(_) => (State::Ready, None),
            // One bad item says nothing of the store.
            Err(VaultError::Damaged(_)) => return answer,
            Err(error) => (error.state(), error.words().map(str::to_owned)),
        };
        self.show();
        answer
    }
}

impl VaultError {
    /// The system's own words, or the name of the item; for whoever has sentences of their own.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Locked(words)
            | Self::Denied(words)
            | Self::Absent(words)
            | Self::NoCollection(words)
            | Self::Full(words)
            | Self::Damaged(words)
            | Self::Broken(words)
            | Self::Failed(words)
            | Self::Missing(words) => Some(words),
            Self::System(words) => Some(words),
            Self::Name => None,
        }
    }

    /// What it says of the store.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Locked(_) => State::Locked,
            Self::Denied(_) => State::Denied,
            Self::Absent(_) => State::Absent,
            Self::NoCollection(_) => State::NoCollection,
            Self::Broken(_) => State::Broken,
            Self::Full(_) => State::Full,
            _ => State::Failed,
        }
    }
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Absent(reason) => Self::Absent(reason),
            StoreError::NoCollection(reason) => Self::NoCollection(reason),
            StoreError::Denied(reason) => Self::Denied(reason),
            StoreError::Broken(reason) => Self::Broken(reason),
            StoreError::Locked(reason) => Self::Locked(reason),
            StoreError::Full(reason) => Self::Full(reason),
            StoreError::Damaged(reason) => Self::Damaged(reason),
            StoreError::Failed(reason) => Self::Failed(reason),
        }
    }
}
