//! Delivery of messages: rows of the queue, written with the change that asks for them, sent by a worker.

mod letter;
mod mailer;
mod message;
mod outbox;
mod text;
mod texter;
mod worker;

pub use letter::Language;
pub use mailer::Mailer;
pub(crate) use message::reseal;
pub use message::{Message, MessageError};
pub use outbox::{OutboxError, outbox};
pub use texter::{Gateway, Texter};
pub(crate) use worker::AT_ONCE;
pub use worker::{deliver_due, work};
