//! Two servers over one PostgreSQL database, behind a proxy that gives each connection to the other one in turn.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use frontdesk_store::{Location, testing::TestDatabase};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::Value;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::program::{Caller, Place, Serving, sign_up};

const PASSWORD: &str = "Lantern and 7 oars";

/// Where the servers listen, and how many connections each was given.
type Servers = Arc<Mutex<Vec<(SocketAddr, usize)>>>;

/// The proxy. Callers ask it one request a connection.
struct Proxy {
    caller: Caller,
    servers: Servers,
    work: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Proxy {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let caller = Caller::new(listener.local_addr().unwrap());
        let servers = Servers::default();
        let work = tokio::spawn(pass_on(listener, servers.clone()));
        Self { caller, servers, work }
    }

    fn leads_to(&self, servers: &[&Serving]) {
        *self.servers.lock().unwrap() = servers.iter().map(|server| (server.address, 0)).collect();
    }

    fn given(&self) -> Vec<usize> {
        self.servers.lock().unwrap().iter().map(|(_, given)| *given).collect()
    }
}

async fn pass_on(listener: TcpListener, servers: Servers) {
    let mut turn = 0;
    while let Ok((mut stream, _)) = listener.accept().await {
        let all: Vec<_> = servers.lock().unwrap().iter().map(|(address, _)| *address).collect();
        turn += 1;
        // Who does not answer is passed over.
        for place in (0..all.len()).map(|offset| (turn + offset) % all.len()) {
            let Ok(mut server) = TcpStream::connect(all[place]).await else { continue };
            servers.lock().unwrap()[place].1 += 1;
            // It ends when either side does.
            tokio::spawn(async move { drop(copy_bidirectional(&mut stream, &mut server).await) });
            break;
        }
    }
}

/// A place with the key that all servers share.
fn place(url: &str) -> Place {
    let mut place = Place::new();
    place.variables = vec![("FRONTDESK_INSTANCE_KEY", "07".repeat(32)), ("FRONTDESK_DATABASE_URL", url.to_owned())];
    place
}

async fn serve(place: &Place, proxy: &Proxy) -> Serving {
    let config = place.file("frontdesk.toml", "[settings.policy.lockout]\nmax_attempts = 6\n");
    let url = format!("http://{}", proxy.caller.address);
    let line = ["--listen", "127.0.0.1:0", "--public-url", &url, "--config", config.to_str().unwrap()];
    place.serve_with(&line).await
}

async fn database() -> Option<(TestDatabase, String)> {
    let Some(database) = TestDatabase::postgres().await else {
        println!("SKIPPED: there is no PostgreSQL server to test with");
        return None;
    };
    let Location::Postgres(url) = database.location().clone() else { panic!("a server") };
    Some((database, url))
}

