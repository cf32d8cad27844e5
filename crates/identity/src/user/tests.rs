use super::*;
use crate::{
    Requirement,
    samples::{address, email_of, jane},
};

#[test]
fn a_profile_changes_where_it_is_asked_to() {
    let mut jane = jane();
    jane.user.last_name = Some("Doe".into());
    jane.emails.push(email_of(&jane.user.id, 2, "doe@example.com", true));
    let change = ProfileChange {
        first_name: Some(" Jane ".into()),
        last_name: Some(String::new()),
        unsafe_metadata: Some(r#"{"colour":"blue"}"#.into()),
        primary_email_address_id: Some(address(2).as_str().into()),
        ..ProfileChange::default()
    };
    let user = jane.change_profile(&change, &Policy::default()).unwrap();
    assert_eq!((user.first_name.as_deref(), user.last_name), (Some("Jane"), None));
    assert_eq!(user.unsafe_metadata["colour"], "blue");
    assert_eq!(user.primary_email_address_id, Some(address(2)));
    assert_eq!(jane.change_profile(&ProfileChange::default(), &Policy::default()), Ok(jane.user.clone()));
    jane.user.primary_email_address_id = Some(address(2));
    assert_eq!(jane.primary_email().unwrap().email.as_str(), "doe@example.com");
}

#[test]
fn every_fault_of_a_profile_is_told_at_once() {
    let mut jane = jane();
    jane.emails.push(email_of(&jane.user.id, 2, "unproven@example.com", false));
    let policy = Policy { first_name: Requirement::Required, last_name: Requirement::Off, ..Policy::default() };
    let change = ProfileChange {
        first_name: Some(" ".into()),
        last_name: Some("Doe".into()),
        unsafe_metadata: Some("{".into()),
        primary_email_address_id: Some(address(2).as_str().into()),
        ..ProfileChange::default()
    };
    assert_eq!(
        jane.change_profile(&change, &policy).unwrap_err(),
        [
            FieldError::new("first_name", FieldFault::Missing),
            FieldError::new("last_name", FieldFault::Unknown),
            FieldError::new("unsafe_metadata", FieldFault::Format),
            FieldError::new("primary_email_address_id", FieldFault::NotFound),
        ]
    );
}
