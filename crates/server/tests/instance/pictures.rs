//! The picture of somebody: uploaded, shown to everybody who knows its address, replaced, removed.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use frontdesk_store::testing::on_each;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::{Method, Response, header::HeaderMap};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    device::Device,
    house::{House, Wish},
};

const PATH: &str = "/v1/me/profile_image";
pub(crate) const MULTIPART: &str = "multipart/form-data; boundary=----edge";

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb([9, 99, 199])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A form of several parts, as browsers write it.
pub(crate) fn form(name: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "------edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n------edge\r\n\
         Content-Disposition: form-data; name=\"{name}\"; filename=\"ada.svg\"\r\nContent-Type: image/svg+xml\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n------edge--\r\n"].concat()
}

pub(crate) async fn upload(device: &mut Device<'_>, kind: &str, body: Vec<u8>) -> Answer {
    let request = device.request(Method::POST, PATH).header("content-type", kind).body(body);
    device.send(request).await
}

/// Asks for a picture as a page does that knows nothing but its address.
async fn fetch(house: &House, url: &str) -> Response {
    house.http.get(url).send().await.unwrap()
}

fn users(client: &Value) -> [&Value; 2] {
    let session = &client["sessions"][0];
    [&session["user"], &session["public_user_data"]]
}

#[tokio::test]
async fn a_picture_is_set_seen_by_everybody_replaced_and_removed() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        let person = device.sign_up("ada@example.com").await;
        let before = device.client().await;
        device.delete(PATH).await.refused(404, "image_not_found");
        let set = upload(&mut device, MULTIPART, form("file", &png(1200, 600))).await.ok();
        assert_eq!((&set.response()["object"], &set.response()["name"]), (&json!("image"), &json!("ada.svg")));
        let url = set.text("/response/public_url");
        assert_eq!(url, format!("http://{}/v1/images/{}", house.address, set.text("/response/id")));
        for shown in users(set.client()) {
            assert_eq!((&shown["image_url"], &shown["has_image"]), (&json!(url), &json!(true)));
        }
        assert!(set.client()["updated_at"].as_i64() > before["updated_at"].as_i64());
        assert_eq!(device.get("/v1/me").await.ok().response()["image_url"], url);
        let owner = crate::owner::Owner::new(&house).get(&format!("/v1/users/{}", person.user_id)).await.ok();
        assert_eq!((&owner.body["image_url"], &owner.body["has_image"]), (&json!(url), &json!(true)));

        let seen = fetch(&house, &url).await;
        assert_eq!(seen.status(), 200);
        let headers: HeaderMap = seen.headers().clone();
        assert_eq!(headers["content-type"], "image/jpeg");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        assert!(!headers.contains_key("set-cookie") && !headers.contains_key("authorization"));
        let seen = image::load_from_memory(&seen.bytes().await.unwrap()).unwrap();
        assert_eq!((seen.width(), seen.height()), (512, 256));

        let other = format!("data:image/png;base64,{}", STANDARD.encode(png(8, 8)));
        let replaced = upload(&mut device, "application/octet-stream", other.into_bytes()).await.ok();
        let next = replaced.text("/response/public_url");
        assert_ne!(next, url, "who keeps the old one for long has to ask for another");
        assert_eq!(fetch(&house, &url).await.status(), 404);
        assert_eq!(fetch(&house, &next).await.status(), 200);

        let removed = device.delete(PATH).await.ok();
        let id = replaced.text("/response/id");
        assert_eq!(*removed.response(), json!({ "object": "image", "id": id, "deleted": true }));
        for shown in users(removed.client()) {
            assert_eq!((&shown["image_url"], &shown["has_image"]), (&json!(""), &json!(false)));
        }
        Answer::read(fetch(&house, &next).await).await.refused(404, "image_not_found");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_picture_goes_with_its_user() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let set = upload(&mut device, MULTIPART, form("file", &png(8, 8))).await.ok();
        device.delete("/v1/me").await.ok();
        assert_eq!(fetch(&house, &set.text("/response/public_url")).await.status(), 404);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    on_each(async |database| {
        let house = House::open(database).await;
        let mut device = house.device();
        device.sign_up("ada@example.com").await;
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        let base64 = "application/octet-stream";
        let cut = png(64, 64)[..60].to_vec();
        for (kind, body, status, code) in [
            (MULTIPART, form("file", svg), 400, "request_body_invalid"),
            (MULTIPART, form("file", b"GIF89a"), 400, "request_body_invalid"),
            (MULTIPART, form("file", &cut), 400, "request_body_invalid"),
            (MULTIPART, form("file", b""), 422, "form_param_missing"),
            (MULTIPART, form("picture", &png(8, 8)), 422, "form_param_missing"),
            (MULTIPART, b"------edge\r\nnonsense".to_vec(), 400, "request_body_invalid"),
            (MULTIPART, Vec::new(), 400, "request_body_invalid"),
            ("multipart/form-data", form("file", &png(8, 8)), 415, "unsupported_content_type"),
            ("image/png", png(8, 8), 415, "unsupported_content_type"),
            ("application/x-www-form-urlencoded", b"file=x".to_vec(), 415, "unsupported_content_type"),
            (base64, png(8, 8), 400, "request_body_invalid"),
            (base64, STANDARD.encode(svg).into_bytes(), 400, "request_body_invalid"),
            (base64, Vec::new(), 422, "form_param_missing"),
            (MULTIPART, form("file", &png(20_000, 2)), 413, "image_too_large"),
            (MULTIPART, form("file", &vec![0; 10 * 1024 * 1024]), 400, "request_body_invalid"),
            (MULTIPART, form("file", &vec![0; 10 * 1024 * 1024 + 1]), 413, "image_too_large"),
            (MULTIPART, form("file", &vec![0; 11 * 1024 * 1024]), 413, "image_too_large"),
        ] {
            upload(&mut device, kind, body).await.refused(status, code);
        }
        assert_eq!(device.get("/v1/me").await.ok().response()["has_image"], false);
        for id in ["nonsense", "img_000000000000000000000000000", "img_..%2f", "%ff"] {
            let answer = Answer::read(fetch(&house, &format!("http://{}/v1/images/{id}", house.address)).await).await;
            assert!(answer.status == 404 || answer.codes() == ["malformed_request_parameters"], "{}", answer.body);
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn nobodys_file_is_received_who_may_not_send_one() {
    on_each(async |database| {
        let limits = json!({ "limits": { "create": 1, "attempt": 1000, "other": 1000 } });
        let house = House::with(database, Wish::settings(limits)).await;
        let body = || form("file", &png(8, 8));
        upload(&mut house.device(), MULTIPART, body()).await.refused(401, "signed_out");
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        device.prove_sign_up(&id, &house.code_for("ada@example.com").await).await.ok();
        let mut answers = Vec::new();
        for _ in 0..25 {
            answers.push(upload(&mut device, MULTIPART, body()).await.status.as_u16());
        }
        assert!(answers.contains(&200) && answers.contains(&429), "{answers:?}");
        house.close().await;
    })
    .await;
}
