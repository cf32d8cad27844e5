//! Every route, in every spelling: real verbs and `_method`, with and without a slash at the end.

use std::collections::BTreeSet;

use frontdesk_store::testing::on_each;
use reqwest::Method;
use serde_json::json;

use crate::{
    answer::{Answer, statuses},
    device::Device,
    house::House,
};

/// How a request is spelled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spelling {
    Plain,
    Slash,
    /// As official SDKs do it: every verb but GET travels as POST.
    InQuery,
    InQueryWithSlash,
}

impl Spelling {
    const ALL: [Self; 4] = [Self::Plain, Self::Slash, Self::InQuery, Self::InQueryWithSlash];

    async fn send(self, device: &mut Device<'_>, verb: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let lower = verb.as_str().to_lowercase();
        let (verb, path) = match self {
            Self::Plain => (verb, path.to_owned()),
            Self::Slash => (verb, format!("{path}/")),
            Self::InQuery => (Method::POST, format!("{path}?_method={verb}")),
            Self::InQueryWithSlash => (Method::POST, format!("{path}/?_method={lower}")),
        };
        let request = device.request(verb, &path);
        let request = if form.is_empty() { request } else { request.form(form) };
        device.send(request).await
    }
}

#[tokio::test]
async fn every_route_answers_in_every_spelling() {
    on_each(async |database| {
        let house = House::open(database).await;
        for (index, spelling) in Spelling::ALL.into_iter().enumerate() {
            let address = format!("ada{index}@example.com");
            walk(&house, spelling, &address).await;
        }
        house.close().await;
    })
    .await;
}

/// Goes through the routes by which somebody changes their account.
async fn oneself(device: &mut Device<'_>, spelling: Spelling, address: &str) {
    let early = spelling.send(device, Method::POST, "/v1/me/profile_image", &[]).await;
    early.refused(415, "unsupported_content_type");
    spelling.send(device, Method::DELETE, "/v1/me/profile_image", &[]).await.refused(404, "image_not_found");
    spelling.send(device, Method::GET, "/v1/images/img_x", &[]).await.refused(404, "image_not_found");
    let other = format!("other-{address}");
    let added = spelling.send(device, Method::POST, "/v1/me/email_addresses", &[("email_address", &other)]).await.ok();
    let other = format!("/v1/me/email_addresses/{}", added.text("/response/id"));
    assert_eq!(spelling.send(device, Method::GET, &other, &[]).await.ok().response(), added.response());
    let listed = spelling.send(device, Method::GET, "/v1/me/email_addresses", &[]).await.ok();
    assert!(listed.body.as_array().unwrap().contains(added.response()));
    let form = [("code", "123456")];
    let early = spelling.send(device, Method::POST, &format!("{other}/attempt_verification"), &form).await;
    early.refused(400, "verification_missing");
    let wrong = [("strategy", "email_link")];
    let prepared = spelling.send(device, Method::POST, &format!("{other}/prepare_verification"), &wrong).await;
    prepared.refused_at(422, "form_param_value_invalid", "strategy");
    spelling.send(device, Method::DELETE, &other, &[]).await.ok();
    let same = [("current_password", "Lantern and 7 oars"), ("new_password", "Lantern and 7 oars")];
    let refused = spelling.send(device, Method::POST, "/v1/me/change_password", &same).await;
    refused.refused_at(422, "form_new_password_matches_current", "new_password");
    spelling.send(device, Method::POST, "/v1/me/remove_password", &same[..1]).await.refused(400, "password_required");
    let none = spelling.send(device, Method::POST, "/v1/me/backup_codes", &[]).await;
    none.refused(400, "backup_codes_not_available");
    spelling.send(device, Method::POST, "/v1/me/totp", &[]).await.ok();
    spelling.send(device, Method::DELETE, "/v1/me/totp", &[]).await.ok();
    let early = spelling.send(device, Method::POST, "/v1/me/totp/attempt_verification", &form).await;
    early.refused(404, "resource_not_found");
}

