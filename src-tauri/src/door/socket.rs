//! The door as a Unix socket, in a folder that nobody else can enter.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::PermissionsExt as _,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{ANSWER, LONGEST, PATIENCE};

/// A socket that is listened at.
#[derive(Debug)]
pub(super) struct Way {
    place: PathBuf,
    listener: UnixListener,
}

impl Way {
    /// Listens there. Whoever has the lock of the data folder may: a socket that lies there already is one that a
    /// process left behind which was killed.
    pub(super) fn open(place: &Path) -> io::Result<Self> {
        match fs::remove_file(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(place)?;
        fs::set_permissions(place, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Self { place: place.to_owned(), listener })
    }

    /// Those who come.
    pub(super) fn callers(&self) -> io::Result<Callers> {
        self.listener.try_clone().and_then(tokio::net::UnixListener::from_std).map(Callers)
    }

    /// Nobody finds it any more.
    pub(super) fn close(&self) {
        // Best effort: the next start removes what is left.
        let _gone = fs::remove_file(&self.place);
    }
}

/// Those who come through the door.
pub(super) struct Callers(tokio::net::UnixListener);

impl Callers {
    /// The next one; none when it was somebody else's program, which the folder keeps out unless somebody opens it.
    pub(super) async fn next(&mut self) -> io::Result<Option<impl AsyncRead + AsyncWrite + Send + Unpin + use<>>> {
        let (stream, _) = self.0.accept().await?;
        let ours = stream.peer_cred()?.uid() == rustix::process::geteuid().as_raw();
        Ok(ours.then_some(stream))
    }
}

/// Says a line to the app that runs, and gives back the line that it answers.
pub(super) fn say(place: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(place)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut answer)?;
    Ok(answer)
}
