#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

//! Every authenticator of this room in every ceremony, against a relying party that is not ours.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::prelude::WebauthnError;

use crate::{
    Authenticators, Cancel, Fault, Kind, Made, SecurityKeys, Signed, Site,
    testing::{Computer, PIN, Party, Typist, site},
    virtual_key::{Make, Ports, VirtualKey},
};

/// An authenticator with what it is made of.
struct Bench {
    kind: Kind,
    all: Authenticators,
    computer: Computer,
    key: VirtualKey,
}

impl Bench {
    /// One of each kind.
    fn each() -> [Self; 2] {
        [Kind::ThisDevice, Kind::SecurityKey].map(|kind| {
            let computer = Computer::new();
            let key = VirtualKey::new(Make { counts: true, ..Make::default() });
            let keys = SecurityKeys::new(Ports::with(&[&key]));
            let all = Authenticators::new(vec![Arc::new(computer.start().0), Arc::new(keys)]);
            Self { kind, all, computer, key }
        })
    }

    async fn make_at(&self, site: &Site, options: &Value) -> Result<Made, Fault> {
        let creation = site.creation(&options.to_string())?;
        self.all.register(self.kind, creation, Typist::new(&[PIN]), Cancel::default()).await
    }

    async fn sign_at(&self, site: &Site, options: &Value) -> Result<Signed, Fault> {
        let request = site.request(&options.to_string())?;
        self.all.sign_in(self.kind, request, Typist::new(&[PIN]), Cancel::default()).await
    }

    async fn make(&self, options: &Value) -> Result<Made, Fault> {
        self.make_at(&site(), options).await
    }

    async fn sign(&self, options: &Value) -> Result<Signed, Fault> {
        self.sign_at(&site(), options).await
    }

    async fn add(&self, party: &mut Party) -> Made {
        let (options, state) = party.ask_for_key();
        let made = self.make(&options).await.unwrap();
        party.take_key(&state, &made.answer).unwrap();
        made
    }

    /// How often it was touched at all.
    fn touched(&self) -> usize {
        self.computer.store.calls() + self.key.commands().len()
    }
}

/// An answer with another value in its response.
fn with(answer: &str, field: &str, value: &Value) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    answer["response"][field] = value.clone();
    answer.to_string()
}

fn client_data(answer: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).unwrap();
    answer["response"]["clientDataJSON"].clone()
}

#[tokio::test]
async fn a_key_is_made_and_signs_in_without_and_after_an_identifier() {
    for bench in Bench::each() {
        let mut party = Party::new();
        let made = bench.add(&mut party).await;
        assert!(made.discoverable);
        let (options, state) = party.ask_any();
        let signed = bench.sign(&options).await.unwrap();
        assert_eq!(signed.credential_id, made.credential_id);
        assert!(party.take_any(state, &signed.answer).unwrap().user_verified());
        let (options, state) = party.ask_named();
        let signed = bench.sign(&options).await.unwrap();
        assert!(party.take_named(&state, &signed.answer).unwrap().user_verified());
        let (options, _) = party.ask_for_key();
        assert_eq!(bench.make(&options).await, Err(Fault::Excluded), "{:?}", bench.kind);
    }
}

#[tokio::test]
async fn sec_105_options_for_a_foreign_relying_party_reach_no_authenticator() {
    for bench in Bench::each() {
        let mut party = Party::new();
        bench.add(&mut party).await;
        let before = bench.touched();
        let (mut new, _) = party.ask_for_key();
        let (mut any, _) = party.ask_any();
        for rp_id in ["evil.example", "other.example.com", "com", "localhost", ""] {
            new["rp"]["id"] = json!(rp_id);
            any["rpId"] = json!(rp_id);
            let refused = bench.make(&new).await.unwrap_err();
            assert_eq!(refused.name(), "SecurityError", "{refused:?}");
            assert_eq!(bench.sign(&any).await.unwrap_err(), refused);
        }
        assert_eq!(bench.touched(), before, "{:?}", bench.kind);
    }
}

#[tokio::test]
async fn sec_67_what_another_site_of_the_same_domain_got_is_refused() {
    let other = Site::of(&Url::parse("https://login.example.com").unwrap()).unwrap();
    for bench in Bench::each() {
        let mut party = Party::new();
        let (options, state) = party.ask_for_key();
        let made = bench.make_at(&other, &options).await.unwrap();
        let refused = party.take_key(&state, &made.answer);
        assert!(matches!(refused, Err(WebauthnError::InvalidRPOrigin)), "{refused:?}");
        // Whatever the options say of an origin.
        let mut party = Party::new();
        party.user = webauthn_rs::prelude::Uuid::from_u128(8);
        let (mut options, state) = party.ask_for_key();
        options["origin"] = json!("https://evil.example");
        party.take_key(&state, &bench.make(&options).await.unwrap().answer).unwrap();
        let (options, state) = party.ask_named();
        let signed = bench.sign_at(&other, &options).await.unwrap();
        assert!(party.take_named(&state, &signed.answer).is_err(), "{:?}", bench.kind);
    }
}

