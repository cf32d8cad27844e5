//! Out to a provider and back.
//!
//! ```text
//! depart    a caller asks; the provider's page is looked up, and the way out is kept with the attempt
//! answer    the browser comes back with the provider's answer; what it says is kept, and does nothing yet
//! redeem    the client that began the way out says so, by the nonce that went to its application, or, as a browser,
//!           by its cookie; now it counts
//! ```
//!
//! Whoever begins a way out and has somebody else finish it gains nothing: the nonce goes to the other one's application.

mod answer;
mod depart;
mod grant;
mod redeem;

pub use answer::{Answer, Ended, Problem, answer, failed};
pub(super) use depart::Departure;
pub use depart::Outward;
pub(super) use grant::give_back;
pub(crate) use grant::reseal_external;
pub use grant::{AccessToken, access_tokens};
pub use redeem::redeem;
