//! Every operation, asked for real: what it answers when it does what is asked, and when it refuses.

use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::{Value, json};

use frontdesk_server::public_url::PublicUrl;

use super::{RECORD, Record, deviations, newest, of};
use crate::{
    browser::Browser,
    contract::operations,
    external::{self, APP, come_back},
    handshake_nonces::{nonce, payload_of},
    house::{House, Wish},
    invitations,
    key::Says,
    owner::Owner,
    pictures::{self, MULTIPART, png, upload},
    routes::{Spelling, walk},
    stand_in::{Persona, Provider},
};

/// Operations whose answers are no JSON, and which have tests of their own.
const NO_JSON: &[&str] = &[
    "get /frontdesk/changes/{user}/{change}/{proof}",
    "get /frontdesk/devices/{session}/{proof}",
    "get /v1/callbacks/{strategy}",
    "get /v1/client/handshake",
    "get /v1/images/{id}",
    "get /v1/oauth_callback",
    "get /v1/tickets/accept",
    "post /frontdesk/changes/{user}/{change}/{proof}",
    "post /frontdesk/devices/{session}/{proof}",
    "post /v1/callbacks/{strategy}",
    "post /v1/oauth_callback",
];

/// What the development provider serves is as OpenID Connect has it, and is tested with that.
const PROVIDER: &str = "/frontdesk/provider/";

#[tokio::test]
async fn every_operation_answers_as_its_published_document_says() {
    if newest("fapi").is_none() || newest("bapi").is_none() {
        println!("SKIPPED: no OpenAPI documents of the APIs (set FRONTDESK_OPENAPI_DIR)");
        return;
    }
    on_each(async |database| {
        RECORD.take();
        let house = House::open(database).await;
        walk(&house, Spelling::Plain, "ada@example.com").await;
        forgotten(&house).await;
        profile(&house).await;
        second_factors(&house).await;
        browser(&house).await;
        owner(&house).await;
        refused(&house).await;
        house.close().await;
        let settings = json!({ "policy": { "password": { "requirement": "optional" } } });
        let house = House::with(database, Wish::settings(settings)).await;
        without_password(&house).await;
        house.close().await;
        let settings = json!({ "policy": { "phone_number": { "requirement": "optional" } } });
        let house = House::with(database, Wish::settings(settings)).await;
        numbers(&house).await;
        house.close().await;
        let house = House::open(database).await;
        replaced(&house).await;
        house.close().await;
        let provider = Provider::start().await;
        let house = House::with(database, Wish::settings(provider.connections())).await;
        elsewhere(&house, &provider).await;
        house.close().await;
        let house = House::open(database).await;
        passkeys(&house).await;
        house.close().await;
        let settings = json!({ "policy": { "restrictions": { "sign_up_mode": "waitlist" } } });
        let house = House::with(database, Wish::settings(settings)).await;
        invitations(&house).await;
        house.close().await;
        let public_url = PublicUrl::parse("https://example.com").ok();
        let house = House::with(database, Wish { public_url, ..Wish::default() }).await;
        house.device().get("/.well-known/webauthn").await.ok();
        house.close().await;
        judge(&RECORD.take());
    })
    .await;
}

/// A sign-in that was under way when the owner allowed one session for each client takes the place of the one there.
async fn replaced(house: &House) {
    let bob = house.device().sign_up("kim@replaced.example").await;
    let mut device = house.device();
    device.sign_up("lou@replaced.example").await;
    let waiting = device.begin_sign_in(&bob.address).await;
    let single = json!({ "single_session_mode": true });
    assert_eq!(Owner::new(house).patch("/v1/instance", single).await.status, 204);
    device.prove_sign_in(&waiting, "password", &bob.password).await.ok();
}

/// Nothing is left out, and no deviation is there that nobody needs.
fn judge(record: &Record) {
    for (path, verb, described) in operations() {
        let operation = format!("{verb} {path}");
        let statuses = record.answers.iter().filter(|(asked, _)| *asked == operation).map(|(_, status)| *status);
        let (done, refused): (Vec<u16>, Vec<u16>) = statuses.partition(|status| *status < 400);
        if NO_JSON.contains(&operation.as_str()) || path.starts_with(PROVIDER) {
            continue;
        }
        assert!(!done.is_empty(), "{operation} has not done what is asked");
        let for_everybody = described["security"] == json!([{}]);
        assert!(!refused.is_empty() || for_everybody, "{operation} has not refused");
        let known = of(verb, path).is_some_and(|published| published.knows(verb, path));
        let excused = deviations::NOT_PUBLISHED.iter().any(|(named, _)| *named == operation);
        assert_ne!(known, excused, "{operation}: either it is published, or the list says why it is served");
    }
    for (index, deviation) in deviations::ALL.iter().enumerate() {
        let (on, at) = (deviation.on, deviation.at);
        assert!(record.met.contains(&index), "no answer deviates any more: {on} at {at}: {}", deviation.fault);
    }
}

