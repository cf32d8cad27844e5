//! Texts on their way through a gateway: Twilio's API and a webhook of the owner's own, over real HTTP.

use std::{
    fs,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use frontdesk_identity::time::{HOUR, MINUTE, SECOND};
use frontdesk_server::{config::Config, delivery::deliver_due};
use frontdesk_store::testing::on_each;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    device::Device,
    house::{House, Wish},
};

const SWISS: &str = "+41791234567";
const SECRET: &str = "a token of the gateway's";
const CODE: (&str, &str) = ("strategy", "phone_code");

/// A request that the gateway got.
#[derive(Clone, Debug)]
struct Got {
    path: String,
    authorization: String,
    idempotency: Option<String>,
    body: String,
}

impl Got {
    /// A field of the form that it is.
    fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Room {
    got: Mutex<Vec<Got>>,
    /// What the next requests are answered with, in turn; then each is taken.
    answers: Mutex<Vec<(StatusCode, Value)>>,
}

/// The gateway.
struct Gateway {
    room: Arc<Room>,
    address: SocketAddr,
    folder: TempDir,
}

impl Gateway {
    async fn start() -> Self {
        let room = Arc::new(Room::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(take).with_state(room.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { room, address, folder: tempfile::tempdir().unwrap() }
    }

    /// A production instance that asks for numbers alone and sends its texts through this gateway.
    fn wish(&self, kind: &str) -> Wish {
        let secret = self.folder.path().join("secret");
        fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let config = self.folder.path().join("frontdesk.toml");
        let url = format!("http://{}", self.address);
        fs::write(&config, format!("[texts]\nurl = {url:?}\nsecret_file = '{}'\n{kind}\n", secret.display())).unwrap();
        let texter = Config::read(&config).unwrap().texts.unwrap().texter().unwrap();
        let policy = json!({
            "phone_number": { "requirement": "required" },
            "email_address": { "requirement": "off" },
            "password": { "requirement": "optional" },
        });
        let settings = json!({ "policy": policy, "application_name": "Harbour" });
        Wish { texter: Some(texter), ..Wish::production(settings) }
    }

    fn will_answer(&self, status: StatusCode, body: Value) {
        self.room.answers.lock().unwrap().push((status, body));
    }

    fn got(&self) -> Vec<Got> {
        self.room.got.lock().unwrap().clone()
    }
}

async fn take(State(room): State<Arc<Room>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    room.got.lock().unwrap().push(Got {
        path: uri.path().to_owned(),
        authorization: text("authorization").unwrap_or_default(),
        idempotency: text("idempotency-key"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let mut answers = room.answers.lock().unwrap();
    let (status, body) = if answers.is_empty() { (StatusCode::CREATED, json!({})) } else { answers.remove(0) };
    (status, body.to_string()).into_response()
}

const TWILIO: &str = "gateway = \"twilio\"\naccount = \"AC0123\"\nfrom = \"+12015550100\"";

async fn deliver(house: &House) {
    deliver_due(&house.instance).await.unwrap();
}

/// Begins a sign-up whose code is asked for; answers with its path.
async fn ask(device: &mut Device<'_>, number: &str) -> String {
    let begun = device.post("/v1/client/sign_ups", &[("phone_number", number)]).await.ok();
    let attempt = format!("/v1/client/sign_ups/{}", begun.text("/response/id"));
    device.post(&format!("{attempt}/prepare_verification"), &[CODE]).await.ok();
    attempt
}

/// The six digits in a text.
fn digits(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_digit());
    words.into_iter().find(|word| word.len() == 6).unwrap().to_owned()
}

#[tokio::test]
async fn a_person_signs_up_with_the_code_that_went_by_twilios_api() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let house = House::with(database, gateway.wish(TWILIO)).await;
        let mut device = house.device();
        let attempt = ask(&mut device, SWISS).await;
        deliver(&house).await;
        let got = gateway.got();
        let [text] = got.as_slice() else { panic!("{got:?}") };
        assert_eq!(text.path, "/2010-04-01/Accounts/AC0123/Messages.json");
        assert_eq!(text.authorization, format!("Basic {}", STANDARD.encode(format!("AC0123:{SECRET}"))));
        assert_eq!((text.field("To").as_deref(), text.field("From").as_deref()), (Some(SWISS), Some("+12015550100")));
        let body = text.field("Body").unwrap();
        assert!(body.contains("Harbour"), "{body}");
        let done =
            device.post(&format!("{attempt}/attempt_verification"), &[CODE, ("code", &digits(&body))]).await.ok();
        assert_eq!(done.response()["status"], "complete");
        house.clock.advance(24 * HOUR);
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 1, "once");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_messaging_service_takes_the_place_of_a_number() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let kind = "gateway = \"twilio\"\naccount = \"AC0123\"\nfrom = \"MG0123\"";
        let house = House::with(database, gateway.wish(kind)).await;
        ask(&mut house.device(), SWISS).await;
        deliver(&house).await;
        let text = gateway.got().remove(0);
        assert_eq!((text.field("MessagingServiceSid").as_deref(), text.field("From")), (Some("MG0123"), None));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_gets_the_text_and_the_code_and_is_asked_again_with_the_same_key() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let house = House::with(database, gateway.wish("gateway = \"webhook\"")).await;
        let mut device = house.device();
        gateway.will_answer(StatusCode::SERVICE_UNAVAILABLE, json!({}));
        let attempt = ask(&mut device, SWISS).await;
        deliver(&house).await;
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 1, "it waits before it asks again");
        house.clock.advance(5 * SECOND);
        deliver(&house).await;
        let got = gateway.got();
        let [first, second] = got.as_slice() else { panic!("{got:?}") };
        assert_eq!(first.authorization, format!("Bearer {SECRET}"));
        assert_eq!((&first.body, &first.idempotency), (&second.body, &second.idempotency));
        let said = second.json();
        assert_eq!((&said["id"], &said["to"]), (&json!(second.idempotency), &json!(SWISS)));
        let code = said["code"].as_str().unwrap().to_owned();
        assert!(said["body"].as_str().unwrap().contains(&code));
        device.post(&format!("{attempt}/attempt_verification"), &[CODE, ("code", &code)]).await.ok();
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_text_whose_code_has_expired_is_given_up() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let house = House::with(database, gateway.wish("gateway = \"webhook\"")).await;
        gateway.will_answer(StatusCode::BAD_GATEWAY, json!({}));
        ask(&mut house.device(), SWISS).await;
        deliver(&house).await;
        house.clock.advance(10 * MINUTE);
        deliver(&house).await;
        house.clock.advance(HOUR);
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 1);
        assert_eq!(house.instance.store().deliveries_waiting().await.unwrap(), 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_number_that_the_gateway_refuses_is_told_and_one_it_does_not_know_of_is_asked_again() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let house = House::with(database, gateway.wish(TWILIO)).await;
        let mut device = house.device();
        // 21614: not a mobile number.
        gateway.will_answer(StatusCode::BAD_REQUEST, json!({ "code": 21614, "message": "no" }));
        let attempt = ask(&mut device, SWISS).await;
        deliver(&house).await;
        house.clock.advance(MINUTE);
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 1, "it is not asked again");
        let again = device.post(&format!("{attempt}/prepare_verification"), &[CODE]).await;
        let again = again.refused_at(403, "form_email_address_blocked", "phone_number");
        assert!(again.body["errors"][0]["long_message"].as_str().unwrap().starts_with("Texts to this number"));

