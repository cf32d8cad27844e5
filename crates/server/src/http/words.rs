//! The words of every error: a short text and a sentence that says what happened and what to do next.

#[allow(clippy::enum_glob_use, reason = "a table of every code, with nothing else in scope")]
use frontdesk_wire::ErrorCode::{self, *};

/// Short text and sentence of a code.
pub(crate) fn of(code: ErrorCode) -> (&'static str, &'static str) {
    transport(code)
        .or_else(|| form(code))
        .or_else(|| attempt(code))
        .or_else(|| ticket(code))
        .or_else(|| token(code))
        .or_else(|| provider(code))
        .or_else(|| passkey(code))
        .or_else(|| restriction(code))
        .unwrap_or(("Refused", "The instance cannot do this. The code of this error says why."))
}

fn restriction(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        NotAllowedAccess => (
            "Not allowed here",
            "The owner of this instance does not take this address or number. Use another one, or ask the owner.",
        ),
        SignUpModeRestricted => (
            "By invitation",
            "Accounts of this instance are by invitation. If you have an account, sign in; otherwise ask the owner.",
        ),
        SignUpRestrictedWaitlist => (
            "By the waitlist",
            "Accounts of this instance are by invitation. If you have an account, sign in; otherwise join the waitlist.",
        ),
        WaitlistNotAcceptingEntries => {
            ("No waitlist", "There is no waitlist here. Sign up, or ask the owner of the instance for an invitation.")
        }
        InvitationsNotSupported => (
            "No invitations",
            "This instance knows no email addresses, so that nobody can be invited. Turn them on first.",
        ),
        InvitationAccountExists => {
            ("You have an account", "The address of this invitation has an account already. Sign in with it instead.")
        }
        InvitationAccountNotExists => (
            "No account yet",
            "The address of this invitation has no account that it is proven for. Sign up by the invitation instead.",
        ),
        InvitationAlreadyAccepted => (
            "Invitation used already",
            "The invitation works once, and was accepted. If it was you, sign in; otherwise ask for a new one.",
        ),
        InvitationAlreadyRevoked => {
            ("Taken back already", "The invitation was taken back before. There is nothing to do.")
        }
        RevokedInvitation => {
            ("Invitation taken back", "The invitation was taken back. Ask whoever invited you for a new one.")
        }
        WaitlistEntryAlreadyInvited => {
            ("Invited already", "They are invited already. To send another invitation, set `ignore_existing`.")
        }
        WaitlistEntryAlreadyRejected => {
            ("Rejected already", "They were turned down before. They can still be invited.")
        }
        WaitlistEntryAlreadyCompleted => {
            ("Has an account", "They have made an account by their invitation. Look for it among the users.")
        }
        DuplicateRecord => ("There already", "The list has this already, or another spelling of the same."),
        _ => return None,
    })
}

fn passkey(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        NoPasskeysFoundForUser => ("No passkey", "This account has no passkey. Sign in another way."),
        PasskeyNotRegistered => (
            "Passkey is not known",
            "This passkey is not one of this instance's any more. Sign in another way, and remove it from your device.",
        ),
        PasskeyInvalidPublicKeyCredential => (
            "No answer of a device",
            "What was sent is not what a device answers that was asked for a passkey. Try again.",
        ),
        PasskeyInvalidVerification => {
            ("No longer waiting", "The device answered too late, or was answered for already. Begin again.")
        }
        PasskeyAuthenticationFailure => {
            ("Passkey did not work", "What the device answered proves nothing here. Try again, or sign in another way.")
        }
        PasskeyRegistrationFailure => (
            "Passkey cannot be added",
            "The device made no passkey that this instance can keep, or it has one for it already. Try again, or another \
             device.",
        ),
        PasskeyQuotaExceeded => {
            ("Too many passkeys", "An account has ten passkeys at most. Remove one that you do not use first.")
        }
        _ => return None,
    })
}

