//! The private door on Windows: a pipe that the user alone can open.

use std::{
    io,
    path::{Path, PathBuf},
};

use frontdesk_platform::pipe::Pipe;
use tokio::net::windows::named_pipe::NamedPipeServer;

/// A pipe that is listened at.
#[derive(Debug)]
pub struct PrivateSocket(Pipe);

/// Why it is not listened at.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// It cannot be made.
    #[error("cannot listen at a pipe for {}: {error}", path.display())]
    Io {
        /// Where a socket would be.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

impl PrivateSocket {
    /// Listens at a pipe of a new name. Pipes do not lie in folders: what is named is where a socket would be.
    pub fn bind(path: &Path) -> Result<Self, SocketError> {
        Pipe::listen().map(Self).map_err(|error| SocketError::Io { path: path.to_owned(), error })
    }

    /// The pipe's name, as it is opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The next one who comes.
    pub(super) async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        self.0.accept().await
    }
}
