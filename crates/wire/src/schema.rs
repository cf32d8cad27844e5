//! Schemas of what an instance writes, for its OpenAPI document.
//!
//! A derived schema says what may be read: there, most fields may be missing. What is written is more: every field but
//! those that are left out when there is nothing. Which fields those are is seen from what an empty object writes.

use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

use crate::{self as wire, Client, backend, environment};

macro_rules! written {
    ($($object:ty,)*) => { vec![$(written::<$object>(),)*] };
}

/// Name and schema of every object that is written.
#[must_use]
pub fn all() -> Vec<(String, RefOr<Schema>)> {
    written![
        wire::ApiError,
        wire::ApiErrors,
        wire::ErrorMeta,
        wire::ErrorsMeta,
        wire::Client,
        wire::DeletedObject,
        wire::DevBrowser,
        wire::Health,
        wire::Introduction,
        wire::Jwk,
        wire::Jwks,
        wire::OutboxMessage,
        wire::ActiveSession,
        wire::Session,
        wire::SessionActivity,
        wire::SessionReverification,
        wire::SessionTask,
        wire::Token,
        wire::Factor,
        wire::SignIn,
        wire::UserData,
        wire::SignUp,
        wire::SignUpVerifications,
        wire::SignUpVerification,
        wire::Verification,
        wire::EmailAddress,
        wire::ExternalAccount,
        wire::Totp,
        wire::BackupCodes,
        wire::Image,
        wire::LinkedIdentification,
        wire::Passkey,
        wire::PhoneNumber,
        wire::RelatedOrigins,
        wire::PublicUserData,
        wire::User,
        wire::WaitlistEntry,
        wire::Environment,
        environment::Actions,
        environment::ApiKeysSettings,
        environment::AttackProtection,
        environment::Attribute,
        environment::Attributes,
        environment::AuthConfig,
        environment::DisplayConfig,
        environment::EmailLinkProtection,
        environment::FraudSettings,
        environment::NativeFraudSettings,
        environment::NativeSettings,
        environment::OrganizationActions,
        environment::OrganizationDomains,
        environment::OrganizationSettings,
        environment::OrganizationSlug,
        environment::PasskeySettings,
        environment::PasswordSettings,
        environment::Restrictions,
        environment::SecondFactor,
        environment::SignInSettings,
        environment::SignUpSettings,
        environment::Social,
        environment::Toggle,
        environment::UserLockout,
        environment::UserSettings,
        environment::UsernameSettings,
        backend::Activity,
        backend::AllowlistIdentifier,
        backend::BlocklistIdentifier,
        backend::Client,
        backend::EmailAddress,
        backend::HandshakePayload,
        backend::Instance,
        backend::InstanceRestrictions,
        backend::Invitation,
        backend::JwtTemplate,
        backend::OauthAccessToken,
        backend::Passkey,
        backend::PhoneNumber,
        backend::RedirectUrl,
        backend::Session,
        backend::SignInToken,
        backend::TestingToken,
        backend::TotalCount,
        backend::User,
        backend::Verification,
        backend::Verified,
        backend::WaitlistEntry,
        backend::VerifiedCode,
        backend::Removed,
    ]
}

/// Name and schema of an object, with every field required that is always written.
fn written<T: ToSchema + Serialize + Default>() -> (String, RefOr<Schema>) {
    let mut schema = T::schema();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        let empty = serde_json::to_value(T::default()).unwrap_or_default();
        let always = |name: &&String| empty.get(name.as_str()).is_some();
        object.required = object.properties.keys().filter(always).cloned().collect();
    }
    (T::name().into_owned(), schema)
}

/// Names an object of [`all`].
#[must_use]
pub fn named<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}

/// Something, or null.
#[must_use]
pub fn or_null(schema: impl Into<RefOr<Schema>>) -> Schema {
    OneOfBuilder::new().item(schema).item(Object::with_type(Type::Null)).into()
}

/// The envelope around an answer ([`crate::Envelope`]).
#[must_use]
pub fn envelope(response: impl Into<RefOr<Schema>>) -> Schema {
    ObjectBuilder::new()
        .property("response", response)
        .required("response")
        .property("client", or_null(named::<Client>()))
        .required("client")
        .into()
}
