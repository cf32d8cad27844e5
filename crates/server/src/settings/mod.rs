//! Settings of an instance: one typed document in the database, in which the keys of `frontdesk.toml` win.

use std::collections::BTreeMap;

use frontdesk_identity::{ClaimFault, Claims, Metadata, Policy, PolicyFault, TokenKind};
use frontdesk_wire::KeyKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{
    delivery::{Heading, Language, Messages},
    limits::LimitSettings,
    passwords::BreachSettings,
    providers::{self, Connection},
};

mod merge;
mod network;

pub use network::{Network, NetworkError};

/// Most origins that may be listed.
const MAX_ORIGINS: usize = 100;
/// Why a connection is none.
const NO_STRATEGY: &str = "is none of oauth_google, oauth_facebook, oauth_github and oauth_custom_<key>";
/// Longest application name, in characters.
const MAX_NAME: usize = 100;

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What people know the application by; it stands in mails.
    pub application_name: String,
    /// Whom people may write to.
    pub support_email: Option<String>,
    /// Whether native callers are served.
    pub native_api: bool,
    /// Origins of web content that may use the API besides those of the instance itself, and that may hold a client token,
    /// such as the views of a desktop application.
    pub allowed_origins: Vec<String>,
    /// Names, with their ports unless those are the scheme's own, by which callers may ask for the instance besides that of
    /// its public URL, which all answers keep to.
    pub public_names: Vec<String>,
    /// Addresses or networks of proxies whose word is taken for where a request came from.
    pub trusted_proxies: Vec<String>,
    /// Requests in ten seconds from one address; invitations in an hour by the owner's servers, and changes of one user in
    /// ten seconds.
    pub limits: LimitSettings,
    /// Claims that are added to session tokens, with shortcodes.
    pub session_claims: Metadata,
    /// Providers by whose accounts people come in or that they connect, by strategy.
    pub connections: BTreeMap<String, Connection>,
    /// Where passwords are looked up that were stolen elsewhere, and when.
    pub breaches: BreachSettings,
    /// Messages in the owner's own words, by name and language (`en`, `de`). `frontdesk-server preview-messages` prints
    /// every one with its name.
    pub messages: Messages,
    /// What the instance demands and allows.
    pub policy: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            application_name: "Frontdesk".to_owned(),
            support_email: None,
            native_api: true,
            allowed_origins: Vec::new(),
            public_names: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: LimitSettings::default(),
            session_claims: Metadata::new(),
            connections: BTreeMap::new(),
            breaches: BreachSettings::default(),
            messages: Messages::new(),
            policy: Policy::default(),
        }
    }
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// There is no such setting.
    #[error("`{0}` is not a setting")]
    Unknown(String),
    /// The value does not fit.
    #[error("`{key}`: {reason}")]
    Value {
        /// Name of the setting.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The rules contradict each other or are too weak.
    #[error(transparent)]
    Policy(PolicyFault),
    /// Test addresses take a code that everybody knows.
    #[error("test addresses exist at development instances only: `policy.test_mode` must be false here")]
    TestMode,
    /// The origin is none.
    #[error("`allowed_origins`: {0:?} is not an origin such as tauri://localhost or https://app.example.com")]
    Origin(String),
    /// The name is none.
    #[error(
        "`public_names`: {0:?} is not a host such as auth.example.com, in lower case, with a port if it is not the usual one"
    )]
    Name(String),
    /// The network is none.
    #[error("`trusted_proxies`: {0}")]
    Proxy(NetworkError),
    /// A claim that cannot be added to session tokens.
    #[error("`session_claims`: {0}")]
    Claim(ClaimFault),
    /// A connection that cannot be used.
    #[error("`connections.{strategy}`: {reason}")]
    Connection {
        /// Its strategy.
        strategy: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A message that cannot be sent.
    #[error("`messages.{name}.{language}`: {reason}")]
    Message {
        /// Its name.
        name: String,
        /// The language.
        language: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The document in the database is not one.
    #[error("the settings in the database cannot be read: {0}")]
    Stored(String),
}

impl Settings {
    /// Settings of a new instance of this kind.
    #[must_use]
    pub fn new(kind: KeyKind) -> Self {
        let mut settings = Self::default();
        let development = kind == KeyKind::Development;
        settings.policy.test_mode = development;
        settings.policy.enumeration_protection = !development;
        // A development instance, such as that inside the app, works without a network and asks nobody.
        settings.breaches.enabled = !development;
        if development {
            // The development provider stands in: nothing has to be set up.
            let google = Connection { enabled: true, ..Connection::default() };
            settings.connections.insert("oauth_google".to_owned(), google);
        }
        settings
    }

    /// The document for the database.
    #[must_use]
    pub fn to_document(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Settings as they count: the stored document with the keys of the file over it. Every reason why they cannot be
    /// used is told at once.
    pub fn load(stored: &Value, file: &Value, kind: KeyKind) -> Result<Self, Vec<SettingsFault>> {
        let base: Self =
            serde_json::from_value(stored.clone()).map_err(|error| vec![SettingsFault::Stored(error.to_string())])?;
        let (merged, mut faults) = merge::over(&base, file);
        faults.extend(merged.faults(kind));
        if faults.is_empty() { Ok(merged) } else { Err(faults) }
    }

    /// Every reason why the settings cannot be used at an instance of this kind; none if they can.
    #[must_use]
    pub fn faults(&self, kind: KeyKind) -> Vec<SettingsFault> {
        let mut faults: Vec<_> = self.policy.faults().into_iter().map(SettingsFault::Policy).collect();
        if kind == KeyKind::Production && self.policy.test_mode {
            faults.push(SettingsFault::TestMode);
        }
        let mut refuse = |key: &str, reason: &str| {
            faults.push(SettingsFault::Value { key: key.to_owned(), reason: reason.to_owned() });
        };
        let name = self.application_name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            refuse("application_name", "must be one line of 1 to 100 characters");
        }
        if let Some(address) = &self.support_email
            && frontdesk_identity::Email::parse(address).is_err()
        {
            refuse("support_email", "is not an email address");
        }
        let LimitSettings { create, attempt, other, invite, invite_in_bulk, change_user } = self.limits;
        for (key, most) in [
            ("limits.create", create),
            ("limits.attempt", attempt),
            ("limits.other", other),
            ("limits.invite", invite),
            ("limits.invite_in_bulk", invite_in_bulk),
            ("limits.change_user", change_user),
        ] {
            if most == 0 {
                refuse(key, "must be at least 1");
            }
        }
        for (key, reason) in self.breaches.faults() {
            refuse(key, reason);
        }
        if self.allowed_origins.len() > MAX_ORIGINS {
            refuse("allowed_origins", "may list 100 origins at most");
        }
        let origins = self.allowed_origins.iter().filter(|origin| !is_origin(origin));
        faults.extend(origins.cloned().map(SettingsFault::Origin));
        let names = self.public_names.iter().filter(|name| !is_name(name));
        faults.extend(names.cloned().map(SettingsFault::Name));
        let claims = Claims::read(&self.session_claims, TokenKind::Session).err().unwrap_or_default();
        faults.extend(claims.into_iter().map(SettingsFault::Claim));
        for (strategy, connection) in &self.connections {
            let unknown = (!providers::is_strategy(strategy)).then(|| NO_STRATEGY.to_owned());
            let reasons = unknown.into_iter().chain(connection.faults(strategy, kind));
            faults.extend(reasons.map(|reason| SettingsFault::Connection { strategy: strategy.clone(), reason }));
        }
        for (name, languages) in &self.messages {
            for (language, template) in languages {
                let (name_word, language) = (name.word(), language.tag());
                let reasons = template.faults(*name).into_iter();
                faults.extend(reasons.map(|reason| SettingsFault::Message {
                    name: name_word.clone(),
                    language,
                    reason,
                }));
            }
        }
        let proxies = self.trusted_proxies.iter().filter_map(|text| text.parse::<Network>().err());
        faults.extend(proxies.map(SettingsFault::Proxy));
        faults
    }

    /// What every message needs.
    #[must_use]
    pub fn heading(&self, language: Language) -> Heading<'_> {
        Heading { application: &self.application_name, language, messages: &self.messages }
    }

    /// The networks of trusted proxies.
    #[must_use]
    pub fn proxies(&self) -> Vec<Network> {
        self.trusted_proxies.iter().filter_map(|text| text.parse().ok()).collect()
    }
}

/// Whether this is the text of a `Host` header that may be listed, exactly as callers write it.
fn is_name(text: &str) -> bool {
    let Ok(url) = Url::parse(&format!("https://{text}")) else { return false };
    url.origin().ascii_serialization() == format!("https://{text}")
}

/// Whether this is the text of an `Origin` header that may be listed: scheme and host, exactly as browsers write it.
fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let Some(host) = url.host_str() else { return false };
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    !host.is_empty() && text == format!("{}://{host}{port}", url.scheme())
}

#[cfg(test)]
mod tests;
