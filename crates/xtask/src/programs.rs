//! Running other programs, and ending those that stay.

use std::{
    env,
    ffi::OsStr,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// `cargo`, the one that runs this program, in the checkout.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // What `cargo run` sets for this program alone would make other builds start anew.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program whose output people see, and wants success.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", spelled(command));
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", spelled(command));
    }
    Ok(())
}

/// Runs a program and answers what it prints; its complaints are part of the error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", spelled(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started and succeeds; what it prints goes nowhere.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// Whether a program of this name is on the search path.
pub(crate) fn on_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// A program that stays; dropping it ends it.
pub(crate) struct Background(Child);

impl Background {
    /// Starts a program.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| not_started(command))?;
        Ok(Self(child))
    }

    /// Why it is not running any more; none while it is.
    pub(crate) fn ended(&mut self) -> Result<Option<String>> {
        Ok(self.0.try_wait()?.map(|status| status.to_string()))
    }

    fn ends_in_time(&mut self) -> bool {
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return true;
            }
            sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // SIGINT asks a database to close its files and end its own children; kill is for one that does not listen.
        let asked = succeeds(Command::new("kill").args(["-INT", &self.0.id().to_string()]));
        if !asked || !self.ends_in_time() {
            let _gone = self.0.kill();
        }
        let _waited = self.0.wait();
    }
}

/// The command as it would be typed.
fn spelled(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let name = |word: &OsStr| word.to_string_lossy().into_owned();
    let mut text: Vec<String> = words.map(name).collect();
    if let Some(program) = text.first_mut()
        && let Some(short) = Path::new(program.as_str()).file_name()
    {
        *program = short.to_string_lossy().into_owned();
    }
    text.join(" ")
}

fn not_started(command: &Command) -> String {
    format!("`{}` could not be started; is it installed?", spelled(command))
}

/// Ends every process that carries a variable with this value in its environment, or in an option of that name: a Chromium
/// writes its command line over its environment.
pub(crate) fn end_marked(variable: &str, value: &str) {
    let mark = format!("{variable}={value}");
    let option = format!("--{mark}");
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let read = |name| std::fs::read(process.path().join(name)).unwrap_or_default();
        let carries =
            |file, mark: &str| read(file).split(|byte| matches!(byte, 0 | b' ')).any(|it| it == mark.as_bytes());
        if carries("environ", &mark) || carries("cmdline", &option) {
            let name = process.file_name();
            println!("ending process {}, which a test left", name.to_string_lossy());
            succeeds(Command::new("kill").arg("-KILL").arg(name));
        }
    }
}
