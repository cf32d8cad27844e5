//! Error codes and the status each travels with.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal;)*) => {
        /// Codes that Frontdesk tells or acts on. Instances know more; those stay strings in [`crate::ApiError`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status it travels with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The code of that word, if it is known here.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// The client token is not, or no longer, valid.
    AuthenticationInvalid = "authentication_invalid", 401;
    /// The client has no session that could do this.
    SignedOut = "signed_out", 401;
    /// The header is not a token in any of the accepted spellings.
    AuthorizationHeaderFormatInvalid = "authorization_header_format_invalid", 401;
    /// The secret key is not the instance's.
    SecretKeyInvalid = "clerk_key_invalid", 401;
    /// The caller may not do this.
    AuthorizationInvalid = "authorization_invalid", 403;
    /// Both headers were sent.
    OriginAuthorizationHeadersConflict = "origin_authorization_headers_conflict", 400;
    /// The origin is not the instance's.
    OriginInvalid = "origin_invalid", 400;
    /// The origin is needed.
    OriginMissing = "origin_missing", 400;
    /// The host is not the instance's.
    HostInvalid = "host_invalid", 400;
    /// The instance does not serve native callers.
    NativeApiDisabled = "native_api_disabled", 400;
    /// There is no client.
    ClientNotFound = "client_not_found", 400;
    /// The version date is malformed, or was given twice.
    ApiVersionInvalid = "api_version_invalid", 400;
    /// The body is not a form.
    UnsupportedContentType = "unsupported_content_type", 415;
    /// The body cannot be read.
    RequestBodyInvalid = "request_body_invalid", 400;
    /// The query or path cannot be read.
    MalformedRequestParameters = "malformed_request_parameters", 400;
    /// The body is too large.
    RequestBodyTooLarge = "request_body_too_large", 413;
    /// The request was made by another site.
    CsrfTokenInvalid = "csrf_token_invalid", 403;
    /// The dev browser token is missing, unknown or too old.
    DevBrowserUnauthenticated = "dev_browser_unauthenticated", 401;
    /// Not for instances of this kind.
    RequestInvalidForEnvironment = "request_invalid_for_environment", 400;
    /// The verb does not fit the path.
    MethodNotAllowed = "method_not_allowed", 405;
    /// Too many requests.
    TooManyRequests = "too_many_requests", 429;
    /// Another code was sent moments ago.
    VerificationCodeTooManyRequests = "verification_code_too_many_requests", 429;
    /// Too many codes were sent.
    VerificationCodeRateLimitExceeded = "verification_code_rate_limit_exceeded", 429;
    /// Too many sign-ups.
    SignupRateLimitExceeded = "signup_rate_limit_exceeded", 429;
    /// Nobody has this identifier.
    FormIdentifierNotFound = "form_identifier_not_found", 422;
    /// Somebody has this identifier.
    FormIdentifierExists = "form_identifier_exists", 422;
    /// Mail to this address is refused.
    FormEmailAddressBlocked = "form_email_address_blocked", 403;
    /// Wrong password.
    FormPasswordIncorrect = "form_password_incorrect", 422;
    /// Wrong password or identifier, not told which.
    FormPasswordOrIdentifierIncorrect = "form_password_or_identifier_incorrect", 422;
    /// Wrong code.
    FormCodeIncorrect = "form_code_incorrect", 422;
    /// A field is missing.
    FormParamMissing = "form_param_missing", 422;
    /// A field is empty.
    FormParamNil = "form_param_nil", 422;
    /// A field is not known.
    FormParamUnknown = "form_param_unknown", 422;
    /// A field is not in its format.
    FormParamFormatInvalid = "form_param_format_invalid", 422;
    /// A field has a value that is not one of its values.
    FormParamValueInvalid = "form_param_value_invalid", 422;
    /// A field has the wrong type.
    FormParamTypeInvalid = "form_param_type_invalid", 422;
    /// A field was given twice.
    FormParamDuplicate = "form_param_duplicate", 422;
    /// A field is too long.
    FormParamMaxLengthExceeded = "form_param_max_length_exceeded", 422;
    /// A field that another one makes necessary is missing.
    FormConditionalParamMissing = "form_conditional_param_missing", 422;
    /// A field that another one forbids.
    FormConditionalParamDisallowed = "form_conditional_param_disallowed", 422;
    /// The thing a field names does not exist.
    FormResourceNotFound = "form_resource_not_found", 422;
    /// The field's value is turned off at this instance.
    FormParamValueDisabled = "form_param_value_disabled", 400;
    /// The password is too short.
    FormPasswordLengthTooShort = "form_password_length_too_short", 422;
    /// The password is too long.
    FormPasswordLengthTooLong = "form_password_length_too_long", 422;
    /// The password has no upper-case letter.
    FormPasswordNoUppercase = "form_password_no_uppercase", 422;
    /// The password has no lower-case letter.
    FormPasswordNoLowercase = "form_password_no_lowercase", 422;
    /// The password has no digit.
    FormPasswordNoNumber = "form_password_no_number", 422;
    /// The password has no special character.
    FormPasswordNoSpecialChar = "form_password_no_special_char", 422;
    /// The password is too easy to guess.
    FormPasswordNotStrongEnough = "form_password_not_strong_enough", 422;
    /// The password takes too many bytes.
    FormPasswordSizeInBytesExceeded = "form_password_size_in_bytes_exceeded", 422;
    /// The password has been seen in a breach.
    FormPasswordPwned = "form_password_pwned", 422;
    /// The digest of a password is none of its kind.
    FormPasswordDigestInvalid = "form_password_digest_invalid_code", 422;
    /// It is not the password that the user has.
    FormPasswordValidationFailed = "form_password_validation_failed", 422;
    /// The new password is the one that the user has.
    FormNewPasswordMatchesCurrent = "form_new_password_matches_current", 422;
    /// The password is the identifier.
    FormPasswordMatchesIdentifier = "form_password_matches_identifier", 422;
    /// The user name is too short or too long.
    FormUsernameInvalidLength = "form_username_invalid_length", 422;
    /// The user name has a character it may not have.
    FormUsernameInvalidCharacter = "form_username_invalid_character", 422;
    /// The user name has digits alone.
    FormUsernameNeedsNonNumberChar = "form_username_needs_non_number_char", 422;
    /// No texts go to the country of this number.
    UnsupportedCountryCode = "unsupported_country_code", 403;
    /// The terms were not accepted.
    LegalNotAccepted = "legal_not_accepted", 422;
    /// Somebody is signed in already and the instance allows one session.
    SessionExists = "session_exists", 400;
    /// This user is signed in here already.
    IdentifierAlreadySignedIn = "identifier_already_signed_in", 400;
    /// The user cannot use this strategy.
    StrategyForUserInvalid = "strategy_for_user_invalid", 400;
    /// There is nothing to transfer.
    AccountTransferInvalid = "account_transfer_invalid", 400;
    /// The client is not in the state for this.
    ClientStateInvalid = "client_state_invalid", 400;
    /// Somebody else has proven this identifier meanwhile.
    IdentificationClaimed = "identification_claimed", 400;
    /// The user has no second factor.
    NoSecondFactors = "no_second_factors", 400;
    /// The attempt is not the client's current one.
    ResourceForbidden = "resource_forbidden", 403;
    /// There is no such thing.
    ResourceNotFound = "resource_not_found", 404;
    /// The user is locked.
    UserLocked = "user_locked", 403;
    /// The user will be locked soon.
    AccountLockoutWarning = "account_lockout_warning", 422;
    /// The user is banned.
    UserBanned = "user_banned", 403;
    /// The user is deactivated.
    UserDeactivated = "user_deactivated", 403;
    /// The identifier is not allowed here.
    NotAllowedAccess = "not_allowed_access", 403;
    /// The instance takes no sign-ups.
    SignUpModeRestricted = "sign_up_mode_restricted", 403;
    /// The instance takes sign-ups from its waitlist.
    SignUpRestrictedWaitlist = "sign_up_restricted_waitlist", 403;
    /// The list has this already.
    DuplicateRecord = "duplicate_record", 400;
    /// The instance knows no addresses that could be invited.
    InvitationsNotSupported = "invitations_not_supported", 400;
    /// The address of the invitation has an account.
    InvitationAccountExists = "invitation_account_exists", 400;
    /// The address of the invitation has no account yet.
    InvitationAccountNotExists = "invitation_account_not_exists", 400;
    /// Somebody has come by the invitation.
    InvitationAlreadyAccepted = "invitation_already_accepted", 400;
    /// The owner took the invitation back before.
    InvitationAlreadyRevoked = "invitation_already_revoked", 400;
    /// The owner took the invitation back.
    RevokedInvitation = "revoked_invitation", 400;
    /// The instance has no waitlist.
    WaitlistNotAcceptingEntries = "waitlist_not_accepting_entries", 403;
    /// They are invited.
    WaitlistEntryAlreadyInvited = "waitlist_entry_already_invited", 409;
    /// They were turned down.
    WaitlistEntryAlreadyRejected = "waitlist_entry_already_rejected", 409;
    /// They have an account by the invitation.
    WaitlistEntryAlreadyCompleted = "waitlist_entry_already_completed", 409;
    /// The password has to be set anew.
    PasswordResetRequired = "password_reset_required", 422;
    /// The proof is older than the address it was for.
    SignUpOutdatedVerification = "sign_up_outdated_verification", 410;
    /// The proof has expired.
    VerificationExpired = "verification_expired", 400;
    /// Too many wrong tries.
    VerificationFailed = "verification_failed", 400;
    /// Proven already.
    VerificationAlreadyVerified = "verification_already_verified", 400;
    /// Tried before it was prepared.
    VerificationMissing = "verification_missing", 400;
    /// Could not be sent.
    VerificationNotSent = "verification_not_sent", 400;
    /// Another strategy was prepared.
    VerificationStrategyInvalid = "verification_strategy_invalid", 400;
    /// There is an authenticator app already.
    TotpAlreadyEnabled = "totp_already_enabled", 400;
    /// Backup codes need another second factor.
    BackupCodesNotAvailable = "backup_codes_not_available", 400;
    /// The user has no authenticator app.
    TotpDisabled = "totp_disabled", 400;
    /// It is neither a code of the user's authenticator app nor a backup code.
    TotpIncorrectCode = "totp_incorrect_code", 422;
    /// The action needs a fresh proof.
    SessionReverificationRequired = "session_reverification_required", 403;
    /// Nobody has begun to prove it once more.
    SessionReverificationMissing = "session_reverification_missing", 400;
    /// Not for a session in this state.
    InvalidActionForSession = "invalid_action_for_session", 400;
    /// Not for a session of somebody else.
    ActionForSessionNotAuthorized = "action_for_session_not_authorized", 401;
    /// The ticket is too old.
    TicketExpired = "ticket_expired_code", 400;
    /// The instance gave out no such ticket.
    TicketInvalid = "ticket_invalid_code", 400;
    /// The owner took the sign-in token back.
    SignInTokenRevoked = "sign_in_token_revoked_code", 400;
    /// The sign-in token was used.
    SignInTokenAlreadyUsed = "sign_in_token_already_used_code", 400;
    /// The user of the sign-in token cannot sign in by it.
    SignInTokenCannotBeUsed = "sign_in_token_cannot_be_used_code", 400;
    /// A sign-in token was used to sign up.
    SignInTokenNotInSignIn = "sign_in_token_not_in_sign_in_code", 400;
    /// Addresses of this scheme cannot be listed.
    ProhibitedRedirectUrl = "prohibited_redirect_url", 422;
    /// The sign-in token is over already.
    SignInTokenCannotBeRevoked = "sign_in_token_cannot_be_revoked_code", 400;
    /// The user has no password.
    NoPasswordSet = "no_password_set", 400;
    /// The picture is too large.
    ImageTooLarge = "image_too_large", 413;
    /// There is no picture.
    ImageNotFound = "image_not_found", 404;
    /// The user has too many addresses that are yet to be proven.
    TooManyUnverifiedIdentifications = "too_many_unverified_identifications", 400;
    /// The user cannot do without this address.
    LastRequiredIdentificationDeletionFailed = "last_required_identification_deletion_failed", 400;
    /// The user cannot do without a password.
    PasswordRequired = "password_required", 400;
    /// Users may not delete themselves.
    UserDeleteSelfNotEnabled = "user_delete_self_not_enabled", 403;
    /// A token would be too large.
    FormParamValueTooLarge = "form_param_value_too_large", 422;
    /// A claim that the instance alone writes.
    JwtTemplateReservedClaim = "jwt_template_reserved_claim", 400;
    /// The connection is not on.
    OauthProviderNotEnabled = "oauth_provider_not_enabled", 400;
    /// The connection is for people who are signed in.
    OauthNonAuthenticatableProvider = "oauth_non_authenticatable_provider", 400;
    /// The owner has not listed the address to be sent back to.
    ResourceMissmatch = "resource_missmatch", 400;
    /// Nobody has the account elsewhere.
    ExternalAccountNotFound = "external_account_not_found", 404;
    /// Somebody has the account elsewhere.
    ExternalAccountExists = "external_account_exists", 400;
    /// Another user has the account elsewhere.
    OauthIdentificationClaimed = "oauth_identification_claimed", 400;
    /// The user has an account there already.
    OauthAccountAlreadyConnected = "oauth_account_already_connected", 400;
    /// The owner asked for tokens of a provider that is not on.
    OauthTokenProviderNotEnabled = "oauth_token_provider_not_enabled", 404;
    /// The instance has no token of the provider's.
    OauthMissingAccessToken = "oauth_missing_access_token", 422;
    /// The instance has no token that renews one of the provider's.
    OauthMissingRefreshToken = "oauth_missing_refresh_token", 422;
    /// There is no such provider.
    OauthUnsupportedProvider = "oauth_unsupported_provider", 400;
    /// The connection has no credentials.
    OauthConfigMissing = "oauth_config_missing", 400;
    /// The connection has credentials that cannot be used.
    MisconfiguredOauthProvider = "misconfigured_oauth_provider", 400;
    /// The person said no at the provider.
    OauthAccessDenied = "oauth_access_denied", 403;
    /// What came back is not the provider's answer to what was asked.
    OauthCallbackInvalid = "oauth_callback_invalid", 400;
    /// The provider's code was not exchanged for tokens.
    OauthTokenExchangeError = "oauth_token_exchange_error", 400;
    /// The provider did not tell who the person is.
    OauthFetchUserError = "oauth_fetch_user_error", 400;
    /// The provider gave no fresh access token.
    OauthTokenRetrievalError = "oauth_token_retrieval_error", 400;
    /// The provider gave no refresh token.
    ExternalAccountMissingRefreshToken = "external_account_missing_refresh_token", 400;
    /// The user has no passkey.
    NoPasskeysFoundForUser = "no_passkeys_found_for_user", 400;
    /// There is no such passkey.
    PasskeyNotRegistered = "passkey_not_registered", 404;
    /// It is no answer of a device.
    PasskeyInvalidPublicKeyCredential = "passkey_invalid_public_key_credential", 422;
    /// No device was asked, or it was answered already, or too late.
    PasskeyInvalidVerification = "passkey_invalid_verification", 400;
    /// The answer of the device proves nothing.
    PasskeyAuthenticationFailure = "passkey_authentication_failure", 400;
    /// The key cannot be kept.
    PasskeyRegistrationFailure = "passkey_registration_failure", 400;
    /// The user has as many passkeys as can be.
    PasskeyQuotaExceeded = "passkey_quota_exceeded", 403;
    /// Something went wrong inside.
    InternalError = "internal_clerk_error", 500;
    /// The instance cannot serve right now.
    ServiceUnavailable = "service_unavailable", 503;
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
