//! `frontdesk.toml`: what a server is told by its owner.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use frontdesk_wire::KeyKind;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::doors::TlsFiles;

mod check;
mod mail;
mod schema;
mod texts;

pub use check::{Findings, check_file};
pub use mail::{MailConfig, MailError};
pub use schema::schema;
pub use texts::{TextsConfig, TextsError};

/// What a server is told by its owner, in `frontdesk.toml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `development` or `production`; counts when the instance is made and must not change afterwards.
    environment: Option<Environment>,
    /// Where the instance is reached, such as `https://auth.example.com`.
    pub public_url: Option<String>,
    /// The mail server that takes the instance's messages.
    pub mail: Option<MailConfig>,
    /// The gateway that takes the instance's text messages.
    pub texts: Option<TextsConfig>,
    /// The certificate of the server.
    pub tls: Option<TlsFiles>,
    /// Where a monitor may read figures, such as `127.0.0.1:9464`.
    pub metrics: Option<SocketAddr>,
    /// Settings that win over the ones in the database.
    #[schemars(with = "crate::settings::Settings")]
    settings: toml::Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Environment {
    Development,
    Production,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// It is not what it should be.
    #[error("{} cannot be used: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}

impl Config {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })?;
        Self::parse(&text).map_err(|reason| ConfigError::Malformed { path: path.to_owned(), reason })
    }

    fn parse(text: &str) -> Result<Self, String> {
        // Not the whole of what the parser says: it repeats the line, and there are those who write passwords there.
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            format!("line {line}: {}", error.message().lines().collect::<Vec<_>>().join(", "))
        })
    }

    /// The kind of instance that is asked for, if one is.
    #[must_use]
    pub fn kind(&self) -> Option<KeyKind> {
        self.environment.map(|environment| match environment {
            Environment::Development => KeyKind::Development,
            Environment::Production => KeyKind::Production,
        })
    }

    /// The settings that win.
    #[must_use]
    pub fn settings(&self) -> Value {
        serde_json::to_value(&self.settings).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn a_file_is_read() {
        let config = Config::parse(
            r#"
            environment = "production"
            public_url = "https://auth.example.com"
            [settings]
            application_name = "Team"
            [settings.policy.password]
            min_length = 12
            "#,
        )
        .unwrap();
        assert_eq!(config.kind(), Some(KeyKind::Production));
        assert_eq!(config.public_url.as_deref(), Some("https://auth.example.com"));
        assert_eq!(config.settings()["policy"]["password"]["min_length"], 12);
        assert_eq!(Config::parse("").unwrap().kind(), None);
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line() {
        for bad in ["environment = \"staging\"", "publik_url = \"x\"", "settings = 3", "a ="] {
            let reason = Config::parse(bad).unwrap_err();
            assert!(reason.contains("line 1"), "{reason}");
        }
        let reason = Config::parse("\n[mail]\nurl = \"smtp://a.example\"\npassword = \"hunter2\"").unwrap_err();
        assert!(
            reason.contains("line 4") && reason.contains("password_file") && !reason.contains("hunter2"),
            "{reason}"
        );
        let missing = Config::read(Path::new("/nonexistent/frontdesk.toml")).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/frontdesk.toml"));
    }
}