fn provider(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        OauthProviderNotEnabled => ("Provider is off", "The owner of this instance has not turned this provider on."),
        OauthNonAuthenticatableProvider => (
            "Not for signing in",
            "This provider is for accounts that are signed in already. Sign in another way and connect it there.",
        ),
        OauthUnsupportedProvider => ("No such provider", "This instance knows no provider of this name."),
        OauthConfigMissing => (
            "Provider is not set up",
            "The owner of this instance has yet to put in the credentials that the provider gave.",
        ),
        MisconfiguredOauthProvider => (
            "Provider is not set up right",
            "The credentials of this provider cannot be used. The owner of this instance finds the reason in its log.",
        ),
        ResourceMissmatch => (
            "Address is not listed",
            "The owner of this instance has not listed this address to be sent back to. They add it to the redirect URLs.",
        ),
        OauthAccessDenied => ("Access was denied", "At the provider it was said no. Nothing was changed; try again."),
        OauthCallbackInvalid => (
            "Answer not believed",
            "What came back is not the provider's answer to what was asked, or it was used already. Begin again.",
        ),
        OauthTokenExchangeError => (
            "Provider refused",
            "The provider did not accept its own answer. Begin again; if it happens again, the owner of this instance \
             finds the reason in its log.",
        ),
        OauthFetchUserError => (
            "Provider did not say who you are",
            "The provider gave no account that could be used. Allow it to tell your email address, and try again.",
        ),
        OauthTokenRetrievalError => {
            ("No fresh token", "The provider gave no fresh token. The user connects the account once more.")
        }
        OauthTokenProviderNotEnabled => {
            ("Provider is off", "This provider is not on at this instance. Turn it on first.")
        }
        OauthMissingAccessToken => {
            ("No token", "There is no token of this provider. The user connects the account anew.")
        }
        OauthMissingRefreshToken | ExternalAccountMissingRefreshToken => (
            "Token has ended",
            "The provider's token has ended and cannot be renewed. The user connects the account once more.",
        ),
        ExternalAccountNotFound => {
            ("No account yet", "Nobody has an account here with this account of the provider. Sign up with it.")
        }
        ExternalAccountExists => {
            ("Account exists", "Somebody has an account here with this account of the provider. Sign in with it.")
        }
        OauthIdentificationClaimed => (
            "Belongs to somebody else",
            "Another user of this instance has connected this account. Sign in as that user, or use another account.",
        ),
        OauthAccountAlreadyConnected => {
            ("Connected already", "This user has an account of this provider connected already. Remove that one first.")
        }
        _ => return None,
    })
}

fn transport(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        AuthenticationInvalid => {
            ("Not signed in here", "The client token is not valid. Load the client again, or sign in again.")
        }
        SignedOut => ("Signed out", "This client has no session that could do this. Sign in first."),
        AuthorizationHeaderFormatInvalid => (
            "Authorization header not understood",
            "Send one Authorization header with the client token, with or without the word Bearer before it.",
        ),
        SecretKeyInvalid => (
            "Secret key not valid",
            "The secret key is not the one of this instance. Take it from the keys of the instance; one of another \
             instance does not do.",
        ),
        AuthorizationInvalid => ("Not allowed", "This caller may not do this."),
        OriginAuthorizationHeadersConflict => (
            "Origin and Authorization conflict",
            "A request carries Origin, as browsers send it, or Authorization, as native apps do, but not both. \
             Send the request from native code, or have the owner of the instance list this origin.",
        ),
        OriginInvalid => ("Origin not listed", "This origin may not use the instance. Its owner can list it."),
        OriginMissing => ("Origin missing", "This request needs an Origin header."),
        HostInvalid => {
            ("Host not known", "The instance is not known by this name. Use the address in its publishable key.")
        }
        NativeApiDisabled => ("Native apps are off", "The owner of the instance has turned native apps off."),
        ClientNotFound => ("No client", "There is no such client."),
        ApiVersionInvalid => (
            "API version not understood",
            "Send the version once, as a date such as 2026-05-12, in the query or in the header.",
        ),
        UnsupportedContentType => {
            ("Content type not supported", "Send the body as application/x-www-form-urlencoded in UTF-8.")
        }
        RequestBodyInvalid => ("Body not readable", "The body is not a form in UTF-8, or did not arrive as a whole."),
        MalformedRequestParameters => (
            "Parameters not readable",
            "The path or the query cannot be read: text must be UTF-8, and each parameter may be given once.",
        ),
        RequestBodyTooLarge => ("Body too large", "The body is larger than the instance takes. Send less."),
        CsrfTokenInvalid => ("Cross-site request", "A page of another site sent this request. Nothing was changed."),
        DevBrowserUnauthenticated => (
            "Browser not known",
            "This development browser is not known, or not any more. Ask for another one at /v1/dev_browser.",
        ),
        RequestInvalidForEnvironment => ("Not served here", "This instance does not serve requests of this kind."),
        MethodNotAllowed => ("Wrong verb", "There is something at this path, but not for this verb."),
        ResourceNotFound => ("Not found", "There is no such thing, or it belongs to somebody else."),
        ResourceForbidden => (
            "Not the current attempt",
            "The client has begun another attempt since. Go on with that one, or begin again.",
        ),
        TooManyRequests => {
            ("Too many requests", "Too many requests came from this address. Wait as long as Retry-After says.")
        }
        InternalError => (
            "Something went wrong",
            "Something went wrong inside of the instance. The trace id names the request in its log.",
        ),
        ServiceUnavailable => ("Busy", "The instance cannot answer at this moment. Try again in a few seconds."),
        _ => return None,
    })
}

