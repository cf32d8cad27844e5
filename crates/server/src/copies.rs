//! Backups of an instance, and copies from one database into another.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use frontdesk_store::{Backup, CopyError, Location, Store, Tally, copy};
use tokio::io::{AsyncWriteExt as _, BufReader, BufWriter};

use crate::{
    doors::{Lock, LockError},
    folder::{self, FolderError},
    instance::belongs,
    keys::{KeyFileError, Keys},
    offline::OfflineError,
    private,
    random::SystemRandom,
};

/// Why there is no backup, or nothing was restored or copied.
#[derive(Debug, thiserror::Error)]
pub enum CopiesError {
    /// A database, or the backup.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// There is nothing to back up, or no key.
    #[error(transparent)]
    Offline(#[from] OfflineError),
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The key is another one.
    #[error(
        "the instance key of {} does not belong to this backup: put the key that its instance had beside it, or restore \
         into another folder; nothing was restored", .0.display()
    )]
    KeyDoesNotFit(PathBuf),
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Somebody serves the folder, or it cannot be written.
    #[error("{0}: stop the server first")]
    Lock(#[from] LockError),
    /// There is a file already.
    #[error("{} is there already: choose another name, so that no backup is lost", .0.display())]
    Exists(PathBuf),
    /// The file cannot be used.
    #[error("cannot {action} {}: {error}", path.display())]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The text names no database.
    #[error("{0} names no database: write sqlite:PATH or postgres://user:password@host/database")]
    Place(&'static str),
}

/// Writes a backup of the instance in this folder, or in the database that is named, while others may serve it. Its
/// values stay sealed by the instance key, which is no part of it.
pub async fn back_up(data_dir: &Path, database: Option<&str>, file: &Path) -> Result<Tally, CopiesError> {
    if database.is_none() && !folder::has_database(data_dir) {
        return Err(OfflineError::Nothing(data_dir.display().to_string()).into());
    }
    let failed = |error| CopiesError::Io { action: "write", path: file.to_owned(), error };
    if file.exists() {
        return Err(CopiesError::Exists(file.to_owned()));
    }
    let store = Store::open_as_it_is(&folder::location(data_dir, database)).await.map_err(CopyError::from)?;
    // Written beside and moved into place: a file of that name is always a whole backup.
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let beside = PathBuf::from(name);
    let made = private::options().write(true).create(true).truncate(true).open(&beside);
    let mut out = BufWriter::new(tokio::fs::File::from_std(made.map_err(failed)?));
    let written = async {
        let tally = store.back_up(&mut out).await?;
        out.flush().await.map_err(failed)?;
        out.get_ref().sync_all().await.map_err(failed)?;
        fs::rename(&beside, file).map_err(failed)?;
        Ok(tally)
    };
    let written = written.await;
    store.close().await;
    if written.is_err() {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        let _gone = fs::remove_file(&beside);
    }
    written
}

/// Writes a backup into this folder, or into the database that is named, which has to be empty. The instance key that
/// belongs to it has to be in its place.
pub async fn restore(data_dir: &Path, database: Option<&str>, file: &Path) -> Result<Tally, CopiesError> {
    let opened = tokio::fs::File::open(file).await;
    let opened = opened.map_err(|error| CopiesError::Io { action: "read", path: file.to_owned(), error })?;
    let backup = Backup::open(BufReader::new(opened)).await?;
    let key = folder::key(data_dir, false, &SystemRandom)?.ok_or(OfflineError::NoKey)?;
    let instance = backup.instance();
    if !belongs(&instance.id, &instance.key_id, &instance.key_check, &Keys::derive(&key)) {
        return Err(CopiesError::KeyDoesNotFit(data_dir.to_owned()));
    }
    folder::make(data_dir)?;
    let lock = Lock::take(data_dir)?;
    let (store, tally) = backup.restore(&folder::location(data_dir, database)).await?;
    store.close().await;
    drop(lock);
    Ok(tally)
}

/// Copies an instance into an empty database. The instance key is copied with it from one folder to another.
pub async fn copy_all(from: &str, to: &str) -> Result<Tally, CopiesError> {
    let (from, to) = (place("--from", from)?, place("--to", to)?);
    let lock = match &to {
        Location::Sqlite(path) => {
            let folder = folder_of(path);
            folder::make(folder)?;
            Some(Lock::take(folder)?)
        }
        Location::Postgres(_) => None,
    };
    let tally = copy(&from, &to).await?;
    if let (Location::Sqlite(from), Location::Sqlite(to)) = (&from, &to) {
        folder::copy_key(folder_of(from), folder_of(to))?;
    }
    drop(lock);
    Ok(tally)
}

fn folder_of(database: &Path) -> &Path {
    database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A database, as it is named on the command line; a folder stands for the database in it.
fn place(option: &'static str, text: &str) -> Result<Location, CopiesError> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(Location::Postgres(text.to_owned()));
    }
    let path = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()).map(Path::new);
    let path = path.ok_or(CopiesError::Place(option))?;
    Ok(if path.is_dir() { folder::location(path, None) } else { Location::Sqlite(path.to_owned()) })
}
