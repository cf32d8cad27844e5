//! Client secrets, in files of their own.

use std::path::Path;

use secrecy::SecretString;
use tokio::io::AsyncReadExt as _;
use zeroize::Zeroizing;

use super::ProviderFault;

/// Longest client secret, in bytes.
const LONGEST: usize = 4096;

/// The secret in a file, read anew each time: a replaced secret counts at once.
pub(super) async fn read(path: &Path) -> Result<SecretString, ProviderFault> {
    let fault = |reason: String| ProviderFault::Secret { path: path.to_owned(), reason };
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
    let file = tokio::fs::File::open(path).await.map_err(|error| fault(error.to_string()))?;
    let most = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
    file.take(most).read_to_string(&mut text).await.map_err(|error| fault(error.to_string()))?;
    // Editors end a file with a new line, which is no part of the secret.
    let secret = text.trim_end_matches(['\r', '\n']);
    match secret {
        "" => Err(fault("it is empty".to_owned())),
        _ if text.len() > LONGEST => Err(fault("it is too long for a secret".to_owned())),
        _ if secret.chars().any(char::is_control) => Err(fault("it has several lines".to_owned())),
        _ => Ok(SecretString::from(secret)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use secrecy::ExposeSecret as _;

    use super::*;

    #[tokio::test]
    async fn a_secret_is_one_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "hunter2 \r\n").unwrap();
        assert_eq!(read(&path).await.unwrap().expose_secret(), "hunter2 ");
        std::fs::write(&path, "hunter3").unwrap();
        assert_eq!(read(&path).await.unwrap().expose_secret(), "hunter3", "replaced, it counts at once");

        let long = "x".repeat(LONGEST + 1);
        for wrong in [b"".as_slice(), b"\n", b"hunter2\nhunter3\n", long.as_bytes(), b"\xff\xfe"] {
            std::fs::write(&path, wrong).unwrap();
            let fault = read(&path).await.unwrap_err();
            assert!(matches!(fault, ProviderFault::Secret { .. }));
            assert!(!format!("{fault} {fault:?}").contains("hunter"), "{fault}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(read(&path).await.unwrap_err().to_string().contains("secret"), "the file is named");
    }
}
