//! What requests are refused for, and how the document says it: by status, with every code and its sentence.

use std::collections::BTreeMap;

#[allow(clippy::enum_glob_use, reason = "lists of codes, with nothing else in scope")]
use frontdesk_wire::ErrorCode::{self, *};
use frontdesk_wire::{ApiErrors, schema::named};
use utoipa::openapi::{
    AllOfBuilder, ArrayBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, Response, ResponseBuilder, Schema,
    schema::Type,
};

use crate::http::words;

/// Every request, whatever it asks for.
pub(super) const ANY: &[ErrorCode] = &[
    HostInvalid,
    OriginInvalid,
    OriginAuthorizationHeadersConflict,
    MalformedRequestParameters,
    CsrfTokenInvalid,
    MethodNotAllowed,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
];
/// Every request of a client.
pub(super) const CLIENT: &[ErrorCode] = &[
    ApiVersionInvalid,
    NativeApiDisabled,
    OriginMissing,
    AuthorizationHeaderFormatInvalid,
    AuthenticationInvalid,
    DevBrowserUnauthenticated,
];
/// Every request of the owner.
pub(super) const OWNER: &[ErrorCode] = &[ApiVersionInvalid, AuthorizationHeaderFormatInvalid, SecretKeyInvalid];
/// Every form.
pub(super) const FORM: &[ErrorCode] = &[
    RequestBodyInvalid,
    RequestBodyTooLarge,
    UnsupportedContentType,
    FormParamDuplicate,
    FormParamFormatInvalid,
    FormParamMaxLengthExceeded,
    FormParamMissing,
    FormParamNil,
    FormParamTypeInvalid,
    FormParamValueInvalid,
];
/// Every file.
pub(super) const UPLOAD: &[ErrorCode] =
    &[RequestBodyInvalid, RequestBodyTooLarge, UnsupportedContentType, FormParamMissing];
/// Every JSON object.
pub(super) const JSON: &[ErrorCode] = &[
    RequestBodyInvalid,
    RequestBodyTooLarge,
    UnsupportedContentType,
    FormParamFormatInvalid,
    FormParamMaxLengthExceeded,
    FormParamMissing,
    FormParamTypeInvalid,
];
/// Every list.
pub(in crate::http) const LIST: &[ErrorCode] =
    &[FormParamFormatInvalid, FormParamMaxLengthExceeded, FormParamTypeInvalid, FormParamValueInvalid];
/// A new password.
pub(in crate::http) const NEW_PASSWORD: &[ErrorCode] = &[
    FormPasswordLengthTooShort,
    FormPasswordLengthTooLong,
    FormPasswordSizeInBytesExceeded,
    FormPasswordNoUppercase,
    FormPasswordNoLowercase,
    FormPasswordNoNumber,
    FormPasswordNoSpecialChar,
    FormPasswordMatchesIdentifier,
    FormPasswordPwned,
    FormPasswordNotStrongEnough,
];
/// A message with a code is asked for.
pub(in crate::http) const SENDING: &[ErrorCode] = &[
    FormEmailAddressBlocked,
    UnsupportedCountryCode,
    VerificationAlreadyVerified,
    VerificationCodeTooManyRequests,
    VerificationCodeRateLimitExceeded,
];
/// A device is asked for a passkey.
pub(in crate::http) const PASSKEY: &[ErrorCode] = &[NoPasskeysFoundForUser, PasskeyAuthenticationFailure];
/// A device has answered.
pub(in crate::http) const PASSKEY_ANSWER: &[ErrorCode] =
    &[PasskeyNotRegistered, PasskeyInvalidPublicKeyCredential, PasskeyInvalidVerification];
/// Somebody signs up.
pub(in crate::http) const RESTRICTED: &[ErrorCode] =
    &[NotAllowedAccess, SignUpModeRestricted, SignUpRestrictedWaitlist];
/// An invitation is shown.
pub(in crate::http) const INVITED: &[ErrorCode] = &[
    TicketInvalid,
    TicketExpired,
    RevokedInvitation,
    InvitationAlreadyAccepted,
    InvitationAccountExists,
    InvitationAccountNotExists,
];
/// A code is offered.
pub(in crate::http) const CODE: &[ErrorCode] =
    &[FormCodeIncorrect, VerificationMissing, VerificationExpired, VerificationFailed, VerificationAlreadyVerified];
/// An attempt goes on that has begun before.
pub(in crate::http) const ATTEMPT: &[ErrorCode] =
    &[ResourceNotFound, ResourceForbidden, ClientStateInvalid, SessionExists];

/// Answers by status.
pub(super) fn responses(codes: &[ErrorCode]) -> Vec<(String, Response)> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        let same = by_status.entry(code.status()).or_default();
        if !same.contains(code) {
            same.push(*code);
        }
    }
    let described = by_status.iter().map(|(status, first)| {
        // The first cause decides the status. Faults of several fields come together, and some of them are a 400.
        let beside = match status {
            400 => by_status.get(&422),
            422 => by_status.get(&400),
            _ => None,
        };
        let any: Vec<ErrorCode> = first.iter().chain(beside.into_iter().flatten()).copied().collect();
        (status.to_string(), response(*status, first, &any))
    });
    described.collect()
}

fn response(status: u16, codes: &[ErrorCode], any: &[ErrorCode]) -> Response {
    let sentences = codes.iter().map(|code| format!("- `{code}`: {}", words::of(*code).1));
    let response = ResponseBuilder::new()
        .description(sentences.collect::<Vec<_>>().join("\n"))
        .content("application/json", ContentBuilder::new().schema(Some(errors(any))).build());
    if matches!(status, 429 | 503) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new().description(Some("Seconds to wait.")).schema(Some(seconds));
        return response.header("Retry-After", header.build()).build();
    }
    response.build()
}

/// Errors that have these codes.
fn errors(codes: &[ErrorCode]) -> Schema {
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes.iter().map(|code| code.as_str())));
    let errors = ArrayBuilder::new().items(ObjectBuilder::new().property("code", code)).min_items(Some(1));
    AllOfBuilder::new().item(named::<ApiErrors>()).item(ObjectBuilder::new().property("errors", errors)).into()
}
