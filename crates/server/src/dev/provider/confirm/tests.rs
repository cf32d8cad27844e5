#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use frontdesk_identity::Email;

use super::*;
use crate::{dev::provider::Mode, keys::InstanceKey};

fn decision(email: &str) -> Decision {
    Decision {
        strategy: Strategy::parse("oauth_google").unwrap(),
        ask: Ask {
            scope: "openid".to_owned(),
            state: None,
            nonce: None,
            challenge: String::new(),
            mode: Mode::Query,
            login_hint: None,
        },
        person: Person {
            email: Email::parse(email).unwrap(),
            verified: true,
            first_name: None,
            last_name: None,
            picture: None,
        },
    }
}

struct Room {
    keys: Keys,
    all: Confirmations,
}

impl Room {
    fn new() -> Self {
        Self { keys: Keys::derive(&InstanceKey::new([1; 32])), all: Confirmations::default() }
    }

    fn wait(&self, id: &str, email: &str) {
        let code = SecretString::from("123456");
        self.all.wait(&self.keys, id.to_owned(), &code, decision(email), Timestamp(0));
    }

    fn attempt(&self, strategy: &str, id: &str, code: &str, now: i64) -> Tried {
        let strategy = Strategy::parse(strategy).unwrap();
        self.all.attempt(&self.keys, &strategy, id, &SecretString::from(code), Timestamp(now))
    }

    fn waiting(&self) -> usize {
        self.all.0.lock().unwrap().len()
    }
}

#[test]
fn sec_104_a_code_works_once_within_three_tries_and_ten_minutes() {
    let room = Room::new();
    room.wait("a", "ada@example.com");
    assert!(matches!(room.attempt("oauth_github", "a", "123456", 0), Tried::Unknown), "another provider's");
    assert!(matches!(room.attempt("oauth_google", "b", "123456", 0), Tried::Unknown));
    assert!(matches!(room.attempt("oauth_google", "a", "", 0), Tried::Wrong { left: 2, .. }));
    assert!(matches!(room.attempt("oauth_google", "a", "12345", 0), Tried::Wrong { left: 1, .. }));
    assert!(matches!(room.attempt("oauth_google", "a", " 123456 ", WAIT_MS - 1), Tried::Right(_)));
    assert!(matches!(room.attempt("oauth_google", "a", "123456", 0), Tried::Unknown));
    room.wait("a", "ada@example.com");
    for code in ["1", "2"] {
        assert!(matches!(room.attempt("oauth_google", "a", code, 0), Tried::Wrong { .. }));
    }
    assert!(matches!(room.attempt("oauth_google", "a", "3", 0), Tried::Over(_)));
    assert!(matches!(room.attempt("oauth_google", "a", "123456", 0), Tried::Unknown));
    room.wait("a", "ada@example.com");
    assert!(matches!(room.attempt("oauth_google", "a", "123456", WAIT_MS), Tried::Over(_)));
}

#[test]
fn sec_104_a_code_is_for_its_decision_alone() {
    let room = Room::new();
    room.wait("a", "ada@example.com");
    let other = SecretString::from("654321");
    room.all.wait(&room.keys, "b".to_owned(), &other, decision("eve@example.com"), Timestamp(0));
    assert!(matches!(room.attempt("oauth_google", "a", "654321", 0), Tried::Wrong { .. }));
    let Tried::Right(right) = room.attempt("oauth_google", "b", "654321", 0) else { panic!("it is the right one") };
    assert_eq!(right.person.email.as_str(), "eve@example.com");
}

#[test]
fn the_oldest_goes_when_too_many_wait() {
    let room = Room::new();
    for index in 0..=MOST {
        room.wait(&format!("id{index}"), "ada@example.com");
    }
    assert_eq!(room.waiting(), MOST);
    assert!(matches!(room.attempt("oauth_google", "id0", "123456", 0), Tried::Unknown));
    assert!(matches!(room.attempt("oauth_google", "id1", "123456", 0), Tried::Right(_)));
    let code = SecretString::from("123456");
    room.all.wait(&room.keys, "late".to_owned(), &code, decision("ada@example.com"), Timestamp(WAIT_MS));
    assert_eq!(room.waiting(), 1, "what is over is forgotten");
    assert!(room.all.give_up(&Strategy::parse("oauth_google").unwrap(), "late").is_some());
    assert_eq!(room.waiting(), 0);
}
