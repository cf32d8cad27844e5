//! Who may come in: sign-up modes, the owner's lists, sub-addresses and throw-away addresses, on every way in.

use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    external::{APP, come_back, nonce, proof},
    house::{House, Wish},
    owner::Owner,
    stand_in::{Persona, Provider},
};

const ALLOWLIST: &str = "/v1/allowlist_identifiers";
const BLOCKLIST: &str = "/v1/blocklist_identifiers";
const PASSWORD: &str = "Lantern and 7 oars";

/// An instance with these restrictions, that takes numbers and user names too.
fn wish(restrictions: &Value) -> Wish {
    let mut wish = Wish::default();
    wish.settings["policy"] = policy(restrictions);
    wish
}

fn policy(restrictions: &Value) -> Value {
    json!({
        "restrictions": restrictions,
        "phone_number": { "requirement": "optional" },
        "username": { "requirement": "optional" },
    })
}

async fn list(owner: &Owner<'_>, list: &str, identifier: &str) -> Answer {
    owner.post(list, json!({ "identifier": identifier })).await
}

/// Begins a sign-up with this address.
async fn begin(device: &mut Device<'_>, address: &str) -> Answer {
    device.post("/v1/client/sign_ups", &[("email_address", address), ("password", PASSWORD)]).await
}

/// The identifiers that a refusal names.
fn named(refused: &Answer) -> &Value {
    &refused.body["errors"][0]["meta"]["identifiers"]
}

