//! What belongs to a user: passwords, addresses, other devices, the account itself.

use frontdesk_accounts::{AccountKey, AccountRequest, ErrorKind, Reason, SignInRequest};

use crate::{
    desk::{Desk, problem, signed_in},
    house::{House, Plan, Seen},
};

/// Method, path and form of a request, and in whose name it was made.
fn line(seen: &Seen) -> String {
    let form: Vec<String> = seen.form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let session = seen.query.split('&').find_map(|pair| pair.strip_prefix("_clerk_session_id=")).unwrap_or_default();
    format!("{} {} {session} {}", seen.method, seen.path, form.join(" ")).trim_end().to_owned()
}

fn newest(house: &House, method: &str) -> String {
    line(&house.seen().into_iter().rfind(|seen| seen.method == method).unwrap())
}

async fn signed_in_person() -> (Desk, House, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    (desk, house, account)
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "a table of every change there is")]
async fn each_change_is_asked_for_in_the_name_of_its_session() {
    let (desk, house, account) = signed_in_person().await;
    let email_address_id = "idn_1".to_owned();
    let session = account.session.as_str();
    for (request, method, expected) in [
        (
            AccountRequest::CreateEmailAddress { account: account.clone(), email_address: "b@example.com".to_owned() },
            "POST",
            format!("POST /v1/me/email_addresses {session} email_address=b@example.com"),
        ),
        (
            AccountRequest::PrepareEmailAddress {
                account: account.clone(),
                email_address_id: email_address_id.clone(),
                strategy: "email_code".to_owned(),
            },
            "POST",
            format!("POST /v1/me/email_addresses/idn_1/prepare_verification {session} strategy=email_code"),
        ),
        (
            AccountRequest::AttemptEmailAddress {
                account: account.clone(),
                email_address_id: email_address_id.clone(),
                code: "424242".to_owned(),
            },
            "POST",
            format!("POST /v1/me/email_addresses/idn_1/attempt_verification {session} code=424242"),
        ),
        (
            AccountRequest::DestroyEmailAddress { account: account.clone(), email_address_id },
            "DELETE",
            format!("DELETE /v1/me/email_addresses/idn_1 {session}"),
        ),
        (
            AccountRequest::UpdatePassword {
                account: account.clone(),
                current_password: None,
                new_password: "new".to_owned(),
                sign_out_of_other_sessions: true,
            },
            "POST",
            format!("POST /v1/me/change_password {session} new_password=new sign_out_of_other_sessions=true"),
        ),
        (
            AccountRequest::RemovePassword { account: account.clone(), current_password: "old".to_owned() },
            "POST",
            format!("POST /v1/me/remove_password {session} current_password=old"),
        ),
        (
            AccountRequest::Update {
                account: account.clone(),
                first_name: None,
                last_name: None,
                username: Some("ada_l".to_owned()),
                primary_email_address_id: None,
                primary_phone_number_id: Some("idn_p1".to_owned()),
            },
            "PATCH",
            format!("PATCH /v1/me {session} username=ada_l primary_phone_number_id=idn_p1"),
        ),
        (
            AccountRequest::CreatePhoneNumber { account: account.clone(), phone_number: "+12015550100".to_owned() },
            "POST",
            format!("POST /v1/me/phone_numbers {session} phone_number=+12015550100"),
        ),
        (
            AccountRequest::PreparePhoneNumber {
                account: account.clone(),
                phone_number_id: "idn_p1".to_owned(),
                strategy: "phone_code".to_owned(),
            },
            "POST",
            format!("POST /v1/me/phone_numbers/idn_p1/prepare_verification {session} strategy=phone_code"),
        ),
        (
            AccountRequest::AttemptPhoneNumber {
                account: account.clone(),
                phone_number_id: "idn_p1".to_owned(),
                code: "424242".to_owned(),
            },
            "POST",
            format!("POST /v1/me/phone_numbers/idn_p1/attempt_verification {session} code=424242"),
        ),
        (
            AccountRequest::UpdatePhoneNumber {
                account: account.clone(),
                phone_number_id: "idn_p1".to_owned(),
                reserved_for_second_factor: Some(true),
                default_second_factor: None,
            },
            "PATCH",
            format!("PATCH /v1/me/phone_numbers/idn_p1 {session} reserved_for_second_factor=true"),
        ),
        (
            AccountRequest::DestroyPhoneNumber { account: account.clone(), phone_number_id: "idn_p1".to_owned() },
            "DELETE",
            format!("DELETE /v1/me/phone_numbers/idn_p1 {session}"),
        ),
        (AccountRequest::CreateTotp { account: account.clone() }, "POST", format!("POST /v1/me/totp {session}")),
        (
            AccountRequest::VerifyTotp { account: account.clone(), code: "424242".to_owned() },
            "POST",
            format!("POST /v1/me/totp/attempt_verification {session} code=424242"),
        ),
        (AccountRequest::DisableTotp { account: account.clone() }, "DELETE", format!("DELETE /v1/me/totp {session}")),
        (
            AccountRequest::CreateBackupCode { account: account.clone() },
            "POST",
            format!("POST /v1/me/backup_codes {session}"),
        ),
        (
            AccountRequest::RevokeSession { account: account.clone(), session: "sess_9".to_owned() },
            "POST",
            format!("POST /v1/me/sessions/sess_9/revoke {session}"),
        ),
    ] {
        // This house has next to none of it; what matters is what was asked.
        if let Err(failed) = desk.accounts.account(request).await {
            assert_eq!(failed.errors[0].code, "resource_not_found", "{expected}");
        }
        assert_eq!(newest(&house, method), expected);
    }
}

