//! The everyday: serve, keys, outbox, end.

use frontdesk_store::{Location, testing::TestDatabase};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::program::{Place, sign_up};

#[tokio::test]
async fn it_serves_and_tells_its_keys_and_its_outbox() {
    let place = Place::new();
    assert!(place.refused(&["keys"], &[]).await.contains("no instance yet"));
    assert!(place.refused(&["outbox"], &[]).await.contains("no instance yet"));
    assert!(!place.data().exists(), "looking makes nothing");

    let serving = place.serve().await;
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    let origin = format!("http://{}", serving.address);
    assert_eq!(keys["frontend_api"], origin);
    assert_eq!(keys["jwks_url"], format!("{origin}/.well-known/jwks.json"));
    assert_eq!(keys["provider_redirect_uri"], format!("{origin}/v1/oauth_callback"));
    assert!(keys["publishable_key"].as_str().unwrap().starts_with("pk_test_"));
    assert!(keys["secret_key"].as_str().unwrap().starts_with("sk_test_"));
    assert_eq!(keys.as_object().unwrap().len(), 5);

    assert_eq!(place.run(&["outbox"], &["--json"]).await.output.trim(), "[]");
    for address in ["ada@example.com", "bob@example.com"] {
        let form = [("email_address", address), ("password", "Lantern and 7 oars")];
        let begun = serving.ask(Method::POST, "/v1/client/sign_ups", "", &form).await.unwrap();
        let token = begun.headers()["authorization"].to_str().unwrap().to_owned();
        let begun: Value = begun.json().await.unwrap();
        let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun["response"]["id"].as_str().unwrap());
        let sent = serving.ask(Method::POST, &path, &token, &[("strategy", "email_code")]).await.unwrap();
        assert_eq!(sent.status(), 200);
    }
    let all: Value = serde_json::from_str(&place.run(&["outbox"], &["--json"]).await.output).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let one = place.run(&["outbox"], &["--json", "--to", "Ada@Example.com"]).await.output;
    let one: Value = serde_json::from_str(&one).unwrap();
    assert_eq!((one.as_array().unwrap().len(), &one[0]["to"]), (1, &json!("ada@example.com")));
    let served = serving.ask(Method::GET, "/frontdesk/outbox", "", &[]).await.unwrap();
    assert_eq!(served.json::<Value>().await.unwrap(), all);
    let readable = place.run(&["outbox"], &["--to", "bob@example.com"]).await.output;
    assert!(readable.contains("To: bob@example.com") && !readable.contains("ada@"), "{readable}");
    assert!(place.refused(&["outbox"], &["--to", "nonsense"]).await.contains("email address"));

    serving.stop().await;
    let again: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    assert_eq!(again, keys, "and while nobody serves");
}

#[tokio::test]
async fn two_processes_serve_one_instance_from_postgresql() {
    let Some(database) = TestDatabase::postgres().await else {
        println!("SKIPPED: there is no PostgreSQL server to test with");
        return;
    };
    let Location::Postgres(url) = database.location().clone() else { panic!("a server") };
    let key = ("FRONTDESK_INSTANCE_KEY", "07".repeat(32));
    let (mut one, mut other) = (Place::new(), Place::new());
    one.variables = vec![key.clone(), ("FRONTDESK_DATABASE_URL", url.clone())];
    other.variables = vec![key];
    let first = one.serve().await;
    let second = other.serve_with(&["--listen", "127.0.0.1:0", "--database", &url]).await;
    let token = sign_up(&first, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    let client: Value = second.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap().json().await.unwrap();
    assert_eq!(client["response"]["sessions"][0]["status"], "active");
    let keys = async |place: &Place, rest: &[&str]| place.run(&["keys"], rest).await.output;
    assert_eq!(keys(&one, &[]).await, keys(&other, &["--database", &url]).await);
    assert_eq!(one.run(&["outbox"], &["--json"]).await.output.trim(), "[]");
    first.stop().await;
    let said = second.stop().await.errors;
    assert!(said.contains("does not lead to this door"), "the first one's address is the instance's: {said}");
    assert!(!one.data().join("instance.key").exists() && !one.data().join("frontdesk.db").exists());
    database.remove().await;
}

#[tokio::test]
async fn it_answers_what_is_under_way_before_it_ends() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let serving = place.serve().await;
        let address = serving.address;
        let mut late = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /v1/client/sign_ups?_is_native=1 HTTP/1.1\r\nHost: {address}\r\nContent-Length: 14\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n"
        );
        late.write_all(head.as_bytes()).await.unwrap();
        // The server has begun with the request when it asks for the body.
        let mut asked = [0; 25];
        late.read_exact(&mut asked).await.unwrap();
        assert!(asked.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&asked));
        let idle = TcpStream::connect(address).await.unwrap();
        serving.signal(signal);
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        late.write_all(b"first_name=Ada").await.unwrap();
        let mut answer = String::new();
        late.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"first_name\":\"Ada\""), "{answer}");
        let ended = serving.ended().await;
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        drop(idle);
    }
}

