//! The address of an instance, as people type it, and the key that the instance gives to whoever knows it.

use frontdesk_wire::{INTRODUCTION_PATH, Introduction, PublishableKey};
use url::{Host, Url};

use crate::{
    fault::{Fault, Named, refused},
    intents::IntentError,
    network::Way,
    options::Pace,
    said::{Reason, Said},
    transport::{Answer, Request, Transport},
};

/// An origin: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(Url);

impl Address {
    /// Reads an address with or without its scheme. What leads to a page of the instance leads to the instance.
    pub(crate) fn parse(text: &str) -> Result<Self, IntentError> {
        let text = text.trim();
        let parsed = if text.contains("://") {
            Url::parse(text)
        } else {
            // A computer speaks to itself without TLS, and to no other.
            let with = |scheme: &str| Url::parse(&format!("{scheme}://{text}"));
            with("https").and_then(|url| if is_loopback(&url) { with("http") } else { Ok(url) })
        };
        let mut url = parsed.map_err(|_| invalid())?;
        if !url.username().is_empty() || url.password().is_some() || !matches!(url.scheme(), "http" | "https") {
            return Err(invalid());
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(refused(
                Reason::AddressInsecure,
                "This address begins with http, so anybody on the way could read and change what is sent. Use its https \
                 address; without encryption Frontdesk speaks to this computer alone.",
            ));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Host, and port where it is not the usual one.
    pub(crate) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether a key names the same place. All names that a computer has for itself are one.
    pub(crate) fn is_of(&self, key: &PublishableKey) -> bool {
        let named = Url::parse(&format!("{}://{}", self.0.scheme(), key.frontend_api));
        named.is_ok_and(|named| {
            let same_port = named.port_or_known_default() == self.0.port_or_known_default();
            same_port && (named.host() == self.0.host() || (is_loopback(&named) && is_loopback(&self.0)))
        })
    }

    /// Asks the instance for its key.
    pub(crate) async fn key(&self, pace: &Pace, way: &Way) -> Result<PublishableKey, IntentError> {
        let named = Named { subject: Some(self.host()) };
        let transport = Transport::at(self.0.clone(), pace, way).map_err(|reason| {
            refused(
                Said::from(Reason::NetworkUnusable).detail(&reason),
                format!("This computer's network or proxy settings are unusable: {reason}."),
            )
        })?;
        let introduced = transport.exchange(&Request::get(INTRODUCTION_PATH), None).await;
        let introduced = introduced.and_then(Answer::parse::<Introduction>);
        match introduced.map(|introduced| PublishableKey::parse(&introduced.publishable_key)) {
            Ok(Ok(key)) => Ok(key),
            Err(fault @ Fault::Network { .. }) => Err(fault.intent(&named)),
            Ok(Err(_)) | Err(_) => Err(refused(
                Said::from(Reason::AddressUnknown).of(named.subject),
                format!(
                    "{} does not say that it is a Frontdesk server. Check the address; for a Clerk instance paste its \
                     publishable key, which begins with pk_.",
                    self.host()
                ),
            )),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn invalid() -> IntentError {
    refused(
        Reason::AddressInvalid,
        "This is neither a publishable key, which begins with pk_, nor an address such as https://auth.example.com. Copy \
         it again, as a whole.",
    )
}

#[cfg(test)]
mod tests {
    use frontdesk_wire::KeyKind;

    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        for (text, origin, host) in [
            ("auth.example.com", "https://auth.example.com/", "auth.example.com"),
            (" https://auth.example.com/sign-in?a=b#c ", "https://auth.example.com/", "auth.example.com"),
            ("https://auth.example.com:8443", "https://auth.example.com:8443/", "auth.example.com:8443"),
            ("AUTH.example.com:443", "https://auth.example.com/", "auth.example.com"),
            ("bücher.example", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
            ("localhost:5173", "http://localhost:5173/", "localhost:5173"),
            ("http://localhost:5173", "http://localhost:5173/", "localhost:5173"),
            ("127.0.0.1:5173", "http://127.0.0.1:5173/", "127.0.0.1:5173"),
            ("[::1]:5173", "http://[::1]:5173/", "[::1]:5173"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.0.as_str(), address.host().as_str()), (origin, host), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_sentence() {
        let reason = |text: &str| {
            let error = Address::parse(text).unwrap_err();
            assert!(error.message.ends_with('.'), "{text}: {}", error.message);
            error.said.unwrap().reason
        };
        for text in
            ["", "a b", "https://", "https://ada:secret@auth.example.com", "file:///etc/passwd", "javascript://x"]
        {
            assert_eq!(reason(text), Reason::AddressInvalid, "{text}");
        }
        for text in ["http://auth.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://128.0.0.1"] {
            assert_eq!(reason(text), Reason::AddressInsecure, "{text}");
        }
    }

    #[test]
    fn an_address_is_a_keys_where_host_and_port_are_the_same() {
        let key = |host: &str| PublishableKey { kind: KeyKind::Development, frontend_api: host.to_owned() };
        let is_of = |text: &str, host: &str| Address::parse(text).unwrap().is_of(&key(host));
        assert!(is_of("auth.example.com", "auth.example.com"));
        assert!(is_of("auth.example.com", "auth.example.com:443"));
        assert!(is_of("localhost:5173", "127.0.0.1:5173"));
        assert!(!is_of("auth.example.com", "auth.example.org"));
        assert!(!is_of("auth.example.com", "auth.example.com:8443"));
        assert!(!is_of("localhost:5173", "127.0.0.1:5174"));
        assert!(!is_of("auth.example.com", "127.0.0.1"));
    }
}
