use serde_json::json;

use super::*;
use crate::{
    PasswordSummary,
    samples::{START, jane},
};

fn object(value: &serde_json::Value) -> Metadata {
    value.as_object().cloned().unwrap()
}

fn new_user(addresses: &[(&str, bool)]) -> NewUser {
    let addresses = addresses.iter().zip(1u8..).map(|((typed, verified), number)| NewAddress {
        id: IdentificationId::from_random([number; 20]),
        typed: (*typed).to_owned(),
        verified: *verified,
    });
    NewUser {
        id: UserId::from_random([9; 20]),
        addresses: addresses.collect(),
        phones: Vec::new(),
        username: (None, IdentificationId::from_random([8; 20])),
        change: OwnerChange::default(),
        banned: false,
        password_settled: true,
    }
}

#[test]
fn a_new_user_has_the_addresses_that_were_given_the_first_one_first() {
    let new = new_user(&[("Ada@Example.com", true), ("ada@work.example", false)]);
    let (account, others, _) = new.account(None, &Policy::default(), START).unwrap();
    assert_eq!(account.email.as_ref().unwrap().email.as_str(), "ada@example.com");
    assert_eq!(account.user.primary_email_address_id.as_ref(), Some(&account.email.as_ref().unwrap().id));
    assert_eq!(
        (account.email.as_ref().unwrap().verified_at, account.email.as_ref().unwrap().reserved),
        (Some(START), false)
    );
    assert_eq!((others[0].verified_at, others[0].reserved), (None, true));
    assert!(account.email.as_ref().unwrap().created_at < others[0].created_at, "they are shown in this order");
    assert_eq!(account.user.last_sign_in_at, None, "nobody has signed in yet");
}

#[test]
fn every_fault_of_a_new_user_is_told_at_once() {
    let mut new = new_user(&[("nonsense", true)]);
    new.password_settled = false;
    new.change = OwnerChange {
        external_id: Some("x".repeat(257)),
        private_metadata: Some(object(&json!({ "a": "x".repeat(9000) }))),
        first_name: Some("a\0b".to_owned()),
        ..OwnerChange::default()
    };
    let faults = new.account(None, &Policy::default(), START).unwrap_err();
    let params: Vec<_> = faults.iter().map(|fault| fault.param).collect();
    assert_eq!(params, ["first_name", "external_id", "private_metadata", "password", "email_address"]);
    let none = new_user(&[]).account(None, &Policy::default(), START).unwrap_err();
    assert_eq!(none, [FieldError::new("email_address", FieldFault::Missing)]);
    let twice = new_user(&[("a@b.example", true), ("A@b.example", true)]);
    let twice = twice.account(None, &Policy::default(), START).unwrap_err();
    assert_eq!(twice, [FieldError::new("email_address", FieldFault::Value)]);
}

#[test]
fn a_change_leaves_what_it_does_not_name_and_clears_by_an_empty_text() {
    let mut account = jane();
    account.user.first_name = Some("Jane".to_owned());
    account.user.external_id = Some("old".to_owned());
    account.password = Some(PasswordSummary { updated_at: START, version: 1 });
    let change = OwnerChange {
        external_id: Some(String::new()),
        public_metadata: Some(object(&json!({ "plan": "pro" }))),
        ..OwnerChange::default()
    };
    let changed = account.change_by_owner(&change, &Policy::default()).unwrap();
    assert_eq!((changed.first_name.as_deref(), changed.external_id), (Some("Jane"), None));
    assert_eq!(changed.public_metadata, object(&json!({ "plan": "pro" })));
    let change = OwnerChange { primary_email_address_id: Some("idn_x".to_owned()), ..OwnerChange::default() };
    let faults = account.change_by_owner(&change, &Policy::default()).unwrap_err();
    assert_eq!(faults, [FieldError::new("primary_email_address_id", FieldFault::NotFound)]);
    let required = Policy { first_name: Requirement::Required, last_name: Requirement::Off, ..Policy::default() };
    let change =
        OwnerChange { first_name: Some(String::new()), last_name: Some("Doe".to_owned()), ..OwnerChange::default() };
    let faults = account.change_by_owner(&change, &required).unwrap_err();
    assert_eq!(
        faults,
        [FieldError::new("first_name", FieldFault::Missing), FieldError::new("last_name", FieldFault::Unknown)]
    );
}
