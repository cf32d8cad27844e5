//! Who asks: every spelling of the client token, of native callers, of the version date.

use frontdesk_store::testing::on_each;
use reqwest::{Method, header::HeaderValue};
use serde_json::json;

use crate::{
    answer::Answer,
    house::{House, Wish},
};

/// A request without anything that a device would add.
async fn bare(house: &House, path: &str, headers: &[(&'static str, &[u8])]) -> Answer {
    let mut request = house.http.get(format!("http://{}{path}", house.address));
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
    }
    Answer::to(request).await
}

#[tokio::test]
async fn a_client_token_is_read_in_every_spelling() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let token = device.token.clone().unwrap();
        for native in ["1", "true"] {
            let path = format!("/v1/client?_is_native={native}");
            for known in [token.clone(), format!("Bearer {token}"), format!("bearer {token}")] {
                let answer = bare(&house, &path, &[("authorization", known.as_bytes())]).await.ok();
                assert_eq!(answer.text("/response/last_active_session_id"), person.session_id);
                assert_eq!(answer.body["client"], json!(null), "a look changes nothing");
            }
            for nobody in [&[][..], &[("authorization", &b""[..])], &[("authorization", b"Bearer")]] {
                let answer = bare(&house, &path, nobody).await.ok();
                assert_eq!(answer.body, json!({ "response": null, "client": null }), "{nobody:?}");
            }
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_client_token_is_refused() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let token = device.token.clone().unwrap();
        let path = "/v1/client?_is_native=1";
        for bad in ["Basic dTpw", "Bearer a b", "a b c"] {
            let answer = bare(&house, path, &[("authorization", bad.as_bytes())]).await;
            answer.refused(401, "authorization_header_format_invalid");
        }
        let twice = [("authorization", token.as_bytes()), ("authorization", token.as_bytes())];
        bare(&house, path, &twice).await.refused(401, "authorization_header_format_invalid");
        let mut forged = token.clone().into_bytes();
        let last = forged.last_mut().unwrap();
        *last = if *last == b'A' { b'B' } else { b'A' };
        for unknown in [&b"x"[..], b"eyJhbGciOiJub25lIn0.e30.", &forged, &[b'a'; 5000], b"\xff"] {
            let answer = bare(&house, path, &[("authorization", unknown)]).await;
            assert_eq!(answer.status, 401, "{}", String::from_utf8_lossy(unknown));
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn any_well_formed_version_date_is_served() {
    on_each(async |database| {
        let house = House::open(database).await;
        let client = "/v1/client?_is_native=1";
        for date in ["2025-04-10", "2025-11-10", "2026-05-12", "2026-08-20", "2031-02-28"] {
            bare(&house, &format!("{client}&__clerk_api_version={date}"), &[]).await.ok();
            bare(&house, client, &[("clerk-api-version", date.as_bytes())]).await.ok();
        }
        bare(&house, client, &[]).await.ok();
        for bad in ["", "latest", "2025-13-01", "2025-02-30", "2025-4-10"] {
            let answer = bare(&house, &format!("{client}&__clerk_api_version={bad}"), &[]).await;
            answer.refused(400, "api_version_invalid");
            bare(&house, client, &[("clerk-api-version", bad.as_bytes())]).await.refused(400, "api_version_invalid");
        }
        let both = [("clerk-api-version", &b"2025-04-10"[..])];
        let answer = bare(&house, &format!("{client}&__clerk_api_version=2025-04-10"), &both).await;
        answer.refused(400, "api_version_invalid");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn callers_that_are_not_native_are_browsers() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let token = device.token.clone().unwrap();
        for path in ["/v1/client", "/v1/client?_is_native=0", "/v1/client?_is_native="] {
            let answer = bare(&house, path, &[("authorization", token.as_bytes())]).await.ok();
            assert_eq!(answer.response(), &json!(null), "a browser is not known by this header");
        }
        bare(&house, "/v1/me", &[("authorization", token.as_bytes())]).await.refused(401, "signed_out");
        bare(&house, "/v1/client?_is_native=1&_is_native=1", &[]).await.refused(400, "malformed_request_parameters");
        bare(&house, "/v1/health", &[]).await.ok();
        bare(&house, "/.well-known/jwks.json", &[]).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn native_callers_can_be_turned_off() {
    on_each(async |database| {
        let house = House::with(database, Wish::settings(json!({ "native_api": false }))).await;
        let mut device = house.device();
        device.get("/v1/environment").await.refused(400, "native_api_disabled");
        device.post("/v1/client/sign_ups", &[]).await.refused(400, "native_api_disabled");
        bare(&house, "/v1/environment", &[]).await.ok();
        assert_eq!(device.token, None);
        let answer = device.ask(house.http.request(Method::GET, format!("http://{}/v1/health", house.address))).await;
        answer.ok();
        house.close().await;
    })
    .await;
}