/// Somebody adds a passkey, signs in by it, renames it; the owner removes it.
async fn passkeys(house: &House) {
    let mut device = house.device();
    device.get("/.well-known/webauthn").await.refused(404, "resource_not_found");
    let person = device.sign_up("mia@keys.example").await;
    let (id, mut key) = device.add_passkey(b"a key of sixteen bytes").await;
    let path = format!("/v1/me/passkeys/{id}");
    device.get(&path).await.ok();
    device.patch(&path, &[("name", "Laptop")]).await.ok();
    let attempt = format!("{path}/attempt_verification");
    device.post(&attempt, &[("public_key_credential", "{}")]).await.refused(400, "passkey_invalid_verification");
    let user = format!("/v1/users/{}", person.user_id);
    assert_eq!(Owner::new(house).get(&user).await.status, 200);
    let mut other = house.device();
    let (sign_in, options) = other.begin_passkey().await;
    other.prove_passkey(&sign_in, &key.sign(&options, &Says::default())).await.ok();
    let verify = format!("/v1/client/sessions/{}/verify", person.session_id);
    device.post(&verify, &[("level", "first_factor")]).await.ok();
    let asked = device.post(&format!("{verify}/prepare_first_factor"), &[("strategy", "passkey")]).await.ok();
    let options = serde_json::from_str(&asked.text("/response/first_factor_verification/nonce")).unwrap();
    let answer = key.sign(&options, &Says::default());
    let form = [("strategy", "passkey"), ("public_key_credential", answer.as_str())];
    device.post(&format!("{verify}/attempt_first_factor"), &form).await.ok();
    for refused in
        [device.get("/v1/me/passkeys/idn_no").await, device.patch("/v1/me/passkeys/idn_no", &[("name", "a")]).await]
    {
        refused.refused(404, "passkey_not_registered");
    }
    let removed = Owner::new(house).delete(&format!("{user}/passkeys/{id}")).await;
    assert_eq!(removed.status, 200);
    Owner::new(house).delete(&format!("{user}/passkeys/{id}")).await.refused(404, "passkey_not_registered");
    let (id, _) = device.add_passkey(b"another key of sixteen").await;
    let path = format!("/v1/me/passkeys/{id}");
    device.delete(&path).await.ok();
    device.delete(&path).await.refused(404, "passkey_not_registered");
    house.device().post("/v1/me/passkeys", &[]).await.refused(401, "signed_out");
}

/// Somebody comes in by an account elsewhere, connects another, and removes it; the owner reads what may be done there.
async fn elsewhere(house: &House, provider: &Provider) {
    let mut device = house.device();
    let persona = Persona::new(1, "mia@elsewhere.example");
    device.get("/v1/environment").await.ok();
    device.by(provider, "sign_ins", "oauth_google", &persona).await;
    device.by(provider, "sign_ups", "oauth_google", &persona).await;
    let form = [("strategy", "oauth_github"), ("redirect_url", APP)];
    let begun = device.post("/v1/me/external_accounts", &form).await.ok();
    let page = begun.text("/response/verification/external_verification_redirect_url");
    let back = come_back(&device, provider.agree(&page, &Persona::new(2, "mia@elsewhere.example"))).await;
    let me = device.get(&format!("/v1/me?rotating_token_nonce={}", external::nonce(&back))).await.ok();
    let (user, externals) = (me.text("/response/id"), me.response()["external_accounts"].as_array().unwrap().clone());
    let id = externals[1]["id"].as_str().unwrap();
    device.patch(&format!("/v1/me/external_accounts/{id}/reauthorize"), &[("redirect_url", APP)]).await.ok();
    device.delete(&format!("/v1/me/external_accounts/{id}/tokens")).await.ok();
    device.delete(&format!("/v1/me/external_accounts/{id}")).await.ok();
    device.delete(&format!("/v1/me/external_accounts/{id}/tokens")).await.refused(404, "resource_not_found");
    device.delete(&format!("/v1/me/external_accounts/{id}")).await.refused(404, "resource_not_found");
    device
        .patch(&format!("/v1/me/external_accounts/{id}/reauthorize"), &[("redirect_url", APP)])
        .await
        .refused(404, "resource_not_found");
    device
        .post("/v1/me/external_accounts", &[("strategy", "oauth_facebook"), ("redirect_url", APP)])
        .await
        .refused(400, "oauth_provider_not_enabled");
    let owner = Owner::new(house);
    let tokens = format!("/v1/users/{user}/oauth_access_tokens");
    owner.get(&format!("{tokens}/oauth_google")).await.ok();
    owner.get(&format!("{tokens}/oauth_google?paginated=true")).await.ok();
    owner.get(&format!("{tokens}/oauth_facebook")).await.refused(404, "oauth_token_provider_not_enabled");
    let external = externals[0]["id"].as_str().unwrap();
    owner.delete(&format!("/v1/users/{user}/external_accounts/{external}")).await.ok();
    owner.delete(&format!("/v1/users/{user}/external_accounts/{external}")).await.refused(404, "resource_not_found");
}

