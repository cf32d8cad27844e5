//! Why a provider did not give what it was asked for. No fault holds a secret.

use std::path::PathBuf;

use frontdesk_wire::ErrorCode;

use super::{IdTokenFault, person::line};

/// Longest that a provider's own words are repeated, in characters.
const LONGEST_WORDS: usize = 200;
/// Shortest text that is looked for among a provider's words as a secret, in bytes.
const SHORTEST_SECRET: usize = 4;

/// What the provider was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The discovery document or the keys of an OpenID provider.
    Discovery,
    /// Consent, on the provider's own page.
    Consent,
    /// The exchange of the code.
    Exchange,
    /// A fresh access token.
    Refresh,
    /// That what it gave is good no longer.
    Revocation,
    /// The person's data.
    Profile,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Discovery => "its discovery document and keys",
            Self::Consent => "consent",
            Self::Exchange => "the exchange of a code",
            Self::Refresh => "a fresh access token",
            Self::Revocation => "an end of what it gave",
            Self::Profile => "a person's data",
        })
    }
}

/// Why there is no person, no page, no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// There is no such provider.
    #[error("there is no provider of this strategy")]
    UnknownStrategy,
    /// The connection has no credentials.
    #[error("`{0}` of the connection is missing: put in what the provider gave")]
    NotConfigured(&'static str),
    /// The file with the client secret is of no use.
    #[error("the client secret in {} cannot be used ({reason}): put the secret that the provider gave into this file", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The caller of this code gave a secret that is too short or not in its format.
    #[error("the {0} of a flow is too short or not in base64url")]
    Misused(&'static str),
    /// The caller of the instance asked for something that cannot be passed on.
    #[error("the {0} cannot be passed on to the provider")]
    Unfit(&'static str),
    /// The person, or an administrator of theirs, said no.
    #[error("consent was not given at the provider")]
    Denied,
    /// The provider was not reached.
    #[error(
        "the provider was not reached when asked for {step}: {reason}; see whether this server can open connections to it"
    )]
    NotReached {
        /// What it was asked for.
        step: Step,
        /// What the network says.
        reason: String,
    },
    /// The provider says no.
    #[error(
        "the provider refuses {step} with status {status}{}; see the connection's credentials and scopes",
        words(said)
    )]
    Refused {
        /// What it was asked for.
        step: Step,
        /// HTTP status; 200 where the error came as a good answer.
        status: u16,
        /// The error in the provider's words, without secrets; empty if it gave none.
        said: String,
    },
    /// The answer is not one.
    #[error("the provider was asked for {step}, and {reason}")]
    WrongAnswer {
        /// What it was asked for.
        step: Step,
        /// What is wrong with the answer.
        reason: &'static str,
    },
    /// The answer or the discovery document is of another issuer, or names none although the provider always does.
    #[error(
        "the answer comes from another provider than the one that was asked: the issuer of the connection must be exactly \
         what the provider calls itself"
    )]
    Issuer,
    /// The ID token is not believed.
    #[error("the ID token is not believed: {0}")]
    IdToken(IdTokenFault),
    /// The ID token is of the future.
    #[error("the ID token is of the future: set the clock of this server, or wait until the provider has set its own")]
    ClockWrong,
    /// The person is not of the hosted domain.
    #[error("the person is not of the connection's hosted domain")]
    HostedDomain,
    /// The provider told no address where one cannot be done without.
    #[error("the provider told no email address: the person has none there, or did not share it")]
    EmailMissing,
    /// There is nothing to refresh with.
    #[error("the provider gives no refresh tokens: the person has to connect the account again")]
    NoRefreshToken,
}

impl ProviderFault {
    /// The error that a provider sends back in place of a code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
    #[must_use]
    pub fn of_callback(error: &str, description: Option<&str>) -> Self {
        match error {
            "access_denied" | "user_denied" | "consent_required" | "login_required" | "interaction_required" => {
                Self::Denied
            }
            _ => Self::Refused { step: Step::Consent, status: 200, said: said(error, description, &[]) },
        }
    }

    /// Whether the provider says that what it gave renews nothing any more (RFC 6749 §5.2): the person, or the provider, has
    /// taken it back.
    #[must_use]
    pub fn is_end_of_grant(&self) -> bool {
        let ends = |said: &str| said.split(':').next() == Some("invalid_grant");
        matches!(self, Self::Refused { step: Step::Refresh, said, .. } if ends(said))
    }

