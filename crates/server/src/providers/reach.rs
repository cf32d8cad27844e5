//! The way to a provider.

use std::{error::Error as _, sync::OnceLock, time::Duration};

use axum::body::Bytes;
use futures_util::future::BoxFuture;

use super::address::is_loopback;

/// What this program calls itself. GitHub answers nobody without a name.
pub(crate) const USER_AGENT: &str = concat!("Frontdesk/", env!("CARGO_PKG_VERSION"));
/// Longest that a connection may take to come about, and an answer to be there.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(20);
/// Largest body that is read, in bytes.
const LARGEST_BODY: usize = 1 << 20;

/// Everything that asks a provider goes through this, so that the development provider can be asked inside the process.
pub trait Reach: Send + Sync {
    /// Sends one request and reads the whole answer. Redirects are answers like others.
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, ReachError>>;
}

impl std::fmt::Debug for dyn Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reach")
    }
}

/// Why there is no answer. Holds no address and nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    /// The answer is larger than any of a provider.
    #[error("the answer is too long")]
    TooLong,
    /// The network, or TLS, in its own words.
    #[error("{0}")]
    Network(String),
}

/// Over the network: by TLS, without following redirects, with bounded time and size. A proxy is used where the process's
/// variables name one (`HTTPS_PROXY`, `ALL_PROXY`, without those in `NO_PROXY`), but never to this computer.
#[derive(Clone, Debug, Default)]
pub struct Network {
    away: OnceLock<Result<reqwest::Client, ReachError>>,
    here: OnceLock<Result<reqwest::Client, ReachError>>,
}

impl Network {
    /// Nothing is set up before the first request: reading every authority that the computer trusts takes longer than all
    /// else at a start, and most instances ask nobody. Where it cannot be, such as where there are none, each request says
    /// so.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, ReachError> {
        let request = reqwest::Request::try_from(request).map_err(|error| ReachError::Network(words(error)))?;
        let client = if is_loopback(request.url()) {
            self.here.get_or_init(|| build(builder().no_proxy()))
        } else {
            self.away.get_or_init(|| build(builder().https_only(true)))
        };
        let client = client.as_ref().map_err(Clone::clone)?;
        let mut response = client.execute(request).await.map_err(|error| ReachError::Network(words(error)))?;
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| ReachError::Network(words(error)))? {
            if body.len() + part.len() > LARGEST_BODY {
                return Err(ReachError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        let mut answer = http::Response::new(Bytes::from(body));
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl Reach for Network {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, ReachError>> {
        Box::pin(self.exchange(request))
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, ReachError> {
    builder.build().map_err(|error| ReachError::Network(words(error)))
}

/// The chain of causes, without the address: its query may carry secrets.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = if error.is_timeout() { "it took too long".to_owned() } else { error.to_string() };
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
