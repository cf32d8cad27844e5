//! The instance inside an app: behind a Unix socket, in a folder that one process serves.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use frontdesk_server::{
    InstanceKey,
    clock::{Clock, SystemClock},
    doors::{Lock, Served},
    instance::InstanceError,
    local::{LocalInstance, LocalOptions, StartError, has_data},
};
use frontdesk_store::{OpenError, Store};
use frontdesk_wire::{KeyKind, PublishableKey};
use futures_util::future::join;
use reqwest::{Client, Method};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::answer::Answer;

/// A folder for an instance, and whether tools may use it.
struct Folder(TempDir, watch::Sender<bool>);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), watch::Sender::default())
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("local")
    }

    fn socket(&self) -> PathBuf {
        self.0.path().join("run").join("instance.sock")
    }

    async fn start(&self, key: u8) -> Result<LocalInstance, StartError> {
        let (data_dir, socket) = (self.data(), self.socket());
        let (key, tools) = (InstanceKey::new([key; 32]), self.1.subscribe());
        LocalInstance::start(LocalOptions { data_dir, key, socket, clock: clock(), tools }).await
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

async fn ask(socket: &Path, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
    let client = Client::builder().no_proxy().unix_socket(socket).build().unwrap();
    let request = client.request(method, format!("http://frontdesk{path}")).header("authorization", "");
    let request = if form.is_empty() { request } else { request.form(form) };
    Answer::to(request).await
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn sec_101_it_serves_the_user_alone_and_keeps_what_it_was() {
    let folder = Folder::new();
    assert!(!has_data(&folder.data()));
    let instance = folder.start(7).await.unwrap();
    assert!(has_data(&folder.data()));
    assert_eq!((mode(&folder.data()), mode(&folder.data().join("frontdesk.db"))), (0o700, 0o600));
    assert_eq!((mode(folder.socket().parent().unwrap()), mode(instance.socket())), (0o700, 0o600));
    let key = PublishableKey::parse(&instance.publishable_key()).unwrap();
    assert_eq!(key.kind, KeyKind::Development);
    assert!(key.frontend_api.starts_with("127.0.0.1:"), "{}", key.frontend_api);

    // Every name is its own there: nobody else can knock.
    let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars"), ("strategy", "email_code")];
    let begun = ask(&folder.socket(), Method::POST, "/v1/client/sign_ups?_is_native=1", &form).await.ok();
    assert_eq!(begun.response()["status"], "missing_requirements");
    assert_eq!(ask(&folder.socket(), Method::GET, "/frontdesk/outbox", &[]).await.ok().body, json!([]));
    let first = instance.publishable_key();
    instance.stop().await;
    assert!(!folder.socket().exists(), "the socket goes with it");

    let again = folder.start(7).await.unwrap();
    assert_eq!(again.publishable_key(), first, "the port is drawn once");
    again.stop().await;
}

#[tokio::test]
async fn sec_101_its_door_for_browsers_leads_to_their_steps_of_a_sign_in_and_nowhere_else() {
    let folder = Folder::new();
    let instance = folder.start(7).await.unwrap();
    instance.browsers().wait_for(|open| *open).await.unwrap();
    let here = PublishableKey::parse(&instance.publishable_key()).unwrap().frontend_api;
    let client = Client::builder().no_proxy().build().unwrap();
    let ask = async |path: &str| Answer::read(client.get(format!("http://{here}{path}")).send().await.unwrap()).await;
    for path in [
        "/",
        "/v1/client",
        "/v1/client?_is_native=1",
        "/v1/environment",
        "/v1/health",
        "/v1/users",
        "/frontdesk/outbox",
        "/.well-known/jwks.json",
        "/.well-known/frontdesk.json",
        "/v1/oauth_callback/../client",
        "/v1/oauth_callbacks",
        "/v1/callbacks/oauth_google",
        "/v1/callbacks/oauth_custom_acme/x",
    ] {
        let refused = ask(path).await;
        assert_eq!(refused.status, 404, "{path}: {}", refused.body);
    }
    // The links of its mails hold a proof; one that holds none leads nowhere.
    for path in ["/frontdesk/devices/sess_x/y", "/frontdesk/changes/user_x/1-y/z"] {
        let page = client.get(format!("http://{here}{path}")).send().await.unwrap();
        assert_eq!(page.status(), 404);
        assert!(page.text().await.unwrap().contains("This link leads nowhere"), "{path}");
    }
    // By no other name, so that no page of the web finds it.
    let rebound = client.get(format!("http://{here}/v1/oauth_callback")).header("host", "evil.example");
    assert_eq!(Answer::read(rebound.send().await.unwrap()).await.body["errors"][0]["code"], "host_invalid");
    instance.stop().await;
}

#[tokio::test]
async fn sec_101_tools_reach_everything_there_while_they_may_and_by_its_own_names_alone() {
    let folder = Folder::new();
    let instance = folder.start(7).await.unwrap();
    instance.browsers().wait_for(|open| *open).await.unwrap();
    let here = PublishableKey::parse(&instance.publishable_key()).unwrap().frontend_api;
    let lines = instance.lines();
    let line = |name: &str| lines.reveal().lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    assert_eq!(line("VITE_CLERK_PUBLISHABLE_KEY="), instance.publishable_key());
    let (url, secret_key) = (line("CLERK_API_URL="), line("CLERK_SECRET_KEY="));
    assert_eq!(url, format!("http://{here}"));
    // One connection, so that it is the request that counts and not when somebody came.
    let client = Client::builder().no_proxy().pool_max_idle_per_host(1).build().unwrap();
    let ask = async |path: &str| client.get(format!("{url}{path}")).bearer_auth(&secret_key).send().await.unwrap();
    assert_eq!(ask("/v1/users").await.status(), 404);
    folder.1.send_replace(true);
    for path in ["/v1/users", "/.well-known/jwks.json"] {
        assert_eq!(ask(path).await.status(), 200, "{path}");
    }
    let environment = client.get(format!("{url}/v1/environment?_is_native=1")).send().await.unwrap();
    assert_eq!(environment.status(), 200);
    let stranger = client.get(format!("{url}/v1/users")).bearer_auth("sk_test_guessed").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    let rebound = client.get(format!("{url}/v1/environment?_is_native=1")).header("host", "evil.example");
    assert_eq!(Answer::read(rebound.send().await.unwrap()).await.body["errors"][0]["code"], "host_invalid");
    let elsewhere = client.post(format!("{url}/v1/client")).header("origin", "https://evil.example");
    let elsewhere = elsewhere.send().await.unwrap();
    assert!(elsewhere.headers().get("access-control-allow-origin").is_none());
    assert!(elsewhere.status().is_client_error(), "{}", elsewhere.status());
    folder.1.send_replace(false);
    assert_eq!(ask("/v1/users").await.status(), 404, "at once");
    instance.stop().await;
}

#[tokio::test]
async fn a_port_that_another_program_has_is_waited_for() {
    let folder = Folder::new();
    let first = folder.start(7).await.unwrap();
    let here = PublishableKey::parse(&first.publishable_key()).unwrap().frontend_api;
    first.stop().await;
    let other = std::net::TcpListener::bind(&here).unwrap();
    let instance = folder.start(7).await.unwrap();
    assert!(!*instance.browsers().borrow());
    ask(&folder.socket(), Method::GET, "/v1/health", &[]).await.ok();
    drop(other);
    instance.browsers().wait_for(|open| *open).await.unwrap();
    instance.stop().await;
}

#[tokio::test]
async fn sec_109_the_second_process_learns_where_the_first_serves() {
    let folder = Folder::new();
    let first = folder.start(7).await.unwrap();
    let Err(StartError::AlreadyServed(served)) = folder.start(7).await else { panic!("two servers") };
    assert_eq!(served.socket.as_deref(), Some(first.socket()));
    assert_eq!(served.publishable_key, first.publishable_key());
    ask(&folder.socket(), Method::GET, "/v1/health", &[]).await.ok();
    first.stop().await;
    folder.start(7).await.unwrap().stop().await;
}

#[tokio::test]
async fn sec_109_a_process_that_has_just_begun_is_given_time_to_say_where_it_serves() {
    let folder = Folder::new();
    fs::create_dir(folder.data()).unwrap();
    let mut lock = Lock::take(&folder.data()).unwrap();
    let served = Served { socket: Some("/run/elsewhere.sock".into()), publishable_key: "pk_test_x".to_owned() };
    // The second one has looked at the lock before the first one says anything.
    let (second, ()) = join(folder.start(7), async { lock.announce(&served).unwrap() }).await;
    let Err(StartError::AlreadyServed(known)) = second else { panic!("two servers") };
    assert_eq!(known, served);
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_and_left_as_it_was() {
    let folder = Folder::new();
    folder.start(7).await.unwrap().stop().await;
    let kept = fs::read(folder.data().join("frontdesk.db")).unwrap();
    let refused = folder.start(8).await.unwrap_err();
    assert!(matches!(refused, StartError::Instance(InstanceError::KeyDoesNotFit)), "{refused}");
    assert!(!folder.socket().exists());
    assert_eq!(fs::read(folder.data().join("frontdesk.db")).unwrap(), kept);

    // Somebody else's file lies where the socket should be.
    fs::write(folder.socket(), "a letter").unwrap();
    let refused = folder.start(7).await.unwrap_err();
    assert!(matches!(refused, StartError::Socket(_)) && refused.to_string().contains("move it away"), "{refused}");
    assert_eq!(fs::read_to_string(folder.socket()).unwrap(), "a letter");
    fs::remove_file(folder.socket()).unwrap();
    folder.start(7).await.unwrap().stop().await;

    // A file that is no database.
    fs::write(folder.data().join("frontdesk.db"), "x".repeat(8192)).unwrap();
    for beside in ["frontdesk.db-wal", "frontdesk.db-shm"] {
        let _gone = fs::remove_file(folder.data().join(beside));
    }
    let refused = folder.start(7).await.unwrap_err();
    assert!(matches!(refused, StartError::Database(OpenError::Store(_))), "{refused:?}");
    assert!(refused.to_string().contains("damaged"), "{refused}");

    let file = folder.0.path().join("file");
    fs::write(&file, "").unwrap();
    let options = LocalOptions {
        data_dir: file.join("local"),
        key: InstanceKey::new([7; 32]),
        socket: folder.socket(),
        clock: clock(),
        tools: folder.1.subscribe(),
    };
    let refused = LocalInstance::start(options).await.unwrap_err();
    assert!(matches!(refused, StartError::Folder(_)), "{refused}");
}

#[tokio::test]
async fn a_network_file_system_is_refused_with_a_sentence() {
    let folder = Folder::new();
    let path = folder.0.path().join("frontdesk.db");
    let network = frontdesk_store::FileSystem::Network("nfs4".to_owned());
    let refused = StartError::from(Store::open_file(&path, &network).await.unwrap_err());
    assert!(refused.to_string().contains("network file system (nfs4)"), "{refused}");
    assert!(!path.exists(), "nothing was made");
}