    /// The code that it has on the wire.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownStrategy => ErrorCode::OauthUnsupportedProvider,
            Self::NotConfigured(_) => ErrorCode::OauthConfigMissing,
            Self::Secret { .. } => ErrorCode::MisconfiguredOauthProvider,
            Self::Misused(_) => ErrorCode::InternalError,
            Self::Unfit(_) => ErrorCode::FormParamFormatInvalid,
            Self::Denied => ErrorCode::OauthAccessDenied,
            Self::Issuer => ErrorCode::OauthCallbackInvalid,
            Self::HostedDomain => ErrorCode::NotAllowedAccess,
            Self::EmailMissing => ErrorCode::OauthFetchUserError,
            Self::NoRefreshToken => ErrorCode::ExternalAccountMissingRefreshToken,
            Self::IdToken(_) | Self::ClockWrong => ErrorCode::OauthTokenExchangeError,
            Self::NotReached { step, .. } | Self::Refused { step, .. } | Self::WrongAnswer { step, .. } => match step {
                Step::Discovery | Step::Exchange => ErrorCode::OauthTokenExchangeError,
                Step::Consent => ErrorCode::OauthCallbackInvalid,
                Step::Refresh | Step::Revocation => ErrorCode::OauthTokenRetrievalError,
                Step::Profile => ErrorCode::OauthFetchUserError,
            },
        }
    }
}

impl From<IdTokenFault> for ProviderFault {
    fn from(fault: IdTokenFault) -> Self {
        match fault {
            IdTokenFault::Future => Self::ClockWrong,
            IdTokenFault::Issuer => Self::Issuer,
            other => Self::IdToken(other),
        }
    }
}

/// A provider's own words on one line, without those of them that are secret.
pub(super) fn said(error: &str, description: Option<&str>, secrets: &[&str]) -> String {
    let mut text = error.to_owned();
    if let Some(description) = description.filter(|description| !description.is_empty()) {
        text = if text.is_empty() { description.to_owned() } else { format!("{text}: {description}") };
    }
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET) {
        text = text.replace(secret, "…");
    }
    line(&text, LONGEST_WORDS).unwrap_or_default()
}

fn words(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" ({said})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_words_are_repeated_without_secrets_and_on_one_line() {
        let text =
            said("invalid_grant", Some("code hunter2hunter2\r\nis\u{1b}[31m bad"), &["hunter2hunter2", "is", ""]);
        assert_eq!(text, "invalid_grant: code …is[31m bad");
        assert_eq!(said("", None, &[]), "");
        assert_eq!(said(&"x".repeat(5000), None, &[]).len(), LONGEST_WORDS);
    }

    #[test]
    fn an_error_in_place_of_a_code_says_why() {
        assert_eq!(ProviderFault::of_callback("access_denied", Some("no")), ProviderFault::Denied);
        let fault = ProviderFault::of_callback("invalid_scope", Some("no such scope"));
        assert!(fault.to_string().contains("invalid_scope: no such scope"), "{fault}");
        assert_eq!(fault.code(), ErrorCode::OauthCallbackInvalid);
    }

    #[test]
    fn only_an_invalid_grant_is_its_end() {
        let refused = |step, said: &str| ProviderFault::Refused { step, status: 400, said: said.to_owned() };
        assert!(refused(Step::Refresh, "invalid_grant").is_end_of_grant());
        assert!(refused(Step::Refresh, "invalid_grant: Token has been expired or revoked.").is_end_of_grant());
        for other in [
            refused(Step::Refresh, "invalid_client: invalid_grant"),
            refused(Step::Refresh, "invalid_grants"),
            refused(Step::Refresh, ""),
            refused(Step::Exchange, "invalid_grant"),
            ProviderFault::NotReached { step: Step::Refresh, reason: "invalid_grant".to_owned() },
        ] {
            assert!(!other.is_end_of_grant(), "{other}");
        }
    }

    #[test]
    fn each_fault_has_the_protocols_code() {
        let refused = |step| ProviderFault::Refused { step, status: 400, said: String::new() };
        for (fault, code, status) in [
            (ProviderFault::Denied, "oauth_access_denied", 403),
            (refused(Step::Exchange), "oauth_token_exchange_error", 400),
            (refused(Step::Profile), "oauth_fetch_user_error", 400),
            (refused(Step::Refresh), "oauth_token_retrieval_error", 400),
            (refused(Step::Revocation), "oauth_token_retrieval_error", 400),
            (ProviderFault::Issuer, "oauth_callback_invalid", 400),
            (ProviderFault::ClockWrong, "oauth_token_exchange_error", 400),
            (IdTokenFault::Nonce.into(), "oauth_token_exchange_error", 400),
            (ProviderFault::HostedDomain, "not_allowed_access", 403),
            (ProviderFault::NotConfigured("client_id"), "oauth_config_missing", 400),
            (ProviderFault::NoRefreshToken, "external_account_missing_refresh_token", 400),
            (ProviderFault::UnknownStrategy, "oauth_unsupported_provider", 400),
        ] {
            assert_eq!((fault.code().as_str(), fault.code().status()), (code, status), "{fault}");
        }
    }
}
