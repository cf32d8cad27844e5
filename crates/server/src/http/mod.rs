//! HTTP: reads requests, asks the flows, writes answers. No rules and no SQL.
//!
//! ```text
//! door → guard (host, origin, verb, path, limits, caller) → routes → flows → answer
//! ```

mod answer;
mod carry;
pub mod door;
pub mod extract;
mod figures;
mod guard;
mod log;
pub mod openapi;
mod page;
mod refusal;
mod routes;
mod service;
mod words;

pub use answer::Answer;
pub use door::{Door, DoorKind};
pub use figures::Figures;
pub use refusal::Refusal;
pub use service::{Behind, Site};
pub(crate) use words::of as words_of;
