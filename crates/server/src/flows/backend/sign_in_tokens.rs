//! Sign-in tokens: given to a user by the owner's own means, each signs the user in once.

use frontdesk_identity::{SignInToken as IdentityToken, SignInTokenId, SignInTokenState};
use frontdesk_store::Changes;
use frontdesk_wire::backend::SignInToken;

use super::users;
use crate::{
    flows::{Fault, Turn},
    views,
};

/// Gives out a token for a user, good for so many milliseconds.
pub async fn create(turn: &Turn<'_>, user_id: &str, lifetime_ms: i64) -> Result<SignInToken, Fault> {
    let user_id = users::find(turn, user_id).await?.value.user.id;
    let id = SignInTokenId::from_random(turn.instance.random_id());
    let token = IdentityToken::give(id, user_id, lifetime_ms, turn.now);
    let mut changes = Changes::new(turn.now);
    changes.give_ticket(token.clone());
    match turn.commit(changes).await {
        // The user was deleted meanwhile.
        Err(Fault::Contended) => return Err(Fault::NotFound),
        done => done?,
    }
    tracing::info!(target: "audit", event = "sign_in_token_created_by_owner", token = %token.id, user = %token.user_id);
    Ok(view(turn, &token))
}

/// Takes a token back that nobody has used.
pub async fn revoke(turn: &Turn<'_>, id: &str) -> Result<SignInToken, Fault> {
    let id = &SignInTokenId::parse(id).map_err(|_| Fault::NotFound)?;
    let work = || async move {
        let token = turn.instance.store().sign_in_token(id).await?.ok_or(Fault::NotFound)?;
        let revoked = token.revoke(turn.now).map_err(|_over| Fault::NotRevocable)?;
        let mut changes = Changes::new(turn.now);
        changes.settle_ticket(revoked.id.clone(), SignInTokenState::Revoked);
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "sign_in_token_revoked_by_owner", token = %id, user = %revoked.user_id);
        Ok(view(turn, &revoked))
    };
    turn.again(work).await
}

fn view(turn: &Turn<'_>, token: &IdentityToken) -> SignInToken {
    views::backend::sign_in_token(token, &turn.instance.tickets().issue(&token.id))
}
