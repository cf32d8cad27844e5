//! The app's door for other processes of the same person: a Unix socket in a folder that nobody else can enter, or a pipe
//! of Windows that nobody else can open, and the lock of the data folder that says whose it is.
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
    fs::{File, TryLockError},
    io, thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::places::Places;
use way::Way;

#[cfg(windows)]
#[path = "door/pipe.rs"]
mod way;
#[cfg(unix)]
#[path = "door/socket.rs"]
mod way;

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
    /// Address, phone number or user name of the user, or the id of user or session.
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

/// The lock and the way in, held by the app.
#[derive(Debug)]
pub(crate) struct Door {
    #[expect(dead_code, reason = "held, so that the data folder has one app")]
    lock: File,
    way: Way,
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
            // Its window may come in front of everything, as this program's would.
            #[cfg(windows)]
            frontdesk_platform::desktop::give_way();
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
        let Some(lock) = lock(places)? else { return Ok(None) };
        Ok(Some(Self { lock, way: Way::open(&places.door())? }))
    }

    /// Lets in whoever comes, and answers each aside.
    pub(crate) async fn serve<A: Future<Output = Answer> + Send>(
        &self,
        answer: impl Fn(Request) -> A + Clone + Send + 'static,
    ) {
        let callers = self.way.callers().inspect_err(|error| tracing::warn!("other programs cannot ask: {error}"));
        let Ok(mut callers) = callers else { return };
        loop {
            match callers.next().await {
                Ok(Some(stream)) => {
                    let answer = answer.clone();
                    tokio::spawn(async move {
                        if let Err(error) = converse(stream, answer).await {
                            tracing::debug!("a program went away: {error}");
                        }
                    });
                }
                Ok(None) => tracing::warn!("a program of another user was sent away"),
                Err(error) => {
                    tracing::warn!("a program could not come in: {error}");
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }

    /// Nobody finds the door any more; the lock stays until the process has ended.
    pub(crate) fn close(&self) {
        self.way.close();
    }
}

/// The lock of the data folder; none when another process has it.
fn lock(places: &Places) -> io::Result<Option<File>> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.write(true).create(true).truncate(false).open(places.data().join("app.lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Where the file system has no locks, there is one process, as nearly always.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(lock)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

async fn converse<A: Future<Output = Answer>>(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl Fn(Request) -> A,
) -> io::Result<()> {
    let mut line = String::new();
    let reads = async { tokio::io::BufReader::new((&mut stream).take(LONGEST)).read_line(&mut line).await };
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
    // Whose door it is need not be asked: a socket lies where nobody else can put one, and a pipe is looked at when it is
    // opened. So the lock stays alone, which a start may be about to take.
    let mut text = serde_json::to_string(request)?;
    text.push('\n');
    serde_json::from_str(&way::say(&places.door(), &text)?).map_err(io::Error::from)
}

#[cfg(all(test, unix))]
mod tests;