/// Goes through every route once.
pub(crate) async fn walk(house: &House, spelling: Spelling, address: &str) {
    let mut device = house.device();
    let ask = async |device: &mut Device<'_>, verb: Method, path: &str, form: &[(&str, &str)]| {
        spelling.send(device, verb, path, form).await
    };
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);

    ask(&mut device, get.clone(), "/v1/health", &[]).await.ok();
    assert_eq!(ask(&mut device, get.clone(), "/.well-known/jwks.json", &[]).await.ok().text("/keys/0/alg"), "RS256");
    let key = ask(&mut device, get.clone(), "/.well-known/frontdesk.json", &[]).await.ok().text("/publishable_key");
    assert_eq!(key, house.instance.public_keys().publishable_key());
    let environment = ask(&mut device, get.clone(), "/v1/environment", &[]).await.ok();
    assert_eq!(environment.body["auth_config"]["native_settings"]["api_enabled"], true);
    assert_eq!(ask(&mut device, patch.clone(), "/v1/environment", &[]).await.ok().body, environment.body);

    assert_eq!(ask(&mut device, get.clone(), "/v1/client", &[]).await.ok().body["response"], json!(null));
    let made = ask(&mut device, Method::PUT, "/v1/client", &[]).await.ok().text("/response/id");
    assert_eq!(ask(&mut device, post.clone(), "/v1/client", &[]).await.ok().text("/response/id"), made);

    let form = [("email_address", address), ("password", "Lantern and 7 oars"), ("locale", "en-US")];
    let begun = ask(&mut device, post.clone(), "/v1/client/sign_ups", &form).await.ok();
    let sign_up = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));
    assert_eq!(ask(&mut device, get.clone(), &sign_up, &[]).await.ok().response(), begun.response());
    let named = ask(&mut device, patch.clone(), &sign_up, &[("first_name", "Ada")]).await.ok();
    assert_eq!(named.response()["first_name"], "Ada");
    let code = [("strategy", "email_code")];
    ask(&mut device, post.clone(), &format!("{sign_up}/prepare_verification"), &code).await.ok();
    let code = house.code_for(address).await;
    let form = [("strategy", "email_code"), ("code", code.as_str())];
    let done = ask(&mut device, post.clone(), &format!("{sign_up}/attempt_verification"), &form).await.ok();
    let id = done.text("/response/created_session_id");

    let session = format!("/v1/client/sessions/{id}");
    assert_eq!(ask(&mut device, get.clone(), &session, &[]).await.ok().response()["status"], "active");
    for intent in ["focus", "select_session", "select_org"] {
        let form = [("active_organization_id", ""), ("intent", intent)];
        let touched = ask(&mut device, post.clone(), &format!("{session}/touch"), &form).await.ok();
        assert_eq!(touched.client()["last_active_session_id"], id);
    }
    let minted = ask(&mut device, post.clone(), &format!("{session}/tokens"), &[("organization_id", "")]).await.ok();
    assert_eq!(minted.body["object"], "token");
    ask(&mut device, post.clone(), &format!("{session}/tokens/mine"), &[]).await.refused(404, "resource_not_found");

    for step in ["prepare_first_factor", "attempt_first_factor", "prepare_second_factor", "attempt_second_factor"] {
        let form = [("strategy", if step.contains("first") { "email_code" } else { "totp" }), ("code", "123456")];
        let early = ask(&mut device, post.clone(), &format!("{session}/verify/{step}"), &form).await;
        early.refused(400, "session_reverification_missing");
    }
    ask(&mut device, post.clone(), &format!("{session}/verify"), &[("level", "first_factor")]).await.ok();

    device.session = Some(id.clone());
    assert_eq!(ask(&mut device, get.clone(), "/v1/me", &[]).await.ok().response()["first_name"], "Ada");
    assert_eq!(
        ask(&mut device, patch.clone(), "/v1/me", &[("first_name", "Augusta")]).await.ok().client()["object"],
        "client"
    );
    let metadata = [("unsafe_metadata", r#"{"a":1}"#)];
    ask(&mut device, patch.clone(), "/v1/me/metadata", &metadata).await.ok();
    for path in ["/v1/me/sessions", "/v1/me/sessions/active"] {
        assert_eq!(ask(&mut device, get.clone(), path, &[]).await.ok().body[0]["id"], id);
    }

    oneself(&mut device, spelling, address).await;

    let outbox = ask(&mut device, get.clone(), "/frontdesk/outbox", &[]).await.ok();
    assert_eq!((&outbox.body[0]["to"], &outbox.body[0]["code"]), (&json!(address), &json!(code)));

    let mut other = house.device();
    let begun = ask(&mut other, post.clone(), "/v1/client/sign_ins", &[("identifier", address)]).await.ok();
    let sign_in = format!("/v1/client/sign_ins/{}", begun.text("/response/id"));
    assert_eq!(ask(&mut other, get.clone(), &sign_in, &[]).await.ok().response(), begun.response());
    for step in ["prepare_second_factor", "attempt_second_factor"] {
        let form = [("strategy", "totp"), ("code", "123456")];
        let answer = ask(&mut other, post.clone(), &format!("{sign_in}/{step}"), &form).await;
        answer.refused(400, "no_second_factors");
    }
    let reset = ask(&mut other, post.clone(), &format!("{sign_in}/reset_password"), &[("password", "x")]).await;
    reset.refused(400, "client_state_invalid");
    let code = [("strategy", "email_code")];
    house.clock.advance(60_000);
    ask(&mut other, post.clone(), &format!("{sign_in}/prepare_first_factor"), &code).await.ok();
    let form = [("strategy", "password"), ("password", "Lantern and 7 oars")];
    let done = ask(&mut other, post.clone(), &format!("{sign_in}/attempt_first_factor"), &form).await.ok();
    let there = done.text("/response/created_session_id");
    ask(&mut device, post.clone(), &format!("/v1/me/sessions/{there}/revoke"), &[]).await.ok();
    assert_eq!(ask(&mut other, delete.clone(), "/v1/client", &[]).await.ok().body["response"], json!(null));

    let ended = ask(&mut device, post.clone(), &format!("{session}/end"), &[]).await.ok();
    assert_eq!(ended.response()["status"], "ended");
    assert_eq!(statuses(ended.client()), [(id.as_str(), "ended")], "it stays in the list");
    let removed = ask(&mut device, post, &format!("{session}/remove"), &[]).await.ok();
    assert_eq!(removed.response()["status"], "removed");
    assert_eq!(removed.client()["sessions"], json!([]));
    let form = [("identifier", address), ("password", "Lantern and 7 oars")];
    device.session = None;
    ask(&mut device, Method::POST, "/v1/client/sign_ins", &form).await.ok();
    assert_eq!(ask(&mut device, delete.clone(), "/v1/client/sessions", &[]).await.ok().body["client"], json!(null));
    ask(&mut device, Method::POST, "/v1/client/sign_ins", &form).await.ok();
    assert_eq!(ask(&mut device, delete, "/v1/me", &[]).await.ok().response()["deleted"], true);
    let outbox = ask(&mut device, get, "/frontdesk/outbox", &[]).await.ok();
    assert_eq!(outbox.body, json!([]), "nothing names somebody who is gone");
}

#[tokio::test]
async fn wrong_verbs_and_unknown_paths_are_refused_in_the_protocols_shape() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        for (verb, path, allowed) in [
            (Method::GET, "/v1/client/sign_ups", "POST"),
            (Method::PUT, "/v1/environment", "GET,HEAD,PATCH"),
            (Method::POST, "/v1/me", "DELETE,GET,HEAD,PATCH"),
            (Method::DELETE, "/v1/health", "GET,HEAD"),
            (Method::PATCH, "/v1/client", "DELETE,GET,HEAD,POST,PUT"),
        ] {
            let refused = device.send(device.request(verb, path)).await.refused(405, "method_not_allowed");
            let allow: BTreeSet<_> = refused.headers["allow"].to_str().unwrap().split(',').collect();
            assert_eq!(allow, allowed.split(',').collect(), "{path}");
        }
        for path in
            ["/", "/v1", "/v2/client", "/v1/nothing", "/v1/client//sessions", "/v1/client/sessions/a/b", "/V1/client"]
        {
            device.get(path).await.refused(404, "resource_not_found");
        }
        let head = device.send(device.request(Method::HEAD, "/v1/health")).await;
        assert_eq!((head.status.as_u16(), head.body), (200, json!(null)));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_a_link_changes_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let before = device.client().await;
        for verb in [Method::GET, Method::PUT, Method::PATCH] {
            for path in ["/v1/client?_method=DELETE", "/v1/me?_method=DELETE", "/v1/client/sessions/?_method=delete"] {
                let refused = device.send(device.request(verb.clone(), path)).await;
                refused.refused(405, "method_not_allowed");
            }
        }
        for path in ["/v1/me?_method=ERASE", "/v1/me?_method=DELETE&_method=DELETE", "/v1/me?_method=%ff"] {
            device.send(device.request(Method::POST, path)).await.refused(400, "malformed_request_parameters");
        }
        assert_eq!(device.client().await, before);
        // On a real DELETE the word only says what is done anyway.
        device.send(device.request(Method::DELETE, "/v1/client/sessions?_method=DELETE")).await.ok();
        house.close().await;
    })
    .await;
}
