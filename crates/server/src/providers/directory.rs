//! What OpenID providers publish of themselves (OpenID Connect Discovery), remembered for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use frontdesk_identity::{
    Timestamp,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use super::{
    ProviderFault, Reach, Step,
    discovery::{self, Discovered},
    id_token::Keys,
    requests::{Reading, read},
};

/// How long a document counts, and how long at most while its provider is away, in milliseconds.
const LASTS: i64 = HOUR;
const LASTS_WITHOUT_PROVIDER: i64 = DAY;
/// How long nobody asks again after a failure, and for keys after one that is not known, in milliseconds.
const PAUSE: i64 = 5 * SECOND;
const KEYS_PAUSE: i64 = MINUTE;
/// Most issuers that are remembered.
const MAX_ISSUERS: usize = 64;

/// What one issuer publishes.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) discovered: Discovered,
    pub(super) keys: Keys,
}

/// All issuers that were asked. Each is asked by one caller at a time, whose answer counts for those who wait.
#[derive(Default)]
pub(super) struct Directory(Mutex<HashMap<String, Arc<AsyncMutex<Entry>>>>);

#[derive(Default)]
struct Entry {
    published: Option<(Arc<Published>, Timestamp)>,
    keys_asked_at: Option<Timestamp>,
    failed: Option<(ProviderFault, Timestamp)>,
}

impl Directory {
    /// What the issuer publishes; of late, or now.
    pub(super) async fn published(
        &self,
        reach: &dyn Reach,
        issuer: &Url,
        now: Timestamp,
    ) -> Result<Arc<Published>, ProviderFault> {
        let entry = self.entry(issuer);
        let mut entry = entry.lock().await;
        if let Some((published, at)) = &entry.published
            && within(LASTS, *at, now)
        {
            return Ok(published.clone());
        }
        let fault = match &entry.failed {
            Some((fault, at)) if within(PAUSE, *at, now) => fault.clone(),
            _ => match fetch(reach, issuer).await {
                Ok(published) => {
                    let published = Arc::new(published);
                    *entry = Entry { published: Some((published.clone(), now)), ..Entry::default() };
                    return Ok(published);
                }
                Err(fault) => {
                    entry.failed = Some((fault.clone(), now));
                    fault
                }
            },
        };
        match &entry.published {
            Some((published, at)) if is_away(&fault) && within(LASTS_WITHOUT_PROVIDER, *at, now) => {
                Ok(published.clone())
            }
            _ => Err(fault),
        }
    }

    /// The same with newer keys, after one that `known` does not have; none if somebody has asked of late.
    pub(super) async fn with_newer_keys(
        &self,
        reach: &dyn Reach,
        issuer: &Url,
        known: &Arc<Published>,
        now: Timestamp,
    ) -> Result<Option<Arc<Published>>, ProviderFault> {
        let entry = self.entry(issuer);
        let mut entry = entry.lock().await;
        if let Some((published, _)) = &entry.published
            && !Arc::ptr_eq(published, known)
        {
            return Ok(Some(published.clone()));
        }
        if entry.keys_asked_at.is_some_and(|at| within(KEYS_PAUSE, at, now)) {
            return Ok(None);
        }
        entry.keys_asked_at = Some(now);
        let keys = keys(reach, &known.discovered.jwks).await?;
        let published = Arc::new(Published { discovered: known.discovered.clone(), keys });
        if let Some((kept, _)) = &mut entry.published {
            *kept = published.clone();
        }
        Ok(Some(published))
    }

    fn entry(&self, issuer: &Url) -> Arc<AsyncMutex<Entry>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ISSUERS && !entries.contains_key(issuer.as_str()) {
            entries.clear();
        }
        entries.entry(issuer.to_string()).or_default().clone()
    }
}

/// Whether `at` is no further back than the span. A clock that was set back makes everything old.
fn within(span: i64, at: Timestamp, now: Timestamp) -> bool {
    (0..span).contains(&now.since(at))
}

/// Whether the provider can be expected to be back, and to be the same then.
fn is_away(fault: &ProviderFault) -> bool {
    match fault {
        ProviderFault::NotReached { .. } => true,
        ProviderFault::Refused { status, .. } => *status >= 500 || *status == 429,
        _ => false,
    }
}

async fn fetch(reach: &dyn Reach, issuer: &Url) -> Result<Published, ProviderFault> {
    let url = discovery::place(issuer);
    let document = read(reach, Reading { step: Step::Discovery, url: &url, bearer: None, headers: &[], secrets: &[] });
    let discovered = discovery::read(&document.await?, issuer)?;
    Ok(Published { keys: keys(reach, &discovered.jwks).await?, discovered })
}

async fn keys(reach: &dyn Reach, jwks: &Url) -> Result<Keys, ProviderFault> {
    let step = Step::Discovery;
    let document = read(reach, Reading { step, url: jwks, bearer: None, headers: &[], secrets: &[] }).await?;
    Keys::read(&document).ok_or(ProviderFault::WrongAnswer { step, reason: "its keys are not a set of JWK" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn no_number_of_issuers_fills_the_memory() {
        let directory = Directory::default();
        for number in 0..1000 {
            directory.entry(&Url::parse(&format!("https://{number}.example")).unwrap());
        }
        assert!(directory.0.lock().unwrap().len() <= MAX_ISSUERS);
        let same = directory.entry(&Url::parse("https://999.example").unwrap());
        assert!(Arc::ptr_eq(&same, &directory.entry(&Url::parse("https://999.example").unwrap())));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_everything_old() {
        assert!(within(HOUR, Timestamp(DAY), Timestamp(DAY)));
        assert!(!within(HOUR, Timestamp(DAY), Timestamp(DAY + HOUR)));
        assert!(!within(HOUR, Timestamp(DAY), Timestamp(DAY - 1)));
    }
}
