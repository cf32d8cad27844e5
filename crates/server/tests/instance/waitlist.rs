//! The waitlist: asking for an invitation, and what the owner says.

use std::collections::BTreeSet;

use frontdesk_store::testing::on_each;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
    invitations::{accept, ticket_of},
    owner::Owner,
};

const ENTRIES: &str = "/v1/waitlist_entries";

fn wish(mode: &str) -> Wish {
    Wish::settings(json!({ "policy": { "restrictions": {
        "sign_up_mode": mode,
        "blocklist": true,
        "block_disposable_email_domains": true,
    } } }))
}

async fn join(device: &mut Device<'_>, address: &str) -> Answer {
    device.post("/v1/waitlist", &[("email_address", address), ("locale", "de-CH")]).await
}

async fn act(owner: &Owner<'_>, id: &str, what: &str) -> Answer {
    owner.post(&format!("{ENTRIES}/{id}/{what}"), Value::Null).await
}

#[tokio::test]
async fn who_asks_is_invited_by_the_owner_and_makes_an_account() {
    on_each(async |database| {
        let house = House::with(database, wish("waitlist")).await;
        let owner = Owner::new(&house);
        let environment = house.device().get("/v1/environment").await.ok();
        assert_eq!(environment.body["user_settings"]["sign_up"]["mode"], "waitlist");
        let form = [("email_address", "ada@example.com")];
        house.device().post("/v1/client/sign_ups", &form).await.refused(403, "sign_up_restricted_waitlist");
        let mut device = house.device();
        let joined = join(&mut device, " Ada@EXAMPLE.com ").await.ok();
        assert_eq!(joined.text("/object"), "waitlist_entry");
        assert_eq!(device.token, None, "no client begins by it");
        let mails = house.outbox("ada@example.com").await;
        assert!(mails[0].subject.contains("Warteliste"), "{}", mails[0].subject);
        let again = join(&mut house.device(), "ada@example.com").await.ok();
        assert_eq!(again.body, joined.body);
        assert_eq!(house.outbox("ada@example.com").await.len(), 1, "who is on the list gets no second mail");

        let list = owner.get(ENTRIES).await.ok().body;
        assert_eq!((&list["total_count"], &list["data"][0]["status"]), (&json!(1), &json!("pending")));
        house.clock.advance(1);
        let invited = act(&owner, &joined.text("/id"), "invite").await.ok();
        assert_eq!((invited.text("/status"), invited.text("/invitation/status")), ("invited".into(), "pending".into()));
        let mail = &house.outbox("ada@example.com").await[0];
        assert!(mail.subject.contains("Einladung") && mail.body.contains(&invited.text("/invitation/url")));
        act(&owner, &joined.text("/id"), "invite").await.refused(409, "waitlist_entry_already_invited");
        act(&owner, &joined.text("/id"), "reject").await.refused(409, "waitlist_entry_already_invited");
        let entry = format!("{ENTRIES}/{}", joined.text("/id"));
        owner.delete(&entry).await.refused(409, "waitlist_entry_already_invited");
        let done = accept(&mut house.device(), &ticket_of(&invited.body["invitation"])).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let list = owner.get(&format!("{ENTRIES}?status=completed")).await.ok().body;
        assert_eq!(list["data"][0]["invitation"]["status"], "accepted");
        act(&owner, &joined.text("/id"), "invite").await.refused(409, "waitlist_entry_already_completed");
        act(&owner, &joined.text("/id"), "reject").await.refused(409, "waitlist_entry_already_completed");
        owner.delete(&entry).await.refused(409, "waitlist_entry_already_completed");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_nobody_asks_who_is_blocked_or_where_there_is_no_waitlist() {
    on_each(async |database| {
        let house = House::with(database, wish("waitlist")).await;
        let owner = Owner::new(&house);
        owner.post("/v1/blocklist_identifiers", json!({ "identifier": "eve@gmail.com" })).await.ok();
        for address in ["e.v.e+x@googlemail.com", "ada@mailinator.com"] {
            join(&mut house.device(), address).await.refused(403, "not_allowed_access");
        }
        join(&mut house.device(), "ada").await.refused_at(422, "form_param_format_invalid", "email_address");
        house.device().post("/v1/waitlist", &[]).await.refused_at(422, "form_param_missing", "email_address");
        // Who has an account is told so by mail alone.
        let body = json!({ "email_address": ["ada@example.com"], "password": "Lantern and 7 oars" });
        owner.post("/v1/users", body).await.ok();
        let (known, unknown) = (
            join(&mut house.device(), "ada@example.com").await.ok(),
            join(&mut house.device(), "bob@example.com").await.ok(),
        );
        assert_eq!(known.body.as_object().unwrap().keys().len(), unknown.body.as_object().unwrap().keys().len());
        assert!(house.outbox("ada@example.com").await[0].subject.contains("hast ein Konto"));
        assert!(house.outbox("bob@example.com").await[0].subject.contains("Warteliste"));
        let refused = act(&owner, &known.text("/id"), "invite").await;
        refused.refused_at(422, "form_identifier_exists", "email_address");
        for mode in ["public", "restricted"] {
            let other = house.replica(database, wish(mode).settings).await;
            join(&mut other.device(), "zoe@example.com").await.refused(403, "waitlist_not_accepting_entries");
            other.close().await;
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_enters_invites_rejects_and_deletes() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        let enter = async |body| owner.post(ENTRIES, body).await;
        enter(json!({})).await.refused_at(422, "form_param_missing", "email_address");
        let quiet = json!({ "email_address": "ada@example.com", "notify": false });
        let ada = enter(quiet.clone()).await.ok();
        assert!(house.outbox("ada@example.com").await.is_empty());
        assert_eq!(enter(quiet).await.ok().body, ada.body, "who is on the list stays there");
        let entry = |address: &str| json!({ "email_address": address });
        let bulk = async |body| owner.post(&format!("{ENTRIES}/bulk"), body).await;
        bulk(json!([entry("bob@example.com"), entry("BOB@example.com")])).await.refused(400, "duplicate_record");
        bulk(json!([])).await.refused(400, "request_body_invalid");
        house.clock.advance(1);
        let made = bulk(json!([entry("bob@example.com"), entry("ada@example.com")])).await.ok().body;
        assert_eq!((&made[1]["id"], made.as_array().unwrap().len()), (&ada.body["id"], 2));
        assert_eq!(house.outbox("bob@example.com").await.len(), 1);
        let ids = async |query: &str| {
            let list = owner.get(&format!("{ENTRIES}{query}")).await.ok().body;
            let data = list["data"].as_array().unwrap().clone();
            data.iter().map(|entry| entry["email_address"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("").await, ["bob@example.com", "ada@example.com"]);
        assert_eq!(ids("?query=BOB").await, ["bob@example.com"]);
        assert_eq!(ids("?order_by=email_address&limit=1").await, ["ada@example.com"]);
        for (query, param) in [("status=gone", "status"), ("order_by=id", "order_by")] {
            let refused = owner.get(&format!("{ENTRIES}?{query}")).await;
            refused.refused_at(422, "form_param_value_invalid", param);
        }
        // Turned down, and invited after all.
        let (ada, bob) = (ada.text("/id"), made[0]["id"].as_str().unwrap().to_owned());
        assert_eq!(act(&owner, &ada, "reject").await.ok().text("/status"), "rejected");
        act(&owner, &ada, "reject").await.refused(409, "waitlist_entry_already_rejected");
        let first = act(&owner, &ada, "invite").await.ok();
        // Another one, and one in place of one that was taken back.
        let path = format!("{ENTRIES}/{ada}/invite");
        let second = owner.post(&path, json!({ "ignore_existing": true })).await.ok();
        assert_ne!(first.text("/invitation/id"), second.text("/invitation/id"));
        for invitation in [first, second] {
            let path = format!("/v1/invitations/{}/revoke", invitation.text("/invitation/id"));
            owner.post(&path, Value::Null).await.ok();
        }
        act(&owner, &ada, "invite").await.ok();
        assert_eq!(ids("?order_by=invited_at&limit=1").await, ["ada@example.com"]);
        let gone = owner.delete(&format!("{ENTRIES}/{bob}")).await.ok().body;
        assert_eq!(gone, json!({ "object": "waitlist_entry", "id": bob, "deleted": true }));
        for id in [&*bob, "x"] {
            owner.delete(&format!("{ENTRIES}/{id}")).await.refused(404, "resource_not_found");
            act(&owner, id, "invite").await.refused(404, "resource_not_found");
            act(&owner, id, "reject").await.refused(404, "resource_not_found");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_asks_several_times_at_once_is_on_the_list_once() {
    on_each(async |database| {
        let house = House::with(database, wish("waitlist")).await;
        let owner = Owner::new(&house);
        let answers = join_all((0..8).map(|_| {
            let mut device = house.device();
            async move { join(&mut device, "ada@example.com").await }
        }))
        .await;
        let done = answers.iter().filter(|answer| answer.status == 200);
        let ids: BTreeSet<_> = done.map(|answer| answer.text("/id")).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(house.outbox("ada@example.com").await.len(), 1);
        let id = ids.first().unwrap();
        let invited = join_all((0..8).map(|_| act(&owner, id, "invite"))).await;
        assert_eq!(invited.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(owner.get("/v1/invitations").await.ok().body.as_array().map(Vec::len), Some(1));
        house.close().await;
    })
    .await;
}
