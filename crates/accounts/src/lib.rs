//! Talks to instances: attempts, sessions, tokens, accounts.
//!
//! ```text
//! Accounts     what the shell uses: intents in, snapshots out
//!  ├ attempts, sessions, instances   what each intent does
//!  ├ passkeys  what a page does by its browser with the authenticators of this computer
//!  ├ saved_password  a password that is kept on this device, behind the same PIN
//!  ├ app_lock  while it is shut, nothing of any account is shown, done or handed out
//!  ├ flows     out to the system browser and back
//!  ├ keeper    one task per instance: loads it, tries again, keeps it fresh while somebody looks
//!  ├ in_use    the account on screen stays in use while somebody is there
//!  ├ calls     a request, and everything its answer brings besides what was asked for
//!  ├ tokens    session tokens in memory
//!  ├ pictures  pictures of accounts, made ready to be drawn
//!  ├ network   through which proxy the app gets out, and whose certificates it trusts
//!  ├ core      the state, the snapshot made from it, the files it is remembered in
//!  └ entry     one instance as it stands
//!     ├ slot       one client there: one for all accounts, or one for each where a client has one session
//!     ├ link       speaks for a slot: its token, the order of its answers
//!     │  └ gate       a late answer never overwrites a newer state
//!     └ line       where the instance is
//!        └ transport  HTTP
//! ```
//!
//! The client token never leaves `link` and `transport`: it is read from the keychain, travels in a header, and nothing
//! that is shown or answered is made from it.

mod accounts;
mod address;
mod app_lock;
mod attempts;
mod calls;
mod claims;
mod core;
mod diagnostics;
mod entry;
mod factors;
mod fault;
mod files;
mod flows;
mod gate;
mod in_use;
mod instances;
pub mod intents;
mod keeper;
mod leaving;
mod letting_go;
mod line;
mod link;
mod network;
mod options;
mod passkeys;
mod password;
mod pictures;
mod plain;
mod presence;
mod said;
mod saved_password;
mod sessions;
mod slot;
pub mod snapshot;
mod tokens;
mod transport;
mod vanished;
mod view;

pub use accounts::{Accounts, LocalState};
pub use app_lock::AppLock;
pub use flows::{BegunFlow, FlowOutcome, FlowPurpose, FlowState, FlowView};
pub use frontdesk_handoff::{Browser, Outgoing};
pub use intents::*;
pub use network::{
    AuthorityView, DesktopProxy, LARGEST_CA_FILE, NetworkView, ProxyChoice, ProxyEnvironment, ProxyKind, ProxySource,
    ProxyView,
};
pub use options::{Clock, Options, Pace};
pub use passkeys::{
    AuthenticatorKind, AuthenticatorUnready, AuthenticatorView, CeremonyPrompt, CeremonyPurpose, CeremonyView,
    DeviceKey, InstancePasskeys, MadePasskey, PasskeyAccount, PasskeyObstacle, PasskeysView, PinAgain, PinProblem,
    SystemGesture,
};
pub use passkeys::{Gear, TypedPin, VaultItems};
pub use password::{PasswordAdvice, PasswordEstimate, PasswordWarning};
pub use plain::plain;
pub use said::{Reason, Said};
pub use saved_password::{SavedPassword, TypedPassword};
pub use snapshot::*;
