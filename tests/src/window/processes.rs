//! The processes of one desktop, as Linux knows them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::patience::wait_for;

/// Carried by every process of a desktop in its environment.
pub(super) const MARK: &str = "FRONTDESK_TEST_DESKTOP";

/// Every running process whose environment carries this value of [`MARK`].
pub(super) fn of_desktop(value: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", value.display()).into_bytes();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process| {
            let environment = fs::read(file(*process, "environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|entry| entry == mark)
        })
        .collect()
}

/// Whether a process runs this program.
pub(super) fn runs(process: u32, program: &Path) -> bool {
    fs::read_link(file(process, "exe")).is_ok_and(|running| running == program)
}

/// What a process was given: a file of its folder, such as `environ` or `cmdline`. Empty when it is gone.
pub(super) fn given(process: u32, name: &str) -> Vec<u8> {
    fs::read(file(process, name)).unwrap_or_default()
}

/// Ends a process at once, as `kill -9` does, and waits until it is gone.
pub(super) fn kill(process: u32) {
    let _sent = Command::new("kill").args(["-KILL", &process.to_string()]).status();
    // One that does not go waits for the kernel; nothing more can be done about it.
    let _gone = wait_for("a process ended", || Ok((!alive(process)).then_some(())));
}

/// Whether a process runs; one that has ended and waits for its parent does not.
pub(super) fn alive(process: u32) -> bool {
    let Ok(text) = fs::read_to_string(file(process, "stat")) else { return false };
    // The name before the state may hold anything but ends with the last parenthesis.
    let state = text.rfind(')').and_then(|end| text[end + 1..].split_whitespace().next());
    // Its first thread may have ended before the others, which still hold all that is open.
    let threads = fs::read_dir(file(process, "task")).map_or(0, Iterator::count);
    state.is_some_and(|state| state != "Z") || threads > 1
}

fn file(process: u32, name: &str) -> PathBuf {
    Path::new("/proc").join(process.to_string()).join(name)
}
