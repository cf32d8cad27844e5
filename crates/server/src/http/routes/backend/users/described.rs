//! Which path leads where, for users.

use frontdesk_wire::{
    DeletedObject, ErrorCode,
    ErrorCode::{
        ExternalAccountMissingRefreshToken, FormConditionalParamDisallowed, FormConditionalParamMissing,
        FormIdentifierExists, FormParamUnknown, FormParamValueDisabled, FormParamValueInvalid,
        FormPasswordDigestInvalid, FormPasswordIncorrect, FormResourceNotFound, MisconfiguredOauthProvider,
        NoPasswordSet, OauthAccessDenied, OauthConfigMissing, OauthFetchUserError, OauthMissingAccessToken,
        OauthMissingRefreshToken, OauthTokenExchangeError, OauthTokenProviderNotEnabled, OauthTokenRetrievalError,
        OauthUnsupportedProvider, PasskeyNotRegistered, ResourceNotFound, TotpDisabled, TotpIncorrectCode,
    },
    backend::{OauthAccessToken, Removed, TotalCount, User, Verified, VerifiedCode},
};

use super::{
    super::list::{LIMIT, OFFSET, PAGINATED, listed},
    ban, count, create, delete, list, lock, merge_metadata, oauth_access_tokens, remove_app, remove_backup_codes,
    remove_external, remove_factors, remove_passkey, remove_password, replace_metadata, set_compromised, show, unban,
    unlock, unset_compromised, update, verify_password, verify_totp,
};
use crate::http::openapi::{self, Field, Routes, Who, refusals, says};
use crate::passwords::Hasher;

const ORDER: Field = Field::text("order_by", "What to sort by; a minus before it turns the order round.").one_of(&[
    "created_at",
    "-created_at",
    "+created_at",
    "updated_at",
    "-updated_at",
    "+updated_at",
    "last_active_at",
    "-last_active_at",
    "+last_active_at",
    "last_sign_in_at",
    "-last_sign_in_at",
    "+last_sign_in_at",
    "first_name",
    "-first_name",
    "+first_name",
    "last_name",
    "-last_name",
    "+last_name",
    "email_address",
    "-email_address",
    "+email_address",
    "phone_number",
    "-phone_number",
    "+phone_number",
    "username",
    "-username",
    "+username",
    "web3wallet",
    "-web3wallet",
    "+web3wallet",
]);
const AFTER: Field = Field::text("starting_after", "Go on after this user, by the time of creation.");

const FILTER: &[Field] = &[
    Field::texts("user_id", "With these ids; a minus before one leaves it out."),
    Field::texts("external_id", "With these ids of the owner's; a minus before one leaves it out."),
    Field::texts("email_address", "With these email addresses."),
    Field::texts("phone_number", "With these phone numbers (E.164)."),
    Field::texts("username", "With these user names."),
    Field::text("query", "With this text in an id, a name, an address or a number."),
    Field::text("phone_number_query", "With this text in a number."),
    Field::text("username_query", "With this text in the user name."),
    Field::text("email_address_query", "With this text in an address."),
    Field::text("name_query", "With this text in a name."),
    Field::flag("banned", "Whether they are banned."),
    Field::text("provider", "With an account at this provider that has one of the ids in `provider_user_id`."),
    Field::texts("provider_user_id", "Ids of users at the provider."),
    Field::number("created_at_after", "Created after then."),
    Field::number("created_at_before", "Created before then."),
    Field::number("last_active_at_since", "Active then or later."),
    Field::number("last_active_at_after", "Active after then."),
    Field::number("last_active_at_before", "Last active before then."),
    Field::number("last_sign_in_at_after", "Last signed in after then."),
    Field::number("last_sign_in_at_before", "Last signed in before then."),
];

const PROFILE: &[Field] = &[
    Field::text("first_name", "Given name; empty: none."),
    Field::text("last_name", "Family name; empty: none."),
    Field::text("username", "User name; empty: none."),
    Field::text("locale", "Language tag."),
    Field::text("external_id", "The owner's own id for the user."),
    Field::text("legal_accepted_at", "When the terms were accepted (RFC 3339)."),
    Field::text("created_at", "When the account was made (RFC 3339)."),
    PUBLIC,
    PRIVATE,
    UNSAFE,
    Field::text("password", "The new password."),
    Field::text("password_digest", "What another program has kept of the password, in the form of its hasher."),
    Field::text("password_hasher", "Who made that.").one_of(Hasher::NAMES),
    Field::flag("skip_password_checks", "Whether the password is taken whatever the rules say."),
];

