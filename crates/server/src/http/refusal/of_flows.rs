//! The one place where what a flow refuses becomes a code of the protocol.

use frontdesk_identity::{
    Advice, ClaimFault, CodeRefusal, EmailRefusal, FieldError, FieldFault, FormFaults, InvitationRefusal,
    JwtTemplateFault, PasskeyRefusal, PasswordFault, PasswordRefusal, PhoneRefusal, PolicyFault, RemovalRefusal,
    RestrictionRefusal, SecondFactorRefusal, SignInRefusal, SignUpRefusal, TextRefusal, TicketRefusal, UsernameFault,
    WaitlistRefusal, time::SECOND,
};
use frontdesk_wire::{ErrorCode, ErrorMeta, form};

use serde_json::json;

use super::Refusal;
use crate::{
    flows::{Failure, Fault},
    http::guard::too_many,
    instance::{MAX_TOKEN, MintError},
    passwords::PasswordError,
    pictures::PictureError,
    providers::ProviderFault,
    redirects::RedirectFault,
    settings::SettingsFault,
};

/// Tries left at which people are warned (protocol §1.6).
const WARN_AT: u32 = 2;
/// When to ask again after an address got too many messages, in seconds: the limit looks at the last hour.
const MESSAGES_RETRY: u32 = 600;
/// When to ask again after passwords could not be looked up in known breaches, in seconds.
const UNCHECKED_RETRY: u32 = 60;
/// When to ask again after the instance was busy, in seconds.
const BUSY_RETRY: u32 = 2;

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::from(failure.fault).carrying(failure.client).with_token(failure.token)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::StaleToken => Self::code(ErrorCode::AuthenticationInvalid),
            Fault::SignedOut => Self::code(ErrorCode::SignedOut),
            Fault::NotFound | Fault::Removal(RemovalRefusal::NotFound) => Self::code(ErrorCode::ResourceNotFound),
            Fault::Field(error) => Self::from(error),
            Fault::Fields(errors) => all(errors.into_iter().map(Self::from)),
            Fault::Taken(param) => Self::field(ErrorCode::FormIdentifierExists, param)
                .saying("Another user of this instance has it already."),
            Fault::Redirect(fault) => redirect(fault, "url"),
            Fault::Listed => {
                Self::field(ErrorCode::FormParamDuplicate, "url").saying("This address is listed already.")
            }
            Fault::ListFull { param, most } => Self::field(ErrorCode::FormParamValueInvalid, param)
                .saying(format!("There are {most} of them, and no more can be. Remove one first.")),
            Fault::Restricted(refusal) => restriction(refusal),
            Fault::InvitationOver(InvitationRefusal::Revoked) => Self::code(ErrorCode::InvitationAlreadyRevoked),
            Fault::InvitationOver(refusal) | Fault::Invitation(refusal) => invitation(refusal),
            Fault::TicketSignsIn => Self::code(ErrorCode::SignInTokenNotInSignIn),
            Fault::Invited => Self::field(ErrorCode::DuplicateRecord, form::EMAIL_ADDRESS)
                .saying("The address is invited already. Take that invitation back first, or set `ignore_existing`."),
            Fault::InvitationsOff => Self::code(ErrorCode::InvitationsNotSupported),
            Fault::Waitlist(refusal) => Self::code(waitlist(refusal)),
            Fault::OnList => Self::field(ErrorCode::DuplicateRecord, "identifier"),
            Fault::SetByFile(param) => Self::field(ErrorCode::FormParamValueDisabled, param)
                .saying("This is set in frontdesk.toml, which wins. Change it there."),
            Fault::Settings(faults) => all(faults.iter().map(setting)),
            Fault::NotRevocable => Self::code(ErrorCode::SignInTokenCannotBeRevoked),
            Fault::NoPassword => Self::code(ErrorCode::NoPasswordSet),
            Fault::NewPassword { param, faults } => all(faults.into_iter().map(|fault| password(fault, param))),
            Fault::PasswordChange(refusal) => password_change(refusal),
            Fault::Email(refusal) => email(refusal),
            Fault::WrongCurrentPassword { tries_left } => {
                warned(password_change(PasswordRefusal::Incorrect), tries_left)
            }
            Fault::SignIn(refusal) => sign_in(refusal),
            Fault::Wrong { refusal: SignInRefusal::PasswordIncorrect, tries_left, hidden: true } => {
                warned(Self::field(ErrorCode::FormPasswordOrIdentifierIncorrect, form::PASSWORD), tries_left)
            }
            Fault::Wrong { refusal, tries_left, .. } => warned(sign_in(refusal), tries_left),
            Fault::SecondFactor(refusal) => second_factor(refusal),
            Fault::NotFresh => Self::code(ErrorCode::SessionReverificationRequired),
            Fault::NotReverifying => Self::code(ErrorCode::SessionReverificationMissing),
            Fault::Sealed(error) => internal(&error),
            Fault::NoTotp => Self::code(ErrorCode::TotpDisabled),
            Fault::WrongSecondFactor => Self::field(ErrorCode::TotpIncorrectCode, form::CODE),
            Fault::SignUp(refusal) => sign_up(refusal),
            Fault::Passkey(refusal) => passkey(refusal),
            Fault::Session(_over) => Self::code(ErrorCode::InvalidActionForSession),
            Fault::External(code) => Self::code(code),
            Fault::Provider(fault) => provider(&fault),
            Fault::RedirectField { param, fault } => redirect(fault, param),
            Fault::RedirectNotListed { param } => Self::field(ErrorCode::ResourceMissmatch, param),
            Fault::Redemption => Self::code(ErrorCode::OauthCallbackInvalid).saying(
                "Nothing can be redeemed by this: it was used up, it is too old, or another app began it. Begin again.",
            ),
            Fault::Removal(RemovalRefusal::Last) => {
                Self::code(ErrorCode::LastRequiredIdentificationDeletionFailed)
                    .saying("You could not sign in without it. Set a password first, or connect another account.")
            }
            Fault::NothingToTransfer => Self::code(ErrorCode::AccountTransferInvalid),
            Fault::DeleteSelfOff => Self::code(ErrorCode::UserDeleteSelfNotEnabled),
            Fault::AddressRefused { param: param @ (form::PHONE_NUMBER | form::PHONE_NUMBER_ID) } => {
                Self::field(ErrorCode::FormEmailAddressBlocked, param).saying(
                    "Texts to this number are refused by its network. Check how it is spelt, or use another one.",
                )
            }
            Fault::AddressRefused { param } => Self::field(ErrorCode::FormEmailAddressBlocked, param),
            Fault::Phone(refusal) => phone(refusal),
            Fault::TooMany(many) => too_many(many),
            Fault::Picture(PictureError::TooLarge) => Self::code(ErrorCode::ImageTooLarge),
            Fault::Picture(PictureError::Kind) => Self::code(ErrorCode::RequestBodyInvalid)
                .saying("This is no picture in PNG, JPEG or WebP. Choose another one."),
            Fault::Picture(PictureError::Damaged) => Self::code(ErrorCode::RequestBodyInvalid)
                .saying("The picture is damaged and cannot be read. Choose another one."),
            Fault::Picture(error @ PictureError::Failed) => internal(&error),
            Fault::NoPicture => Self::code(ErrorCode::ImageNotFound),
            Fault::Contended | Fault::Password(PasswordError::Busy) | Fault::Picture(PictureError::Busy) => {
                Self::code(ErrorCode::ServiceUnavailable).retry_after(BUSY_RETRY)
            }
            Fault::Store(error) => {
                tracing::error!(%error, "the store does not answer");
                Self::code(ErrorCode::ServiceUnavailable).retry_after(BUSY_RETRY)
            }
            Fault::Password(error) => internal(&error),
            Fault::Mint(MintError::TooLarge { size }) => Self::code(ErrorCode::FormParamValueTooLarge).saying(format!(
                "The token would have {size} bytes, and {MAX_TOKEN} are the most. Put less into its claims, or into the \
                 metadata that they take."
            )),
            Fault::Mint(error) => internal(&error),
            Fault::NoTemplate => Self::code(ErrorCode::ResourceNotFound)
                .saying("There is no token template of this name. The owner of the instance makes them."),
            Fault::Template(faults) => all(faults.iter().map(template)),
            Fault::TemplateExists => Self::field(ErrorCode::FormIdentifierExists, "name")
                .saying("Another template has this name. Choose another one."),
        }
    }
}

