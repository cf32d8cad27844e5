//! What stands in the way is told in a sentence that says what to do, and leaves everything as it was.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::program::{Place, sign_up};

const SERVE: [&str; 1] = ["serve"];
const HERE: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[tokio::test]
async fn sec_104_a_development_instance_is_not_served_to_others() {
    let place = Place::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let sentence = place.refused(&SERVE, &["--listen", address]).await;
        assert!(sentence.contains("listens on this computer only") && sentence.contains("127.0.0.1"), "{sentence}");
    }
    let config = place.file("frontdesk.toml", "environment = \"production\"");
    let config = ["--config", config.to_str().unwrap(), "--listen", "0.0.0.0:0"];
    let sentence = place.refused(&SERVE, &config).await;
    assert!(sentence.contains("--public-url https://"), "{sentence}");
    let open = [&config[..], &["--public-url", "http://auth.example.com"]].concat();
    assert!(place.refused(&SERVE, &open).await.contains("begins with https://"));
    // What development is, production cannot become.
    place.serve().await.stop().await;
    let sentence = place.refused(&SERVE, &config).await;
    assert!(sentence.contains("listens on this computer only"), "{sentence}");
    let sentence = place.refused(&SERVE, &[&config[..2], &HERE].concat()).await;
    assert!(sentence.contains("cannot become"), "{sentence}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = place.refused(&SERVE, &["--listen", &address]).await;
    assert!(sentence.contains("is taken by another program") && sentence.contains(&address), "{sentence}");
    place.serve().await.stop().await;
}

#[tokio::test]
async fn sec_109_one_folder_is_served_once() {
    let place = Place::new();
    let serving = place.serve().await;
    let sentence = place.refused(&SERVE, &HERE).await;
    assert!(sentence.contains("another process serves this data folder already"), "{sentence}");
    assert_eq!(serving.ask(Method::GET, "/v1/health", "", &[]).await.unwrap().status(), 200);
    serving.stop().await;
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_is_told_as_a_whole() {
    let place = Place::new();
    let missing = place.path("missing.toml");
    let sentence = place.refused(&SERVE, &[&HERE[..], &["--config", missing.to_str().unwrap()]].concat()).await;
    assert!(sentence.contains("missing.toml"), "{sentence}");
    for (text, words) in [
        ("settings = 3", &["line 1"][..]),
        ("[settings]\nnonsense = 1\napplication_name = \"\"", &["`nonsense` is not a setting", "application_name"]),
        (
            "[settings.policy.sessions]\nmax_lifetime_ms = \"off\"\n[settings.limits]\ncreate = 0",
            &["at least one must be on", "limits.create"],
        ),
        ("environment = \"production\"\n[settings.policy]\ntest_mode = true", &["test_mode"]),
        ("public_url = \"ftp://a.example\"", &["http:// or https://"]),
    ] {
        let config = place.file("frontdesk.toml", text);
        let sentence = place.refused(&SERVE, &[&HERE[..], &["--config", config.to_str().unwrap()]].concat()).await;
        for word in words {
            assert!(sentence.contains(word), "{word}: {sentence}");
        }
    }
    assert!(place.refused(&["keys"], &[]).await.contains("no instance yet"), "none was made");
}

#[tokio::test]
async fn a_key_that_is_missing_or_another_one_is_not_replaced() {
    let mut place = Place::new();
    let serving = place.serve().await;
    let token = sign_up(&serving, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    serving.stop().await;
    let key = place.data().join("instance.key");
    let aside = place.path("aside.key");
    fs::rename(&key, &aside).unwrap();
    for words in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys"], &["outbox"]] {
        let sentence = place.refused(&words[..1], &words[1..]).await;
        assert!(sentence.contains("instance.key") && sentence.contains("FRONTDESK_INSTANCE_KEY"), "{sentence}");
    }
    assert!(!key.exists(), "no new one was made");

    place.variables = vec![("FRONTDESK_INSTANCE_KEY", "07".repeat(32))];
    assert!(place.refused(&SERVE, &HERE).await.contains("does not belong to this database"));
    place.variables = vec![("FRONTDESK_INSTANCE_KEY", "secret words".to_owned())];
    let sentence = place.refused(&SERVE, &HERE).await;
    assert!(
        sentence.contains("FRONTDESK_INSTANCE_KEY does not hold") && !sentence.contains("secret words"),
        "{sentence}"
    );
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o644)).unwrap();
    fs::copy(&aside, &key).unwrap();
    place.variables.clear();
    assert!(place.refused(&SERVE, &HERE).await.contains("chmod 600"));
    fs::remove_file(&key).unwrap();

    place.variables = vec![("FRONTDESK_INSTANCE_KEY_FILE", aside.display().to_string())];
    let serving = place.serve().await;
    let client: Value = serving.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap().json().await.unwrap();
    assert_eq!(client["response"]["sessions"][0]["status"], "active", "nothing was lost");
    serving.stop().await;
}

