//! Names of form fields, and the forms an app sends. An absent field is left out of the body.

use serde::Serialize;

/// `action_complete_redirect_url`
pub const ACTION_COMPLETE_REDIRECT_URL: &str = "action_complete_redirect_url";
/// `active_organization_id`
pub const ACTIVE_ORGANIZATION_ID: &str = "active_organization_id";
/// `additional_scope`, once for each
pub const ADDITIONAL_SCOPE: &str = "additional_scope";
/// `code`
pub const CODE: &str = "code";
/// `current_password`
pub const CURRENT_PASSWORD: &str = "current_password";
/// `email_address`
pub const EMAIL_ADDRESS: &str = "email_address";
/// `email_address_id`
pub const EMAIL_ADDRESS_ID: &str = "email_address_id";
/// `file`, the picture in a form of several parts (`multipart/form-data`)
pub const FILE: &str = "file";
/// `first_name`
pub const FIRST_NAME: &str = "first_name";
/// `identifier`
pub const IDENTIFIER: &str = "identifier";
/// `intent`
pub const INTENT: &str = "intent";
/// `last_name`
pub const LAST_NAME: &str = "last_name";
/// `legal_accepted`
pub const LEGAL_ACCEPTED: &str = "legal_accepted";
/// `level`
pub const LEVEL: &str = "level";
/// `locale`
pub const LOCALE: &str = "locale";
/// `name`
pub const NAME: &str = "name";
/// `new_password`
pub const NEW_PASSWORD: &str = "new_password";
/// `oidc_login_hint`
pub const OIDC_LOGIN_HINT: &str = "oidc_login_hint";
/// `oidc_prompt`
pub const OIDC_PROMPT: &str = "oidc_prompt";
/// `organization_id`
pub const ORGANIZATION_ID: &str = "organization_id";
/// `password`
pub const PASSWORD: &str = "password";
/// `phone_number`
pub const PHONE_NUMBER: &str = "phone_number";
/// `phone_number_id`
pub const PHONE_NUMBER_ID: &str = "phone_number_id";
/// Whether codes to a number are a second factor.
pub const RESERVED_FOR_SECOND_FACTOR: &str = "reserved_for_second_factor";
/// Whether it is the second factor to offer first.
pub const DEFAULT_SECOND_FACTOR: &str = "default_second_factor";
/// `public_key_credential`
pub const PUBLIC_KEY_CREDENTIAL: &str = "public_key_credential";
/// `redirect_url`
pub const REDIRECT_URL: &str = "redirect_url";
/// `sign_out_of_other_sessions`
pub const SIGN_OUT_OF_OTHER_SESSIONS: &str = "sign_out_of_other_sessions";
/// `strategy`
pub const STRATEGY: &str = "strategy";
/// `ticket`
pub const TICKET: &str = "ticket";
/// `transfer`
pub const TRANSFER: &str = "transfer";
/// `unsafe_metadata`, JSON text of an object
pub const UNSAFE_METADATA: &str = "unsafe_metadata";
/// `username`
pub const USERNAME: &str = "username";
/// `web3_wallet`
pub const WEB3_WALLET: &str = "web3_wallet";

/// Query parameter that carries the version date.
pub const API_VERSION_QUERY: &str = "__clerk_api_version";
/// Header that carries the version date instead.
pub const API_VERSION_HEADER: &str = "clerk-api-version";
/// Query parameter that carries the real verb of a POST.
pub const METHOD_QUERY: &str = "_method";
/// Query parameter that says the caller is authenticated by header.
pub const NATIVE_QUERY: &str = "_is_native";
/// Query parameter that carries the token of a development browser.
pub const DEV_BROWSER_QUERY: &str = "__clerk_db_jwt";
/// Header that replaces the token of a development browser.
pub const DEV_BROWSER_HEADER: &str = "clerk-db-jwt";
/// Query parameter, or cookie, that carries a handshake to the application.
pub const HANDSHAKE_QUERY: &str = "__clerk_handshake";
/// Query parameter, or cookie, that carries the nonce of a handshake to the application instead.
pub const HANDSHAKE_NONCE_QUERY: &str = "__clerk_handshake_nonce";
/// Query parameter that says how a handshake is to travel.
pub const HANDSHAKE_FORMAT_QUERY: &str = "format";
/// Query parameter that redeems what happened in the browser.
pub const NONCE_QUERY: &str = "rotating_token_nonce";
/// Query parameter that tells an application how a way out ended, if it did not go well.
pub const STATUS_QUERY: &str = "__clerk_status";
/// Query parameter that tells an application why it did not.
pub const ERROR_CODE_QUERY: &str = "__clerk_error_code";
/// Query parameter by which a test suite says that it is one.
pub const TESTING_QUERY: &str = "__clerk_testing_token";
/// Query parameter that names the acting session.
pub const SESSION_QUERY: &str = "_clerk_session_id";

macro_rules! form {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, Serialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<String>,
            )*
        }

        impl std::fmt::Debug for $name {
            /// Names the fields that are there and shows none: forms carry passwords and codes.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut list = f.debug_list();
                $(if self.$field.is_some() { list.entry(&stringify!($field)); })*
                list.finish()
            }
        }
    };
}

