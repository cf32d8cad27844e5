//! What cannot be taken is refused with the protocol's status and code, names its field, and changes nothing.

use frontdesk_store::testing::on_each;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{answer::Answer, device::Device, house::House};

const FORM: &str = "application/x-www-form-urlencoded";
const SIGN_UPS: &str = "/v1/client/sign_ups";
const SIGN_INS: &str = "/v1/client/sign_ins";

async fn raw(device: &Device<'_>, path: &str, kind: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let request = device.request(Method::POST, path).body(body);
    device.ask(if let Some(kind) = kind { request.header(CONTENT_TYPE, kind) } else { request }).await
}

#[tokio::test]
async fn bodies_that_are_no_form_are_refused() {
    on_each(async |database| {
        let house = House::open(database).await;
        let device = house.device();
        let latin = format!("{FORM}; charset=iso-8859-1");
        for kind in [None, Some("application/json"), Some("multipart/form-data; boundary=x"), Some(latin.as_str())] {
            raw(&device, SIGN_UPS, kind, "email_address=a%40b.example").await.refused(415, "unsupported_content_type");
        }
        for body in [&b"first_name=%ff"[..], b"first_name=\xff\xfe", b"\xc3=x", b"first_name=%c3"] {
            raw(&device, SIGN_UPS, Some(FORM), body).await.refused(400, "request_body_invalid");
        }
        raw(&device, SIGN_UPS, Some(FORM), "a=1&".repeat(201)).await.refused(400, "request_body_invalid");
        for body in [format!("first_name={}", "x".repeat(1_000_000)), "&".repeat(1_000_000)] {
            raw(&device, SIGN_UPS, Some(FORM), body).await.refused(413, "request_body_too_large");
        }
        raw(&device, SIGN_UPS, None, "").await.ok();
        raw(&device, SIGN_UPS, Some("Application/X-WWW-Form-Urlencoded;charset=UTF-8"), "").await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn fields_that_cannot_be_taken_are_named() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let long = "x".repeat(300);
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(9000));
        let huge = "x".repeat(20_000);
        let bytes = "€".repeat(1500);
        for (param, value, code) in [
            ("email_address", "ada", "form_param_format_invalid"),
            ("email_address", "ada@", "form_param_format_invalid"),
            ("email_address", "ada@localhost", "form_param_format_invalid"),
            ("email_address", "ada@example.com\r\nBcc: eve@example.com", "form_param_format_invalid"),
            ("email_address", "ada\0@example.com", "form_param_format_invalid"),
            ("email_address", &format!("{long}@example.com"), "form_param_max_length_exceeded"),
            ("email_address", &huge, "form_param_max_length_exceeded"),
            ("first_name", &long, "form_param_max_length_exceeded"),
            ("first_name", "A\0da", "form_param_format_invalid"),
            ("last_name", "King\u{7}", "form_param_format_invalid"),
            ("unsafe_metadata", "[1]", "form_param_type_invalid"),
            ("unsafe_metadata", "{", "form_param_format_invalid"),
            ("unsafe_metadata", r#"{"a":"\u0000"}"#, "form_param_format_invalid"),
            ("unsafe_metadata", &deep, "form_param_max_length_exceeded"),
            ("unsafe_metadata", &large, "form_param_max_length_exceeded"),
            ("legal_accepted", "perhaps", "form_param_type_invalid"),
            ("strategy", "carrier_pigeon", "form_param_value_invalid"),
            ("password", "short", "form_password_length_too_short"),
            ("password", &long, "form_password_length_too_long"),
            ("password", &bytes, "form_password_size_in_bytes_exceeded"),
            ("password", "a\0bcdefghij", "form_param_format_invalid"),
            ("username", "ada", "form_param_unknown"),
            ("phone_number", "+12015550100", "form_param_unknown"),
        ] {
            device.post(SIGN_UPS, &[(param, value)]).await.refused_at(422, code, param);
        }
        for (form, code, param) in [
            (&[("identifier", "ada")][..], "form_param_format_invalid", "identifier"),
            (&[("identifier", "a\0da@example.com")], "form_param_format_invalid", "identifier"),
            (&[("identifier", &huge)], "form_param_max_length_exceeded", "identifier"),
            (&[("strategy", "password")], "form_param_missing", "identifier"),
            (&[("password", "Lantern and 7 oars")], "form_param_missing", "identifier"),
            (&[("strategy", "oauth_google")], "form_param_missing", "redirect_url"),
            (&[("strategy", "oauth_Google")], "form_param_value_invalid", "strategy"),
            (&[("transfer", "maybe")], "form_param_type_invalid", "transfer"),
            (&[("identifier", "a@b.example"), ("identifier", "c@d.example")], "form_param_duplicate", "identifier"),
        ] {
            device.post(SIGN_INS, form).await.refused_at(422, code, param);
        }
        device.post(SIGN_INS, &[("transfer", "true")]).await.refused(400, "account_transfer_invalid");
        device.post(SIGN_UPS, &[("transfer", "true")]).await.refused(400, "account_transfer_invalid");
        assert_eq!(device.token, None, "none of it made a client");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let form = [("email_address", "ada"), ("password", "short"), ("unsafe_metadata", "[]"), ("last_name", "K\0")];
        // A NUL is found while the form is read, before anything is decided.
        device.post(SIGN_UPS, &form).await.refused_at(422, "form_param_format_invalid", "last_name");
        let refused = device.post(SIGN_UPS, &form[..3]).await.refused(422, "form_param_format_invalid");
        let params: Vec<_> =
            refused.body["errors"].as_array().unwrap().iter().map(|e| &e["meta"]["param_name"]).collect();
        assert_eq!(params, ["email_address", "unsafe_metadata", "password"]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn fields_that_nobody_knows_are_ignored() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let form = [
            ("email_address", "ada@example.com"),
            ("timezone", "Europe/Berlin"),
            ("captcha_token", "x"),
            ("captcha_widget_type", "smart"),
            ("anything", "at all"),
            ("anything", "twice"),
            ("nul", "\0"),
            ("locale", "no language tag, which only chooses words"),
        ];
        let begun = device.post("/v1/client/sign_ups?debug=1&debug=2&x=%zz", &form).await.ok();
        assert_eq!(begun.response()["locale"], json!(null));
        assert_eq!(begun.response()["email_address"], "ada@example.com");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn steps_without_what_they_need_change_nothing() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let begun = device.post(SIGN_UPS, &[]).await.ok();
        let sign_up = format!("{SIGN_UPS}/{}", begun.text("/response/id"));
        let attempt = format!("{sign_up}/attempt_verification");
        let prepare = format!("{sign_up}/prepare_verification");
        device.post(&prepare, &[]).await.refused_at(422, "form_param_missing", "strategy");
        device.post(&prepare, &[("strategy", "")]).await.refused_at(422, "form_param_nil", "strategy");
        device.post(&prepare, &[("strategy", "password")]).await.refused_at(
            422,
            "form_param_value_invalid",
            "strategy",
        );
        let code = ("strategy", "email_code");
        device.post(&prepare, &[code]).await.refused_at(422, "form_conditional_param_missing", "email_address");
        device.post(&attempt, &[code]).await.refused_at(422, "form_param_missing", "code");
        device.post(&attempt, &[code, ("code", "")]).await.refused_at(422, "form_param_nil", "code");
        device.post(&attempt, &[code, ("code", "123456")]).await.refused(400, "verification_missing");
        assert_eq!(device.client().await, begun.client().clone());

        let person = house.device().sign_up("ada@example.com").await;
        let id = device.begin_sign_in(&person.address).await;
        let before = device.client().await;
        let first = format!("{SIGN_INS}/{id}/attempt_first_factor");
        device.post(&first, &[]).await.refused_at(422, "form_param_missing", "strategy");
        device.post(&first, &[("strategy", "password")]).await.refused_at(422, "form_param_missing", "password");
        device.post(&first, &[("strategy", "totp"), ("code", "1")]).await.refused_at(
            422,
            "form_param_value_invalid",
            "strategy",
        );
        device.prove_sign_in(&id, "email_code", "123456").await.refused(400, "verification_missing");
        let prepare = format!("{SIGN_INS}/{id}/prepare_first_factor");
        device.post(&prepare, &[("strategy", "password")]).await.refused_at(
            422,
            "form_param_value_invalid",
            "strategy",
        );
        for unknown in ["idn_000000000000000000000000000", "nonsense"] {
            let form = [("strategy", "email_code"), ("email_address_id", unknown)];
            device.post(&prepare, &form).await.refused_at(422, "form_resource_not_found", "email_address_id");
        }
        assert_eq!(device.client().await, before);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn ids_that_nobody_has_are_not_found() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let before = device.client().await;
        let long = "x".repeat(3000);
        let body = "0".repeat(27);
        for id in [
            "nonsense",
            &format!("sess_{body}"),
            &format!("sua_{body}"),
            &format!("sia_{body}"),
            &person.user_id,
            "..%2f..",
            "%20",
            &long,
        ] {
            let of = |strategy| {
                let more = [("level", "first_factor"), ("code", "123456"), ("password", "Lantern and 7 oars")];
                [("strategy", strategy)].into_iter().chain(more).collect::<Vec<_>>()
            };
            for (verb, path) in [
                (Method::GET, format!("/v1/client/sessions/{id}")),
                (Method::POST, format!("/v1/client/sessions/{id}/touch")),
                (Method::POST, format!("/v1/client/sessions/{id}/end")),
                (Method::POST, format!("/v1/client/sessions/{id}/remove")),
                (Method::POST, format!("/v1/client/sessions/{id}/tokens")),
                (Method::POST, format!("/v1/client/sessions/{id}/tokens/mine")),
                (Method::GET, format!("{SIGN_UPS}/{id}")),
                (Method::PATCH, format!("{SIGN_UPS}/{id}")),
                (Method::POST, format!("{SIGN_UPS}/{id}/prepare_verification")),
                (Method::POST, format!("{SIGN_UPS}/{id}/attempt_verification")),
                (Method::GET, format!("{SIGN_INS}/{id}")),
                (Method::POST, format!("{SIGN_INS}/{id}/prepare_first_factor")),
                (Method::POST, format!("{SIGN_INS}/{id}/attempt_first_factor")),
                (Method::POST, format!("{SIGN_INS}/{id}/attempt_second_factor")),
                (Method::POST, format!("{SIGN_INS}/{id}/prepare_second_factor")),
                (Method::POST, format!("{SIGN_INS}/{id}/reset_password")),
                (Method::POST, format!("/v1/client/sessions/{id}/verify")),
                (Method::POST, format!("/v1/client/sessions/{id}/verify/prepare_first_factor")),
                (Method::POST, format!("/v1/client/sessions/{id}/verify/attempt_first_factor")),
                (Method::POST, format!("/v1/client/sessions/{id}/verify/prepare_second_factor")),
                (Method::POST, format!("/v1/client/sessions/{id}/verify/attempt_second_factor")),
                (Method::POST, format!("/v1/me/sessions/{id}/revoke")),
                (Method::GET, format!("/v1/me/email_addresses/{id}")),
                (Method::DELETE, format!("/v1/me/email_addresses/{id}")),
                (Method::POST, format!("/v1/me/email_addresses/{id}/prepare_verification")),
                (Method::POST, format!("/v1/me/email_addresses/{id}/attempt_verification")),
            ] {
                let request = device.request(verb.clone(), &path);
                let strategy = if path.ends_with("second_factor") { "totp" } else { "email_code" };
                let request = if verb == Method::GET { request } else { request.form(&of(strategy)) };
                device.send(request).await.refused(404, "resource_not_found");
            }
        }
        let unreadable = device.get("/v1/client/sessions/%ff").await;
        unreadable.refused(400, "malformed_request_parameters");
        let organization = [("organization_id", "org_1")];
        let tokens = format!("/v1/client/sessions/{}/tokens", person.session_id);
        device.post(&tokens, &organization).await.refused_at(422, "form_resource_not_found", "organization_id");
        let touch = format!("/v1/client/sessions/{}/touch", person.session_id);
        device.post(&touch, &[("intent", "dance")]).await.refused_at(422, "form_param_value_invalid", "intent");
        assert_eq!(device.client().await, before);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_profile_takes_what_a_sign_up_would() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let before = device.client().await;
        for (param, value, code) in [
            ("first_name", "A\0", "form_param_format_invalid"),
            ("last_name", &*"x".repeat(257), "form_param_max_length_exceeded"),
            ("unsafe_metadata", "3", "form_param_type_invalid"),
            ("primary_email_address_id", "idn_x", "form_resource_not_found"),
            ("username", "ada", "form_param_unknown"),
        ] {
            device.patch("/v1/me", &[(param, value)]).await.refused_at(422, code, param);
        }
        for (value, code) in
            [("", "form_param_nil"), ("[]", "form_param_type_invalid"), ("{", "form_param_format_invalid")]
        {
            let metadata = [("unsafe_metadata", value)];
            device.patch("/v1/me/metadata", &metadata).await.refused_at(422, code, "unsafe_metadata");
        }
        // What is there and what is added may not outgrow what may be kept.
        let most = format!("{{\"a\":\"{}\"}}", "x".repeat(8000));
        device.patch("/v1/me/metadata", &[("unsafe_metadata", &most)]).await.ok();
        let more = format!("{{\"b\":\"{}\"}}", "x".repeat(1000));
        let refused = device.patch("/v1/me/metadata", &[("unsafe_metadata", &more)]).await;
        refused.refused_at(422, "form_param_max_length_exceeded", "unsafe_metadata");
        let after = device.client().await;
        assert_eq!(after["sessions"][0]["user"]["unsafe_metadata"], serde_json::from_str::<Value>(&most).unwrap());
        assert_eq!(after["sessions"][0]["user"]["first_name"], before["sessions"][0]["user"]["first_name"]);
        house.close().await;
    })
    .await;
}
