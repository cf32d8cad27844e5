//! The file that would say which proxy to take, where the system's settings name one.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "macos")]
pub use macos::script;
#[cfg(windows)]
pub use windows::script;
