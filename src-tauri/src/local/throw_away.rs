//! A folder that lasts no longer than the process.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::places::make_private;

/// What the folders' names begin with; the process's id follows.
const PREFIX: &str = "throw-away-";
/// The instance's database.
const DATABASE: &str = "frontdesk.db";
/// File in it that its process keeps locked. Only the lock says that it is used: ids of processes come back.
const IN_USE: &str = "in-use";

/// The folder; removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct ThrowAway {
    path: PathBuf,
    /// Held to the end.
    lock: Option<File>,
}

impl ThrowAway {
    /// Makes an empty one, for this person alone.
    pub(crate) fn make(runtime: &Path) -> io::Result<Self> {
        let path = runtime.join(format!("{PREFIX}{}", std::process::id()));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        make_private(&path)?;
        let lock = File::create(path.join(IN_USE))?;
        lock.lock()?;
        Ok(Self { path, lock: Some(lock) })
    }

    /// Copies the database to where it stays. Nobody has it open any more; the file is there as a whole or not at all.
    pub(crate) fn keep(&self, folder: &Path) -> io::Result<()> {
        if self.path.join(format!("{DATABASE}-wal")).exists() {
            return Err(io::Error::other("the database was not closed"));
        }
        make_private(folder)?;
        let (new, kept) = (folder.join("frontdesk.db.new"), folder.join(DATABASE));
        let copied = fs::copy(self.path.join(DATABASE), &new)
            // Windows writes out only what may be written to, and no folders.
            .and_then(|_| File::options().write(true).open(&new)?.sync_all())
            .and_then(|()| fs::rename(&new, &kept));
        if let Err(error) = copied {
            // Half a copy only takes room.
            let _left = fs::remove_file(&new);
            return Err(error);
        }
        // It is there, whatever the disk says of its folder.
        if cfg!(unix)
            && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
        {
            tracing::warn!("a copy may be lost if the computer stops now: {error}");
        }
        Ok(())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        // Files that are open keep their folder on Windows.
        self.lock = None;
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!("a throw-away folder stays until the next start: {error}");
        }
    }
}

/// Removes the folders of processes that ended without doing so.
pub(crate) fn remove_left_over(runtime: &Path) {
    let Ok(entries) = fs::read_dir(runtime) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|id| id.parse::<u32>().ok());
        if process.is_some()
            && !is_in_use(&entry.path())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!("a throw-away folder of before could not be removed: {error}");
        }
    }
}

fn is_in_use(folder: &Path) -> bool {
    File::open(folder.join(IN_USE)).is_ok_and(|lock| lock.try_lock().is_err())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_private_and_goes_with_its_content() {
        let runtime = tempfile::tempdir().unwrap();
        let folder = ThrowAway::make(runtime.path()).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        fs::write(folder.path().join("frontdesk.db"), "rows").unwrap();
        // One that lies there under this name is of an earlier process with the same id.
        std::mem::forget(folder);
        let folder = ThrowAway::make(runtime.path()).unwrap();
        assert!(!folder.path().join("frontdesk.db").exists());
        drop(folder);
        assert_eq!(fs::read_dir(runtime.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_ended_processes_left_is_removed_and_nothing_else() {
        let runtime = tempfile::tempdir().unwrap();
        let ours = ThrowAway::make(runtime.path()).unwrap();
        // Killed before it had its lock, or after; the process of this id may be another one by now.
        let left = ["1", "999999"].map(|id| runtime.path().join(format!("{PREFIX}{id}")));
        let other = runtime.path().join("throw-away-notes");
        for folder in left.iter().chain([&other]) {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("frontdesk.db"), "rows").unwrap();
        }
        fs::write(left[0].join(IN_USE), "").unwrap();
        remove_left_over(runtime.path());
        assert!(left.iter().all(|folder| !folder.exists()));
        assert!(ours.path().exists() && other.exists());
    }
}
