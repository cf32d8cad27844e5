//! Whoever guesses locks themselves out, and nobody else: wrong tries count apart for each device on which the user has
//! been signed in, for all others together, and for those of them that go by a forgotten password.

use frontdesk_identity::time::{HOUR, MINUTE};
use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::{
    device::{Device, Person},
    house::{House, Wish},
    owner::Owner,
};

const NEW: &str = "Harbour and 7 oars";

/// An instance where three wrong tries lock, with somebody who is signed in on a device.
async fn at_home(house: &House) -> (Device<'_>, Person) {
    let mut home = house.device();
    let person = home.sign_up("ada@example.com").await;
    house.clock.advance(MINUTE);
    (home, person)
}

fn three() -> Wish {
    Wish::settings(json!({ "policy": { "lockout": { "max_attempts": 3 } } }))
}

/// Guesses at a password, each time from another device, until strangers are locked out.
async fn lock_strangers(house: &House, person: &Person) {
    for _ in 0..2 {
        house.device().try_password(&person.address, "not it").await.refused(422, "form_password_incorrect");
    }
    house.device().try_password(&person.address, "not it").await.refused(403, "user_locked");
}

async fn sign_out(device: &mut Device<'_>) {
    device.delete("/v1/client/sessions").await.ok();
    device.session = None;
}