fn internal(error: &dyn std::error::Error) -> Refusal {
    tracing::error!(%error, "something went wrong inside");
    Refusal::code(ErrorCode::InternalError)
}

fn all(refusals: impl Iterator<Item = Refusal>) -> Refusal {
    refusals.reduce(Refusal::and).unwrap_or_else(|| Refusal::code(ErrorCode::InternalError))
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        let code = match error.fault {
            FieldFault::Missing => ErrorCode::FormParamMissing,
            FieldFault::Format => ErrorCode::FormParamFormatInvalid,
            FieldFault::Value => ErrorCode::FormParamValueInvalid,
            FieldFault::Type => ErrorCode::FormParamTypeInvalid,
            FieldFault::TooLong => ErrorCode::FormParamMaxLengthExceeded,
            FieldFault::Disabled => ErrorCode::FormParamValueDisabled,
            FieldFault::Unknown => ErrorCode::FormParamUnknown,
            FieldFault::NotFound => ErrorCode::FormResourceNotFound,
            FieldFault::Username(UsernameFault::Character) => ErrorCode::FormUsernameInvalidCharacter,
            FieldFault::Username(UsernameFault::Digits) => ErrorCode::FormUsernameNeedsNonNumberChar,
            FieldFault::Username(UsernameFault::Length { min, max }) => {
                return Self::field(ErrorCode::FormUsernameInvalidLength, error.param)
                    .saying(format!("A user name has {min} to {max} characters."));
            }
            FieldFault::Country => ErrorCode::UnsupportedCountryCode,
        };
        Self::field(code, error.param)
    }
}

