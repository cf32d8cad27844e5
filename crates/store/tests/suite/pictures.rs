//! Pictures of users.

use frontdesk_identity::ImageId;
use frontdesk_store::{Changes, CommitError, Picture, Versioned, testing::on_each};

use crate::people::{START, bytes, save, saved_account, user_id};

fn id(number: u32) -> ImageId {
    ImageId::from_random(bytes(number))
}

pub(crate) fn picture(number: u32, user: u32) -> Picture {
    let bytes = (0..=u8::MAX).cycle().take(70_000).collect();
    Picture { id: id(number), user_id: user_id(user), kind: "image/png".to_owned(), bytes }
}

#[tokio::test]
async fn a_user_has_one_picture_and_it_goes_with_them() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        saved_account(&store, 2).await;
        let there = async |number| store.picture(&id(number)).await.unwrap();
        assert_eq!(there(1).await, None);
        save(&store, START, |changes| {
            changes.set_picture(picture(1, 1));
            changes.set_picture(picture(2, 2));
        })
        .await;
        assert_eq!(there(1).await, Some(("image/png".to_owned(), picture(1, 1).bytes)));
        save(&store, START, |changes| changes.set_picture(picture(3, 1))).await;
        assert_eq!(there(1).await, None, "the next one takes its place");
        assert!(there(3).await.is_some());
        save(&store, START, |changes| changes.remove_picture(user_id(1))).await;
        save(&store, START, |changes| changes.delete_user(Versioned { value: user_id(2), version: 1 })).await;
        assert_eq!((there(3).await, there(2).await), (None, None));

        let mut nobodys = Changes::new(START);
        nobodys.set_picture(picture(4, 9));
        assert!(matches!(store.commit(nobodys).await, Err(CommitError::Conflict)));
        store.close().await;
    })
    .await;
}
