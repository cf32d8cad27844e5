//! Tokens: the client token that a device keeps, and the session token that lives for a minute.

mod cache;
mod client;
mod external;
mod handshake;
mod own_key;
mod session;
mod signing;
mod template;
mod testing;
mod ticket;

pub use cache::{CacheKey, TokenCache};
pub use client::ClientTokens;
pub use external::ExternalTokens;
pub use handshake::HandshakeClaims;
pub use own_key::OwnKey;
pub use session::{SESSION_TOKEN_SECONDS, SessionClaims};
pub use signing::{SigningError, SigningKey};
pub use template::TemplateClaims;
pub use testing::TestingTokens;
pub use ticket::{Ticket, Tickets};

#[cfg(test)]
mod tests;
