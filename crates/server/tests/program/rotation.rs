//! New keys in place of old ones.

use std::{fs, os::unix::fs::PermissionsExt as _};

use frontdesk_store::{Location, testing::TestDatabase};
use reqwest::Method;
use serde_json::Value;

use crate::program::{Place, Serving, sign_up};

const ADDRESS: &str = "ada+clerk_test@example.com";
const PASSWORD: &str = "Lantern and 7 oars";

async fn json(serving: &Serving, method: Method, path: &str, token: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = serving.ask(method, path, token, form).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn kids(serving: &Serving) -> Vec<String> {
    let (_, keys) = json(serving, Method::GET, "/.well-known/jwks.json", "", &[]).await;
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn secret_key(place: &Place) -> String {
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    keys["secret_key"].as_str().unwrap().to_owned()
}

/// A message that waits in the outbox.
async fn mail(serving: &Serving) {
    let form = [("email_address", "bob@example.com"), ("password", PASSWORD)];
    let begun = serving.ask(Method::POST, "/v1/client/sign_ups", "", &form).await.unwrap();
    let token = begun.headers()["authorization"].to_str().unwrap().to_owned();
    let begun: Value = begun.json().await.unwrap();
    let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun["response"]["id"].as_str().unwrap());
    assert_eq!(json(serving, Method::POST, &path, &token, &[("strategy", "email_code")]).await.0, 200);
}

#[tokio::test]
async fn sec_29_a_new_signing_key_is_published_while_it_is_served_and_the_old_one_stays() {
    let place = Place::new();
    let serving = place.serve().await;
    let token = sign_up(&serving, ADDRESS, PASSWORD).await.unwrap();
    let before = kids(&serving).await;
    assert_eq!(before.len(), 1);
    let done = place.run(&["rotate-key"], &["--signing"]).await;
    assert!(done.status.success(), "{done:?}");
    serving.says("the signing keys have changed").await;
    let after = kids(&serving).await;
    assert_eq!((after.len(), &after[1]), (2, &before[0]));
    assert!(done.output.contains(&after[0]), "{done:?}");
    let client = json(&serving, Method::GET, "/v1/client", &token, &[]).await.1;
    assert_eq!(client["response"]["sessions"][0]["status"], "active", "nobody is signed out");
    serving.stop().await;
    let serving = place.serve().await;
    assert_eq!(kids(&serving).await, after);
    serving.stop().await;
}

#[tokio::test]
async fn sec_108_a_new_instance_key_voids_what_the_old_one_made() {
    let place = Place::new();
    assert!(place.refused(&["rotate-key"], &[]).await.contains("no instance yet"));
    let serving = place.serve().await;
    let token = sign_up(&serving, ADDRESS, PASSWORD).await.unwrap();
    mail(&serving).await;
    let (old_secret, old_kids) = (secret_key(&place).await, kids(&serving).await);
    let outbox = place.run(&["outbox"], &["--json"]).await.output;
    assert!(place.refused(&["rotate-key"], &[]).await.contains("stop the server first"));
    serving.stop().await;

    let key = place.data().join("instance.key");
    let old_key = fs::read_to_string(&key).unwrap();
    let done = place.run(&["rotate-key"], &[]).await;
    assert!(done.status.success() && done.output.contains("instance.key"), "{done:?}");
    let new_key = fs::read_to_string(&key).unwrap();
    assert_ne!(new_key, old_key);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!done.output.contains(new_key.trim()) && !place.data().join("instance.key.next").exists());
    assert_ne!(secret_key(&place).await, old_secret);
    assert_eq!(place.run(&["outbox"], &["--json"]).await.output, outbox, "messages were sealed anew");

    let serving = place.serve().await;
    assert!(kids(&serving).await.iter().all(|kid| !old_kids.contains(kid)));
    let (status, refused) = json(&serving, Method::GET, "/v1/client", &token, &[]).await;
    assert_eq!(status, 401, "{refused}");
    let users = reqwest::Client::builder().no_proxy().build().unwrap();
    let users = users.get(format!("http://{}/v1/users", serving.address)).bearer_auth(&old_secret).send().await;
    assert_eq!(users.unwrap().status().as_u16(), 401);
    let form = [("identifier", ADDRESS), ("password", PASSWORD)];
    assert_eq!(json(&serving, Method::POST, "/v1/client/sign_ins", "", &form).await.0, 200, "the password is the same");
    serving.stop().await;
    fs::write(&key, old_key).unwrap();
    assert!(place.refused(&["serve"], &["--listen", "127.0.0.1:0"]).await.contains("does not belong"));
}

