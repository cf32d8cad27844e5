//! Somebody who has one first factor and one second, and offers them in every way.

use frontdesk_identity::time::{MINUTE, SECOND};
use reqwest::Url;
use serde_json::json;

use super::{
    First::{self, Elsewhere, EmailCode, EmailLink, Passkey, Password, PhoneCode, ResetByEmail, ResetByPhone, Ticket},
    Outcome::{self, Banned, Expired, Locked, OverLimit, Replayed, Right, Wrong},
    Second::{self, App, BackupCode, Nothing, Text},
};
use crate::{
    answer::Answer,
    device::Device,
    external::{APP, come_back, nonce},
    house::House,
    key::{Key, Says},
    owner::Owner,
    provider::hidden,
    second_factors,
};

const SIGN_INS: &str = "/v1/client/sign_ins";
const GOOGLE: &str = "oauth_google";
const PASSWORD: &str = "Lantern and 7 oars";
/// Nothing that is offered here is good for longer.
const LIFETIME: i64 = 10 * MINUTE;
/// Tries at a code that are looked at.
const TRIES: u32 = 5;
/// What the narrowest development instance takes from one address in ten seconds.
const REQUESTS: u32 = 20;

/// A sign-in that waits for a proof, and the right one.
struct Ready<'h> {
    device: Device<'h>,
    id: String,
    proof: String,
}

/// The person.
pub(super) struct Resident<'h> {
    house: &'h House,
    narrow: &'h House,
    owner: Owner<'h>,
    first: First,
    second: Second,
    user_id: String,
    address: String,
    /// The number that signs in.
    number: String,
    /// The number that is set apart.
    apart: String,
    /// Their address at the provider.
    elsewhere: String,
    key: Option<Key>,
    app: Option<second_factors::App>,
    backup_codes: Vec<String>,
}

impl<'h> Resident<'h> {
    /// Gives somebody an account, and what they sign in with.
    pub(super) async fn move_in(house: &'h House, narrow: &'h House, first: First, second: Second) -> Self {
        let owner = Owner::new(house);
        let mark = second as u8;
        let (address, number) = (format!("ways{mark}@example.com"), format!("+4179123456{mark}"));
        let user = json!({ "email_address": [address], "phone_number": [number], "password": PASSWORD });
        let user_id = owner.post("/v1/users", user).await.ok().text("/id");
        let mut resident = Self {
            house,
            narrow,
            owner,
            first,
            second,
            user_id,
            address,
            number,
            apart: format!("+4179765432{mark}"),
            elsewhere: format!("elsewhere{mark}@example.com"),
            key: None,
            app: None,
            backup_codes: Vec::new(),
        };
        let mut device = resident.inside().await;
        match first {
            Passkey => {
                let id = format!("a key of the resident {mark}");
                resident.key = Some(device.add_passkey(id.as_bytes()).await.1);
            }
            Elsewhere => resident.connect(&mut device).await,
            _ => {}
        }
        match second {
            Nothing => {}
            Text => resident.set_number_apart().await,
            App | BackupCode => {
                let (app, codes) = device.set_up_app(house).await;
                (resident.app, resident.backup_codes) = (Some(app), codes);
            }
        }
        resident
    }

