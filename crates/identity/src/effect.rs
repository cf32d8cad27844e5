//! What a step asks to be written down or sent, and where a step is taken.

use crate::{
    Client, CodeMac, ConnectionKey, Counter, DeviceActivity, Email, EmailAddress, ExternalAccount, ExternalAccountId,
    IdentificationId, InvitationId, Passkey, PasswordDigest, Phone, PhoneNumber, Policy, Recipient, SentCode, Session,
    SessionEnd, SessionId, SignInTokenId, Strategy, Timestamp, TotpId, User, UserId, Username, VerificationId,
};

/// Where a step is taken: on which client, beside which sessions of it, under which policy, and when.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The client that asks.
    pub client: &'a Client,
    /// Its sessions, whatever their state.
    pub sessions: &'a [Session],
    /// What the instance demands and allows.
    pub policy: &'a Policy,
    /// The server's clock.
    pub now: Timestamp,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<T> {
    /// The attempt after the step.
    pub attempt: T,
    /// The client after the step; the same as before if the step does not change it.
    pub client: Client,
    /// What has to be committed together with both.
    pub effects: Vec<Effect>,
}

/// Something to commit in the transaction that writes the attempt. If one of them cannot be done, none is.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send the code of this verification.
    SendCode {
        /// Which verification.
        verification: VerificationId,
        /// To whom.
        to: Recipient,
        /// False when the address must not get it: the same work is done and counted, but nothing leaves the instance.
        deliver: bool,
    },
    /// Tell the holder of this address, in place of a code, that they have an account already.
    SendAccountExists {
        /// The verification whose code is not sent.
        verification: VerificationId,
        /// To whom.
        to: Recipient,
    },
    /// Use the code up; it must not have been used before.
    ConsumeCode(VerificationId),
    /// The password must still be the one that was checked.
    RequirePassword {
        /// Whose.
        user_id: UserId,
        /// The version that was checked.
        version: i64,
    },
    /// Set a password: the first one for version 0, else in place of the one that has this version.
    SetPassword {
        /// Whose.
        user_id: UserId,
        /// The version that was read.
        version: i64,
        /// The password.
        digest: PasswordDigest,
    },
    /// Remove the password that has this version.
    RemovePassword {
        /// Whose.
        user_id: UserId,
        /// The version that was read.
        version: i64,
    },
    /// Note that what is shown of the user has changed.
    NoteChange(UserId),
    /// Use a token of the owner's up; it must not have been used or revoked before.
    RedeemTicket(SignInTokenId),
    /// Use an invitation up; it must not have been accepted, revoked or too old.
    AcceptInvitation(InvitationId),
    /// Forget the wrong tries that are counted so; nothing may be locked at this moment, neither by them nor by the owner.
    ClearFailures(Counter),
    /// Nothing may be locked at this moment, neither by the tries that are counted so nor by the owner.
    RequireOpen(Counter),
    /// Use a step of an authenticator app up, and with it all before; none after it may have been used.
    UseTotp {
        /// Of which app.
        id: TotpId,
        /// The step of 30 seconds since 1970.
        step: i64,
    },
    /// Use a backup code up; it must not have been used before.
    UseBackupCode {
        /// Whose.
        user_id: UserId,
        /// The code.
        mac: CodeMac,
    },
    /// Ask for the authenticator app from now on; it must still be the one that was begun.
    EnableTotp {
        /// Whose.
        user_id: UserId,
        /// Which.
        id: TotpId,
        /// The step of the code that was seen.
        step: i64,
    },
    /// Put backup codes in place of those that are there.
    PutBackupCodes {
        /// Whose.
        user_id: UserId,
        /// The codes.
        macs: Vec<CodeMac>,
    },
    /// Remove the authenticator app of a user, who has another second factor.
    RemoveTotp(UserId),
    /// Codes to this number, which is proven, are a second factor from now on, or no more while there are others.
    SetSecondPhone {
        /// Whose.
        user_id: UserId,
        /// The number.
        id: IdentificationId,
        /// Whether they are.
        on: bool,
    },
    /// Offer this number first among the second factors, and no other one.
    PreferSecondPhone {
        /// Whose.
        user_id: UserId,
        /// The number; none lets the app go first.
        id: Option<IdentificationId>,
    },
    /// Remove every second factor of a user, and the backup codes with them: the app, and what numbers are set apart for.
    RemoveSecondFactors(UserId),
    /// Add this address to its user.
    AddEmail(Box<EmailAddress>),
    /// This code is under way to the address from now on; the ones before are dead.
    PutCode {
        /// The address.
        address: IdentificationId,
        /// The code.
        sent: SentCode,
    },
    /// Note that an address is proven. Nobody else may have claimed it.
    VerifyEmail(IdentificationId),
    /// Remove an address from its user.
    RemoveEmail(IdentificationId),
    /// Add this number to its user.
    AddPhone(Box<PhoneNumber>),
    /// Note that a number is proven. Nobody else may have claimed it.
    VerifyPhone(IdentificationId),
    /// Remove a number from its user.
    RemovePhone(IdentificationId),
    /// Give the user this name in place of the one before, or none. Nobody else may have it.
    SetUsername {
        /// Whose.
        user_id: UserId,
        /// Id of the identification.
        id: IdentificationId,
        /// The name.
        name: Option<Username>,
    },
    /// Use up what came back from elsewhere; it must not have been used before.
    RedeemExternal(VerificationId),
    /// Write an account elsewhere that is not linked, or whose proof has changed.
    SaveExternal(Box<ExternalAccount>),
    /// Link an account elsewhere to its user, with what the provider gave the instance on that way out. It must be
    /// linked to nobody else.
    LinkExternal {
        /// The account elsewhere.
        external: Box<ExternalAccount>,
        /// The way out that proved it.
        flow: VerificationId,
    },
    /// Remove an account elsewhere from its user.
    UnlinkExternal(ExternalAccountId),
    /// Use a ceremony of a passkey up; it must not have been used before.
    ConsumeCeremony(VerificationId),
    /// Add a passkey to its user. Nobody else may have that key.
    AddPasskey(Box<Passkey>),
    /// Write a passkey that has not changed since the moment that it was seen at.
    SavePasskey {
        /// The passkey.
        passkey: Box<Passkey>,
        /// When it had changed before.
        seen: Timestamp,
    },
    /// Remove a passkey from its user.
    RemovePasskey(IdentificationId),
    /// Create the account. Nobody else may have claimed its address.
    CreateAccount(Box<NewAccount>),
    /// Begin the session.
    BeginSession(Box<Session>),
    /// Write down that a session of the client is over.
    EndSession(Box<Session>),
    /// End every session of a user but this one, those included that began since the decision.
    EndOtherSessions {
        /// Whose.
        user_id: UserId,
        /// The one that stays.
        kept: SessionId,
    },
    /// Tell the holder of this address what has become of their account.
    SendNotice {
        /// Whose account.
        user_id: UserId,
        /// What.
        notice: Notice,
        /// To whom.
        to: Recipient,
        /// Language tag of the account.
        locale: Option<String>,
    },
}

