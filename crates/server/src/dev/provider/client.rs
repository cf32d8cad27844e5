//! The one client of the provider: the instance, with a secret of its own for each strategy (RFC 6749 §2.3.1).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use secrecy::SecretString;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{CLIENT_ID, Strategy, params::Params};
use crate::keys::{Keys, Purpose};

/// What the secret is a code of.
const ROW: &str = "client secret";

/// The client's secret.
pub(super) fn secret(keys: &Keys, strategy: &Strategy) -> SecretString {
    SecretString::from(keys.mac(Purpose::DevelopmentProvider, ROW, strategy.as_str().as_bytes()))
}

/// Why a client is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientFault {
    /// It says who it is in two ways at once.
    TwoWays,
    /// It is another one, or its secret is wrong.
    Invalid,
}

/// Whether the instance itself asks: with its name and secret in the header or in the form.
pub(super) fn check(keys: &Keys, strategy: &Strategy, headers: &HeaderMap, form: &Params) -> Result<(), ClientFault> {
    let twice = |_| ClientFault::TwoWays;
    let (id, given) = (form.one("client_id").map_err(twice)?, form.one("client_secret").map_err(twice)?);
    let is_ours = match headers.get(AUTHORIZATION) {
        Some(_) if given.is_some() => return Err(ClientFault::TwoWays),
        Some(header) => {
            let (name, word) = header.to_str().ok().and_then(basic).ok_or(ClientFault::Invalid)?;
            name == CLIENT_ID && id.is_none_or(|id| id == CLIENT_ID) && is_secret(keys, strategy, &word)
        }
        None => id == Some(CLIENT_ID) && given.is_some_and(|given| is_secret(keys, strategy, given)),
    };
    if is_ours { Ok(()) } else { Err(ClientFault::Invalid) }
}

fn is_secret(keys: &Keys, strategy: &Strategy, given: &str) -> bool {
    keys.mac_matches(Purpose::DevelopmentProvider, ROW, strategy.as_str().as_bytes(), given)
}

/// Name and secret of a header, each encoded like a form before they were put together.
fn basic(header: &str) -> Option<(String, Zeroizing<String>)> {
    let (scheme, rest) = header.split_once(' ')?;
    let bytes = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(rest.trim())).and_then(Result::ok)?;
    let text = Zeroizing::new(String::from_utf8(bytes).ok()?);
    let (name, secret) = text.split_once(':')?;
    Some((decoded(name).to_string(), decoded(secret)))
}

fn decoded(text: &str) -> Zeroizing<String> {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    Zeroizing::new(pairs.next().map(|(text, _)| text.into_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::keys::InstanceKey;

    #[test]
    fn sec_93_only_the_instance_itself_is_a_client_and_its_secret_is_its_own() {
        let keys = Keys::derive(&InstanceKey::new([1; 32]));
        let google = Strategy::parse("oauth_google").unwrap();
        let good = secret(&keys, &google).expose_secret().to_owned();
        let ask = |header: Option<String>, form: &str| {
            let headers = header.map(|text| (AUTHORIZATION, text.parse().unwrap())).into_iter().collect();
            check(&keys, &google, &headers, &Params::parse(form.as_bytes()))
        };
        let basic = |text: &str| Some(format!("Basic {}", STANDARD.encode(text)));
        let form = |id: &str, secret: &str| format!("client_id={id}&client_secret={secret}");
        assert_eq!(ask(None, &form("frontdesk", &good)), Ok(()));
        assert_eq!(ask(basic(&format!("frontdesk:{good}")), ""), Ok(()));
        assert_eq!(ask(basic(&format!("front%64esk:{good}")), "client_id=frontdesk"), Ok(()));
        assert_eq!(ask(basic(&format!("frontdesk:{good}")), &form("frontdesk", &good)), Err(ClientFault::TwoWays));
        assert_eq!(ask(None, &format!("client_id=a&{}", form("frontdesk", &good))), Err(ClientFault::TwoWays));
        let github = secret(&keys, &Strategy::parse("oauth_github").unwrap()).expose_secret().to_owned();
        let other = secret(&Keys::derive(&InstanceKey::new([2; 32])), &google).expose_secret().to_owned();
        for wrong in ["", "secret", &github, &other, &good[1..]] {
            assert_eq!(ask(None, &form("frontdesk", wrong)), Err(ClientFault::Invalid), "{wrong}");
            assert_eq!(ask(basic(&format!("frontdesk:{wrong}")), ""), Err(ClientFault::Invalid), "{wrong}");
        }
        for header in ["Basic", "Basic !", "Bearer x", "Basic Zm9v"] {
            assert_eq!(ask(Some(header.to_owned()), ""), Err(ClientFault::Invalid), "{header}");
        }
        assert_eq!(ask(None, &form("other", &good)), Err(ClientFault::Invalid));
        assert_eq!(ask(basic(&format!("frontdesk:{good}")), "client_id=other"), Err(ClientFault::Invalid));
    }
}
