//! `/v1/waitlist`

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::{ErrorCode, WaitlistEntry, form};

use crate::{
    caller::Caller,
    flows::waitlist,
    http::{
        Answer, Refusal,
        extract::Form,
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Asking for an invitation.
pub(super) fn routes() -> Routes {
    const FIELDS: &[Field] = &[
        Field::text(form::EMAIL_ADDRESS, "Where the invitation goes.").needed(),
        Field::text(form::LOCALE, "Language tag of the messages."),
    ];
    Routes::of(Who::Client, "Waitlist", "Asking for an invitation, where accounts are by the waitlist.").post(
        "/v1/waitlist",
        join,
        says("Ask for an invitation")
            .more("The answer is the same for an address that is on the list, or that has an account. No client begins by it.")
            .form(FIELDS)
            .bare::<WaitlistEntry>()
            .refuses(&[
                ErrorCode::WaitlistNotAcceptingEntries,
                ErrorCode::NotAllowedAccess,
                ErrorCode::FormEmailAddressBlocked,
                ErrorCode::VerificationCodeRateLimitExceeded,
            ]),
    )
}

/// `POST /v1/waitlist`
async fn join(State(instance): State<Arc<Instance>>, caller: Caller, form: Form) -> Result<Answer, Refusal> {
    let (typed, locale) = (form.required(form::EMAIL_ADDRESS)?, form.filled(form::LOCALE)?);
    Ok(Answer::bare(&waitlist::join(&instance.turn(&caller), typed, locale).await?))
}