/// What people are told of changes that somebody who took over their account would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// There is a new password.
    PasswordChanged,
    /// There is no password any more.
    PasswordRemoved,
    /// There is another address.
    EmailAdded(Email),
    /// An address is gone.
    EmailRemoved(Email),
    /// There is another phone number.
    PhoneAdded(Phone),
    /// A phone number is gone.
    PhoneRemoved(Phone),
    /// This address is the main one now.
    PrimaryChanged(Email),
    /// An account elsewhere leads to this one.
    ExternalConnected(ConnectionKey),
    /// An account elsewhere does not lead to this one any more.
    ExternalRemoved(ConnectionKey),
    /// Codes to this number are asked for from now on, as a second factor.
    SecondPhoneAdded(Phone),
    /// Codes to this number are no second factor any more.
    SecondPhoneRemoved(Phone),
    /// An authenticator app is asked for from now on.
    TotpAdded,
    /// No authenticator app is asked for any more.
    TotpRemoved,
    /// There are new backup codes.
    BackupCodesRenewed,
    /// There is another passkey, of this name.
    PasskeyAdded(String),
    /// A passkey is gone, of this name.
    PasskeyRemoved(String),
    /// Somebody has signed in on a client that knew nothing of the user.
    NewDevice {
        /// The session that began by it.
        session: SessionId,
        /// What is known of the device.
        device: DeviceActivity,
    },
}

