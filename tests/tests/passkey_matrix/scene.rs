//! Somebody with a passkey on an authenticator, and whatever is tried with it.

use serde_json::{Value, json};

use crate::{
    Ceremony::{self, Adds, SignsIn},
    Try,
    device::{Device, Make},
    house::{Answer, App, Asked, House, PAGE},
};

const ADA: &str = "ada@example.com";
/// A relying party that the instance's page may speak for, and that is not the instance's.
const OTHER_PARTY: &str = "auth.example.com";
/// One that it may not speak for, and the page of its site.
const FOREIGN_PARTY: &str = "example.net";
const FOREIGN_PAGE: &str = "https://www.example.net";
/// How long an instance waits for a device, in milliseconds.
const LIFETIME_MS: i64 = 5 * 60_000;
/// Most passkeys of one account.
const MOST: usize = 10;

/// What became of it: what the instance answered, or the name of what the device declined it with.
pub(crate) type Became = Result<Answer, &'static str>;

pub(crate) struct Scene<'h> {
    house: &'h House,
    make: Make,
    /// Where Ada is signed in.
    ada: App<'h>,
    /// Her id.
    pub(crate) user_id: String,
    /// Her authenticator.
    device: Device,
}

impl<'h> Scene<'h> {
    pub(crate) async fn begin(house: &'h House, make: Make) -> Self {
        let mut ada = house.app();
        let user_id = ada.sign_up(ADA).await;
        Self { house, make, ada, user_id, device: Device::of(make) }
    }

    /// Tries it.
    pub(crate) async fn tries(&mut self, what: Try) -> Became {
        match what {
            Try::Registration => {
                let asked = self.ada.ask_for_key().await;
                let answer = self.device.create(PAGE, &asked.options).await?;
                Ok(self.ada.offer_key(&asked, &answer).await)
            }
            Try::Discoverable => self.sign_in(None).await,
            Try::AfterIdentifier => self.sign_in(Some(ADA)).await,
            Try::Excluded => {
                let asked = self.ada.ask_for_key().await;
                assert_eq!(asked.options["excludeCredentials"].as_array().unwrap().len(), 1);
                let answer = self.device.create(PAGE, &asked.options).await?;
                Ok(self.ada.offer_key(&asked, &answer).await)
            }
            Try::ForeignPartyAsked(ceremony) => {
                self.asks(ceremony, PAGE, |options| of_party(options, FOREIGN_PARTY)).await
            }
            Try::ForeignPartyOffered(ceremony) => {
                self.asks(ceremony, PAGE, |options| of_party(options, OTHER_PARTY)).await
            }
            Try::ForeignPageAsked(ceremony) => self.asks(ceremony, FOREIGN_PAGE, Value::clone).await,
            Try::ForeignPageOffered(ceremony) => self.offers_of_a_foreign_page(ceremony).await,
            Try::ChallengeOfTheOther(ceremony) => self.swaps_challenges(ceremony).await,
            Try::AnswerOfTheOther(ceremony) => self.swaps_answers(ceremony).await,
            Try::Stale(ceremony) => self.is_late(ceremony).await,
            Try::Replay(ceremony) => self.replays(ceremony).await,
            Try::CounterBack => self.counts_back().await,
            Try::Eleventh => self.adds_too_many().await,
        }
    }

    async fn sign_in(&mut self, address: Option<&str>) -> Became {
        let mut app = self.house.app();
        let asked = app.ask_to_sign_in(address).await;
        assert_eq!(asked.options["allowCredentials"].as_array().unwrap().len(), usize::from(address.is_some()));
        let answer = self.device.get(PAGE, &asked.options).await?;
        Ok(app.offer_sign_in(&asked, &answer).await)
    }

    /// A sign-in that an app has begun, in the way that the authenticator can answer.
    async fn begun(&self) -> (App<'h>, Asked) {
        let mut app = self.house.app();
        let asked = app.ask_to_sign_in((self.make == Make::SoftPasskey).then_some(ADA)).await;
        (app, asked)
    }

    /// Goes through a ceremony, asked by this page and with these options. Keys are made on another authenticator.
    async fn asks(&mut self, ceremony: Ceremony, page: &str, change: impl Fn(&Value) -> Value) -> Became {
        match ceremony {
            Adds => {
                let asked = self.ada.ask_for_key().await;
                let answer = Device::of(self.make).create(page, &change(&asked.options)).await?;
                Ok(self.ada.offer_key(&asked, &answer).await)
            }
            SignsIn => {
                let (mut app, asked) = self.begun().await;
                let answer = self.device.get(page, &change(&asked.options)).await?;
                Ok(app.offer_sign_in(&asked, &answer).await)
            }
        }
    }

