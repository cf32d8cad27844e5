//! The processes of one desktop, as Linux knows them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::patience::wait_for;

/// Carried by every process of a desktop in its environment.
pub(super) const MARK: &str = "FRONTDESK_TEST_DESKTOP";

/// Every running process whose environment carries this value of [`MARK`], or whose command line does: a Chromium writes
/// its command line over its environment.
pub(super) fn of_desktop(value: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", value.display());
    let option = format!("--{mark}");
    let carries = |process: u32| {
        let in_environment = given(process, "environ").split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes());
        let words = given(process, "cmdline");
        let mut words = words.split(|byte| matches!(byte, 0 | b' '));
        in_environment || words.any(|word| word == option.as_bytes())
    };
    all().into_iter().filter(|process| carries(*process)).collect()
}

/// These processes, and whatever they and theirs have started.
pub(super) fn with_descendants(mut processes: Vec<u32>) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = all().into_iter().filter_map(|process| Some((process, parent(process)?))).collect();
    let mut seen = 0;
    while let Some(process) = processes.get(seen).copied() {
        seen += 1;
        let children = parents.iter().filter(|(child, of)| *of == process && !processes.contains(child));
        let children: Vec<u32> = children.map(|(child, _)| *child).collect();
        processes.extend(children);
    }
    processes
}

fn all() -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Who has started a process; none when it is gone.
fn parent(process: u32) -> Option<u32> {
    let text = fs::read_to_string(file(process, "stat")).ok()?;
    text[text.rfind(')')? + 1..].split_whitespace().nth(1)?.parse().ok()
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
#[must_use]
pub fn alive(process: u32) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::process::{Child, Stdio};

    use super::*;

    /// A process with a child, which carries the mark in its command line alone, as a Chromium does.
    fn started(folder: &Path) -> Child {
        let mut shell = Command::new("sh");
        let option = format!("--{MARK}={}", folder.display());
        shell.args(["-c", "sleep 600 & wait", &option]).stdin(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn who_has_written_over_its_environment_is_found_and_so_are_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let mut shell = started(folder.path());
        let mut other = started(&folder.path().join("another"));
        let found = wait_for("its child has started", || {
            let found = with_descendants(of_desktop(folder.path()));
            Ok((found.len() == 2).then_some(found))
        })
        .unwrap();
        assert_eq!(found[0], shell.id(), "and nothing of another desktop: {} runs too", other.id());
        assert_eq!(parent(found[1]), Some(shell.id()));
        for process in &found {
            kill(*process);
        }
        assert!(found.iter().all(|process| !alive(*process)));
        for process in with_descendants(vec![other.id()]) {
            kill(process);
        }
        shell.wait().unwrap();
        other.wait().unwrap();
    }
}