/// An account to create.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    /// The user.
    pub user: User,
    /// The address, if one was given.
    pub email: Option<EmailAddress>,
    /// The phone number, if one was given.
    pub phone: Option<PhoneNumber>,
    /// Id of the user's name as an identification.
    pub username_id: IdentificationId,
    /// The password, if one was given.
    pub password: Option<PasswordDigest>,
    /// The account elsewhere that it was made from.
    pub external: Option<ExternalAccount>,
}

/// What the caller draws and knows for a session that a step may begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Id.
    pub id: SessionId,
    /// The device that asks.
    pub activity: DeviceActivity,
    /// Names the proof of the second factor, where one is asked for before the session begins.
    pub second_factor: VerificationId,
}

/// What the caller draws and knows for an account that a step may create.
#[derive(Clone, Debug)]
pub struct AccountSeed {
    /// Id of the user.
    pub user: UserId,
    /// Id of the email address.
    pub email: IdentificationId,
    /// Id of the phone number.
    pub phone: IdentificationId,
    /// Id of the user name.
    pub username: IdentificationId,
    /// The session.
    pub session: NewSession,
}

impl<T> Step<T> {
    /// A step that asks for nothing but that the attempt is written.
    pub(crate) fn quiet(attempt: T, scene: &Scene<'_>) -> Self {
        Self { attempt, client: scene.client.clone(), effects: Vec::new() }
    }

    /// Takes another step at once, in the same commit.
    pub fn and<E>(self, scene: &Scene<'_>, next: impl FnOnce(&T, &Scene<'_>) -> Result<Self, E>) -> Result<Self, E> {
        let mut step = next(&self.attempt, &Scene { client: &self.client, ..*scene })?;
        let mut effects = self.effects;
        effects.append(&mut step.effects);
        Ok(Self { effects, ..step })
    }
}

impl Scene<'_> {
    /// The session by which somebody is signed in on the client, if a client may hold only one.
    pub(crate) fn occupied(&self) -> bool {
        self.policy.sessions.single_session && self.signed_in().next().is_some()
    }

    /// The session by which this user is signed in on the client.
    pub(crate) fn session_of(&self, user_id: &UserId) -> Option<&Session> {
        self.signed_in().find(|session| session.user_id == *user_id)
    }

    fn signed_in(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter().filter(|session| session.is_signed_in(self.policy, self.now))
    }

    /// Begins a session on the client, whose token is replaced by that; where a client holds one session, the others
    /// make room. Why the same user was signed out here before has been told by now.
    pub(crate) fn begin_session(&self, seed: NewSession, user_id: UserId, strategy: Strategy) -> (Client, Vec<Effect>) {
        let mut client = self.client.clone();
        client.add_session(seed.id.clone(), strategy, self.now);
        let make_room = self.sessions.iter().filter_map(|session| {
            let how = if session.is_signed_in(self.policy, self.now) {
                self.policy.sessions.single_session.then_some(SessionEnd::Replaced)?
            } else {
                (session.user_id == user_id).then_some(SessionEnd::Removed)?
            };
            let over = session.finish(how, self.policy, self.now).ok()?;
            Some(Effect::EndSession(Box::new(over)))
        });
        let mut effects: Vec<_> = make_room.collect();
        let session = Session::begin(seed.id, client.id.clone(), user_id, seed.activity, self.now);
        effects.push(Effect::BeginSession(Box::new(session)));
        (client, effects)
    }
}
