//! What happens when an instance says that it does not know this app, or says so by accident.

use frontdesk_accounts::{AccountKey, AccountRequest, ErrorKind};
use serde_json::json;

use crate::{
    desk::{Desk, problem, signed_in},
    house::{House, Plan, refusal, token},
};

async fn signed_in_desk() -> (Desk, House, String, AccountKey) {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    (desk, house, instance, account)
}

#[tokio::test]
async fn a_refused_request_asks_for_the_client_and_keeps_what_it_shows() {
    let (desk, house, instance, account) = signed_in_desk().await;
    let (_, refused) = refusal(401, "authentication_invalid");
    house.plan("/me", Plan::Instead(401, vec![], refused.to_string()));
    let failed = desk.accounts.account(AccountRequest::Reload { account }).await.unwrap_err();
    assert_eq!((failed.kind, failed.status), (ErrorKind::Api, Some(401)));
    assert_eq!(failed.trace_id.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(house.count("/v1/client"), 1);
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"], "the client is still known");
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn sec_36_a_session_that_was_revoked_gives_no_token_and_is_shown_as_gone() {
    let (desk, house, instance, account) = signed_in_desk().await;
    desk.token(&account, false).await.unwrap();
    house.revoke(&account.session);
    let failed = desk.token(&account, true).await.unwrap_err();
    assert_eq!(failed.status, Some(401));
    let view = desk.view(&instance);
    assert_eq!((signed_in(&view).len(), problem(&view)), (0, Some("session_revoked")));
    let refused = desk.token(&account, false).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused, "nothing of it is handed out from memory");
}

#[tokio::test]
async fn an_instance_that_knows_nobody_signs_everybody_out_there_and_says_so() {
    for says_null in [false, true] {
        let (desk, house, instance, account) = signed_in_desk().await;
        house.forget();
        if says_null {
            let body = json!({ "response": null, "client": null }).to_string();
            house.plan("/v1/client", Plan::Instead(200, vec![], body));
        }
        assert!(desk.token(&account, false).await.is_err());
        let view = desk.view(&instance);
        assert_eq!(view.client.as_ref().unwrap().sessions[0].status, "vanished");
        assert_eq!(problem(&view), Some("signed_out"));
        assert_eq!(desk.snapshot().active, Some(account), "who looked at it is told");
        assert_eq!(desk.kept(&instance), None);
        desk.sign_in(&instance).await;
        assert_eq!(problem(&desk.view(&instance)), None, "the next sign-in goes on from there");
        assert_eq!(desk.kept(&instance), house.token());
    }
}

#[tokio::test]
async fn other_refusals_change_nothing() {
    let (desk, house, instance, account) = signed_in_desk().await;
    let bodies = [
        (401, refusal(401, "requires_captcha").1.to_string()),
        (401, "<html>Log in to the hotel's network</html>".to_owned()),
        (403, refusal(403, "authorization_invalid").1.to_string()),
        (500, refusal(500, "authentication_invalid").1.to_string()),
    ];
    for (status, body) in bodies {
        house.plan("/me", Plan::Instead(status, vec![], body));
        assert!(desk.accounts.account(AccountRequest::Reload { account: account.clone() }).await.is_err());
        assert_eq!(house.count("/v1/client"), 0, "{status}");
        assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"], "{status}");
        assert_eq!(desk.kept(&instance), house.token(), "{status}");
    }
}

#[tokio::test]
async fn the_header_keeps_clears_or_replaces_the_token() {
    let (desk, house, instance, account) = signed_in_desk().await;
    let reload = || desk.accounts.account(AccountRequest::ActiveSessions { account: account.clone() });
    let kind = ("content-type", "application/json".to_owned());
    house.plan("/active", Plan::Headers(vec![kind.clone()]));
    reload().await.unwrap();
    assert_eq!(desk.kept(&instance), house.token());

    let broken = refusal(500, "internal_error").1.to_string();
    house.plan("/active", Plan::Instead(500, vec![("authorization", String::new())], broken));
    assert!(reload().await.is_err());
    assert_eq!(desk.kept(&instance), house.token(), "an instance that is out of order clears nothing");

    house.plan("/active", Plan::Headers(vec![kind, ("authorization", "Bearer".to_owned())]));
    reload().await.unwrap();
    assert_eq!(desk.kept(&instance), None);
    assert_eq!(signed_in(&desk.view(&instance)), [""; 0]);
    assert_eq!(problem(&desk.view(&instance)), Some("signed_out"));
}

#[tokio::test]
async fn the_client_that_comes_with_a_refusal_is_shown() {
    let (desk, house, instance, _) = signed_in_desk().await;
    house.rotate();
    let failed = desk.try_sign_in(&instance, Some("wrong")).await.unwrap_err();
    assert_eq!(failed.errors[0].code, "form_password_incorrect");
    assert_eq!(failed.message, "The house says form_password_incorrect.");
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
}

#[tokio::test]
async fn the_client_that_comes_with_an_outage_is_not_believed() {
    let (desk, house, instance, account) = signed_in_desk().await;
    let (_, mut body) = refusal(500, "internal_error");
    body["meta"] = json!({ "client": { "id": "client_1", "sessions": [], "updated_at": 9_999_999 } });
    house.plan("/me", Plan::Instead(500, vec![], body.to_string()));
    assert!(desk.accounts.account(AccountRequest::Reload { account }).await.is_err());
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
}

#[tokio::test]
async fn the_token_of_an_answer_that_broke_off_is_kept() {
    let (desk, house, instance, _) = signed_in_desk().await;
    house.plan("/sign_ins", Plan::Cut);
    let failed = desk.try_sign_in(&instance, Some("right")).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Network);
    assert_eq!(desk.kept(&instance), Some(token(2)));
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"], "what was not heard is not shown");
    desk.reload(&instance).await.unwrap();
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1", "sess_2"]);
}

#[tokio::test]
async fn a_session_whose_client_did_not_come_along_is_asked_for() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let done = json!({ "id": "sia_1", "status": "complete", "created_session_id": "sess_1" });
    let headers = vec![("authorization", token(1))];
    house.plan("/sign_ins", Plan::Instead(200, headers, json!({ "response": done, "client": null }).to_string()));
    desk.sign_in(&instance).await;
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
}

#[tokio::test]
async fn an_account_is_shown_also_when_its_instance_cannot_be_told() {
    let (desk, house, instance, first) = signed_in_desk().await;
    desk.sign_in(&instance).await;
    let show = || AccountRequest::SetActive { account: Some(first.clone()) };
    house.plan("/touch", Plan::Instead(503, vec![], refusal(503, "maintenance_mode").1.to_string()));
    desk.accounts.account(show()).await.unwrap();
    assert_eq!(desk.snapshot().active, Some(first.clone()));
    house.revoke(&first.session);
    let failed = desk.accounts.account(show()).await.unwrap_err();
    assert_eq!(failed.status, Some(401));
    desk.accounts.account(show()).await.unwrap();
    assert_eq!(desk.snapshot().active, Some(first), "of one that is over there is to see why");
    let nobody = AccountKey { instance, session: "sess_77".to_owned() };
    let unknown = desk.accounts.account(AccountRequest::SetActive { account: Some(nobody) }).await.unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::Refused);
}

#[tokio::test]
async fn sec_35_the_instances_clock_decides_when_a_session_ends() {
    let (desk, house, instance, account) = signed_in_desk().await;
    for years in [1, -2] {
        desk.advance(years * 365 * 86_400_000);
        desk.reload(&instance).await.unwrap();
        desk.token(&account, false).await.unwrap();
        assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
        assert_eq!(desk.kept(&instance), house.token());
    }
}
