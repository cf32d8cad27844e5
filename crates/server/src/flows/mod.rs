//! What callers can do. Each flow gathers what it needs outside of any transaction, lets `identity` decide, and commits
//! in one short transaction. If somebody else has changed an aggregate meanwhile, it gathers again, at most three times.

pub mod backend;
pub mod client;
mod codes;
pub mod devices;
pub mod external;
mod fault;
mod gather;
pub mod handshake;
pub mod me;
mod notices;
mod passkeys;
mod restrictions;
mod second;
pub mod sessions;
pub mod shut_out;
pub mod sign_in;
pub mod sign_up;
pub mod tickets;
mod turn;
pub mod waitlist;

pub use fault::{Failure, Fault};
pub use second::SecondProof;
pub use turn::{Reply, TokenNews, Turn};
