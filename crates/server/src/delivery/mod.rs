//! Delivery of messages.

mod message;

pub use message::{Message, MessageError};
