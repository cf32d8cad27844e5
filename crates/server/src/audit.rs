//! The audit log of a server: every event of the log whose target is `audit`, kept in the database as well.
//!
//! The events are told to `tracing`, as all of the log is; a layer picks them out and hands them to a task that writes
//! them, some at a time, so that no request waits for it. What waits when the server is told to stop is written first.

use std::{fmt, sync::Arc, time::Duration};

use frontdesk_identity::Timestamp;
use frontdesk_store::{AuditEntry, Store};
use serde_json::{Map, Value};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Layer},
};

use crate::{
    clock::Clock,
    random::{Random, new_id},
};

/// The target of events that are kept.
const TARGET: &str = "audit";
/// Most entries that wait to be written; further ones are in the log alone.
const MOST_WAITING: usize = 20_000;
/// Most entries that are written at once.
const AT_ONCE: usize = 500;
/// Pause after the database did not take entries.
const PAUSE: Duration = Duration::from_secs(1);

/// Picks the events out of the log.
#[derive(Debug)]
pub struct AuditLayer {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    entries: mpsc::Sender<AuditEntry>,
}

/// Entries on their way to the database.
#[derive(Debug)]
pub struct Entries(mpsc::Receiver<AuditEntry>);

/// A layer, and where its entries come out. The layer is to be used with [`events`].
#[must_use]
pub fn audit(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> (AuditLayer, Entries) {
    let (entries, out) = mpsc::channel(MOST_WAITING);
    (AuditLayer { clock, random, entries }, Entries(out))
}

/// What the layer sees of the log, whatever other layers see of it.
#[must_use]
pub fn events() -> Targets {
    Targets::new().with_target(TARGET, LevelFilter::INFO)
}

impl<S: Subscriber> Layer<S> for AuditLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields(mut details) = fields;
        let mut take = |name: &str| match details.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (event, user_id) = (take("event").unwrap_or_default(), take("user"));
        let at = Timestamp(self.clock.now_ms());
        let entry = AuditEntry { id: new_id(self.random.as_ref(), "aud_"), at, event, user_id, details };
        if self.entries.try_send(entry).is_err() {
            tracing::error!("an entry of the audit log cannot be kept: too many wait, or nobody writes them any more");
        }
    }
}

/// The fields of an event.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn keep(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field, format!("{value:?}"));
    }
}

/// The task that writes entries.
#[derive(Debug)]
pub(crate) struct Writer {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Writer {
    pub(crate) fn start(entries: Entries, store: Store) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { task: tokio::spawn(write(entries, store, stopped)), stop }
    }

    /// Lets it write what waits.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::error!("the audit log has ended by a fault");
        }
    }
}

async fn write(Entries(mut entries): Entries, store: Store, mut stop: watch::Receiver<bool>) {
    let mut some = Vec::new();
    loop {
        tokio::select! {
            biased;
            // None come any more when there is nobody left who could send them.
            received = entries.recv_many(&mut some, AT_ONCE) => if received == 0 { return },
            _ = stop.wait_for(|stop| *stop) => return,
        }
        while let Err(error) = store.add_audit(&some).await {
            let last = *stop.borrow();
            tracing::error!(%error, waiting = some.len(), last, "entries of the audit log could not be written");
            if last {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        some.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use frontdesk_store::testing::TestDatabase;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::{clock::ManualClock, random::SystemRandom};

    #[tokio::test]
    async fn sec_91_events_are_kept_with_what_they_say_and_nothing_else_is() {
        let database = TestDatabase::sqlite();
        let store = database.open().await;
        let (layer, entries) = audit(Arc::new(ManualClock::at(1_000)), Arc::new(SystemRandom));
        let writer = Writer::start(entries, store.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer.with_filter(events())), || {
            tracing::info!("no event of the audit log");
            for tries_left in [2, 1] {
                tracing::info!(target: "audit", event = "sign_in_refused", user = %"user_1", tries_left, how = ?Some(1));
            }
        });
        writer.stop().await;
        let kept = store.audit(None, 10).await.unwrap();
        assert_eq!(kept.len(), 2, "{kept:?}");
        let tries: Vec<_> = kept.iter().map(|entry| entry.details["tries_left"].as_i64().unwrap()).collect();
        assert!(tries.contains(&2) && tries.contains(&1));
        for entry in kept {
            assert_eq!((entry.event.as_str(), entry.user_id.as_deref()), ("sign_in_refused", Some("user_1")));
            assert_eq!((entry.at, &entry.details["how"]), (Timestamp(1_000), &"Some(1)".into()));
            assert_eq!(entry.details.len(), 2);
        }
        store.close().await;
    }
}
