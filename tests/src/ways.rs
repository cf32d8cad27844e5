//! What lies between an app and a server in a network of an organization: proxies, and an authority of its own.

mod authority;
mod proxy;

pub use authority::{Authority, Front};
pub use proxy::{Proxy, Speaks};
