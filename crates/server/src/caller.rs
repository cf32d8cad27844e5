//! Who asks, as far as the transport tells.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// How the token of a client travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// Of a native caller: in the `Authorization` header, both ways.
    #[default]
    Header,
    /// Of a browser: in a cookie that pages cannot read.
    Cookie,
    /// Of a development browser whose SDK uses no cookies of the instance: in the query, and back in a header.
    DevBrowser,
}

impl Carrier {
    /// The word by which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::DevBrowser => "dev_browser",
        }
    }
}

/// Whether the answer to one request depends on who has an account; noted by whoever looks that up.
#[derive(Clone, Debug, Default)]
pub struct Reveals(Arc<AtomicBool>);

impl Reveals {
    /// Notes that it does.
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was noted.
    #[must_use]
    pub fn noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The caller of one request.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// How its token travels.
    pub carrier: Carrier,
    /// Client and generation of a genuine client token; whether the generation is still good is decided by the flows.
    pub client: Option<(String, i64)>,
    /// The session that acts (`_clerk_session_id`).
    pub session_id: Option<String>,
    /// The page that asks, which is one the instance lists; tokens are minted for it.
    pub origin: Option<String>,
    /// Where the request came from; none on private doors.
    pub address: Option<IpAddr>,
    /// What the program calls itself.
    pub user_agent: Option<String>,
    /// Whether it is a test suite with a token of the owner's, whose requests are not counted.
    pub testing: bool,
    /// Whether the answer depends on who has an account.
    pub reveals: Reveals,
}
