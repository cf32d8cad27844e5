//! A throw-away desktop, the app's real window in it, and what a person does there.
//!
//! Everything is real: an X server without a screen, a session bus, gnome-keyring, the built app in WebKitGTK, driven
//! by WebKit's own WebDriver. Nothing is shared with the desktop of whoever runs the tests, nor between two tests, so
//! tests may run side by side. What a [`Desktop`] started it ends when it is dropped, the app's grandchildren included.
//!
//! ```text
//! desktop    home, folders, environment; opens the app
//! display    the X server
//! browser    a real Chromium as the browser of the person
//! bus        the session bus, which is the system's too, without services that would start by themselves
//! shell      the tray and the notices
//! login      the login manager: locks, sleep
//! frames     the frame of the window, as a window manager sees it
//! questions  the dialogs in which the system asks for the app
//! keychain   gnome-keyring: unlocked, locked, none; its unlock window; what it holds
//! processes  the processes of one desktop
//! app        the app's window and its page: found by role and name, as a screen reader would
//! patience   waiting for what has to happen by itself
//! sound      whether the data folder and the keychain are sound after a kill
//! tongue     the language of the window
//! journeys   the ways through the app that many tests begin with
//! tour       a walk past every screen
//! keys       a walk past every question about passkeys and PINs
//! away       a walk past every state of the way out to the browser and back
//! refused    walks past what an instance elsewhere says at its door
//! traces     whether a secret is left in files, environments or command lines, however it is spelled
//! ```

mod app;
mod away;
mod browser;
mod bus;
mod desktop;
mod display;
mod frames;
mod journeys;
mod keychain;
mod keys;
mod login;
mod patience;
mod processes;
mod questions;
mod refused;
mod shell;
mod sound;
mod tongue;
mod tour;
mod traces;

pub use app::{Page, Role, Window, program};
pub use away::away;
pub use browser::{Browser, BrowserPage};
pub use desktop::{Desktop, identifier};
pub use journeys::{
    Person, account_of, authenticator_with_key, begin_sign_in, begin_sign_up, code_from_outbox, sign_out, sign_up,
    unread,
};
pub use keychain::{Item, Keychain};
pub use keys::keys;
pub use login::LoginManager;
pub use processes::alive as is_running;
pub use refused::{invitation, lock_and_ban, texts, waitlist};
pub use shell::{DesktopNotice, DesktopShell, Entry};
pub use sound::{has_passphrase, until_sound};
pub use tongue::Tongue;
pub use tour::{Look, dress, tour, wear};
pub use traces::{in_files, in_processes, in_text};