/// Somebody has forgotten their password.
async fn forgotten(house: &House) {
    let person = house.device().sign_up("bob@example.com").await;
    house.clock.advance(60_000);
    let mut device = house.device();
    let id = device.begin_sign_in(&person.address).await;
    let strategy = ("strategy", "reset_password_email_code");
    device.post(&format!("/v1/client/sign_ins/{id}/prepare_first_factor"), &[strategy]).await.ok();
    let code = house.code_for(&person.address).await;
    let form = [strategy, ("code", code.as_str())];
    device.post(&format!("/v1/client/sign_ins/{id}/attempt_first_factor"), &form).await.ok();
    let form = [("password", "Lantern and 9 oars")];
    device.post(&format!("/v1/client/sign_ins/{id}/reset_password"), &form).await.ok();
}

/// Somebody changes their password, and then goes without one.
async fn without_password(house: &House) {
    let mut device = house.device();
    let person = device.sign_up("eve@example.com").await;
    let form = [("current_password", person.password.as_str()), ("new_password", "Lantern and 9 oars")];
    device.post("/v1/me/change_password", &form).await.ok();
    device.post("/v1/me/remove_password", &[("current_password", "Lantern and 9 oars")]).await.ok();
}

/// Somebody adds an address, proves it and removes it again, and has a picture for a while.
async fn profile(house: &House) {
    let mut device = house.device();
    device.sign_up("fay@example.com").await;
    let form = [("email_address", "fay@work.example")];
    let id = device.post("/v1/me/email_addresses", &form).await.ok().text("/response/id");
    let address = format!("/v1/me/email_addresses/{id}");
    device.get("/v1/me/email_addresses").await.ok();
    device.get(&address).await.ok();
    device.post(&format!("{address}/prepare_verification"), &[("strategy", "email_code")]).await.ok();
    let code = house.code_for("fay@work.example").await;
    device.post(&format!("{address}/attempt_verification"), &[("code", &code)]).await.ok();
    device.delete(&address).await.ok();
    upload(&mut device, MULTIPART, pictures::form("file", &png(40, 30))).await.ok();
    device.get("/v1/me").await.ok();
    device.delete("/v1/me/profile_image").await.ok();
}

