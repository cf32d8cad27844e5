//! The data folder of an instance: its database, its key, its lock.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use frontdesk_store::{Instance, Location};

use crate::{
    instance::belongs,
    keys::{
        InstanceKey, KeyFileError, Keys, adopt_next, copy_file, load_next, load_or_create, next_file, parse_key_text,
    },
    private,
    random::{Random, SystemRandom},
};

/// Name of the SQLite file in the data folder.
const DATABASE: &str = "frontdesk.db";
/// Holds the instance key itself.
const KEY_VARIABLE: &str = "FRONTDESK_INSTANCE_KEY";
/// Names a file that holds the instance key.
const KEY_FILE_VARIABLE: &str = "FRONTDESK_INSTANCE_KEY_FILE";

/// The folder cannot be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "the data folder {} cannot be made ({error}): make it, and give it to this program's user", path.display()
)]
pub struct FolderError {
    path: PathBuf,
    #[source]
    error: io::Error,
}

/// Makes the folder if it is missing, closed to other users.
pub fn make(data_dir: &Path) -> Result<(), FolderError> {
    private::make_folder(data_dir).map_err(|error| FolderError { path: data_dir.to_owned(), error })
}

/// The database: the one that is named, or the file in the folder.
#[must_use]
pub fn location(data_dir: &Path, database: Option<&str>) -> Location {
    database.map_or_else(|| Location::Sqlite(data_dir.join(DATABASE)), |url| Location::Postgres(url.to_owned()))
}

/// Whether there is a database in the folder already.
#[must_use]
pub fn has_database(data_dir: &Path) -> bool {
    data_dir.join(DATABASE).exists()
}

/// The instance key: from the environment (`FRONTDESK_INSTANCE_KEY`, or the file that `FRONTDESK_INSTANCE_KEY_FILE`
/// names), else from the folder. `may_create` says that a new one shuts nobody out.
pub fn key(data_dir: &Path, may_create: bool, random: &dyn Random) -> Result<Option<InstanceKey>, KeyFileError> {
    if let Some(text) = env::var_os(KEY_VARIABLE) {
        return parse_key_text(KEY_VARIABLE, &text.to_string_lossy()).map(Some);
    }
    if let Some(path) = env::var_os(KEY_FILE_VARIABLE).map(PathBuf::from) {
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| KeyFileError::Io { action: "read", path: path.clone(), error })?;
        return parse_key_text(&path.display().to_string(), &text).map(Some);
    }
    load_or_create(data_dir, may_create, random)
}

/// Gives one folder the key of another, unless it has one or there is none.
pub fn copy_key(from: &Path, to: &Path) -> Result<(), KeyFileError> {
    copy_file(from, to)
}

/// Whether the environment gives the instance key.
#[must_use]
pub fn key_is_given() -> bool {
    [KEY_VARIABLE, KEY_FILE_VARIABLE].into_iter().any(|variable| env::var_os(variable).is_some())
}

/// The key of an instance that is there. Where the replacement of a key was cut off after the database had taken the new
/// one, that one takes its place in the folder now.
pub fn key_of(data_dir: &Path, stored: &Instance) -> Result<Option<InstanceKey>, KeyFileError> {
    let fits = |key: &InstanceKey| belongs(&stored.id, &stored.key_id, &stored.key_check, &Keys::derive(key));
    let key = key(data_dir, false, &SystemRandom)?;
    if key_is_given() || key.as_ref().is_some_and(fits) {
        return Ok(key);
    }
    match load_next(data_dir)? {
        Some(next) if fits(&next) => {
            adopt_next(data_dir)?;
            tracing::warn!("the instance key was being replaced: the new one is in its place now");
            Ok(Some(next))
        }
        _ => Ok(key),
    }
}

/// Where a new key waits until the database has taken it.
#[must_use]
pub fn next_key(data_dir: &Path) -> PathBuf {
    next_file(data_dir)
}

/// Puts the key that has waited into its place, and tells where that is.
pub fn adopt_next_key(data_dir: &Path) -> Result<PathBuf, KeyFileError> {
    adopt_next(data_dir)
}
