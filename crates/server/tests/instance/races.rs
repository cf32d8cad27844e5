//! What happens at the same moment, in one process and in two that share a database.

use std::collections::BTreeMap;

use frontdesk_identity::time::MINUTE;
use frontdesk_store::{
    Location,
    testing::{TestDatabase, on_each},
};
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
};

/// Requests at once.
const MANY: usize = 50;
/// What requests are told that offer a right code a moment too late.
const TOO_LATE: [&str; 6] = [
    "ok",
    "resource_forbidden",
    "client_state_invalid",
    "identification_claimed",
    "verification_failed",
    "service_unavailable",
];

/// Two processes of one instance.
async fn two(database: &TestDatabase, policy: Value) -> [House; 2] {
    let wish = json!({ "policy": policy });
    let one = House::with(database, Wish::settings(wish.clone())).await;
    let other = one.replica(database, wish).await;
    [one, other]
}

async fn close(houses: [House; 2]) {
    for house in houses {
        house.close().await;
    }
}

/// Sends the same form from copies of a device to both processes, all at once.
async fn storm(device: &Device<'_>, houses: &[House; 2], path: &str, form: &[(&str, &str)]) -> Vec<Answer> {
    let requests = (0..MANY).map(|index| {
        let device = device.at(&houses[index % 2]);
        async move { device.ask(device.request(Method::POST, path).form(form)).await }
    });
    join_all(requests).await
}

/// How often each code was answered; `ok` for what was done.
fn tally(answers: &[Answer]) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let word = if answer.status == 200 { "ok" } else { answer.codes()[0] };
        *tally.entry(word).or_default() += 1;
    }
    tally
}

/// No more than these codes were answered.
#[track_caller]
fn only(tally: &BTreeMap<&str, usize>, allowed: &[&str]) {
    assert!(tally.keys().all(|code| allowed.contains(code)), "{tally:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_53_fifty_right_codes_at_once_sign_up_once() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let mut device = houses[0].device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let code = houses[0].code_for("ada@example.com").await;
        let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
        let answers = storm(&device, &houses, &path, &[("strategy", "email_code"), ("code", &code)]).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        only(&tally, &TOO_LATE);
        let client = device.client().await;
        assert_eq!(client["sessions"].as_array().unwrap().len(), 1);
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_53_fifty_right_codes_at_once_sign_in_once() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let person = houses[0].device().sign_up("ada@example.com").await;
        houses[0].clock.advance(MINUTE);
        let mut device = houses[0].device();
        let id = device.begin_sign_in(&person.address).await;
        device.prepare_sign_in(&id).await.ok();
        let code = houses[0].code_for(&person.address).await;
        let path = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let answers = storm(&device, &houses, &path, &[("strategy", "email_code"), ("code", &code)]).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        only(&tally, &TOO_LATE);
        assert_eq!(device.client().await["sessions"].as_array().unwrap().len(), 1);
        let me = device.get("/v1/me").await.ok();
        assert_eq!(me.response()["verification_attempts_remaining"], 10, "right codes are no failures");
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_54_fifty_wrong_guesses_at_once_cost_fifty() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let mut device = houses[0].device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let code = houses[0].code_for("ada@example.com").await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
        let answers = storm(&device, &houses, &path, &[("strategy", "email_code"), ("code", wrong)]).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("form_code_incorrect"), Some(&5), "no more than the cap are looked at: {tally:?}");
        only(&tally, &["form_code_incorrect", "verification_failed"]);
        device.prove_sign_up(&id, &code).await.refused(400, "verification_failed");
        close(houses).await;
    })
    .await;
}