#[tokio::test]
async fn settings_and_public_url_come_from_the_command_line_and_the_file() {
    let place = Place::new();
    let config = place.file(
        "frontdesk.toml",
        "public_url = \"https://auth.example.com\"\n[settings]\napplication_name = \"Team\"\n[settings.policy.password]\nmin_length = 12\n",
    );
    let config = ["--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    let serving = place.serve_with(&config).await;
    let environment = serving.ask(Method::GET, "/v1/environment", "", &[]).await.unwrap();
    let environment: Value = environment.json().await.unwrap();
    assert_eq!(environment["display_config"]["application_name"], "Team");
    assert_eq!(environment["user_settings"]["password_settings"]["min_length"], 12);
    serving.stop().await;
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    assert_eq!(keys["frontend_api"], "https://auth.example.com");

    // The command line wins, and what it says is kept.
    let line = [&config[..], &["--public-url", "https://login.example.com"]].concat();
    let said = place.serve_with(&line).await.stop().await;
    assert!(said.errors.contains("the public URL has changed"), "{said:?}");
    let serving = place.serve().await;
    serving.stop().await;
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    assert_eq!(keys["frontend_api"], "https://login.example.com");
}

#[tokio::test]
async fn sec_100_the_log_holds_no_secret_and_no_address() {
    let mut place = Place::new();
    place.variables.push(("FRONTDESK_LOG", "trace".to_owned()));
    let serving = place.serve().await;
    let form = [("email_address", "ada.lovelace@example.com"), ("password", "Lantern and 7 oars")];
    let begun = serving.ask(Method::POST, "/v1/client/sign_ups", "", &form).await.unwrap();
    let first = begun.headers()["authorization"].to_str().unwrap().to_owned();
    let begun: Value = begun.json().await.unwrap();
    let path = format!("/v1/client/sign_ups/{}", begun["response"]["id"].as_str().unwrap());
    let code = ("strategy", "email_code");
    let prepare = format!("{path}/prepare_verification");
    assert_eq!(serving.ask(Method::POST, &prepare, &first, &[code]).await.unwrap().status(), 200);
    let outbox: Value = serde_json::from_str(&place.run(&["outbox"], &["--json"]).await.output).unwrap();
    let digits = outbox[0]["code"].as_str().unwrap().to_owned();
    let attempt = format!("{path}/attempt_verification");
    let wrong = if digits == "918273" { "918274" } else { "918273" };
    assert_eq!(serving.ask(Method::POST, &attempt, &first, &[code, ("code", wrong)]).await.unwrap().status(), 422);
    let done = serving.ask(Method::POST, &attempt, &first, &[code, ("code", &digits)]).await.unwrap();
    let second = done.headers()["authorization"].to_str().unwrap().to_owned();
    let done: Value = done.json().await.unwrap();
    let session = done["response"]["created_session_id"].as_str().unwrap();
    let minted =
        serving.ask(Method::POST, &format!("/v1/client/sessions/{session}/tokens"), &second, &[]).await.unwrap();
    let minted: Value = minted.json().await.unwrap();
    let form = [("identifier", "ada.lovelace@example.com"), ("password", "Mistaken and 7 oars")];
    assert_eq!(serving.ask(Method::POST, "/v1/client/sign_ins", &second, &form).await.unwrap().status(), 400);
    assert_eq!(serving.ask(Method::POST, "/v1/client/sign_ins", "", &form).await.unwrap().status(), 422);
    let forged = "/v1/client/%0aERROR%20forged/ada.lovelace@example.com";
    assert_eq!(serving.ask(Method::GET, forged, &second, &[]).await.unwrap().status(), 404);
    let stale = format!("{}x", &first[..first.len() - 1]);
    assert_eq!(serving.ask(Method::GET, "/v1/client", &stale, &[]).await.unwrap().status(), 401);
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    let key = std::fs::read_to_string(place.data().join("instance.key")).unwrap();

    let said = serving.stop().await.errors;
    assert!(said.contains("sign_up") && said.contains("sign_in_refused"), "every event is there: {said}");
    let mac = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    let jwt = minted["jwt"].as_str().unwrap();
    for (what, secret) in [
        ("password", "Lantern and 7 oars".to_owned()),
        ("password in a form", "Lantern+and+7+oars".to_owned()),
        ("wrong password", "Mistaken".to_owned()),
        ("code", digits),
        ("wrong code", wrong.to_owned()),
        ("client token", mac(&first)),
        ("client token", mac(&second)),
        ("session token", mac(jwt)),
        ("secret key", keys["secret_key"].as_str().unwrap().to_owned()),
        ("instance key", key.trim().to_owned()),
        ("address", "ada.lovelace".to_owned()),
        ("forged line", "forged".to_owned()),
    ] {
        let line = said.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "the log holds the {what}");
    }
}
