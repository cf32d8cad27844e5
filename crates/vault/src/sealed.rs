//! Files sealed with a key: AES-256-GCM, with the file's name as associated data.
//!
//! ```text
//! "FDSEAL1\n" | nonce, 12 bytes | ciphertext | tag, 16 bytes
//! ```

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom as _, SystemRandom},
};
use zeroize::Zeroizing;

use crate::Secret;

const MAGIC: &[u8] = b"FDSEAL1\n";
/// A larger file is not one of ours.
const LARGEST: u64 = 64 << 20;

/// A key that seals files. Each sealing draws a random nonce.
pub struct SealKey(LessSafeKey);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl SealKey {
    /// A key of 32 bytes; none when the secret has another length.
    #[must_use]
    pub fn new(secret: &Secret) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, secret.expose()).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Writes a sealed file in place of what is there: after a crash it is the old one or the new one.
    pub fn write(&self, path: &Path, plain: &[u8]) -> io::Result<()> {
        replace_file(path, &[MAGIC, &self.seal(name(path), plain)?].concat())
    }

    /// Nonce, ciphertext and tag.
    pub fn seal(&self, about: &[u8], plain: &[u8]) -> io::Result<Vec<u8>> {
        let failed = |_| io::Error::other("the computer could not seal the file");
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), body.as_mut_slice())
            .map_err(failed)?;
        Ok([nonce.as_slice(), &body, tag.as_ref()].concat())
    }

    /// What was sealed; none when it was not, or not with this key and about this.
    #[must_use]
    pub fn unseal(&self, about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self.0.open_in_place(nonce, Aad::from(about), &mut body).ok()?;
        Some(Zeroizing::new(plain.to_vec()))
    }

    /// Reads a sealed file; none when there is none. A file that is damaged, or sealed with another key or for another
    /// name, is set aside as `<name>.damaged`, and there is none.
    pub fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if let Some(plain) = open(self, path, &bytes) {
            return Ok(Some(plain));
        }
        let aside = beside(path, ".damaged");
        tracing::warn!(file = ?path.file_name(), "a sealed file cannot be opened and is set aside");
        fs::rename(path, aside)?;
        Ok(None)
    }
}

fn open(key: &SealKey, path: &Path, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if bytes.len() as u64 > LARGEST {
        return None;
    }
    key.unseal(name(path), bytes.strip_prefix(MAGIC)?)
}

fn name(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(ending);
    path.with_file_name(name)
}

/// Where [`replace_file`] writes before the file gets its name: what is there while nobody writes, a process left that
/// ended in the middle.
#[must_use]
pub fn unfinished(path: &Path) -> PathBuf {
    beside(path, ".new")
}

/// Replaces a file as a whole, readable by its owner alone, and returns when it is on disk.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = unfinished(path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    // A file of that name that was left behind keeps its mode when it is opened.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    // The new name is on disk when the folder is; only Unix lets folders be opened for it.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
