//! Why a flow did not do what was asked.

use frontdesk_identity::{
    EmailRefusal, FieldError, InvitationRefusal, JwtTemplateFault, PasskeyRefusal, PasswordFault, PasswordRefusal,
    PhoneRefusal, RemovalRefusal, RestrictionRefusal, SecondFactorRefusal, SessionRefusal, SignInRefusal,
    SignUpRefusal, WaitlistRefusal,
};
use frontdesk_wire::{Client, ErrorCode};

use super::TokenNews;
use crate::{
    instance::MintError,
    keys::OpenError,
    limits::{Shut, TooMany},
    passwords::PasswordError,
    pictures::PictureError,
    providers::ProviderFault,
    redirects::RedirectFault,
    settings::SettingsFault,
};

/// Why a flow did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The client token is of an older generation.
    #[error("the client token is no longer valid")]
    StaleToken,
    /// The caller has no session that could do this.
    #[error("the caller is not signed in")]
    SignedOut,
    /// There is no such thing, or it is somebody else's.
    #[error("there is no such thing")]
    NotFound,
    /// Another field makes this one necessary, or the field is at fault by itself.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Several fields are at fault.
    #[error("{} fields are at fault", .0.len())]
    Fields(Vec<FieldError>),
    /// What this field names belongs to somebody else.
    #[error("the field {0} names what somebody else has")]
    Taken(&'static str),
    /// The user has no password.
    #[error("the user has no password")]
    NoPassword,
    /// A new password cannot be used, by what was computed of it.
    #[error("the password of {param} breaks {} rules", .faults.len())]
    NewPassword {
        /// Name of the field.
        param: &'static str,
        /// The rules.
        faults: Vec<PasswordFault>,
    },
    /// A password is not set or removed.
    #[error(transparent)]
    PasswordChange(#[from] PasswordRefusal),
    /// Nothing becomes of an address.
    #[error(transparent)]
    Email(#[from] EmailRefusal),
    /// Nothing becomes of a phone number.
    #[error(transparent)]
    Phone(#[from] PhoneRefusal),
    /// It was not the password that somebody who is signed in has.
    #[error("not the current password, with {tries_left} tries left")]
    WrongCurrentPassword {
        /// Tries until the account is locked.
        tries_left: u32,
    },
    /// The token is over already, so that it cannot be taken back.
    #[error("the token is over already")]
    NotRevocable,
    /// The address cannot be listed.
    #[error(transparent)]
    Redirect(#[from] RedirectFault),
    /// The address is listed already.
    #[error("the address is listed already")]
    Listed,
    /// No more can be listed.
    #[error("{most} are listed, and no more can be")]
    ListFull {
        /// The field that would add one.
        param: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// The field names a setting that the file sets.
    #[error("the field {0} names what frontdesk.toml sets")]
    SetByFile(&'static str),
    /// The settings cannot be used.
    #[error("{} settings are at fault", .0.len())]
    Settings(Vec<SettingsFault>),
    /// A sign-in does not go on.
    #[error(transparent)]
    SignIn(#[from] SignInRefusal),
    /// It was not the password or code of a sign-in.
    #[error("wrong, with {tries_left} tries left")]
    Wrong {
        /// What was refused.
        refusal: SignInRefusal,
        /// Tries until the account is locked.
        tries_left: u32,
        /// Whether it must not be told what was wrong, identifier or password.
        hidden: bool,
    },
    /// A second factor is not set up or changed.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorRefusal),
    /// A change that matters needs a fresh proof of who it is.
    #[error("a fresh proof is needed")]
    NotFresh,
    /// Nobody has begun to prove it once more.
    #[error("nobody has begun to prove it once more")]
    NotReverifying,
    /// What was sealed cannot be read.
    #[error(transparent)]
    Sealed(OpenError),
    /// The user has no authenticator app.
    #[error("the user has no authenticator app")]
    NoTotp,
    /// It is no second factor of the user's.
    #[error("it is no second factor of the user's")]
    WrongSecondFactor,
    /// A sign-up does not go on.
    #[error(transparent)]
    SignUp(#[from] SignUpRefusal),
    /// Somebody may not come in.
    #[error(transparent)]
    Restricted(RestrictionRefusal),
    /// The list has the entry already, or one that is about the same.
    #[error("the list has it already")]
    OnList,
    /// An invitation leads nowhere.
    #[error(transparent)]
    Invitation(InvitationRefusal),
    /// The ticket signs somebody in who has an account.
    #[error("the ticket is for signing in")]
    TicketSignsIn,
    /// An invitation is over already, so that it cannot be taken back.
    #[error("it cannot be taken back: {0}")]
    InvitationOver(InvitationRefusal),
    /// The address is invited already, or named twice.
    #[error("the address is invited already")]
    Invited,
    /// The instance knows no addresses that could be invited.
    #[error("the instance knows no addresses")]
    InvitationsOff,
    /// Nothing more becomes of an entry of the waitlist.
    #[error(transparent)]
    Waitlist(WaitlistRefusal),
    /// Nothing becomes of a passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefusal),
    /// A session does not do what is asked.
    #[error(transparent)]
    Session(#[from] SessionRefusal),
    /// An account elsewhere cannot be used like this, by the protocol's code.
    #[error("refused as {}", .0.as_str())]
    External(ErrorCode),
    /// A provider does not give what it was asked for.
    #[error(transparent)]
    Provider(ProviderFault),
    /// The browser cannot be sent to the address of this field.
    #[error("the field {param}: {fault}")]
    RedirectField {
        /// Name of the field.
        param: &'static str,
        /// What is wrong with the address.
        fault: RedirectFault,
    },
    /// The owner has not listed the address of this field.
    #[error("the address of {param} is not listed")]
    RedirectNotListed {
        /// Name of the field.
        param: &'static str,
    },
    /// Nothing can be redeemed by this.
    #[error("nothing can be redeemed by this")]
    Redemption,
    /// An account elsewhere is not removed.
    #[error(transparent)]
    Removal(RemovalRefusal),
    /// There is no account elsewhere that could be taken over.
    #[error("there is nothing to transfer")]
    NothingToTransfer,
    /// Users may not delete themselves.
    #[error("users may not delete themselves")]
    DeleteSelfOff,
    /// Mail to the address was refused; `param` is the field that names it.
    #[error("mail to the address is refused")]
    AddressRefused {
        /// Name of the field.
        param: &'static str,
    },
    /// The address asked too often.
    #[error("too many requests")]
    TooMany(TooMany),
    /// Somebody else changed the same thing again and again.
    #[error("the same thing was being changed by others")]
    Contended,
    /// The store cannot answer.
    #[error("the store: {0}")]
    Store(#[from] frontdesk_store::StoreError),
    /// A file is no picture that could be shown.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The user has no picture.
    #[error("the user has no picture")]
    NoPicture,
    /// A password could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// There is no token.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// There is no JWT template of that name.
    #[error("there is no template of that name")]
    NoTemplate,
    /// A JWT template cannot be kept.
    #[error("{} things are wrong with the template", .0.len())]
    Template(Vec<JwtTemplateFault>),
    /// Another JWT template has the name.
    #[error("another template has the name")]
    TemplateExists,
}

/// A fault with what travels along.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub fault: Fault,
    /// The client as it stands, after a change that was refused.
    pub client: Option<Box<Client>>,
    /// What the caller has to know of its token.
    pub token: TokenNews,
}

impl From<Shut> for Fault {
    fn from(shut: Shut) -> Self {
        match shut {
            Shut::TooMany(many) => Self::TooMany(many),
            Shut::Store(error) => Self::Store(error),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, client: None, token: TokenNews::Same }
    }
}