fn sign_in(refusal: SignInRefusal) -> Refusal {
    match refusal {
        SignInRefusal::SessionExists => Refusal::code(ErrorCode::SessionExists),
        SignInRefusal::AlreadySignedIn { session_id } => Refusal::with_meta(
            ErrorCode::IdentifierAlreadySignedIn,
            ErrorMeta { session_id: Some(session_id.to_string()), ..ErrorMeta::default() },
        ),
        SignInRefusal::NotCurrent => Refusal::code(ErrorCode::ResourceForbidden),
        SignInRefusal::Abandoned => Refusal::code(ErrorCode::ClientStateInvalid)
            .saying("The sign-in was left alone for too long and was given up. Begin again."),
        SignInRefusal::WrongState => Refusal::code(ErrorCode::ClientStateInvalid),
        SignInRefusal::UnknownIdentifier => Refusal::field(ErrorCode::FormIdentifierNotFound, form::IDENTIFIER),
        SignInRefusal::Locked { remaining_ms } => locked(remaining_ms),
        SignInRefusal::Banned => Refusal::code(ErrorCode::UserBanned),
        SignInRefusal::NoSuchFactor => Refusal::code(ErrorCode::StrategyForUserInvalid),
        SignInRefusal::NoSecondFactors => Refusal::code(ErrorCode::NoSecondFactors),
        SignInRefusal::NoSuchAddress => Refusal::field(ErrorCode::FormResourceNotFound, form::EMAIL_ADDRESS_ID),
        SignInRefusal::NoSuchNumber => Refusal::field(ErrorCode::FormResourceNotFound, form::PHONE_NUMBER_ID),
        SignInRefusal::PasswordIncorrect => Refusal::field(ErrorCode::FormPasswordIncorrect, form::PASSWORD),
        SignInRefusal::Code(refusal) => code(refusal),
        SignInRefusal::OtherPurpose => Refusal::code(ErrorCode::VerificationStrategyInvalid),
        SignInRefusal::ProofVoid => Refusal::code(ErrorCode::VerificationExpired)
            .saying("The password or the address has changed since it was proven. Begin again."),
        SignInRefusal::SamePassword => Refusal::field(ErrorCode::FormNewPasswordMatchesCurrent, form::PASSWORD),
        SignInRefusal::NewPassword(faults) => all(faults.into_iter().map(|fault| password(fault, form::PASSWORD))),
        SignInRefusal::TooManyMessages => too_many_messages(),
        SignInRefusal::Passkey(refusal) => passkey(refusal),
        SignInRefusal::Text(refusal) => text(refusal, form::IDENTIFIER),
        SignInRefusal::Ticket(refusal) => Refusal::code(ticket(refusal)),
        SignInRefusal::Invitation(refusal) => invitation(refusal),
    }
}