/// Offers a code from so many copies of a device, each at an address of its own behind the proxy, and from one more
/// address that asks as often again as is allowed.
async fn from_everywhere(
    device: &Device<'_>,
    houses: &[House],
    path: &str,
    code: &str,
    (many, flooded): (usize, &[House]),
) -> Vec<Answer> {
    let everywhere = (0..many).map(|index| format!("198.51.{}.{}", index / 250, index % 250 + 1));
    let flood = (0..2 * ALLOWED).map(|_| "203.0.113.9".to_owned());
    let requests = everywhere.chain(flood).enumerate().map(|(index, address)| {
        let houses = if index < many { houses } else { flooded };
        let device = device.at(&houses[index % houses.len()]);
        async move {
            let request = device.request(Method::POST, path).header("x-forwarded-for", address);
            device.ask(request.form(&[("strategy", "email_code"), ("code", code)])).await
        }
    });
    join_all(requests).await
}

/// Tries from one address in ten seconds, at instances of the test below.
const ALLOWED: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_54_guesses_from_two_hundred_addresses_share_one_cap() {
    on_each(async |database| {
        // Development instances allow twenty times as much.
        let settings = json!({
            "trusted_proxies": ["127.0.0.0/8"],
            "limits": { "create": 10_000, "attempt": ALLOWED / 20, "other": 10_000 },
        });
        let one = House::with(database, Wish::settings(settings.clone())).await;
        let houses = [one.replica(database, settings).await, one];
        // Processes count together what an address asks. Of a file there is one only; here are two, so that one gets it all.
        let flooded = match database.location() {
            Location::Postgres(_) => &houses[..],
            Location::Sqlite(_) => &houses[..1],
        };
        for (many, right) in [(200, false), (50, true)] {
            let mut device = houses[0].device();
            let address = format!("ada{many}@example.com");
            let id = device.begin_sign_up(&address, "Lantern and 7 oars").await;
            let code = houses[0].code_for(&address).await;
            let wrong = if code == "111111" { "222222" } else { "111111" };
            let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
            let offered = if right { &code } else { wrong };
            let answers = from_everywhere(&device, &houses, &path, offered, (many, flooded)).await;
            let tally = tally(&answers);
            assert_eq!(tally.get("too_many_requests"), Some(&ALLOWED), "one address asks too often: {tally:?}");
            if right {
                assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
                only(&tally, &[&TOO_LATE[..], &["too_many_requests"]].concat());
            } else {
                assert_eq!(tally.get("form_code_incorrect"), Some(&5), "no more than the cap are looked at: {tally:?}");
                assert_eq!(tally.get("verification_failed"), Some(&(many + ALLOWED - 5)), "{tally:?}");
            }
            houses[0].clock.advance(MINUTE);
        }
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_54_parallel_wrong_passwords_do_not_get_past_the_lock() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let person = houses[0].device().sign_up("ada@example.com").await;
        // Each from a device of its own, so that nothing makes them wait for each other.
        let devices: Vec<_> = (0..MANY).map(|index| houses[index % 2].device()).collect();
        let form = [("identifier", person.address.as_str()), ("password", "not it")];
        let tries =
            devices.iter().map(|device| device.ask(device.request(Method::POST, "/v1/client/sign_ins").form(&form)));
        let answers = join_all(tries).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("form_password_incorrect"), Some(&9), "the tenth one locks: {tally:?}");
        only(&tally, &["form_password_incorrect", "user_locked"]);
        let refused = houses[0].device().try_password(&person.address, &person.password).await;
        refused.refused(403, "user_locked");
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_address_is_signed_up_once() {
    on_each(async |database| {
        let houses = two(database, json!({ "codes": { "per_address_per_hour": 100 } })).await;
        let mut waiting = Vec::new();
        for index in 0..20 {
            // Each message is newer than the one before.
            houses[0].clock.advance(1);
            let mut device = houses[index % 2].device();
            let id = device.begin_sign_up("ada@example.com", &format!("Lantern and {index} oars")).await;
            waiting.push((device, id, houses[0].code_for("ada@example.com").await));
        }
        let proofs = waiting.iter_mut().map(|(device, id, code)| device.prove_sign_up(id, code));
        let answers = join_all(proofs).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        only(&tally, &["ok", "identification_claimed"]);
        // The password that counts is that of the one who was first.
        let won = answers.iter().position(|answer| answer.status == 200).unwrap();
        let mut device = houses[1].device();
        let wrong = format!("Lantern and {} oars", (won + 1) % 20);
        device.try_password("ada@example.com", &wrong).await.refused(422, "form_password_incorrect");
        device.try_password("ada@example.com", &format!("Lantern and {won} oars")).await.ok();
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_account_is_signed_in_once_on_a_client() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let person = houses[0].device().sign_up("ada@example.com").await;
        let mut device = houses[0].device();
        device.post("/v1/client", &[]).await.ok();
        let form = [("identifier", person.address.as_str()), ("password", person.password.as_str())];
        let answers = storm(&device, &houses, "/v1/client/sign_ins", &form).await;
        let tally = tally(&answers);
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        only(&tally, &["ok", "identifier_already_signed_in", "authentication_invalid", "service_unavailable"]);
        assert_eq!(device.client().await["sessions"].as_array().unwrap().len(), 1);
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_31_requests_under_way_survive_a_new_token() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let bob = houses[0].device().sign_up("bob@example.com").await;
        let mut device = houses[0].device();
        let ada = device.sign_up("ada@example.com").await;
        let before = device.clone();
        // Twenty requests of the account that is there while another one signs in.
        let in_flight = (0..20).map(|index| {
            let device = before.at(&houses[index % 2]);
            async move { device.ask(device.request(Method::GET, "/v1/me")).await }
        });
        let (answers, signed_in) = join(join_all(in_flight), device.try_password(&bob.address, &bob.password)).await;
        let newest = signed_in.ok().token().unwrap().to_owned();
        for answer in answers {
            let answer = answer.ok();
            assert_eq!(answer.response()["id"], ada.user_id);
            assert!(answer.token().is_none_or(|token| token == newest), "they end on the same new token");
        }
        // Until the new one is used, the old one is good without limit: its answer may have been lost.
        houses[0].clock.advance(60 * MINUTE);
        for house in &houses {
            let late = before.at(house);
            assert_eq!(late.ask(late.request(Method::GET, "/v1/me")).await.ok().token(), Some(newest.as_str()));
        }
        // Used, it gives the old one a minute.
        assert_eq!(device.get("/v1/me").await.ok().token(), None);
        houses[0].clock.advance(MINUTE - 1);
        let late = before.ask(before.request(Method::GET, "/v1/me")).await.ok();
        assert_eq!(late.token(), Some(newest.as_str()));
        houses[0].clock.advance(1);
        before.ask(before.request(Method::GET, "/v1/me")).await.refused(401, "authentication_invalid");

        // Two generations old: refused at once, and nobody is signed out for it.
        let carol = houses[0].device().sign_up("carol@example.com").await;
        device.sign_in(&carol).await;
        before.ask(before.request(Method::GET, "/v1/me")).await.refused(401, "authentication_invalid");
        assert_eq!(device.client().await["sessions"].as_array().unwrap().len(), 3);
        close(houses).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_change_of_a_profile_is_lost() {
    on_each(async |database| {
        let houses = two(database, json!({})).await;
        let mut first = houses[0].device();
        let person = first.sign_up("ada@example.com").await;
        let mut devices = Vec::new();
        for index in 0..10 {
            let mut device = houses[index % 2].device();
            device.sign_in(&person).await;
            devices.push(device);
        }
        let changes = devices.iter_mut().enumerate().map(|(index, device)| async move {
            let patch = format!("{{\"key{index}\":{index}}}");
            device.patch("/v1/me/metadata", &[("unsafe_metadata", &patch)]).await
        });
        let answers = join_all(changes).await;
        only(&tally(&answers), &["ok", "service_unavailable"]);
        let kept = first.get("/v1/me").await.ok().response()["unsafe_metadata"].clone();
        for (index, answer) in answers.iter().enumerate() {
            let done = answer.status == 200;
            assert_eq!(kept.get(format!("key{index}")).is_some(), done, "what was answered is true: {kept}");
            assert!(done || answer.headers.contains_key("retry-after"));
        }
        assert!(answers.iter().any(|answer| answer.status == 200));
        close(houses).await;
    })
    .await;
}
