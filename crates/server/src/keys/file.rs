//! The instance key of a server: a file in the data folder, or the environment.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{InstanceKey, KEY_LEN, hex};
use crate::random::Random;

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
    match fs::read_to_string(&path) {
        Ok(text) => {
            let text = Zeroizing::new(text);
            let mode = fs::metadata(&path)
                .map_err(|error| KeyFileError::Io { action: "read", path: path.clone(), error })?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(KeyFileError::Exposed(path));
            }
            parse_key_text(&path.display().to_string(), &text).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if may_create {
                create(data_dir, &path, random).map(Some)
            } else {
                Ok(None)
            }
        }
        Err(error) => Err(KeyFileError::Io { action: "read", path, error }),
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
    write(to, &path, &text)
}

fn create(data_dir: &Path, path: &Path, random: &dyn Random) -> Result<InstanceKey, KeyFileError> {
    let mut bytes = Zeroizing::new([0u8; KEY_LEN]);
    random.fill(bytes.as_mut());
    let text = Zeroizing::new(format!("{}\n", hex(bytes.as_ref())));
    write(data_dir, path, &text)?;
    Ok(InstanceKey::new(*bytes))
}

fn write(data_dir: &Path, path: &Path, text: &str) -> Result<(), KeyFileError> {
    // Written beside and moved into place: a process that dies here leaves either no key or a whole one.
    let beside = data_dir.join(format!("{FILE}.new"));
    let write = || -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        fs::File::open(data_dir)?.sync_all()
    };
    write().map_err(|error| KeyFileError::Io { action: "write", path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

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
