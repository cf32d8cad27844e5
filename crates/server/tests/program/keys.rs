//! Secret keys on the command line.

use serde_json::Value;

use crate::program::{Place, Serving};

async fn told(place: &Place, words: &[&str], rest: &[&str]) -> Value {
    let ended = place.run(words, rest).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    serde_json::from_str(&ended.output).unwrap()
}

/// How the Backend API answers to this key.
async fn asked(serving: &Serving, key: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("http://{}/v1/users/count", serving.address)).bearer_auth(key);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn keys_are_listed_made_rolled_and_revoked() {
    let place = Place::new();
    assert!(place.refused(&["keys", "list"], &[]).await.contains("no instance yet"));
    place.serve().await.stop().await;
    let keys = told(&place, &["keys"], &[]).await;
    let first = keys["secret_key"].as_str().unwrap().to_owned();
    let list = told(&place, &["keys", "list"], &[]).await;
    assert_eq!((list[0]["id"].as_str(), list[0]["state"].as_str()), (Some("key_first"), Some("stays")));
    assert!(!list.to_string().contains("sk_test_"), "a list shows no keys: {list}");
    assert!(place.refused(&["keys", "revoke", "key_first"], &[]).await.contains("keys create"));
    assert!(place.refused(&["keys", "revoke", "key_x"], &[]).await.contains("key_x"));

    let second = told(&place, &["keys", "create"], &[]).await;
    let rolled = told(&place, &["keys", "roll"], &["--overlap", "2"]).await;
    assert_eq!(rolled["others_that_end"], 2);
    let serving = place.serve().await;
    let (second_key, newest) = (second["secret_key"].as_str().unwrap(), rolled["secret_key"].as_str().unwrap());
    for key in [&first, second_key, newest] {
        assert_eq!(asked(&serving, key).await, 200);
    }
    let said = serving.stop().await.output;
    for (key, id) in [(&*first, "key_first"), (second_key, second["id"].as_str().unwrap())] {
        assert!(!said.contains(key), "sec_91: a log holds no key");
        assert!(key.len() > 40 && id.starts_with("key_"));
    }

    let ended = told(&place, &["keys", "revoke", second["id"].as_str().unwrap()], &[]).await;
    assert_eq!(ended["state"], "over");
    let serving = place.serve().await;
    assert_eq!((asked(&serving, second_key).await, asked(&serving, &first).await), (401, 200));
    serving.stop().await;
    let now = told(&place, &["keys"], &[]).await;
    assert_eq!(now["secret_key"], rolled["secret_key"], "applications are set up with the newest that stays");
}

#[tokio::test]
async fn sec_91_the_log_says_by_which_key_something_was_done_and_never_the_key() {
    let place = Place::new();
    let serving = place.serve().await;
    let key = told(&place, &["keys"], &[]).await["secret_key"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = r#"{"email_address":["ada@example.com"],"skip_password_requirement":true}"#;
    let request = http.post(format!("http://{}/v1/users", serving.address)).bearer_auth(&key);
    let made = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(made.status().as_u16(), 200);
    let said = serving.stop().await.output;
    let line = said.lines().find(|line| line.contains("user_created_by_owner")).expect(&said);
    assert!(line.contains("key_first"), "{line}");
    assert!(!said.contains(&key) && !said.contains("ada@example.com"), "{said}");
}