#[tokio::test]
async fn a_whole_journey_goes_from_server_to_server_with_every_request() {
    let Some((database, url)) = database().await else { return };
    let (one, other, proxy) = (place(&url), place(&url), Proxy::open().await);
    let (first, second) = (serve(&one, &proxy).await, serve(&other, &proxy).await);
    proxy.leads_to(&[&first, &second]);
    let caller = &proxy.caller;
    let json = async |method: Method, path: &str, token: &str, form: &[(&str, &str)]| {
        let answer = caller.ask(method, path, token, form).await.unwrap();
        let status = answer.status().as_u16();
        let token = answer.headers().get("authorization").map(|token| token.to_str().unwrap().to_owned());
        (status, answer.json::<Value>().await.unwrap(), token)
    };

    let address = "ada+clerk_test@example.com";
    let mut token = sign_up(caller, address, PASSWORD).await.unwrap();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let (status, client, _) = json(Method::GET, "/v1/client", &token, &[]).await;
        assert_eq!((status, &client["response"]["sessions"][0]["status"]), (200, &"active".into()), "{client}");
        let session = client["response"]["last_active_session_id"].as_str().unwrap();
        let (status, minted, _) =
            json(Method::POST, &format!("/v1/client/sessions/{session}/tokens"), &token, &[]).await;
        assert_eq!((status, minted["jwt"].as_str().unwrap().split('.').count()), (200, 3));
        keys.push(json(Method::GET, "/.well-known/jwks.json", "", &[]).await.1);
    }
    assert_eq!(keys[0], keys[1], "either verifies the tokens of the other");

    // A second one on the same client, step by step, and both out again.
    let (_, begun, _) = json(Method::POST, "/v1/client/sign_ins", &token, &[("identifier", address)]).await;
    assert_eq!(
        begun["errors"][0]["code"], "identifier_already_signed_in",
        "the other server knows who is signed in: {begun}"
    );
    let (status, _, _) = json(Method::DELETE, "/v1/client/sessions", &token, &[]).await;
    assert_eq!(status, 200);
    let (_, begun, next) = json(Method::POST, "/v1/client/sign_ins", &token, &[("identifier", address)]).await;
    token = next.unwrap_or(token);
    let path = format!("/v1/client/sign_ins/{}", begun["response"]["id"].as_str().unwrap());
    let factor = [("strategy", "password"), ("password", PASSWORD)];
    let (status, done, next) = json(Method::POST, &format!("{path}/attempt_first_factor"), &token, &factor).await;
    assert_eq!((status, &done["response"]["status"]), (200, &"complete".into()), "{done}");
    token = next.unwrap_or(token);
    assert_eq!(json(Method::GET, "/v1/me", &token, &[]).await.1["response"]["first_name"], Value::Null);

    // Wrong tries are counted together.
    let guess = [("identifier", address), ("password", "Mistaken and 7 oars")];
    let mut codes = Vec::new();
    for _ in 0..6 {
        let (_, refused, _) = json(Method::POST, "/v1/client/sign_ins", "", &guess).await;
        codes.push(refused["errors"][0]["code"].as_str().unwrap().to_owned());
    }
    assert!(codes[..5].iter().all(|code| code == "form_password_incorrect") && codes[5] == "user_locked", "{codes:?}");
    for _ in 0..2 {
        let right = [("identifier", address), ("password", PASSWORD)];
        let (_, refused, _) = json(Method::POST, "/v1/client/sign_ins", "", &right).await;
        assert_eq!(refused["errors"][0]["code"], "user_locked", "either keeps to it");
    }
    let given = proxy.given();
    assert!(given[0].abs_diff(given[1]) <= 1 && given[0] >= 10, "each had every other request: {given:?}");
    first.stop().await;
    second.stop().await;
    database.remove().await;
}

#[tokio::test]
async fn one_that_is_killed_under_load_loses_nothing_that_was_answered() {
    let Some((database, url)) = database().await else { return };
    let (one, other, proxy) = (place(&url), place(&url), Proxy::open().await);
    let (first, second) = (serve(&one, &proxy).await, serve(&other, &proxy).await);
    proxy.leads_to(&[&first, &second]);
    let (finished, gone) = (AtomicUsize::new(0), AtomicBool::new(false));
    let line = async |line: usize| {
        let (mut done, mut after) = (Vec::new(), 0);
        for count in 0.. {
            let address = format!("l{line}.c{count}+clerk_test@example.com");
            let late = gone.load(Ordering::Relaxed);
            // What was under way on the one that is killed gets no answer, and is begun anew.
            let Some(token) = sign_up(&proxy.caller, &address, PASSWORD).await else { continue };
            done.push((address, token));
            finished.fetch_add(1, Ordering::Relaxed);
            after += usize::from(late);
            if after >= 2 {
                break;
            }
        }
        done
    };
    let kill = async {
        while finished.load(Ordering::Relaxed) < 4 {
            tokio::task::yield_now().await;
        }
        first.signal(Signal::KILL);
        first.ended().await;
        gone.store(true, Ordering::Relaxed);
    };
    let lines = async { tokio::join!(line(0), line(1), line(2), line(3)) };
    let ((a, b, c, d), ()) = tokio::join!(lines, kill);
    let answered: Vec<_> = [a, b, c, d].into_iter().flatten().collect();
    assert!(answered.len() >= 12, "{}", answered.len());

    let third = serve(&one, &proxy).await;
    proxy.leads_to(&[&second, &third]);
    for (address, token) in &answered {
        let client = proxy.caller.ask(Method::GET, "/v1/client", token, &[]).await.unwrap();
        let client: Value = client.json().await.unwrap();
        let session = &client["response"]["sessions"][0];
        assert_eq!(session["user"]["email_addresses"][0]["email_address"], *address, "still signed in: {client}");
        assert_eq!(session["status"], "active");
    }
    second.stop().await;
    third.stop().await;
    database.remove().await;
}