fn form(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        FormIdentifierNotFound => ("Account not found", "There is no account with this identifier."),
        FormIdentifierExists => {
            ("Taken already", "There is an account with this identifier already. Sign in instead, or use another one.")
        }
        UnsupportedCountryCode => (
            "Country not supported",
            "Phone numbers of this country cannot be used here. Use another number, or another way.",
        ),
        FormUsernameNeedsNonNumberChar => {
            ("No letter", "A user name has at least one letter, so that nobody takes it for a phone number.")
        }
        FormEmailAddressBlocked => (
            "Address takes no mail",
            "Mail to this address is refused by its mail server. Check how it is spelt, or use another one.",
        ),
        FormPasswordIncorrect => ("Wrong password", "The password is wrong. Try again, or use another method."),
        FormPasswordOrIdentifierIncorrect => (
            "Wrong password or identifier",
            "The identifier or the password is wrong. Try again, or use another method.",
        ),
        FormCodeIncorrect => ("Wrong code", "The code is wrong. Try again, or ask for a new one."),
        FormParamMissing => ("Missing", "This field is needed."),
        FormParamNil => ("Empty", "This field must not be empty."),
        FormParamUnknown => ("Not asked for", "The instance does not take this field."),
        FormParamFormatInvalid => ("Wrong format", "This field is not in its format."),
        FormParamValueInvalid => ("Value not known", "This field does not take this value."),
        FormParamTypeInvalid => ("Wrong type", "The value of this field has the wrong type."),
        FormParamDuplicate => ("Given twice", "This field may be given once."),
        FormParamMaxLengthExceeded => ("Too long", "The value of this field is too long."),
        FormConditionalParamMissing => ("Missing", "Another field makes this one necessary."),
        FormConditionalParamDisallowed => ("Not together", "Another field forbids this one."),
        FormResourceNotFound => ("Not found", "What this field names does not exist."),
        FormParamValueDisabled => ("Turned off", "This value is turned off at this instance."),
        FormPasswordLengthTooShort => ("Too short", "The password is too short."),
        FormPasswordLengthTooLong => ("Too long", "The password is too long."),
        FormPasswordNoUppercase => ("No upper-case letter", "The password needs an upper-case letter."),
        FormPasswordNoLowercase => ("No lower-case letter", "The password needs a lower-case letter."),
        FormPasswordNoNumber => ("No digit", "The password needs a digit."),
        FormPasswordNoSpecialChar => {
            ("No special character", "The password needs a character that is neither letter nor digit.")
        }
        FormPasswordNotStrongEnough => ("Too easy to guess", "The password is too easy to guess. Choose another one."),
        FormPasswordPwned => (
            "Stolen elsewhere",
            "This password was stolen somewhere and is known to those who guess. Choose another one.",
        ),
        FormPasswordDigestInvalid => (
            "No such digest",
            "The digest is none that the hasher makes, or takes more time or memory to check than this instance gives.",
        ),
        FormPasswordSizeInBytesExceeded => ("Too long", "The password takes too many bytes."),
        FormPasswordValidationFailed => ("Wrong password", "This is not your current password. Try again."),
        FormNewPasswordMatchesCurrent => {
            ("Same as before", "The new password is the one you have. Choose another one.")
        }
        FormPasswordMatchesIdentifier => ("Same as the address", "The password must not be your own address."),
        _ => return None,
    })
}

fn ticket(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        TicketExpired => ("Ticket expired", "The ticket is too old. Ask whoever gave it to you for a new one."),
        TicketInvalid => (
            "Ticket not valid",
            "This instance gave out no such ticket, or what it was for is gone. Check that it was copied as a whole.",
        ),
        SignInTokenRevoked => {
            ("Ticket revoked", "The ticket was taken back. Ask whoever gave it to you for a new one.")
        }
        SignInTokenAlreadyUsed => {
            ("Ticket used already", "The ticket signs in once, and it has. Ask whoever gave it to you for a new one.")
        }
        SignInTokenCannotBeUsed => {
            ("Ticket cannot be used", "The user of this ticket has no address to sign in with. Add one first.")
        }
        SignInTokenNotInSignIn => {
            ("Ticket for signing in", "The ticket is for somebody who has an account. Sign in with it.")
        }
        ProhibitedRedirectUrl => {
            ("Address not allowed", "Addresses of this scheme do not lead to an application and cannot be listed.")
        }
        SignInTokenCannotBeRevoked => {
            ("Over already", "The token was used, revoked or has expired: there is nothing to take back any more.")
        }
        _ => return None,
    })
}

