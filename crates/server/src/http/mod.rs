//! HTTP: reads requests, asks the flows, writes answers. No rules and no SQL.
//!
//! ```text
//! door → guard (host, origin, verb, path, limits) → routes → flows → answer
//! ```

mod answer;
pub mod door;
pub mod extract;
mod guard;
mod log;
mod refusal;
mod routes;
mod service;
mod words;

pub use answer::Answer;
pub use door::{Door, DoorKind};
pub use refusal::Refusal;
pub use service::Site;
