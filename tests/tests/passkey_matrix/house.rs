//! An instance at `https://auth.example.com`, whose keys are those of `example.com`: on a database of its own, behind its
//! real router, with a clock that stands still. And an app that asks it.

use std::{net::SocketAddr, sync::Arc};

use frontdesk_server::{
    InstanceKey,
    clock::ManualClock,
    delivery,
    doors::{Doors, bind},
    http::{Door, Site},
    instance::{Instance, Setup},
    providers::Network,
    public_url::PublicUrl,
    random::SystemRandom,
};
use frontdesk_store::{Store, testing::TestDatabase};
use frontdesk_wire::KeyKind;
use serde_json::{Value, json};

/// The origin of the instance, and of the page that asks for its keys.
pub(crate) const PAGE: &str = "https://auth.example.com";
/// 2026-01-01, in milliseconds.
const BEGIN_MS: i64 = 1_767_225_600_000;
const PASSWORD: &str = "Pebbles-under-the-pier-5";

pub(crate) struct House {
    instance: Arc<Instance>,
    pub(crate) clock: Arc<ManualClock>,
    address: SocketAddr,
    http: reqwest::Client,
    doors: Doors,
}

impl House {
    pub(crate) async fn open(database: &TestDatabase) -> Self {
        let clock = Arc::new(ManualClock::at(BEGIN_MS));
        let listener = bind("127.0.0.1:0".parse().unwrap(), KeyKind::Development).await.unwrap();
        let address = listener.local_addr().unwrap();
        let setup = Setup {
            store: Store::open(database.location()).await.unwrap(),
            key: InstanceKey::new([7; 32]),
            kind: Some(KeyKind::Development),
            public_url: Some(PublicUrl::parse(PAGE).unwrap()),
            default_url: PublicUrl::loopback(address.port()),
            // More is asked than a person asks.
            settings: json!({ "limits": { "create": 10_000, "attempt": 10_000, "other": 10_000 } }),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            data_dir: std::env::temp_dir(),
            reach: Arc::new(Network::new()),
            mailer: None,
            texter: None,
            password_workers: 1,
        };
        let instance = Instance::open(setup).await.unwrap();
        let mut doors = Doors::default();
        doors.open_tcp(listener, Site::new(instance.clone(), Door::loopback(instance.public_url(), address.port())));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { instance, clock, address, http, doors }
    }

    /// An app that nobody knows yet.
    pub(crate) fn app(&self) -> App<'_> {
        App { house: self, token: String::new(), session: None }
    }

    async fn code_for(&self, address: &str) -> String {
        let sent = delivery::outbox(self.instance.store(), self.instance.keys(), None).await.unwrap();
        sent.into_iter().filter(|message| message.to == address).find_map(|message| message.code).unwrap()
    }

    pub(crate) async fn close(self) {
        self.doors.close().await;
        self.instance.store().close().await;
    }
}

/// An app, which keeps its client token.
pub(crate) struct App<'h> {
    house: &'h House,
    token: String,
    session: Option<String>,
}

/// Something that a device is asked, and what it is for.
pub(crate) struct Asked {
    id: String,
    pub(crate) options: Value,
}

/// An answer of the instance.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl App<'_> {
    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut url = reqwest::Url::parse(&format!("http://{}{path}", self.house.address)).unwrap();
        url.query_pairs_mut().append_pair("_is_native", "1");
        if let Some(session) = &self.session {
            url.query_pairs_mut().append_pair("_clerk_session_id", session);
        }
        let answer = self.house.http.post(url).header("authorization", &self.token).form(form).send().await.unwrap();
        if let Some(token) = answer.headers().get("authorization") {
            token.to_str().unwrap().clone_into(&mut self.token);
        }
        Answer { status: answer.status().as_u16(), body: answer.json().await.unwrap() }
    }

    /// Asks for what the instance has to do.
    async fn have(&mut self, path: &str, form: &[(&str, &str)]) -> Value {
        let Answer { status, body } = self.post(path, form).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["response"].clone()
    }

    /// Signs somebody up, who acts from now on; answers with their id.
    pub(crate) async fn sign_up(&mut self, address: &str) -> String {
        let sign_ups = "/v1/client/sign_ups";
        let begun = self.have(sign_ups, &[("email_address", address), ("password", PASSWORD)]).await;
        let path = format!("{sign_ups}/{}", text(&begun["id"]));
        self.have(&format!("{path}/prepare_verification"), &[("strategy", "email_code")]).await;
        let code = self.house.code_for(address).await;
        let proof = [("strategy", "email_code"), ("code", code.as_str())];
        let done = self.have(&format!("{path}/attempt_verification"), &proof).await;
        self.session = Some(text(&done["created_session_id"]));
        text(&done["created_user_id"])
    }

    /// Asks for a passkey.
    pub(crate) async fn ask_for_key(&mut self) -> Asked {
        let asked = self.have("/v1/me/passkeys", &[]).await;
        Asked::read(&asked, "verification")
    }

    /// Asks for one that is refused before a device is asked.
    pub(crate) async fn ask_for_key_in_vain(&mut self) -> Answer {
        self.post("/v1/me/passkeys", &[]).await
    }

    /// Offers what a device answered.
    pub(crate) async fn offer_key(&mut self, asked: &Asked, answer: &str) -> Answer {
        let form = [("strategy", "passkey"), ("public_key_credential", answer)];
        self.post(&format!("/v1/me/passkeys/{}/attempt_verification", asked.id), &form).await
    }

    /// Begins a sign-in by whichever passkey a device has, or by one of whom it is said to be.
    pub(crate) async fn ask_to_sign_in(&mut self, address: Option<&str>) -> Asked {
        let (sign_ins, by_passkey) = ("/v1/client/sign_ins", ("strategy", "passkey"));
        let asked = match address {
            None => self.have(sign_ins, &[by_passkey]).await,
            Some(address) => {
                let begun = self.have(sign_ins, &[("identifier", address)]).await;
                let prepare = format!("{sign_ins}/{}/prepare_first_factor", text(&begun["id"]));
                self.have(&prepare, &[by_passkey]).await
            }
        };
        Asked::read(&asked, "first_factor_verification")
    }

    /// Offers what a device answered.
    pub(crate) async fn offer_sign_in(&mut self, asked: &Asked, answer: &str) -> Answer {
        let form = [("strategy", "passkey"), ("public_key_credential", answer)];
        self.post(&format!("/v1/client/sign_ins/{}/attempt_first_factor", asked.id), &form).await
    }
}

impl Asked {
    fn read(asked: &Value, verification: &str) -> Self {
        let options = serde_json::from_str(asked[verification]["nonce"].as_str().unwrap()).unwrap();
        Self { id: text(&asked["id"]), options }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
