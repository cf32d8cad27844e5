//! The door as a pipe that one person alone can open. A file beside the data, in that person's profile, says its name.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use frontdesk_platform::pipe::{self, Pipe};
use tauri::async_runtime;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{ANSWER, LONGEST};

/// A pipe that is listened at, until those who come are asked for.
#[derive(Debug)]
pub(super) struct Way {
    place: PathBuf,
    pipe: Mutex<Option<Pipe>>,
}

impl Way {
    /// Listens, and says where in this file. Whoever has the lock of the data folder may.
    pub(super) fn open(place: &Path) -> io::Result<Self> {
        // Where tasks can be started.
        let pipe = async_runtime::block_on(async { Pipe::listen() })?;
        fs::write(place, pipe.path().to_string_lossy().as_bytes())?;
        Ok(Self { place: place.to_owned(), pipe: Mutex::new(Some(pipe)) })
    }

    /// Those who come; can be had once.
    pub(super) fn callers(&self) -> io::Result<Callers> {
        let pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take();
        pipe.map(Callers).ok_or_else(|| io::Error::other("somebody listens at the pipe already"))
    }

    /// Nobody finds it any more.
    pub(super) fn close(&self) {
        // Best effort: the next start writes another one.
        let _gone = fs::remove_file(&self.place);
    }
}

/// Those who come through the door.
pub(super) struct Callers(Pipe);

impl Callers {
    /// The next one. The pipe keeps everybody else's programs out.
    pub(super) async fn next(&mut self) -> io::Result<Option<impl AsyncRead + AsyncWrite + Send + Unpin + use<>>> {
        self.0.accept().await.map(Some)
    }
}

/// Says a line to the app that runs, and gives back the line that it answers.
pub(super) fn say(place: &Path, line: &str) -> io::Result<String> {
    let name = PathBuf::from(fs::read_to_string(place)?);
    let mut stream = pipe::open(&name)?;
    stream.write_all(line.as_bytes())?;
    // Reading from a pipe waits without end: it is left behind when it takes too long, and ends with this program.
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = String::new();
        let read = BufReader::new(stream.take(LONGEST)).read_line(&mut answer);
        let _nobody_waits = tell.send(read.map(|_| answer));
    });
    told.recv_timeout(ANSWER).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}
