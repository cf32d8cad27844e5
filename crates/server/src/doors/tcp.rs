//! The TCP door.

use std::{io, net::SocketAddr};

use frontdesk_wire::KeyKind;
use tokio::net::TcpListener;

/// Why the door does not open.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Development instances have an outbox and test codes: whoever reaches them gets in.
    #[error(
        "a development instance listens on this computer only, and {0} can be reached by others: \
         listen on 127.0.0.1, or make a production instance (environment = \"production\" in frontdesk.toml)"
    )]
    NotLoopback(SocketAddr),
    /// Another program listens there.
    #[error("the port of {0} is taken by another program: stop it, or choose another port with --listen")]
    Taken(SocketAddr),
    /// The system does not allow it.
    #[error("cannot listen on {address}: {error}")]
    Io {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

/// Opens a TCP door for an instance of this kind.
pub async fn bind(address: SocketAddr, kind: KeyKind) -> Result<TcpListener, ListenError> {
    if kind == KeyKind::Development && !address.ip().to_canonical().is_loopback() {
        return Err(ListenError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(address),
        _ => ListenError::Io { address, error },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[tokio::test]
    async fn sec_104_a_development_instance_listens_on_this_computer_only() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let refused = bind(address.parse().unwrap(), KeyKind::Development).await;
            assert!(matches!(refused, Err(ListenError::NotLoopback(_))), "{address}");
        }
        let listener = bind("127.0.0.1:0".parse().unwrap(), KeyKind::Development).await.unwrap();
        assert!(listener.local_addr().unwrap().ip().is_loopback());
        let taken = listener.local_addr().unwrap();
        assert!(
            matches!(bind(taken, KeyKind::Development).await, Err(ListenError::Taken(address)) if address == taken)
        );
        assert!(bind("0.0.0.0:0".parse().unwrap(), KeyKind::Production).await.is_ok());
    }
}
