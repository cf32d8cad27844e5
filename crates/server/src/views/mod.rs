//! What the instance knows, in the shapes of the protocol. Nothing is decided here.

mod account;
pub mod backend;
mod client;
mod external;
mod passkey;
mod reverification;
mod session;
mod sign_in;
mod sign_up;
mod verification;

pub use account::{email_address, image_url, phone_number, public_user_data, user};
pub use client::client;
pub use external::external_account;
pub use passkey::{asked_passkey, passkey};
pub use reverification::reverification;
pub use session::{active_session, device_words, session};
pub use sign_in::{identifiers, sign_in};
pub use sign_up::sign_up;