#[tokio::test]
async fn sec_85_who_guesses_without_end_keeps_nobody_out_of_their_own_device() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let owner = Owner::new(&house);
        let (mut home, person) = at_home(&house).await;
        for _ in 0..4 {
            lock_strangers(&house, &person).await;
            house.device().try_password(&person.address, &person.password).await.refused(403, "user_locked");
            let seen = owner.get(&format!("/v1/users/{}", person.user_id)).await.ok().body;
            assert_eq!((&seen["locked"], &seen["lockout_expires_in_seconds"]), (&json!(true), &json!(3600)));
            // At home nothing of it is felt: not while they are signed in, and not when they come back.
            let me = home.get("/v1/me").await.ok();
            assert_eq!(me.response()["locked"], false);
            assert_eq!(me.response()["verification_attempts_remaining"], 3);
            let session = home.session.clone().unwrap();
            let verify = format!("/v1/client/sessions/{session}/verify");
            home.post(&verify, &[("level", "first_factor")]).await.ok();
            let form = [("strategy", "password"), ("password", person.password.as_str())];
            home.post(&format!("{verify}/attempt_first_factor"), &form).await.ok();
            sign_out(&mut home).await;
            home.sign_in(&person).await;
            house.clock.advance(HOUR);
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_who_guesses_on_a_known_device_locks_that_one() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let (mut home, person) = at_home(&house).await;
        let mut office = house.device();
        office.sign_in(&person).await;
        sign_out(&mut home).await;
        let warned = home.try_password(&person.address, "not it").await.refused(422, "form_password_incorrect");
        assert_eq!(warned.codes(), ["form_password_incorrect", "account_lockout_warning"]);
        home.try_password(&person.address, "not it").await.refused(422, "form_password_incorrect");
        let locked = home.try_password(&person.address, "not it").await.refused(403, "user_locked");
        assert_eq!(locked.body["errors"][0]["meta"]["lockout_expires_in_seconds"], 3600);
        home.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        // A known device is no way round the lock, by whatever is offered there.
        let id = home.begin_sign_in(&person.address).await;
        home.prepare_sign_in(&id).await.refused(403, "user_locked");
        home.prepare_reset(&id).await.refused(403, "user_locked");

        assert_eq!(office.get("/v1/me").await.ok().response()["locked"], false);
        sign_out(&mut office).await;
        office.sign_in(&person).await;
        house.device().sign_in(&person).await;
        house.clock.advance(HOUR);
        home.sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_forgotten_password_lets_its_holder_in_while_strangers_are_locked_out() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let (_home, person) = at_home(&house).await;
        lock_strangers(&house, &person).await;
        let mut new = house.device();
        let id = new.begin_sign_in(&person.address).await;
        new.prepare_sign_in(&id).await.refused(403, "user_locked");
        new.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        // The code of a forgotten password opens no other way.
        new.prove_sign_in(&id, "password", &person.password).await.refused(403, "user_locked");
        new.prove_reset(&id, &code, Some(NEW)).await.ok();
        // From now on this device is one of theirs, and guessing goes on elsewhere.
        house.device().try_password(&person.address, NEW).await.refused(403, "user_locked");
        sign_out(&mut new).await;
        new.try_password(&person.address, NEW).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_guessing_at_the_code_of_a_forgotten_password_locks_that_way_and_no_other() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let (mut home, person) = at_home(&house).await;
        let mut other = house.device();
        let id = other.begin_sign_in(&person.address).await;
        other.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        let wrong = if code == "111111" { "222222" } else { "111111" };
        for _ in 0..2 {
            other.prove_reset(&id, wrong, None).await.refused(422, "form_code_incorrect");
        }
        other.prove_reset(&id, wrong, None).await.refused(403, "user_locked");
        other.prove_reset(&id, &code, None).await.refused(403, "user_locked");
        let mut third = house.device();
        let form = [("identifier", person.address.as_str()), ("strategy", "reset_password_email_code")];
        third.post("/v1/client/sign_ins", &form).await.refused(403, "user_locked");
        third.sign_in(&person).await;
        sign_out(&mut home).await;
        let again = home.begin_sign_in(&person.address).await;
        house.clock.advance(MINUTE);
        home.prepare_reset(&again).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_guess_at_a_password_is_one_whatever_strategy_comes_with_it() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let (_home, person) = at_home(&house).await;
        for strategy in ["reset_password_email_code", "reset_password_phone_code", "email_code"] {
            let guess = [("identifier", person.address.as_str()), ("strategy", strategy), ("password", "not it")];
            let refused = house.device().post("/v1/client/sign_ins", &guess).await;
            assert!([422, 403].contains(&refused.status.as_u16()), "{strategy}: {}", refused.body);
        }
        house.device().try_password(&person.address, &person.password).await.refused(403, "user_locked");
        let right = [
            ("identifier", person.address.as_str()),
            ("strategy", "reset_password_email_code"),
            ("password", person.password.as_str()),
        ];
        house.device().post("/v1/client/sign_ins", &right).await.refused(403, "user_locked");
        // The way of who has forgotten theirs is open all the same.
        let forgotten = [("identifier", person.address.as_str()), ("strategy", "reset_password_email_code")];
        house.device().post("/v1/client/sign_ins", &forgotten).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_64_who_reads_the_mail_does_not_guess_the_second_factor_without_end() {
    on_each(async |database| {
        let settings =
            json!({ "policy": { "lockout": { "max_attempts": 4 }, "codes": { "per_address_per_hour": 100 } } });
        let house = House::with(database, Wish::settings(settings)).await;
        let (mut home, person) = at_home(&house).await;
        let (app, _codes) = home.set_up_app(&house).await;
        let mut tried = 0;
        let mut password = person.password.clone();
        let locked = loop {
            house.clock.advance(MINUTE);
            let mut thief = house.device();
            let id = thief.begin_sign_in(&person.address).await;
            thief.prepare_reset(&id).await.ok();
            let code = house.code_for(&person.address).await;
            password.push('!');
            let half = thief.prove_reset(&id, &code, Some(&password)).await.ok();
            assert_eq!(half.response()["status"], "needs_second_factor");
            let answer = thief.prove_second(&id, "totp", &app.wrong(&house)).await;
            tried += 1;
            if answer.status != 422 {
                break answer;
            }
        };
        locked.refused(403, "user_locked");
        assert_eq!(tried, 4, "no right code by mail has made a wrong one of the app forgotten");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_37_the_owners_lock_holds_on_every_device_and_for_every_proof() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let owner = Owner::new(&house);
        let (mut home, person) = at_home(&house).await;
        // A device that was signed out by hand, so that the lock does not revoke anything there.
        sign_out(&mut home).await;
        let mut new = house.device();
        let id = new.begin_sign_in(&person.address).await;
        let path = format!("/v1/users/{}", person.user_id);
        owner.post(&format!("{path}/lock"), json!(null)).await.ok();
        home.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        new.prepare_reset(&id).await.refused(403, "user_locked");
        new.prove_sign_in(&id, "password", &person.password).await.refused(403, "user_locked");

        // Opening opens everything, whatever was counted where.
        owner.post(&format!("{path}/unlock"), json!(null)).await.ok();
        lock_strangers(&house, &person).await;
        for _ in 0..3 {
            home.try_password(&person.address, "not it").await;
        }
        home.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        assert_eq!(owner.post(&format!("{path}/unlock"), json!(null)).await.ok().body["locked"], false);
        home.sign_in(&person).await;
        house.device().sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_85_a_device_that_was_signed_out_from_elsewhere_is_a_stranger_again() {
    on_each(async |database| {
        let house = House::with(database, three()).await;
        let (mut home, person) = at_home(&house).await;
        let mut lost = house.device();
        let session = lost.sign_in(&person).await;
        home.post(&format!("/v1/me/sessions/{session}/revoke"), &[]).await.ok();
        lost.session = None;
        // Taking it off the device's own list is no way back.
        lost.delete("/v1/client/sessions").await.ok();
        lock_strangers(&house, &person).await;
        lost.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        sign_out(&mut home).await;
        home.sign_in(&person).await;
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_54_many_guesses_at_once_on_a_known_device_do_not_get_past_its_lock() {
    on_each(async |database| {
        let settings = json!({ "policy": { "lockout": { "max_attempts": 10 } } });
        let one = House::with(database, Wish::settings(settings.clone())).await;
        let (mut home, person) = at_home(&one).await;
        sign_out(&mut home).await;
        let two = one.replica(database, settings).await;
        let form = [("identifier", person.address.as_str()), ("password", "not it")];
        let tries = (0..40).map(|index| {
            let device = home.at(if index % 2 == 0 { &one } else { &two });
            async move { device.ask(device.request(Method::POST, "/v1/client/sign_ins").form(&form)).await }
        });
        let answers = join_all(tries).await;
        let codes: Vec<_> = answers.iter().map(|answer| answer.codes()[0]).collect();
        // Those of one client wait for each other, and whoever waits too long is told to come again.
        let looked_at = codes.iter().filter(|code| **code == "form_password_incorrect").count();
        assert!(looked_at <= 9, "the tenth one locks: {codes:?}");
        home.try_password(&person.address, &person.password).await.refused(403, "user_locked");
        one.device().sign_in(&person).await;
        two.close().await;
        one.close().await;
    })
    .await;
}
