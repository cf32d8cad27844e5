//! A server over a fresh database, and somebody who is signed in there.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use frontdesk_store::{
    Location, Store,
    testing::{self, TestDatabase},
};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
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

/// Limits that no measurement reaches.
const CONFIG: &str = "[settings.limits]\ncreate = 50000000\nattempt = 50000000\nother = 50000000\n";

/// A process of a server; dropping it ends it.
pub(crate) struct Server(Child);

impl Server {
    /// Starts one.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.spawn().with_context(|| format!("start {}", command.get_program().display()))?))
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Asks again and again, until there is an answer.
    pub(crate) async fn answers(&mut self, http: &Client, url: &str, pause: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            if let Ok(answer) = http.get(url).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the server ended with {status} before it answered");
            }
            if started.elapsed() > PATIENCE {
                bail!("the server did not answer within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(pause).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// A running server, and somebody who is signed in there.
pub(crate) struct Instance {
    server: Server,
    place: Place,
    origin: String,
    http: Client,
    /// The client token of the person who is signed in.
    pub token: String,
    /// Their session.
    pub session: String,
    /// Their id.
    pub user: String,
    /// What the owner's requests carry in `Authorization`.
    pub owner: String,
}

/// Where an instance keeps what it knows.
struct Place {
    data: TempDir,
    database: TestDatabase,
}

impl Place {
    fn new(database: TestDatabase) -> Result<Self> {
        let data = tempfile::tempdir()?;
        std::fs::write(data.path().join("frontdesk.toml"), CONFIG)?;
        Ok(Self { data, database })
    }

    /// A command of the program for this place.
    fn command(&self, program: &Path, name: &str) -> Command {
        let mut command = Command::new(program);
        command.arg(name).arg("--data").arg(self.data.path());
        if let Location::Postgres(url) = self.database.location() {
            command.env("FRONTDESK_DATABASE_URL", url);
        }
        command
    }

    /// The database, beside the server that uses it.
    async fn open(&self) -> Result<Store> {
        Ok(match self.database.location() {
            Location::Sqlite(_) => Store::open(&Location::Sqlite(self.data.path().join("frontdesk.db"))).await?,
            location @ Location::Postgres(_) => Store::open(location).await?,
        })
    }
}

impl Instance {
    /// Starts a server over a fresh database and signs somebody up there.
    pub(crate) async fn start(program: &Path, database: TestDatabase) -> Result<Self> {
        let place = Place::new(database)?;
        let address = free_address()?;
        let config = place.data.path().join("frontdesk.toml");
        let mut serve = place.command(program, "serve");
        let mut server = Server::start(serve.args(["--listen", &address, "--config"]).arg(config))?;
        let (http, origin) = (connection()?, format!("http://{address}"));
        server.answers(&http, &format!("{origin}/v1/health"), Duration::from_millis(20)).await?;
        let keys: Value =
            serde_json::from_slice(&place.command(program, "keys").output()?.stdout).context("the keys")?;
        let owner = format!("Bearer {}", text(&keys, "/secret_key")?);
        let person = sign_up(&http, &origin, ADDRESS).await?;
        Ok(Self { server, place, origin, http, token: person.token, session: person.session, user: person.user, owner })
    }

    /// Adds this many users.
    pub(crate) async fn crowd(&self, count: u32) -> Result<()> {
        let store = self.place.open().await?;
        testing::crowd(&store, &self.user, count).await?;
        store.close().await;
        Ok(())
    }

    /// Signs somebody new up by three requests.
    pub(crate) async fn sign_up(&self, http: &Client, address: &str) -> Result<()> {
        sign_up(http, &self.origin, address).await.map(|_person| ())
    }

    /// Ends the server and removes its database.
    pub(crate) async fn end(self) {
        drop(self.server);
        self.place.database.remove().await;
    }

    /// Where a path of the Frontend API is, as a native caller asks for it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}?_is_native=1", self.origin)
    }

    /// Where a path of the Backend API is.
    pub(crate) fn owner_url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Sends a form and wants a 200.
    pub(crate) async fn post(&self, token: &str, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        ask(self.http.post(self.url(path)).header("authorization", token).form(form)).await
    }
}

/// Sends a request and wants a 200.
pub(crate) async fn ask(request: RequestBuilder) -> Result<Response> {
    let answer = request.send().await?;
    let status = answer.status();
    if !status.is_success() {
        let path = answer.url().path().to_owned();
        bail!("{path} answered {status}: {}", answer.text().await.unwrap_or_default());
    }
    Ok(answer)
}

/// A port of the loopback address that nobody listens on.
pub(crate) fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Somebody who signed up.
struct Person {
    token: String,
    session: String,
    user: String,
}

async fn sign_up(http: &Client, origin: &str, address: &str) -> Result<Person> {
    let post = |token: &str, path: &str, form: &[(&str, &str)]| {
        ask(http.post(format!("{origin}{path}?_is_native=1")).header("authorization", token).form(form))
    };
    let answer = post("", "/v1/client/sign_ups", &[("email_address", address), ("password", PASSWORD)]).await?;
    let token = client_token(&answer)?;
    let path = format!("/v1/client/sign_ups/{}", text(&answer.json().await?, "/response/id")?);
    post(&token, &format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await?;
    let proof = [("strategy", "email_code"), ("code", CODE)];
    let answer = post(&token, &format!("{path}/attempt_verification"), &proof).await?;
    let token = client_token(&answer)?;
    let body: Value = answer.json().await?;
    Ok(Person {
        token,
        session: text(&body, "/response/created_session_id")?,
        user: text(&body, "/response/created_user_id")?,
    })
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