/// Somebody sets an authenticator app up, signs in with it, and loses it.
async fn second_factors(house: &House) {
    let mut device = house.device();
    let person = device.sign_up("gus@example.com").await;
    let (app, codes) = device.set_up_app(house).await;
    house.clock.advance(30_000);
    let mut phone = house.device();
    let begun = phone.try_password(&person.address, &person.password).await.ok().text("/response/id");
    phone.prove_second(&begun, "totp", &app.code(house)).await.ok();
    device.post("/v1/me/backup_codes", &[]).await.ok();
    let owner = Owner::new(house);
    let user = format!("/v1/users/{}", person.user_id);
    owner.post(&format!("{user}/verify_totp"), json!({ "code": codes[0] })).await.refused(422, "totp_incorrect_code");
    house.clock.advance(30_000);
    owner.post(&format!("{user}/verify_totp"), json!({ "code": app.code(house) })).await.ok();
    owner.delete(&format!("{user}/backup_code")).await.ok();
    let verify = format!("/v1/client/sessions/{}/verify", person.session_id);
    device.post(&verify, &[("level", "multi_factor")]).await.ok();
    let prepare = format!("{verify}/prepare_first_factor");
    device.post(&prepare, &[("strategy", "email_code")]).await.ok();
    let first = format!("{verify}/attempt_first_factor");
    device.post(&first, &[("strategy", "password"), ("password", person.password.as_str())]).await.ok();
    let second = format!("{verify}/prepare_second_factor");
    device.post(&second, &[("strategy", "totp")]).await.refused(400, "strategy_for_user_invalid");
    house.clock.advance(30_000);
    let second = format!("{verify}/attempt_second_factor");
    device.post(&second, &[("strategy", "totp"), ("code", app.code(house).as_str())]).await.ok();
    device.delete("/v1/me/totp").await.ok();
    owner.delete(&format!("{user}/totp")).await.ok();
    owner.delete(&format!("{user}/mfa")).await.ok();
}

/// Somebody adds a phone number, proves it and removes it again; the owner gives them another.
async fn numbers(house: &House) {
    let (mut device, owner) = (house.device(), Owner::new(house));
    let person = device.sign_up("kai@numbers.example").await;
    let form = [("phone_number", "+41791234567")];
    let id = device.post("/v1/me/phone_numbers", &form).await.ok().text("/response/id");
    let number = format!("/v1/me/phone_numbers/{id}");
    device.get("/v1/me/phone_numbers").await.ok();
    device.get(&number).await.ok();
    device.post(&format!("{number}/prepare_verification"), &[("strategy", "phone_code")]).await.ok();
    let code = house.code_for("+41791234567").await;
    device.post(&format!("{number}/attempt_verification"), &[("code", &code)]).await.ok();
    device.patch(&number, &[("reserved_for_second_factor", "true"), ("default_second_factor", "true")]).await.ok();
    house.clock.advance(60_000);
    let mut phone = house.device();
    let begun = phone.try_password(&person.address, &person.password).await.ok().text("/response/id");
    let prepare = format!("/v1/client/sign_ins/{begun}/prepare_second_factor");
    phone.post(&prepare, &[("strategy", "phone_code")]).await.ok();
    let code = house.code_for("+41791234567").await;
    phone.prove_second(&begun, "phone_code", &code).await.ok();
    let verify = format!("/v1/client/sessions/{}/verify", person.session_id);
    device.post(&verify, &[("level", "second_factor")]).await.ok();
    device.post(&format!("{verify}/prepare_second_factor"), &[("strategy", "phone_code")]).await.ok();
    device.delete(&number).await.ok();
    let body = json!({ "user_id": person.user_id, "phone_number": "+41791234568" });
    let given = owner.post("/v1/phone_numbers", body).await.ok().text("/id");
    let given = format!("/v1/phone_numbers/{given}");
    owner.get(&given).await.ok();
    owner.patch(&given, json!({ "verified": true })).await.ok();
    owner.delete(&given).await.ok();
    house.device().post("/v1/client/sign_ups", &[("phone_number", "+41791234569")]).await.ok();
}

/// A page of a development instance, by a token and by a cookie.
async fn browser(house: &House) {
    let mut page = Browser::at(house, "http://localhost:3000");
    page.known_as = Some(page.post("/v1/dev_browser", &[]).await.ok().text("/id"));
    page.get("/v1/client").await.ok();
    page.get("/v1/environment").await.ok();
    page.get("/openapi.json").await.ok();
    page.get("/.well-known/frontdesk.json").await.ok();
    let message = house.outbox("bob@example.com").await.remove(0);
    house.device().get(&format!("/frontdesk/outbox/{}", message.id)).await.ok();
}

