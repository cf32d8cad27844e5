//! The picture of the user who acts.

use std::sync::Arc;

use frontdesk_identity::{ImageId, user::User};
use frontdesk_store::{Changes, Picture as Stored};
use frontdesk_wire::{DeletedObject, Image};

use super::acting;
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        turn::{Done, Visit},
    },
    limits::Class,
    pictures::Picture,
    views,
};

/// Whether the caller may send a picture; asked before it is received.
pub async fn may_set_picture(turn: &Turn<'_>) -> Result<(), Failure> {
    turn.limit(Class::Create, None).await?;
    turn.read(|known| async move { acting(turn, &known).map(drop) }).await.map(drop)
}

/// Sets the picture in place of the one before. `name` is what its file was called.
pub async fn set_picture(turn: &Turn<'_>, picture: &Picture, name: Option<&str>) -> Result<Reply<Image>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let id = ImageId::from_random(turn.instance.random_id());
        let user =
            User { image_id: Some(id.clone()), updated_at: visit.next_age(turn.now), ..account.value.user.clone() };
        let user_id = user.id.clone();
        let mut changes = Changes::new(turn.now);
        changes.set_picture(Stored {
            id: id.clone(),
            user_id: user_id.clone(),
            kind: picture.kind.to_owned(),
            bytes: picture.bytes.clone(),
        });
        changes.save_user(account.with(user));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "picture_set", user = %user_id);
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    let respond = |id: ImageId| async move {
        Ok(Image {
            object: "image".to_owned(),
            public_url: Some(views::image_url(&id, turn.instance.public_url())),
            id: id.to_string(),
            name: name.map(str::to_owned),
        })
    };
    turn.change(work, respond).await
}

/// Removes the picture.
pub async fn remove_picture(turn: &Turn<'_>) -> Result<Reply<DeletedObject>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (_session, account) = acting(turn, known)?;
        let id = account.value.user.image_id.clone().ok_or(Fault::NoPicture)?;
        let user = User { image_id: None, updated_at: visit.next_age(turn.now), ..account.value.user.clone() };
        let user_id = user.id.clone();
        let mut changes = Changes::new(turn.now);
        changes.remove_picture(user_id.clone());
        changes.save_user(account.with(user));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "picture_removed", user = %user_id);
        Ok(Done { outcome: id, client: visit.client.value.clone() })
    };
    let respond = |id: ImageId| async move {
        Ok(DeletedObject { object: "image".to_owned(), id: Some(id.to_string()), slug: None, deleted: true })
    };
    turn.change(work, respond).await
}
