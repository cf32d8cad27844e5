//! What one commit writes.

use frontdesk_identity::{
    Client, CodeMac, Counter, Effect, EmailAddress, ExternalAccount, ExternalAccountId, IdentificationId, Invitation,
    InvitationId, InvitationState, NewAccount, Notice, Passkey, PasswordDigest, PhoneNumber, Recipient, Reverification,
    SentCode, Session, SessionEnd, SessionId, SignIn, SignInToken, SignInTokenId, SignInTokenState, SignUp, Timestamp,
    TotpId, User, UserId, Username, VerificationId, WaitlistEntry, WaitlistEntryId,
};

use crate::{
    ExternalFlow, Instance, JwtTemplate, ListedIdentifier, NewDelivery, PasskeyCeremony, Picture, RedirectUrl,
    SealedBytes, SecretKey, SigningKey, Versioned,
};

/// Changes that are written together or not at all. `save_…` inserts what is fresh ([`Versioned::fresh`]) and otherwise
/// updates the version that was read.
#[derive(Debug)]
pub struct Changes {
    pub(crate) now: Timestamp,
    pub(crate) list: Vec<Change>,
}

/// One of them.
#[derive(Debug)]
pub(crate) enum Change {
    Instance(Versioned<Instance>),
    SigningKey(SigningKey),
    Client(Versioned<Client>),
    DeleteClient(Versioned<Client>),
    Session(Versioned<Session>),
    SignIn(Box<Versioned<SignIn>>),
    SignUp(Box<Versioned<SignUp>>),
    CreateAccount(Box<NewAccount>),
    AddEmail(EmailAddress),
    PutCode { address: IdentificationId, sent: SentCode },
    VerifyEmail(IdentificationId),
    RemoveEmail(IdentificationId),
    AddPhone(PhoneNumber),
    SetUsername { user_id: UserId, id: IdentificationId, name: Option<Username> },
    SetPicture(Picture),
    RemovePicture(UserId),
    User(Box<Versioned<User>>),
    DeleteUser(Versioned<UserId>),
    NoteActive(UserId),
    RequirePassword { user_id: UserId, version: i64 },
    Password { user_id: UserId, digest: Versioned<PasswordDigest>, new: bool },
    RemovePassword { user_id: UserId, version: i64 },
    Touch(UserId),
    ClearFailures(Counter),
    EndSessions { user_id: UserId, how: SessionEnd, kept: Option<SessionId> },
    Lock { user_id: UserId, until: Timestamp },
    Unlock(UserId),
    ConsumeCode(VerificationId),
    RequireOpen(Counter),
    BeginTotp { user_id: UserId, id: TotpId, secret: SealedBytes },
    EnableTotp { user_id: UserId, id: TotpId, step: i64 },
    UseTotp { id: TotpId, step: i64 },
    PutBackupCodes { user_id: UserId, macs: Vec<CodeMac> },
    UseBackupCode { user_id: UserId, mac: CodeMac },
    RemoveTotp(UserId),
    SetSecondPhone { user_id: UserId, id: IdentificationId, on: bool },
    PreferSecondPhone { user_id: UserId, id: Option<IdentificationId> },
    RemoveSecondFactors(UserId),
    Reverification(Box<Versioned<Reverification>>),
    BeginExternal(Box<ExternalFlow>),
    RedeemExternal(VerificationId),
    SaveExternal(Box<ExternalAccount>),
    LinkExternal { external: Box<ExternalAccount>, flow: VerificationId },
    UnlinkExternal(ExternalAccountId),
    GiveUpGrant(ExternalAccountId),
    BeginCeremony(Box<PasskeyCeremony>),
    ConsumeCeremony(VerificationId),
    DropCeremony(VerificationId),
    AddPasskey(Box<Passkey>),
    SavePasskey { passkey: Box<Passkey>, seen: Timestamp },
    RemovePasskey(IdentificationId),
    GiveTicket(SignInToken),
    SettleTicket { id: SignInTokenId, state: SignInTokenState },
    Invite { invitation: Box<Invitation>, beside: bool },
    SettleInvitation { id: InvitationId, state: InvitationState },
    WaitlistEntry(Box<Versioned<WaitlistEntry>>),
    DeleteWaitlistEntry { id: WaitlistEntryId, version: i64 },
    SecretKey(SecretKey),
    ListRedirect(RedirectUrl),
    UnlistRedirect(String),
    ListIdentifier(ListedIdentifier),
    UnlistIdentifier(String),
    JwtTemplate(Box<Versioned<JwtTemplate>>),
    DeleteJwtTemplate(String),
    Deliver(NewDelivery),
}

