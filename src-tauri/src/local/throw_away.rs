//! A folder that lasts no longer than the process.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, test_kill_process};

use crate::places::make_private;

/// What the folders' names begin with; the process's id follows.
const PREFIX: &str = "throw-away-";

/// The folder; removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct ThrowAway(PathBuf);

impl ThrowAway {
    /// Makes an empty one, for this person alone.
    pub(crate) fn make(runtime: &Path) -> io::Result<Self> {
        let folder = runtime.join(format!("{PREFIX}{}", std::process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        make_private(&folder)?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!("a throw-away folder stays until the next start: {error}");
        }
    }
}

/// Removes the folders of processes that ended without doing so.
pub(crate) fn remove_left_over(runtime: &Path) {
    let Ok(entries) = fs::read_dir(runtime) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|id| id.parse().ok());
        let Some(process) = process.and_then(Pid::from_raw) else { continue };
        if test_kill_process(process) == Err(rustix::io::Errno::SRCH)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!("a throw-away folder of before could not be removed: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::{os::unix::fs::PermissionsExt as _, process::Command};

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
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(folder);
        assert_eq!(fs::read_dir(runtime.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_ended_processes_left_is_removed_and_nothing_else() {
        let runtime = tempfile::tempdir().unwrap();
        let mut ended = Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        let left = runtime.path().join(format!("{PREFIX}{}", ended.id()));
        let ours = runtime.path().join(format!("{PREFIX}{}", std::process::id()));
        let other = runtime.path().join("throw-away-notes");
        for folder in [&left, &ours, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "x").unwrap();
        }
        remove_left_over(runtime.path());
        assert!(!left.exists() && ours.exists() && other.exists());
    }
}
