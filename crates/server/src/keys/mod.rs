//! The one key of an instance and everything derived from it.
//!
//! Outside of the database there is one secret of 32 bytes. Sub-keys come from it by HKDF (RFC 5869): one for each
//! purpose of message authentication, and one that seals rows of the database. Whoever has the database alone has no
//! code, token, signing key or message body.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf, hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

mod file;

pub use file::{KeyFileError, adopt_next, copy_file, create_key, load_next, load_or_create, next_file, parse_key_text};

/// Bytes of an instance key.
pub const KEY_LEN: usize = 32;

/// The secret that everything else is derived from. Wiped when dropped, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct InstanceKey([u8; KEY_LEN]);

impl InstanceKey {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstanceKey(…)")
    }
}

/// What a message authentication code is for. Codes of one purpose say nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One-time codes, bound to the verification they were made for.
    Code,
    /// Client tokens, bound to client and generation.
    ClientToken,
    /// Tokens of development browsers, bound to client and generation.
    DevBrowser,
    /// Single-use nonces, bound to the attempt they were made for.
    Nonce,
    /// Tickets, bound to the token they stand for.
    Ticket,
    /// Tokens of test suites, bound to the instance.
    TestingToken,
    /// Secret keys, bound to their names.
    SecretKey,
    /// Tells whether key and database belong together, bound to the instance.
    KeyCheck,
    /// Values of a way out to a provider, bound to the way out.
    External,
    /// Names addresses in counters without storing them.
    Counter,
    /// Backup codes, bound to their user.
    BackupCode,
    /// Links by which a device is signed out, bound to its session.
    DeviceLink,
    /// Links by which somebody says that a change of their account was not theirs, bound to the user.
    ChangeLink,
    /// What the development provider says of a person and its client, bound to the strategy.
    DevelopmentProvider,
}

impl Purpose {
    fn info(self) -> &'static [u8] {
        match self {
            Self::Code => b"frontdesk mac code v1",
            Self::ClientToken => b"frontdesk mac client token v1",
            Self::DevBrowser => b"frontdesk mac dev browser v1",
            Self::Nonce => b"frontdesk mac nonce v1",
            Self::Ticket => b"frontdesk mac ticket v1",
            Self::TestingToken => b"frontdesk mac testing token v1",
            Self::SecretKey => b"frontdesk mac secret key v1",
            Self::KeyCheck => b"frontdesk mac key check v1",
            Self::External => b"frontdesk mac external v1",
            Self::Counter => b"frontdesk mac counter v1",
            Self::BackupCode => b"frontdesk mac backup code v1",
            Self::DeviceLink => b"frontdesk mac device link v1",
            Self::ChangeLink => b"frontdesk mac change link v1",
            Self::DevelopmentProvider => b"frontdesk mac development provider v1",
        }
    }
}

/// A value that only the holder of the instance key can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which instance key sealed it.
    pub key_id: String,
    /// Nonce, ciphertext and tag (AES-256-GCM).
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes by {})", self.bytes.len(), self.key_id)
    }
}

/// Why a sealed value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another instance key sealed it.
    #[error("the value was sealed with another instance key")]
    OtherKey,
    /// It was changed, or belongs to another row.
    #[error("the sealed value is damaged or belongs to another row")]
    Damaged,
}

