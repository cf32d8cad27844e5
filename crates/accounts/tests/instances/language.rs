//! The language of the window, as instances hear of it and as the window itself is told of failures.

use frontdesk_accounts::{Reason, SignUpFields, SignUpRequest};

use crate::{
    desk::Desk,
    house::{House, Plan},
};

/// The `locale` of the newest request to paths that end so.
fn locale(house: &House, path: &str) -> Option<String> {
    let asked = house.seen().into_iter().rfind(|seen| seen.path.ends_with(path)).unwrap();
    asked.form.into_iter().find(|(name, _)| name == "locale").map(|(_, value)| value)
}

#[tokio::test]
async fn instances_are_told_the_language_once_the_window_has_said_it() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.try_sign_in(&instance, None).await.unwrap();
    assert_eq!(locale(&house, "/sign_ins"), None);
    desk.accounts.set_locale("de-AT".to_owned());
    desk.try_sign_in(&instance, None).await.unwrap();
    assert_eq!(locale(&house, "/sign_ins").as_deref(), Some("de-AT"));
    let fields = SignUpFields { email_address: Some("ada@example.com".to_owned()), ..SignUpFields::default() };
    // Whether the house takes people is another matter.
    let _answer = desk.accounts.sign_up(SignUpRequest::Create { instance, fields }).await;
    assert_eq!(locale(&house, "/sign_ups").as_deref(), Some("de-AT"));
}

#[tokio::test]
async fn a_failure_says_in_parts_what_its_sentence_says() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let name = desk.view(&instance).name;
    house.plan("/sign_ins", Plan::Drop);
    let failed = desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    let said = failed.said.unwrap();
    assert_eq!((said.reason, said.subject.as_deref()), (Reason::AnswerLost, Some(name.as_str())));
    assert!(failed.message.contains(&said.detail.unwrap()), "{}", failed.message);
    let refused = desk.try_sign_in(&instance, Some("wrong")).await.unwrap_err();
    assert_eq!(refused.said, None, "of a refusal the instance says all there is to say");
}
