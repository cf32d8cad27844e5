//! What leads out of the app and back into it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use frontdesk_handoff::{Browser, Callback, Redirect};
use tokio::sync::{Mutex as AsyncMutex, oneshot, watch};

/// How much of what came back is kept until it can be put to everybody. Any program can send links.
const MOST_PENDING: usize = 32;

pub(crate) struct Outside {
    pub(super) browser: Arc<dyn Browser>,
    scheme: Option<String>,
    /// Whether the system leads links of the scheme here.
    by_scheme: AtomicBool,
    /// Whether browsers come to the instance inside the app, where that is known.
    local_door: Mutex<Option<watch::Receiver<bool>>>,
    /// Whether the flows of the run before have been read, or there are none.
    known: watch::Sender<bool>,
    /// Held while the flows are written down, so that an older state never replaces a newer one.
    pub(super) writing: AsyncMutex<()>,
    live: Mutex<HashMap<String, Live>>,
    pending: Mutex<Vec<Pending>>,
}

/// What a flow has besides what is written down of it.
#[derive(Default)]
struct Live {
    /// Held by whoever asks the instance about it.
    asking: Arc<AsyncMutex<()>>,
    /// Dropped with the flow, which closes its port.
    listening: Option<oneshot::Sender<()>>,
}

/// Something that came back and that could not be put to everybody yet.
pub(super) struct Pending {
    pub(super) callback: Arc<Callback>,
    /// The flows that were not asked about.
    pub(super) flows: Vec<String>,
}

impl Outside {
    /// Takes how the door for browsers of the instance inside the app stands.
    pub(crate) fn set_local_door(&self, open: Option<watch::Receiver<bool>>) {
        *self.local_door.lock().unwrap_or_else(PoisonError::into_inner) = open;
    }

    /// Whether browsers come to the instance inside the app. Another process may serve it, and is believed to see to that.
    pub(super) fn local_door_is_open(&self) -> bool {
        let door = self.local_door.lock().unwrap_or_else(PoisonError::into_inner);
        door.as_ref().is_none_or(|open| *open.borrow())
    }

    pub(crate) fn new(browser: Arc<dyn Browser>, scheme: Option<String>, known: bool) -> Self {
        Self {
            browser,
            by_scheme: AtomicBool::new(scheme.is_some()),
            scheme,
            local_door: Mutex::default(),
            known: watch::Sender::new(known),
            writing: AsyncMutex::default(),
            live: Mutex::default(),
            pending: Mutex::default(),
        }
    }

    pub(crate) fn set_by_scheme(&self, by_scheme: bool) {
        self.by_scheme.store(by_scheme, Ordering::Relaxed);
    }

    /// How a browser comes back by a link of the app, where links lead here; else it comes by a port.
    pub(super) fn redirect(&self) -> Option<Redirect> {
        self.link().filter(|_| self.by_scheme.load(Ordering::Relaxed))
    }

    /// What links of the app look like, whether or not the system leads them here.
    pub(super) fn link(&self) -> Option<Redirect> {
        self.scheme.clone().map(|scheme| Redirect::Scheme { scheme })
    }

    /// The address that an instance is told, as its owner would list it: of a port, any may come.
    pub(crate) fn redirect_url(&self) -> String {
        self.redirect().map_or_else(|| "http://127.0.0.1/callback".to_owned(), |redirect| redirect.url())
    }

    pub(crate) fn is_known(&self) -> bool {
        *self.known.borrow()
    }

    pub(super) fn set_known(&self) {
        self.known.send_replace(true);
    }

    pub(super) fn follow_known(&self) -> watch::Receiver<bool> {
        self.known.subscribe()
    }

    /// Who asks an instance about a flow holds this.
    pub(super) fn asking(&self, id: &str) -> Arc<AsyncMutex<()>> {
        lock(&self.live).entry(id.to_owned()).or_default().asking.clone()
    }

    /// A port is open for a flow until the receiver ends.
    pub(super) fn listen(&self, id: &str) -> oneshot::Receiver<()> {
        let (open, closed) = oneshot::channel();
        lock(&self.live).entry(id.to_owned()).or_default().listening = Some(open);
        closed
    }

    /// A flow is no more: its port closes, and what came back for it is dropped.
    pub(super) fn let_go(&self, id: &str) {
        lock(&self.live).remove(id);
        let mut pending = lock(&self.pending);
        for pending in &mut *pending {
            pending.flows.retain(|flow| flow != id);
        }
        pending.retain(|pending| !pending.flows.is_empty());
    }

    /// Where there is no more room, what came first goes: whoever waits for it can paste the address, or begin anew.
    pub(super) fn put_off(&self, pending: Pending) {
        let mut kept = lock(&self.pending);
        if kept.len() >= MOST_PENDING {
            tracing::info!("too much came back from the browser that cannot be asked about yet; the oldest is dropped");
            kept.remove(0);
        }
        kept.push(pending);
    }

    pub(super) fn take_pending(&self) -> Vec<Pending> {
        std::mem::take(&mut lock(&self.pending))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use frontdesk_handoff::SystemBrowser;

    use super::*;

    #[test]
    fn of_what_came_back_too_often_the_newest_is_kept() {
        let outside = Outside::new(Arc::new(SystemBrowser), None, true);
        for number in 0..MOST_PENDING + 2 {
            outside.put_off(Pending { callback: Arc::default(), flows: vec![number.to_string()] });
        }
        let kept: Vec<String> = outside.take_pending().into_iter().flat_map(|pending| pending.flows).collect();
        let newest: Vec<String> = (2..MOST_PENDING + 2).map(|number| number.to_string()).collect();
        assert_eq!(kept, newest);
    }
}
