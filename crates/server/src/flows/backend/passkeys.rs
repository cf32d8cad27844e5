//! Passkeys of users.

use frontdesk_identity::PasskeyRefusal;
use frontdesk_store::Changes;
use frontdesk_wire::DeletedObject;

use super::users::find;
use crate::flows::{Fault, Turn};

/// Removes a passkey of a user, who is told. The owner may leave a user without a way in.
pub async fn remove(turn: &Turn<'_>, id: &str, passkey: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let passkey = account.value.passkey(passkey).map_err(|_| PasskeyRefusal::Unknown)?;
        let mut change = account.value.without_passkey(passkey, turn.policy());
        change.user.updated_at = change.user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(change.user));
        turn.add_effects(&mut changes, change.effects, &[], None);
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        tracing::info!(target: "audit", event = "passkey_removed_by_owner", user = id, passkey = %passkey.id);
        let object = "passkey".to_owned();
        Ok(DeletedObject { object, id: Some(passkey.id.to_string()), slug: None, deleted: true })
    };
    turn.again(work).await
}
