//! The picture of the user who acts.

use std::sync::Arc;

use axum::extract::{Request, State};
use frontdesk_wire::{
    DeletedObject,
    ErrorCode::{ImageNotFound, ImageTooLarge, SignedOut},
    Image, form,
};

use super::GROUP;

use crate::{
    caller::Caller,
    flows::{Fault, me},
    http::{
        Answer, Refusal,
        extract::Upload,
        openapi::{Routes, Who, says},
    },
    instance::Instance,
};

/// The picture of the user who acts.
pub(super) fn routes() -> Routes {
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .post(
            "/v1/me/profile_image",
            set_picture,
            says("Set the picture")
                .more("PNG, JPEG or WebP, 10 MB at most. It is written anew, so that nothing but the picture is kept.")
                .upload(form::FILE)
                .envelope::<Image>()
                .refuses(&[SignedOut, ImageTooLarge]),
        )
        .delete(
            "/v1/me/profile_image",
            remove_picture,
            says("Remove the picture").envelope::<DeletedObject>().refuses(&[SignedOut, ImageNotFound]),
        )
}

/// `POST /v1/me/profile_image`
async fn set_picture(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    request: Request,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    // A file is large: nobody's is received who may not send one, and only a few at once.
    me::may_set_picture(&turn).await?;
    let _place = instance.pictures().place().map_err(Fault::from)?;
    let Upload { bytes, name } = Upload::read(request).await?;
    let picture = instance.pictures().make(bytes).await.map_err(Fault::from)?;
    Ok(me::set_picture(&turn, &picture, name.as_deref()).await?.into())
}

/// `DELETE /v1/me/profile_image`
async fn remove_picture(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::remove_picture(&instance.turn(&caller)).await?.into())
}
