//! Password hashes that come from elsewhere, in the forms in which other programs write them (protocol §7).
//!
//! They are read when they arrive, so that one that could never be checked, or would take the machine down, is refused
//! there and not at a sign-in.

use std::num::NonZeroU32;

use argon2::{Block, password_hash::phc::PasswordHash};
use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    digest::{Algorithm as Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest},
    iv::FixedLength,
    pbkdf2,
};
use base64::{
    Engine as _,
    alphabet::STANDARD as LETTERS,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Readable, compute, readable};

/// What stands before an imported hash in the database. No PHC string begins so.
const MARK: &str = "imported:";
/// Most that an imported hash may cost: rounds of PBKDF2, the exponent of bcrypt, memory of scrypt in bytes and its
/// repetitions, the exponent of phpass, rounds of Symfony's.
const MAX_ROUNDS: u32 = 2_000_000;
const MAX_BCRYPT: u32 = 15;
const MAX_SCRYPT: u64 = 256 << 20;
const MAX_SCRYPT_PASSES: u32 = 16;
const MAX_PHPASS: u32 = 22;
const MAX_SYMFONY: u32 = 200_000;
/// Longest hash that is read, in bytes.
const LONGEST: usize = 1024;
/// Bytes of a password that bcrypt looks at.
const BCRYPT_SEES: usize = 72;
/// The letters of phpass, by value.
const PHPASS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Base64 with or without padding: programs differ.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&LETTERS, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

