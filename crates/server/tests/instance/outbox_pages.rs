//! The outbox as people see it.

use frontdesk_store::testing::on_each;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::house::{House, Wish};

const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn page(house: &House, path: &str) -> RequestBuilder {
    house.http.get(format!("http://{}{path}", house.address)).header("accept", ACCEPT)
}

fn is_closed(response: &Response) {
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
}

/// A page has no script, and nothing on it comes from elsewhere.
fn is_plain(html: &str) {
    for forbidden in ["<script", "<img", "<b>", "http://", "https://", "//"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
}

#[tokio::test]
async fn sec_17_mails_are_pages_that_show_text_and_nothing_else() {
    on_each(async |database| {
        let name = "<b>Team</b> & \"Co\" <img src=x onerror=alert(1)>";
        let house = House::with(database, Wish::settings(json!({ "application_name": name }))).await;
        let empty = page(&house, "/frontdesk/outbox").send().await.unwrap();
        is_closed(&empty);
        let empty = empty.text().await.unwrap();
        assert!(empty.contains("There are none yet") && empty.contains("http-equiv=\"refresh\""), "{empty}");

        let mut device = house.device();
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars")];
        let begun = device.post("/v1/client/sign_ups", &form).await.ok();
        let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun.text("/response/id"));
        device.post(&path, &[("strategy", "email_code")]).await.ok();
        let message = house.outbox("ada@example.com").await.remove(0);
        let listed = page(&house, "/frontdesk/outbox").send().await.unwrap();
        assert_eq!(listed.status(), StatusCode::OK);
        is_closed(&listed);
        let listed = listed.text().await.unwrap();
        is_plain(&listed);
        let address = format!("/frontdesk/outbox/{}", message.id);
        assert!(listed.contains(&format!("<a href=\"{address}\">")) && listed.contains("to ada@example.com, "));
        assert!(listed.contains("&lt;b&gt;Team&lt;/b&gt; &amp; &quot;Co&quot;"), "{listed}");

        let shown = page(&house, &address).send().await.unwrap();
        is_closed(&shown);
        let shown = shown.text().await.unwrap();
        is_plain(&shown);
        assert!(shown.contains(&format!("<p class=\"code\">{}</p>", message.code.unwrap())), "{shown}");
        assert!(shown.contains("&lt;img src=x") && !shown.contains("http-equiv"), "{shown}");

        let missing = page(&house, "/frontdesk/outbox/%3Cscript%3E").send().await.unwrap();
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        is_closed(&missing);
        is_plain(&missing.text().await.unwrap());
        device.get("/frontdesk/outbox/nothing").await.refused(404, "resource_not_found");
        let read = device.get(&address).await.ok();
        assert_eq!(read.text("/to"), "ada@example.com", "programs get JSON");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_104_a_production_instance_has_no_outbox_pages() {
    on_each(async |database| {
        let house = House::with(database, Wish::production(json!({}))).await;
        for path in ["/frontdesk/outbox", "/frontdesk/outbox/x"] {
            assert_eq!(page(&house, path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_103_pages_of_other_sites_read_no_mail() {
    on_each(async |database| {
        let house = House::open(database).await;
        for path in ["/frontdesk/outbox", "/frontdesk/outbox/x"] {
            let framed = page(&house, path).header("sec-fetch-site", "cross-site").send().await.unwrap();
            assert_eq!(framed.status(), StatusCode::FORBIDDEN);
            let read = page(&house, path).header("origin", "http://localhost:5173").send().await.unwrap();
            assert_eq!(read.status(), StatusCode::FORBIDDEN);
        }
        house.close().await;
    })
    .await;
}
