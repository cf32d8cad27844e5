//! What only calls into the operating system give, for Windows and macOS: word of a locked screen and of sleep, and on
//! Windows a pipe that one person alone can open, and the console. On Linux the bus and Unix sockets give both, without such calls.
//!
//! The one room with `unsafe` in it; each use says why it is sound.

#[cfg(windows)]
pub mod console;
pub mod desktop;
#[cfg(windows)]
pub mod pipe;
