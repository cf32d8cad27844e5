//! The line to one instance: where it is, and whether it can be asked. All slots of the instance share it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::sync::{Mutex as AsyncMutex, Notify};
use url::Url;

use crate::{
    fault::Fault,
    flows::Begun,
    snapshot::Problem,
    transport::{Answer, Request, Transport},
};

pub(crate) struct Line {
    /// The random id the app gave the instance.
    pub(crate) id: String,
    /// Whether the instance is the one inside the app.
    pub(crate) local: bool,
    /// Asks the keeper of this line to load again.
    pub(crate) poke: Notify,
    /// Held while an attempt begins that goes out to the browser; what was begun last.
    pub(crate) beginning: AsyncMutex<Option<Begun>>,
    transport: Mutex<Result<Arc<Transport>, Problem>>,
    removed: AtomicBool,
    /// How often the settings were asked for.
    settings_asked: AtomicU64,
    /// Which of these questions brought the settings that are known.
    settings_known: AtomicU64,
}

impl Line {
    pub(crate) fn new(id: String, local: bool, transport: Result<Transport, Problem>) -> Self {
        Self {
            id,
            local,
            poke: Notify::new(),
            beginning: AsyncMutex::default(),
            transport: Mutex::new(transport.map(Arc::new)),
            removed: AtomicBool::new(false),
            settings_asked: AtomicU64::new(0),
            settings_known: AtomicU64::new(0),
        }
    }

    /// The instance is elsewhere from now on, or cannot be asked at all.
    pub(crate) fn set_transport(&self, transport: Result<Transport, Problem>) {
        *self.lock() = transport.map(Arc::new);
    }

    /// Whether the instance can be asked at all; the fault says why not.
    pub(crate) fn ready(&self) -> Result<(), Fault> {
        self.transport().map(drop)
    }

    pub(crate) fn transport(&self) -> Result<Arc<Transport>, Fault> {
        if self.is_removed() {
            return Err(Fault::Removed);
        }
        self.lock().clone().map_err(Fault::NotServing)
    }

    /// The address of the instance's API.
    pub(crate) fn address(&self) -> Result<Url, Fault> {
        self.transport().map(|transport| transport.address().clone())
    }

    /// Sends a request without a token, and takes none: for what the instance tells everybody.
    pub(crate) async fn exchange_as_nobody(&self, request: &Request) -> Result<Answer, Fault> {
        self.transport()?.exchange(request, None).await
    }

    /// The place of a question for the settings among all of them.
    pub(crate) fn ask_for_settings(&self) -> u64 {
        self.settings_asked.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether the answer to a question is to be shown: not where a later one was answered already.
    pub(crate) fn admits_settings(&self, asked: u64) -> bool {
        self.settings_known.fetch_max(asked, Ordering::Relaxed) < asked
    }

    /// Nothing is asked over this line any more.
    pub(crate) fn remove(&self) {
        self.removed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Result<Arc<Transport>, Problem>> {
        self.transport.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
