//! Tokens that sign a user in once.

use frontdesk_identity::{Effect, SignInToken, SignInTokenId, SignInTokenState, time::DAY};
use frontdesk_store::{Changes, CommitError, testing::on_each};

use crate::people::{START, bytes, save, saved_account, user_id};

fn id(number: u32) -> SignInTokenId {
    SignInTokenId::from_random(bytes(number))
}

pub(crate) fn token(number: u32, user: u32) -> SignInToken {
    SignInToken::give(id(number), user_id(user), DAY, START)
}

#[tokio::test]
async fn a_token_is_settled_once() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        assert_eq!(store.sign_in_token(&id(1)).await.unwrap(), None);
        save(&store, START, |changes| changes.give_ticket(token(1, 1))).await;
        assert_eq!(store.sign_in_token(&id(1)).await.unwrap(), Some(token(1, 1)));
        save(&store, START.plus(5), |changes| {
            assert!(changes.effects(vec![Effect::RedeemTicket(id(1))], &[]).is_empty());
        })
        .await;
        let settled = store.sign_in_token(&id(1)).await.unwrap().unwrap();
        assert_eq!((settled.state, settled.updated_at), (SignInTokenState::Accepted, START.plus(5)));
        for (number, state) in
            [(1, SignInTokenState::Accepted), (1, SignInTokenState::Revoked), (2, SignInTokenState::Revoked)]
        {
            let mut changes = Changes::new(START);
            changes.settle_ticket(id(number), state);
            assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)), "{number} {state:?}");
        }
        assert_eq!(store.sign_in_token(&id(1)).await.unwrap(), Some(settled));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_goes_with_its_user_and_with_time() {
    on_each(async |database| {
        let store = database.open().await;
        let account = saved_account(&store, 1).await;
        let mut changes = Changes::new(START);
        changes.give_ticket(token(1, 2));
        assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)), "there is no such user");
        save(&store, START, |changes| {
            changes.give_ticket(token(1, 1));
            changes.give_ticket(SignInToken { expire_at: START, ..token(2, 1) });
        })
        .await;
        store.sweep(START.plus(7 * DAY)).await.unwrap();
        assert!(store.sign_in_token(&id(2)).await.unwrap().is_some(), "it may be asked for for a week");
        store.sweep(START.plus(7 * DAY + 1)).await.unwrap();
        assert!(store.sign_in_token(&id(2)).await.unwrap().is_none());
        save(&store, START, |changes| changes.delete_user(account.with(user_id(1)))).await;
        assert!(store.sign_in_token(&id(1)).await.unwrap().is_none());
        store.close().await;
    })
    .await;
}
