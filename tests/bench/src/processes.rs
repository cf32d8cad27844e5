//! A program and the processes it started, as Linux accounts for them.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

/// Longest wait for processes to end by themselves.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process and everything below it.
pub(crate) fn tree(root: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(_, above)| **above == parent).map(|(child, _)| *child));
        next += 1;
    }
    found
}

/// Proportional set size of a process and everything below it, in MiB: pages that several processes share count in part
/// for each (`/proc/<pid>/smaps_rollup`).
pub(crate) fn proportional_mebibytes(root: u32) -> f64 {
    let kibibytes: u64 = tree(root).into_iter().filter_map(proportional_kibibytes).sum();
    #[allow(clippy::cast_precision_loss, reason = "memory sizes are far below 2^52 KiB")]
    let kibibytes = kibibytes as f64;
    kibibytes / 1024.0
}

/// How long each thread of some processes has run on a processor so far, in nanoseconds.
pub(crate) struct Work(HashMap<(u32, String), u64>);

impl Work {
    /// Of a process and everything below it (`/proc/<pid>/task/<tid>/schedstat`).
    pub(crate) fn of(root: u32) -> Self {
        let mut threads = HashMap::new();
        for process in tree(root) {
            for thread in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
                let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
                let Some(ran) = text.split_whitespace().next().and_then(|ran| ran.parse().ok()) else { continue };
                threads.insert((process, thread.file_name().to_string_lossy().into_owned()), ran);
            }
        }
        Self(threads)
    }

    /// What was done since an earlier look, in milliseconds. What threads did that have ended since is not known.
    pub(crate) fn milliseconds_since(&self, earlier: &Self) -> f64 {
        let each = self.0.iter().map(|(thread, ran)| ran.saturating_sub(earlier.0.get(thread).copied().unwrap_or(0)));
        Duration::from_nanos(each.sum()).as_secs_f64() * 1e3
    }
}

/// Waits until none of the processes is there any more.
pub(crate) fn wait_for_end(processes: &[u32]) {
    let started = Instant::now();
    while processes.iter().any(|process| alive(*process)) && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(20));
    }
}

fn proportional_kibibytes(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse().ok())
}

/// Whether a process runs; one that has ended and waits for its parent does not.
fn alive(process: u32) -> bool {
    stat(&format!("/proc/{process}")).is_some_and(|(state, _)| state != "Z")
}

/// Every process's parent.
fn parents() -> HashMap<u32, u32> {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some((_, parent)) = entry.path().to_str().and_then(stat) {
            parents.insert(process, parent);
        }
    }
    parents
}

/// State and parent from `/proc/<pid>/stat`; the name before them may hold anything but ends with the last parenthesis.
fn stat(folder: &str) -> Option<(String, u32)> {
    let text = fs::read_to_string(Path::new(folder).join("stat")).ok()?;
    let mut fields = text[text.rfind(')')? + 1..].split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}