#[tokio::test]
async fn the_lists_are_kept_by_the_owner() {
    on_each(async |database| {
        let house = House::open(database).await;
        let owner = Owner::new(&house);
        for (path, object, prefix) in
            [(ALLOWLIST, "allowlist_identifier", "alid_"), (BLOCKLIST, "blocklist_identifier", "blid_")]
        {
            let ada = list(&owner, path, " Ada@EXAMPLE.com ").await.ok();
            assert!(ada.text("/id").starts_with(prefix));
            assert_eq!((ada.text("/object"), ada.text("/identifier")), (object.into(), "ada@example.com".into()));
            assert_eq!(ada.text("/identifier_type"), "email_address");
            assert_eq!(ada.text("/instance_id"), house.instance.id());
            house.clock.advance(1);
            let domain = list(&owner, path, "*@Bücher.example").await.ok().body;
            assert_eq!(domain["identifier"], "*@xn--bcher-kva.example");
            list(&owner, path, "ada@example.COM").await.refused(400, "duplicate_record");
            let wallet = list(&owner, path, "0xABCDEF0123456789abcdef0123456789abcdef01").await.ok();
            assert_eq!(wallet.text("/identifier_type"), "web3_wallet");
            owner.delete(&format!("{path}/{}", wallet.text("/id"))).await.ok();
            for none in ["ada", "*", "*@example", "044 668 18 00", "a\u{0}b@example.com"] {
                list(&owner, path, none).await.refused_at(422, "form_param_format_invalid", "identifier");
            }
            owner.post(path, json!({})).await.refused_at(422, "form_param_missing", "identifier");
            let paginated = owner.get(&format!("{path}?paginated=true&limit=1&offset=1")).await.ok().body;
            assert_eq!(paginated, json!({ "data": [ada.body], "total_count": 2 }));
            let whole = owner.get(path).await.ok().body;
            let entries = if path == ALLOWLIST { &whole } else { &whole["data"] };
            assert_eq!(entries, &json!([domain, ada.body]), "newest first");
            let entry = format!("{path}/{}", ada.text("/id"));
            let gone = owner.delete(&entry).await.ok().body;
            assert_eq!(gone, json!({ "object": object, "id": ada.text("/id"), "deleted": true }));
            for path in [entry, format!("{path}/{prefix}x"), format!("{path}/x%00")] {
                owner.delete(&path).await.refused(404, "resource_not_found");
            }
        }
        let other = owner.get(ALLOWLIST).await.ok().text("/0/id");
        owner.delete(&format!("{BLOCKLIST}/{other}")).await.refused(404, "resource_not_found");
        list(&owner, BLOCKLIST, "ada@example.com").await.ok();
        list(&owner, BLOCKLIST, "ada+x@example.com").await.refused(400, "duplicate_record");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_put_on_the_allowlist_is_told_where_the_owner_says_so() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "allowlist": true, "sign_up_mode": "restricted" }))).await;
        let owner = Owner::new(&house);
        let allow =
            async |identifier: &str| owner.post(ALLOWLIST, json!({ "identifier": identifier, "notify": true })).await;
        let quiet = list(&owner, ALLOWLIST, "quiet@example.com").await.ok();
        assert_eq!(quiet.body.get("invitation_id"), None);
        assert!(house.outbox("quiet@example.com").await.is_empty());
        // Nobody reads the mail of a domain, a number or a wallet.
        for identifier in ["*@example.com", "+41791234567", "0xABCDEF0123456789abcdef0123456789abcdef01"] {
            allow(identifier).await.refused_at(422, "form_param_value_invalid", "notify");
        }
        let bob = allow("Bob@example.com").await.ok();
        let invitations = owner.get("/v1/invitations").await.ok().body;
        assert_eq!(invitations[0]["id"], bob.body["invitation_id"]);
        let mails = house.outbox("bob@example.com").await;
        assert!(mails[0].body.contains(invitations[0]["url"].as_str().unwrap()), "{}", mails[0].body);
        let ticket = crate::invitations::ticket_of(&invitations[0]);
        let done = crate::invitations::accept(&mut house.device(), &ticket).await.ok();
        assert_eq!(done.response()["status"], "complete");
        // Who has an account, or is invited already, is put on the list all the same, and hears nothing.
        owner.post("/v1/invitations", json!({ "email_address": "eve@example.com" })).await.ok();
        owner.delete(&format!("{ALLOWLIST}/{}", bob.text("/id"))).await.ok();
        for known in ["bob@example.com", "eve@example.com"] {
            let before = house.outbox(known).await.len();
            assert_eq!(allow(known).await.ok().body.get("invitation_id"), None, "{known}");
            assert_eq!(house.outbox(known).await.len(), before, "{known}");
        }
        allow("eve@example.com").await.refused(400, "duplicate_record");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_signs_up_where_it_is_by_invitation_and_nothing_tells_who_has_an_account() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = House::with(database, Wish::settings(provider.connections())).await;
        let mut device = house.device();
        let ada = device.sign_up("ada@example.com").await;
        let mut begun = house.device();
        let half = begun.begin_sign_up("bob@example.com", PASSWORD).await;
        let code = house.code_for("bob@example.com").await;
        for (mode, refusal) in [("restricted", "sign_up_mode_restricted"), ("waitlist", "sign_up_restricted_waitlist")]
        {
            let mut settings = provider.connections();
            settings["policy"] = json!({ "restrictions": { "sign_up_mode": mode } });
            let closed = house.replica(database, settings).await;
            let told = closed.device().get("/v1/environment").await.ok().body;
            assert_eq!(told["user_settings"]["sign_up"]["mode"], mode);
            let mut bodies = Vec::new();
            for address in ["ada@example.com", "new@example.com"] {
                let mut refused = begin(&mut closed.device(), address).await.refused(403, refusal).body;
                refused["clerk_trace_id"] = Value::Null;
                bodies.push(refused);
            }
            assert_eq!(bodies[0], bodies[1]);
            closed.device().post("/v1/client/sign_ups", &[]).await.refused(403, refusal);
            let out = [("strategy", "oauth_github"), ("redirect_url", APP)];
            closed.device().post("/v1/client/sign_ups", &out).await.refused(403, refusal);
            // Whoever was under way when it was closed does not come in either.
            begun.at(&closed).prove_sign_up(&half, &code).await.refused(403, refusal);
            // A sign-in of nobody does not become a sign-up.
            let mut stranger = closed.device();
            let persona = Persona::new(7, "grace@example.com");
            let signed_in = stranger.by(&provider, "sign_ins", "oauth_github", &persona).await;
            assert_eq!(proof(signed_in.response())["status"], "transferable");
            stranger.post("/v1/client/sign_ups", &[("transfer", "true")]).await.refused(403, refusal);
            // Who has an account has it, and whom the owner creates comes in.
            closed.device().sign_in(&ada).await;
            let owner = Owner::new(&closed);
            let body = json!({ "email_address": [format!("{mode}@example.com")], "password": PASSWORD });
            owner.post("/v1/users", body).await.ok();
            closed.close().await;
        }
        assert_eq!(begun.prove_sign_up(&half, &code).await.ok().response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_to_an_instance_that_was_closed_meanwhile_is_told_there() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let house = House::with(database, Wish::settings(provider.connections())).await;
        let mut settings = provider.connections();
        settings["policy"] = json!({ "restrictions": { "sign_up_mode": "restricted" } });
        let closed = house.replica(database, settings).await;
        let mut device = house.device();
        let (id, page) = device.go_out("sign_ups", "oauth_github").await;
        let back = come_back(&device, provider.agree(&page, &Persona::new(1, "ada@example.com"))).await;
        let mut there = device.at(&closed);
        let answer = there.redeem("sign_ups", &id, &nonce(&back)).await.ok();
        assert_eq!(proof(answer.response())["error"]["code"], "sign_up_mode_restricted");
        assert_eq!(answer.response()["status"], "missing_requirements");
        closed.close().await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_who_is_blocked_does_not_come_in_by_any_way_or_spelling() {
    on_each(async |database| {
        let provider = Provider::start().await;
        let mut settings = provider.connections();
        settings["policy"] = policy(&json!({ "blocklist": true }));
        let house = House::with(database, Wish::settings(settings)).await;
        let owner = Owner::new(&house);
        for identifier in ["eve.x@gmail.com", "*@Bücher.example", "+41791234567"] {
            list(&owner, BLOCKLIST, identifier).await.ok();
        }
        let spellings = ["EveX@GoogleMail.com", "e.v.e.x+1@gmail.com", "a@xn--bcher-kva.example", "A+b@BÜCHER.example"];
        for address in spellings {
            let refused = begin(&mut house.device(), address).await.refused(403, "not_allowed_access");
            assert_eq!(named(&refused).as_array().map(Vec::len), Some(1), "{address}: {}", refused.body);
        }
        let refused = house.device().post("/v1/client/sign_ups", &[("phone_number", "+41 79 123 45 67")]).await;
        assert_eq!(named(&refused.refused(403, "not_allowed_access")), &json!(["+41791234567"]));
        // Given later.
        let mut device = house.device();
        let id = begin(&mut device, "ada@example.com").await.ok().text("/response/id");
        let later = device.patch(&format!("/v1/client/sign_ups/{id}"), &[("email_address", "evex@gmail.com")]).await;
        later.refused(403, "not_allowed_access");
        // Listed while the code was on its way: nothing more is sent, and the code makes no account.
        let mut slow = house.device();
        let half = slow.begin_sign_up("bob@example.com", PASSWORD).await;
        let code = house.code_for("bob@example.com").await;
        let bob = list(&owner, BLOCKLIST, "bob@example.com").await.ok().text("/id");
        slow.prove_sign_up(&half, &code).await.refused(403, "not_allowed_access");
        let again = format!("/v1/client/sign_ups/{half}/prepare_verification");
        slow.post(&again, &[("strategy", "email_code")]).await.refused(403, "not_allowed_access");
        owner.delete(&format!("{BLOCKLIST}/{bob}")).await.ok();
        slow.prove_sign_up(&half, &code).await.ok();
        // By an account elsewhere, and from a sign-in there.
        let eve = Persona::new(3, "Eve.X+elsewhere@gmail.com");
        let answer = house.device().by(&provider, "sign_ups", "oauth_github", &eve).await;
        assert_eq!(proof(answer.response())["error"]["code"], "not_allowed_access");
        let mut stranger = house.device();
        let answer = stranger.by(&provider, "sign_ins", "oauth_github", &eve).await;
        assert_eq!(proof(answer.response())["status"], "transferable");
        let transfer = stranger.post("/v1/client/sign_ups", &[("transfer", "true")]).await;
        transfer.refused(403, "not_allowed_access");
        // Added by somebody who has an account.
        let mut ada = house.device();
        ada.sign_up("ada@example.com").await;
        let add = ada.post("/v1/me/email_addresses", &[("email_address", "evex@gmail.com")]).await;
        add.refused(403, "not_allowed_access");
        let add = ada.post("/v1/me/phone_numbers", &[("phone_number", "+41791234567")]).await;
        add.refused(403, "not_allowed_access");
        let form = [("strategy", "oauth_github"), ("redirect_url", APP)];
        let begun = ada.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(&ada, provider.agree(&page, &eve)).await;
        let me = ada.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        assert_eq!(me.response()["external_accounts"][0]["verification"]["error"]["code"], "not_allowed_access");
        assert_eq!(me.response()["email_addresses"].as_array().map(Vec::len), Some(1));
        // What the owner does is the owner's word.
        let body = json!({ "email_address": ["evex@gmail.com"], "password": PASSWORD });
        owner.post("/v1/users", body).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_only_who_is_allowed_comes_in_where_there_is_an_allowlist() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "allowlist": true, "blocklist": true }))).await;
        let owner = Owner::new(&house);
        begin(&mut house.device(), "ada@example.com").await.refused(403, "not_allowed_access");
        for identifier in ["ada@example.com", "*@school.example", "+41791234567"] {
            list(&owner, ALLOWLIST, identifier).await.ok();
        }
        list(&owner, BLOCKLIST, "bully@school.example").await.ok();
        let mut ada = house.device();
        ada.sign_up("ada@example.com").await;
        house.device().sign_up("pupil@school.example").await;
        for near in ["ada+x@example.com", "pupil@sub.school.example", "bully@school.example", "b.ob@example.com"] {
            begin(&mut house.device(), near).await.refused(403, "not_allowed_access");
        }
        house
            .device()
            .post("/v1/client/sign_ups", &[("phone_number", "+41791234568")])
            .await
            .refused(403, "not_allowed_access");
        ada.post("/v1/me/email_addresses", &[("email_address", "else@example.com")])
            .await
            .refused(403, "not_allowed_access");
        ada.post("/v1/me/email_addresses", &[("email_address", "more@school.example")]).await.ok();
        house.close().await;
        let mut named = wish(&json!({ "allowlist": true }));
        named.settings["policy"]["email_address"] = json!({ "requirement": "off" });
        named.settings["policy"]["username"] = json!({ "requirement": "required" });
        let house = House::with(database, named).await;
        let form = [("username", "grace"), ("password", PASSWORD)];
        house.device().post("/v1/client/sign_ups", &form).await.refused(403, "not_allowed_access");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_87_sub_addresses_and_throw_away_addresses_are_refused_where_the_owner_says_so() {
    on_each(async |database| {
        let rules = json!({
            "block_email_subaddresses": true,
            "block_disposable_email_domains": true,
            "disposable_domains": ["trash.example"],
        });
        let house = House::with(database, wish(&rules)).await;
        for address in [
            "ada+x@example.com",
            "ADA=x@example.com",
            "ada#x@example.com",
            "ada%2Bx@example.com",
            "ada@mailinator.com",
            "ada@A.Mailinator.com",
            "ada@trash.example",
            "ada@sub.TRASH.example",
        ] {
            begin(&mut house.device(), address).await.refused(403, "not_allowed_access");
        }
        let mut ada = house.device();
        ada.sign_up("a.d-a@example.com").await;
        // Test addresses get no mail, and are what the owner wants where they exist.
        let mut tester = house.device();
        let id = tester.begin_sign_up("ada+clerk_test@example.com", PASSWORD).await;
        assert_eq!(tester.prove_sign_up(&id, "424242").await.ok().response()["status"], "complete");
        for address in ["ada+y@example.com", "ada@yopmail.com"] {
            let add = ada.post("/v1/me/email_addresses", &[("email_address", address)]).await;
            add.refused(403, "not_allowed_access");
        }
        house.close().await;
        let bad = House::refused(database, wish(&json!({ "disposable_domains": ["Trash"] }))).await;
        assert!(bad.contains("throw-away domains"), "{bad}");
    })
    .await;
}

#[tokio::test]
async fn restrictions_of_the_file_are_not_changed_from_outside() {
    on_each(async |database| {
        let house = House::with(database, wish(&json!({ "blocklist": true }))).await;
        let owner = Owner::new(&house);
        let set = owner.with_body(Method::PATCH, "/v1/instance/restrictions", json!({ "blocklist": false })).await;
        set.refused_at(400, "form_param_value_disabled", "blocklist");
        house.close().await;
    })
    .await;
}
