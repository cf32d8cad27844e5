//! The ways in: TCP, the Unix socket or pipe of the local instance, and the lock that says who serves.

mod connection;
mod lock;
#[cfg(windows)]
#[path = "pipe.rs"]
mod socket;
#[cfg(unix)]
mod socket;
mod tcp;
mod tls;

pub use connection::Doors;
pub use lock::{Lock, LockError, Served};
pub use socket::{PrivateSocket, SocketError};
pub use tcp::{ListenError, bind};
pub use tls::{Tls, TlsError, TlsFiles};