#[tokio::test]
async fn a_replacement_that_was_cut_off_is_finished_by_the_next_start() {
    let place = Place::new();
    place.serve().await.stop().await;
    let (key, next) = (place.data().join("instance.key"), place.data().join("instance.key.next"));
    let old_key = fs::read_to_string(&key).unwrap();
    assert!(place.run(&["rotate-key"], &[]).await.status.success());
    let new_key = fs::read_to_string(&key).unwrap();
    // Cut off after the database had taken the new key, and before the key was in its place.
    fs::rename(&key, &next).unwrap();
    fs::write(&key, &old_key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let said = place.serve().await.stop().await.errors;
    assert!(said.contains("the new one is in its place now"), "{said}");
    assert_eq!(fs::read_to_string(&key).unwrap(), new_key);
    assert!(!next.exists());
    // Cut off before: what was written for the new key is of no use, and in nobody's way.
    fs::write(&next, "08".repeat(32)).unwrap();
    fs::set_permissions(&next, fs::Permissions::from_mode(0o600)).unwrap();
    place.serve().await.stop().await;
    assert_eq!(fs::read_to_string(&key).unwrap(), new_key);
    assert!(place.run(&["rotate-key"], &[]).await.status.success());
    assert_ne!(fs::read_to_string(&key).unwrap(), new_key);
}

#[tokio::test]
async fn servers_over_postgresql_are_stopped_before_their_key_is_replaced() {
    let Some(database) = TestDatabase::postgres().await else {
        println!("SKIPPED: there is no PostgreSQL server to test with");
        return;
    };
    let Location::Postgres(url) = database.location().clone() else { panic!("a server") };
    let mut place = Place::new();
    place.variables = vec![("FRONTDESK_INSTANCE_KEY", "07".repeat(32)), ("FRONTDESK_DATABASE_URL", url)];
    let serving = place.serve().await;
    sign_up(&serving, ADDRESS, PASSWORD).await.unwrap();
    mail(&serving).await;
    let outbox = place.run(&["outbox"], &["--json"]).await.output;
    assert!(place.refused(&["rotate-key"], &[]).await.contains("--new-key FILE"));
    let file = place.path("new.key");
    // From a folder that nobody serves, as on another machine.
    let mut other = Place::new();
    other.variables.clone_from(&place.variables);
    fs::create_dir(other.data()).unwrap();
    let sentence = other.refused(&["rotate-key"], &["--new-key", file.to_str().unwrap()]).await;
    assert!(sentence.contains("stop every server of the instance first") && !file.exists(), "{sentence}");
    serving.stop().await;
    let done = other.run(&["rotate-key"], &["--new-key", file.to_str().unwrap()]).await;
    assert!(done.status.success() && done.output.contains("new.key"), "{done:?}");
    assert!(other.refused(&["rotate-key"], &["--new-key", file.to_str().unwrap()]).await.contains("is there already"));
    place.variables[0] = ("FRONTDESK_INSTANCE_KEY_FILE", file.display().to_string());
    assert_eq!(place.run(&["outbox"], &["--json"]).await.output, outbox);
    let serving = place.serve().await;
    let form = [("identifier", ADDRESS), ("password", PASSWORD)];
    assert_eq!(json(&serving, Method::POST, "/v1/client/sign_ins", "", &form).await.0, 200);
    serving.stop().await;
    database.remove().await;
}
