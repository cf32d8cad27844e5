//! `[texts]` of `frontdesk.toml`: the gateway that takes the instance's text messages.

use std::{env, fs, io, path::PathBuf};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use url::{Host, Url};

use crate::delivery::{Gateway, Texter};

/// Holds the secret itself.
const SECRET_VARIABLE: &str = "FRONTDESK_TEXTS_SECRET";
/// Names a file that holds the secret.
const SECRET_FILE_VARIABLE: &str = "FRONTDESK_TEXTS_SECRET_FILE";
/// Where Twilio's API is.
const TWILIO: &str = "https://api.twilio.com";

/// The section.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextsConfig {
    /// What takes them.
    gateway: Kind,
    /// Where it is; Twilio's own address if nothing is said.
    url: Option<String>,
    /// Twilio's account, `AC…`.
    account: Option<String>,
    /// The number that texts come from, or a messaging service (`MG…`), at Twilio.
    from: Option<String>,
    /// File with the secret (at Twilio the auth token); `FRONTDESK_TEXTS_SECRET` and `FRONTDESK_TEXTS_SECRET_FILE` win.
    secret_file: Option<PathBuf>,
    /// Whether a development instance sends its texts as well as keeping them.
    #[serde(default)]
    send_in_development: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Twilio,
    Webhook,
}

/// Why the section cannot be used. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The URL does not name a gateway.
    #[error("[texts] url must be an https address, or http on this computer, without a name or password in it")]
    Url,
    /// Twilio is not told who asks.
    #[error("[texts] account (AC…) and from (a number such as +12015550100, or MG…) are needed for twilio")]
    Account,
    /// There is no secret.
    #[error(
        "[texts] needs a secret: put it into {SECRET_VARIABLE}, or into a file that `secret_file` or \
         {SECRET_FILE_VARIABLE} names"
    )]
    NoSecret,
    /// A file cannot be read.
    #[error("cannot read {}, which [texts] needs: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// TLS cannot be set up.
    #[error("TLS for the gateway cannot be set up: {0}")]
    Tls(reqwest::Error),
}

impl TextsConfig {
    /// The way to the gateway, which is not asked yet.
    pub fn texter(&self) -> Result<Texter, TextsError> {
        self.texter_with(self.secret()?)
    }

    fn texter_with(&self, secret: Option<SecretString>) -> Result<Texter, TextsError> {
        let url = match (self.gateway, &self.url) {
            (Kind::Twilio, None) => TWILIO,
            (_, Some(url)) => url,
            (Kind::Webhook, None) => return Err(TextsError::Url),
        };
        let url = Url::parse(url).map_err(|_| TextsError::Url)?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(TextsError::Url),
        };
        let secure = url.scheme() == "https" || (url.scheme() == "http" && here);
        if !secure || !url.username().is_empty() || url.password().is_some() {
            return Err(TextsError::Url);
        }
        let gateway = match (self.gateway, &self.account, &self.from) {
            (Kind::Webhook, ..) => Gateway::Webhook,
            (Kind::Twilio, Some(account), Some(from)) if account.starts_with("AC") => {
                Gateway::Twilio { account: account.clone(), from: from.clone() }
            }
            (Kind::Twilio, ..) => return Err(TextsError::Account),
        };
        let secret = secret.ok_or(TextsError::NoSecret)?;
        Texter::new(gateway, url, secret, self.send_in_development).map_err(TextsError::Tls)
    }

    fn secret(&self) -> Result<Option<SecretString>, TextsError> {
        if let Ok(secret) = env::var(SECRET_VARIABLE) {
            return Ok(Some(secret.into()));
        }
        let named = env::var_os(SECRET_FILE_VARIABLE).map(PathBuf::from);
        let Some(path) = named.or_else(|| self.secret_file.clone()) else { return Ok(None) };
        let text = fs::read_to_string(&path).map_err(|error| TextsError::Read { path, error })?;
        Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn texter(section: &str) -> Result<Texter, TextsError> {
        toml::from_str::<TextsConfig>(section).unwrap().texter_with(Some("secret".to_owned().into()))
    }

    #[test]
    fn both_gateways_are_named_in_the_file() {
        assert!(texter("gateway = \"twilio\"\naccount = \"AC1\"\nfrom = \"+12015550100\"").is_ok());
        let hook = texter("gateway = \"webhook\"\nurl = \"http://127.0.0.1:9\"\nsend_in_development = true").unwrap();
        assert!(hook.is_for_development());
    }

    #[test]
    fn a_section_that_cannot_be_used_is_refused() {
        assert!(matches!(texter("gateway = \"twilio\""), Err(TextsError::Account)));
        assert!(matches!(texter("gateway = \"webhook\""), Err(TextsError::Url)));
        for url in ["http://sms.example.com", "https://a:b@sms.example.com", "ftp://sms.example.com", "sms"] {
            let section = format!("gateway = \"webhook\"\nurl = \"{url}\"");
            assert!(matches!(texter(&section), Err(TextsError::Url)), "{url}");
        }
        let config: TextsConfig = toml::from_str("gateway = \"webhook\"\nurl = \"https://a.example\"").unwrap();
        assert!(matches!(config.texter_with(None), Err(TextsError::NoSecret)));
    }
}
