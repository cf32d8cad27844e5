//! Speed and memory as ratios within one run.
//!
//! A number of one machine on one day says little about another, so each subject is measured in turn with something
//! that cannot be done without: a token with a raw signature, a sign-in with a raw password hash, the app's window with
//! a bare one. The two alternate (A, B, A, B, …), so that a busy moment hits both; what counts is the median of the
//! rounds' ratios. Nothing is asserted.
//!
//! ```text
//! report     the table and its JSON
//! rounds     the alternation
//! processes  memory, as Linux accounts for it
//! people     homes in which people are signed in
//! instance   a server over a fresh database, and somebody who is signed in there
//! token      minting a session token ÷ a raw RS256 signature
//! password   signing in with a password ÷ a raw argon2id hash
//! start      a server's start to its first answer and its idle memory ÷ a bare HTTP server
//! requests   requests per second at 1, 8 and 64 connections ÷ an answer without content
//! scale      the same requests at an instance with a million users and at one with a thousand
//! window     start to first frame and memory, app and bare window in turn
//! accounts   the same of the app with twenty accounts ÷ with one
//! idle       what the app's window does, and holds after it, in a minute in which nobody touches it ÷ a bare one
//! page       a token from memory, a switch of account ÷ a command that does nothing
//! ```

mod instance;
mod page;
mod password;
mod people;
mod processes;
mod report;
mod requests;
mod rounds;
mod scale;
mod start;
mod token;
mod window;

use std::{net::SocketAddr, path::Path};

use anyhow::Result;
use clap::Parser;
use frontdesk_store::testing::{self, TestDatabase};
use tokio::runtime::Runtime;

use crate::{instance::Instance, report::Report, window::Programs};

/// Measures and prints a table of ratios.
#[derive(Parser)]
struct Options {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Only sections whose name contains this word.
    #[arg(long)]
    only: Option<String>,
    /// How many rounds each section takes; the median of their ratios counts.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Users of the larger instance of the section `scale`.
    #[arg(long, default_value_t = 1_000_000)]
    users: u32,
    /// Seconds of a round of the section `idle`.
    #[arg(long, default_value_t = 60)]
    idle: u64,
    /// Be the bare server that the section `start` compares with.
    #[arg(long, hide = true)]
    serve_nothing: Option<SocketAddr>,
}

impl Options {
    fn wants(&self, section: &str) -> bool {
        self.only.as_ref().is_none_or(|word| section.contains(word.as_str()))
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(address) = options.serve_nothing {
        return runtime.block_on(start::serve_nothing(address));
    }
    let mut report = Report::default();
    if ["token", "password", "start", "requests", "scale"].iter().any(|section| options.wants(section)) {
        match std::env::var_os("FRONTDESK_SERVER") {
            Some(program) => servers(&runtime, program.as_ref(), &options, &mut report)?,
            None => report.leave_out("the sections that ask a server: FRONTDESK_SERVER does not name a program".into()),
        }
    }
    if ["window", "accounts", "idle", "page"].iter().any(|section| options.wants(section)) {
        match Programs::find() {
            Some(programs) => windows(&runtime, &programs, &options, &mut report)?,
            None => report.leave_out(
                "the sections that open windows: FRONTDESK_APP and FRONTDESK_BARE do not both name a program".into(),
            ),
        }
    }
    if options.json {
        report.print_json();
    } else {
        report.print_table();
    }
    Ok(())
}

/// The sections that open windows.
fn windows(runtime: &Runtime, programs: &Programs, options: &Options, report: &mut Report) -> Result<()> {
    let rounds = options.rounds;
    if options.wants("window") {
        window::measure(programs, rounds, report)?;
    }
    if options.wants("accounts") {
        window::accounts(programs, runtime, rounds, report)?;
    }
    if options.wants("idle") {
        window::idle(programs, runtime, (rounds, options.idle), report)?;
    }
    if options.wants("page") {
        page::measure(runtime, rounds, report)?;
    }
    Ok(())
}

/// The sections that ask a server.
fn servers(runtime: &Runtime, program: &Path, options: &Options, report: &mut Report) -> Result<()> {
    let rounds = options.rounds;
    if options.wants("token") || options.wants("password") {
        let instance = runtime.block_on(Instance::start(program, TestDatabase::sqlite()))?;
        if options.wants("token") {
            token::measure(runtime, &instance, rounds, report)?;
        }
        if options.wants("password") {
            password::measure(runtime, &instance, rounds, report)?;
        }
        runtime.block_on(instance.end());
    }
    if options.wants("start") {
        start::measure(runtime, program, rounds, report)?;
    }
    for name in ["SQLite", "PostgreSQL"] {
        if !options.wants("requests") && !options.wants("scale") {
            break;
        }
        if name == "PostgreSQL" && std::env::var_os(testing::SERVER).is_none() {
            report.leave_out("requests and scale on PostgreSQL: there is no server here".into());
            break;
        }
        let start = || {
            runtime.block_on(async {
                let postgres = if name == "PostgreSQL" { TestDatabase::postgres().await } else { None };
                Instance::start(program, postgres.unwrap_or_else(TestDatabase::sqlite)).await
            })
        };
        if options.wants("requests") {
            let instance = start()?;
            requests::measure(runtime, &instance, name, rounds, report)?;
            runtime.block_on(instance.end());
        }
        if options.wants("scale") {
            let (few, many) = (start()?, start()?);
            runtime.block_on(scale::fill(&few, &many, options.users))?;
            scale::measure(runtime, (&few, &many), (name, options.users), rounds, report)?;
            runtime.block_on(async { tokio::join!(few.end(), many.end()) });
        }
    }
    Ok(())
}
