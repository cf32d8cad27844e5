//! Runs the program, and asks what it serves.

use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{Client, Method, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

/// Longest that a start or an end may take. A new instance draws a signing key, on a computer that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pause between two looks at what the program has said.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A folder for one test.
pub(crate) struct Place {
    folder: TempDir,
    /// A program that runs the server, with its own arguments before the server's.
    pub(crate) wrapper: Vec<String>,
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// How the program ended, and everything it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Other users are let in, so that tests can run the program as one of them.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, wrapper: Vec::new(), variables: Vec::new() }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn command(&self, words: &[&str], rest: &[&str]) -> Command {
        let data = self.data();
        let data = ["--data", data.to_str().unwrap()];
        self.bare_command(&[words, &data, rest].concat())
    }

    fn bare_command(&self, words: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_frontdesk-server").to_owned();
        let mut line = self.wrapper.iter().cloned().chain([program]);
        let mut command = Command::new(line.next().unwrap());
        command.args(line).args(words);
        for variable in [
            "FRONTDESK_LOG",
            "FRONTDESK_LOG_FORMAT",
            "FRONTDESK_DATABASE_URL",
            "FRONTDESK_INSTANCE_KEY",
            "FRONTDESK_INSTANCE_KEY_FILE",
        ] {
            command.env_remove(variable);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, words: &[&str], rest: &[&str]) -> Ended {
        Self::finish(self.command(words, rest)).await
    }

    /// Runs the program to its end, without naming the data folder.
    pub(crate) async fn run_bare(&self, words: &[&str]) -> Ended {
        Self::finish(self.bare_command(words)).await
    }

    async fn finish(mut command: Command) -> Ended {
        let output = timeout(PATIENCE, command.output()).await.expect("the program ends").unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { status: output.status, output: text(output.stdout), errors: text(output.stderr) }
    }

    /// Runs the program, which has to refuse with a sentence; answers with the sentence.
    pub(crate) async fn refused(&self, words: &[&str], rest: &[&str]) -> String {
        let ended = self.run(words, rest).await;
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        assert_eq!(ended.output, "", "{ended:?}");
        assert!(ended.errors.contains("frontdesk-server: ") && ended.errors.ends_with(".\n"), "{ended:?}");
        ended.errors
    }

    /// Serves on a free port of this computer.
    pub(crate) async fn serve(&self) -> Serving {
        self.serve_with(&["--listen", "127.0.0.1:0"]).await
    }

    pub(crate) async fn serve_with(&self, rest: &[&str]) -> Serving {
        self.begin("serve", rest, |_| true).await.0
    }

    /// Serves as developers do; answers with what it prints as well.
    pub(crate) async fn develop(&self, rest: &[&str]) -> (Serving, String) {
        self.begin("dev", rest, |line| line.starts_with("Stop it")).await
    }

    /// Starts the program and reads what it prints, up to this line. The first line tells the address.
    async fn begin(&self, word: &str, rest: &[&str], is_last: impl Fn(&str) -> bool) -> (Serving, String) {
        let mut child = self.command(&[word], rest).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let errors = tokio::spawn(collect(child.stderr.take().unwrap(), said.clone()));
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, output.read_line(&mut line)).await;
            assert!(matches!(read, Ok(Ok(1..))), "{read:?} {greeting:?}: {}", said.lock().unwrap());
            greeting.push_str(&line);
            if is_last(&line) {
                break;
            }
        }
        let words = greeting.lines().next().unwrap().split([' ', ';']);
        let mut addresses = words.filter_map(|word| word.strip_prefix("http://").unwrap_or(word).parse().ok());
        let Some(address) = addresses.next() else { panic!("{greeting:?}: {}", said.lock().unwrap()) };
        said.lock().unwrap().push_str(&greeting);
        let output = tokio::spawn(collect(output, said.clone()));
        (Serving { child, caller: Caller::new(address), said, readers: [errors, output] }, greeting)
    }
}

async fn collect(mut from: impl AsyncRead + Unpin, said: Arc<Mutex<String>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        said.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
}

/// Asks what listens at an address, one request a connection.
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    http: Client,
}

/// The program, serving.
pub(crate) struct Serving {
    child: Child,
    caller: Caller,
    said: Arc<Mutex<String>>,
    readers: [JoinHandle<()>; 2],
}

impl std::ops::Deref for Serving {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Caller {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, http: Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap() }
    }

    /// Asks as a native caller with this client token.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        form: &[(&str, &str)],
    ) -> reqwest::Result<Response> {
        let request = self.http.request(method, format!("http://{}{path}?_is_native=1", self.address));
        let request = request.header("authorization", token);
        if form.is_empty() { request.send().await } else { request.form(form).send().await }
    }
}

impl Serving {
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().expect("it runs")).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Waits until its log holds these words; answers with the line.
    pub(crate) async fn says(&self, words: &str) -> String {
        let found = async {
            loop {
                let said = self.said.lock().unwrap().clone();
                let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
                match whole.lines().find(|line| line.contains(words)) {
                    Some(line) => return line.to_owned(),
                    None => tokio::time::sleep(LOOK_AGAIN).await,
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("{words}: {}", self.said.lock().unwrap()))
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("the program ends").unwrap();
        for reader in self.readers {
            reader.await.unwrap();
        }
        let said = self.said.lock().unwrap().clone();
        Ended { status, output: said.clone(), errors: said }
    }

    /// Tells it to end, and waits.
    pub(crate) async fn stop(self) -> Ended {
        self.signal(Signal::TERM);
        let ended = self.ended().await;
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        ended
    }
}

/// Signs up a test address, which needs no mail, and answers with the client token; `None` if any step did not succeed.
pub(crate) async fn sign_up(caller: &Caller, address: &str, password: &str) -> Option<String> {
    let json = async |response: reqwest::Result<Response>| {
        let response = response.ok().filter(|response| response.status() == 200)?;
        let token = response.headers().get("authorization").map(|token| token.to_str().unwrap().to_owned());
        Some((response.json::<Value>().await.ok()?, token))
    };
    let form = [("email_address", address), ("password", password)];
    let (begun, token) = json(caller.ask(Method::POST, "/v1/client/sign_ups", "", &form).await).await?;
    let (path, token) = (format!("/v1/client/sign_ups/{}", begun["response"]["id"].as_str()?), token?);
    let code = ("strategy", "email_code");
    let prepare = format!("{path}/prepare_verification");
    json(caller.ask(Method::POST, &prepare, &token, &[code]).await).await?;
    let attempt = format!("{path}/attempt_verification");
    let proof = [code, ("code", "424242")];
    let (done, token) = json(caller.ask(Method::POST, &attempt, &token, &proof).await).await?;
    (done["response"]["status"] == "complete").then_some(token?)
}
