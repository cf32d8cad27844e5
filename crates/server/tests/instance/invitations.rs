//! Invitations of the owner, and who comes in by them.

use std::collections::BTreeMap;

use frontdesk_identity::time::{DAY, HOUR, SECOND};
use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::{
    answer::Answer,
    device::Device,
    external::{APP, come_back, named, nonce, proof},
    house::{House, Wish},
    owner::Owner,
    stand_in::{Persona, Provider},
};

const PASSWORD: &str = "Lantern and 7 oars";
const PAGE: &str = "https://app.example.com/join?from=mail";
const SIGN_UPS: &str = "/v1/client/sign_ups";
const SIGN_INS: &str = "/v1/client/sign_ins";

/// An instance where nobody signs up without an invitation.
fn closed() -> Wish {
    Wish::settings(json!({ "policy": { "restrictions": { "sign_up_mode": "restricted", "blocklist": true } } }))
}

async fn invite(owner: &Owner<'_>, address: &str) -> Answer {
    owner.post("/v1/invitations", json!({ "email_address": address, "redirect_url": PAGE })).await
}

/// The ticket in the link of an invitation.
pub(crate) fn ticket_of(invitation: &Value) -> String {
    named(&Url::parse(invitation["url"].as_str().unwrap()).unwrap(), "ticket").unwrap()
}

/// Makes an account by a ticket, as far as it goes.
pub(crate) async fn accept(device: &mut Device<'_>, ticket: &str) -> Answer {
    device.post(SIGN_UPS, &[("strategy", "ticket"), ("ticket", ticket), ("password", PASSWORD)]).await
}

async fn revoke(owner: &Owner<'_>, id: &str) -> Answer {
    owner.post(&format!("/v1/invitations/{id}/revoke"), Value::Null).await
}

