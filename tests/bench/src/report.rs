//! The table and its JSON.

use serde::Serialize;

use crate::rounds::{Rounds, median};

/// Everything that was measured and everything that was left out.
#[derive(Default, Serialize)]
pub(crate) struct Report {
    rows: Vec<Row>,
    notes: Vec<String>,
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    /// What is compared: subject ÷ baseline.
    name: String,
    /// Unit of the two medians.
    unit: &'static str,
    /// Median of the subject.
    subject: f64,
    /// Median of the baseline.
    baseline: f64,
    /// Median of the rounds' ratios.
    ratio: f64,
    /// Lowest of the rounds' ratios.
    lowest: f64,
    /// Highest of the rounds' ratios.
    highest: f64,
    /// How many rounds.
    rounds: usize,
}

impl Report {
    /// Adds a section's result.
    pub(crate) fn add(&mut self, name: &str, unit: &'static str, rounds: &Rounds) {
        let ratios = rounds.ratios();
        self.rows.push(Row {
            name: name.to_owned(),
            unit,
            subject: median(&rounds.subject),
            baseline: median(&rounds.baseline),
            ratio: median(&ratios),
            lowest: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            highest: ratios.iter().copied().fold(0.0, f64::max),
            rounds: ratios.len(),
        });
    }

    /// Adds a sentence below the table.
    pub(crate) fn note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }

    /// Says what was not measured and why.
    pub(crate) fn leave_out(&mut self, reason: String) {
        self.left_out.push(reason);
    }

    pub(crate) fn print_table(&self) {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(8);
        println!(
            "{:width$}  {:>11}  {:>11}  {:4}  {:>6}  {:>13}",
            "subject ÷ baseline", "subject", "baseline", "unit", "ratio", "lowest–highest"
        );
        for row in &self.rows {
            println!(
                "{:width$}  {:>11}  {:>11}  {:4}  {:>6.2}  {:>6.2}–{:.2}",
                row.name,
                figures(row.subject),
                figures(row.baseline),
                row.unit,
                row.ratio,
                row.lowest,
                row.highest,
            );
        }
        for note in &self.notes {
            println!("{note}");
        }
        for reason in &self.left_out {
            println!("LEFT OUT: {reason}");
        }
    }

    pub(crate) fn print_json(&self) {
        println!("{}", serde_json::to_string_pretty(self).expect("numbers and text always serialise"));
    }
}

/// Three or so significant figures.
fn figures(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
