//! Pictures of accounts: setting one, removing it, and fetching one from an instance that may mean ill.

use std::io::Cursor;

use frontdesk_accounts::{AccountRequest, InstanceRequest};
use image::{ImageFormat, RgbImage};
use serde_json::Value;

use crate::{
    desk::Desk,
    house::{House, Plan},
};

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(4, 4, image::Rgb([10, 20, 30])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn picture(desk: &Desk, instance: &str, image_url: &str) -> Result<Value, frontdesk_accounts::IntentError> {
    let request = InstanceRequest::Picture { instance: instance.to_owned(), image_url: image_url.to_owned() };
    desk.accounts.instance(request).await
}

#[tokio::test]
async fn a_picture_is_sent_as_base64_in_the_name_of_its_session_and_removed_again() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    // Larger than anything else that is sent.
    let file = format!("data:image/png;base64,{}", "QUJD".repeat(1 << 20));
    let request = AccountRequest::SetProfileImage { account: account.clone(), file: file.clone() };
    let set = desk.accounts.account(request).await.unwrap();
    assert_eq!(set["id"], "img_1");
    let seen = house.seen().into_iter().rfind(|seen| seen.path == "/v1/me/profile_image").unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.headers["content-type"].to_str().unwrap()),
        ("POST", "application/octet-stream")
    );
    assert_eq!(seen.body, file.as_bytes());
    assert!(seen.query.contains(&format!("_clerk_session_id={}", account.session)));
    assert!(seen.token().is_some());
    let removed = desk.accounts.account(AccountRequest::RemoveProfileImage { account }).await.unwrap();
    assert_eq!(removed, Value::Null);
    assert_eq!(house.seen().last().unwrap().method, "DELETE");
}

#[tokio::test]
async fn a_picture_that_may_have_arrived_is_not_sent_twice() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    house.plan("/profile_image", Plan::Drop);
    let request = AccountRequest::SetProfileImage { account, file: "QUJD".to_owned() };
    let failed = desk.accounts.account(request).await.unwrap_err();
    assert_eq!(failed.said.unwrap().reason, frontdesk_accounts::Reason::AnswerLost);
    assert_eq!(house.count("/profile_image"), 1);
}

#[tokio::test]
async fn sec_106_a_picture_is_asked_for_without_a_token_and_becomes_pixels() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    house.hang(png());
    let found = picture(&desk, &instance, &format!("http://{}/v1/images/img_1", house.host())).await.unwrap();
    assert_eq!(found["side"], 128);
    assert!(found["pixels"].as_str().unwrap().starts_with("ChQe/woU"), "10, 20, 30, opaque");
    let seen = house.seen().into_iter().rfind(|seen| seen.path == "/v1/images/img_1").unwrap();
    assert_eq!((seen.token(), seen.query.as_str()), (None, ""));
}

#[tokio::test]
async fn sec_106_a_picture_elsewhere_is_never_asked_for() {
    let (desk, good, bad) = (Desk::new(), House::at_port().await, House::at_port().await);
    let (at_good, at_bad) = (desk.add(&good).await, desk.add(&bad).await);
    good.hang(png());
    bad.hang(png());
    let of_good = format!("http://{}/v1/images/img_1", good.host());
    let asked = good.seen().len();
    assert_eq!(picture(&desk, &at_bad, &of_good).await.unwrap(), Value::Null);
    for status in [301, 302, 307] {
        bad.plan("/img_2", Plan::Instead(status, vec![("location", of_good.clone())], String::new()));
        let pointing = format!("http://{}/v1/images/img_2", bad.host());
        assert_eq!(picture(&desk, &at_bad, &pointing).await.unwrap(), Value::Null);
    }
    assert_eq!(good.seen().len(), asked);
    assert!(picture(&desk, &at_good, &of_good).await.unwrap().is_object());
}

#[tokio::test]
async fn sec_106_files_without_end_and_files_that_are_no_pictures_are_none() {
    let (desk, bad) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&bad).await;
    let address = format!("http://{}/v1/images/img_1", bad.host());
    bad.plan("/img_1", Plan::Endless);
    assert_eq!(picture(&desk, &instance, &address).await.unwrap(), Value::Null);
    for text in ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a", "{}"] {
        bad.plan("/img_1", Plan::Instead(200, vec![("content-type", "image/png".to_owned())], text.to_owned()));
        assert_eq!(picture(&desk, &instance, &address).await.unwrap(), Value::Null, "{text}");
    }
    bad.plan("/img_1", Plan::Instead(404, vec![], String::new()));
    assert_eq!(picture(&desk, &instance, &address).await.unwrap(), Value::Null);
    // What passes is an error, after which it is asked for again.
    bad.plan("/img_1", Plan::Instead(503, vec![], String::new()));
    assert!(picture(&desk, &instance, &address).await.is_err());
}
