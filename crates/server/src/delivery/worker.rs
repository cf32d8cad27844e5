//! The worker that empties the queue, and clears away what nobody will ask for any more.

use std::{sync::Arc, time::Duration};

use frontdesk_identity::{
    Timestamp,
    time::{HOUR, MINUTE},
};
use frontdesk_store::{Delivery, StoreError};

use crate::instance::Instance;

/// Messages that are claimed at once.
const BATCH: u32 = 50;
/// How long a claim lasts, in milliseconds; who dies meanwhile leaves the messages to the next.
const LEASE_MS: i64 = MINUTE;
/// Longest pause between two looks at the queue: other processes put messages there as well.
const PAUSE: Duration = Duration::from_secs(5);
/// Pause between two clearings, in milliseconds.
const SWEEP_MS: i64 = HOUR;

/// Works until the future is dropped.
pub async fn work(instance: Arc<Instance>) {
    let mut swept_at: Option<Timestamp> = None;
    loop {
        if let Err(error) = deliver_due(&instance).await {
            tracing::warn!(%error, "messages could not be delivered; they stay in the queue");
        }
        let now = instance.now();
        if swept_at.is_none_or(|at| !(0..SWEEP_MS).contains(&now.since(at))) {
            swept_at = Some(now);
            if let Err(error) = instance.store().sweep(now).await {
                tracing::warn!(%error, "old rows could not be cleared away");
            }
        }
        tokio::select! {
            () = instance.delivery_woken() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Delivers what is due.
pub(crate) async fn deliver_due(instance: &Instance) -> Result<(), StoreError> {
    loop {
        let claimed = instance.store().claim_deliveries(BATCH, LEASE_MS, instance.now()).await?;
        for delivery in &claimed {
            deliver(instance, delivery).await?;
        }
        if claimed.len() < BATCH as usize {
            return Ok(());
        }
    }
}

async fn deliver(instance: &Instance, delivery: &Delivery) -> Result<(), StoreError> {
    if instance.is_development() {
        // It stays where it is: the queue is the outbox.
        tracing::debug!(message = %delivery.id, "kept in the outbox");
        return instance.store().delivered(delivery).await;
    }
    let again = instance.store().delivery_failed(delivery, instance.now()).await?;
    tracing::error!(message = %delivery.id, again, "a mail waits: this instance has no mail server yet");
    Ok(())
}
