//! Delivery of messages: rows of the queue, written with the change that asks for them, sent by a worker.

mod edited;
mod letter;
mod mailer;
mod message;
mod outbox;
mod preview;
mod text;
mod texter;
mod worker;

pub use edited::{MessageName, MessageTemplate, Messages};
pub use letter::Language;
pub use mailer::Mailer;
pub(crate) use message::reseal;
pub use message::{Heading, Message, MessageError};
pub use outbox::{OutboxError, outbox};
pub use preview::preview;
pub use texter::{Gateway, Texter};
pub(crate) use worker::AT_ONCE;
pub use worker::{deliver_due, work};