/// A message that effects ask for; the caller words and seals it and adds it with [`Changes::deliver`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A code.
    Code {
        /// Whose code.
        verification: VerificationId,
        /// To whom.
        to: Recipient,
        /// Whether it leaves the instance ([`NewDelivery::deliver`]).
        deliver: bool,
    },
    /// That there is an account already.
    AccountExists {
        /// The verification whose code is not sent.
        verification: VerificationId,
        /// To whom.
        to: Recipient,
    },
    /// What has become of an account.
    Notice {
        /// Whose.
        user_id: UserId,
        /// What.
        notice: Notice,
        /// To whom.
        to: Recipient,
        /// Language tag of the account.
        locale: Option<String>,
    },
}

impl Changes {
    /// No changes yet, to be written at this moment.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { now, list: Vec::new() }
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds everything that a step of an attempt or a change of an account asks for. `sessions` are those of the client as they were read.
    /// The messages come back, because only the caller can word and seal them.
    #[must_use = "the messages have yet to be added"]
    pub fn effects(&mut self, effects: Vec<Effect>, sessions: &[Versioned<Session>]) -> Vec<Message> {
        let mut messages = Vec::new();
        for effect in effects {
            match effect {
                Effect::SendCode { verification, to, deliver } => {
                    messages.push(Message::Code { verification, to, deliver });
                }
                Effect::SendAccountExists { verification, to } => {
                    messages.push(Message::AccountExists { verification, to });
                }
                Effect::ConsumeCode(id) => self.consume_code(id),
                Effect::RedeemTicket(id) => self.settle_ticket(id, SignInTokenState::Accepted),
                Effect::AcceptInvitation(id) => self.settle_invitation(id, InvitationState::Accepted),
                Effect::RequirePassword { user_id, version } => self.require_password(user_id, version),
                Effect::SetPassword { user_id, version, digest } => {
                    self.save_password(user_id, Versioned { value: digest, version });
                }
                Effect::RemovePassword { user_id, version } => {
                    self.list.push(Change::RemovePassword { user_id, version });
                }
                Effect::NoteChange(user_id) => self.list.push(Change::Touch(user_id)),
                Effect::ClearFailures(counter) => self.clear_failures(counter),
                Effect::RequireOpen(counter) => self.list.push(Change::RequireOpen(counter)),
                Effect::EnableTotp { user_id, id, step } => self.list.push(Change::EnableTotp { user_id, id, step }),
                Effect::UseTotp { id, step } => self.list.push(Change::UseTotp { id, step }),
                Effect::PutBackupCodes { user_id, macs } => self.list.push(Change::PutBackupCodes { user_id, macs }),
                Effect::UseBackupCode { user_id, mac } => self.list.push(Change::UseBackupCode { user_id, mac }),
                Effect::RemoveTotp(user_id) => self.list.push(Change::RemoveTotp(user_id)),
                Effect::SetSecondPhone { user_id, id, on } => {
                    self.list.push(Change::SetSecondPhone { user_id, id, on });
                }
                Effect::PreferSecondPhone { user_id, id } => self.list.push(Change::PreferSecondPhone { user_id, id }),
                Effect::RemoveSecondFactors(user_id) => self.list.push(Change::RemoveSecondFactors(user_id)),
                Effect::AddEmail(address) => self.add_email(*address),
                Effect::PutCode { address, sent } => self.list.push(Change::PutCode { address, sent }),
                Effect::VerifyEmail(id) | Effect::VerifyPhone(id) => self.list.push(Change::VerifyEmail(id)),
                Effect::RemoveEmail(id) | Effect::RemovePhone(id) => self.list.push(Change::RemoveEmail(id)),
                Effect::AddPhone(number) => self.add_phone(*number),
                Effect::SetUsername { user_id, id, name } => {
                    self.list.push(Change::SetUsername { user_id, id, name });
                }
                Effect::RedeemExternal(id) => self.list.push(Change::RedeemExternal(id)),
                Effect::SaveExternal(external) => self.list.push(Change::SaveExternal(external)),
                Effect::LinkExternal { external, flow } => self.list.push(Change::LinkExternal { external, flow }),
                Effect::UnlinkExternal(id) => self.list.push(Change::UnlinkExternal(id)),
                Effect::ConsumeCeremony(id) => self.list.push(Change::ConsumeCeremony(id)),
                Effect::AddPasskey(passkey) => self.list.push(Change::AddPasskey(passkey)),
                Effect::SavePasskey { passkey, seen } => self.list.push(Change::SavePasskey { passkey, seen }),
                Effect::RemovePasskey(id) => self.list.push(Change::RemovePasskey(id)),
                Effect::CreateAccount(account) => self.list.push(Change::CreateAccount(account)),
                Effect::EndOtherSessions { user_id, kept } => {
                    self.list.push(Change::EndSessions { user_id, how: SessionEnd::Revoked, kept: Some(kept) });
                }
                Effect::SendNotice { user_id, notice, to, locale } => {
                    messages.push(Message::Notice { user_id, notice, to, locale });
                }
                Effect::BeginSession(session) => self.save_session(Versioned::fresh(*session)),
                Effect::EndSession(session) => {
                    // One that was not read cannot be current: as a fresh one it would clash, and be gathered again.
                    let read = sessions.iter().find(|read| read.value.id == session.id);
                    self.save_session(Versioned { version: read.map_or(0, |read| read.version), value: *session });
                }
            }
        }
        messages
    }

