//! Passkeys on this computer: what a browser does for a page, done for the instances of the app.
//!
//! ```text
//! Site              the origin of an instance, from the address of its API; reads what the instance asks
//!  └ Creation, Request   a ceremony that the site may hold, and nothing else becomes one
//! Authenticators    those of this computer, side by side
//!  ├ ThisDevice     keys (and passwords) in the keychain, sealed by the verification of the person
//!  ├ SecurityKeys   keys that are plugged in, over CTAP2 (not on Windows, which keeps them to itself)
//!  ├ Windows        Windows Hello, by windows of the system's own
//!  └ Phone          a phone that scans a code, over CTAP2 as well; experimental, by the feature `phone` alone
//! Person            who is asked for PINs and touches
//! ```
//!
//! The numbers of steps and sections are those of Web Authentication Level 3 and of the Client to Authenticator Protocol
//! (CTAP) 2.1.

mod answer;
mod authenticators;
mod ceremony;
mod ctap;
mod fault;
mod options;
mod person;
#[cfg(all(unix, feature = "phone"))]
mod phone;
mod pin;
mod security_key;
mod site;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod testing;
#[cfg(test)]
mod tests;
mod this_device;
#[cfg(any(test, feature = "testing"))]
#[allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a failed unwrap is a failed test")]
pub mod virtual_key;
#[cfg(windows)]
mod windows;

pub use answer::{Made, Signed};
pub use authenticators::{Authenticator, Authenticators, Kind, Offer, Unready};
pub use ceremony::{Creation, Discoverable, Request};
pub use fault::Fault;
pub use person::{AccountName, Cancel, Code, Person, PinAsked, PinReason, Sign};
#[cfg(all(unix, feature = "phone"))]
pub use phone::{Air, OpenAir, Phone, Pipe, Server};
pub use pin::{LONGEST as LONGEST_PIN, PinFlaw, SHORTEST as SHORTEST_PIN};
#[cfg(unix)]
pub use security_key::Usb;
pub use security_key::{Bus, SecurityKeys};
pub use site::{Site, SiteFault};
pub use this_device::{
    Gesture, HeldKey, HeldPassword, LocalPin, Now, Owner, PasswordPlace, SystemVerification, ThisDevice,
    UserVerification, system_verification,
};
#[cfg(windows)]
pub use windows::Windows;
