//! The private door: a Unix socket that the user alone can reach.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use crate::private;

/// Longest path of a socket (the system's limit, less the zero at the end).
const MAX_PATH: usize = 107;

/// A listening socket; its file goes with it.
#[derive(Debug)]
pub struct PrivateSocket {
    listener: UnixListener,
    file: SocketFile,
}

/// The file of a socket, removed when dropped.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Best effort: the next start removes what is left.
        let _gone = fs::remove_file(&self.0);
    }
}

/// Why the socket does not listen.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Others could reach it.
    #[error("the folder {} must belong to you and be closed to others (chmod 700) before a socket can be put there", .0.display())]
    Exposed(PathBuf),
    /// The system cannot use so long a path.
    #[error("the path {} is too long for a socket: use one of at most {MAX_PATH} bytes", .0.display())]
    TooLong(PathBuf),
    /// Something else lies there.
    #[error("{} is not a socket and stands in the way: move it away", .0.display())]
    InTheWay(PathBuf),
    /// It cannot be made.
    #[error("cannot listen at {}: {error}", path.display())]
    Io {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

impl PrivateSocket {
    /// Listens at this path. Its folder is made if it is missing, and must be closed to others. The caller holds the lock
    /// of the instance, so that a socket that lies there already is one that nobody serves any more.
    pub fn bind(path: &Path) -> Result<Self, SocketError> {
        use std::os::unix::{ffi::OsStrExt as _, fs::FileTypeExt as _};
        let io = |error| SocketError::Io { path: path.to_owned(), error };
        if path.as_os_str().as_bytes().len() > MAX_PATH {
            return Err(SocketError::TooLong(path.to_owned()));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        private::make_folder(folder).map_err(io)?;
        let known = fs::metadata(folder).map_err(io)?;
        if known.uid() != rustix::process::geteuid().as_raw() || known.mode() & 0o077 != 0 {
            return Err(SocketError::Exposed(folder.to_owned()));
        }
        match fs::symlink_metadata(path) {
            Ok(known) if known.file_type().is_socket() => fs::remove_file(path).map_err(io)?,
            Ok(_) => return Err(SocketError::InTheWay(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
        let listener = UnixListener::bind(path).map_err(io)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(io)?;
        Ok(Self { listener, file: SocketFile(path.to_owned()) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file.0
    }

    /// The next one who comes.
    pub(super) async fn accept(&mut self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[tokio::test]
    async fn sec_101_the_socket_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run").join("instance.sock");
        let socket = PrivateSocket::bind(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        drop(socket);
        assert!(!path.exists());

        fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(PrivateSocket::bind(&path), Err(SocketError::Exposed(_))));
    }

    #[tokio::test]
    async fn a_socket_left_behind_is_replaced_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run").join("instance.sock");
        // A process that was killed leaves its file.
        std::mem::forget(PrivateSocket::bind(&path).unwrap().file);
        assert!(path.exists());
        drop(PrivateSocket::bind(&path).unwrap());
        fs::write(&path, "a letter").unwrap();
        assert!(matches!(PrivateSocket::bind(&path), Err(SocketError::InTheWay(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
        let long = folder.path().join("x".repeat(120));
        assert!(matches!(PrivateSocket::bind(&long), Err(SocketError::TooLong(_))));
    }
}
