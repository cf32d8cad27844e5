//! The delivery queue: messages that leave the instance at least once, after the commit that asked for them.
//!
//! A worker claims what is due; a claim is a lease, and what is not marked as delivered before it runs out is due again.
//! A failure puts the message off, longer each time, until it is given up.

use frontdesk_identity::{
    Addressee, DeliveryId, Recipient, TextTraffic, Timestamp,
    time::{DAY, HOUR, SECOND},
};

use crate::{
    SealedBytes, Store, StoreError,
    db::{Pool, on, rows},
    row::Reading,
};

/// The first pause after a failure, in milliseconds; each further one is twice as long.
const FIRST_PAUSE_MS: i64 = 5 * SECOND;
/// The longest pause, in milliseconds.
const LONGEST_PAUSE_MS: i64 = HOUR;
/// Age at which a message that never left is given up, in milliseconds: a code in it is long dead.
const GIVE_UP_MS: i64 = DAY;

/// What carries a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A mail.
    Email,
    /// A text message.
    Text,
}

impl MessageKind {
    /// The word that is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Text => "sms",
        }
    }
}

/// Why a message is given up for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// The mail server takes nothing for its recipient.
    Refused,
    /// It would come too late to be of use, or can never be sent.
    Useless,
}

impl GivenUp {
    fn state(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Useless => "failed",
        }
    }
}

/// A message to put into the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Id, which also names the message to the mail servers: what arrives twice can be told.
    pub id: DeliveryId,
    /// What carries it.
    pub kind: MessageKind,
    /// To whom.
    pub to: Recipient,
    /// Subject and text, sealed for this id.
    pub body: SealedBytes,
    /// False for a message that is written and counted like any other but never leaves (`Effect::SendCode`).
    pub deliver: bool,
    /// The country that a text goes to (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Who had a text sent, as an authentication code: enough to count.
    pub caller: Option<String>,
    /// Whether the body stays after the delivery, as in the outbox of a development instance.
    pub keep: bool,
}

/// A message that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Id.
    pub id: DeliveryId,
    /// What carries it, such as `email`.
    pub kind: String,
    /// To whom.
    pub to: Recipient,
    /// Subject and text, sealed for this id.
    pub body: SealedBytes,
    /// When it was put into the queue.
    pub created_at: Timestamp,
    /// Which time this is, from 1.
    pub attempt: u32,
    leased_until: i64,
}

/// A message that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMessage {
    /// Id.
    pub id: DeliveryId,
    /// What carried it, such as `email`.
    pub kind: String,
    /// To whom.
    pub to: Recipient,
    /// Subject and text, sealed for this id.
    pub body: SealedBytes,
    /// When it was put into the queue.
    pub created_at: Timestamp,
}

rows! {
    DeliveryRow {
        id: String,
        kind: String,
        recipient: String,
        key_id: String,
        body: Vec<u8>,
        tries: i64,
        due_at: i64,
        created_at: i64,
    }
}

impl DeliveryRow {
    fn message(self) -> Result<KeptMessage, StoreError> {
        let reading = Reading { what: "message", id: &self.id };
        Ok(KeptMessage {
            id: reading.parse(&self.id, DeliveryId::parse)?,
            to: reading.parse(&self.recipient, Recipient::parse)?,
            kind: self.kind,
            body: SealedBytes { key_id: self.key_id, bytes: self.body },
            created_at: Timestamp(self.created_at),
        })
    }

    fn delivery(self) -> Result<Delivery, StoreError> {
        let attempt = Reading { what: "message", id: &self.id }.count(self.tries)?;
        let leased_until = self.due_at;
        let KeptMessage { id, kind, to, body, created_at } = self.message()?;
        Ok(Delivery { id, kind, to, body, created_at, attempt, leased_until })
    }
}

impl Store {
    /// Claims up to `most` messages that are due, for so many milliseconds. Workers on several machines get different
    /// ones.
    pub async fn claim_deliveries(
        &self,
        most: u32,
        lease_ms: i64,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        const SQLITE: &str = "UPDATE delivery_queue SET tries = tries + 1, due_at = $2 WHERE id IN \
             (SELECT id FROM delivery_queue WHERE state = 'due' AND due_at <= $1 ORDER BY due_at LIMIT $3) \
             RETURNING id, kind, recipient, key_id, body, tries, due_at, created_at";
        // The same, but rows that another worker is claiming are passed over; SQLite has one writer and no such words.
        // As an array the inner query runs once: a plan that ran it again would lock, and claim, more rows than asked.
        const POSTGRES: &str = "UPDATE delivery_queue SET tries = tries + 1, due_at = $2 WHERE id = ANY (ARRAY \
             (SELECT id FROM delivery_queue WHERE state = 'due' AND due_at <= $1 ORDER BY due_at LIMIT $3 \
             FOR UPDATE SKIP LOCKED)) \
             RETURNING id, kind, recipient, key_id, body, tries, due_at, created_at";
        let sql = match self.write {
            Pool::Sqlite(_) => SQLITE,
            Pool::Postgres(_) => POSTGRES,
        };
        let mut rows = on!(Pool, &self.write, pool => {
            sqlx::query_as::<_, DeliveryRow>(sql)
                .bind(now.0)
                .bind(now.plus(lease_ms).0)
                .bind(i64::from(most))
                .fetch_all(pool)
                .await
        })?;
        rows.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }

