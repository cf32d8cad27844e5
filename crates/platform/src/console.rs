//! The console of a program that has none of its own.

use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};

/// Writes to the console that this program was started from, if it was: programs with windows have none by themselves. What
/// is led into a file or another program goes there all the same.
pub fn attach() {
    // SAFETY: Nothing but a number is handed over. Where there is no console, nothing happens.
    unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}