/// A server of the owner.
async fn owner(house: &House) {
    let owner = Owner::new(house);
    let mut device = house.device();
    let person = device.sign_up("dan@example.com").await;
    let client = device.client().await["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(house, "http://localhost:3000");
    browser.sign_in(&person).await;
    let payload = payload_of(&nonce(&mut browser, "http://localhost:3000").await);
    owner.get(&payload).await.ok();
    owner.get(&payload).await.refused(404, "resource_not_found");
    let body = json!({ "email_address": ["cleo@example.com"], "password": "Lantern and 7 oars" });
    let id = owner.post("/v1/users", body).await.ok().text("/id");
    let user = format!("/v1/users/{id}");
    owner.get("/v1/jwks").await.ok();
    owner.get("/v1/users").await.ok();
    owner.get("/v1/users/count").await.ok();
    owner.get(&user).await.ok();
    owner.patch(&user, json!({ "first_name": "Cleo" })).await.ok();
    let metadata = json!({ "public_metadata": { "plan": "pro" } });
    owner.patch(&format!("{user}/metadata"), metadata.clone()).await.ok();
    owner.with_body(Method::PUT, &format!("{user}/metadata"), metadata).await.ok();
    owner.post(&format!("{user}/verify_password"), json!({ "password": "Lantern and 7 oars" })).await.ok();
    owner
        .post(&format!("{user}/verify_password"), json!({ "password": "wrong" }))
        .await
        .refused(422, "form_password_incorrect");
    for mark in ["set_compromised", "unset_compromised"] {
        owner.post(&format!("{user}/password/{mark}"), Value::Null).await.ok();
    }
    owner.post(&format!("{user}/remove_password"), Value::Null).await.ok();
    for access in ["ban", "unban", "lock", "unlock"] {
        owner.post(&format!("{user}/{access}"), Value::Null).await.ok();
    }
    let body = json!({ "user_id": id, "email_address": "second@example.com" });
    let address = owner.post("/v1/email_addresses", body).await.ok().text("/id");
    let address = format!("/v1/email_addresses/{address}");
    owner.get(&address).await.ok();
    owner.patch(&address, json!({ "verified": true })).await.ok();
    owner.delete(&address).await.ok();
    owner.delete(&user).await.ok();
    let token = owner.post("/v1/sign_in_tokens", json!({ "user_id": person.user_id })).await.ok().text("/id");
    owner.post(&format!("/v1/sign_in_tokens/{token}/revoke"), Value::Null).await.ok();
    let url = owner.post("/v1/redirect_urls", json!({ "url": "https://app.example.com/back" })).await.ok().text("/id");
    owner.get("/v1/redirect_urls").await.ok();
    owner.get("/v1/redirect_urls?paginated=true").await.ok();
    owner.get(&format!("/v1/redirect_urls/{url}")).await.ok();
    owner.delete(&format!("/v1/redirect_urls/{url}")).await.ok();
    let body = json!({ "name": "convex", "claims": { "aud": "convex" } });
    let template = owner.post("/v1/jwt_templates", body).await.ok().text("/id");
    owner.get("/v1/jwt_templates").await.ok();
    owner.get("/v1/jwt_templates?paginated=true").await.ok();
    owner.get(&format!("/v1/jwt_templates/{template}")).await.ok();
    owner.patch(&format!("/v1/jwt_templates/{template}"), json!({ "lifetime": 90 })).await.ok();
    device.post(&format!("/v1/client/sessions/{}/tokens/convex", person.session_id), &[]).await.ok();
    owner.post(&format!("/v1/sessions/{}/tokens/convex", person.session_id), Value::Null).await.ok();
    owner.delete(&format!("/v1/jwt_templates/{template}")).await.ok();
    owner.post("/v1/testing_tokens", Value::Null).await.ok();
    owner.get("/v1/instance").await.ok();
    let nothing =
        owner.patch("/v1/instance", json!({ "support_email": "help@example.com", "single_session_mode": false })).await;
    assert_eq!(nothing.status, 204);
    restrictions(&owner).await;
    owner.get(&format!("/v1/sessions?user_id={}", person.user_id)).await.ok();
    owner.get(&format!("/v1/sessions?user_id={}&paginated=true", person.user_id)).await.ok();
    owner.get(&format!("/v1/sessions/{}", person.session_id)).await.ok();
    owner.post("/v1/sessions", json!({ "user_id": person.user_id })).await.ok();
    owner.post(&format!("/v1/sessions/{}/tokens", person.session_id), Value::Null).await.ok();
    owner.get(&format!("/v1/clients/{client}")).await.ok();
    owner.post("/v1/clients/verify", json!({ "token": device.token })).await.ok();
    owner.post(&format!("/v1/sessions/{}/revoke", person.session_id), Value::Null).await.ok();
}

/// Who may come in.
async fn restrictions(owner: &Owner<'_>) {
    owner.patch("/v1/instance/restrictions", json!({ "allowlist": false, "blocklist": true })).await.ok();
    for path in ["/v1/allowlist_identifiers", "/v1/blocklist_identifiers"] {
        let body = json!({ "identifier": "*@trash.example" });
        let listed = owner.post(path, body.clone()).await.ok().text("/id");
        owner.post(path, body).await.refused(400, "duplicate_record");
        owner.get(path).await.ok();
        owner.get(&format!("{path}?paginated=true")).await.ok();
        owner.delete(&format!("{path}/{listed}")).await.ok();
    }
}

/// Who is invited, and who asks to be.
async fn invitations(house: &House) {
    let owner = Owner::new(house);
    let invite = json!({ "email_address": "ivy@invited.example", "public_metadata": { "team": "blue" } });
    let invited = owner.post("/v1/invitations", invite.clone()).await.ok();
    owner.post("/v1/invitations", invite).await.refused(400, "duplicate_record");
    let two = json!([{ "email_address": "joe@invited.example" }, { "email_address": "kit@invited.example" }]);
    let bulk = owner.post("/v1/invitations/bulk", two.clone()).await.ok();
    owner.post("/v1/invitations/bulk", two).await.refused(400, "duplicate_record");
    let revoke = format!("/v1/invitations/{}/revoke", bulk.text("/0/id"));
    owner.post(&revoke, Value::Null).await.ok();
    owner.post(&revoke, Value::Null).await.refused(400, "invitation_already_revoked");
    owner.get("/v1/invitations").await.ok();
    owner.get("/v1/invitations?paginated=true").await.ok();
    owner.get("/v1/invitations?status=gone").await.refused(422, "form_param_value_invalid");
    let mut device = house.device();
    device.post("/v1/client/sign_ups", &[("ticket", &*invitations::ticket_of(&invited.body))]).await.ok();

    let mut stranger = house.device();
    let asked = stranger.post("/v1/waitlist", &[("email_address", "lee@waits.example")]).await.ok().text("/id");
    stranger.post("/v1/waitlist", &[]).await.refused(422, "form_param_missing");
    let enter = json!([{ "email_address": "max@waits.example" }]);
    let max = owner.post("/v1/waitlist_entries/bulk", enter).await.ok().text("/0/id");
    owner.post("/v1/waitlist_entries", json!({ "email_address": "max@waits.example" })).await.ok();
    owner.post("/v1/waitlist_entries", json!({})).await.refused(422, "form_param_missing");
    owner.post("/v1/waitlist_entries/bulk", json!([{}])).await.refused(422, "form_param_missing");
    owner.post(&format!("/v1/waitlist_entries/{asked}/invite"), Value::Null).await.ok();
    owner.get("/v1/waitlist_entries").await.ok();
    owner.get("/v1/waitlist_entries?status=gone").await.refused(422, "form_param_value_invalid");
    for (path, code) in [("invite", "waitlist_entry_already_invited"), ("reject", "waitlist_entry_already_invited")] {
        owner.post(&format!("/v1/waitlist_entries/{asked}/{path}"), Value::Null).await.refused(409, code);
    }
    owner.delete(&format!("/v1/waitlist_entries/{asked}")).await.refused(409, "waitlist_entry_already_invited");
    owner.post(&format!("/v1/waitlist_entries/{max}/reject"), Value::Null).await.ok();
    owner.delete(&format!("/v1/waitlist_entries/{max}")).await.ok();
}

/// Every operation that is not for everybody, asked by somebody it is not for.
async fn refused(house: &House) {
    let mut device = house.device();
    device.token = Some("no token".to_owned());
    let owner = Owner::new(house);
    for (path, verb, operation) in operations() {
        if NO_JSON.contains(&format!("{verb} {path}").as_str()) {
            continue;
        }
        let (verb, path) = (Method::from_bytes(verb.to_uppercase().as_bytes()).unwrap(), path.replace(['{', '}'], ""));
        if operation["security"].to_string().contains("SecretKey") {
            owner.send(owner.bare(verb.clone(), &path)).await.refused(401, "authorization_header_format_invalid");
            if path.ends_with("/id") {
                owner.send(owner.request(verb, &path)).await.refused(404, "resource_not_found");
            }
        } else if operation["security"] != json!([{}]) {
            let refused = device.ask(device.request(verb, &path)).await;
            assert!(refused.status.is_client_error(), "{path}: {}", refused.body);
        }
    }
}
