//! What comes back from a provider many times at the same moment, in two processes that share a database.

use std::collections::BTreeSet;

use frontdesk_store::testing::{TestDatabase, on_each};
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use url::Url;

use crate::{
    answer::Answer,
    device::Device,
    external::{APP, come_back, nonce, proof},
    house::{House, Wish},
    stand_in::{Persona, Provider},
};

/// Requests at once.
const MANY: usize = 20;
const ADA: &str = "ada@example.com";

/// Two processes of one instance.
async fn two(database: &TestDatabase, provider: &Provider) -> [House; 2] {
    let one = House::with(database, Wish::settings(provider.connections())).await;
    let other = one.replica(database, provider.connections()).await;
    [one, other]
}

/// Browsers that nobody knows bring the same answer of the provider to both processes, all at once; answers with where
/// those are sent that are sent anywhere.
async fn callbacks(device: &Device<'_>, houses: &[House; 2], back: &Url) -> Vec<Url> {
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let browsers = (0..MANY).map(|index| {
        let request = device.at(&houses[index % 2]).request(Method::GET, &path).header("authorization", "");
        async move { request.send().await.unwrap() }
    });
    let mut sent = Vec::new();
    for response in join_all(browsers).await {
        if response.status() == StatusCode::SEE_OTHER {
            sent.push(Url::parse(response.headers()["location"].to_str().unwrap()).unwrap());
        } else {
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            assert!(response.text().await.unwrap().contains("used"));
        }
    }
    sent
}

/// Copies of a device offer the same nonce to both processes, all at once. Each is told what became of it, or to come again.
async fn redemptions(device: &Device<'_>, houses: &[House; 2], path: &str) -> Vec<Answer> {
    let requests = (0..MANY).map(|index| {
        let device = device.at(&houses[index % 2]);
        async move { device.ask(device.request(Method::GET, path)).await }
    });
    let (done, later): (Vec<_>, Vec<_>) =
        join_all(requests).await.into_iter().partition(|answer| answer.status == StatusCode::OK);
    assert!(later.iter().all(|answer| answer.codes() == ["service_unavailable"]), "{later:?}");
    assert!(!done.is_empty());
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_13_twenty_callbacks_of_one_state_at_once_are_one_exchange() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let houses = two(database, &provider).await;
        for (attempts, exchanges) in [("sign_ups", 1), ("sign_ins", 2)] {
            let mut device = houses[0].device();
            let (id, page) = device.go_out(attempts, "oauth_google").await;
            let back = provider.agree(&page, &Persona::new(1, ADA));
            let sent = callbacks(&device, &houses, &back).await;
            assert_eq!(sent.len(), 1, "{sent:?}");
            assert_eq!(provider.exchanges(), exchanges, "{attempts}");
            let done = device.redeem(attempts, &id, &nonce(&sent[0])).await.ok();
            assert_eq!(done.response()["status"], "complete");
        }
        for house in houses {
            house.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_22_twenty_redemptions_of_one_nonce_at_once_are_one_session() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let houses = two(database, &provider).await;
        let persona = Persona::new(1, ADA);
        let mut users = BTreeSet::new();
        // The first one makes the account, the second one finds it.
        for attempts in ["sign_ups", "sign_ins"] {
            let mut device = houses[0].device();
            let (id, page) = device.go_out(attempts, "oauth_google").await;
            let nonce = nonce(&come_back(&device, provider.agree(&page, &persona)).await);
            let path = format!("/v1/client/{attempts}/{id}?rotating_token_nonce={nonce}");
            let done = redemptions(&device, &houses, &path).await;
            let sessions: BTreeSet<_> = done.iter().map(|answer| answer.text("/response/created_session_id")).collect();
            assert_eq!(sessions.len(), 1, "{attempts}: {sessions:?}");
            let client = device.client().await;
            assert_eq!(client["sessions"].as_array().unwrap().len(), 1, "{attempts}");
            let user = &client["sessions"][0]["user"];
            assert_eq!(user["external_accounts"].as_array().unwrap().len(), 1);
            users.insert(user["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(users.len(), 1);
        for house in houses {
            house.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_22_twenty_redemptions_of_one_nonce_at_once_connect_once() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let houses = two(database, &provider).await;
        let mut device = houses[0].device();
        device.sign_up(ADA).await;
        let form = [("strategy", "oauth_custom_acme"), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&device, provider.agree(&page, &Persona::new(1, "work@example.com"))).await;
        let done = redemptions(&device, &houses, &format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await;
        for me in &done {
            let externals = me.response()["external_accounts"].as_array().unwrap();
            assert_eq!(externals.len(), 1);
            assert_eq!(externals[0]["verification"]["status"], "verified");
            assert_eq!(me.response()["email_addresses"].as_array().unwrap().len(), 2, "its address once");
        }
        for house in houses {
            house.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_75_twenty_people_who_are_one_elsewhere_are_one_here() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let houses = two(database, &provider).await;
        let mut ways = Vec::new();
        for index in 0..MANY {
            let mut device = houses[index % 2].device();
            let (id, page) = device.go_out("sign_ups", "oauth_google").await;
            let nonce = nonce(&come_back(&device, provider.agree(&page, &Persona::new(1, ADA))).await);
            ways.push((device, id, nonce));
        }
        let redeemed = ways.iter_mut().map(|(device, id, nonce)| device.redeem("sign_ups", id, nonce));
        let mut made = 0;
        for answer in join_all(redeemed).await {
            if answer.status != StatusCode::OK {
                assert!(["service_unavailable", "identification_claimed"].contains(&answer.codes()[0]), "{answer:?}");
                continue;
            }
            if answer.response()["status"] == "complete" {
                made += 1;
            } else {
                assert_eq!(proof(answer.response())["status"], json!("transferable"));
            }
        }
        assert_eq!(made, 1, "the others are told that somebody has it");
        for house in houses {
            house.close().await;
        }
    })
    .await;
}
