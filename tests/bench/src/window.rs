//! Start to first frame and memory, app and bare window in turn.
//!
//! Both are watched from outside, so neither carries anything that is only there to be measured: a fresh X server keeps
//! its screen in a file, and the first frame is the moment at which that file shows more colours than an empty window
//! has. Memory is the proportional set size of the program and all its processes, two seconds later.

mod screen;
mod surroundings;

use std::{
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use self::{screen::Screen, surroundings::Surroundings};
use crate::{processes, report::Report, rounds::Rounds};

/// Longest wait for a first frame.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a window is left alone before its memory is read.
const SETTLING: Duration = Duration::from_secs(2);

/// Starts the programs that `FRONTDESK_APP` and `FRONTDESK_BARE` name.
pub(crate) fn measure(rounds: usize, report: &mut Report) -> Result<()> {
    let (Some(app), Some(bare)) = (program("FRONTDESK_APP"), program("FRONTDESK_BARE")) else {
        report.leave_out("window: FRONTDESK_APP and FRONTDESK_BARE do not both name a program".into());
        return Ok(());
    };
    let (app_home, bare_home) = (Surroundings::start()?, Surroundings::start()?);
    let (mut starts, mut memory) = (Rounds::default(), Rounds::default());
    // The first round makes data folders and caches and is thrown away.
    for round in 0..=rounds {
        let subject = start(&app, &app_home).with_context(|| app.display().to_string())?;
        let baseline = start(&bare, &bare_home).with_context(|| bare.display().to_string())?;
        if round > 0 {
            starts.push(subject.first_frame.as_secs_f64() * 1e3, baseline.first_frame.as_secs_f64() * 1e3);
            memory.push(subject.memory, baseline.memory);
        }
    }
    report.add("window: start to first frame ÷ bare window", "ms", &starts);
    report.add("window: memory (PSS, all processes) ÷ bare window", "MiB", &memory);
    Ok(())
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
    let screen = Screen::start()?;
    let mut command = Command::new(program);
    home.apply(&mut command);
    command.env("DISPLAY", screen.display()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().context("start")?;
    let outcome = watch(&mut child, &screen, started);
    let tree = processes::tree(child.id());
    child.kill().context("end")?;
    child.wait().context("wait for the end")?;
    processes::wait_for_end(&tree);
    outcome
}

fn watch(child: &mut Child, screen: &Screen, started: Instant) -> Result<Start> {
    while !screen.shows_content()? {
        if let Some(status) = child.try_wait()? {
            bail!("ended with {status} before its first frame");
        }
        if started.elapsed() > PATIENCE {
            bail!("no frame within {} s", PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(4));
    }
    let first_frame = started.elapsed();
    sleep(SETTLING);
    Ok(Start { first_frame, memory: processes::proportional_mebibytes(child.id()) })
}