fn second_factor(refusal: SecondFactorRefusal) -> Refusal {
    match refusal {
        SecondFactorRefusal::Off => Refusal::code(ErrorCode::FormParamValueDisabled)
            .saying("This instance offers no authenticator apps. Its owner can turn them on."),
        SecondFactorRefusal::AlreadyOn => Refusal::code(ErrorCode::TotpAlreadyEnabled),
        SecondFactorRefusal::Missing => Refusal::code(ErrorCode::VerificationMissing)
            .saying("No authenticator app is being set up. Begin with that."),
        SecondFactorRefusal::Incorrect => Refusal::field(ErrorCode::FormCodeIncorrect, form::CODE),
        SecondFactorRefusal::NoBackupCodes => Refusal::code(ErrorCode::BackupCodesNotAvailable),
    }
}

fn passkey(refusal: PasskeyRefusal) -> Refusal {
    match refusal {
        PasskeyRefusal::Off => Refusal::code(ErrorCode::StrategyForUserInvalid)
            .saying("Passkeys are turned off at this instance. Sign in another way."),
        PasskeyRefusal::Unknown => Refusal::code(ErrorCode::PasskeyNotRegistered),
        PasskeyRefusal::None => Refusal::code(ErrorCode::NoPasskeysFoundForUser),
        PasskeyRefusal::TooMany => Refusal::code(ErrorCode::PasskeyQuotaExceeded),
        PasskeyRefusal::NotAsked => Refusal::code(ErrorCode::PasskeyInvalidVerification),
        PasskeyRefusal::Malformed => {
            Refusal::field(ErrorCode::PasskeyInvalidPublicKeyCredential, form::PUBLIC_KEY_CREDENTIAL)
        }
        PasskeyRefusal::Failed => Refusal::code(ErrorCode::PasskeyAuthenticationFailure),
        PasskeyRefusal::NotKept => Refusal::code(ErrorCode::PasskeyRegistrationFailure),
        PasskeyRefusal::Last => Refusal::code(ErrorCode::LastRequiredIdentificationDeletionFailed)
            .saying("You could not sign in without it. Set a password first, or add another passkey."),
    }
}

/// What a provider does not give. The owner reads more of it in the log.
fn provider(fault: &ProviderFault) -> Refusal {
    tracing::warn!(%fault, "a provider does not give what it was asked for");
    match fault {
        ProviderFault::Misused(_) => internal(fault),
        ProviderFault::Unfit(param) => Refusal::field(ErrorCode::FormParamFormatInvalid, param),
        fault => Refusal::code(fault.code()),
    }
}

fn redirect(fault: RedirectFault, param: &str) -> Refusal {
    let code = match fault {
        RedirectFault::Scheme => ErrorCode::ProhibitedRedirectUrl,
        RedirectFault::TooLong => ErrorCode::FormParamMaxLengthExceeded,
        RedirectFault::Format | RedirectFault::Extra | RedirectFault::Plain => ErrorCode::FormParamFormatInvalid,
    };
    Refusal::field(code, param).saying(sentence(&fault))
}

/// A setting that cannot be used, by the name of the field that sets it.
fn setting(fault: &SettingsFault) -> Refusal {
    let (code, param) = match fault {
        SettingsFault::TestMode => (ErrorCode::FormParamValueDisabled, "test_mode"),
        SettingsFault::Origin(_) => (ErrorCode::FormParamFormatInvalid, "allowed_origins"),
        SettingsFault::Value { key, .. } => (ErrorCode::FormParamValueInvalid, key.as_str()),
        SettingsFault::Unknown(key) => (ErrorCode::FormParamUnknown, key.as_str()),
        SettingsFault::Claim(ClaimFault::Reserved(_)) => (ErrorCode::JwtTemplateReservedClaim, "session_claims"),
        SettingsFault::Claim(_) => (ErrorCode::FormParamValueInvalid, "session_claims"),
        SettingsFault::Connection { .. } => (ErrorCode::FormParamValueInvalid, "connections"),
        SettingsFault::Message { .. } => (ErrorCode::FormParamValueInvalid, "messages"),
        SettingsFault::Name(_) => (ErrorCode::FormParamFormatInvalid, "public_names"),
        SettingsFault::Policy(PolicyFault::SessionsNeverEnd | PolicyFault::MaxLifetime) => {
            (ErrorCode::FormParamValueInvalid, "session_max_lifetime_ms")
        }
        SettingsFault::Policy(PolicyFault::Inactivity) => (ErrorCode::FormParamValueInvalid, "session_inactivity_ms"),
        SettingsFault::Policy(_) | SettingsFault::Proxy(_) | SettingsFault::Stored(_) => {
            (ErrorCode::FormParamValueInvalid, "settings")
        }
    };
    Refusal::field(code, param).saying(sentence(fault))
}

