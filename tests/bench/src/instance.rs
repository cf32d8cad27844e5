//! A server on a fresh data folder, and somebody who is signed in there.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use reqwest::{Client, Response, redirect::Policy};
use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for the first answer: a new instance draws an RSA key.
const PATIENCE: Duration = Duration::from_mins(1);
/// A test address: development instances send it nothing and take the test code.
pub(crate) const ADDRESS: &str = "bench+clerk_test@example.com";
/// Its password.
pub(crate) const PASSWORD: &str = "Lantern-on-the-pier-42";
/// The test code.
const CODE: &str = "424242";

/// A running server; dropping it ends it.
pub(crate) struct Instance {
    server: Child,
    _data: TempDir,
    origin: String,
    http: Client,
    /// The client token of the person who is signed in.
    pub token: String,
    /// Their session.
    pub session: String,
}

impl Instance {
    pub(crate) async fn start(program: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let server = Command::new(program)
            .args(["serve", "--data"])
            .arg(data.path())
            .args(["--listen", &address])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let mut instance = Self {
            server,
            _data: data,
            origin: format!("http://{address}"),
            http: connection()?,
            token: String::new(),
            session: String::new(),
        };
        instance.wait().await?;
        instance.sign_up().await?;
        Ok(instance)
    }

    /// Where a path of the API is, as a native caller asks for it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}?_is_native=1", self.origin)
    }

    /// Sends a form and wants a 200.
    pub(crate) async fn post(&self, token: &str, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        let request = self.http.post(self.url(path)).header("authorization", token).form(form);
        let answer = request.send().await.with_context(|| path.to_owned())?;
        let status = answer.status();
        if !status.is_success() {
            bail!("POST {path} answered {status}: {}", answer.text().await.unwrap_or_default());
        }
        Ok(answer)
    }

    async fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        loop {
            if let Ok(answer) = self.http.get(self.url("/v1/health")).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("the server ended with {status} before it answered");
            }
            if started.elapsed() > PATIENCE {
                bail!("the server did not answer within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn sign_up(&mut self) -> Result<()> {
        let answer =
            self.post("", "/v1/client/sign_ups", &[("email_address", ADDRESS), ("password", PASSWORD)]).await?;
        let token = client_token(&answer)?;
        let attempt = text(&answer.json().await?, "/response/id")?;
        let path = format!("/v1/client/sign_ups/{attempt}");
        self.post(&token, &format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await?;
        let proof = [("strategy", "email_code"), ("code", CODE)];
        let answer = self.post(&token, &format!("{path}/attempt_verification"), &proof).await?;
        self.token = client_token(&answer)?;
        self.session = text(&answer.json().await?, "/response/created_session_id")?;
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _waited = self.server.wait();
    }
}

/// A caller with one connection of its own.
pub(crate) fn connection() -> Result<Client> {
    Ok(Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(1).build()?)
}

fn client_token(answer: &Response) -> Result<String> {
    let header = answer.headers().get("authorization").context("the answer carries no client token")?;
    Ok(header.to_str()?.to_owned())
}

fn text(body: &Value, pointer: &str) -> Result<String> {
    let value = body.pointer(pointer).and_then(Value::as_str);
    Ok(value.with_context(|| format!("the answer has no {pointer}"))?.to_owned())
}
