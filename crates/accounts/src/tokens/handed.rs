//! Tokens handed on between the processes of one folder: while one asks an instance, the others wait, and then find what
//! it was given.
//!
//! Each token lies in a file of its own, sealed with the key of the cache: whoever can open it could ask the keychain for
//! the client token as well. The lock is a file beside it; the system lets go of it however a process ends.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_lc_rs::digest::{SHA256, digest};
use frontdesk_vault::{SealKey, Secret};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::{Kept, Place, TokenKind, Want, claims_of, lifetime_of};
use crate::options::Moment;

/// Pause between two looks at a lock that another process holds.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// What the name of a lock ends with.
const LOCK: &str = "lock";
/// A file that nobody has written for so long is of a session that nobody uses any more.
const STALE: Duration = Duration::from_hours(24);

/// The folder of the files.
#[derive(Clone, Debug)]
pub(crate) struct Shelf(PathBuf);

/// The right to ask for one token, or the wish to say what came without it.
pub(super) struct Turn {
    file: PathBuf,
    key: Arc<SealKey>,
    /// None when another process has it.
    lock: Option<File>,
}

#[derive(Serialize, Deserialize)]
struct Handed {
    token: String,
    /// Milliseconds since the epoch.
    asked_at: i64,
}

impl Shelf {
    /// In this folder, which is there already.
    pub(crate) fn new(folder: &Path) -> Self {
        let shelf = Self(folder.to_owned());
        // Never a lock: somebody may hold it, and nobody writes into it.
        let stale = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age > STALE);
        shelf.remove(|name, modified| !name.ends_with(LOCK) && (stale(modified) || shelf.is_left_in_the_middle(name)));
        shelf
    }

    /// Whether this is half a file, and whoever wrote it has ended.
    fn is_left_in_the_middle(&self, name: &str) -> bool {
        let writer = name.strip_suffix(".sealed.new").map(|place| self.0.join(format!("{place}.lock")));
        writer.is_some_and(|lock| open_lock(&lock).is_ok_and(|lock| lock.try_lock().is_ok()))
    }

    /// Forgets the tokens of an instance whose sessions are not kept.
    pub(crate) fn retain(&self, instance: &str, keep: impl Fn(&str) -> bool) {
        self.remove(|name, _| {
            let mut parts = name.split('.');
            parts.next() == Some(instance) && parts.next().is_some_and(|session| !keep(session))
        });
    }

    fn remove(&self, gone: impl Fn(&str, SystemTime) -> bool) {
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let (name, modified) = (entry.file_name(), entry.metadata().and_then(|known| known.modified()));
            if name.to_str().zip(modified.ok()).is_some_and(|(name, modified)| gone(name, modified)) {
                // Best effort: what is left ends by itself, and only this person can open it.
                let _gone = fs::remove_file(entry.path());
            }
        }
    }

    /// Waits until no other process asks for this token, but not for ever: one that stands still stops nobody.
    pub(super) async fn turn(&self, place: &Place, key: Arc<SealKey>, patience: Duration) -> Turn {
        let until = Instant::now() + patience;
        let mut turn = Turn { file: self.file(place), key, lock: None };
        while !turn.take() && Instant::now() < until {
            sleep(LOOK_AGAIN).await;
        }
        turn
    }

    /// Waits for nobody.
    pub(super) fn turn_at_once(&self, place: &Place, key: Arc<SealKey>) -> Turn {
        let mut turn = Turn { file: self.file(place), key, lock: None };
        turn.take();
        turn
    }

    fn file(&self, Place { account, kind }: &Place) -> PathBuf {
        self.0.join(format!("{}.{}.{}.sealed", account.instance, account.session, name_of(kind)))
    }
}

impl Turn {
    /// Whether nobody else has to be waited for.
    fn take(&mut self) -> bool {
        let locked = open_lock(&self.file.with_extension(LOCK)).and_then(|lock| match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        });
        match locked {
            Ok(lock) => {
                self.lock = lock;
                self.lock.is_some()
            }
            // A folder that takes no locks hands nothing on; a token is had all the same.
            Err(error) => {
                tracing::debug!(%error, "tokens are not handed on");
                true
            }
        }
    }

    /// What another process was given, if it is still as good as new and lasts as long as it has to.
    pub(super) fn handed(&self, now: Moment, want: Want) -> Option<(Secret, Moment)> {
        self.lock.as_ref()?;
        let plain = self.key.read(&self.file).ok()??;
        let handed: Handed = serde_json::from_slice(&plain).ok()?;
        let asked_at = now.back_to(handed.asked_at)?;
        let token = Secret::new(handed.token.into_bytes());
        let kept = Kept { lifetime: lifetime_of(&token), token, flight: 0, asked_at };
        (!kept.is_due(now) && kept.is_enough(now, want)).then_some((kept.token, asked_at))
    }

    /// Says what came, for the others.
    pub(super) fn hand_on(self, token: &Secret, asked_at: Moment) {
        if self.lock.is_none() || claims_of(token).is_none() {
            return;
        }
        let Ok(token) = String::from_utf8(token.expose().to_vec()) else { return };
        let written = serde_json::to_vec(&Handed { token, asked_at: asked_at.now() }).map(Secret::new);
        let written = written.map_err(io::Error::from).and_then(|plain| self.key.write(&self.file, plain.expose()));
        if let Err(error) = written {
            tracing::debug!(%error, "a token is not handed on");
        }
    }
}

/// Names of templates and organizations are the instance's; what they are called in a folder is not.
fn name_of(TokenKind { template, organization }: &TokenKind) -> String {
    let text = format!("{}\n{}", template.as_deref().unwrap_or_default(), organization.as_deref().unwrap_or("*"));
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(16).fold(String::new(), |mut name, byte| {
        let _infallible = write!(name, "{byte:02x}");
        name
    })
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