/// Something in a JWT template.
fn template(fault: &JwtTemplateFault) -> Refusal {
    let (code, param) = match fault {
        JwtTemplateFault::Field(error) => return field_of_template(*error),
        JwtTemplateFault::Claim(ClaimFault::Reserved(_)) => (ErrorCode::JwtTemplateReservedClaim, "claims"),
        JwtTemplateFault::Claim(_) => (ErrorCode::FormParamValueInvalid, "claims"),
        JwtTemplateFault::NoOwnKey(param) => (ErrorCode::FormConditionalParamDisallowed, *param),
        JwtTemplateFault::OwnKeyNeeds(param) => (ErrorCode::FormConditionalParamMissing, *param),
        JwtTemplateFault::Key(_) => (ErrorCode::FormParamValueInvalid, "signing_key"),
    };
    Refusal::field(code, param).saying(sentence(fault))
}

fn field_of_template(error: FieldError) -> Refusal {
    let sentence = match (error.param, error.fault) {
        ("name", FieldFault::Format) => "A name has letters, digits, - and _ alone, for it stands in addresses.",
        ("lifetime", _) => "A lifetime is between 30 and 315360000 seconds.",
        ("allowed_clock_skew", _) => "A clock skew is between 0 and 300 seconds.",
        ("signing_algorithm", _) => "An algorithm is RS256, RS384, RS512, HS256, HS384 or HS512.",
        _ => return Refusal::from(error),
    };
    Refusal::from(error).saying(sentence)
}

/// What a fault says of itself, as a sentence.
fn sentence(fault: &dyn std::error::Error) -> String {
    let text = fault.to_string();
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}.", first.chain(letters).collect::<String>())
}

fn waitlist(refusal: WaitlistRefusal) -> ErrorCode {
    match refusal {
        WaitlistRefusal::Invited => ErrorCode::WaitlistEntryAlreadyInvited,
        WaitlistRefusal::Rejected => ErrorCode::WaitlistEntryAlreadyRejected,
        WaitlistRefusal::Completed => ErrorCode::WaitlistEntryAlreadyCompleted,
    }
}

/// An invitation lets nobody in.
fn invitation(refusal: InvitationRefusal) -> Refusal {
    Refusal::code(match refusal {
        InvitationRefusal::Unknown => ErrorCode::TicketInvalid,
        InvitationRefusal::Expired => ErrorCode::TicketExpired,
        InvitationRefusal::Accepted => ErrorCode::InvitationAlreadyAccepted,
        InvitationRefusal::Revoked => ErrorCode::RevokedInvitation,
        InvitationRefusal::AccountExists => ErrorCode::InvitationAccountExists,
        InvitationRefusal::NoAccount => ErrorCode::InvitationAccountNotExists,
    })
}

fn ticket(refusal: TicketRefusal) -> ErrorCode {
    match refusal {
        TicketRefusal::Unknown => ErrorCode::TicketInvalid,
        TicketRefusal::Expired => ErrorCode::TicketExpired,
        TicketRefusal::Used => ErrorCode::SignInTokenAlreadyUsed,
        TicketRefusal::Revoked => ErrorCode::SignInTokenRevoked,
        TicketRefusal::NoIdentifier => ErrorCode::SignInTokenCannotBeUsed,
    }
}