        // 20003: the account, not the number. It may be put right.
        let other = "+41791234568";
        gateway.will_answer(StatusCode::BAD_REQUEST, json!({ "code": 20003, "message": "no" }));
        ask(&mut house.device(), other).await;
        deliver(&house).await;
        house.clock.advance(5 * SECOND);
        deliver(&house).await;
        let to: Vec<_> = gateway.got().iter().filter_map(|text| text.field("To")).collect();
        assert_eq!(to, [SWISS, other, other]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_57_a_country_that_was_turned_off_gets_nothing_of_what_waits() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let house = House::with(database, gateway.wish("gateway = \"webhook\"")).await;
        gateway.will_answer(StatusCode::BAD_GATEWAY, json!({}));
        ask(&mut house.device(), SWISS).await;
        deliver(&house).await;
        house.close().await;
        let mut wish = gateway.wish("gateway = \"webhook\"");
        wish.settings["policy"]["texts"] = json!({ "blocked_countries": ["CH"] });
        let house = House::with(database, wish).await;
        house.clock.advance(MINUTE);
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 1);
        assert_eq!(house.instance.store().deliveries_waiting().await.unwrap(), 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_56_one_caller_has_so_many_texts_sent_and_no_more() {
    on_each(async |database| {
        let gateway = Gateway::start().await;
        let mut wish = gateway.wish("gateway = \"webhook\"");
        wish.settings["policy"]["texts"] = json!({ "per_caller_per_hour": 3 });
        let house = House::with(database, wish).await;
        for last in 1..=3 {
            ask(&mut house.device(), &format!("+4179123456{last}")).await;
        }
        let mut device = house.device();
        let begun = device.post("/v1/client/sign_ups", &[("phone_number", "+41791234569")]).await.ok();
        let path = format!("/v1/client/sign_ups/{}/prepare_verification", begun.text("/response/id"));
        device.post(&path, &[CODE]).await.refused(429, "verification_code_rate_limit_exceeded");
        deliver(&house).await;
        assert_eq!(gateway.got().len(), 3);
        house.close().await;
    })
    .await;
}
