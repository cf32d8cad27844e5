//! The lock of a data folder: one process serves it, never two. The system lets go of it when the process ends, however
//! it ends.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::private;

/// Name of the file in the data folder.
const FILE: &str = "lock";
/// What the holder says lies beside it: on Windows nobody else can read what is locked.
const SAID: &str = "served";
/// Longest content that is read.
const MAX_LEN: u64 = 4096;

/// The lock, held.
#[derive(Debug)]
pub struct Lock {
    #[expect(dead_code, reason = "held, so that the folder has one server")]
    file: File,
    said: File,
}

/// What the holder of the lock says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The private door it serves, if any: a Unix socket, or a pipe on Windows.
    pub socket: Option<PathBuf>,
    /// The publishable key of the instance.
    pub publishable_key: String,
}

/// Why the lock is not held.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another process serves this data folder already")]
    Taken(Served),
    /// The file cannot be used.
    #[error("cannot write {} ({error}): give its folder to this program's user, and make room on its disk", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

impl Lock {
    /// Takes the lock of this folder.
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        let open = |name| {
            let path = data_dir.join(name);
            let opened = private::options().read(true).write(true).create(true).truncate(false).open(&path);
            opened.map_err(|error| LockError::Io { path, error })
        };
        let file = open(FILE)?;
        match file.try_lock() {
            Ok(()) => {
                let said = open(SAID)?;
                said.set_len(0).map_err(|error| LockError::Io { path: data_dir.join(SAID), error })?;
                Ok(Self { file, said })
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // The holder may not have written yet; that it is there is all that counts.
                let _read = open(SAID).map(|said| said.take(MAX_LEN).read_to_string(&mut text));
                Err(LockError::Taken(serde_json::from_str(&text).unwrap_or_default()))
            }
            Err(TryLockError::Error(error)) => Err(LockError::Io { path: data_dir.join(FILE), error }),
        }
    }

    /// Says what is served, for those who come second.
    pub fn announce(&mut self, served: &Served) -> io::Result<()> {
        let text = serde_json::to_vec(served)?;
        self.said.set_len(0)?;
        self.said.rewind()?;
        self.said.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn sec_109_one_serves_and_the_second_learns_where() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Lock::take(folder.path()).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(LockError::Taken(served)) if served == Served::default()));
        let served = Served { socket: Some("/run/x.sock".into()), publishable_key: "pk_test_x".to_owned() };
        first.announce(&Served { publishable_key: "x".repeat(1000), ..served.clone() }).unwrap();
        first.announce(&served).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(LockError::Taken(known)) if known == served));
        drop(first);
        let again = Lock::take(folder.path()).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(LockError::Taken(known)) if known == Served::default()));
        drop(again);
    }
}