fn password_change(refusal: PasswordRefusal) -> Refusal {
    match refusal {
        PasswordRefusal::Off => Refusal::field(ErrorCode::FormParamUnknown, form::NEW_PASSWORD),
        PasswordRefusal::CurrentMissing => Refusal::field(ErrorCode::FormParamMissing, form::CURRENT_PASSWORD),
        PasswordRefusal::Incorrect => Refusal::field(ErrorCode::FormPasswordValidationFailed, form::CURRENT_PASSWORD),
        PasswordRefusal::Locked { remaining_ms } => locked(remaining_ms),
        PasswordRefusal::Unchanged => Refusal::field(ErrorCode::FormNewPasswordMatchesCurrent, form::NEW_PASSWORD),
        PasswordRefusal::Faults(faults) => all(faults.into_iter().map(|fault| password(fault, form::NEW_PASSWORD))),
        PasswordRefusal::None => Refusal::code(ErrorCode::NoPasswordSet),
        PasswordRefusal::Needed => Refusal::code(ErrorCode::PasswordRequired),
    }
}

fn email(refusal: EmailRefusal) -> Refusal {
    match refusal {
        EmailRefusal::NotFound => Refusal::code(ErrorCode::ResourceNotFound),
        EmailRefusal::Exists => Refusal::field(ErrorCode::FormIdentifierExists, form::EMAIL_ADDRESS)
            .saying("This address belongs to an account already. Use another one."),
        EmailRefusal::Claimed => Refusal::field(ErrorCode::IdentificationClaimed, form::EMAIL_ADDRESS),
        EmailRefusal::TooMany => Refusal::field(ErrorCode::FormParamValueInvalid, form::EMAIL_ADDRESS)
            .saying("This account has as many addresses as it may have. Remove one first."),
        EmailRefusal::TooManyPending => Refusal::code(ErrorCode::TooManyUnverifiedIdentifications),
        EmailRefusal::Last => Refusal::code(ErrorCode::LastRequiredIdentificationDeletionFailed),
        EmailRefusal::Unproven => Refusal::field(ErrorCode::FormParamValueInvalid, "primary")
            .saying("An address that nobody has proven or vouched for cannot be the main one."),
        EmailRefusal::StaysProven => Refusal::field(ErrorCode::FormParamValueInvalid, "verified")
            .saying("The address is proven, and that cannot be undone. Remove it instead."),
        EmailRefusal::StaysPrimary => Refusal::field(ErrorCode::FormParamValueInvalid, "primary")
            .saying("This is the main address until another one is. Make that one the main one."),
        EmailRefusal::Code(refusal) => code(refusal),
        EmailRefusal::TooManyMessages => too_many_messages(),
    }
}

fn phone(refusal: PhoneRefusal) -> Refusal {
    match refusal {
        PhoneRefusal::NotFound => Refusal::code(ErrorCode::ResourceNotFound),
        PhoneRefusal::Exists => Refusal::field(ErrorCode::FormIdentifierExists, form::PHONE_NUMBER)
            .saying("This number belongs to an account already. Use another one."),
        PhoneRefusal::Claimed => Refusal::field(ErrorCode::IdentificationClaimed, form::PHONE_NUMBER),
        PhoneRefusal::TooMany => Refusal::field(ErrorCode::FormParamValueInvalid, form::PHONE_NUMBER)
            .saying("This account has as many numbers as it may have. Remove one first."),
        PhoneRefusal::TooManyPending => Refusal::code(ErrorCode::TooManyUnverifiedIdentifications),
        PhoneRefusal::Last => Refusal::code(ErrorCode::LastRequiredIdentificationDeletionFailed),
        PhoneRefusal::Unproven => Refusal::field(ErrorCode::FormParamValueInvalid, "primary")
            .saying("A number that nobody has proven or vouched for cannot be the main one."),
        PhoneRefusal::SecondFactorOff => {
            Refusal::field(ErrorCode::FormParamValueDisabled, form::RESERVED_FOR_SECOND_FACTOR)
                .saying("This instance offers no codes by text as a second factor. Its owner can turn them on.")
        }
        PhoneRefusal::UnprovenSecondFactor => {
            Refusal::field(ErrorCode::FormParamValueInvalid, form::RESERVED_FOR_SECOND_FACTOR)
                .saying("A number has to be proven before it can be a second factor.")
        }
        PhoneRefusal::OnlyWayIn => Refusal::field(ErrorCode::FormParamValueInvalid, form::RESERVED_FOR_SECOND_FACTOR)
            .saying("Codes to this number are the only way to sign in to this account. Set a password first."),
        PhoneRefusal::NoSecondFactor => Refusal::field(ErrorCode::FormParamValueInvalid, form::DEFAULT_SECOND_FACTOR)
            .saying("This number is no second factor. Make it one first."),
        PhoneRefusal::StaysProven => Refusal::field(ErrorCode::FormParamValueInvalid, "verified")
            .saying("The number is proven, and that cannot be undone. Remove it instead."),
        PhoneRefusal::StaysPrimary => Refusal::field(ErrorCode::FormParamValueInvalid, "primary")
            .saying("This is the main number until another one is. Make that one the main one."),
        PhoneRefusal::Code(refusal) => code(refusal),
        PhoneRefusal::Text(refusal) => text(refusal, form::PHONE_NUMBER),
    }
}