form! {
    /// `POST /v1/client/sign_ins`.
    SignInCreate {
        /// Strategy to prepare at once.
        strategy,
        /// Email address or another identifier.
        identifier,
        /// Password.
        password,
        /// Language tag of the window.
        locale,
    }
}

form! {
    /// `POST /v1/client/sign_ins/{id}/prepare_first_factor`.
    SignInPrepare {
        /// Strategy.
        strategy,
        /// Which email address.
        email_address_id,
        /// Which phone number.
        phone_number_id,
    }
}

form! {
    /// `POST /v1/client/sign_ins/{id}/attempt_second_factor`, and the same of a session.
    SecondFactorAttempt {
        /// Strategy.
        strategy,
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/client/sessions/{id}/verify`.
    SessionVerify {
        /// `first_factor`, `second_factor` or `multi_factor`.
        level,
    }
}

form! {
    /// `POST /v1/client/sign_ins/{id}/attempt_first_factor`.
    SignInAttempt {
        /// Strategy.
        strategy,
        /// Password.
        password,
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/client/sign_ins/{id}/attempt_first_factor` and `POST /v1/me/passkeys/{id}/attempt_verification`.
    PasskeyAttempt {
        /// `passkey`.
        strategy,
        /// JSON text of what the device has answered.
        public_key_credential,
    }
}

form! {
    /// `PATCH /v1/me/passkeys/{id}`.
    PasskeyUpdate {
        /// What the user knows it by.
        name,
    }
}

form! {
    /// `POST /v1/client/sign_ins/{id}/reset_password`.
    SignInResetPassword {
        /// The new password.
        password,
        /// `true`, which is meant when it is left out, or `false`.
        sign_out_of_other_sessions,
    }
}

form! {
    /// `POST /v1/client/sign_ups` and `PATCH /v1/client/sign_ups/{id}`.
    SignUpFields {
        /// `ticket`, if there is one.
        strategy,
        /// The ticket of an invitation.
        ticket,
        /// Email address.
        email_address,
        /// Phone number, E.164.
        phone_number,
        /// Password.
        password,
        /// Given name.
        first_name,
        /// Family name.
        last_name,
        /// User name.
        username,
        /// JSON text of an object.
        unsafe_metadata,
        /// `true` or `false`.
        legal_accepted,
        /// Language tag of the window.
        locale,
    }
}

form! {
    /// `POST /v1/waitlist`.
    Waitlist {
        /// Email address.
        email_address,
        /// Language tag of the window.
        locale,
    }
}

form! {
    /// `POST /v1/client/sign_ups/{id}/prepare_verification`.
    SignUpPrepare {
        /// Strategy.
        strategy,
    }
}

form! {
    /// `POST /v1/client/sign_ups/{id}/attempt_verification`.
    SignUpAttempt {
        /// Strategy.
        strategy,
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/client/sessions/{id}/touch`.
    SessionTouch {
        /// Id or slug; empty is the personal account.
        active_organization_id,
        /// `focus`, `select_session` or `select_org`.
        intent,
    }
}

form! {
    /// `PATCH /v1/me`.
    MeUpdate {
        /// Given name.
        first_name,
        /// Family name.
        last_name,
        /// User name.
        username,
        /// Which address is the primary one.
        primary_email_address_id,
        /// Which number is the primary one.
        primary_phone_number_id,
    }
}

form! {
    /// `POST /v1/me/phone_numbers`.
    PhoneNumberCreate {
        /// The number, E.164.
        phone_number,
    }
}

form! {
    /// `PATCH /v1/me/phone_numbers/{id}`.
    PhoneNumberUpdate {
        /// `true` or `false`.
        reserved_for_second_factor,
        /// `true` or `false`.
        default_second_factor,
    }
}

form! {
    /// `POST /v1/me/phone_numbers/{id}/prepare_verification`.
    PhoneNumberPrepare {
        /// `phone_code`.
        strategy,
    }
}

form! {
    /// `POST /v1/me/phone_numbers/{id}/attempt_verification`.
    PhoneNumberAttempt {
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/me/totp/attempt_verification`.
    TotpAttempt {
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/me/email_addresses`.
    EmailAddressCreate {
        /// The address.
        email_address,
    }
}

form! {
    /// `POST /v1/me/email_addresses/{id}/prepare_verification`.
    EmailAddressPrepare {
        /// `email_code`.
        strategy,
    }
}

form! {
    /// `POST /v1/me/email_addresses/{id}/attempt_verification`.
    EmailAddressAttempt {
        /// Code.
        code,
    }
}

form! {
    /// `POST /v1/me/change_password`.
    ChangePassword {
        /// The password that the user has, if they have one.
        current_password,
        /// The new one.
        new_password,
        /// `true` or `false`, which is meant when it is left out.
        sign_out_of_other_sessions,
    }
}

form! {
    /// `POST /v1/me/remove_password`.
    RemovePassword {
        /// The password that the user has.
        current_password,
    }
}