/// Runs the program as a user who may not write everywhere; false where that cannot be done here.
fn as_nobody(place: &mut Place) -> bool {
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    let words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    let program = env!("CARGO_BIN_EXE_frontdesk-server");
    let probe = Command::new(words[0]).args(&words[1..]).args([program, "--version"]).output();
    if probe.is_ok_and(|output| output.status.success()) {
        place.wrapper = words.map(str::to_owned).to_vec();
        return true;
    }
    println!("SKIPPED: as root everything can be written, and `setpriv` cannot run {program} as another user");
    false
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let mut place = Place::new();
    if !as_nobody(&mut place) {
        return;
    }
    // A folder that cannot be made.
    fs::set_permissions(place.path("."), fs::Permissions::from_mode(0o555)).unwrap();
    let sentence = place.refused(&SERVE, &HERE).await;
    assert!(sentence.contains("cannot be made") && sentence.contains("data"), "{sentence}");
    // One that is there.
    fs::set_permissions(place.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(place.data()).unwrap();
    fs::set_permissions(place.data(), fs::Permissions::from_mode(0o555)).unwrap();
    let sentence = place.refused(&SERVE, &HERE).await;
    assert!(sentence.contains("Permission denied") && sentence.contains("write"), "{sentence}");
    assert_eq!(fs::read_dir(place.data()).unwrap().count(), 0);
    fs::set_permissions(place.data(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let mut place = Place::new();
    fs::create_dir(place.data()).unwrap();
    // A small disk of the program's own, which goes with it.
    let disk = "mount -t tmpfs -o size=1500k none \"$0\" && exec \"$@\"";
    let words =
        ["unshare", "--mount", "--map-root-user", "sh", "-c", disk, place.data().to_str().unwrap()].map(str::to_owned);
    let probe = Command::new(&words[0]).args(&words[1..]).arg("true").output();
    if !probe.as_ref().is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: no disk can be mounted here: {probe:?}");
        return;
    }
    place.wrapper = words.to_vec();
    let serving = place.serve().await;
    let token = sign_up(&serving, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    // The first use of a new token is noted; after that it is only looked at.
    assert_eq!(serving.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap().status(), 200);
    let metadata = json!({ "filler": "x".repeat(8000) }).to_string();
    let form = [("unsafe_metadata", metadata.as_str())];
    let mut written = 0;
    let refused = loop {
        let answer = serving.ask(Method::POST, "/v1/client/sign_ups", "", &form).await.unwrap();
        if answer.status() != 200 {
            break answer;
        }
        written += 1;
        assert!(written < 1000, "the disk is never full");
    };
    assert_eq!(refused.status(), 503);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["errors"][0]["code"], "service_unavailable");
    // Who is signed in stays signed in, and gets tokens.
    let client = serving.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap();
    let client: Value = client.json().await.unwrap();
    let session = client["response"]["sessions"][0]["id"].as_str().unwrap();
    let tokens = format!("/v1/client/sessions/{session}/tokens");
    assert_eq!(serving.ask(Method::POST, &tokens, &token, &[]).await.unwrap().status(), 200);
    let said = serving.stop().await.errors;
    assert!(said.contains("the disk is full"), "{said}");
}

#[tokio::test]
async fn a_database_that_is_none_is_left_alone() {
    let place = Place::new();
    fs::create_dir(place.data()).unwrap();
    let letter = "A letter, and no database. ".repeat(400);
    let file = place.data().join("frontdesk.db");
    fs::write(&file, &letter).unwrap();
    let sentence = place.refused(&SERVE, &HERE).await;
    assert!(sentence.contains("damaged"), "{sentence}");
    assert_eq!(fs::read_to_string(&file).unwrap(), letter);
    assert!(!Path::new(&place.data().join("instance.key")).exists());
    // A database URL may hold a password.
    let url = ["--listen", "127.0.0.1:0", "--database", "mysql://frontdesk:opensesame@localhost/x"];
    let sentence = place.refused(&SERVE, &url).await;
    assert!(sentence.contains("postgres://") && !sentence.contains("opensesame"), "{sentence}");
    let url = ["--listen", "127.0.0.1:0", "--database", "postgres://frontdesk:opensesame@127.0.0.1:1/x"];
    let sentence = place.refused(&SERVE, &url).await;
    assert!(sentence.contains("does not answer") && !sentence.contains("opensesame"), "{sentence}");
}
