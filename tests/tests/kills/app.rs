//! The app without its window, as a process that can be ended.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use anyhow::{Context as _, Result, bail};
use frontdesk_e2e::window::{Desktop, has_passphrase, identifier};
use serde_json::{Value, json};

use crate::facts::PASSPHRASE;

pub(crate) struct App {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    locked: bool,
}

impl App {
    pub(crate) fn start(desktop: &Desktop) -> Result<Self> {
        let folder = desktop.data()?;
        let mut command = desktop.command(env!("CARGO_BIN_EXE_headless"));
        command.arg(&folder).arg(identifier()?);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start the app")?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("the app has input and output")?;
        Ok(Self { child, input, output: BufReader::new(output), locked: has_passphrase(&folder)? })
    }

    /// Has something done.
    pub(crate) fn ask(&mut self, room: &str, request: &Value) -> Result<Value> {
        self.begin(room, request)?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut answer: Value = serde_json::from_str(&line).with_context(|| format!("the app said “{line}”"))?;
        match answer["error"].as_str() {
            Some(words) => bail!("{words}"),
            None => Ok(answer["ok"].take()),
        }
    }

    /// Tells it to do something, and does not wait.
    pub(crate) fn begin(&mut self, room: &str, request: &Value) -> Result<()> {
        writeln!(self.input, "{}", json!({ "room": room, "request": request })).context("the app has ended")
    }

    /// What it shows once every instance has answered; the vault is opened where it has to be.
    pub(crate) fn settle(&mut self) -> Result<Value> {
        if std::mem::take(&mut self.locked) {
            self.ask("vault", &json!({ "unlock": PASSPHRASE }))?;
        }
        self.ask("settle", &Value::Null)
    }

    /// Ends it at once. Answers whether it had done what it was told last.
    pub(crate) fn kill(mut self) -> Result<bool> {
        self.child.kill()?;
        self.child.wait()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let done = serde_json::from_str::<Value>(&line).is_ok_and(|answer| answer.get("ok").is_some());
        if !done && !line.is_empty() {
            bail!("it had said “{line}”");
        }
        Ok(done)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}
