//! The crowd that measurements are made in.

use frontdesk_identity::Email;
use frontdesk_store::{
    UserFilter, Versioned,
    testing::{crowd, member, on_each},
};

use crate::people::{START, account, save, saved_client, session, user_id};

#[tokio::test]
async fn each_of_a_crowd_is_a_whole_account_of_its_own() {
    on_each(async |database| {
        let store = database.open().await;
        save(&store, START, |changes| changes.create_account(account(1))).await;
        saved_client(&store, 1).await;
        save(&store, START, |changes| changes.save_session(Versioned::fresh(session(1, 1, 1, START)))).await;
        crowd(&store, user_id(1).as_str(), 50).await.unwrap();
        assert_eq!(store.count_users(&UserFilter::default()).await.unwrap(), 51);
        let like = store.account(&user_id(1)).await.unwrap().unwrap().value;
        for number in [1, 50] {
            let (id, address) = member(user_id(1).as_str(), number);
            let account = store.account_by_email(&Email::parse(&address).unwrap()).await.unwrap().unwrap().value;
            assert_eq!(account.user.id.as_str(), id);
            assert_eq!(account.primary_email().unwrap().email.as_str(), address);
            assert_eq!(account.password, like.password);
            let sessions = store.all_sessions_of_user(&account.user.id).await.unwrap();
            assert_eq!(sessions.len(), 1);
        }
    })
    .await;
}
