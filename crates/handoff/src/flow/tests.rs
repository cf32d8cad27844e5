#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::{Book, Flow, LIFETIME, Purpose};
use crate::{Outgoing, Redirect};

fn flow(id: &str, instance: &str, slot: &str) -> Flow {
    Flow {
        id: id.to_owned(),
        instance: instance.to_owned(),
        slot: slot.to_owned(),
        purpose: Purpose::SignIn { attempt: format!("sia_{id}") },
        strategy: "oauth_google".to_owned(),
        redirect: Redirect::Scheme { scheme: "org.example.desk".to_owned() },
        outgoing: Outgoing::parse("https://accounts.google.com/?state=s").unwrap(),
        begun_at: 1_000_000,
        unsafe_metadata: None,
        before_transfer: None,
    }
}

fn connect(id: &str, session: &str, strategy: &str) -> Flow {
    let purpose = Purpose::Connect { session: session.to_owned(), external_account: format!("eac_{id}"), is_new: true };
    Flow { purpose, strategy: strategy.to_owned(), ..flow(id, "i1", "1") }
}

fn names(book: &Book) -> Vec<&str> {
    book.waiting().iter().map(|flow| flow.id.as_str()).collect()
}

#[test]
fn several_are_under_way_at_once_and_one_for_each_client() {
    let mut book = Book::default();
    for (id, instance, slot) in [("a", "i1", "1"), ("b", "i2", "1"), ("c", "i1", "2")] {
        assert!(book.begin(flow(id, instance, slot)).is_empty());
    }
    assert!(book.begin(connect("d", "sess_1", "oauth_google")).is_empty());
    assert!(book.begin(connect("e", "sess_1", "oauth_github")).is_empty());
    assert!(book.begin(connect("f", "sess_2", "oauth_google")).is_empty());
    assert_eq!(names(&book), ["a", "b", "c", "d", "e", "f"]);
    let up = Flow { purpose: Purpose::SignUp { attempt: "sua".to_owned() }, ..flow("g", "i1", "1") };
    assert_eq!(book.begin(up).iter().map(|flow| flow.id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(book.begin(connect("h", "sess_1", "oauth_google"))[0].id, "d");
    assert_eq!(names(&book), ["b", "c", "e", "f", "g", "h"]);
    assert_eq!(book.take_instance("i1").len(), 5);
    assert_eq!(names(&book), ["b"]);
}

#[test]
fn sec_22_a_flow_ends_once() {
    let mut book = Book::default();
    book.begin(flow("a", "i1", "1"));
    book.begin(flow("b", "i2", "1"));
    assert_eq!(book.end("a").unwrap().id, "a");
    assert!(book.end("a").is_none() && book.get("a").is_none());
    assert!(book.end("nobody").is_none());
    assert_eq!(names(&book), ["b"], "the other one is not touched");
}

#[test]
fn a_flow_is_over_after_ten_minutes_or_when_the_clock_makes_no_sense() {
    let it = flow("a", "i1", "1");
    assert!(!it.is_over(it.begun_at) && !it.is_over(it.begun_at + LIFETIME - 1) && !it.is_over(it.begun_at - 1_000));
    assert!(it.is_over(it.begun_at + LIFETIME) && it.is_over(it.begun_at - 3_600_000) && it.is_over(i64::MIN));
    assert_eq!(it.expires_at(), it.begun_at + LIFETIME);
    let mut book = Book::default();
    book.begin(flow("a", "i1", "1"));
    book.begin(Flow { begun_at: 1_500_000, ..flow("b", "i2", "1") });
    assert_eq!(book.take_over(1_000_000 + LIFETIME)[0].id, "a");
    assert_eq!(names(&book), ["b"]);
}

#[test]
fn a_book_is_read_as_it_was_written() {
    let mut book = Book::default();
    book.begin(flow("a", "i1", "1"));
    book.begin(connect("b", "sess_1", "oauth_google"));
    book.becomes("a", Purpose::SignUp { attempt: "sua_1".to_owned() });
    let bytes = book.to_bytes();
    assert_eq!(Book::from_bytes(&bytes, 1_000_001), book);
    assert_eq!(Book::from_bytes(&bytes, 1_000_000 + LIFETIME), Book::default(), "what is over is left out");
    for broken in [&b""[..], b"{}", b"[]", b"\xff", &bytes[..bytes.len() - 3]] {
        assert_eq!(Book::from_bytes(broken, 0), Book::default());
    }
    // An address that may not be opened is not made one by being kept.
    let other = String::from_utf8(bytes).unwrap().replace("https://accounts", "file://accounts");
    assert_eq!(Book::from_bytes(other.as_bytes(), 1_000_001), Book::default());
}

#[test]
fn what_belongs_to_one_client_is_taken_out_with_or_without_its_accounts() {
    let mut book = Book::default();
    book.begin(flow("a", "i1", "1"));
    book.begin(flow("b", "i1", "2"));
    book.begin(connect("c", "sess_1", "oauth_google"));
    assert_eq!(book.take_slot("i1", "1", false)[0].id, "a");
    assert_eq!(names(&book), ["b", "c"]);
    assert_eq!(book.take_slot("i1", "1", true)[0].id, "c");
    assert_eq!(names(&book), ["b"]);
}

#[test]
fn flows_of_an_earlier_run_do_not_take_the_place_of_newer_ones() {
    let mut earlier = Book::default();
    earlier.begin(flow("a", "i1", "1"));
    earlier.begin(flow("b", "i2", "1"));
    let mut book = Book::default();
    book.begin(flow("c", "i1", "1"));
    book.recall(earlier.clone());
    assert_eq!(names(&book), ["b", "c"], "the older one of the same client was replaced");
    book.recall(earlier);
    assert_eq!(names(&book), ["b", "c"]);
}

#[test]
fn who_was_there_before_a_transfer_is_kept_as_it_was_the_first_time() {
    let mut book = Book::default();
    book.begin(flow("a", "i1", "1"));
    for signed_in in [vec!["sess_1".to_owned()], vec!["sess_1".to_owned(), "sess_2".to_owned()]] {
        book.transfers("a", signed_in);
        book.transfers("b", Vec::new());
        book = Book::from_bytes(&book.to_bytes(), 1_000_000);
    }
    assert_eq!(book.get("a").unwrap().before_transfer.as_deref(), Some(["sess_1".to_owned()].as_slice()));
}