const PUBLIC: Field = Field::object("public_metadata", "Values that the owner's server keeps, readable by the app.");
const PRIVATE: Field = Field::object("private_metadata", "Values that the owner's server keeps for itself.");
const UNSAFE: Field = Field::object("unsafe_metadata", "Values that the app keeps.");

/// Their name in the document.
const GROUP: (&str, &str) = ("Backend: users", "Users, for the owner.");

/// Why what another program has kept of a password is not taken.
const DIGEST: &[ErrorCode] =
    &[FormConditionalParamDisallowed, FormConditionalParamMissing, FormParamValueInvalid, FormPasswordDigestInvalid];

/// Why a name or a number is not taken.
const NAMES: &[ErrorCode] = &[
    ErrorCode::FormUsernameInvalidLength,
    ErrorCode::FormUsernameInvalidCharacter,
    ErrorCode::FormUsernameNeedsNonNumberChar,
    ErrorCode::UnsupportedCountryCode,
];

/// Users.
pub(in super::super) fn routes() -> Routes {
    let metadata = |summary| says(summary).json(&[PUBLIC, PRIVATE, UNSAFE]).bare::<User>().refuses(&[ResourceNotFound]);
    let access = |summary| says(summary).bare::<User>().refuses(&[ResourceNotFound]);
    Routes::of(Who::Owner, GROUP.0, GROUP.1)
        .get(
            "/v1/users",
            list,
            says("List users")
                .query(FILTER)
                .query(&[ORDER, AFTER, OFFSET, LIMIT])
                .answer(openapi::list::<User>())
                .refuses(refusals::LIST)
                .refuses(&[FormConditionalParamDisallowed, FormConditionalParamMissing]),
        )
        .get(
            "/v1/users/count",
            count,
            says("Count users")
                .query(FILTER)
                .bare::<TotalCount>()
                .refuses(refusals::LIST)
                .refuses(&[FormConditionalParamMissing]),
        )
        .get("/v1/users/{id}", show, says("Read a user").bare::<User>().refuses(&[ResourceNotFound]))
        .post(
            "/v1/users",
            create,
            says("Make a user")
                .json(PROFILE)
                .json(&[
                    Field::texts("email_address", "Email addresses, the main one first."),
                    Field::texts(
                        "email_address_identification_status",
                        "For each address `verified`, which it is if it is not said, or `reserved`.",
                    ),
                    Field::texts("phone_number", "Phone numbers (E.164), the main one first."),
                    Field::texts(
                        "phone_number_identification_status",
                        "For each number `verified`, which it is if it is not said, or `reserved`.",
                    ),
                    Field::flag("skip_password_requirement", "Whether a user without a password is made."),
                    Field::flag("banned", "Whether the user is shut out from the beginning."),
                    Field::text("totp_secret", "The secret of the authenticator app that the user has, in base 32."),
                    Field::texts("backup_codes", "Backup codes that the user has, beside an authenticator app."),
                ])
                .bare::<User>()
                .refuses(refusals::NEW_PASSWORD)
                .refuses(DIGEST)
                .refuses(NAMES)
                .refuses(&[FormIdentifierExists, FormParamUnknown, FormParamValueInvalid, FormParamValueDisabled]),
        )
        .patch(
            "/v1/users/{id}",
            update,
            says("Change a user")
                .json(PROFILE)
                .json(&[
                    Field::text("primary_email_address_id", "Which of the email addresses becomes the main one."),
                    Field::text("primary_phone_number_id", "Which of the phone numbers becomes the main one."),
                    Field::flag("sign_out_of_other_sessions", "Whether a new password ends every session."),
                ])
                .bare::<User>()
                .refuses(refusals::NEW_PASSWORD)
                .refuses(DIGEST)
                .refuses(NAMES)
                .refuses(&[ResourceNotFound, FormIdentifierExists, FormParamUnknown, FormResourceNotFound]),
        )
        .delete(
            "/v1/users/{id}",
            delete,
            says("Delete a user and everything that is theirs").bare::<DeletedObject>().refuses(&[ResourceNotFound]),
        )
        .patch(
            "/v1/users/{id}/metadata",
            merge_metadata,
            metadata("Merge values into the metadata").more("Null removes a key (RFC 7396)."),
        )
        .put("/v1/users/{id}/metadata", replace_metadata, metadata("Replace the metadata that are given"))
        .post("/v1/users/{id}/ban", ban, access("Ban a user").more("They are signed out everywhere."))
        .post("/v1/users/{id}/unban", unban, access("Let a banned user in again"))
        .post("/v1/users/{id}/lock", lock, access("Lock a user").more("They cannot sign in for a while."))
        .post("/v1/users/{id}/unlock", unlock, access("Unlock a user"))
        .post(
            "/v1/users/{id}/verify_password",
            verify_password,
            says("Check the password of a user")
                .json(&[Field::text("password", "The password to check.").needed()])
                .bare::<Verified>()
                .refuses(&[ResourceNotFound, NoPasswordSet, FormPasswordIncorrect]),
        )
        .post(
            "/v1/users/{id}/remove_password",
            remove_password,
            says("Remove the password of a user")
                .json(&[Field::flag("sign_out_of_other_sessions", "Whether the user is signed out everywhere.")])
                .bare::<User>()
                .refuses(&[ResourceNotFound]),
        )
        .and(second_factors())
        .and(compromised())
        .and(elsewhere())
}

