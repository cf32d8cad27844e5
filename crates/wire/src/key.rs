//! Publishable keys: the name of an instance that may be shown to anybody.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Standard alphabet, written without padding and read with or without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether an instance is for building with or for real users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `pk_test_…`.
    Development,
    /// `pk_live_…`.
    Production,
}

impl KeyKind {
    /// `development` or `production`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// The word in keys: `test` or `live`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Development => "test",
            Self::Production => "live",
        }
    }
}

/// A publishable key, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableKey {
    /// Whether the instance is for building with or for real users.
    pub kind: KeyKind,
    /// The Frontend API host, with its port when it has one.
    pub frontend_api: String,
}

/// Why a text is not a publishable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It does not begin with `pk_test_` or `pk_live_`, or has more parts.
    Prefix,
    /// The last part is not base64 of a text that ends in one `$`.
    Encoding,
    /// The host is not one that SDKs accept: it needs a dot and the characters of a host and port.
    Host,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Prefix => "a publishable key begins with pk_test_ or pk_live_",
            Self::Encoding => "this publishable key is damaged: copy it again, as a whole",
            Self::Host => "this publishable key names no valid host: copy it again, as a whole",
        })
    }
}

impl std::error::Error for KeyError {}

impl PublishableKey {
    /// Takes a key apart, by the same rules as the SDKs: three parts, and one `$` at the end of the decoded text, and a
    /// dot in the host. Beyond that the host must be made of the characters of a host and an optional port, since
    /// requests will go there.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.trim().split('_');
        let (Some("pk"), Some(word), Some(encoded), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(KeyError::Prefix);
        };
        let kind = match word {
            "test" => KeyKind::Development,
            "live" => KeyKind::Production,
            _ => return Err(KeyError::Prefix),
        };
        let bytes = BASE64.decode(encoded).map_err(|_| KeyError::Encoding)?;
        let decoded = String::from_utf8(bytes).map_err(|_| KeyError::Encoding)?;
        let host = decoded.strip_suffix('$').ok_or(KeyError::Encoding)?;
        if host.contains('$') {
            return Err(KeyError::Encoding);
        }
        if !is_host(host) {
            return Err(KeyError::Host);
        }
        Ok(Self { kind, frontend_api: host.to_ascii_lowercase() })
    }
}

impl std::fmt::Display for PublishableKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let encoded = BASE64.encode(format!("{}$", self.frontend_api));
        write!(f, "pk_{}_{encoded}", self.kind.word())
    }
}

/// Host name or IPv4 address with an optional port; it must have a dot, since SDKs refuse keys without one.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let labels_are_fine = name.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let port_is_fine = port.is_none_or(|port| {
        !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0)
    });
    name.contains('.') && name.len() <= 253 && labels_are_fine && port_is_fine
}

#[cfg(test)]
mod tests;
