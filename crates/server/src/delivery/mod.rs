//! Delivery of messages: rows of the queue, written with the change that asks for them, sent by a worker.

mod message;
mod outbox;
mod worker;

pub use message::{Message, MessageError};
pub use outbox::{OutboxError, outbox};
pub use worker::work;