#[tokio::test]
async fn sec_98_an_id_that_would_lead_elsewhere_is_not_sent() {
    let (desk, house, account) = signed_in_person().await;
    let asked = house.seen().len();
    for id in ["", "..", "../../client", "idn_1/../..", "idn_1?x=1", "idn 1", "idn_1#"] {
        let id = id.to_owned();
        for request in [
            AccountRequest::DestroyEmailAddress { account: account.clone(), email_address_id: id.clone() },
            AccountRequest::AttemptEmailAddress {
                account: account.clone(),
                email_address_id: id.clone(),
                code: "424242".to_owned(),
            },
            AccountRequest::RevokeSession { account: account.clone(), session: id.clone() },
            AccountRequest::DestroyPhoneNumber { account: account.clone(), phone_number_id: id.clone() },
            AccountRequest::AttemptPhoneNumber {
                account: account.clone(),
                phone_number_id: id.clone(),
                code: "424242".to_owned(),
            },
        ] {
            let refused = desk.accounts.account(request).await.unwrap_err();
            assert_eq!((refused.kind, refused.said.unwrap().reason), (ErrorKind::Refused, Reason::RequestUnknown));
        }
    }
    assert_eq!(house.seen().len(), asked);
}

#[tokio::test]
async fn a_deleted_user_is_gone_without_a_complaint_and_takes_the_token_along() {
    let (desk, house, account) = signed_in_person().await;
    assert!(desk.kept(&account.instance).is_some());
    desk.accounts.account(AccountRequest::Delete { account: account.clone() }).await.unwrap();
    let asked: Vec<String> =
        house.seen().iter().filter(|seen| seen.method == "DELETE").map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/v1/me", "/v1/client/sessions"]);
    let view = desk.view(&account.instance);
    assert_eq!((signed_in(&view).len(), problem(&view)), (0, None));
    assert_eq!((desk.snapshot().active.clone(), desk.kept(&account.instance)), (None, None));
}

#[tokio::test]
async fn who_is_signed_in_beside_a_deleted_user_stays() {
    let (desk, _house, account) = signed_in_person().await;
    let other = desk.sign_in(&account.instance).await;
    desk.accounts.account(AccountRequest::Delete { account: account.clone() }).await.unwrap();
    let view = desk.view(&account.instance);
    assert_eq!((signed_in(&view), problem(&view)), (vec![other.session.as_str()], None));
    assert!(desk.kept(&account.instance).is_some());
}

#[tokio::test]
async fn nobody_is_deleted_by_a_refusal_and_what_became_of_the_session_is_said() {
    let (desk, house, account) = signed_in_person().await;
    let delete = || desk.accounts.account(AccountRequest::Delete { account: account.clone() });
    house.revoke(&account.session);
    let failed = delete().await.unwrap_err();
    assert_eq!((failed.kind, failed.status), (ErrorKind::Api, Some(401)));
    let view = desk.view(&account.instance);
    assert_eq!(view.client.as_ref().unwrap().sessions[0].status, "revoked");
    assert_eq!((problem(&view), house.count("/client/sessions")), (Some("session_revoked"), 0));
    assert!(desk.kept(&account.instance).is_some());

    // Nor where the instance does not know the app any more.
    let (desk, house, account) = signed_in_person().await;
    house.forget();
    let failed = desk.accounts.account(AccountRequest::Delete { account: account.clone() }).await.unwrap_err();
    assert_eq!(failed.status, Some(401));
    let view = desk.view(&account.instance);
    assert_eq!(view.client.as_ref().unwrap().sessions[0].status, "vanished");
    assert_eq!(problem(&view), Some("signed_out"));
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_is_looked_after() {
    let broken = || Plan::Instead(502, vec![], "<html>".to_owned());
    for plan in [Plan::Drop, Plan::Cut, broken()] {
        let (desk, house, account) = signed_in_person().await;
        house.plan("/me", plan);
        desk.accounts.account(AccountRequest::Delete { account: account.clone() }).await.unwrap();
        let view = desk.view(&account.instance);
        assert!(view.client.is_none());
        assert_eq!((problem(&view), desk.kept(&account.instance)), (None, None));
    }
    // A session that was ended meanwhile is no sign of it.
    let (desk, house, account) = signed_in_person().await;
    house.revoke(&account.session);
    house.plan("/me", broken());
    let failed = desk.accounts.account(AccountRequest::Delete { account: account.clone() }).await.unwrap_err();
    assert_eq!(failed.status, Some(502));
    assert!(desk.kept(&account.instance).is_some());
}

#[tokio::test]
async fn a_new_password_goes_to_the_attempt_under_way() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let request = |sign_out_of_other_sessions| SignInRequest::ResetPassword {
        instance: instance.clone(),
        password: "new".to_owned(),
        sign_out_of_other_sessions,
    };
    let none = desk.accounts.sign_in(request(None)).await.unwrap_err();
    assert_eq!(none.said.unwrap().reason, Reason::NoSignIn);
    let attempt = desk.try_sign_in(&instance, None).await.unwrap();
    let path = format!("POST /v1/client/sign_ins/{}/reset_password", attempt["id"].as_str().unwrap());
    desk.accounts.sign_in(request(Some(false))).await.unwrap_err();
    assert_eq!(newest(&house, "POST"), format!("{path}  password=new sign_out_of_other_sessions=false"));
    desk.accounts.sign_in(request(None)).await.unwrap_err();
    assert_eq!(newest(&house, "POST"), format!("{path}  password=new"));
}
