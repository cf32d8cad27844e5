//! One connection to a provider, as the instance's settings hold it.

use std::path::{Component, Path, PathBuf};

use frontdesk_wire::KeyKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{address::is_fit, ask::is_scope, strategy::Provider};

/// Most scopes of one connection.
const MAX_SCOPES: usize = 50;
/// Longest client id, in bytes, and longest name, in characters.
const MAX_CLIENT_ID: usize = 500;
const MAX_NAME: usize = 100;

/// One connection. Its strategy, such as `oauth_google` or `oauth_custom_acme`, is the key that it is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Connection {
    /// Whether it can be used at all.
    pub enabled: bool,
    /// Whether people sign in and up by it; else signed-in people can only connect it.
    pub authenticatable: bool,
    /// Google: whether addresses with `+`, `=` or `#` are refused.
    pub block_email_subaddresses: bool,
    /// Client id at the provider; the App ID at Facebook.
    pub client_id: Option<String>,
    /// A file that holds the client secret; a relative path is below the data folder.
    pub client_secret_file: Option<PathBuf>,
    /// Scopes besides those that the provider needs.
    pub scopes: Vec<String>,
    /// Google: only people of this hosted domain.
    pub hosted_domain: Option<String>,
    /// Custom provider: its issuer, whose discovery document is at `/.well-known/openid-configuration` below it.
    pub issuer: Option<Url>,
    /// Custom provider: what people know it by.
    pub name: Option<String>,
    /// Custom provider: its logo.
    pub logo_url: Option<Url>,
    /// Other places to ask than the provider's own, such as those of a gateway.
    pub endpoints: Endpoints,
}

/// Places that are asked instead of the provider's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoints {
    /// Facebook and GitHub: the page where people say yes.
    pub authorize: Option<Url>,
    /// Facebook and GitHub: where codes are exchanged.
    pub token: Option<Url>,
    /// Facebook and GitHub: where the person's data is.
    pub profile: Option<Url>,
    /// Google: the issuer. Facebook and GitHub: what the provider calls itself in its answers (RFC 9207), if it does.
    pub issuer: Option<Url>,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            enabled: false,
            authenticatable: true,
            block_email_subaddresses: true,
            client_id: None,
            client_secret_file: None,
            scopes: Vec::new(),
            hosted_domain: None,
            issuer: None,
            name: None,
            logo_url: None,
            endpoints: Endpoints::default(),
        }
    }
}

impl Connection {
    /// Everything that is wrong with it, in sentences that begin with the name of the setting. A production instance
    /// needs credentials; a development instance without a client id uses its development provider.
    #[must_use]
    pub fn faults(&self, strategy: &str, kind: KeyKind) -> Vec<String> {
        let Some(provider) = Provider::of(strategy) else {
            return vec![format!(
                "there is no connection {strategy:?}: it must be oauth_google, oauth_facebook, oauth_github, or \
                 oauth_custom_ and a key of 1 to 32 lower-case letters, digits and underscores"
            )];
        };
        let mut faults = Vec::new();
        if self.enabled {
            faults.extend(self.missing(provider, kind).map(str::to_owned));
        }
        faults.extend(self.misfits().map(str::to_owned));
        faults.extend(self.strays(provider).map(|key| format!("`{key}` counts for nothing here: take it out")));
        faults.extend(self.wrong_addresses());
        faults
    }

    fn missing(&self, provider: Provider<'_>, kind: KeyKind) -> impl Iterator<Item = &'static str> {
        let production = kind == KeyKind::Production;
        let own = self.client_id.is_some() || self.client_secret_file.is_some();
        let custom = matches!(provider, Provider::Custom(_));
        let faults = [
            (production || own).then_some(()).filter(|()| self.client_id.is_none()).map(|()| {
                "`client_id` is missing: register an application with the provider and put its client id (at Facebook \
                 the App ID) here"
            }),
            (production || own).then_some(()).filter(|()| self.client_secret_file.is_none()).map(|()| {
                "`client_secret_file` is missing: put the client secret that the provider gave into a file that only \
                 this program's user can read, and its path here"
            }),
            (custom && (production || own) && self.issuer.is_none())
                .then_some("`issuer` is missing: put the provider's issuer here, such as https://login.example.com"),
        ];
        faults.into_iter().flatten()
    }

    /// Values that are not in their format.
    fn misfits(&self) -> impl Iterator<Item = &'static str> {
        let client_id = self.client_id.as_deref().is_some_and(|id| {
            id.is_empty() || id.len() > MAX_CLIENT_ID || !id.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let file = self.client_secret_file.as_deref().is_some_and(|file| !is_file(file));
        let scopes = self.scopes.len() > MAX_SCOPES || !self.scopes.iter().all(|scope| is_scope(scope));
        let domain = self.hosted_domain.as_deref().is_some_and(|domain| !is_domain(domain));
        let name = self.name.as_deref().is_some_and(|name| {
            name.trim().is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control)
        });
        let faults = [
            client_id.then_some("`client_id` must be the text that the provider gave, without blanks"),
            file.then_some("`client_secret_file` must name a file: an absolute path, or one below the data folder"),
            scopes.then_some("`scopes` may list 50 scopes at most, each without blanks, quotes or backslashes"),
            domain.then_some("`hosted_domain` must be a domain such as example.com, in lower case"),
            name.then_some("`name` must be one line of 1 to 100 characters"),
        ];
        faults.into_iter().flatten()
    }

    /// Settings that this provider has no use for.
    fn strays(&self, provider: Provider<'_>) -> impl Iterator<Item = &'static str> {
        let custom = matches!(provider, Provider::Custom(_));
        let openid = custom || provider == Provider::Google;
        let Endpoints { authorize, token, profile, issuer } = &self.endpoints;
        let given = [
            ("hosted_domain", self.hosted_domain.is_some() && provider != Provider::Google),
            ("issuer", self.issuer.is_some() && !custom),
            ("name", self.name.is_some() && !custom),
            ("logo_url", self.logo_url.is_some() && !custom),
            ("endpoints.authorize", authorize.is_some() && openid),
            ("endpoints.token", token.is_some() && openid),
            ("endpoints.profile", profile.is_some() && openid),
            ("endpoints.issuer", issuer.is_some() && custom),
        ];
        given.into_iter().filter_map(|(key, stray)| stray.then_some(key))
    }

    fn wrong_addresses(&self) -> impl Iterator<Item = String> {
        let Endpoints { authorize, token, profile, issuer } = &self.endpoints;
        let addresses = [
            ("issuer", &self.issuer),
            ("logo_url", &self.logo_url),
            ("endpoints.authorize", authorize),
            ("endpoints.token", token),
            ("endpoints.profile", profile),
            ("endpoints.issuer", issuer),
        ];
        addresses.into_iter().filter_map(|(key, url)| {
            let url = url.as_ref()?;
            // OpenID Connect Discovery §3: an issuer has no query.
            let issuer = key.ends_with("issuer") && url.query().is_some();
            (issuer || !is_fit(url)).then(|| {
                let query = if key.ends_with("issuer") { ", a query" } else { "" };
                format!("`{key}` must be an https address (or http on this computer) without a name, a password{query} or a fragment")
            })
        })
    }
}

/// Whether it is a path that stays where it seems to be.
fn is_file(path: &Path) -> bool {
    let up = path.components().any(|part| part == Component::ParentDir);
    path.file_name().is_some() && !up
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(fit) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests;
