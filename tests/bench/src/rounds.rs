//! The alternation of subject and baseline.

use std::time::{Duration, Instant};

use anyhow::Result;

/// What the rounds of one section gave, subject and baseline in step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rounds {
    /// One value for each round, in the section's unit.
    pub subject: Vec<f64>,
    /// The baseline's value of the same round.
    pub baseline: Vec<f64>,
}

impl Rounds {
    pub(crate) fn push(&mut self, subject: f64, baseline: f64) {
        self.subject.push(subject);
        self.baseline.push(baseline);
    }

    /// Each round's subject divided by its baseline.
    pub(crate) fn ratios(&self) -> Vec<f64> {
        self.subject.iter().zip(&self.baseline).map(|(subject, baseline)| subject / baseline).collect()
    }
}

/// Runs subject and baseline in turn. One more round of each comes first and is thrown away.
pub(crate) fn alternate(
    rounds: usize,
    mut subject: impl FnMut() -> Result<f64>,
    mut baseline: impl FnMut() -> Result<f64>,
) -> Result<Rounds> {
    let mut taken = Rounds::default();
    for round in 0..=rounds {
        let (subject, baseline) = (subject()?, baseline()?);
        if round > 0 {
            taken.push(subject, baseline);
        }
    }
    Ok(taken)
}

/// How long one of `count` runs of `work` takes, in microseconds.
pub(crate) fn microseconds_each(count: u32, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    for _ in 0..count {
        work()?;
    }
    Ok(microseconds(started.elapsed()) / f64::from(count))
}

/// A duration in microseconds.
pub(crate) fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// The middle of some values; 0 of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}

/// The value that so many of a hundred do not exceed (nearest rank); 0 of none.
pub(crate) fn percentile(values: &[f64], of_a_hundred: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * of_a_hundred).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