    /// A device on which they are signed in, by a ticket.
    async fn inside(&self) -> Device<'h> {
        let mut device = self.house.device();
        let ticket = self.ticket().await;
        let mut done = device.post(SIGN_INS, &[("strategy", "ticket"), ("ticket", &ticket)]).await.ok();
        if let Some(app) = &self.app {
            self.house.clock.advance(MINUTE);
            done = device.prove_second(&done.text("/response/id"), "totp", &app.code(self.house)).await.ok();
        }
        device.session = Some(done.text("/response/created_session_id"));
        device
    }

    async fn ticket(&self) -> String {
        let wanted = json!({ "user_id": self.user_id, "expires_in_seconds": LIFETIME / SECOND });
        self.owner.post("/v1/sign_in_tokens", wanted).await.ok().text("/token")
    }

    async fn connect(&self, device: &mut Device<'h>) {
        let form = [("strategy", GOOGLE), ("redirect_url", APP)];
        let begun = device.post("/v1/me/external_accounts", &form).await.ok();
        let page = begun.text("/response/verification/external_verification_redirect_url");
        let back = come_back(device, self.agree(&page).await).await;
        let me = device.get(&format!("/v1/me?rotating_token_nonce={}", nonce(&back))).await.ok();
        assert_eq!(me.response()["external_accounts"][0]["verification"]["status"], "verified");
    }

    async fn set_number_apart(&self) {
        let number = json!({
            "user_id": self.user_id, "phone_number": self.apart, "verified": true, "reserved_for_second_factor": true,
        });
        self.owner.post("/v1/phone_numbers", number).await.ok();
    }

    /// Agrees on the page of the development provider, with the code that it sends to somebody who is known here;
    /// answers with where the browser is sent back to.
    async fn agree(&self, page: &str) -> Url {
        let (issuer, _) = page.split_once('?').unwrap();
        let post = async |form: &[(&str, &str)]| {
            let request = self.house.http.post(issuer).form(form);
            request.header("origin", self.house.instance.public_url().origin()).send().await.unwrap()
        };
        let asked = self.house.http.get(page).header("sec-fetch-site", "cross-site");
        let asked = asked.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
        let request = hidden(&asked.send().await.unwrap().text().await.unwrap(), "request");
        let who = [("email_address", self.elsewhere.as_str()), ("verified", "yes"), ("decision", "agree")];
        let mut answer = post(&[&[("request", request.as_str())], who.as_slice()].concat()).await;
        if answer.status() == 200 {
            let confirmation = hidden(&answer.text().await.unwrap(), "confirmation");
            let code = self.house.code_for(&self.elsewhere).await;
            answer = post(&[("confirmation", &confirmation), ("code", &code), ("decision", "agree")]).await;
        }
        assert_eq!(answer.status(), 303);
        Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
    }

    /// Undoes a lock, a ban, and whatever was counted.
    pub(super) async fn let_in_again(&self) {
        for undo in ["unban", "unlock"] {
            self.owner.post(&format!("/v1/users/{}/{undo}", self.user_id), json!({})).await.ok();
        }
    }

    async fn shut_out(&self, outcome: Outcome) {
        let act = if outcome == Locked { "lock" } else { "ban" };
        self.owner.post(&format!("/v1/users/{}/{act}", self.user_id), json!({})).await.ok();
    }

    /// Offers the first factor, as it is said.
    pub(super) async fn at_first(&mut self, outcome: Outcome) -> Answer {
        let mut ready = self.ready().await;
        let proof = ready.proof.clone();
        match outcome {
            Right => {}
            Wrong => {
                let wrong = self.wrong(&ready);
                return self.offer(&mut ready, &wrong).await;
            }
            Expired => self.house.clock.advance(LIFETIME),
            Replayed => {
                let mut other = self.ready().await;
                assert_ne!(other.proof, proof, "one in a million: run it again");
                assert_eq!(self.offer(&mut ready, &proof).await.status, 200);
                return self.offer(&mut other, &proof).await;
            }
            OverLimit if self.first_has_tries() => {
                let wrong = self.wrong(&ready);
                for _ in 0..TRIES {
                    self.offer(&mut ready, &wrong).await.refused(422, "form_code_incorrect");
                }
            }
            OverLimit => {
                self.ask_much().await;
                ready.device = ready.device.at(self.narrow);
                if self.first == Elsewhere {
                    // What came back is taken however often it was asked; but nobody goes out once more.
                    return ready.device.post(SIGN_INS, &[("strategy", GOOGLE), ("redirect_url", APP)]).await;
                }
            }
            Locked | Banned => self.shut_out(outcome).await,
        }
        self.offer(&mut ready, &proof).await
    }

    fn first_has_tries(&self) -> bool {
        matches!(self.first, EmailCode | PhoneCode | ResetByEmail | ResetByPhone)
    }

    /// Asks the narrow process for as much as it takes from one address: a little less where the other process has taken
    /// something, and they count together.
    async fn ask_much(&self) {
        let mut device = self.narrow.device();
        let begun = device.post(SIGN_INS, &[]).await.ok();
        for _ in 0..REQUESTS {
            let again = device.post(SIGN_INS, &[]).await;
            if again.status == 429 {
                break;
            }
            again.ok();
        }
        let path = format!("{SIGN_INS}/{}/attempt_first_factor", begun.text("/response/id"));
        for _ in 0..=REQUESTS {
            let tried = device.post(&path, &[("strategy", "email_code"), ("code", "123456")]).await;
            if tried.status == 429 {
                break;
            }
            tried.refused(400, "client_state_invalid");
        }
    }

    /// A sign-in on a new device that waits for the first factor.
    async fn ready(&mut self) -> Ready<'h> {
        // Messages of the same moment have no order.
        self.house.clock.advance(MINUTE);
        let mut device = self.house.device();
        match self.first {
            Password => {
                let id = device.begin_sign_in(&self.address).await;
                Ready { device, id, proof: PASSWORD.to_owned() }
            }
            EmailCode => self.ready_code(device, "email_code", &self.address).await,
            ResetByEmail => self.ready_code(device, "reset_password_email_code", &self.address).await,
            PhoneCode => self.ready_code(device, "phone_code", &self.number).await,
            ResetByPhone => self.ready_code(device, "reset_password_phone_code", &self.number).await,
            Passkey => {
                let (id, options) = device.begin_passkey().await;
                let proof = self.key.as_mut().unwrap().sign(&options, &Says::default());
                Ready { device, id, proof }
            }
            Elsewhere => {
                let (id, page) = device.go_out("sign_ins", GOOGLE).await;
                let proof = nonce(&come_back(&device, self.agree(&page).await).await);
                Ready { device, id, proof }
            }
            Ticket => Ready { device, id: String::new(), proof: self.ticket().await },
            EmailLink => Ready { device, id: String::new(), proof: String::new() },
        }
    }

    async fn ready_code(&self, mut device: Device<'h>, strategy: &str, to: &str) -> Ready<'h> {
        let id = device.begin_sign_in(to).await;
        device.post(&format!("{SIGN_INS}/{id}/prepare_first_factor"), &[("strategy", strategy)]).await.ok();
        Ready { device, id, proof: self.house.code_for(to).await }
    }

    /// What is not the first factor, and looks like it.
    fn wrong(&self, ready: &Ready<'h>) -> String {
        match self.first {
            Password => "Lantern and 8 oars".to_owned(),
            EmailCode | PhoneCode | ResetByEmail | ResetByPhone => other_than(&ready.proof).to_owned(),
            Passkey => {
                // The same answer, signed by another key that calls itself by the same name.
                let own = self.key.as_ref().unwrap();
                let mut forged = Key::new(&own.id);
                forged.handle.clone_from(&own.handle);
                forged.sign(&asked(&ready.proof), &Says::default())
            }
            Elsewhere | Ticket | EmailLink => format!("{}x", ready.proof),
        }
    }

    async fn offer(&self, ready: &mut Ready<'h>, proof: &str) -> Answer {
        let Ready { device, id, .. } = ready;
        let attempt = format!("{SIGN_INS}/{id}/attempt_first_factor");
        let new = format!("Harbour and {} oars", self.house.now_ms());
        match self.first {
            Password => device.prove_sign_in(id, "password", proof).await,
            EmailCode => device.prove_sign_in(id, "email_code", proof).await,
            PhoneCode => device.prove_sign_in(id, "phone_code", proof).await,
            Passkey => device.prove_passkey(id, proof).await,
            Elsewhere => device.redeem("sign_ins", id, proof).await,
            ResetByEmail => device.prove_reset(id, proof, Some(&new)).await,
            ResetByPhone => {
                let form = [("strategy", "reset_password_phone_code"), ("code", proof), ("password", &new)];
                device.post(&attempt, &form).await
            }
            Ticket => device.post(SIGN_INS, &[("strategy", "ticket"), ("ticket", proof)]).await,
            EmailLink => {
                let form = [("strategy", "email_link"), ("identifier", &self.address), ("redirect_url", APP)];
                device.post(SIGN_INS, &form).await
            }
        }
    }

    /// Offers the second factor, as it is said, after the right first one.
    pub(super) async fn at_second(&mut self, outcome: Outcome) -> Answer {
        let mut half = self.half_way().await;
        match outcome {
            Right => {}
            Wrong => {
                let wrong = self.wrong_second(&half);
                return self.offer_second(&mut half, &wrong).await;
            }
            Expired if self.second == BackupCode => {
                let mut device = self.inside().await;
                let anew = device.post("/v1/me/backup_codes", &[]).await.ok();
                let codes = anew.response()["codes"].as_array().unwrap().iter();
                self.backup_codes = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
            }
            Expired => self.house.clock.advance(LIFETIME),
            Replayed => {
                let mut other = self.half_way().await;
                // The app shows one code to both of them.
                let proof = if self.second == App { &other.proof } else { &half.proof }.clone();
                assert!(self.second == App || other.proof != proof, "one in a million: run it again");
                assert_eq!(self.offer_second(&mut half, &proof).await.status, 200);
                return self.offer_second(&mut other, &proof).await;
            }
            OverLimit => {
                let wrong = self.wrong_second(&half);
                for _ in 0..TRIES {
                    self.offer_second(&mut half, &wrong).await.refused(422, "form_code_incorrect");
                }
            }
            Locked | Banned => self.shut_out(outcome).await,
        }
        let proof = half.proof.clone();
        self.offer_second(&mut half, &proof).await
    }

    /// A sign-in on a new device that waits for the second factor.
    async fn half_way(&mut self) -> Ready<'h> {
        let mut ready = self.ready().await;
        let proof = ready.proof.clone();
        let begun = self.offer(&mut ready, &proof).await.ok();
        assert_eq!(begun.response()["status"], "needs_second_factor");
        ready.id = begun.text("/response/id");
        ready.proof = match self.second {
            App => self.app.as_ref().unwrap().code(self.house),
            BackupCode => self.backup_codes.pop().unwrap(),
            Text => {
                let path = format!("{SIGN_INS}/{}/prepare_second_factor", ready.id);
                ready.device.post(&path, &[("strategy", "phone_code")]).await.ok();
                self.house.code_for(&self.apart).await
            }
            Nothing => panic!("they have none"),
        };
        ready
    }

    fn wrong_second(&self, half: &Ready<'h>) -> String {
        match self.second {
            App => self.app.as_ref().unwrap().wrong(self.house),
            // The letters of a code, the other way round.
            BackupCode => half.proof.chars().rev().collect(),
            Text | Nothing => other_than(&half.proof).to_owned(),
        }
    }

    async fn offer_second(&self, half: &mut Ready<'h>, proof: &str) -> Answer {
        let strategy = match self.second {
            App => "totp",
            Text => "phone_code",
            BackupCode => "backup_code",
            Nothing => panic!("they have none"),
        };
        half.device.prove_second(&half.id, strategy, proof).await
    }
}

/// Six digits that are not these.
fn other_than(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

/// What a device was asked that gave this answer.
fn asked(answer: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    let said = URL_SAFE_NO_PAD.decode(answer["response"]["clientDataJSON"].as_str().unwrap()).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
    json!({ "rpId": "localhost", "challenge": said["challenge"] })
}
