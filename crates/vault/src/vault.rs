//! The vault: a store behind a thread of its own, with a state to show.

mod worker;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

use thiserror::Error;
use tokio::sync::{oneshot, watch};

use crate::{Keeper, SealKey, Secret, SecretStore};
use worker::{Act, Answer, Job, Worker};

/// How long a call may take before the state says that the keychain is being waited for. The call itself goes on.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of the keys the vault makes.
const KEY_LENGTH: usize = 32;
/// Item that holds the key of sealed files.
const CACHE_KEY: &str = "cache-key";
/// Item that holds the key of the instance inside the app.
const INSTANCE_KEY: &str = "instance-key/local";
/// The keys that every vault has.
pub(crate) const KEYS: [&str; 2] = [CACHE_KEY, INSTANCE_KEY];
/// Item that is written and removed to see whether the store works. It holds nothing, and a process that is ended in
/// between leaves it.
pub(crate) const PROBE: &str = "probe";
/// Longest name of an item, in bytes.
const LONGEST_NAME: usize = 200;

/// Whether secrets can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not asked, or not answered yet.
    Checking,
    /// Asked more than three seconds ago.
    Waiting,
    /// Reads and writes work.
    Ready,
    /// There, but locked.
    Locked,
    /// There, but refused to this app.
    Denied,
    /// There is none.
    Absent,
    /// There, but without a place for items.
    NoCollection,
    /// It takes no more.
    Full,
    /// It cannot be read as a whole.
    Broken,
    /// It failed in another way.
    Failed,
}

/// The state with words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether secrets can be kept.
    pub state: State,
    /// Whose the store is.
    pub keeper: Keeper,
    /// The name people know the store by.
    pub store: String,
    /// The system's own words for what happened; none when ready, and while it has said nothing.
    pub detail: Option<String>,
}

/// Where a secret is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the keychain: it survives the app.
    AtRest,
    /// In memory, since there is no keychain: it is gone when the app quits.
    InMemory,
}

/// Why the vault could not do what it was asked. Nothing was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// The store is locked.
    #[error("Your keychain is locked, so nothing can be read or kept there. Unlock it, then try again. ({0})")]
    Locked(String),
    /// The store is refused to this app.
    #[error("Your keychain is refused to Frontdesk. Allow it there, then try again. ({0})")]
    Denied(String),
    /// There is no store.
    #[error("This computer has no keychain that Frontdesk can use, so you stay signed in only until you quit. ({0})")]
    Absent(String),
    /// The store has no place for items.
    #[error(
        "Your keychain service has no keychain yet, so you stay signed in only until you quit. Make one, then try again. \
         ({0})"
    )]
    NoCollection(String),
    /// The store takes no more.
    #[error("Your keychain takes no more items. Remove some you no longer need, then try again. ({0})")]
    Full(String),
    /// What the store returned is not what was stored.
    #[error("An item in your keychain is damaged; it was left as it is. Sign in again to replace it. ({0})")]
    Damaged(String),
    /// The store as a whole is not readable.
    #[error("Your keychain is damaged; it was left as it is. Restore it from a backup, then try again. ({0})")]
    Broken(String),
    /// Anything else.
    #[error("Your keychain did not do what it was asked. Try again; restarting the session may help. ({0})")]
    Failed(String),
    /// A key that must be there is not, and making a new one was not allowed.
    #[error("The key {0} is not in your keychain. Restore your keychain; a new key would not open what is there.")]
    Missing(String),
    /// The name cannot be used.
    #[error("The name of a keychain item may have 1 to 200 bytes and no control characters.")]
    Name,
    /// The system has no random numbers or no threads to give.
    #[error("This computer could not provide what the vault needs ({0}). Restart it and try again.")]
    System(&'static str),
}

/// Keeps secrets by name; cheap to clone, all clones are one vault.
///
/// Calls are made one at a time, in the order they were asked for, on a thread of its own. They are never given up:
/// when a caller no longer waits, the answer is taken all the same.
#[derive(Clone)]
pub struct Vault {
    jobs: mpsc::Sender<Job>,
    shared: Arc<Shared>,
    patience: Duration,
}

/// What callers and the thread both look at.
struct Shared {
    status: watch::Sender<Status>,
    counts: Mutex<Counts>,
}

/// How many jobs were asked for and how many are answered.
#[derive(Default)]
struct Counts {
    asked: u64,
    answered: u64,
}

impl Status {
    fn of(store: &dyn SecretStore, state: State, detail: Option<String>) -> Self {
        Self { state, keeper: store.keeper(), store: store.name().to_owned(), detail }
    }
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, new: Status) {
        self.status.send_if_modified(|shown| {
            let changed = *shown != new;
            *shown = new;
            changed
        });
    }
}

