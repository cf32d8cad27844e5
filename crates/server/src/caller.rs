//! Who asks, as far as the transport tells.

use std::net::IpAddr;

/// The caller of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
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
}
