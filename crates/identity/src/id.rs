//! Ids: a prefix that tells the kind and 27 characters of base 62.

use serde::{Deserialize, Serialize};

/// Characters of an id's body.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Length of an id's body: 160 bits fit into 27 characters.
const BODY: usize = 27;

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the kind {0}…")]
pub struct IdError(&'static str);

/// Writes 160 bits as 27 characters of base 62.
fn body(bytes: [u8; 20]) -> [u8; BODY] {
    let mut number = bytes;
    let mut text = [b'0'; BODY];
    for place in text.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        *place = BASE62[remainder as usize % 62];
    }
    text
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id made of these random bytes.
            #[must_use]
            pub fn from_random(bytes: [u8; 20]) -> Self {
                let mut text = String::with_capacity($prefix.len() + BODY);
                text.push_str($prefix);
                text.extend(body(bytes).map(char::from));
                Self(text)
            }

            /// Reads an id.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix($prefix) {
                    Some(body) if body.len() == BODY && body.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                        Ok(Self(text.to_owned()))
                    }
                    _ => Err(IdError($prefix)),
                }
            }

            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// A client: one device or browser.
    ClientId = "client_";
    /// A session: one user signed in on one client.
    SessionId = "sess_";
    /// A sign-in attempt.
    SignInId = "sia_";
    /// A sign-up attempt.
    SignUpId = "sua_";
    /// A user.
    UserId = "user_";
    /// An identification, such as an email address of a user.
    IdentificationId = "idn_";
    /// A verification: one code that was sent.
    VerificationId = "ver_";
    /// A picture of a user.
    ImageId = "img_";
    /// A message on its way.
    DeliveryId = "dlv_";
    /// A token of the owner's that signs a user in once.
    SignInTokenId = "sit_";
    /// An invitation of the owner's.
    InvitationId = "inv_";
    /// Somebody on the waitlist.
    WaitlistEntryId = "wle_";
    /// An account that a user has elsewhere.
    ExternalAccountId = "eac_";
    /// The authenticator app of a user.
    TotpId = "totp_";
}

#[cfg(test)]
mod tests;
