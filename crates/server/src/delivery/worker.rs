//! The worker that empties the queue, and clears away what nobody will ask for any more.

use std::{sync::Arc, time::Duration};

use frontdesk_identity::{
    Recipient, Timestamp,
    time::{HOUR, MINUTE, SECOND},
};
use frontdesk_store::{Delivery, GivenUp, StoreError};
use futures_util::future::join_all;
use tokio::sync::watch;

use super::{Mailer, Message, Texter, mailer::SendError};
use crate::{instance::Instance, keys::Sealed};

/// Messages that are claimed, and sent, at once: as many as there may be connections to the mail server.
pub(crate) const AT_ONCE: u32 = 8;
/// How long a claim lasts, in milliseconds: longer than a mail server is given. Who dies meanwhile leaves the messages to the next.
const LEASE_MS: i64 = MINUTE;
/// Longest pause between two looks at the queue: other processes put messages there as well.
const PAUSE: Duration = Duration::from_secs(5);
/// Pause between two looks at the signing keys, in milliseconds: another one may have taken their place.
const KEYS_MS: i64 = 5 * SECOND;
/// Pause between two clearings, in milliseconds.
const SWEEP_MS: i64 = HOUR;

/// Works until it is told to stop, or nobody is there any more who could; what it has begun it ends.
pub async fn work(instance: Arc<Instance>, mut stop: watch::Receiver<bool>) {
    let mut swept_at: Option<Timestamp> = None;
    let mut keys_at: Option<Timestamp> = None;
    loop {
        let more = deliver_some(&instance).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be delivered; they stay in the queue");
            false
        });
        if more && !*stop.borrow() {
            continue;
        }
        let now = instance.now();
        if keys_at.is_none_or(|at| !(0..KEYS_MS).contains(&now.since(at))) {
            keys_at = Some(now);
            if let Err(error) = instance.renew_keys().await {
                tracing::error!(%error, "the signing keys could not be looked at; the known ones stay");
            }
        }
        if swept_at.is_none_or(|at| !(0..SWEEP_MS).contains(&now.since(at))) {
            swept_at = Some(now);
            let store = instance.store();
            if let Err(error) = store.note_over(&instance.settings().policy, now).await {
                tracing::warn!(%error, "the end of sessions could not be written down; they are over all the same");
            }
            if let Err(error) = store.sweep(now).await {
                tracing::warn!(%error, "old rows could not be cleared away");
            }
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = instance.delivery_woken() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Delivers what is due.
pub async fn deliver_due(instance: &Instance) -> Result<(), StoreError> {
    while deliver_some(instance).await? {}
    Ok(())
}

/// Delivers as many as are sent at once; true if there may be more.
async fn deliver_some(instance: &Instance) -> Result<bool, StoreError> {
    let claimed = instance.store().claim_deliveries(AT_ONCE, LEASE_MS, instance.now()).await?;
    // All of them to their end: what is cut off on its way may arrive twice.
    let done = join_all(claimed.iter().map(|delivery| deliver(instance, delivery))).await;
    done.into_iter().collect::<Result<(), _>>()?;
    Ok(claimed.len() >= AT_ONCE as usize)
}

/// What takes a message.
enum Carrier<'a> {
    Mailer(&'a Mailer),
    Texter(&'a Texter),
}

/// What takes this message, if anything does here.
fn carrier<'a>(instance: &'a Instance, delivery: &Delivery) -> Option<Carrier<'a>> {
    let (carrier, for_development) = match delivery.to {
        Recipient::Email(_) => instance.mailer().map(|mailer| (Carrier::Mailer(mailer), mailer.is_for_development())),
        Recipient::Phone(_) => instance.texter().map(|texter| (Carrier::Texter(texter), texter.is_for_development())),
    }?;
    (!instance.is_development() || for_development).then_some(carrier)
}

async fn deliver(instance: &Instance, delivery: &Delivery) -> Result<(), StoreError> {
    let (store, message) = (instance.store(), &delivery.id);
    let carrier = match carrier(instance, delivery) {
        Some(carrier) => carrier,
        None if instance.is_development() => {
            // It stays where it is: the queue is the outbox.
            tracing::debug!(%message, "kept in the outbox");
            return store.delivered(delivery).await;
        }
        None => {
            let again = store.delivery_failed(delivery, instance.now()).await?;
            match delivery.to {
                Recipient::Email(_) => {
                    tracing::error!(%message, again, "a mail waits: name a mail server in frontdesk.toml, under [mail]");
                }
                Recipient::Phone(_) => {
                    tracing::error!(%message, again, "a text waits: name a gateway in frontdesk.toml, under [texts]");
                }
            }
            return Ok(());
        }
    };
    let sealed = Sealed { key_id: delivery.body.key_id.clone(), bytes: delivery.body.bytes.clone() };
    let mail = match Message::open(message, &sealed, instance.keys()) {
        Ok(mail) => mail,
        Err(error) => {
            tracing::error!(%message, %error, "a message was given up");
            return store.give_up(delivery, GivenUp::Useless).await;
        }
    };
    if mail.is_expired(instance.now()) {
        tracing::warn!(%message, "a message was given up: the code in it has expired before it could be sent");
        return store.give_up(delivery, GivenUp::Useless).await;
    }
    let settings = instance.settings();
    let reply_to = settings.support_email.as_deref();
    if let Recipient::Phone(phone) = &delivery.to
        && !settings.policy.texts.reaches(phone)
    {
        tracing::warn!(%message, "a text was given up: its country was turned off meanwhile");
        return store.give_up(delivery, GivenUp::Useless).await;
    }
    let sent = match carrier {
        Carrier::Mailer(mailer) => mailer.send(message, &mail, delivery.created_at, reply_to).await,
        Carrier::Texter(texter) => texter.send(message, &mail).await,
    };
    match sent {
        Ok(()) => {
            tracing::debug!(%message, "sent");
            store.delivered(delivery).await
        }
        Err(error @ SendError::Refused(_)) => {
            tracing::warn!(%message, %error, "a message was given up");
            store.give_up(delivery, GivenUp::Refused).await
        }
        Err(error @ SendError::Unusable) => {
            tracing::error!(%message, %error, "a message was given up");
            store.give_up(delivery, GivenUp::Useless).await
        }
        Err(error @ SendError::Failed(_)) => {
            let again = store.delivery_failed(delivery, instance.now()).await?;
            tracing::warn!(%message, %error, again, attempt = delivery.attempt, "a message could not be sent");
            Ok(())
        }
    }
}