impl State {
    /// Whether nothing can be kept, however often it is asked: secrets live in memory until the app quits.
    #[must_use]
    pub fn keeps_nothing(self) -> bool {
        matches!(self, Self::Absent | Self::NoCollection)
    }
}

impl Vault {
    /// A vault over a store. Nothing is asked of the store yet.
    #[must_use]
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self::with_patience(store, PATIENCE)
    }

    /// A vault that says after another time than three seconds that it waits.
    #[must_use]
    pub fn with_patience(store: Arc<dyn SecretStore>, patience: Duration) -> Self {
        let status = Status::of(&*store, State::Checking, None);
        let shared = Arc::new(Shared { status: watch::Sender::new(status), counts: Mutex::default() });
        let (jobs, queue) = mpsc::channel();
        let worker = Worker::new(store, shared.clone());
        // Without a thread the queue is dropped, and every call says so.
        let _thread = std::thread::Builder::new().name("vault".to_owned()).spawn(move || worker.run(&queue));
        Self { jobs, shared, patience }
    }

    /// The state, and every change of it.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.shared.status.subscribe()
    }

    /// Finds out whether the store works, by writing an item, reading it and removing it. When it does, what could not
    /// be written or deleted before is made up for.
    pub async fn recheck(&self) -> Result<(), VaultError> {
        self.call(Act::Probe).await.map(drop)
    }

    /// Reads a secret; none when there is none. An error says nothing about whether there is one.
    pub async fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        let answer = self.call(Act::Get(checked(name)?)).await?;
        Ok(if let Answer::Found(secret) = answer { secret } else { None })
    }

    /// Keeps a secret. When the store refuses, the secret is held in memory and written when the store works again.
    pub async fn put(&self, name: &str, secret: Secret) -> Result<Kept, VaultError> {
        let answer = self.call(Act::Put(checked(name)?, secret)).await?;
        Ok(if let Answer::Kept(kept) = answer { kept } else { Kept::AtRest })
    }

    /// Forgets a secret. When the store refuses, or there is none, it is forgotten in memory and deleted when the store
    /// works in this run; as the error says, it may be in the store until then.
    pub async fn delete(&self, name: &str) -> Result<(), VaultError> {
        self.call(Act::Delete(checked(name)?)).await.map(drop)
    }

    /// The key that seals files of the app, made at the first use. It is always one that is at rest: a key in memory
    /// would leave files that nobody can open.
    pub async fn seal_key(&self) -> Result<SealKey, VaultError> {
        let secret = self.key(CACHE_KEY, true).await?;
        SealKey::new(&secret).ok_or_else(|| VaultError::Damaged(CACHE_KEY.to_owned()))
    }

    /// The 32-byte key of the instance inside the app. `may_create` only while there is no database that needs the old
    /// one.
    pub async fn instance_key(&self, may_create: bool) -> Result<Secret, VaultError> {
        let secret = self.key(INSTANCE_KEY, may_create).await?;
        if secret.expose().len() == KEY_LENGTH { Ok(secret) } else { Err(VaultError::Damaged(INSTANCE_KEY.to_owned())) }
    }

    /// Keeps the key of an instance that began while there was no store. Only while there is no database that needs
    /// another one.
    pub async fn keep_instance_key(&self, key: Secret) -> Result<Kept, VaultError> {
        self.put(INSTANCE_KEY, key).await
    }

    async fn key(&self, name: &'static str, may_create: bool) -> Result<Secret, VaultError> {
        match self.call(Act::Key { name, may_create }).await? {
            Answer::Found(Some(secret)) => Ok(secret),
            _ => Err(VaultError::Missing(name.to_owned())),
        }
    }

    async fn call(&self, act: Act) -> Result<Answer, VaultError> {
        const GONE: VaultError = VaultError::System("no thread");
        let (reply, mut answer) = oneshot::channel();
        let number = {
            // Held over the sending, so that jobs are numbered in the order of the queue.
            let mut counts = self.shared.counts();
            counts.asked += 1;
            self.jobs.send(Job { act, reply }).map_err(|_| GONE)?;
            counts.asked
        };
        if let Ok(answer) = tokio::time::timeout(self.patience, &mut answer).await {
            return answer.map_err(|_| GONE)?;
        }
        {
            let counts = self.shared.counts();
            if counts.answered < number {
                let shown = self.shared.status.borrow().clone();
                self.shared.show(Status { state: State::Waiting, detail: None, ..shown });
            }
        }
        answer.await.map_err(|_| GONE)?
    }
}

fn checked(name: &str) -> Result<String, VaultError> {
    let good = (1..=LONGEST_NAME).contains(&name.len()) && !name.chars().any(char::is_control);
    if good { Ok(name.to_owned()) } else { Err(VaultError::Name) }
}

#[cfg(test)]
mod tests;
