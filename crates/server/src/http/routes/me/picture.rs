//! The picture of the user who acts.

use std::sync::Arc;

use axum::extract::{Request, State};

use crate::{
    caller::Caller,
    flows::{Fault, me},
    http::{Answer, Refusal, extract::Upload},
    instance::Instance,
};

/// `POST /v1/me/profile_image`
pub(in crate::http::routes) async fn set_picture(
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
pub(in crate::http::routes) async fn remove_picture(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
) -> Result<Answer, Refusal> {
    Ok(me::remove_picture(&instance.turn(&caller)).await?.into())
}
