//! What the app remembers about the window: one small file, read with patience and written whole.

use std::{fs, io, path::PathBuf};

use frontdesk_vault::replace_file;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app_room::Preferences;

/// The file and what it said.
#[derive(Debug)]
pub(crate) struct PreferencesFile {
    path: PathBuf,
    current: Preferences,
}

impl PreferencesFile {
    /// Reads the file. What is missing or unreadable in it has its default: no theme is worth a start that fails.
    pub(crate) fn open(path: PathBuf) -> Self {
        let current = match fs::read(&path) {
            Ok(bytes) => read(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Preferences::default(),
            Err(error) => {
                tracing::warn!("the preferences cannot be read, the defaults are used: {error}");
                Preferences::default()
            }
        };
        Self { path, current }
    }

    /// As they are now.
    pub(crate) fn current(&self) -> Preferences {
        self.current
    }

    /// Remembers new ones. When they cannot be written, the ones before stay.
    pub(crate) fn set(&mut self, preferences: Preferences) -> io::Result<()> {
        replace_file(&self.path, &serde_json::to_vec_pretty(&preferences)?)?;
        self.current = preferences;
        Ok(())
    }
}

fn read(bytes: &[u8]) -> Preferences {
    let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
        tracing::warn!("the preferences are damaged, the defaults are used");
        return Preferences::default();
    };
    let default = Preferences::default();
    Preferences {
        theme: field(&fields, "theme", default.theme),
        language: field(&fields, "language", default.language),
        after_sign_out: field(&fields, "after_sign_out", default.after_sign_out),
        keep_running: field(&fields, "keep_running", default.keep_running),
        notices: field(&fields, "notices", default.notices),
        start_at_login: default.start_at_login,
        programs: field(&fields, "programs", default.programs),
        tools: field(&fields, "tools", default.tools),
        by_port: field(&fields, "by_port", default.by_port),
        lock_after: field(&fields, "lock_after", default.lock_after).max(1),
    }
}

fn field<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str, default: T) -> T {
    fields.get(name).and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::app_room::{AfterSignOut, Language, Theme};

    #[test]
    fn they_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("preferences.json");
        let mut file = PreferencesFile::open(path.clone());
        assert_eq!(file.current(), Preferences::default());
        let chosen = Preferences {
            theme: Theme::Dark,
            language: Language::German,
            after_sign_out: AfterSignOut::Next,
            keep_running: true,
            notices: false,
            start_at_login: false,
            programs: true,
            tools: true,
            by_port: true,
            lock_after: 60,
        };
        file.set(chosen).unwrap();
        assert_eq!(PreferencesFile::open(path).current(), chosen);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
    }

    #[test]
    fn what_cannot_be_read_has_its_default() {
        let theme = |text: &str| read(text.as_bytes()).theme;
        assert_eq!(theme(r#"{"theme":"light"}"#), Theme::Light);
        assert_eq!(theme(r#"{"theme":"light","later":{"a":1}}"#), Theme::Light);
        for damaged in ["", "{", "null", "[]", "{}", r#"{"theme":"sepia"}"#, r#"{"theme":7}"#, "\u{0}"] {
            assert_eq!(theme(damaged), Theme::System, "{damaged:?}");
        }
        let language = |text: &str| read(text.as_bytes()).language;
        assert_eq!(language(r#"{"theme":"sepia","language":"de"}"#), Language::German);
        let notices = |text: &str| read(text.as_bytes()).notices;
        assert!(!notices(r#"{"notices":false}"#) && notices(r#"{"notices":"no"}"#) && notices("{}"));
        assert_eq!(language(r#"{"theme":"dark"}"#), Language::System);
        assert_eq!(language(r#"{"theme":"dark","language":"tlh"}"#), Language::System);
    }

    #[test]
    fn a_write_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone").join("preferences.json");
        let mut file = PreferencesFile::open(path);
        assert!(file.set(Preferences { theme: Theme::Dark, ..Preferences::default() }).is_err());
        assert_eq!(file.current().theme, Theme::System);
    }
}
