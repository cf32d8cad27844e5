//! An instance that is not ours: its answers are generated from a published OpenAPI description of the protocol.
//!
//! The project's own server and app share one set of types, so they agree with each other even where both are wrong.
//! The stand-in knows nothing of these types. It answers with whatever the description allows, at its edges: every
//! field that may be null is null, or none is; optional fields are absent, or all there; lists are empty, or filled;
//! fields nobody has heard of are everywhere.
//!
//! ```text
//! description  reads the file, follows references
//! generate     makes a value of a schema in one [`Shape`]
//! instance     keeps what a flow needs to make sense: client, token, sessions, attempts
//! tls          serves it on a loopback port with a certificate of a private authority
//! ```

mod description;
mod generate;
mod instance;
mod tls;

pub use description::{Description, descriptions};
pub use generate::{Fill, Shape};
pub use instance::{CODE, Fault, Instance, PASSWORD, Seen};
pub use tls::{Running, serve};
