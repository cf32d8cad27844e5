//! Speed and memory as ratios within one run.
//!
//! A number of one machine on one day says little about another, so each subject is measured in turn with something
//! that cannot be done without: a token with a raw signature, a sign-in with a raw password hash, the app's window with
//! a bare one. The two alternate (A, B, A, B, …), so that a busy moment hits both; what counts is the median of the
//! rounds' ratios. Nothing is asserted.
//!
//! ```text
//! report    the table and its JSON
//! rounds    the alternation
//! instance  a server on a fresh data folder, and somebody who is signed in there
//! token     minting a session token ÷ a raw RS256 signature
//! password  signing in with a password ÷ a raw argon2id hash
//! client    `GET /v1/client` at 1 and 8 connections ÷ an answer without content
//! window    start to first frame and memory, app and bare window in turn
//! ```

mod client;
mod instance;
mod password;
mod report;
mod rounds;
mod token;
mod window;

use anyhow::Result;
use clap::Parser;

use crate::{instance::Instance, report::Report};

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
}

impl Options {
    fn wants(&self, section: &str) -> bool {
        self.only.as_ref().is_none_or(|word| section.contains(word.as_str()))
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut report = Report::default();
    if ["token", "password", "client"].iter().any(|section| options.wants(section)) {
        requests(&options, &mut report)?;
    }
    if options.wants("window") {
        window::measure(options.rounds, &mut report)?;
    }
    if options.json {
        report.print_json();
    } else {
        report.print_table();
    }
    Ok(())
}

/// The sections that ask a server.
fn requests(options: &Options, report: &mut Report) -> Result<()> {
    let Some(program) = std::env::var_os("FRONTDESK_SERVER") else {
        report.leave_out("token, password, client: FRONTDESK_SERVER does not name a program".into());
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let instance = runtime.block_on(Instance::start(program.as_ref()))?;
    if options.wants("token") {
        token::measure(&runtime, &instance, options.rounds, report)?;
    }
    if options.wants("password") {
        password::measure(&runtime, &instance, options.rounds, report)?;
    }
    if options.wants("client") {
        client::measure(&runtime, &instance, options.rounds, report)?;
    }
    Ok(())
}
