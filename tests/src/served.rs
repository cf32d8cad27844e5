//! A real server on a port of this computer, and its owner.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Says by how many milliseconds the server's clock is ahead.
const CLOCK: &str = "clock";

/// The built `frontdesk-server` with an instance of its own; dropping it ends both.
pub struct Served {
    /// None while it is cut off.
    child: Option<Child>,
    folder: TempDir,
    address: SocketAddr,
    secret_key: String,
    http: reqwest::Client,
}

impl Served {
    /// Serves an instance with these settings, as they stand in `frontdesk.toml`.
    ///
    /// # Errors
    /// The server is not built or does not start.
    pub fn start(settings: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("frontdesk.toml");
        std::fs::write(&config, settings)?;
        std::fs::write(folder.path().join(CLOCK), "0")?;
        let (child, address) = serve(folder.path(), "127.0.0.1:0")?;
        let keys = command(folder.path(), "keys")?.output().context("ask for the keys")?;
        let keys: Value = serde_json::from_slice(&keys.stdout).context("read the keys")?;
        let secret_key = keys["secret_key"].as_str().context("there is a secret key")?.to_owned();
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { child: Some(child), folder, address, secret_key, http })
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The folder of its data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// From now on its clock is ahead by so much.
    ///
    /// # Errors
    /// The file that says so cannot be written.
    pub fn set_ahead(&self, by: Duration) -> Result<()> {
        Ok(std::fs::write(self.folder.path().join(CLOCK), by.as_millis().to_string())?)
    }

