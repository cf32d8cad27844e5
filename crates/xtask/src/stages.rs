//! What a run consists of, how long each part took and may take.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// One part of a run.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    /// What it does, in a word or two.
    pub name: &'static str,
    /// How long it may take on two cores with nothing cached, in seconds. Longer is said, and never fails.
    pub budget: u64,
}

/// A run: its finished stages, and what had to be left out.
pub(crate) struct Run {
    taken: Vec<(Stage, Duration, bool)>,
    left_out: Vec<String>,
    only: Option<String>,
}

impl Run {
    /// A run of every stage, or of those whose name contains a word.
    pub(crate) fn new(only: Option<String>) -> Self {
        let mut run = Self { taken: Vec::new(), left_out: Vec::new(), only };
        if let Some(word) = &run.only {
            run.left_out.push(format!("only the stages called like “{word}” were asked for"));
        }
        run
    }

    /// Whether a stage was asked for.
    pub(crate) fn wants(&self, stage: Stage) -> bool {
        self.only.as_ref().is_none_or(|word| stage.name.contains(word.as_str()))
    }

    /// Does a stage if it was asked for.
    pub(crate) fn stage(&mut self, stage: Stage, work: impl FnOnce() -> Result<()>) -> Result<()> {
        if self.wants(stage) { self.always(stage, work) } else { Ok(()) }
    }

    /// Does a stage that others stand on.
    pub(crate) fn always<T>(&mut self, stage: Stage, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n── {} {}", stage.name, "─".repeat(68_usize.saturating_sub(stage.name.chars().count())));
        let started = Instant::now();
        let outcome = work();
        self.taken.push((stage, started.elapsed(), outcome.is_ok()));
        outcome
    }

    /// Notes that something could not be done here, and why.
    pub(crate) fn leave_out(&mut self, reason: impl Into<String>) {
        self.left_out.push(reason.into());
    }

    /// Prints the table, and turns what was left out into a failure unless it may be.
    pub(crate) fn close(self, outcome: Result<()>, allow_incomplete: bool) -> Result<()> {
        self.print();
        outcome?;
        for reason in &self.left_out {
            println!("RUN INCOMPLETE: {reason}");
        }
        if !self.left_out.is_empty() && !allow_incomplete {
            bail!("not everything was run; --allow-incomplete takes that as a success");
        }
        println!("{}", if self.left_out.is_empty() { "Everything passed." } else { "Everything that was run passed." });
        Ok(())
    }

    fn print(&self) {
        println!("\n{:<24} {:>8} {:>8}", "stage", "seconds", "budget");
        let mut total = Duration::ZERO;
        for (stage, time, passed) in &self.taken {
            total += *time;
            let mut remark = String::new();
            if !passed {
                remark = "  FAILED".into();
            } else if time.as_secs() > stage.budget {
                remark = format!("  over budget by {} s", time.as_secs() - stage.budget);
            }
            println!("{:<24} {:>8.1} {:>8}{remark}", stage.name, time.as_secs_f64(), stage.budget);
        }
        let budget: u64 = self.taken.iter().map(|(stage, ..)| stage.budget).sum();
        println!("{:<24} {:>8.1} {budget:>8}", "together", total.as_secs_f64());
    }
}
