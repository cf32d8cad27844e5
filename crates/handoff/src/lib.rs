//! Out to the system browser and back.
//!
//! ```text
//! Outgoing   an address that may be given to the system browser, and Browser, who is given it
//! Flow       one way out, remembered until it comes back: Book holds those under way
//! Redirect   where the browser is sent at the end: a deep link of the app, or a port of this computer
//!  └ Callback   what such an address says when it comes back, by whichever way: deep link, Listener, paste
//! Listener   the port of this computer, open as long as its flow
//! ```
//!
//! Nothing that comes back is believed: an address says which question to ask the instance, and the answer counts. So an
//! address that nobody waits for, or that somebody else made up, changes nothing.

mod callback;
mod flow;
mod listener;
mod outgoing;
mod page;

pub use callback::{AddressError, Callback, Nonce, Redirect};
pub use flow::{Book, Flow, LIFETIME, Purpose};
pub use listener::Listener;
pub use outgoing::{Browser, Outgoing, OutgoingError, SystemBrowser};
pub use page::Speech;
