//! Who a provider says somebody is, and what it gives for them.

use frontdesk_identity::{Email, Timestamp};
use secrecy::SecretString;
use url::Url;

use super::address::is_fit_of;

/// Longest name, user name and address of a picture that is taken, in characters.
const LONGEST_NAME: usize = 256;
const LONGEST_PICTURE: usize = 2048;
/// Longest subject (OpenID Connect Core §2), in characters.
const LONGEST_SUBJECT: usize = 255;

/// Somebody, by the provider's word. Texts are one line of bounded length.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who it is: unique and unchanging at this provider. The only key, together with the connection.
    pub subject: String,
    /// Their address, if the provider tells it; in the provider's spelling. Says nothing of who they are.
    pub email: Option<String>,
    /// Whether the provider has verified the address and says so.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What they call themselves at the provider; may change and pass to somebody else.
    pub username: Option<String>,
    /// A picture of them.
    pub picture: Option<Url>,
    /// What the provider gave for them.
    pub grant: Grant,
}

/// Tokens of the provider. For the backend alone, and encrypted at rest.
#[derive(Clone, Debug)]
pub struct Grant {
    /// For the provider's interfaces.
    pub access_token: SecretString,
    /// Gives a new access token. Providers give it once; where it is missing later, the one from before goes on.
    pub refresh_token: Option<SecretString>,
    /// The ID token, if the provider gives one. It has been verified.
    pub id_token: Option<SecretString>,
    /// What was allowed. Where the provider says nothing, what the connection asks for; empty after a refresh: then
    /// nothing has changed.
    pub scopes: Vec<String>,
    /// When the access token ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// What a provider gave for somebody, when it is given back.
#[derive(Clone, Debug)]
pub struct Given {
    /// For the provider's interfaces.
    pub access: SecretString,
    /// Gives a new access token.
    pub refresh: Option<SecretString>,
}

/// One line of bounded length without blanks at its ends; none if nothing is left.
pub(super) fn line(text: &str, longest: usize) -> Option<String> {
    let text: String = text.chars().filter(|it| !it.is_control()).take(longest).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name or a user name.
pub(super) fn name(text: Option<&str>) -> Option<String> {
    line(text?, LONGEST_NAME)
}

/// Given and family name: as they are, or else those of the whole name.
pub(super) fn names(
    given: Option<&str>,
    family: Option<&str>,
    whole: Option<&str>,
) -> (Option<String>, Option<String>) {
    let (given, family) = (name(given), name(family));
    if given.is_some() || family.is_some() {
        return (given, family);
    }
    let Some(whole) = name(whole) else { return (None, None) };
    match whole.split_once(' ') {
        Some((first, rest)) => (name(Some(first)), name(Some(rest))),
        None => (Some(whole), None),
    }
}

/// An address; none if it is not one.
pub(super) fn email(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    Email::parse(text).is_ok().then(|| text.to_owned())
}

/// The address of a picture that a provider at `provider` gave.
pub(super) fn picture(text: Option<&str>, provider: &Url) -> Option<Url> {
    let text = text.filter(|text| text.len() <= LONGEST_PICTURE)?;
    Url::parse(text).ok().filter(|url| is_fit_of(url, provider))
}

/// Whether a provider can call somebody so.
pub(super) fn is_subject(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lines_of_bounded_length() {
        assert_eq!(name(Some(" Ada\n\u{7}  ")).as_deref(), Some("Ada"));
        assert_eq!(name(Some("\r\n")), None);
        assert_eq!(name(Some(&"ä".repeat(1000))).map(|it| it.chars().count()), Some(256));
    }

    #[test]
    fn a_whole_name_is_taken_apart_only_where_its_parts_are_missing() {
        let of = |given, family, whole| names(given, family, whole);
        assert_eq!(of(Some("Ada"), None, Some("Other Person")), (Some("Ada".to_owned()), None));
        let split = (Some("Ada".to_owned()), Some("King Lovelace".to_owned()));
        assert_eq!(of(None, Some(" "), Some("Ada King Lovelace")), split);
        assert_eq!(of(None, None, Some("Ada")), (Some("Ada".to_owned()), None));
        assert_eq!(of(None, None, None), (None, None));
    }

    #[test]
    fn what_is_no_address_is_no_address() {
        assert_eq!(email(Some(" Ada@Example.com ")).as_deref(), Some("Ada@Example.com"));
        for none in ["", "ada", "ada@", "a b@example.com", "ada@example.com\r\nbcc: eve@example.com"] {
            assert_eq!(email(Some(none)), None, "{none}");
        }
    }
}