    /// Everything is right but the page.
    async fn offers_of_a_foreign_page(&mut self, ceremony: Ceremony) -> Became {
        match ceremony {
            Adds => {
                let asked = self.ada.ask_for_key().await;
                let answer = Device::of(self.make).create_unchecked(FOREIGN_PAGE, &asked.options).await?;
                Ok(self.ada.offer_key(&asked, &answer).await)
            }
            SignsIn => {
                let (mut app, asked) = self.begun().await;
                let answer = self.device.get_unchecked(FOREIGN_PAGE, &asked.options).await?;
                Ok(app.offer_sign_in(&asked, &answer).await)
            }
        }
    }

    /// Answers one ceremony with the challenge of one of the other kind.
    async fn swaps_challenges(&mut self, ceremony: Ceremony) -> Became {
        let (key, (mut app, sign_in)) = (self.ada.ask_for_key().await, self.begun().await);
        match ceremony {
            Adds => {
                let asked = with_challenge_of(&key.options, &sign_in.options);
                let answer = Device::of(self.make).create(PAGE, &asked).await?;
                Ok(self.ada.offer_key(&key, &answer).await)
            }
            SignsIn => {
                let asked = with_challenge_of(&sign_in.options, &key.options);
                let answer = self.device.get(PAGE, &asked).await?;
                Ok(app.offer_sign_in(&sign_in, &answer).await)
            }
        }
    }

    /// Answers one ceremony with what answers the other kind, with its challenge.
    async fn swaps_answers(&mut self, ceremony: Ceremony) -> Became {
        let (key, (mut app, sign_in)) = (self.ada.ask_for_key().await, self.begun().await);
        match ceremony {
            Adds => {
                let asked = with_challenge_of(&sign_in.options, &key.options);
                let answer = self.device.get(PAGE, &asked).await?;
                Ok(self.ada.offer_key(&key, &answer).await)
            }
            SignsIn => {
                let asked = with_challenge_of(&key.options, &sign_in.options);
                let answer = Device::of(self.make).create(PAGE, &asked).await?;
                Ok(app.offer_sign_in(&sign_in, &answer).await)
            }
        }
    }

    async fn is_late(&mut self, ceremony: Ceremony) -> Became {
        match ceremony {
            Adds => {
                let asked = self.ada.ask_for_key().await;
                let answer = Device::of(self.make).create(PAGE, &asked.options).await?;
                self.house.clock.advance(LIFETIME_MS);
                Ok(self.ada.offer_key(&asked, &answer).await)
            }
            SignsIn => {
                let (mut app, asked) = self.begun().await;
                let answer = self.device.get(PAGE, &asked.options).await?;
                self.house.clock.advance(LIFETIME_MS);
                Ok(app.offer_sign_in(&asked, &answer).await)
            }
        }
    }

    /// Offers what was right once to what is asked next.
    async fn replays(&mut self, ceremony: Ceremony) -> Became {
        match ceremony {
            Adds => {
                let mut eve = self.house.app();
                eve.sign_up("eve@example.com").await;
                let asked = eve.ask_for_key().await;
                let answer = Device::of(self.make).create(PAGE, &asked.options).await?;
                taken(&eve.offer_key(&asked, &answer).await);
                let next = eve.ask_for_key().await;
                Ok(eve.offer_key(&next, &answer).await)
            }
            SignsIn => {
                let (mut app, asked) = self.begun().await;
                let answer = self.device.get(PAGE, &asked.options).await?;
                taken(&app.offer_sign_in(&asked, &answer).await);
                let (mut app, asked) = self.begun().await;
                Ok(app.offer_sign_in(&asked, &answer).await)
            }
        }
    }

    /// Has two sign-ins signed, and offers what was signed first after the other.
    async fn counts_back(&mut self) -> Became {
        let ((mut first, early), (mut second, late)) = (self.begun().await, self.begun().await);
        let before = self.device.get(PAGE, &early.options).await?;
        let after = self.device.get(PAGE, &late.options).await?;
        taken(&second.offer_sign_in(&late, &after).await);
        Ok(first.offer_sign_in(&early, &before).await)
    }

    async fn adds_too_many(&mut self) -> Became {
        let mut many = self.house.app();
        many.sign_up("many@example.com").await;
        for _ in 0..MOST {
            let asked = many.ask_for_key().await;
            let answer = Device::of(self.make).create(PAGE, &asked.options).await?;
            taken(&many.offer_key(&asked, &answer).await);
        }
        Ok(many.ask_for_key_in_vain().await)
    }
}

fn taken(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn of_party(options: &Value, rp_id: &str) -> Value {
    let mut options = options.clone();
    let place = if options["rp"].is_object() { &mut options["rp"]["id"] } else { &mut options["rpId"] };
    assert_eq!(place.take(), json!("example.com"));
    *place = json!(rp_id);
    options
}

fn with_challenge_of(options: &Value, other: &Value) -> Value {
    let mut options = options.clone();
    options["challenge"] = other["challenge"].clone();
    options
}