#[tokio::test]
async fn sec_67_an_answer_of_one_ceremony_is_none_of_the_other() {
    for bench in Bench::each() {
        let mut party = Party::new();
        bench.add(&mut party).await;
        let (options, state) = party.ask_named();
        let signed = bench.sign(&options).await.unwrap();
        // A key made for the same challenge.
        let (mut new, _) = party.ask_for_key();
        new["challenge"] = options["challenge"].clone();
        new["excludeCredentials"] = json!([]);
        let made = bench.make(&new).await.unwrap();
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(client_data(&made.answer).as_str().unwrap()).unwrap());
        assert!(text.unwrap().contains(r#""type":"webauthn.create""#));
        let swapped = with(&signed.answer, "clientDataJSON", &client_data(&made.answer));
        assert!(party.take_named(&state, &swapped).is_err(), "{:?}", bench.kind);
        party.take_named(&state, &signed.answer).unwrap();

        let mut party = Party::new();
        party.user = webauthn_rs::prelude::Uuid::from_u128(8);
        let (new, state) = party.ask_for_key();
        let made = bench.make(&new).await.unwrap();
        let swapped = with(&made.answer, "clientDataJSON", &client_data(&signed.answer));
        assert!(party.take_key(&state, &swapped).is_err(), "{:?}", bench.kind);
        party.take_key(&state, &made.answer).unwrap();
    }
}

#[tokio::test]
async fn sec_66_an_answer_counts_for_what_was_asked_and_for_nothing_after_it() {
    for bench in Bench::each() {
        let mut party = Party::new();
        let (options, stale) = party.ask_for_key();
        let (_, fresh) = party.ask_for_key();
        let made = bench.make(&options).await.unwrap();
        let refused = party.take_key(&fresh, &made.answer);
        assert!(matches!(refused, Err(WebauthnError::MismatchedChallenge)), "{refused:?}");
        party.take_key(&stale, &made.answer).unwrap();

        let (options, stale) = party.ask_named();
        let signed = bench.sign(&options).await.unwrap();
        party.take_named(&stale, &signed.answer).unwrap();
        // Replayed to what was asked next.
        let (_, fresh) = party.ask_named();
        let refused = party.take_named(&fresh, &signed.answer);
        assert!(matches!(refused, Err(WebauthnError::MismatchedChallenge)), "{refused:?}");
        let (_, any) = party.ask_any();
        assert!(party.take_any(any, &signed.answer).is_err());
    }
}

#[tokio::test]
async fn sec_68_the_user_is_verified_whatever_is_asked_and_keys_of_this_device_have_no_backup() {
    const BACKUPS: u8 = 0x08 | 0x10;
    for bench in Bench::each() {
        let mut party = Party::new();
        let (mut options, state) = party.ask_for_key();
        options["authenticatorSelection"]["userVerification"] = json!("discouraged");
        party.take_key(&state, &bench.make(&options).await.unwrap().answer).unwrap();
        let (mut options, _) = party.ask_any();
        options["userVerification"] = json!("discouraged");
        let answer: Value = serde_json::from_str(&bench.sign(&options).await.unwrap().answer).unwrap();
        let data = URL_SAFE_NO_PAD.decode(answer["response"]["authenticatorData"].as_str().unwrap()).unwrap();
        assert_eq!(data[32] & 0x05, 0x05, "present and verified");
        if bench.kind == Kind::ThisDevice {
            assert_eq!(data[32] & BACKUPS, 0);
        }
    }
}

#[tokio::test]
async fn sec_69_a_counter_that_goes_back_shows_and_keys_of_this_device_count_nothing() {
    for bench in Bench::each() {
        let mut party = Party::new();
        bench.add(&mut party).await;
        for _ in 0..2 {
            let (options, state) = party.ask_named();
            let signed = bench.sign(&options).await.unwrap();
            let counter = party.take_named(&state, &signed.answer).unwrap().counter();
            assert_eq!(counter == 0, bench.kind == Kind::ThisDevice);
        }
        bench.key.count(0).await;
        let (options, state) = party.ask_named();
        let signed = bench.sign(&options).await.unwrap();
        let went_back = party.take_named(&state, &signed.answer);
        match bench.kind {
            Kind::ThisDevice => drop(went_back.unwrap()),
            _ => assert!(matches!(went_back, Err(WebauthnError::CredentialPossibleCompromise)), "{went_back:?}"),
        }
    }
}

#[tokio::test]
async fn sec_70_ids_are_short_and_no_two_are_the_same() {
    for bench in Bench::each() {
        let mut seen = std::collections::BTreeSet::new();
        for user in 1..20 {
            let mut party = Party::new();
            party.user = webauthn_rs::prelude::Uuid::from_u128(user);
            let made = bench.add(&mut party).await;
            assert!((16..=1023).contains(&made.credential_id.len()));
            assert!(seen.insert(made.credential_id));
        }
    }
}

#[tokio::test]
async fn an_instance_of_this_computer_is_at_localhost() {
    let site = Site::of(&Url::parse("http://127.0.0.1:8787").unwrap()).unwrap();
    for bench in Bench::each() {
        let mut party = Party::at("http://localhost:8787", "localhost");
        let (options, state) = party.ask_for_key();
        party.take_key(&state, &bench.make_at(&site, &options).await.unwrap().answer).unwrap();
        let (options, state) = party.ask_any();
        let signed = bench.sign_at(&site, &options).await.unwrap();
        party.take_any(state, &signed.answer).unwrap();
    }
}