async fn shown(owner: &Owner<'_>, query: &str) -> Vec<String> {
    let list = owner.get(&format!("/v1/invitations{query}")).await.ok().body;
    let list = if list.is_array() { list } else { list["data"].clone() };
    list.as_array().unwrap().iter().map(|shown| shown["email_address"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_invitation_makes_an_account_once_where_nobody_else_signs_up() {
    on_each(async |database| {
        let house = House::with(database, closed()).await;
        let owner = Owner::new(&house);
        let body = json!({
            "email_address": "Ada@EXAMPLE.com",
            "redirect_url": PAGE,
            "public_metadata": { "team": "blue" },
        });
        let invited = owner.post("/v1/invitations", body).await.ok();
        assert_eq!((invited.text("/object"), invited.text("/status")), ("invitation".to_owned(), "pending".to_owned()));
        assert_eq!(invited.text("/email_address"), "ada@example.com");
        assert_eq!(invited.body["expires_at"].as_i64().unwrap() - house.now_ms(), 30 * DAY);
        // The mail has the link, and the link leads on to the application.
        let mail = &house.outbox("ada@example.com").await[0];
        let link = invited.text("/url");
        assert!(mail.subject.contains("invitation") && mail.body.contains(&link), "{}", mail.body);
        let followed = house.http.get(&link).send().await.unwrap();
        assert_eq!(followed.status(), StatusCode::SEE_OTHER);
        assert_eq!(followed.headers()["referrer-policy"], "no-referrer", "sec_17");
        let to = Url::parse(followed.headers()["location"].to_str().unwrap()).unwrap();
        assert!(to.as_str().starts_with(PAGE));
        assert_eq!(named(&to, "__clerk_status").as_deref(), Some("sign_up"));
        let ticket = named(&to, "__clerk_ticket").unwrap();
        // Somebody without it stays out.
        house
            .device()
            .post(SIGN_UPS, &[("email_address", "ada@example.com")])
            .await
            .refused(403, "sign_up_mode_restricted");

        let mut device = house.device();
        let begun = device.post(SIGN_UPS, &[("strategy", "ticket"), ("ticket", &ticket)]).await.ok();
        assert_eq!(begun.response()["status"], "missing_requirements");
        assert_eq!(begun.response()["missing_fields"], json!(["password"]));
        assert_eq!(begun.response()["unverified_fields"], json!([]));
        assert_eq!(begun.response()["public_metadata"], json!({ "team": "blue" }));
        let proof = &begun.response()["verifications"]["email_address"];
        assert_eq!((&proof["strategy"], &proof["status"]), (&json!("ticket"), &json!("verified")));
        let path = format!("{SIGN_UPS}/{}", begun.text("/response/id"));
        device.patch(&path, &[("email_address", "eve@example.com")]).await.refused_at(
            400,
            "form_param_value_disabled",
            "email_address",
        );
        let done = device.patch(&path, &[("password", PASSWORD)]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let user = owner.get(&format!("/v1/users/{}", done.text("/response/created_user_id"))).await.ok().body;
        assert_eq!(user["public_metadata"], json!({ "team": "blue" }));
        assert_eq!(user["email_addresses"][0]["email_address"], "ada@example.com");
        assert_eq!(user["email_addresses"][0]["verification"]["status"], "verified");
        // It is used up.
        accept(&mut house.device(), &ticket).await.refused(400, "invitation_already_accepted");
        let again = house.http.get(&link).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::BAD_REQUEST);
        assert!(again.text().await.unwrap().contains("was used"));
        revoke(&owner, &invited.text("/id")).await.refused(400, "invitation_already_accepted");
        let over = owner.get("/v1/invitations?status=accepted").await.ok().body;
        assert_eq!((&over[0]["id"], &over[0]["url"]), (&invited.body["id"], &Value::Null));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_32_an_invitation_expires_and_can_be_revoked_also_while_it_is_being_accepted() {
    on_each(async |database| {
        let house = House::with(database, closed()).await;
        let owner = Owner::new(&house);
        let revoked = invite(&owner, "ada@example.com").await.ok();
        let mut device = house.device();
        let form = [("ticket", &*ticket_of(&revoked.body))];
        let half = device.post(SIGN_UPS, &form).await.ok().text("/response/id");
        let answer = revoke(&owner, &revoked.text("/id")).await.ok();
        assert_eq!((answer.text("/status"), &answer.body["revoked"]), ("revoked".to_owned(), &json!(true)));
        let password = [("password", PASSWORD)];
        device.patch(&format!("{SIGN_UPS}/{half}"), &password).await.refused(400, "revoked_invitation");
        accept(&mut house.device(), &ticket_of(&revoked.body)).await.refused(400, "revoked_invitation");
        revoke(&owner, &revoked.text("/id")).await.refused(400, "invitation_already_revoked");
        let page =
            house.http.get(revoked.text("/url")).header("accept-language", "de-CH,en;q=0.5").send().await.unwrap();
        assert!(page.text().await.unwrap().contains("zurückgezogen"));

        let body = json!({ "email_address": "ada@example.com", "expires_in_days": 1, "notify": false });
        let short = owner.post("/v1/invitations", body).await.ok();
        assert_eq!(house.outbox("ada@example.com").await.len(), 1, "nothing was sent for the second one");
        let mut device = house.device();
        let half = device.post(SIGN_UPS, &[("ticket", &ticket_of(&short.body))]).await.ok().text("/response/id");
        house.clock.advance(DAY - SECOND);
        device.get(&format!("{SIGN_UPS}/{half}")).await.ok();
        house.clock.advance(SECOND);
        accept(&mut house.device(), &ticket_of(&short.body)).await.refused(400, "ticket_expired_code");
        assert_eq!(shown(&owner, "?status=expired").await, ["ada@example.com"]);
        // It makes room for another one.
        invite(&owner, "ada@example.com").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_26_nothing_else_is_taken_for_an_invitation() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        let invited = invite(&owner, "bob@example.com").await.ok();
        let ticket = ticket_of(&invited.body);
        let body = json!({ "user_id": ada.user_id });
        let token = owner.post("/v1/sign_in_tokens", body).await.ok().text("/token");
        let accept_at = |ticket: &str| format!("http://{}/v1/tickets/accept?ticket={ticket}", house.address);
        for wrong in ["nonsense", &invited.text("/id"), &ticket[..ticket.len() - 3], ""] {
            let code = if wrong.is_empty() { (422, "form_param_nil") } else { (400, "ticket_invalid_code") };
            accept(&mut house.device(), wrong).await.refused(code.0, code.1);
            let page = house.http.get(accept_at(wrong)).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::BAD_REQUEST);
            assert!(page.text().await.unwrap().contains("leads nowhere"));
        }
        accept(&mut house.device(), &token).await.refused(400, "sign_in_token_not_in_sign_in_code");
        let page = house.http.get(accept_at(&token)).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::BAD_REQUEST);
        // No account: nobody signs in by it.
        let form = [("strategy", "ticket"), ("ticket", &*ticket)];
        house.device().post(SIGN_INS, &form).await.refused(400, "invitation_account_not_exists");
        accept(&mut house.device(), &ticket).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_has_an_account_is_signed_in_by_its_invitation_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let ada = house.device().sign_up("ada@example.com").await;
        invite(&owner, "ada@example.com").await.refused_at(422, "form_identifier_exists", "email_address");
        let body = json!({ "email_address": "ada@example.com", "ignore_existing": true, "redirect_url": PAGE });
        let invited = owner.post("/v1/invitations", body).await.ok();
        let followed = house.http.get(invited.text("/url")).send().await.unwrap();
        let to = Url::parse(followed.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(named(&to, "__clerk_status").as_deref(), Some("sign_in"));
        let ticket = ticket_of(&invited.body);
        accept(&mut house.device(), &ticket).await.refused(400, "invitation_account_exists");
        let form = [("strategy", "ticket"), ("ticket", &*ticket)];
        let path = format!("/v1/users/{}", ada.user_id);
        owner.post(&format!("{path}/ban"), Value::Null).await.ok();
        house.device().post(SIGN_INS, &form).await.refused(403, "user_banned");
        owner.post(&format!("{path}/unban"), Value::Null).await.ok();
        let mut device = house.device();
        let done = device.post(SIGN_INS, &form).await.ok();
        assert_eq!(done.response()["status"], "complete");
        assert_eq!(device.get("/v1/me").await.ok().response()["id"], json!(ada.user_id));
        house.device().post(SIGN_INS, &form).await.refused(400, "invitation_already_accepted");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_gets_an_account_meanwhile_is_not_taken_from_it() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let invited = invite(&owner, "ada@example.com").await.ok();
        let ticket = ticket_of(&invited.body);
        let mut device = house.device();
        let half = device.post(SIGN_UPS, &[("ticket", &*ticket)]).await.ok().text("/response/id");
        let ada = house.device().sign_up("ada@example.com").await;
        let password = [("password", PASSWORD)];
        device.patch(&format!("{SIGN_UPS}/{half}"), &password).await.refused(400, "identification_claimed");
        // What names somebody goes with them.
        owner.delete(&format!("/v1/users/{}", ada.user_id)).await.ok();
        device.patch(&format!("{SIGN_UPS}/{half}"), &password).await.refused(400, "ticket_invalid_code");
        assert!(shown(&owner, "").await.is_empty());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_an_invitation_opens_nothing_that_is_blocked() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let mut settings = provider.connections();
        settings["policy"] =
            json!({ "restrictions": { "sign_up_mode": "restricted", "allowlist": true, "blocklist": true } });
        let house = House::with(database, Wish::settings(settings)).await;
        let owner = Owner::new(&house);
        let (ada, eve) = (invite(&owner, "ada@example.com").await.ok(), invite(&owner, "eve@example.com").await.ok());
        owner.post("/v1/blocklist_identifiers", json!({ "identifier": "eve+x@example.com" })).await.ok();
        accept(&mut house.device(), &ticket_of(&eve.body)).await.refused(403, "not_allowed_access");
        // By an account elsewhere it is the invited address that comes in, whatever the provider says.
        let form = [("strategy", "oauth_github"), ("redirect_url", APP), ("ticket", &*ticket_of(&ada.body))];
        let mut device = house.device();
        let begun = device.post(SIGN_UPS, &form).await.ok();
        let page = begun.text("/response/verifications/external_account/external_verification_redirect_url");
        let back = come_back(&device, provider.agree(&page, &Persona::new(1, "other@example.com"))).await;
        let done = device.redeem("sign_ups", &begun.text("/response/id"), &nonce(&back)).await.ok();
        assert_eq!(done.response()["status"], "complete", "{}", done.body);
        assert_eq!(done.response()["email_address"], "ada@example.com");
        let me = device.get("/v1/me").await.ok();
        assert_eq!(me.response()["external_accounts"].as_array().map(Vec::len), Some(1));
        assert_eq!(me.response()["email_addresses"].as_array().map(Vec::len), Some(1));
        let mut stranger = house.device();
        stranger.by(&provider, "sign_ins", "oauth_github", &Persona::new(2, "somebody@example.com")).await;
        let transfer = [("transfer", "true"), ("ticket", &*ticket_of(&eve.body))];
        stranger.post(SIGN_UPS, &transfer).await.refused(403, "not_allowed_access");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_elsewhere_of_nobody_comes_in_by_an_invitation() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let mut settings = provider.connections();
        settings["policy"] = json!({ "restrictions": { "sign_up_mode": "restricted" } });
        let house = House::with(database, Wish::settings(settings)).await;
        let body = json!({ "email_address": "ada@example.com", "public_metadata": { "team": "blue" } });
        let invitation = Owner::new(&house).post("/v1/invitations", body).await.ok();
        let ticket = ticket_of(&invitation.body);
        let transfer = async |device: &mut Device<'_>, ticket: &str| {
            device.post(SIGN_UPS, &[("transfer", "true"), ("ticket", ticket)]).await
        };
        let mut device = house.device();
        transfer(&mut device, &ticket).await.refused(400, "account_transfer_invalid");
        let stranger = Persona::new(1, "other@example.com");
        let nobody = device.by(&provider, "sign_ins", "oauth_github", &stranger).await;
        assert_eq!(proof(nobody.response())["status"], "transferable");
        device.post(SIGN_UPS, &[("transfer", "true")]).await.refused(403, "sign_up_mode_restricted");
        transfer(&mut device, "none").await.refused(400, "ticket_invalid_code");
        let done = transfer(&mut device, &ticket).await.ok();
        assert_eq!(done.response()["status"], "complete", "{}", done.body);
        assert_eq!(done.response()["email_address"], "ada@example.com", "whatever the provider says");
        let me = device.get("/v1/me").await.ok();
        assert_eq!(me.response()["public_metadata"], json!({ "team": "blue" }));
        assert_eq!(me.response()["external_accounts"].as_array().map(Vec::len), Some(1));
        assert_eq!(me.response()["email_addresses"].as_array().map(Vec::len), Some(1));
        // It is used up, also for who comes by another account.
        let mut late = house.device();
        late.by(&provider, "sign_ins", "oauth_github", &Persona::new(2, "late@example.com")).await;
        transfer(&mut late, &ticket).await.refused(400, "invitation_already_accepted");
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_53_of_many_at_once_one_accepts_an_invitation_and_one_is_made() {
    on_each(async |database| {
        let house = House::with(database, closed()).await;
        let owner = Owner::new(&house);
        let settings = json!({ "policy": { "restrictions": { "sign_up_mode": "restricted" } } });
        let replica = house.replica(database, settings).await;
        let made = join_all((0..8).map(|_| invite(&owner, "ada@example.com"))).await;
        let codes = |answer: &Answer| if answer.status == 200 { "ok".to_owned() } else { answer.codes()[0].to_owned() };
        let mut tally = BTreeMap::new();
        for answer in &made {
            *tally.entry(codes(answer)).or_insert(0) += 1;
        }
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        assert!(
            tally.keys().all(|code| ["ok", "duplicate_record", "service_unavailable"].contains(&code.as_str())),
            "{tally:?}"
        );
        let ticket = ticket_of(&made.iter().find(|answer| answer.status == 200).unwrap().body);
        let requests = (0..20).map(|index| {
            let mut device = if index % 2 == 0 { house.device() } else { replica.device() };
            let ticket = &ticket;
            async move { codes(&accept(&mut device, ticket).await) }
        });
        let mut tally = BTreeMap::new();
        for code in join_all(requests).await {
            *tally.entry(code).or_insert(0) += 1;
        }
        assert_eq!(tally.get("ok"), Some(&1), "{tally:?}");
        let late = ["ok", "invitation_already_accepted", "invitation_account_exists", "service_unavailable"];
        assert!(tally.keys().all(|code| late.contains(&code.as_str())), "{tally:?}");
        let users = owner.get("/v1/users?email_address=ada@example.com").await.ok().body;
        assert_eq!(users.as_array().map(Vec::len), Some(1));
        replica.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_owner_asks_for_is_checked_and_listed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let create = async |body| owner.post("/v1/invitations", body).await;
        create(json!({})).await.refused_at(422, "form_param_missing", "email_address");
        for (field, value, code) in [
            ("email_address", json!("ada"), "form_param_format_invalid"),
            ("redirect_url", json!("/join"), "form_param_format_invalid"),
            ("redirect_url", json!("javascript://x"), "prohibited_redirect_url"),
            ("expires_in_days", json!(0), "form_param_value_invalid"),
            ("expires_in_days", json!(366), "form_param_value_invalid"),
            ("expires_in_days", json!("1"), "form_param_type_invalid"),
            ("public_metadata", json!([]), "form_param_type_invalid"),
            ("template_slug", json!("welcome"), "form_param_value_invalid"),
            ("notify", json!("no"), "form_param_type_invalid"),
        ] {
            let mut body = json!({ "email_address": "ada@example.com" });
            body[field] = value;
            create(body).await.refused_at(422, code, field);
        }
        let first = invite(&owner, "ada@example.com").await.ok();
        invite(&owner, "ADA@example.com").await.refused_at(400, "duplicate_record", "email_address");
        house.clock.advance(1);
        let body = json!({ "email_address": "ada@example.com", "ignore_existing": true, "expires_in_days": 1 });
        create(body).await.ok();
        // All of them, or nobody.
        let bulk = async |body| owner.post("/v1/invitations/bulk", body).await;
        let entry = |address: &str| json!({ "email_address": address, "notify": false });
        house.clock.advance(1);
        bulk(json!([entry("bob@example.com"), entry("ada@example.com")])).await.refused(400, "duplicate_record");
        bulk(json!([entry("bob@example.com"), entry("Bob@example.com")])).await.refused(400, "duplicate_record");
        bulk(json!([])).await.refused(400, "request_body_invalid");
        bulk(json!({})).await.refused(400, "request_body_invalid");
        bulk(json!(vec![entry("bob@example.com"); 11])).await.refused(400, "request_body_invalid");
        assert_eq!(shown(&owner, "").await, ["ada@example.com", "ada@example.com"]);
        let made = bulk(json!([entry("bob@example.com"), entry("zoe@example.com")])).await.ok().body;
        assert_eq!((&made[0]["email_address"], made.as_array().unwrap().len()), (&json!("bob@example.com"), 2));
        assert!(house.outbox("bob@example.com").await.is_empty());
        assert_eq!(
            shown(&owner, "?order_by=email_address&limit=3&offset=1").await[1..],
            ["bob@example.com", "zoe@example.com"]
        );
        assert_eq!(shown(&owner, "?query=ZOE").await, ["zoe@example.com"]);
        assert_eq!(shown(&owner, &format!("?query={}", first.text("/id"))).await, ["ada@example.com"]);
        let page = owner.get("/v1/invitations?paginated=true&limit=1&order_by=-expires_at").await.ok().body;
        assert_eq!(page["total_count"], 4);
        for (query, param) in [("status=gone", "status"), ("order_by=id", "order_by"), ("limit=0", "limit")] {
            let refused = owner.get(&format!("/v1/invitations?{query}")).await;
            refused.refused_at(422, "form_param_value_invalid", param);
        }
        for id in ["x", "inv_000000000000000000000000000"] {
            revoke(&owner, id).await.refused(404, "resource_not_found");
            let stranger = owner.bare(Method::POST, &format!("/v1/invitations/{id}/revoke"));
            owner.send(stranger).await.refused(401, "authorization_header_format_invalid");
        }
        // Without a page of the application the person takes the ticket there.
        let body = json!({ "email_address": "kim@example.com" });
        let here = create(body).await.ok();
        let page = house.http.get(here.text("/url")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().await.unwrap().contains(&ticket_of(&here.body)));
        house.close().await;
        let settings = json!({ "policy": {
            "email_address": { "requirement": "off" },
            "username": { "requirement": "required" },
        } });
        let house = House::with(database, Wish::settings(settings)).await;
        invite(&Owner::new(&house), "lou@example.com").await.refused(400, "invitations_not_supported");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_the_owner_has_so_many_people_written_to_in_an_hour() {
    on_each(async |database| {
        // Development instances allow twenty times as much.
        let limits = json!({ "create": 10_000, "attempt": 10_000, "other": 10_000, "invite": 1, "invite_in_bulk": 1 });
        let house = House::with(database, Wish::settings(json!({ "limits": limits }))).await;
        let owner = Owner::new(&house);
        let one = |number: usize| json!({ "email_address": format!("ada{number}@example.com") });
        for number in 0..20 {
            owner.post("/v1/invitations", one(number)).await.ok();
            owner.post("/v1/invitations/bulk", json!([one(100 + number), one(200 + number)])).await.ok();
        }
        let refused = owner.post("/v1/invitations", one(20)).await.refused(429, "too_many_requests");
        assert_eq!(refused.headers["retry-after"], "181");
        assert!(house.outbox("ada20@example.com").await.is_empty());
        owner.post("/v1/invitations/bulk", json!([one(300)])).await.refused(429, "too_many_requests");
        house.clock.advance(HOUR);
        owner.post("/v1/invitations", one(20)).await.ok();
        owner.post("/v1/invitations/bulk", json!([one(300)])).await.ok();
        house.close().await;
    })
    .await;
}
