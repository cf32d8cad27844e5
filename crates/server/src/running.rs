//! An instance that is served: doors open, messages delivered, the folder locked.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinHandle};

use crate::{
    audit::{Entries, Writer},
    delivery,
    doors::{Doors, Lock},
    instance::Instance,
};

/// An instance with everything that runs for it.
#[derive(Debug)]
pub(crate) struct Running {
    instance: Arc<Instance>,
    doors: Doors,
    worker: Worker,
    audit: Option<Writer>,
    /// Let go of last.
    lock: Lock,
}

/// The task that delivers; it ends with whoever holds it. What it was about to deliver stays in the queue.
#[derive(Debug)]
struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Worker {
    fn start(instance: Arc<Instance>) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { task: tokio::spawn(delivery::work(instance, stopped)), stop }
    }

    /// Lets it end what it has begun: a mail that is cut off on its way may arrive twice.
    async fn stop(mut self) {
        self.stop.send_replace(true);
        if (&mut self.task).await.is_err() {
            tracing::error!("the delivery of messages has ended by a fault");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    /// Begins to deliver messages.
    pub(crate) fn new(instance: Arc<Instance>, doors: Doors, lock: Lock) -> Self {
        let worker = Worker::start(instance.clone());
        Self { instance, doors, worker, audit: None, lock }
    }

    /// Keeps these entries in the audit log from now on.
    pub(crate) fn keep_audit(&mut self, entries: Entries) {
        self.audit = Some(Writer::start(entries, self.instance.store().clone()));
    }

    pub(crate) fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Closes the doors, waits for the requests under way, and lets go of database and folder.
    pub(crate) async fn stop(self) {
        let Self { instance, doors, worker, audit, lock } = self;
        doors.close().await;
        worker.stop().await;
        if let Some(audit) = audit {
            audit.stop().await;
        }
        instance.store().close().await;
        drop(lock);
    }
}
