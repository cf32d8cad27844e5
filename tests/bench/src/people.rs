//! Homes in which people are signed in, made by the app without its window.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use frontdesk_e2e::{served::Served, window::identifier};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::instance::PASSWORD;

/// What a person's list may hold and still be looked through at a glance.
pub(crate) const MANY: usize = 20;

/// A server, and as many people who have an account there.
pub(crate) struct Town {
    served: Served,
}

impl Town {
    pub(crate) fn new(runtime: &Runtime) -> Result<Self> {
        let served = Served::start("[settings.limits]\ncreate = 1000\nattempt = 1000\n")?;
        for person in 0..MANY {
            runtime.block_on(served.add_user(&address(person), PASSWORD))?;
        }
        Ok(Self { served })
    }

    /// Signs so many of them in. `app` is the program `headless` in the surroundings in which the app will be started,
    /// without arguments; the app's data folder is in `home`. The first of them is looked at.
    pub(crate) fn sign_in(&self, mut app: Command, home: &Path, people: usize) -> Result<()> {
        let service = identifier()?;
        app.arg(home.join(".local/share").join(&service)).arg(&service);
        let mut child =
            app.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start the app without its window")?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("it has input and output")?;
        let outcome = self.orders(&mut Orders { input, output: BufReader::new(output) }, people);
        // The end of its input ends it.
        child.wait()?;
        outcome
    }

    fn orders(&self, app: &mut Orders, people: usize) -> Result<()> {
        let found = app.ask("instance", &json!({ "type": "inspect", "key_or_address": self.served.host() }))?;
        let add = json!({ "type": "add", "publishable_key": found["publishable_key"] });
        let instance = app.ask("instance", &add)?["instance"].clone();
        let mut first = Value::Null;
        for person in 0..people {
            let create =
                json!({ "type": "create", "instance": instance, "identifier": address(person), "password": PASSWORD });
            let session = app.ask("sign_in", &create)?["created_session_id"].clone();
            if person == 0 {
                first = json!({ "instance": instance, "session": session });
            }
        }
        app.ask("account", &json!({ "type": "set_active", "account": first }))?;
        let shown = app.ask("settle", &Value::Null)?;
        if shown["vault"]["state"] != "ready" {
            bail!("there is no keychain here, so nobody stays signed in ({})", shown["vault"]["detail"]);
        }
        Ok(())
    }
}

/// The program `headless`, beside this one.
pub(crate) fn headless() -> Result<Command> {
    let program = std::env::current_exe()?.with_file_name("headless");
    if !program.is_file() {
        bail!("the app without its window is not built: `cargo build -p frontdesk-e2e --bin headless`");
    }
    Ok(Command::new(program))
}

fn address(person: usize) -> String {
    format!("person-{person}@town.example")
}

struct Orders {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Orders {
    fn ask(&mut self, room: &str, request: &Value) -> Result<Value> {
        writeln!(self.input, "{}", json!({ "room": room, "request": request }))?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut answer: Value = serde_json::from_str(&line).with_context(|| format!("the app said “{line}”"))?;
        match answer["error"].as_str() {
            Some(words) => bail!("{words}"),
            None => Ok(answer["ok"].take()),
        }
    }
}
