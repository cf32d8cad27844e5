//! The native caller of a request.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts};
use frontdesk_wire::{
    ErrorCode,
    form::{NATIVE_QUERY, SESSION_QUERY},
};
use http::{header::USER_AGENT, request::Parts};

use super::{check_version, token};
use crate::{
    caller::Caller,
    http::{Refusal, guard::Passed},
    instance::Instance,
};

/// Longest name of a program that is kept, in characters.
const MAX_USER_AGENT: usize = 256;

/// A native caller: known by the token in its `Authorization` header, if it has one.
pub struct Native(pub Caller);

impl FromRequestParts<Arc<Instance>> for Native {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Refusal> {
        let Ok(Extension(passed)) = Extension::<Passed>::from_request_parts(parts, instance).await else {
            return Err(Refusal::code(ErrorCode::InternalError));
        };
        check_version(&passed.query, &parts.headers)?;
        if !matches!(passed.query.one(NATIVE_QUERY)?, Some("1" | "true")) {
            return Err(Refusal::code(ErrorCode::RequestInvalidForEnvironment).saying(
                "This instance serves native callers: send `_is_native=1` and the client token in `Authorization`. \
                 Callers that are known by cookies are not served yet.",
            ));
        }
        if !instance.settings().native_api {
            return Err(Refusal::code(ErrorCode::NativeApiDisabled));
        }
        let client = match token(&parts.headers)? {
            None => None,
            Some(text) => match instance.client_tokens().read(text) {
                Some(client) => Some(client),
                None => return Err(Refusal::code(ErrorCode::AuthenticationInvalid)),
            },
        };
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(Caller {
            client,
            session_id: passed.query.one(SESSION_QUERY)?.filter(|id| !id.is_empty()).map(str::to_owned),
            origin: passed.origin.clone(),
            address: passed.address,
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
        }))
    }
}
