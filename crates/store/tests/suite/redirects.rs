//! Redirect URLs that the owner has listed.

use frontdesk_store::{Changes, CommitError, RedirectUrl, testing::on_each};

use crate::people::{START, save};

pub(crate) fn listed(number: i64, url: &str) -> RedirectUrl {
    RedirectUrl { id: format!("ru_{number}"), url: url.to_owned(), created_at: START.plus(number) }
}

#[tokio::test]
async fn an_address_is_listed_once_until_it_is_taken_off() {
    on_each(async |database| {
        let store = database.open().await;
        let (first, second) = (listed(1, "https://app.example.com/a"), listed(2, "com.example.app://callback"));
        save(&store, START, |changes| {
            changes.list_redirect(first.clone());
            changes.list_redirect(second.clone());
        })
        .await;
        assert_eq!(store.redirect_urls().await.unwrap(), [second.clone(), first.clone()], "newest first");
        assert_eq!(store.redirect_url("ru_1").await.unwrap(), Some(first.clone()));
        assert_eq!(store.redirect_url("ru_3").await.unwrap(), None);
        let refused = async |add: &dyn Fn(&mut Changes)| {
            let mut changes = Changes::new(START);
            add(&mut changes);
            assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
        };
        refused(&|changes| changes.list_redirect(listed(3, "https://app.example.com/a"))).await;
        refused(&|changes| changes.unlist_redirect("ru_3".to_owned())).await;
        save(&store, START, |changes| changes.unlist_redirect("ru_1".to_owned())).await;
        assert_eq!(store.redirect_urls().await.unwrap(), [second]);
        save(&store, START, |changes| changes.list_redirect(first)).await;
        store.close().await;
    })
    .await;
}