    /// Marks a claimed message as delivered. Its body is wiped unless it is kept.
    pub async fn delivered(&self, delivery: &Delivery) -> Result<(), StoreError> {
        // Whoever holds a later lease may deliver it again; that it arrived stays true.
        const SQL: &str = "UPDATE delivery_queue SET state = 'done', body = CASE WHEN keep THEN body END \
                           WHERE id = $1 AND state = 'due'";
        on!(Pool, &self.write, pool => sqlx::query(SQL).bind(delivery.id.as_str()).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Puts a claimed message off after a failure, or gives it up when it is too old; true if it will be tried again.
    pub async fn delivery_failed(&self, delivery: &Delivery, now: Timestamp) -> Result<bool, StoreError> {
        const AGAIN: &str = "UPDATE delivery_queue SET due_at = $3 WHERE id = $1 AND state = 'due' AND due_at = $2";
        const GIVE_UP: &str = "UPDATE delivery_queue SET state = 'failed', body = NULL \
                               WHERE id = $1 AND state = 'due' AND due_at = $2";
        let id = delivery.id.as_str();
        if now.since(delivery.created_at) >= GIVE_UP_MS {
            on!(Pool, &self.write, pool => {
                sqlx::query(GIVE_UP).bind(id).bind(delivery.leased_until).execute(pool).await.map(drop)
            })?;
            return Ok(false);
        }
        let doublings = delivery.attempt.saturating_sub(1).min(20);
        let due_at = now.plus((FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS));
        on!(Pool, &self.write, pool => {
            sqlx::query(AGAIN).bind(id).bind(delivery.leased_until).bind(due_at.0).execute(pool).await.map(drop)
        })?;
        Ok(true)
    }

    /// Gives a claimed message up for good, and wipes its body.
    pub async fn give_up(&self, delivery: &Delivery, why: GivenUp) -> Result<(), StoreError> {
        // Whoever holds a later lease would learn the same.
        const SQL: &str = "UPDATE delivery_queue SET state = $2, body = NULL WHERE id = $1 AND state = 'due'";
        on!(Pool, &self.write, pool => {
            sqlx::query(SQL).bind(delivery.id.as_str()).bind(why.state()).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Whether the last message to an address that left since that moment was refused.
    pub async fn is_refused(&self, to: &impl Addressee, since: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT state FROM delivery_queue WHERE recipient = $1 AND created_at >= $2 \
                           AND state IN ('done', 'refused') ORDER BY created_at DESC, id DESC LIMIT 1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (String,)>(SQL).bind(to.text()).bind(since.0).fetch_optional(pool).await
        })?;
        Ok(row.is_some_and(|(state,)| state == GivenUp::Refused.state()))
    }

    /// The moment when the next message is due, if one waits.
    pub async fn next_delivery_at(&self) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "SELECT due_at FROM delivery_queue WHERE state = 'due' ORDER BY due_at LIMIT 1";
        let row = on!(Pool, &self.read, pool => sqlx::query_as::<_, (i64,)>(SQL).fetch_optional(pool).await)?;
        Ok(row.map(|(at,)| Timestamp(at)))
    }

    /// How many messages have yet to leave.
    pub async fn deliveries_waiting(&self) -> Result<u64, StoreError> {
        const SQL: &str = "SELECT count(*) FROM delivery_queue WHERE state = 'due'";
        let (count,) = on!(Pool, &self.read, pool => sqlx::query_as::<_, (i64,)>(SQL).fetch_one(pool).await)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Messages for an address since that moment, those that never left included.
    pub async fn messages_to(&self, to: &impl Addressee, since: Timestamp) -> Result<u32, StoreError> {
        const SQL: &str = "SELECT count(*) FROM delivery_queue WHERE recipient = $1 AND created_at >= $2";
        let (count,) = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, (i64,)>(SQL).bind(to.text()).bind(since.0).fetch_one(pool).await
        })?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Texts since that moment: to a number, to its country, and of a caller. Those that never left are counted too.
    pub async fn texts(
        &self,
        to: &impl Addressee,
        country: Option<&str>,
        caller: Option<&str>,
        since: Timestamp,
    ) -> Result<TextTraffic, StoreError> {
        const COUNTRY: &str = "SELECT count(*) FROM delivery_queue WHERE country = $1 AND created_at >= $2";
        const CALLER: &str = "SELECT count(*) FROM delivery_queue WHERE caller = $1 AND created_at >= $2";
        let count = async |sql: &'static str, value: Option<&str>| {
            let Some(value) = value else { return Ok(0) };
            let (count,) = on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, (i64,)>(sql).bind(value).bind(since.0).fetch_one(pool).await
            })?;
            Ok::<_, StoreError>(u32::try_from(count).unwrap_or(u32::MAX))
        };
        Ok(TextTraffic {
            to_number: self.messages_to(to, since).await?,
            of_caller: count(CALLER, caller).await?,
            to_country: count(COUNTRY, country).await?,
        })
    }

    /// The newest messages that were kept, newest first; of one address, if one is given. A message that is still on
    /// its way is among them.
    pub async fn kept_messages(&self, to: Option<&Recipient>, most: u32) -> Result<Vec<KeptMessage>, StoreError> {
        const ALL: &str = "SELECT id, kind, recipient, key_id, body, tries, due_at, created_at FROM delivery_queue \
             WHERE keep AND state IN ('due', 'done') AND body IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $1";
        const OF_ONE: &str = "SELECT id, kind, recipient, key_id, body, tries, due_at, created_at FROM delivery_queue \
             WHERE keep AND state IN ('due', 'done') AND body IS NOT NULL AND recipient = $2 \
             ORDER BY created_at DESC, id DESC LIMIT $1";
        let most = i64::from(most);
        let rows = match to {
            None => on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, DeliveryRow>(ALL).bind(most).fetch_all(pool).await
            }),
            Some(to) => on!(Pool, &self.read, pool => {
                sqlx::query_as::<_, DeliveryRow>(OF_ONE).bind(most).bind(to.as_str()).fetch_all(pool).await
            }),
        }?;
        rows.into_iter().map(DeliveryRow::message).collect()
    }
}
