//! Start to first frame and memory, app and bare window in turn.
//!
//! Both are watched from outside, so neither carries anything that is only there to be measured: a fresh X server keeps
//! its screen in a file, and the first frame is the moment at which that file shows more colours than an empty window
//! has. Memory is the proportional set size of the program and all its processes, two seconds later.

mod idle;
mod screen;
mod surroundings;

pub(crate) use self::idle::measure as idle;

use std::{
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use tokio::runtime::Runtime;

use self::{screen::Screen, surroundings::Surroundings};
use crate::{
    people::{MANY, Town, headless},
    processes,
    report::Report,
    rounds::Rounds,
};

/// Longest wait for a first frame.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a window is left alone before its memory is read.
const SETTLING: Duration = Duration::from_secs(2);

/// The two programs, where `FRONTDESK_APP` and `FRONTDESK_BARE` name them.
pub(crate) struct Programs {
    app: PathBuf,
    bare: PathBuf,
}

impl Programs {
    pub(crate) fn find() -> Option<Self> {
        Some(Self { app: program("FRONTDESK_APP")?, bare: program("FRONTDESK_BARE")? })
    }
}

/// An app that nobody is signed in to, and a bare window.
pub(crate) fn measure(Programs { app, bare }: &Programs, rounds: usize, report: &mut Report) -> Result<()> {
    let (app_home, bare_home) = (Surroundings::start()?, Surroundings::start()?);
    let (mut starts, mut memory) = (Rounds::default(), Rounds::default());
    // The first round makes data folders and caches and is thrown away.
    for round in 0..=rounds {
        let subject = start(app, &app_home).with_context(|| app.display().to_string())?;
        let baseline = start(bare, &bare_home).with_context(|| bare.display().to_string())?;
        if round > 0 {
            starts.push(subject.first_frame.as_secs_f64() * 1e3, baseline.first_frame.as_secs_f64() * 1e3);
            memory.push(subject.memory, baseline.memory);
        }
    }
    report.add("window: start to first frame ÷ bare window", "ms", &starts);
    report.add("window: memory (PSS, all processes) ÷ bare window", "MiB", &memory);
    Ok(())
}

/// An app with a full list, and one with a single account.
pub(crate) fn accounts(
    Programs { app, .. }: &Programs,
    runtime: &Runtime,
    rounds: usize,
    report: &mut Report,
) -> Result<()> {
    let town = Town::new(runtime)?;
    let (full, single) = (Surroundings::with(&town, MANY)?, Surroundings::with(&town, 1)?);
    let (mut starts, mut memory) = (Rounds::default(), Rounds::default());
    for round in 0..=rounds {
        let (subject, baseline) = (start(app, &full)?, start(app, &single)?);
        if round > 0 {
            starts.push(subject.first_frame.as_secs_f64() * 1e3, baseline.first_frame.as_secs_f64() * 1e3);
            memory.push(subject.memory, baseline.memory);
        }
    }
    report.add(&format!("accounts: start to first frame with {MANY} accounts ÷ with one"), "ms", &starts);
    report.add(&format!("accounts: memory (PSS, all processes) with {MANY} accounts ÷ with one"), "MiB", &memory);
    Ok(())
}

/// A program that runs on a screen of its own until it is dropped.
struct Running {
    child: Child,
    screen: Screen,
    started: Instant,
}

impl Running {
    fn start(program: &Path, home: &Surroundings) -> Result<Self> {
        let screen = Screen::start()?;
        let mut command = Command::new(program);
        home.apply(&mut command);
        command.env("DISPLAY", screen.display()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", program.display()))?;
        Ok(Self { child, screen, started })
    }

    /// How long it took until something could be seen.
    fn first_frame(&mut self) -> Result<Duration> {
        while !self.screen.shows_content()? {
            if let Some(status) = self.child.try_wait()? {
                bail!("ended with {status} before its first frame");
            }
            if self.started.elapsed() > PATIENCE {
                bail!("no frame within {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(4));
        }
        Ok(self.started.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let tree = processes::tree(self.child.id());
        let _gone = self.child.kill();
        let _waited = self.child.wait();
        processes::wait_for_end(&tree);
    }
}

fn program(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

struct Start {
    first_frame: Duration,
    /// MiB.
    memory: f64,
}

fn start(program: &Path, home: &Surroundings) -> Result<Start> {
    let mut running = Running::start(program, home)?;
    let first_frame = running.first_frame()?;
    sleep(SETTLING);
    Ok(Start { first_frame, memory: processes::proportional_mebibytes(running.child.id()) })
}

impl Surroundings {
    /// Where so many people are signed in.
    fn with(town: &Town, people: usize) -> Result<Self> {
        let surroundings = Self::start()?;
        let mut app = headless()?;
        surroundings.apply(&mut app);
        town.sign_in(app, surroundings.home(), people)?;
        Ok(surroundings)
    }
}