macro_rules! hashers {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// Who made a hash.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Hasher {
            $($(#[$doc])* $variant,)*
        }

        impl Hasher {
            /// Every hasher's name on the wire.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The hasher of that name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

hashers! {
    /// argon2i as a PHC string.
    Argon2i = "argon2i";
    /// argon2id as a PHC string.
    Argon2id = "argon2id";
    /// `$2b$<cost>$<salt and hash>`
    Bcrypt = "bcrypt";
    /// `bcrypt_sha256$$2b$<cost>$<salt and hash>`: bcrypt of the digits of the SHA-256.
    BcryptSha256Django = "bcrypt_sha256_django";
    /// `{SSHA}<base64 of SHA-1 and salt>`
    LdapSsha = "ldap_ssha";
    /// 32 digits.
    Md5 = "md5";
    /// phpass of the digits of the MD5.
    Md5Phpass = "md5_phpass";
    /// `pbkdf2_sha1$<rounds>$<salt>$<digits>[$<length>]`
    Pbkdf2Sha1 = "pbkdf2_sha1";
    /// `pbkdf2_sha256$<rounds>$<base64>$<base64>`
    Pbkdf2Sha256 = "pbkdf2_sha256";
    /// `pbkdf2_sha256$<rounds>$<salt>$<base64>`
    Pbkdf2Sha256Django = "pbkdf2_sha256_django";
    /// `pbkdf2_sha512$<rounds>$<salt>$<digits>`
    Pbkdf2Sha512 = "pbkdf2_sha512";
    /// `pbkdf2_sha512_hex$<rounds>$<digits>$<digits>`
    Pbkdf2Sha512Hex = "pbkdf2_sha512_hex";
    /// `$P$<rounds><salt><hash>`
    Phpass = "phpass";
    /// `<hash>$<salt>$<signer key>$<salt separator>$<rounds>$<memory cost>`
    ScryptFirebase = "scrypt_firebase";
    /// `scrypt:<n>:<r>:<p>$<salt>$<hash>`
    ScryptWerkzeug = "scrypt_werkzeug";
    /// 64 digits.
    Sha256 = "sha256";
    /// `sha512_symfony$<rounds>$<salt>$<base64>`
    Sha512Symfony = "sha512_symfony";
}

/// A hash that comes from elsewhere.
pub struct Imported {
    hasher: Hasher,
    text: String,
    parts: Parts,
}

impl std::fmt::Debug for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Imported({}, …)", self.hasher.as_str())
    }
}

/// What a hash is computed from and compared with.
enum Parts {
    Argon2(Readable),
    /// Over the digits of the SHA-256, if the second is set.
    Bcrypt(String, bool),
    Digest {
        of: &'static Digest,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Md5(Vec<u8>),
    /// Over the digits of the MD5, if the last is set.
    Phpass {
        rounds: u32,
        salt: Vec<u8>,
        hash: Vec<u8>,
        over_md5: bool,
    },
    Pbkdf2 {
        of: pbkdf2::Algorithm,
        rounds: NonZeroU32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Firebase {
        params: scrypt::Params,
        salt: Vec<u8>,
        signer: Zeroizing<Vec<u8>>,
        hash: Vec<u8>,
    },
    Scrypt {
        params: scrypt::Params,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    Symfony {
        rounds: u32,
        salt: String,
        hash: Vec<u8>,
    },
}

impl Imported {
    /// Reads a hash. None if it is none of this hasher's, or costs too much to check.
    #[must_use]
    pub fn read(hasher: Hasher, text: &str) -> Option<Self> {
        let text = (text.len() <= LONGEST).then_some(text)?;
        let parts = parts(hasher, text)?;
        Some(Self { hasher, text: text.to_owned(), parts })
    }

    /// The text that is stored. argon2id is kept as any other of ours.
    #[must_use]
    pub fn to_stored(&self) -> String {
        if self.hasher == Hasher::Argon2id {
            self.text.clone()
        } else {
            format!("{MARK}{}:{}", self.hasher.as_str(), self.text)
        }
    }

    /// What was stored. None if it is none that comes from elsewhere.
    pub(super) fn of_stored(stored: &str) -> Option<Self> {
        let (hasher, text) = stored.strip_prefix(MARK)?.split_once(':')?;
        Self::read(Hasher::parse(hasher)?, text)
    }

    /// Whether the hash depends on the whole password. bcrypt drops what comes after 72 bytes.
    pub(super) fn sees_whole(&self, password: &str) -> bool {
        !matches!(self.parts, Parts::Bcrypt(_, false)) || password.len() <= BCRYPT_SEES
    }

    /// Whether it is the hash of this password. Takes as long as the hash does.
    pub(super) fn matches(&self, password: &str, blocks: &mut Vec<Block>) -> bool {
        let bytes = password.as_bytes();
        match &self.parts {
            Parts::Argon2(Readable { algorithm, version, params, salt, expected }) => {
                let mut out = Zeroizing::new(vec![0; expected.len()]);
                let done = compute((*algorithm, *version), params, password, salt.as_ref(), &mut out, blocks);
                done.is_ok() && same(&out, expected.as_bytes())
            }
            Parts::Bcrypt(hash, false) => bcrypt::verify(bytes, hash).unwrap_or(false),
            Parts::Bcrypt(hash, true) => {
                bcrypt::verify(digits(digest(&SHA256, bytes).as_ref()).as_bytes(), hash).unwrap_or(false)
            }
            Parts::Digest { of, salt, hash } => {
                let salted = Zeroizing::new([bytes, salt].concat());
                same(digest(of, &salted).as_ref(), hash)
            }
            Parts::Md5(hash) => same(&Md5::digest(bytes), hash),
            Parts::Phpass { rounds, salt, hash, over_md5 } => {
                let over = over_md5.then(|| digits(&Md5::digest(bytes)));
                same(&phpass(over.as_ref().map_or(bytes, |over| over.as_bytes()), salt, *rounds), hash)
            }
            Parts::Pbkdf2 { of, rounds, salt, hash } => pbkdf2::verify(*of, *rounds, salt, bytes, hash).is_ok(),
            Parts::Firebase { params, salt, signer, hash } => {
                let mut key = Zeroizing::new([0; 32]);
                let sealed = scrypt::scrypt(bytes, salt, params, key.as_mut()).ok().and_then(|()| seal(&key, signer));
                sealed.is_some_and(|sealed| same(&sealed, hash))
            }
            Parts::Scrypt { params, salt, hash } => {
                let mut out = Zeroizing::new(vec![0; hash.len()]);
                scrypt::scrypt(bytes, salt, params, &mut out).is_ok() && same(&out, hash)
            }
            Parts::Symfony { rounds, salt, hash } => {
                let salted = Zeroizing::new(format!("{password}{{{salt}}}"));
                let mut last = digest(&SHA512, salted.as_bytes());
                for _ in 1..*rounds {
                    last = digest(&SHA512, &[last.as_ref(), salted.as_bytes()].concat());
                }
                same(last.as_ref(), hash)
            }
        }
    }
}

fn parts(hasher: Hasher, text: &str) -> Option<Parts> {
    match hasher {
        Hasher::Argon2i | Hasher::Argon2id => {
            let hash = PasswordHash::new(text).ok()?;
            (hash.algorithm.as_str() == hasher.as_str()).then_some(())?;
            readable(&hash).ok().map(Parts::Argon2)
        }
        Hasher::Bcrypt => of_bcrypt(text, false),
        Hasher::BcryptSha256Django => of_bcrypt(text.strip_prefix("bcrypt_sha256$")?, true),
        Hasher::LdapSsha => {
            let mut hash = BASE64.decode(text.strip_prefix("{SSHA}")?).ok()?;
            let salt = (hash.len() > 20).then(|| hash.split_off(20))?;
            Some(Parts::Digest { of: &SHA1_FOR_LEGACY_USE_ONLY, salt, hash })
        }
        Hasher::Md5 => undigits(text).filter(|hash| hash.len() == 16).map(Parts::Md5),
        Hasher::Sha256 => {
            let hash = undigits(text).filter(|hash| hash.len() == 32)?;
            Some(Parts::Digest { of: &SHA256, salt: Vec::new(), hash })
        }
        Hasher::Phpass | Hasher::Md5Phpass => of_phpass(text, hasher == Hasher::Md5Phpass),
        Hasher::Pbkdf2Sha1
        | Hasher::Pbkdf2Sha256
        | Hasher::Pbkdf2Sha256Django
        | Hasher::Pbkdf2Sha512
        | Hasher::Pbkdf2Sha512Hex => of_pbkdf2(hasher, text),
        Hasher::ScryptFirebase => of_firebase(text),
        Hasher::ScryptWerkzeug => of_werkzeug(text),
        Hasher::Sha512Symfony => {
            let [rounds, salt, hash] = fields(text.strip_prefix("sha512_symfony$")?)?;
            let rounds = number(rounds).filter(|rounds| (1..=MAX_SYMFONY).contains(rounds))?;
            let hash = BASE64.decode(hash).ok().filter(|hash| hash.len() == 64)?;
            Some(Parts::Symfony { rounds, salt: salt.to_owned(), hash })
        }
    }
}

fn of_bcrypt(text: &str, over_sha256: bool) -> Option<Parts> {
    let parts: bcrypt::HashParts = text.parse().ok()?;
    let version = ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|version| text.starts_with(version));
    (version && (4..=MAX_BCRYPT).contains(&parts.get_cost())).then(|| Parts::Bcrypt(text.to_owned(), over_sha256))
}

fn of_phpass(text: &str, over_md5: bool) -> Option<Parts> {
    let body = text.strip_prefix("$P$").or(text.strip_prefix("$H$"))?;
    let body = (body.len() == 31 && body.is_ascii()).then_some(body)?;
    let value = |letter: u8| PHPASS.iter().position(|known| *known == letter).and_then(|at| u32::try_from(at).ok());
    let exponent = value(body.as_bytes()[0]).filter(|exponent| (7..=MAX_PHPASS).contains(exponent))?;
    let (salt, hash) = body[1..].split_at(8);
    hash.bytes().all(|letter| value(letter).is_some()).then(|| Parts::Phpass {
        rounds: 1 << exponent,
        salt: salt.as_bytes().to_vec(),
        hash: hash.as_bytes().to_vec(),
        over_md5,
    })
}

fn of_pbkdf2(hasher: Hasher, text: &str) -> Option<Parts> {
    let prefix = if hasher == Hasher::Pbkdf2Sha256Django { "pbkdf2_sha256" } else { hasher.as_str() };
    let text = text.strip_prefix(prefix)?.strip_prefix('$')?;
    // Only the oldest form says how long it is.
    let (text, length) = match text.rsplit_once('$') {
        Some((before, length)) if hasher == Hasher::Pbkdf2Sha1 && before.matches('$').count() == 2 => {
            (before, Some(number(length)?))
        }
        _ => (text, None),
    };
    let [rounds, salt, hash] = fields(text)?;
    let rounds = NonZeroU32::new(number(rounds)?).filter(|rounds| rounds.get() <= MAX_ROUNDS)?;
    let base64 = |text: &str| BASE64.decode(text).ok();
    let (of, salt, hash) = match hasher {
        Hasher::Pbkdf2Sha1 => {
            let salt = undigits(salt).unwrap_or_else(|| salt.as_bytes().to_vec());
            (pbkdf2::PBKDF2_HMAC_SHA1, salt, undigits(hash)?)
        }
        Hasher::Pbkdf2Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, base64(salt)?, base64(hash)?),
        Hasher::Pbkdf2Sha256Django => (pbkdf2::PBKDF2_HMAC_SHA256, salt.as_bytes().to_vec(), base64(hash)?),
        Hasher::Pbkdf2Sha512 => (pbkdf2::PBKDF2_HMAC_SHA512, salt.as_bytes().to_vec(), undigits(hash)?),
        Hasher::Pbkdf2Sha512Hex => (pbkdf2::PBKDF2_HMAC_SHA512, undigits(salt)?, undigits(hash)?),
        _ => return None,
    };
    let fits = length.is_none_or(|length| usize::try_from(length) == Ok(hash.len()));
    (fits && (16..=128).contains(&hash.len())).then_some(Parts::Pbkdf2 { of, rounds, salt, hash })
}

/// Firebase's own form: the key that scrypt gives seals the signer key of the project.
fn of_firebase(text: &str) -> Option<Parts> {
    let [hash, salt, signer, separator, rounds, memory] = fields(text)?;
    let decode = |text: &str| BASE64.decode(text).ok();
    let params = scrypt_params(u8::try_from(number(memory)?).ok()?, number(rounds)?, 1)?;
    let (hash, signer) = (decode(hash)?, Zeroizing::new(decode(signer)?));
    let salt = [decode(salt)?, decode(separator)?].concat();
    (!hash.is_empty() && hash.len() == signer.len()).then_some(Parts::Firebase { params, salt, signer, hash })
}

fn of_werkzeug(text: &str) -> Option<Parts> {
    let [cost, salt, hash] = fields(text.strip_prefix('$').unwrap_or(text))?;
    let mut cost = cost.strip_prefix("scrypt:")?.split(':').map(number);
    let (n, r, p) = (cost.next()??, cost.next()??, cost.next()??);
    let log_n = u8::try_from(n.is_power_of_two().then(|| n.trailing_zeros())?).ok()?;
    let params = scrypt_params(log_n, r, p).filter(|_| cost.next().is_none())?;
    let hash = undigits(hash).or_else(|| BASE64.decode(hash).ok())?;
    (hash.len() == 64).then(|| Parts::Scrypt { params, salt: salt.as_bytes().to_vec(), hash })
}

fn scrypt_params(log_n: u8, r: u32, p: u32) -> Option<scrypt::Params> {
    let memory = 128u64.checked_mul(u64::from(r))?.checked_mul(1u64.checked_shl(log_n.into())?)?;
    let bearable = (1..=MAX_SCRYPT).contains(&memory) && (1..=MAX_SCRYPT_PASSES).contains(&p);
    bearable.then(|| scrypt::Params::new(log_n, r, p).ok())?
}

/// AES-256 in counter mode from zero.
fn seal(key: &[u8; 32], signer: &[u8]) -> Option<Vec<u8>> {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut sealed = signer.to_vec();
    key.less_safe_encrypt(&mut sealed, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
    Some(sealed)
}

/// phpass in its own letters (<https://www.openwall.com/phpass/>): MD5 again and again over the result and the password.
fn phpass(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let mut last = Md5::new().chain_update(salt).chain_update(password).finalize();
    for _ in 0..rounds {
        last = Md5::new().chain_update(last).chain_update(password).finalize();
    }
    let mut letters = Vec::with_capacity(22);
    for group in last.chunks(3) {
        let bits = group.iter().rev().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte));
        let take = |at: usize| PHPASS[usize::try_from((bits >> (6 * at)) & 63).unwrap_or_default()];
        letters.extend((0..=group.len()).map(take));
    }
    letters
}

fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// A number as programs write it: digits alone.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?
}

fn digits(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write as _;
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        let _never_fails = write!(text, "{byte:02x}");
    }
    text
}

fn undigits(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let fits = !text.is_empty() && text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    fits.then(|| pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect())?
}

#[cfg(test)]
mod tests;