fn token(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        FormParamValueTooLarge => ("Too large", "The value is too large. Make it smaller."),
        JwtTemplateReservedClaim => {
            ("Claim not allowed", "The instance alone writes this claim. Choose another name for yours.")
        }
        _ => return None,
    })
}

fn attempt(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    Some(match code {
        SessionExists => ("Signed in already", "Somebody is signed in on this client already. Sign out first."),
        IdentifierAlreadySignedIn => ("Signed in already", "This account is signed in on this client already."),
        StrategyForUserInvalid => {
            ("Method not available", "This method is not available for this account. Use another one.")
        }
        AccountTransferInvalid => ("Nothing to transfer", "There is no account elsewhere that could be taken over."),
        ClientStateInvalid => {
            ("Not now", "The attempt is not at the step for this. Load it again to see what comes next.")
        }
        IdentificationClaimed => {
            ("Taken meanwhile", "Somebody has taken this identifier meanwhile. Sign in, or use another one.")
        }
        NoSecondFactors => ("No second factor", "This account has no second factor."),
        SessionReverificationRequired => {
            ("Prove it once more", "This needs a fresh proof of who you are. Prove it once more, and try again.")
        }
        SessionReverificationMissing => ("Nothing begun", "Begin to prove once more who you are first."),
        TotpAlreadyEnabled => {
            ("Set up already", "There is an authenticator app already. Remove it first to set up another one.")
        }
        BackupCodesNotAvailable => (
            "No backup codes",
            "Backup codes stand in for another second factor. Set one up first, such as an authenticator app.",
        ),
        TotpDisabled => ("No authenticator app", "This user has no authenticator app."),
        TotpIncorrectCode => ("Not the code", "This is neither a code of the authenticator app nor a backup code."),
        UserLocked => {
            ("Locked", "There were too many wrong tries. The account is locked for a while; try again later.")
        }
        AccountLockoutWarning => ("Nearly locked", "A few more wrong tries lock this account for a while."),
        UserBanned => ("Not let in", "The owner of the instance does not let this account in."),
        VerificationExpired => ("Code expired", "The code is too old. Ask for a new one."),
        VerificationFailed => ("Too many tries", "This code was tried too often. Ask for a new one."),
        VerificationAlreadyVerified => ("Proven already", "This is proven already."),
        VerificationMissing => ("No code yet", "No code has been asked for yet. Ask for one first."),
        VerificationStrategyInvalid => ("Another method", "Another method was prepared. Prepare this one first."),
        VerificationCodeTooManyRequests => {
            ("Too soon", "A code was sent moments ago. Wait as long as Retry-After says before you ask for another.")
        }
        VerificationCodeRateLimitExceeded => {
            ("Too many codes", "This address has got too many codes. Try again later.")
        }
        SignupRateLimitExceeded => ("Too many sign-ups", "There were too many sign-ups. Try again later."),
        ImageTooLarge => (
            "Picture too large",
            "The picture is larger than 10 MB, or has too many pixels. Make it smaller, or choose another one.",
        ),
        ImageNotFound => ("No picture", "There is no picture."),
        TooManyUnverifiedIdentifications => (
            "Too many unproven addresses",
            "This account has several addresses that are yet to be proven. Prove one of them first, or remove it.",
        ),
        LastRequiredIdentificationDeletionFailed => (
            "Last address",
            "Without this address nobody could sign in to this account. Add and prove another one first.",
        ),
        PasswordRequired => (
            "Password needed",
            "This account cannot do without its password: the instance asks for one, or nothing else signs in.",
        ),
        NoPasswordSet => ("No password", "This account has no password."),
        InvalidActionForSession => ("Session is over", "This session is over. Sign in again."),
        ActionForSessionNotAuthorized => ("Not your session", "This session belongs to somebody else."),
        UserDeleteSelfNotEnabled => {
            ("Not allowed", "The owner of the instance does not let people delete their accounts. Ask them.")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sentences() {
        for code in ErrorCode::ALL {
            let (short, sentence) = of(*code);
            assert!(!short.is_empty() && !short.ends_with('.'), "{code}");
            assert!(sentence.ends_with('.') && sentence.len() > short.len(), "{code}: {sentence}");
        }
    }
}
