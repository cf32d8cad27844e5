//! Whether a secret is left anywhere, however it is spelled.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::processes::given;

/// Every file below a folder that holds the secret, with the spelling.
#[must_use]
pub fn in_files(folder: &Path, secret: &[u8]) -> Vec<String> {
    let spellings = spellings(secret);
    let mut found = Vec::new();
    for file in files(folder) {
        // A socket or a file that is gone by now holds nothing.
        let Ok(content) = fs::read(&file) else { continue };
        found.extend(spelled(&spellings, &content).map(|spelling| format!("{}: {spelling}", file.display())));
    }
    found
}

/// Every process among these whose environment or command line holds the secret, with the spelling.
#[must_use]
pub fn in_processes(processes: &[u32], secret: &[u8]) -> Vec<String> {
    let spellings = spellings(secret);
    let mut found = Vec::new();
    for process in processes {
        for name in ["environ", "cmdline"] {
            let content = given(*process, name);
            found.extend(spelled(&spellings, &content).map(|spelling| format!("process {process} {name}: {spelling}")));
        }
    }
    found
}

/// The spellings in which a text holds the secret.
#[must_use]
pub fn in_text(text: &str, secret: &[u8]) -> Vec<String> {
    spelled(&spellings(secret), text.as_bytes()).map(str::to_owned).collect()
}

fn spelled<'a>(spellings: &'a [(String, Vec<u8>)], content: &'a [u8]) -> impl Iterator<Item = &'a str> {
    let there = |needle: &[u8]| content.windows(needle.len()).any(|window| window == needle);
    spellings.iter().filter(move |(_, needle)| there(needle)).map(|(name, _)| name.as_str())
}

/// The secret as it is, in base64 at each of its three alignments, in hexadecimal, and in UTF-16.
fn spellings(secret: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut spellings = vec![("as it is".to_owned(), secret.to_vec())];
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend(secret);
        // Only characters that depend on nothing but the secret.
        let whole = (before * 8).div_ceil(6)..(shifted.len() * 8 / 6);
        spellings.push((format!("base64 +{before}"), STANDARD_NO_PAD.encode(&shifted)[whole.clone()].into()));
        spellings.push((format!("base64url +{before}"), URL_SAFE_NO_PAD.encode(&shifted)[whole].into()));
    }
    let hexadecimal = secret.iter().fold(String::new(), |text, byte| text + format!("{byte:02x}").as_str());
    spellings.push(("hexadecimal".into(), hexadecimal.to_uppercase().into()));
    spellings.push(("hexadecimal".into(), hexadecimal.into()));
    spellings.push(("UTF-16LE".into(), secret.iter().flat_map(|byte| [*byte, 0]).collect()));
    spellings.push(("UTF-16BE".into(), secret.iter().flat_map(|byte| [0, *byte]).collect()));
    spellings
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::fs;

    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::in_files;

    const SECRET: &[u8] = b"eyJ~secret>of?a.client";

    fn found(content: &[u8]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/file"), content).unwrap();
        in_files(folder.path(), SECRET)
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        assert_eq!(found(&[b"before ".as_slice(), SECRET, b" after"].concat()).len(), 1);
        for before in ["", "x", "xy", "xyz"] {
            let around = [before.as_bytes(), SECRET, b"behind"].concat();
            assert!(!found(STANDARD.encode(&around).as_bytes()).is_empty(), "{before}");
        }
        let text: String = SECRET.iter().map(|byte| char::from(*byte)).collect();
        assert!(!found(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).is_empty());
        assert!(!found(&text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert!(found(b"eyJ~secret>of?a.clien").is_empty());
    }
}
