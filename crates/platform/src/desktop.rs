//! What the desktop says of the person: the screen is locked, the computer falls asleep.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "macos")]
pub use macos::follow;
#[cfg(windows)]
pub use windows::{follow, give_way};

/// Something that the desktop says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The screen is locked.
    Locked,
    /// The person has unlocked it.
    Unlocked,
    /// The computer falls asleep.
    Asleep,
    /// It has woken up.
    Awake,
}
