//! The instance key of a server: a file in the data folder, or the environment.

use std::{
    fs, io,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{InstanceKey, KEY_LEN, hex};
use crate::{private, random::Random};

/// Name of the file in the data folder.
const FILE: &str = "instance.key";

/// Why there is no instance key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The text is not a key.
    #[error("{source_name} does not hold an instance key: 32 bytes as 64 hexadecimal digits or as base64 are expected")]
    Malformed {
        /// Where the text came from.
        source_name: String,
    },
    /// Others may read the file.
    #[error("other users of this computer can read {}: run `chmod 600` on it, and consider its secrets known", .0.display())]
    Exposed(PathBuf),
    /// The file cannot be read or written.
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
}

/// Reads a key written as 64 hexadecimal digits or as base64 of 32 bytes; white space around it is ignored.
pub fn parse_key_text(source_name: &str, text: &str) -> Result<InstanceKey, KeyFileError> {
    let malformed = || KeyFileError::Malformed { source_name: source_name.to_owned() };
    let text = text.trim();
    let bytes = Zeroizing::new(if text.len() == KEY_LEN * 2 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        (0..KEY_LEN)
            .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16))
            .collect::<Result<Vec<u8>, _>>()
            .map_err(|_| malformed())?
    } else {
        STANDARD.decode(text).map_err(|_| malformed())?
    });
    let array: [u8; KEY_LEN] = bytes.as_slice().try_into().map_err(|_| malformed())?;
    Ok(InstanceKey::new(array))
}

/// Reads `instance.key` in the data folder, and makes one when `may_create` says that there is none to be found: a new
/// key beside a database that another key made would lock everybody out.
pub fn load_or_create(
    data_dir: &Path,
    may_create: bool,
    random: &dyn Random,
) -> Result<Option<InstanceKey>, KeyFileError> {
    let path = data_dir.join(FILE);
    match load(&path)? {
        None if may_create => create_key(&path, random).map(Some),
        key => Ok(key),
    }
}

/// Reads the key that waits beside `instance.key`, if there is one.
pub fn load_next(data_dir: &Path) -> Result<Option<InstanceKey>, KeyFileError> {
    load(&next_file(data_dir))
}

/// Where a new key waits until the database has taken it.
#[must_use]
pub fn next_file(data_dir: &Path) -> PathBuf {
    data_dir.join(format!("{FILE}.next"))
}

/// Puts the key that waits into its place.
pub fn adopt_next(data_dir: &Path) -> Result<PathBuf, KeyFileError> {
    let path = data_dir.join(FILE);
    let moved = fs::rename(next_file(data_dir), &path).and_then(|()| private::sync_names(data_dir));
    moved.map_err(|error| KeyFileError::Io { action: "write", path: path.clone(), error })?;
    Ok(path)
}

fn load(path: &Path) -> Result<Option<InstanceKey>, KeyFileError> {
    let failed = |error| KeyFileError::Io { action: "read", path: path.to_owned(), error };
    match fs::File::open(path) {
        Ok(mut file) => {
            let mut text = Zeroizing::new(String::new());
            file.read_to_string(&mut text).map_err(failed)?;
            if private::is_exposed(&file).map_err(failed)? {
                return Err(KeyFileError::Exposed(path.to_owned()));
            }
            parse_key_text(&path.display().to_string(), &text).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Copies `instance.key` from one folder to another, unless there is one in the other, or none in the first.
pub fn copy_file(from: &Path, to: &Path) -> Result<(), KeyFileError> {
    let (from, path) = (from.join(FILE), to.join(FILE));
    if path.exists() || !from.exists() {
        return Ok(());
    }
    let text = fs::read_to_string(&from).map(Zeroizing::new);
    let text = text.map_err(|error| KeyFileError::Io { action: "read", path: from, error })?;
    write(&path, &text)
}

/// Makes a key and writes it there.
pub fn create_key(path: &Path, random: &dyn Random) -> Result<InstanceKey, KeyFileError> {
    let mut bytes = Zeroizing::new([0u8; KEY_LEN]);
    random.fill(bytes.as_mut());
    let text = Zeroizing::new(format!("{}\n", hex(bytes.as_ref())));
    write(path, &text)?;
    Ok(InstanceKey::new(*bytes))
}

fn write(path: &Path, text: &str) -> Result<(), KeyFileError> {
    // Written beside and moved into place: a process that dies here leaves either no key or a whole one.
    let beside = path.with_extension("new");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = private::options().write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        private::sync_names(folder)
    };
    write().map_err(|error| KeyFileError::Io { action: "write", path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::{keys::Keys, random::SystemRandom};

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().unwrap();
        assert!(load_or_create(folder.path(), false, &SystemRandom).unwrap().is_none());
        let made = load_or_create(folder.path(), true, &SystemRandom).unwrap().unwrap();
        let read = load_or_create(folder.path(), true, &SystemRandom).unwrap().unwrap();
        assert_eq!(Keys::derive(&made).key_id(), Keys::derive(&read).key_id());
        let path = folder.path().join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_or_create(folder.path(), true, &SystemRandom), Err(KeyFileError::Exposed(_))));
    }

    #[test]
    fn both_spellings_are_read_and_everything_else_is_refused() {
        let hexadecimal = "07".repeat(32);
        let base64 = STANDARD.encode([7u8; 32]);
        let id = |text: &str| Keys::derive(&parse_key_text("x", text).unwrap()).key_id().to_owned();
        assert_eq!(id(&hexadecimal), id(&format!(" {base64}\n")));
        for bad in ["", "07", "zz", &"07".repeat(31), &"07".repeat(33), "not base64!"] {
            let error = parse_key_text("FRONTDESK_INSTANCE_KEY", bad).unwrap_err();
            assert!(error.to_string().contains("FRONTDESK_INSTANCE_KEY"), "{error}");
            assert!(bad.is_empty() || !error.to_string().contains(&format!("{bad:?}")));
        }
    }
}
