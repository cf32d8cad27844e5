//! End-to-end tests in the real window against the real server.
//!
//! ```text
//! authenticator  the authenticator app of a person
//! dice           what campaigns do, drawn from a seed
//! harbour        an instance in a few lines, whose provider lets everybody in
//! openid         `oidc-provider` in the place of Google, and as a company's own
//! served         the built server on a port of this computer, and its owner
//! shipped        secrets that must be in nothing that is shipped
//! stand_in       an instance that is not ours, made from a published description
//! ways           proxies and a private authority, between the app and a server
//! window         a throw-away desktop, the app's real window in it, and what a person does there
//! ```

pub mod authenticator;
pub mod dice;
pub mod harbour;
pub mod openid;
pub mod served;
pub mod shipped;
pub mod stand_in;
pub mod ways;
#[cfg(target_os = "linux")]
pub mod window;
