//! `cargo xtask fuzz`: texts from outside, made up by libFuzzer for as long as one likes. Never part of `test`, which
//! replays the kept ones.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    programs::run as run_program,
    project::Project,
    setup::{CARGO_FUZZ, tool},
};

/// What is fuzzed; each has its properties in `fuzz/properties` and its kept texts in `fuzz/corpus`.
const TARGETS: [&str; 8] =
    ["callbacks", "redirects", "id_tokens", "profiles", "client_data", "attestations", "assertions", "key_answers"];
/// Longest text that is made up, in bytes.
const LONGEST: u32 = 4096;

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub(crate) struct Options {
    /// One of `callbacks`, `redirects`, `id_tokens`, `profiles`, `client_data`, `attestations`, `assertions`, `key_answers`;
    /// all of them where none is named.
    target: Option<String>,
    /// For how long each runs, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the targets and runs them in turn. A text that breaks a property is kept in `fuzz/artifacts`, with the command
/// that runs it alone.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let targets: Vec<&str> = match options.target.as_deref() {
        None => TARGETS.to_vec(),
        Some(wanted) => TARGETS.into_iter().filter(|target| *target == wanted).collect(),
    };
    if targets.is_empty() {
        bail!("there is no such target: name one of {}, or none for all of them", TARGETS.join(", "));
    }
    let program = tool(project, CARGO_FUZZ)?;
    for target in targets {
        let [found, corpus] = ["found", "corpus"].map(|folder| project.root.join("fuzz").join(folder).join(target));
        fs::create_dir_all(&found).with_context(|| format!("{} cannot be made", found.display()))?;
        let mut command = Command::new(&program);
        // Memory needs no watching where nothing is unsafe, and without that the stable compiler does.
        command.current_dir(&project.root).args(["run", "--sanitizer", "none", target]);
        // What is new goes into the first folder.
        command.arg(found).arg(corpus).arg("--");
        command.args([format!("-max_total_time={}", options.seconds), format!("-max_len={LONGEST}")]);
        command.arg(format!("-dict=fuzz/dictionaries/{target}.txt"));
        run_program(&mut command)?;
    }
    Ok(())
}