    /// Writes the instance.
    pub fn save_instance(&mut self, instance: Versioned<Instance>) {
        self.list.push(Change::Instance(instance));
    }

    /// Adds a signing key.
    pub fn add_signing_key(&mut self, key: SigningKey) {
        self.list.push(Change::SigningKey(key));
    }

    /// Writes a client.
    pub fn save_client(&mut self, client: Versioned<Client>) {
        self.list.push(Change::Client(client));
    }

    /// Deletes a client with its sessions and attempts.
    pub fn delete_client(&mut self, client: Versioned<Client>) {
        self.list.push(Change::DeleteClient(client));
    }

    /// Writes a session; a fresh one is also noted as the user's last sign-in.
    pub fn save_session(&mut self, session: Versioned<Session>) {
        self.list.push(Change::Session(session));
    }

    /// Writes a sign-in. A code that it puts under way can be tried from now on; the ones before cannot.
    pub fn save_sign_in(&mut self, sign_in: Versioned<SignIn>) {
        self.list.push(Change::SignIn(Box::new(sign_in)));
    }

    /// Writes a sign-up. A code that it puts under way can be tried from now on; the ones before cannot.
    pub fn save_sign_up(&mut self, sign_up: Versioned<SignUp>) {
        self.list.push(Change::SignUp(Box::new(sign_up)));
    }

    /// Creates an account.
    pub fn create_account(&mut self, account: NewAccount) {
        self.list.push(Change::CreateAccount(Box::new(account)));
    }

    /// Adds an address to a user. Nobody else may have claimed it, if it is proven or reserved.
    pub fn add_email(&mut self, email: EmailAddress) {
        self.list.push(Change::AddEmail(email));
    }