    /// Nobody reaches it any more.
    pub fn cut_off(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended = child.kill();
            let _waited = child.wait();
        }
    }

    /// It is there again, at the same port.
    ///
    /// # Errors
    /// It does not start.
    pub fn restore(&mut self) -> Result<()> {
        let (child, _) = serve(self.folder.path(), &self.address.to_string())?;
        self.child = Some(child);
        Ok(())
    }

    /// Makes a user with this address and password. Answers their id.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn add_user(&self, address: &str, password: &str) -> Result<String> {
        let made = self.ask("POST", "/v1/users", &json!({ "email_address": [address], "password": password })).await?;
        made["id"].as_str().map(str::to_owned).context("a user has an id")
    }

    /// The newest code that went to an address or a number, once there is another one than `before`.
    ///
    /// # Errors
    /// None comes.
    pub async fn code_for(&self, to: &str, before: &str) -> Result<String> {
        let outbox = format!("http://{}/frontdesk/outbox", self.address);
        for _ in 0..150 {
            let messages: Vec<Value> = self.http.get(&outbox).send().await?.error_for_status()?.json().await?;
            let codes = messages.iter().filter(|message| message["to"] == to).filter_map(|it| it["code"].as_str());
            if let Some(code) = codes.into_iter().next().filter(|code| *code != before) {
                return Ok(code.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no code went to {to}")
    }

    /// The ids of the sessions of a user that are signed in.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn sessions(&self, user: &str) -> Result<Vec<String>> {
        let listed = self.ask("GET", &format!("/v1/sessions?user_id={user}&status=active"), &Value::Null).await?;
        let sessions = listed.as_array().or_else(|| listed["data"].as_array()).context("sessions are a list")?;
        let ids = sessions.iter().map(|session| session["id"].as_str().map(str::to_owned));
        ids.collect::<Option<_>>().context("a session has an id")
    }

    /// The id of the user with this address.
    ///
    /// # Errors
    /// There is none.
    pub async fn find_user(&self, address: &str) -> Result<String> {
        let found = self.ask("GET", &format!("/v1/users?email_address={address}"), &Value::Null).await?;
        found[0]["id"].as_str().map(str::to_owned).with_context(|| format!("{address} has an account"))
    }

    /// Revokes every session of a user, as their owner does. Answers how many there were.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn revoke_sessions(&self, user: &str) -> Result<usize> {
        let sessions = self.sessions(user).await?;
        for id in &sessions {
            self.ask("POST", &format!("/v1/sessions/{id}/revoke"), &json!({})).await?;
        }
        Ok(sessions.len())
    }

    /// Deletes a user for good, as their owner does.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn delete_user(&self, user: &str) -> Result<()> {
        self.ask("DELETE", &format!("/v1/users/{user}"), &Value::Null).await.map(drop)
    }

    /// From now on these are its settings; it starts anew with them.
    ///
    /// # Errors
    /// They cannot be written, or it does not start.
    pub fn set_settings(&mut self, settings: &str) -> Result<()> {
        self.cut_off();
        std::fs::write(self.folder.path().join("frontdesk.toml"), settings)?;
        self.restore()
    }

    /// Tries a password from somewhere else. Answers the codes of the refusal.
    ///
    /// # Errors
    /// The server is not reached, or lets them in.
    pub async fn try_password(&self, address: &str, password: &str) -> Result<Vec<String>> {
        let url = format!("http://{}/v1/client/sign_ins?_is_native=1", self.address);
        let form = [("identifier", address), ("strategy", "password"), ("password", password)];
        let answer = self.http.post(url).form(&form).send().await?;
        ensure!(!answer.status().is_success(), "{address} was let in");
        let answer: Value = serde_json::from_str(&answer.text().await?)?;
        let codes = answer["errors"].as_array().into_iter().flatten();
        Ok(codes.filter_map(|error| error["code"].as_str().map(str::to_owned)).collect())
    }

    /// Invites an address. Answers the id of the invitation and the link in the mail that went there.
    ///
    /// # Errors
    /// The server refuses, or no mail comes.
    pub async fn invite(&self, address: &str) -> Result<(String, String)> {
        let made = self.ask("POST", "/v1/invitations", &json!({ "email_address": address })).await?;
        let id = made["id"].as_str().context("an invitation has an id")?.to_owned();
        Ok((id, self.link_for(address).await?))
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn revoke_invitation(&self, id: &str) -> Result<()> {
        self.ask("POST", &format!("/v1/invitations/{id}/revoke"), &json!({})).await.map(drop)
    }

    /// Invites somebody who is on the waitlist. Answers the link in the mail that went to the address.
    ///
    /// # Errors
    /// Nobody waits, the server refuses, or no mail comes.
    pub async fn approve(&self, address: &str) -> Result<String> {
        let list = self.ask("GET", "/v1/waitlist_entries?status=pending", &Value::Null).await?;
        let mut entries = list["data"].as_array().into_iter().flatten();
        let entry = entries.find(|entry| entry["email_address"] == address);
        let id = entry.and_then(|entry| entry["id"].as_str()).with_context(|| format!("{address} waits"))?;
        self.ask("POST", &format!("/v1/waitlist_entries/{id}/invite"), &json!({})).await?;
        self.link_for(address).await
    }

    /// Shuts a user out.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn ban(&self, user: &str) -> Result<()> {
        self.ask("POST", &format!("/v1/users/{user}/ban"), &json!({})).await.map(drop)
    }

    /// Gives a user a number that they have proven.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn add_number(&self, user: &str, number: &str) -> Result<()> {
        let body = json!({ "user_id": user, "phone_number": number, "verified": true });
        self.ask("POST", "/v1/phone_numbers", &body).await.map(drop)
    }

    /// The link of the newest invitation that went to an address.
    async fn link_for(&self, address: &str) -> Result<String> {
        let outbox = format!("http://{}/frontdesk/outbox", self.address);
        for _ in 0..150 {
            let messages: Vec<Value> = self.http.get(&outbox).send().await?.error_for_status()?.json().await?;
            let bodies =
                messages.iter().filter(|message| message["to"] == address).filter_map(|it| it["body"].as_str());
            let mut words = bodies.flat_map(str::split_whitespace);
            if let Some(link) = words.find(|word| word.contains("/v1/tickets/accept?")) {
                return Ok(link.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no invitation went to {address}")
    }

    async fn ask(&self, verb: &str, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.request(verb.parse()?, format!("http://{}{path}", self.address));
        let request = request.bearer_auth(&self.secret_key);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{verb} {path} answered {status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.cut_off();
    }
}

/// Starts it, and learns where it listens.
fn serve(folder: &Path, listen: &str) -> Result<(Child, SocketAddr)> {
    let mut serve = command(folder, "serve")?;
    serve.args(["--listen", listen, "--config"]).arg(folder.join("frontdesk.toml"));
    let mut child = serve.stdout(Stdio::piped()).spawn().context("start the server")?;
    let mut output = BufReader::new(child.stdout.take().context("the server has an output")?);
    let mut greeting = String::new();
    output.read_line(&mut greeting)?;
    // What else it says is read, so that it never waits to be heard.
    thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    let mut words = greeting.split([' ', ';']).map(str::trim);
    let found = words.find_map(|word| word.strip_prefix("http://").unwrap_or(word).parse().ok());
    let Some(address) = found else {
        let _gone = child.kill();
        bail!("the server did not say where it is: {greeting}");
    };
    Ok((child, address))
}

fn command(folder: &Path, word: &str) -> Result<Command> {
    let mut command = Command::new(program()?);
    // What the file says is believed by builds for development alone.
    command.env("FRONTDESK_TEST_CLOCK", folder.join(CLOCK));
    command.arg(word).arg("--data").arg(folder.join("data")).stdin(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

/// The built server: what `FRONTDESK_SERVER` names, else what lies beside the tests.
fn program() -> Result<PathBuf> {
    let named = std::env::var_os("FRONTDESK_SERVER").map(PathBuf::from);
    let beside = || Some(std::env::current_exe().ok()?.ancestors().nth(2)?.join("frontdesk-server"));
    let program = named.or_else(beside).unwrap_or_default().canonicalize();
    program.context("the server is not built: run `cargo build --workspace`")
}
