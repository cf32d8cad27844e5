//! What windows do while nobody touches them: processor time of all their processes, and the memory they hold then.
//!
//! All of them run at the same time, each on a screen of its own, so that whatever else the computer does hits them alike.

use std::{
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tokio::runtime::Runtime;

use super::{Programs, Running, Surroundings};
use crate::{
    people::Town,
    processes::{Work, proportional_mebibytes},
    report::Report,
    rounds::Rounds,
};

/// After this time whatever a start does is done.
const QUIET: Duration = Duration::from_secs(10);
/// More rounds of a minute tell little more.
const ROUNDS: usize = 3;

/// An app with one account and a bare window, in sight and out of sight.
pub(crate) fn measure(
    programs: &Programs,
    runtime: &Runtime,
    (rounds, seconds): (usize, u64),
    report: &mut Report,
) -> Result<()> {
    let town = Town::new(runtime)?;
    let homes =
        [Surroundings::with(&town, 1)?, Surroundings::start()?, Surroundings::with(&town, 1)?, Surroundings::start()?];
    let mut windows = Vec::new();
    for (home, program) in homes.iter().zip([&programs.app, &programs.bare, &programs.app, &programs.bare]) {
        let mut window = Running::start(program, home)?;
        window.first_frame()?;
        windows.push(window);
    }
    for window in &windows[2..] {
        window.hide()?;
    }
    sleep(QUIET);
    let (mut seen, mut unseen, mut memory) = (Rounds::default(), Rounds::default(), Rounds::default());
    let look = || windows.iter().map(|window| Work::of(window.child.id())).collect::<Vec<_>>();
    let mut before = look();
    for _ in 0..rounds.min(ROUNDS) {
        sleep(Duration::from_secs(seconds));
        let now = look();
        let done: Vec<_> = now.iter().zip(&before).map(|(now, before)| now.milliseconds_since(before)).collect();
        seen.push(done[0], done[1]);
        unseen.push(done[2], done[3]);
        let [app, bare] = [0, 1].map(|window| proportional_mebibytes(windows[window].child.id()));
        memory.push(app, bare);
        // What was read meanwhile is not counted.
        before = look();
    }
    report.add(&format!("idle: {seconds} s in sight ÷ bare window in sight"), "ms", &seen);
    report.add(&format!("idle: {seconds} s out of sight ÷ bare window out of sight"), "ms", &unseen);
    report.add(&format!("idle: memory (PSS) after {seconds} s in sight ÷ bare window"), "MiB", &memory);
    Ok(())
}

impl Running {
    /// Takes its window off the screen.
    fn hide(&self) -> Result<()> {
        let mut hide = Command::new("xdotool");
        hide.args(["search", "--onlyvisible", "--name", "^(Frontdesk|Bare window)$", "windowunmap", "%@"]);
        let status = hide.env("DISPLAY", self.screen.display()).stdout(Stdio::null()).status();
        let status = status.context("hide a window (xdotool, Debian package xdotool)")?;
        ensure!(status.success(), "xdotool ended with {status}");
        Ok(())
    }
}
