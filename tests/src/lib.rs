//! End-to-end tests in the real window against the real server.
//!
//! ```text
//! served    the built server on a port of this computer, and its owner
//! stand_in  an instance that is not ours, made from a published description
//! window    a throw-away desktop, the app's real window in it, and what a person does there
//! ```

pub mod served;
pub mod stand_in;
#[cfg(target_os = "linux")]
pub mod window;
