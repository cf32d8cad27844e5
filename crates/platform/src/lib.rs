//! What calls into Windows and macOS alone give: word of a locked screen and of sleep, and of a PAC file that the settings
//! name; on Windows also a pipe that one person alone can open, and the console. On Linux buses, Unix sockets and settings
//! give it without such calls.
//!
//! The one room with `unsafe` in it; each use says why it is sound.

#[cfg(windows)]
pub mod console;
pub mod desktop;
#[cfg(windows)]
pub mod pipe;
#[cfg(any(windows, target_os = "macos"))]
pub mod proxy;
