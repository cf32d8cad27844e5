//! `/v1/me`

mod emails;
mod external_accounts;
mod passkeys;
mod password;
mod phones;
mod picture;
mod second_factors;

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_identity::user::ProfileChange;
use frontdesk_wire::{
    ActiveSession, DeletedObject,
    ErrorCode::{
        self, FormParamUnknown, FormResourceNotFound, InvalidActionForSession, ResourceNotFound,
        SessionReverificationRequired, SignedOut, UserDeleteSelfNotEnabled,
    },
    User,
    form::{self, NONCE_QUERY},
};

use crate::{
    caller::Caller,
    flows::me,
    http::{
        Answer, Refusal,
        extract::Form,
        guard::Passed,
        openapi::{Field, Routes, Who, list, says},
    },
    instance::Instance,
};

use super::elsewhere;

/// Their name in the document.
const GROUP: (&str, &str) = ("User", "The user who acts.");

/// The user who acts.
pub(super) fn routes() -> Routes {
    const METADATA: Field =
        Field::text(form::UNSAFE_METADATA, "JSON text of an object that the application keeps with the user.");
    const PROFILE: &[Field] = &[
        Field::text(form::FIRST_NAME, "Given name; empty: none."),
        Field::text(form::LAST_NAME, "Family name; empty: none."),
        METADATA,
        Field::text("primary_email_address_id", "Which of the email addresses becomes the main one."),
        Field::text("primary_phone_number_id", "Which of the phone numbers becomes the main one."),
        Field::text(form::USERNAME, "The user name; empty: none."),
    ];
    let devices = || {
        says("List the devices on which the user is signed in").answer(list::<ActiveSession>()).refuses(&[SignedOut])
    };
    Routes::of(Who::Client, GROUP.0, GROUP.1)
        .get(
            "/v1/me",
            show,
            says("Read the user")
                .query(&[Field::text(NONCE_QUERY, "Redeems what came back from elsewhere.")])
                .envelope::<User>()
                .refuses(&[SignedOut, ResourceNotFound])
                .refuses(elsewhere::REDEMPTION),
        )
        .patch(
            "/v1/me",
            update,
            says("Change the profile").form(PROFILE).envelope::<User>().refuses(&[
                SignedOut,
                SessionReverificationRequired,
                FormParamUnknown,
                FormResourceNotFound,
                ErrorCode::FormIdentifierExists,
                ErrorCode::FormUsernameInvalidLength,
                ErrorCode::FormUsernameInvalidCharacter,
                ErrorCode::FormUsernameNeedsNonNumberChar,
            ]),
        )
        .delete(
            "/v1/me",
            delete,
            says("Delete the account and everything that is theirs").envelope::<DeletedObject>().refuses(&[
                SignedOut,
                SessionReverificationRequired,
                UserDeleteSelfNotEnabled,
            ]),
        )
        .patch(
            "/v1/me/metadata",
            merge_metadata,
            says("Merge values into the unsafe metadata")
                .more("Null removes a key (RFC 7396).")
                .form(&[METADATA.needed()])
                .envelope::<User>()
                .refuses(&[SignedOut]),
        )
        .get("/v1/me/sessions", sessions, devices())
        .get("/v1/me/sessions/active", sessions, devices())
        .post(
            "/v1/me/sessions/{id}/revoke",
            revoke,
            says("Sign the user out on one of the devices").envelope::<ActiveSession>().refuses(&[
                SignedOut,
                SessionReverificationRequired,
                ResourceNotFound,
                InvalidActionForSession,
            ]),
        )
        .and(emails::routes())
        .and(phones::routes())
        .and(external_accounts::routes())
        .and(passkeys::routes())
        .and(password::routes())
        .and(picture::routes())
        .and(second_factors::routes())
}

/// `GET /v1/me`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
) -> Result<Answer, Refusal> {
    let turn = instance.turn(&caller);
    match elsewhere::nonce(&passed)? {
        Some(nonce) => Ok(me::redeem(&turn, nonce).await?.into()),
        None => Ok(me::show(&turn).await?.into()),
    }
}

/// `PATCH /v1/me`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    for name in ["primary_web3_wallet_id"] {
        if form.filled(name)?.is_some() {
            return Err(Refusal::field(ErrorCode::FormParamUnknown, name));
        }
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let change = ProfileChange {
        first_name: owned(form.text(form::FIRST_NAME)?),
        last_name: owned(form.text(form::LAST_NAME)?),
        unsafe_metadata: owned(form.text(form::UNSAFE_METADATA)?),
        primary_email_address_id: owned(form.filled("primary_email_address_id")?),
        primary_phone_number_id: owned(form.filled("primary_phone_number_id")?),
        username: owned(form.text(form::USERNAME)?),
    };
    Ok(me::update(&instance.turn(&caller), &change).await?.into())
}

/// `PATCH /v1/me/metadata`
pub(super) async fn merge_metadata(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    form: Form,
) -> Result<Answer, Refusal> {
    let patch = form.required(form::UNSAFE_METADATA)?;
    Ok(me::merge_metadata(&instance.turn(&caller), patch).await?.into())
}

/// `DELETE /v1/me`
pub(super) async fn delete(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    Ok(me::delete(&instance.turn(&caller)).await?.into())
}

/// `GET /v1/me/sessions` and `GET /v1/me/sessions/active`
pub(super) async fn sessions(State(instance): State<Arc<Instance>>, caller: Caller) -> Result<Answer, Refusal> {
    let reply = me::sessions(&instance.turn(&caller)).await?;
    Ok(Answer::of_bare(&reply))
}

/// `POST /v1/me/sessions/{id}/revoke`
pub(super) async fn revoke(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(me::revoke(&instance.turn(&caller), &id).await?.into())
}