    /// Adds a number to a user. Nobody else may have claimed it, if it is proven or reserved.
    pub fn add_phone(&mut self, number: PhoneNumber) {
        self.list.push(Change::AddPhone(number));
    }

    /// Sets the picture of a user in place of the one before; goes with [`Self::save_user`], which names it.
    pub fn set_picture(&mut self, picture: Picture) {
        self.list.push(Change::SetPicture(picture));
    }

    /// Removes the picture of a user.
    pub fn remove_picture(&mut self, user_id: UserId) {
        self.list.push(Change::RemovePicture(user_id));
    }

    /// Writes a user (`Account::change_profile`), at the version of the account.
    pub fn save_user(&mut self, user: Versioned<User>) {
        self.list.push(Change::User(Box::new(user)));
    }

    /// Deletes a user with everything that names them.
    pub fn delete_user(&mut self, user: Versioned<UserId>) {
        self.list.push(Change::DeleteUser(user));
    }

    /// Notes that a user is there. Never in conflict with anything.
    pub fn note_active(&mut self, user_id: UserId) {
        self.list.push(Change::NoteActive(user_id));
    }

    /// Requires that the password is still of this version.
    pub fn require_password(&mut self, user_id: UserId, version: i64) {
        self.list.push(Change::RequirePassword { user_id, version });
    }

    /// Sets a password: the first one if fresh, else in place of the version that was read.
    pub fn save_password(&mut self, user_id: UserId, digest: Versioned<PasswordDigest>) {
        self.list.push(Change::Password { user_id, digest, new: true });
    }

    /// Keeps a password under other parameters: for the user it is the same, set when it was set.
    pub fn rehash_password(&mut self, user_id: UserId, digest: Versioned<PasswordDigest>) {
        self.list.push(Change::Password { user_id, digest, new: false });
    }

    /// Forgets the wrong tries that are counted so. In conflict if they, or the owner, have locked the user at this
    /// moment, so that a right guess among many at once succeeds only before the lock.
    pub fn clear_failures(&mut self, counter: Counter) {
        self.list.push(Change::ClearFailures(counter));
    }

    /// Ends every session of a user, also one that began after the decision. To be added after [`Self::save_user`]: who
    /// signs in at the same moment waits for the user's row, and comes before this or finds the user changed.
    pub fn end_sessions(&mut self, user_id: UserId, how: SessionEnd) {
        self.list.push(Change::EndSessions { user_id, how, kept: None });
    }

    /// Locks a user everywhere until that moment, whatever was counted.
    pub fn lock(&mut self, user_id: UserId, until: Timestamp) {
        self.list.push(Change::Lock { user_id, until });
    }

    /// Opens a locked user, and forgets what was counted.
    pub fn unlock(&mut self, user_id: UserId) {
        self.list.push(Change::Unlock(user_id));
    }

    /// Uses a code up. In conflict if it was used before.
    pub fn consume_code(&mut self, id: VerificationId) {
        self.list.push(Change::ConsumeCode(id));
    }

    /// Begins to set up an authenticator app, in place of one that was begun before. In conflict if one is set up.
    pub fn begin_totp(&mut self, user_id: UserId, id: TotpId, secret: SealedBytes) {
        self.list.push(Change::BeginTotp { user_id, id, secret });
    }

    /// Writes an attempt to prove once more who is signed in by a session.
    pub fn save_reverification(&mut self, attempt: Versioned<Reverification>) {
        self.list.push(Change::Reverification(Box::new(attempt)));
    }

    /// Sends a person to a provider.
    pub fn begin_external(&mut self, flow: ExternalFlow) {
        self.list.push(Change::BeginExternal(Box::new(flow)));
    }

    /// Writes an account elsewhere that is not linked yet, or is asked for again.
    pub fn save_external(&mut self, external: ExternalAccount) {
        self.list.push(Change::SaveExternal(Box::new(external)));
    }

