//! The audit log, from the command line.

use reqwest::Method;
use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Place, sign_up};

#[tokio::test]
async fn sec_91_what_happened_to_accounts_is_told_without_secrets() {
    let place = Place::new();
    let serving = place.serve().await;
    let address = "ada+clerk_test@example.com";
    let token = sign_up(&serving, address, "Lantern and 7 oars").await.unwrap();
    let client: Value = serving.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap().json().await.unwrap();
    let user = client["response"]["sessions"][0]["user"]["id"].as_str().unwrap().to_owned();
    let form = [("identifier", address), ("password", "Mistaken and 7 oars")];
    assert_eq!(serving.ask(Method::POST, "/v1/client/sign_ins", "", &form).await.unwrap().status(), 422);
    let owner = reqwest::Client::builder().no_proxy().build().unwrap();
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    let secret = keys["secret_key"].as_str().unwrap();
    let path = |rest: &str| format!("http://{}/v1/users/{user}{rest}", serving.address);
    for (key, status) in [("sk_test_guess", 401), (secret, 200)] {
        let banned = owner.post(path("/ban")).bearer_auth(key).header("content-type", "application/json");
        assert_eq!(banned.body("{}").send().await.unwrap().status().as_u16(), status);
    }
    // What waits when it is told to end is written first.
    serving.signal(Signal::TERM);
    serving.ended().await;

    let told = place.run(&["audit"], &["--json"]).await.output;
    let entries: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    let place_of = |event: &str| events.iter().position(|found| *found == event).unwrap_or_else(|| panic!("{told}"));
    assert!(place_of("sign_up") < place_of("sign_in_refused"), "{told}");
    assert!(place_of("secret_key_refused") < place_of("access_set_by_owner"), "{told}");
    assert_eq!(entries[place_of("sign_up")]["user"], *user);
    for word in ["ada", "Lantern", "Mistaken", secret, "sk_test", &token, "127.0.0.1"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    let of_user = place.run(&["audit"], &["--user", &user, "--last", "1"]).await.output;
    assert!(of_user.lines().count() == 1 && of_user.contains(" GMT access_set_by_owner user_"), "{of_user}");
    assert!(place.refused(&["audit"], &["--user", "nobody"]).await.contains("the id of a user"));

    assert!(place.run(&["rotate-key"], &[]).await.status.success());
    let told = place.run(&["audit"], &[]).await.output;
    assert!(told.lines().last().unwrap().contains("instance_key_replaced"), "{told}");
}
