//! Where the app keeps its files, and whether it may write there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use frontdesk_accounts::{Reason, Said, snapshot::Problem};

/// What the system knows the app by, which is the scheme of its links as well (RFC 8252 §7.1).
pub(crate) const IDENTIFIER: &str = env!("FRONTDESK_IDENTIFIER");

/// The app's folders.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    data: PathBuf,
    runtime: PathBuf,
}

impl Places {
    /// The folders of this person on this computer, as the system calls them; none when it names no home.
    pub(crate) fn of_this_person() -> Option<Self> {
        let data = dirs::data_dir()?.join(IDENTIFIER);
        // Only Linux has a folder that lasts as long as the login; elsewhere, and without one, a part of the data folder.
        let runtime = dirs::runtime_dir().map_or_else(|| data.join("run"), |folder| folder.join(IDENTIFIER));
        Some(Self { data, runtime })
    }

    /// Folders at given places.
    #[cfg(test)]
    pub(crate) fn at(data: PathBuf, runtime: PathBuf) -> Self {
        Self { data, runtime }
    }

    /// Everything that outlives the app.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// What the app remembers about the window.
    pub(crate) fn preferences(&self) -> PathBuf {
        self.data.join("preferences.json")
    }

    /// The log files.
    pub(crate) fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// Where the desktop finds the picture in the tray.
    pub(crate) fn tray(&self) -> PathBuf {
        self.runtime.join("tray")
    }

    /// The data of the instance inside the app.
    pub(crate) fn local(&self) -> PathBuf {
        self.data.join("local")
    }

    /// What lasts no longer than the app.
    pub(crate) fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// The door of the app itself; on Windows the file that says its name.
    pub(crate) fn door(&self) -> PathBuf {
        self.runtime.join("app.sock")
    }

    /// The door of the instance inside the app, where doors lie in folders.
    pub(crate) fn socket(&self) -> PathBuf {
        self.runtime.join("instance.sock")
    }

    /// Makes the folders, for this person alone, and tries to write.
    pub(crate) fn prepare(&self) -> Result<(), Problem> {
        for folder in [&self.data, &self.runtime] {
            make_private(folder).and_then(|()| try_to_write(folder)).map_err(|error| unwritable(folder, &error))?;
        }
        Ok(())
    }
}

/// Makes a folder that nobody else can look into; one that exists is closed to others.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    // Folders of a person's profile are closed to others there.
    #[cfg(not(unix))]
    fs::create_dir_all(folder)
}

fn try_to_write(folder: &Path) -> io::Result<()> {
    // Always of the same name, so that what a killed app left goes with the next start.
    let probe = folder.join(".probe");
    fs::write(&probe, b"")?;
    match fs::remove_file(&probe) {
        // Another start has removed it.
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> Problem {
    let message = format!(
        "Frontdesk cannot write to its folder {}: {error}. Nothing new will be remembered. Make the folder writable for \
         you, or make room on the disk, and start Frontdesk again.",
        folder.display()
    );
    Problem::new(Said::from(Reason::DataFolderUnwritable).detail(format!("{}: {error}", folder.display())), message)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn sec_101_the_folders_are_closed_to_other_users() {
        let root = tempfile::tempdir().unwrap();
        let open = root.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        let places = Places::at(open, root.path().join("new/run"));
        places.prepare().unwrap();
        for folder in [places.data(), places.runtime()] {
            assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700, "{}", folder.display());
            assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "nothing is left of the try");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_a_problem_in_words() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let problem = Places::at(file.join("data"), root.path().join("run")).prepare().unwrap_err();
        assert_eq!(problem.code, "data_folder_unwritable");
        assert!(problem.message.contains(&file.display().to_string()), "{}", problem.message);
        assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
    }
}
