//! The app's door for other processes of the same person: a Unix socket in a folder that nobody else can enter, and the
//! lock of the data folder that says whose it is.
//!
//! ```text
//! lock free ────────────────► this process is the app, and listens
//! lock taken, door answers ─► the other one shows itself, and this process ends
//! lock taken, no answer ────► the other one is about to listen or to end: asked again, for a while
//! ```
//!
//! A lock ends with its process, however that ends, and needs no bus: so a start right after an end is a start, and two
//! desktops of one person never have two apps on one folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::{OpenOptionsExt as _, PermissionsExt as _},
        net::{UnixListener, UnixStream},
    },
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

use crate::places::Places;

/// Longest request and longest answer, in bytes.
const LONGEST: u64 = 64 * 1024;
/// How long somebody who has come through the door may take to say what for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may take: a token may have to be asked for over a slow network.
const ANSWER: Duration = Duration::from_mins(1);
/// How long another process may take to begin or to end.
const CHANGE: Duration = Duration::from_secs(20);
/// Pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What is asked through the door.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Somebody has started the app once more, with these arguments.
    Open {
        /// Without the program's own name.
        arguments: Vec<String>,
    },
    /// A session token.
    Token(TokenRequest),
}

/// Which token is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenRequest {
    /// Address, user name or number of the user, or the id of user or session.
    pub(crate) account: String,
    /// Name, host or key of the instance, where the account alone does not say which.
    pub(crate) instance: Option<String>,
    /// Name of the token template.
    pub(crate) template: Option<String>,
    /// For which organization.
    pub(crate) organization: Option<String>,
}

/// What is answered.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// It is done.
    Done,
    /// The token.
    Token(String),
    /// It is not done.
    Refused(Refused),
}

/// Why something is not done.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// For programs.
    pub(crate) why: Why,
    /// For people.
    pub(crate) message: String,
}

/// Why something is not done, in a word; what it ends a program with is part of `docs/tokens.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// The request is none of the door's.
    NotUnderstood,
    /// The person has not allowed it.
    NotAllowed,
    /// There is no such account, or more than one.
    NotFound,
    /// The account is not signed in any more.
    SignedOut,
    /// What keeps the accounts is locked.
    Locked,
    /// The instance cannot be reached.
    Unreachable,
    /// The instance does not give one.
    NotGiven,
}

/// What a start turned out to be.
#[derive(Debug)]
pub(crate) enum Begun {
    /// The first: this process is the app.
    First(Door),
    /// One more: the app that runs was told.
    Again,
    /// The first as far as can be told: the folders take neither lock nor socket.
    Unguarded(io::Error),
}

/// The lock and the socket, held by the app.
#[derive(Debug)]
pub(crate) struct Door {
    #[expect(dead_code, reason = "held, so that the data folder has one app")]
    lock: File,
    socket: PathBuf,
    listener: UnixListener,
}

impl Door {
    /// Becomes the app, or tells the one that runs. The folders are there already.
    ///
    /// # Errors
    /// One runs and does not answer: said in a sentence.
    pub(crate) fn begin(places: &Places, arguments: &[String]) -> Result<Begun, String> {
        Self::begin_within(places, arguments, CHANGE)
    }

    fn begin_within(places: &Places, arguments: &[String], patience: Duration) -> Result<Begun, String> {
        let until = Instant::now() + patience;
        let request = Request::Open { arguments: arguments.to_vec() };
        loop {
            match Self::take(places) {
                Ok(Some(door)) => return Ok(Begun::First(door)),
                Ok(None) => {}
                Err(error) => return Ok(Begun::Unguarded(error)),
            }
            if ask(places, &request).is_ok_and(|answer| answer == Answer::Done) {
                return Ok(Begun::Again);
            }
            if Instant::now() > until {
                return Err("Frontdesk runs already and does not answer. Quit it, or end its process, and start it \
                            again."
                    .to_owned());
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// None when another process has it.
    fn take(places: &Places) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600).open(places.data().join("app.lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Where the file system has no locks, there is one process, as nearly always.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let socket = places.door();
        // One that was left behind by a process that was killed: whoever serves one has the lock.
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Some(Self { lock, socket, listener }))
    }

    /// Lets in whoever comes, and answers each aside.
    pub(crate) async fn serve<A: Future<Output = Answer> + Send>(
        &self,
        answer: impl Fn(Request) -> A + Clone + Send + 'static,
    ) {
        let listener = self.listener.try_clone().and_then(tokio::net::UnixListener::from_std);
        let Ok(listener) = listener.inspect_err(|error| tracing::warn!("other programs cannot ask: {error}")) else {
            return;
        };
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let answer = answer.clone();
                    tokio::spawn(async move {
                        if let Err(error) = converse(stream, answer).await {
                            tracing::debug!("a program went away: {error}");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!("a program could not come in: {error}");
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }

    /// Nobody finds the door any more; the lock stays until the process has ended.
    pub(crate) fn close(&self) {
        // Best effort: the next start removes what is left.
        let _gone = fs::remove_file(&self.socket);
    }
}

async fn converse<A: Future<Output = Answer>>(
    mut stream: tokio::net::UnixStream,
    answer: impl Fn(Request) -> A,
) -> io::Result<()> {
    // The folder lets nobody else in; this holds even if somebody opens it.
    if stream.peer_cred()?.uid() != rustix::process::geteuid().as_raw() {
        tracing::warn!("a program of another user was sent away");
        return Ok(());
    }
    let mut line = String::new();
    let reads = async {
        let (reader, _) = stream.split();
        tokio::io::BufReader::new(reader.take(LONGEST)).read_line(&mut line).await
    };
    tokio::time::timeout(PATIENCE, reads).await??;
    let answered = match serde_json::from_str(&line) {
        Ok(request) => answer(request).await,
        Err(_) => Answer::Refused(Refused {
            why: Why::NotUnderstood,
            message: "Frontdesk does not know this request, so nothing was done. The program and the app may be of \
                      different versions."
                .to_owned(),
        }),
    };
    let mut text = serde_json::to_string(&answered)?;
    text.push('\n');
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

/// Asks the app that runs. An error means that none does, or that it does not answer.
pub(crate) fn ask(places: &Places, request: &Request) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(places.door())?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut text = serde_json::to_string(request)?;
    text.push('\n');
    stream.write_all(text.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(io::Error::from)
}

#[cfg(test)]
mod tests;
