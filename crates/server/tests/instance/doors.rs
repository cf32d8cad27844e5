//! What the TCP door lets through: by which name, from which page, from which address, and in which shape.

use frontdesk_store::testing::on_each;
use frontdesk_wire::KeyKind;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    device::Device,
    house::{House, Wish},
};

/// Sends these bytes, closes its side, and reads what comes back.
async fn raw(house: &House, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    // The other side may hang up before it has read everything.
    let _sent = stream.write_all(bytes).await;
    let _closed = stream.shutdown().await;
    let mut answer = Vec::new();
    let _cut_off = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn with(
    device: &mut Device<'_>,
    verb: Method,
    path: &str,
    headers: &[(&'static str, &str)],
) -> crate::answer::Answer {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let request = device.request(verb, path).headers(headers);
    device.send(request).await
}

#[tokio::test]
async fn sec_102_a_foreign_host_is_refused() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let token = device.token.clone().unwrap();
        let port = house.address.port();
        let own = format!("127.0.0.1:{port}");
        let ask = |line: &str, hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| format!("Host: {host}"));
            let rest = [format!("Authorization: {token}"), "Connection: close\r\n\r\n".to_owned()];
            let lines: Vec<_> = [line.to_owned()].into_iter().chain(hosts).chain(rest).collect();
            lines.join("\r\n").into_bytes()
        };
        let delete = "DELETE /v1/client?_is_native=1 HTTP/1.1";
        let rebound = format!("rebound.example:{port}");
        for hosts in [
            &["evil.example"][..],
            &[&rebound],
            &["127.0.0.1"],
            &["127.0.0.1:1"],
            &[""],
            &[&own, "evil.example"],
            &[&own, &own],
            &[&format!("eve@{own}")],
        ] {
            let answer = raw(&house, &ask(delete, hosts)).await;
            assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("host_invalid"), "{hosts:?}: {answer}");
            assert!(!answer.to_lowercase().contains("access-control"), "{answer}");
        }
        let without = raw(&house, &ask("DELETE /v1/client?_is_native=1 HTTP/1.0", &[])).await;
        assert!(without.contains("400") && without.contains("host_invalid"), "{without}");
        let elsewhere = "DELETE http://evil.example/v1/client?_is_native=1 HTTP/1.1";
        assert!(raw(&house, &ask(elsewhere, &[&own])).await.contains("host_invalid"));
        assert_eq!(device.client().await["sessions"].as_array().unwrap().len(), 1, "nothing was changed");
        for host in [own.clone(), format!("localhost:{port}"), format!("[::1]:{port}")] {
            let answer = raw(&house, &ask("GET /v1/health HTTP/1.1", &[&host])).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_a_foreign_origin_gets_no_grant() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let before = device.client().await;
        for origin in ["https://evil.example", "null", "tauri://LOCALHOST", "http://127.0.0.1.evil.example:1", ""] {
            for (verb, path) in
                [(Method::GET, "/v1/client"), (Method::DELETE, "/v1/client"), (Method::OPTIONS, "/v1/client")]
            {
                let refused = with(&mut device, verb, path, &[("origin", origin)]).await;
                let refused = refused.refused(400, "origin_authorization_headers_conflict");
                assert!(refused.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{origin}");
            }
            let bare = house.http.get(format!("http://{}/v1/health", house.address)).header("origin", origin);
            device.ask(bare).await.refused(400, "origin_invalid");
        }
        assert_eq!(device.client().await, before);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_pages_of_other_sites_change_nothing_and_read_no_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let before = device.client().await;
        let cross = [("sec-fetch-site", "cross-site")];
        for (verb, path) in [
            (Method::DELETE, "/v1/client"),
            (Method::POST, "/v1/client?_method=DELETE"),
            (Method::POST, "/v1/client/sign_ins"),
            (Method::PATCH, "/v1/me"),
            (Method::GET, "/frontdesk/outbox"),
        ] {
            with(&mut device, verb, path, &cross).await.refused(403, "csrf_token_invalid");
        }
        with(&mut device, Method::GET, "/.well-known/jwks.json", &cross).await.ok();
        for site in ["same-origin", "none", "same-site"] {
            with(&mut device, Method::GET, "/frontdesk/outbox", &[("sec-fetch-site", site)]).await.ok();
        }
        assert_eq!(device.client().await, before);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_27_an_origin_that_holds_its_token_is_served_and_its_tokens_name_it() {
    on_each(async |database| {
        let listed = json!({ "allowed_origins": ["electron://desk"] });
        let house = House::with(database, Wish::settings(listed)).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let tokens = format!("/v1/client/sessions/{}/tokens", person.session_id);
        let page = [("origin", "electron://desk")];
        let azp = |answer: &crate::answer::Answer| {
            let jwt = answer.text("/jwt");
            let key = jsonwebtoken::dangerous::insecure_decode::<Value>(&jwt).unwrap();
            key.claims.get("azp").cloned()
        };
        // The native caller's token is cached already; the page must not get it, nor the other way round.
        assert_eq!(azp(&device.mint(&person.session_id).await.ok()), None);
        let minted = with(&mut device, Method::POST, &tokens, &page).await.ok();
        assert_eq!(azp(&minted), Some(json!("electron://desk")));
        assert_eq!(azp(&device.mint(&person.session_id).await.ok()), None);
        assert_eq!(minted.headers["access-control-allow-origin"], "electron://desk");
        assert_eq!(minted.headers["vary"], "Origin");
        let view = with(&mut device, Method::GET, "/v1/client", &[("origin", "tauri://localhost")]).await.ok();
        assert_eq!(view.headers["access-control-allow-origin"], "tauri://localhost", "a view of this computer");
        let asked = with(&mut device, Method::OPTIONS, &tokens, &page).await;
        assert_eq!(asked.status, 204);
        assert_eq!(asked.headers["access-control-allow-origin"], "electron://desk");
        assert!(asked.headers["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
        for near in ["electron://desk.evil.example", "electron://DESK", "electron://desk/", "https://desk"] {
            let refused = with(&mut device, Method::GET, "/v1/client", &[("origin", near)]).await;
            refused.refused(400, "origin_authorization_headers_conflict");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_trusted_proxies_say_where_a_request_came_from() {
    on_each(async |database| {
        for (trusted, seen) in [(json!([]), "127.0.0.1"), (json!(["127.0.0.0/8"]), "203.0.113.9")] {
            let house = House::with(database, Wish::settings(json!({ "trusted_proxies": trusted }))).await;
            let mut device = house.device();
            let person = device.sign_up(&format!("ada{}@example.com", seen.len())).await;
            let touch = format!("/v1/client/sessions/{}/touch", person.session_id);
            let forwarded = [("x-forwarded-for", "198.51.100.1, 203.0.113.9")];
            with(&mut device, Method::POST, &touch, &forwarded).await.ok();
            let list = device.get("/v1/me/sessions").await.ok();
            assert_eq!(list.text("/0/latest_activity/ip_address"), seen);
            house.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_104_production_has_neither_outbox_nor_test_codes() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        assert_eq!(house.instance.kind(), KeyKind::Production);
        assert!(house.instance.public_keys().publishable_key().starts_with("pk_live_"));
        let mut device = house.device();
        device.get("/frontdesk/outbox").await.refused(404, "resource_not_found");
        let environment = device.get("/v1/environment").await.ok();
        assert_eq!(environment.body["auth_config"]["test_mode"], false);
        assert_eq!(environment.body["display_config"]["instance_environment_type"], "production");
        let id = device.begin_sign_up("ada+clerk_test@example.com", "Lantern and 7 oars").await;
        device.prove_sign_up(&id, "424242").await.refused(422, "form_code_incorrect");
        assert_eq!(house.outbox("ada+clerk_test@example.com").await, [], "nothing is kept");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn garbage_on_the_wire_ends_nothing_but_its_connection() {
    on_each(async |database| {
        let house = House::open(database).await;
        let host = format!("Host: 127.0.0.1:{}\r\n", house.address.port());
        let long = format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(80_000));
        let headers = format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X: y\r\n".repeat(500));
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let short = format!("POST /v1/client/sign_ups?_is_native=1 HTTP/1.1\r\n{host}{form}Content-Length: 50\r\n\r\na=1");
        for bytes in [
            &b""[..],
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\0\0\0\0",
            b"GET\r\n\r\n",
            b"GET /v1/client HTTP/9.9\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            long.as_bytes(),
            headers.as_bytes(),
            short.as_bytes(),
        ] {
            let answer = raw(&house, bytes).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
        // A body of unknown length is read no further than a form may be long.
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        let chunked = format!(
            "POST /v1/client/sign_ups?_is_native=1 HTTP/1.1\r\n{host}{form}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
            chunk.repeat(20)
        );
        assert!(raw(&house, chunked.as_bytes()).await.contains("request_body_too_large"));
        // Two lengths could be read in two ways by two programs on the way.
        let smuggled = format!(
            "POST /v1/client/sign_ups?_is_native=1 HTTP/1.1\r\n{host}{form}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=1"
        );
        assert!(raw(&house, smuggled.as_bytes()).await.starts_with("HTTP/1.1 400"));
        house.device().sign_up("ada@example.com").await;
        house.close().await;
    })
    .await;
}
