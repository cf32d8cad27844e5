//! Signing up by an invitation, and asking for one.

use frontdesk_accounts::{SignUpFields, SignUpRequest};
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    house::{House, Plan, Seen},
};

/// Method, path and form of the newest request that sends something.
fn newest(house: &House) -> String {
    let Seen { method, path, form, .. } = house.seen().into_iter().rfind(|seen| seen.method == "POST").unwrap();
    let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{method} {path} {}", form.join(" ")).trim_end().to_owned()
}

fn answers(house: &House, path: &str, status: u16, body: &Value) {
    house.plan(path, Plan::Instead(status, vec![("content-type", "application/json".to_owned())], body.to_string()));
}

#[tokio::test]
async fn a_ticket_goes_with_its_strategy() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let attempt = json!({ "id": "sua_1", "status": "missing_requirements", "missing_fields": ["password"] });
    answers(&house, "/sign_ups", 200, &json!({ "response": attempt, "client": null }));
    let fields = SignUpFields { ticket: Some("fti1_x".to_owned()), ..SignUpFields::default() };
    let stands = desk.accounts.sign_up(SignUpRequest::Create { instance, fields }).await.unwrap();
    assert_eq!(stands["missing_fields"], json!(["password"]));
    let sent = newest(&house);
    assert!(sent.starts_with("POST /v1/client/sign_ups strategy=ticket ticket=fti1_x"), "{sent}");
}

#[tokio::test]
async fn who_asks_for_an_invitation_begins_nothing() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let ask =
        || SignUpRequest::JoinWaitlist { instance: instance.clone(), email_address: "ada@example.com".to_owned() };
    answers(&house, "/waitlist", 200, &json!({ "object": "waitlist_entry", "id": "wle_1" }));
    let joined = desk.accounts.sign_up(ask()).await.unwrap();
    assert_eq!(joined["id"], "wle_1");
    let sent = newest(&house);
    assert!(sent.starts_with("POST /v1/waitlist email_address=ada@example.com"), "{sent}");
    let errors = json!({ "errors": [{ "code": "waitlist_not_accepting_entries", "message": "No waitlist" }] });
    answers(&house, "/waitlist", 403, &errors);
    let refused = desk.accounts.sign_up(ask()).await.unwrap_err();
    assert_eq!(refused.errors[0].code, "waitlist_not_accepting_entries");
    let none = desk.accounts.sign_up(SignUpRequest::Reload { instance: instance.clone() }).await;
    assert!(none.is_err(), "there is no attempt");
}