/// No text is sent. Which limit was reached is the owner's to know.
fn text(refusal: TextRefusal, param: &str) -> Refusal {
    match refusal {
        TextRefusal::Country => Refusal::field(ErrorCode::UnsupportedCountryCode, param),
        TextRefusal::Number | TextRefusal::Caller | TextRefusal::Flood => {
            tracing::warn!(target: "audit", event = "text_refused", why = %refusal);
            too_many_messages()
        }
    }
}

fn warned(refused: Refusal, tries_left: u32) -> Refusal {
    if tries_left > WARN_AT {
        return refused;
    }
    let tries = if tries_left == 1 { "One try is".to_owned() } else { format!("{tries_left} tries are") };
    let warning = Refusal::code(ErrorCode::AccountLockoutWarning)
        .saying(format!("{tries} left before the account is locked for a while."));
    refused.and(warning)
}

fn locked(remaining_ms: i64) -> Refusal {
    let seconds = remaining_ms.saturating_add(SECOND - 1) / SECOND;
    let mut meta = ErrorMeta::default();
    meta.other.insert("lockout_expires_in_seconds".to_owned(), seconds.into());
    Refusal::with_meta(ErrorCode::UserLocked, meta)
}

fn sign_up(refusal: SignUpRefusal) -> Refusal {
    match refusal {
        SignUpRefusal::SessionExists => Refusal::code(ErrorCode::SessionExists),
        SignUpRefusal::NotCurrent => Refusal::code(ErrorCode::ResourceForbidden),
        SignUpRefusal::Abandoned => Refusal::code(ErrorCode::ClientStateInvalid)
            .saying("The sign-up was left alone for too long and was given up. Begin again."),
        SignUpRefusal::WrongState => Refusal::code(ErrorCode::ClientStateInvalid),
        SignUpRefusal::Form(faults) => form_faults(faults),
        SignUpRefusal::EmailExists => Refusal::field(ErrorCode::FormIdentifierExists, form::EMAIL_ADDRESS),
        SignUpRefusal::EmailClaimed => Refusal::field(ErrorCode::IdentificationClaimed, form::EMAIL_ADDRESS),
        SignUpRefusal::NoEmail => Refusal::field(ErrorCode::FormConditionalParamMissing, form::EMAIL_ADDRESS)
            .saying("No email address was given yet that a code could be sent to."),
        SignUpRefusal::Code(refusal) => code(refusal),
        SignUpRefusal::TooManyMessages => too_many_messages(),
        SignUpRefusal::PhoneExists => Refusal::field(ErrorCode::FormIdentifierExists, form::PHONE_NUMBER),
        SignUpRefusal::PhoneClaimed => Refusal::field(ErrorCode::IdentificationClaimed, form::PHONE_NUMBER),
        SignUpRefusal::NoPhone => Refusal::field(ErrorCode::FormConditionalParamMissing, form::PHONE_NUMBER)
            .saying("No phone number was given yet that a code could be sent to."),
        SignUpRefusal::UsernameTaken => Refusal::field(ErrorCode::FormIdentifierExists, form::USERNAME),
        SignUpRefusal::Text(refusal) => text(refusal, form::PHONE_NUMBER),
        SignUpRefusal::Invitation(refusal) => invitation(refusal),
    }
}