/// Sub-keys of an instance key, ready for use.
pub struct Keys {
    key_id: String,
    code: hmac::Key,
    client_token: hmac::Key,
    dev_browser: hmac::Key,
    nonce: hmac::Key,
    ticket: hmac::Key,
    testing_token: hmac::Key,
    secret_key: hmac::Key,
    key_check: hmac::Key,
    external: hmac::Key,
    counter: hmac::Key,
    backup_code: hmac::Key,
    device_link: hmac::Key,
    change_link: hmac::Key,
    development_provider: hmac::Key,
    seal: RandomizedNonceKey,
    secret_key_body: Zeroizing<String>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.key_id)
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keys {
    /// Derives the sub-keys.
    ///
    /// # Panics
    /// Never: the lengths asked of HKDF and AES are constants that they allow.
    #[must_use]
    pub fn derive(key: &InstanceKey) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"frontdesk instance key v1").extract(&key.0);
        let sub_key = |info: &[u8]| {
            let mut out = Zeroizing::new([0u8; KEY_LEN]);
            root.expand(&[info], Length(KEY_LEN))
                .and_then(|okm| okm.fill(out.as_mut()))
                .expect("32 bytes are within what HKDF gives");
            out
        };
        let mac_key = |purpose: Purpose| hmac::Key::new(hmac::HMAC_SHA256, sub_key(purpose.info()).as_ref());
        Self {
            key_id: hex(&sub_key(b"frontdesk key id v1")[..8]),
            code: mac_key(Purpose::Code),
            client_token: mac_key(Purpose::ClientToken),
            dev_browser: mac_key(Purpose::DevBrowser),
            nonce: mac_key(Purpose::Nonce),
            ticket: mac_key(Purpose::Ticket),
            testing_token: mac_key(Purpose::TestingToken),
            secret_key: mac_key(Purpose::SecretKey),
            key_check: mac_key(Purpose::KeyCheck),
            external: mac_key(Purpose::External),
            counter: mac_key(Purpose::Counter),
            backup_code: mac_key(Purpose::BackupCode),
            device_link: mac_key(Purpose::DeviceLink),
            change_link: mac_key(Purpose::ChangeLink),
            development_provider: mac_key(Purpose::DevelopmentProvider),
            seal: RandomizedNonceKey::new(&AES_256_GCM, sub_key(b"frontdesk seal v1").as_ref())
                .expect("32 bytes are a key of AES-256"),
            secret_key_body: Zeroizing::new(hex(sub_key(b"frontdesk secret key v1").as_ref())),
        }
    }

    /// Names the instance key without telling anything of it; stored with every sealed value.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The secret key of the Backend API that has this name, `sk_test_…` for development instances and `sk_live_…` for
    /// production ones.
    #[must_use]
    pub fn secret_key(&self, word: &str, name: &str) -> SecretString {
        // The first one is older than the names.
        if name == frontdesk_store::SecretKey::FIRST {
            return SecretString::from(format!("sk_{word}_{}", self.secret_key_body.as_str()));
        }
        let body = Zeroizing::new(hex(&self.mac_bytes(Purpose::SecretKey, name, b"backend api")));
        SecretString::from(format!("sk_{word}_{}", body.as_str()))
    }

    fn mac_key(&self, purpose: Purpose) -> &hmac::Key {
        match purpose {
            Purpose::Code => &self.code,
            Purpose::ClientToken => &self.client_token,
            Purpose::DevBrowser => &self.dev_browser,
            Purpose::Nonce => &self.nonce,
            Purpose::Ticket => &self.ticket,
            Purpose::TestingToken => &self.testing_token,
            Purpose::SecretKey => &self.secret_key,
            Purpose::KeyCheck => &self.key_check,
            Purpose::External => &self.external,
            Purpose::Counter => &self.counter,
            Purpose::BackupCode => &self.backup_code,
            Purpose::DeviceLink => &self.device_link,
            Purpose::ChangeLink => &self.change_link,
            Purpose::DevelopmentProvider => &self.development_provider,
        }
    }

    /// Authentication code of a value, bound to the row it belongs to; base64url of 32 bytes, fit to be stored.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, row: &str, value: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac_bytes(purpose, row, value))
    }

    /// The same as bytes, for what is made from it.
    #[must_use]
    pub fn mac_bytes(&self, purpose: Purpose, row: &str, value: &[u8]) -> [u8; KEY_LEN] {
        let mut context = hmac::Context::with_key(self.mac_key(purpose));
        bind(&mut context, row);
        context.update(value);
        let mut bytes = [0; KEY_LEN];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }

    /// Whether [`Self::mac`] gave this code for the value, in time that does not depend on where they differ.
    #[must_use]
    pub fn mac_matches(&self, purpose: Purpose, row: &str, value: &[u8], stored: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        let expected = self.mac(purpose, row, value);
        expected.as_bytes().ct_eq(stored.as_bytes()).into()
    }

    /// Seals a value so that it can be opened for this row alone.
    ///
    /// # Panics
    /// When the operating system has no randomness to give.
    #[must_use]
    pub fn seal(&self, row: &str, plain: &[u8]) -> Sealed {
        // The buffer that will hold the ciphertext; the plain text is overwritten in place.
        let mut buffer = plain.to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(row.as_bytes()), &mut buffer)
            .expect("AES-GCM seals what fits in memory");
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut buffer);
        Sealed { key_id: self.key_id.clone(), bytes }
    }

    /// Opens a value that was sealed for this row.
    pub fn open(&self, row: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if sealed.key_id != self.key_id {
            return Err(OpenError::OtherKey);
        }
        let Some((nonce, text)) = sealed.bytes.split_at_checked(NONCE_LEN) else {
            return Err(OpenError::Damaged);
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError::Damaged)?;
        let mut buffer = Zeroizing::new(text.to_vec());
        let length = self
            .seal
            .open_in_place(nonce, Aad::from(row.as_bytes()), &mut buffer)
            .map_err(|_| OpenError::Damaged)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// Feeds the row with its length in front, so that no two pairs of row and value read alike.
fn bind(context: &mut hmac::Context, row: &str) {
    context.update(&(row.len() as u64).to_be_bytes());
    context.update(row.as_bytes());
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