/// What the owner knows of a password.
fn compromised() -> Routes {
    Routes::of(Who::Owner, GROUP.0, GROUP.1)
        .post(
            "/v1/users/{id}/password/set_compromised",
            set_compromised,
            says("Mark the password of a user as known to others")
                .more("Whoever signs in by it has to set another one first.")
                .json(&[Field::flag("revoke_all_sessions", "Whether the user is signed out everywhere.")])
                .bare::<User>()
                .refuses(&[ResourceNotFound, NoPasswordSet]),
        )
        .post(
            "/v1/users/{id}/password/unset_compromised",
            unset_compromised,
            says("Take that mark away").bare::<User>().refuses(&[ResourceNotFound, NoPasswordSet]),
        )
}

/// Second factors of users.
fn second_factors() -> Routes {
    let factors = |summary| says(summary).bare::<Removed>().refuses(&[ResourceNotFound]);
    Routes::of(Who::Owner, GROUP.0, GROUP.1)
        .post(
            "/v1/users/{id}/verify_totp",
            verify_totp,
            says("Check a code of the authenticator app of a user, or a backup code")
                .more("A right one is used up.")
                .json(&[Field::text("code", "The code.").needed()])
                .bare::<VerifiedCode>()
                .refuses(&[ResourceNotFound, TotpDisabled, TotpIncorrectCode]),
        )
        .delete("/v1/users/{id}/mfa", remove_factors, factors("Remove every second factor of a user"))
        .delete("/v1/users/{id}/totp", remove_app, factors("Remove the authenticator app of a user"))
        .delete("/v1/users/{id}/backup_code", remove_backup_codes, factors("Remove the backup codes of a user"))
}

/// What users have elsewhere.
fn elsewhere() -> Routes {
    Routes::of(Who::Owner, GROUP.0, GROUP.1)
        .get(
            "/v1/users/{id}/oauth_access_tokens/{provider}",
            oauth_access_tokens,
            says("Read what a provider lets the instance do for a user")
                .more("A token that has ended is renewed before. With `paginated=true` an object with `data` and `total_count`.")
                .query(&[PAGINATED])
                .answer(listed::<OauthAccessToken>())
                .refuses(&[
                    ResourceNotFound,
                    OauthTokenProviderNotEnabled,
                    OauthMissingAccessToken,
                    OauthMissingRefreshToken,
                    OauthTokenRetrievalError,
                    OauthFetchUserError,
                    OauthTokenExchangeError,
                    OauthAccessDenied,
                    OauthUnsupportedProvider,
                    OauthConfigMissing,
                    MisconfiguredOauthProvider,
                    ExternalAccountMissingRefreshToken,
                ]),
        )
        .delete(
            "/v1/users/{id}/passkeys/{passkey}",
            remove_passkey,
            says("Remove a passkey of a user")
                .more("The user is told.")
                .bare::<DeletedObject>()
                .refuses(&[ResourceNotFound, PasskeyNotRegistered]),
        )
        .delete(
            "/v1/users/{id}/external_accounts/{external}",
            remove_external,
            says("Remove an account that a user has elsewhere")
                .bare::<DeletedObject>()
                .refuses(&[ResourceNotFound]),
        )
}
