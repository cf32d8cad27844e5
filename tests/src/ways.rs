//! What lies between an app and a server: proxies and an authority of an organization's own, or somebody who means ill.

mod authority;
mod hostile;
mod proxy;

pub use authority::{Authority, Front};
pub use hostile::{Hostile, Lie};
pub use proxy::{Proxy, Speaks};
