//! The audit log.

use frontdesk_identity::time::DAY;
use frontdesk_store::{AuditEntry, testing::on_each};
use serde_json::json;

use crate::people::{START, saved_account, user_id};

pub(crate) fn entry(number: u32, user: Option<u32>) -> AuditEntry {
    let details = json!({ "session": "sess_1", "tries_left": 3 });
    AuditEntry {
        id: format!("aud_{number}"),
        at: START.plus(i64::from(number)),
        event: "sign_in".to_owned(),
        user_id: user.map(|number| user_id(number).to_string()),
        details: details.as_object().unwrap().clone(),
    }
}

#[tokio::test]
async fn entries_come_back_newest_first_and_stay_when_their_user_is_gone() {
    on_each(async |database| {
        let store = database.open().await;
        let ada = saved_account(&store, 1).await;
        let all: Vec<_> =
            [Some(1), None, Some(2), Some(1)].into_iter().zip(1..).map(|(user, n)| entry(n, user)).collect();
        store.add_audit(&all[..2]).await.unwrap();
        // Whoever was cut off does not know what was written.
        store.add_audit(&all).await.unwrap();
        let newest: Vec<_> = all.iter().rev().cloned().collect();
        assert_eq!(store.audit(None, 10).await.unwrap(), newest);
        assert_eq!(store.audit(None, 2).await.unwrap(), newest[..2]);
        let of_ada = [newest[0].clone(), newest[3].clone()];
        assert_eq!(store.audit(Some(&user_id(1)), 10).await.unwrap(), of_ada);
        let mut changes = frontdesk_store::Changes::new(START);
        changes.delete_user(ada.with(user_id(1)));
        store.commit(changes).await.unwrap();
        assert_eq!(store.audit(Some(&user_id(1)), 10).await.unwrap(), of_ada);
        store.sweep(START.plus(400 * DAY + 2)).await.unwrap();
        assert_eq!(store.audit(None, 10).await.unwrap(), newest[..3]);
        store.close().await;
    })
    .await;
}
