//! The ways in: TCP, the Unix socket of the local instance, and the lock that says who serves.

mod connection;
mod lock;
mod socket;
mod tcp;
mod tls;

pub use connection::Doors;
pub use lock::{Lock, LockError, Served};
pub use socket::{PrivateSocket, SocketError};
pub use tcp::{ListenError, bind};
pub use tls::{Tls, TlsError, TlsFiles};
