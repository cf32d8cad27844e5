//! JWT templates: what the owner of an instance may say of tokens of their own making.

use crate::{ClaimFault, Claims, FieldError, FieldFault, Metadata, TokenKind};

/// How long tokens live if nobody says, in seconds.
const USUAL_LIFETIME: i64 = 60;
/// How long tokens may live, in seconds: half a minute to ten years.
const LIFETIMES: std::ops::RangeInclusive<i64> = 30..=315_360_000;
/// By how much the beginning of a token lies before it is made if nobody says, in seconds.
const USUAL_CLOCK_SKEW: i64 = 5;
/// By how much it may, in seconds.
const CLOCK_SKEWS: std::ops::RangeInclusive<i64> = 0..=300;
/// Longest name.
const MAX_NAME: usize = 64;

/// How a token is signed (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Hs256, Self::Hs384, Self::Hs512, Self::Rs256, Self::Rs384, Self::Rs512];

    /// Its name in the header of tokens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// What a template says.
#[derive(Clone, Debug, PartialEq)]
pub struct JwtTemplate {
    /// What it is asked for by.
    pub name: String,
    /// What its tokens say besides what the instance writes, with shortcodes.
    pub claims: Metadata,
    /// How long its tokens live, in seconds.
    pub lifetime: i64,
    /// By how much their beginning lies before the moment at which they are made, in seconds.
    pub clock_skew: i64,
    /// How they are signed.
    pub algorithm: Algorithm,
    /// Whether they are signed with a key of the template's own, and not the instance's.
    pub own_key: bool,
}

/// What somebody sets of a template: `None` leaves a field as it is, or at what is usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JwtTemplateForm {
    /// Name.
    pub name: Option<String>,
    /// Claims.
    pub claims: Option<Metadata>,
    /// Lifetime in seconds.
    pub lifetime: Option<i64>,
    /// Allowed clock skew in seconds.
    pub clock_skew: Option<i64>,
    /// Whether there is a key of its own.
    pub own_key: Option<bool>,
    /// Name of the algorithm.
    pub algorithm: Option<String>,
    /// Whether a key is given along, and whether it fits the algorithm that is given along: for those who know keys to
    /// find out.
    pub key: Option<Result<(), KeyFault>>,
}

/// Why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It is none.
    #[error("this is no RSA private key of 2048 bits or more in PEM")]
    NoRsaKey,
    /// It can be guessed.
    #[error("a secret for this algorithm has at least {0} bytes")]
    Short(usize),
}

/// Why a template cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtTemplateFault {
    /// A field by itself.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Something in the claims.
    #[error(transparent)]
    Claim(ClaimFault),
    /// The field goes with a key of the template's own, and there is to be none.
    #[error("the field {0} goes with a key of the template's own")]
    NoOwnKey(&'static str),
    /// A key of the template's own needs this field.
    #[error("a key of the template's own needs the field {0}")]
    OwnKeyNeeds(&'static str),
    /// The key does not sign.
    #[error(transparent)]
    Key(KeyFault),
}

impl JwtTemplateForm {
    /// The template that comes of it: a new one, or one in place of the one that was there. Every reason why it cannot be
    /// is told at once.
    pub fn settle(self, before: Option<&JwtTemplate>) -> Result<JwtTemplate, Vec<JwtTemplateFault>> {
        let mut faults = Vec::new();
        let (algorithm, own_key) = self.signature(before, &mut faults);
        let name = self.name.or_else(|| before.map(|before| before.name.clone()));
        if let Some(fault) = name_fault(name.as_deref()) {
            faults.push(FieldError::new("name", fault).into());
        }
        let claims = self.claims.or_else(|| before.map(|before| before.claims.clone()));
        match claims.as_ref().map(|claims| Claims::read(claims, TokenKind::Template)) {
            Some(Ok(_)) => {}
            Some(Err(found)) => faults.extend(found.into_iter().map(JwtTemplateFault::Claim)),
            None => faults.push(FieldError::new("claims", FieldFault::Missing).into()),
        }
        let lifetime = self.lifetime.or(before.map(|before| before.lifetime)).unwrap_or(USUAL_LIFETIME);
        if !LIFETIMES.contains(&lifetime) {
            faults.push(FieldError::new("lifetime", FieldFault::Value).into());
        }
        let clock_skew = self.clock_skew.or(before.map(|before| before.clock_skew)).unwrap_or(USUAL_CLOCK_SKEW);
        if !CLOCK_SKEWS.contains(&clock_skew) {
            faults.push(FieldError::new("allowed_clock_skew", FieldFault::Value).into());
        }
        match (name, claims) {
            (Some(name), Some(claims)) if faults.is_empty() => {
                Ok(JwtTemplate { name, claims, lifetime, clock_skew, algorithm, own_key })
            }
            _ => Err(faults),
        }
    }

    /// How tokens are signed, and whether with a key of the template's own.
    fn signature(&self, before: Option<&JwtTemplate>, faults: &mut Vec<JwtTemplateFault>) -> (Algorithm, bool) {
        let named = self.algorithm.as_deref().filter(|name| !name.is_empty());
        let given = named.and_then(Algorithm::parse);
        if named.is_some() && given.is_none() {
            faults.push(FieldError::new("signing_algorithm", FieldFault::Value).into());
        }
        let kept = before.filter(|before| before.own_key).map(|before| before.algorithm);
        if !self.own_key.unwrap_or(kept.is_some()) {
            if self.key.is_some() {
                faults.push(JwtTemplateFault::NoOwnKey("signing_key"));
            }
            if given.is_some_and(|given| given != Algorithm::Rs256) {
                faults.push(JwtTemplateFault::NoOwnKey("signing_algorithm"));
            }
            return (Algorithm::Rs256, false);
        }
        let algorithm = given.or(kept);
        if algorithm.is_none() && named.is_none() {
            faults.push(JwtTemplateFault::OwnKeyNeeds("signing_algorithm"));
        }
        match self.key {
            Some(Ok(())) => {}
            Some(Err(fault)) => faults.push(JwtTemplateFault::Key(fault)),
            // A key that was made for one algorithm is not used for another (RFC 8725 §3.1).
            None if algorithm.is_some() && algorithm == kept => {}
            None => faults.push(JwtTemplateFault::OwnKeyNeeds("signing_key")),
        }
        (algorithm.unwrap_or(Algorithm::Rs256), true)
    }
}

/// How long a single token may live that is asked for with a lifetime of its own.
pub fn lifetime_of_one(seconds: i64) -> Result<i64, FieldError> {
    let fits = LIFETIMES.contains(&seconds);
    fits.then_some(seconds).ok_or(FieldError::new("expires_in_seconds", FieldFault::Value))
}

/// Names stand in paths.
fn name_fault(name: Option<&str>) -> Option<FieldFault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match name {
        None | Some("") => Some(FieldFault::Missing),
        Some(name) if name.len() > MAX_NAME => Some(FieldFault::TooLong),
        Some(name) if !name.bytes().all(plain) => Some(FieldFault::Format),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