    /// Removes an account elsewhere.
    pub fn unlink_external(&mut self, id: ExternalAccountId) {
        self.list.push(Change::UnlinkExternal(id));
    }

    /// Forgets what the provider gave for an account elsewhere, which stays linked.
    pub fn give_up_grant(&mut self, id: ExternalAccountId) {
        self.list.push(Change::GiveUpGrant(id));
    }

    /// Begins a ceremony of a passkey in place of the client's last one of the same kind.
    pub fn begin_ceremony(&mut self, ceremony: PasskeyCeremony) {
        self.list.push(Change::BeginCeremony(Box::new(ceremony)));
    }

    /// Drops a ceremony of a passkey, so that no answer is waited for any more.
    pub fn drop_ceremony(&mut self, id: VerificationId) {
        self.list.push(Change::DropCeremony(id));
    }

    /// Writes a passkey that has not changed since the moment that it was seen at.
    pub fn save_passkey(&mut self, passkey: Passkey, seen: Timestamp) {
        self.list.push(Change::SavePasskey { passkey: Box::new(passkey), seen });
    }

    /// Keeps a token that signs its user in once.
    pub fn give_ticket(&mut self, token: SignInToken) {
        self.list.push(Change::GiveTicket(token));
    }

    /// Writes down what became of such a token. In conflict if it is not pending any more.
    pub fn settle_ticket(&mut self, id: SignInTokenId, state: SignInTokenState) {
        self.list.push(Change::SettleTicket { id, state });
    }

    /// Writes a secret key: a new one, or when it ends.
    pub fn save_secret_key(&mut self, key: SecretKey) {
        self.list.push(Change::SecretKey(key));
    }

    /// Lists an address to which a browser may be sent back. In conflict if it is listed.
    pub fn list_redirect(&mut self, url: RedirectUrl) {
        self.list.push(Change::ListRedirect(url));
    }

    /// Takes an address from that list. In conflict if it is not there.
    pub fn unlist_redirect(&mut self, id: String) {
        self.list.push(Change::UnlistRedirect(id));
    }

    /// Adds an invitation. In conflict if its address is invited already, unless it may lie beside others.
    pub fn invite(&mut self, invitation: Invitation, beside: bool) {
        self.list.push(Change::Invite { invitation: Box::new(invitation), beside });
    }

    /// Notes what became of an invitation. In conflict if that was settled before, or if it is too old to be accepted.
    pub fn settle_invitation(&mut self, id: InvitationId, state: InvitationState) {
        self.list.push(Change::SettleInvitation { id, state });
    }

    /// Writes an entry of the waitlist. In conflict if the address is on it already.
    pub fn save_waitlist_entry(&mut self, entry: Versioned<WaitlistEntry>) {
        self.list.push(Change::WaitlistEntry(Box::new(entry)));
    }

    /// Takes an entry of this version off the waitlist.
    pub fn delete_waitlist_entry(&mut self, id: WaitlistEntryId, version: i64) {
        self.list.push(Change::DeleteWaitlistEntry { id, version });
    }

    /// Puts an entry on one of the owner's lists. In conflict if the list has it.
    pub fn list_identifier(&mut self, listed: ListedIdentifier) {
        self.list.push(Change::ListIdentifier(listed));
    }

    /// Takes an entry off its list. In conflict if it is not there.
    pub fn unlist_identifier(&mut self, id: String) {
        self.list.push(Change::UnlistIdentifier(id));
    }

    /// Writes a JWT template. In conflict if another one has its name.
    pub fn save_jwt_template(&mut self, template: Versioned<JwtTemplate>) {
        self.list.push(Change::JwtTemplate(Box::new(template)));
    }

    /// Deletes a JWT template. In conflict if it is not there.
    pub fn delete_jwt_template(&mut self, id: String) {
        self.list.push(Change::DeleteJwtTemplate(id));
    }

    /// Puts a message into the queue.
    pub fn deliver(&mut self, delivery: NewDelivery) {
        self.list.push(Change::Deliver(delivery));
    }
}
