//! Two processes of the app on one folder and one keychain: neither signs the other out, and neither loses what the other
//! has written.

use crate::{
    desk::{Desk, signed_in},
    house::House,
};
use frontdesk_accounts::Status;

#[tokio::test]
async fn sec_109_a_process_whose_token_is_old_takes_the_new_one_from_the_keychain() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let beside = desk.beside();
    beside.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
    // Each sign-in makes the token before last worthless.
    desk.sign_in(&instance).await;
    desk.sign_in(&instance).await;
    beside.token(&account, true).await.unwrap();
    beside.reload(&instance).await.unwrap();
    for app in [&desk, &beside] {
        assert_eq!(signed_in(&app.view(&instance)), ["sess_1", "sess_2", "sess_3"]);
        assert_eq!(app.kept(&instance), house.token());
    }
}

#[tokio::test]
async fn sec_109_what_either_process_added_is_there_at_the_next_start() {
    let (one, other) = (House::at_port().await, House::at_port().await);
    let desk = Desk::new();
    desk.add(&House::at_port().await).await;
    let beside = desk.beside();
    let (here, there) = (desk.add(&one).await, beside.add(&other).await);
    desk.sign_in(&here).await;
    beside.sign_in(&there).await;
    drop(desk);
    let again = beside.again();
    for instance in [here, there] {
        let view = again.until_at(&instance, |view| view.status == Status::Ready && view.client.is_some()).await;
        assert_eq!(signed_in(&view), ["sess_1"]);
    }
}
