//! The link of a mail that tells of a change: whoever did not make it signs everybody out and sets a new password.

use frontdesk_identity::time::{DAY, MINUTE};
use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::json;

use crate::{
    device::{Device, Person},
    house::{House, Wish},
};

const NEW: &str = "Harbour and 8 oars";
const OTHER: &str = "other@example.com";

/// What a browser gets at this address: the status, and the page.
async fn visit(house: &House, method: Method, link: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let request =
        headers.iter().fold(house.http.request(method, link), |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Presses the button of the page.
async fn press(house: &House, link: &str) -> (u16, String) {
    visit(house, Method::POST, link, &[("origin", house.instance.public_url().origin())]).await
}

/// The link in the newest mail to an address whose subject begins so.
async fn link_of(house: &House, address: &str, subject: &str) -> String {
    let mails = house.outbox(address).await;
    let mail = mails.iter().find(|mail| mail.subject.starts_with(subject));
    let mail = mail.unwrap_or_else(|| panic!("{subject}: {mails:?}"));
    let link = mail.body.lines().find(|line| line.starts_with("http")).unwrap().to_owned();
    let origin = house.instance.public_url().origin();
    assert!(link.starts_with(&format!("{origin}/frontdesk/changes/")), "{subject}: {link}");
    link
}

/// Somebody on their own device, and a thief who knows the password and has set another one.
async fn robbed(house: &House) -> (Device<'_>, Person, Device<'_>) {
    let mut home = house.device();
    let person = home.sign_up("ada@example.com").await;
    let mut thief = house.device();
    thief.sign_in(&person).await;
    house.clock.advance(MINUTE);
    let form = [("current_password", person.password.as_str()), ("new_password", NEW)];
    thief.post("/v1/me/change_password", &form).await.ok();
    (home, person, thief)
}

#[tokio::test]
async fn sec_65_who_did_not_make_a_change_shuts_everybody_out_by_the_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut home, person, mut thief) = robbed(&house).await;
        let link = link_of(&house, &person.address, "New password for ").await;

        // Programs that look at links do no harm, and a page of mails may lead here.
        let from_mails =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        for (method, headers) in [(Method::GET, &from_mails[..]), (Method::GET, &[]), (Method::HEAD, &[])] {
            let (status, page) = visit(&house, method.clone(), &link, headers).await;
            assert_eq!(status, 200, "{page}");
            assert!(method == Method::HEAD || page.contains("Was that not you?"), "{page}");
        }
        for headers in [&[][..], &[("origin", "https://evil.example")], &[("sec-fetch-site", "cross-site")]] {
            let (status, _) = visit(&house, Method::POST, &link, headers).await;
            assert!([400, 403].contains(&status), "{status}: nobody else's page presses the button");
        }
        thief.get("/v1/me").await.ok();

        for _ in 0..2 {
            let (status, page) = press(&house, &link).await;
            assert!(
                status == 200 && page.contains("Everybody is signed out") && page.contains(&person.address),
                "{page}"
            );
            assert!(page.contains("forgot the password"), "{page}");
        }
        thief.get("/v1/me").await.refused(401, "signed_out");
        home.get("/v1/me").await.refused(401, "signed_out");
        for known in [NEW, &person.password] {
            house.device().try_password(&person.address, known).await.refused(422, "form_password_incorrect");
        }
        house.clock.advance(MINUTE);
        let mut new = house.device();
        let id = new.begin_sign_in(&person.address).await;
        new.prepare_reset(&id).await.ok();
        let code = house.code_for(&person.address).await;
        new.prove_reset(&id, &code, Some("Lighthouse and 9 oars")).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_65_who_waits_at_the_second_factor_is_shut_out_too() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut home = house.device();
        let person = home.sign_up("ada@example.com").await;
        let (app, _) = home.set_up_app(&house).await;
        house.clock.advance(MINUTE);
        let mut thief = house.device();
        let id = thief.half_way(&person).await;
        house.clock.advance(MINUTE);
        let link = link_of(&house, &person.address, "Authenticator app added").await;
        assert_eq!(press(&house, &link).await.0, 200);
        let refused = thief.prove_second(&id, "totp", &app.code(&house)).await;
        refused.refused(400, "verification_expired");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_65_a_link_acts_for_its_user_and_its_days_alone() {
    on_each(async |database| {
        let house = House::open(database).await;
        let (mut home, person, _thief) = robbed(&house).await;
        let other = house.device().sign_up("bea@example.com").await;
        let link = link_of(&house, &person.address, "New password for ").await;
        let at = house.now_ms().to_string();
        assert!(link.contains(&format!("/{at}-")), "{link}");
        let later = link.replace(&format!("/{at}-"), &format!("/{}-", house.now_ms() + DAY));
        let cut = link[..link.len() - 1].to_owned();
        for wrong in [link.replace(&person.user_id, &other.user_id), later, cut, link.replace(&at, "")] {
            for method in [Method::GET, Method::POST] {
                let origin = [("origin", house.instance.public_url().origin())];
                let (status, page) = visit(&house, method, &wrong, &origin).await;
                assert!(status == 404 && page.contains("leads nowhere"), "{wrong}: {page}");
            }
        }
        house.clock.advance(7 * DAY - 2 * MINUTE);
        let (status, page) = visit(&house, Method::GET, &link, &[]).await;
        assert!(status == 200 && page.contains("Was that not you?"), "{page}");
        house.clock.advance(2 * MINUTE);
        let mut here = house.device();
        here.try_password(&person.address, NEW).await.ok();
        for (status, page) in [visit(&house, Method::GET, &link, &[]).await, press(&house, &link).await] {
            assert!(status == 410 && page.contains("too old"), "{page}");
        }
        here.get("/v1/me").await.ok();
        // Whoever deletes their account leaves no page about it.
        here.delete("/v1/me").await.ok();
        assert_eq!(visit(&house, Method::GET, &link, &[]).await.0, 404);
        home.get("/v1/me").await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_65_who_has_lost_the_address_signs_out_everybody_and_no_more() {
    on_each(async |database| {
        let wish = json!({ "support_email": "desk@example.org" });
        let house = House::with(database, Wish::settings(wish)).await;
        let mut home = house.device();
        let person = home.sign_up("ada@example.com").await;
        house.clock.advance(MINUTE);
        let id = home.post("/v1/me/email_addresses", &[("email_address", OTHER)]).await.ok().text("/response/id");
        let path = format!("/v1/me/email_addresses/{id}");
        home.post(&format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await.ok();
        let code = house.code_for(OTHER).await;
        home.post(&format!("{path}/attempt_verification"), &[("code", &code)]).await.ok();
        link_of(&house, &person.address, "New email address for ").await;
        home.patch("/v1/me", &[("primary_email_address_id", &id)]).await.ok();
        link_of(&house, &person.address, "New main email address for ").await;
        let user = home.get("/v1/me").await.ok();
        let addresses = user.response()["email_addresses"].as_array().unwrap();
        let first = addresses.iter().find(|address| address["email_address"] == person.address.as_str()).unwrap();
        let first = first["id"].as_str().unwrap().to_owned();
        home.delete(&format!("/v1/me/email_addresses/{first}")).await.ok();

        let link = link_of(&house, &person.address, "Email address removed for ").await;
        let (_, page) = visit(&house, Method::GET, &link, &[]).await;
        assert!(page.contains("Sign out everybody") && !page.contains("password void"), "{page}");
        let (status, page) = press(&house, &link).await;
        assert!(status == 200 && page.contains("does not belong to the account any more"), "{page}");
        assert!(page.contains("desk@example.org") && !page.contains(OTHER), "{page}");
        home.get("/v1/me").await.refused(401, "signed_out");
        // Who holds the account has the password still: a mailbox that is not theirs any more takes nothing from them.
        home.session = None;
        home.try_password(OTHER, &person.password).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn notices_of_factors_lead_there_and_speak_the_language_of_the_account() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut home = house.device();
        let form = [("email_address", "ada@example.com"), ("password", NEW), ("locale", "de-AT")];
        let id = home.post("/v1/client/sign_ups", &form).await.ok().text("/response/id");
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        home.post(&prepare, &[("strategy", "email_code")]).await.ok();
        home.prove_sign_up(&id, &house.code_for("ada@example.com").await).await.ok();
        house.clock.advance(MINUTE);
        home.set_up_app(&house).await;
        let link = link_of(&house, "ada@example.com", "Authenticator-App für ").await;
        let (_, page) = visit(&house, Method::GET, &link, &[]).await;
        assert!(page.contains("<html lang=\"de\">") && page.contains("Warst du das nicht?"), "{page}");
        let (status, page) = press(&house, &link).await;
        assert!(
            status == 200 && page.contains("Alle sind abgemeldet") && page.contains("Passwort vergessen"),
            "{page}"
        );
        home.get("/v1/me").await.refused(401, "signed_out");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_press_of_the_button_counts_as_one_try() {
    on_each(async |database| {
        // Development instances allow twenty times as much.
        let limits = json!({ "create": 10_000, "attempt": 1, "other": 10_000 });
        let house = House::with(database, Wish::settings(json!({ "limits": limits }))).await;
        let (_home, person, _thief) = robbed(&house).await;
        let link = link_of(&house, &person.address, "New password for ").await;
        house.clock.advance(MINUTE);
        for _ in 0..20 {
            assert_eq!(press(&house, &link).await.0, 200);
        }
        assert_eq!(press(&house, &link).await.0, 429);
        house.close().await;
    })
    .await;
}