/// Somebody may not come in. What is told is what they gave themselves; nothing of who has an account.
fn restriction(refusal: RestrictionRefusal) -> Refusal {
    match refusal {
        RestrictionRefusal::Restricted => Refusal::code(ErrorCode::SignUpModeRestricted),
        RestrictionRefusal::NoWaitlist => Refusal::code(ErrorCode::WaitlistNotAcceptingEntries),
        RestrictionRefusal::Waitlist => Refusal::code(ErrorCode::SignUpRestrictedWaitlist),
        RestrictionRefusal::NotAllowed(identifiers) => {
            let meta = ErrorMeta { identifiers: Some(identifiers), ..ErrorMeta::default() };
            Refusal::with_meta(ErrorCode::NotAllowedAccess, meta)
        }
    }
}

fn form_faults(faults: FormFaults) -> Refusal {
    let fields = faults.fields.into_iter().map(Refusal::from);
    all(fields.chain(faults.password.into_iter().map(|fault| password(fault, form::PASSWORD))))
}

fn password(fault: PasswordFault, param: &str) -> Refusal {
    let of = |code| Refusal::field(code, param);
    match fault {
        PasswordFault::TooShort { min } => {
            of(ErrorCode::FormPasswordLengthTooShort).saying(format!("The password needs {min} characters or more."))
        }
        PasswordFault::TooLong { max } => {
            of(ErrorCode::FormPasswordLengthTooLong).saying(format!("The password may have {max} characters at most."))
        }
        PasswordFault::TooManyBytes => of(ErrorCode::FormPasswordSizeInBytesExceeded),
        PasswordFault::NoUppercase => of(ErrorCode::FormPasswordNoUppercase),
        PasswordFault::NoLowercase => of(ErrorCode::FormPasswordNoLowercase),
        PasswordFault::NoNumber => of(ErrorCode::FormPasswordNoNumber),
        PasswordFault::NoSpecialChar => of(ErrorCode::FormPasswordNoSpecialChar),
        PasswordFault::MatchesIdentifier => of(ErrorCode::FormPasswordMatchesIdentifier),
        PasswordFault::Names => of(ErrorCode::FormPasswordMatchesIdentifier).saying(
            "Without your names, your address and the name of the application it would be too short. Add to it.",
        ),
        PasswordFault::Common => of(ErrorCode::FormPasswordPwned)
            .saying("This is one of the passwords that everybody tries. Choose another one."),
        PasswordFault::Breached => of(ErrorCode::FormPasswordPwned),
        PasswordFault::Weak { advice } => weak(&advice, param),
        PasswordFault::Unchecked => Refusal::code(ErrorCode::ServiceUnavailable)
            .saying("It cannot be said at this moment whether the password was stolen elsewhere. Try again in a while.")
            .retry_after(UNCHECKED_RETRY),
    }
}

/// A password that is too easy to guess, with advice as components read it (protocol §1.5).
fn weak(advice: &[Advice], param: &str) -> Refusal {
    let suggestions: Vec<_> =
        advice.iter().map(|advice| json!({ "code": advice.code, "message": advice.sentence })).collect();
    let mut meta = ErrorMeta::param(param);
    meta.other.insert("zxcvbn".to_owned(), json!({ "suggestions": suggestions }));
    let refusal = Refusal::with_meta(ErrorCode::FormPasswordNotStrongEnough, meta);
    let sentences: Vec<_> = advice.iter().map(|advice| advice.sentence).collect();
    if sentences.is_empty() {
        return refusal;
    }
    refusal.saying(format!("The password is too easy to guess. {}", sentences.join(" ")))
}

fn code(refusal: CodeRefusal) -> Refusal {
    match refusal {
        CodeRefusal::Missing => Refusal::code(ErrorCode::VerificationMissing),
        CodeRefusal::AlreadyVerified => Refusal::code(ErrorCode::VerificationAlreadyVerified),
        CodeRefusal::Expired => Refusal::code(ErrorCode::VerificationExpired),
        CodeRefusal::TooManyTries => Refusal::code(ErrorCode::VerificationFailed),
        CodeRefusal::Incorrect => Refusal::field(ErrorCode::FormCodeIncorrect, form::CODE),
        CodeRefusal::TooSoon { retry_after_ms } => {
            let seconds = retry_after_ms.saturating_add(SECOND - 1) / SECOND;
            Refusal::code(ErrorCode::VerificationCodeTooManyRequests)
                .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
        }
    }
}

fn too_many_messages() -> Refusal {
    Refusal::code(ErrorCode::VerificationCodeRateLimitExceeded).retry_after(MESSAGES_RETRY)
}
