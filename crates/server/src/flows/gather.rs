//! What is stored and belongs to a request.

use frontdesk_identity::{
    Account, Client as IdentityClient, ClientId, Counter, ExternalAccount as IdentityExternal, Found, IdentificationId,
    Identifier, Lane, Lockout, Policy, Session as IdentitySession, SessionId, SignIn as IdentitySignIn, SignInState,
    SignUp as IdentitySignUp, Subject, Timestamp, UserId,
};
use frontdesk_store::{ClientView, Versioned};
use frontdesk_wire::{Client, ExternalAccount, Session, SignIn, SignUp, User};

use super::{Fault, Turn};
use crate::{
    instance::{MintError, Minting},
    views,
};

/// The client of a caller with everything that hangs on it, as it is stored.
pub(super) type Known = ClientView;

/// Whose an identifier is, with what a decision needs to know of them.
#[derive(Debug)]
pub(super) enum Holder {
    /// Of this account.
    Account(Box<Versioned<Account>>),
    /// Nobody's.
    Nobody {
        /// Stands for the address that does not exist.
        decoy: IdentificationId,
        /// What wrong tries against it are counted under.
        counter: Counter,
        /// Those tries.
        lockout: Lockout,
    },
}

impl Holder {
    /// The evidence.
    pub(super) fn found(&self) -> Found<'_> {
        match self {
            Self::Account(account) => Found::Account(&account.value),
            Self::Nobody { decoy, lockout, .. } => Found::Nobody { decoy, lockout: *lockout },
        }
    }

    /// What wrong tries are counted under.
    pub(super) fn counter(&self) -> &Counter {
        match self {
            Self::Account(account) => &account.value.counter,
            Self::Nobody { counter, .. } => counter,
        }
    }

    /// The language of the account, if it was ever said.
    pub(super) fn locale(&self) -> Option<&str> {
        match self {
            Self::Account(account) => account.value.user.locale.as_deref(),
            Self::Nobody { .. } => None,
        }
    }
}

impl Turn<'_> {
    /// The client of that id.
    pub(super) async fn known(&self, client_id: &str) -> Result<Option<Known>, Fault> {
        let Ok(id) = ClientId::parse(client_id) else { return Ok(None) };
        Ok(self.instance.store().client_view(&id, self.now).await?)
    }

    /// Whose an identifier is.
    pub(super) async fn holder_of(&self, identifier: &Identifier) -> Result<Holder, Fault> {
        self.caller.reveals.note();
        if let Some(account) = self.instance.store().account_by_identifier(identifier).await? {
            return Ok(Holder::Account(Box::new(account)));
        }
        self.nobody(identifier).await
    }

    /// Whom a sign-in is about, once it is about somebody.
    pub(super) async fn holder(&self, attempt: &IdentitySignIn) -> Result<Option<Holder>, Fault> {
        let (identifier, user_id) = match &attempt.state {
            SignInState::NeedsIdentifier => return Ok(None),
            SignInState::NeedsFirstFactor { identifier, subject: Subject::User { id }, .. } => {
                // Nothing is proven yet.
                self.caller.reveals.note();
                (identifier, id)
            }
            SignInState::NeedsNewPassword { identifier, user_id, .. }
            | SignInState::NeedsSecondFactor { identifier, user_id, .. }
            | SignInState::Complete { identifier, user_id, .. } => (identifier, user_id),
            SignInState::NeedsFirstFactor { identifier, subject: Subject::Nobody { .. }, .. } => {
                return Ok(Some(self.holder_of(identifier).await?));
            }
        };
        Ok(Some(match self.instance.store().account(user_id).await? {
            Some(account) => Holder::Account(Box::new(account)),
            None => self.nobody(identifier).await?,
        }))
    }

    async fn nobody(&self, identifier: &Identifier) -> Result<Holder, Fault> {
        let decoy = self.instance.decoy(identifier);
        let lockout = self.instance.store().nobody(decoy.as_str()).await?;
        Ok(Holder::Nobody { counter: Counter::strangers(&decoy), decoy, lockout })
    }

    /// The same with the wrong tries that count for whoever asks from this client. `reset` says that what they offer goes
    /// by a forgotten password.
    pub(super) async fn asked_from(&self, holder: Holder, client: &ClientId, reset: bool) -> Result<Holder, Fault> {
        Ok(match holder {
            Holder::Account(mut account) => {
                self.count_from(&mut account.value, client, reset).await?;
                Holder::Account(account)
            }
            Holder::Nobody { decoy, .. } => {
                let (counter, lockout) = self.tries_from(decoy.as_str(), client, reset).await?;
                Holder::Nobody { decoy, counter, lockout }
            }
        })
    }

    /// Puts the wrong tries into an account that count for whoever asks from this client.
    pub(super) async fn count_from(&self, account: &mut Account, client: &ClientId, reset: bool) -> Result<(), Fault> {
        let (counter, lockout) = self.tries_from(account.user.id.as_str(), client, reset).await?;
        (account.counter, account.lockout) = (counter, lockout);
        Ok(())
    }

    /// The lane of a client, and the tries in it: in as many steps for somebody as for nobody.
    async fn tries_from(&self, subject: &str, client: &ClientId, reset: bool) -> Result<(Counter, Lockout), Fault> {
        let store = self.instance.store();
        let lane = match store.knows_device(subject, client).await? {
            true => Lane::Device(client.clone()),
            false if reset => Lane::Reset,
            false => Lane::Strangers,
        };
        let counter = Counter { subject: subject.to_owned(), lane };
        let lockout = store.lockout(&counter).await?;
        Ok((counter, lockout))
    }

    /// The client as the answer shows it.
    pub(super) async fn client_view(&self, known: &Known) -> Result<Client, Fault> {
        let sign_in = match &known.sign_in {
            Some(attempt) => Some(self.sign_in_view(&attempt.value).await?),
            None => None,
        };
        let mut sessions = Vec::with_capacity(known.sessions.len());
        for session in &known.sessions {
            if session.value.is_listed(self.policy(), self.now) {
                sessions.push(self.session_view(&session.value, account_of(known, &session.value.user_id)?)?);
            }
        }
        let sign_up = known.sign_up.as_ref().map(|attempt| self.sign_up_view(&attempt.value));
        let client = views::client(&known.client.value, shown_at(known), sessions, sign_in, sign_up);
        Ok(Client { captcha_bypass: self.caller.testing, ..client })
    }

    /// A session as the answer shows it, with a token if somebody is signed in by it.
    pub(super) fn session_view(&self, session: &IdentitySession, account: &Account) -> Result<Session, Fault> {
        let signed_in = session.is_signed_in(self.policy(), self.now);
        let token = match signed_in.then(|| self.instance.mint(self.minting(session, account))).transpose() {
            // Who asks for one learns why there is none. Everything else does not depend on it.
            Err(error @ MintError::TooLarge { .. }) => {
                tracing::warn!(%error, session = %session.id, "an answer goes without a session token");
                None
            }
            token => token?,
        };
        let url = self.instance.public_url();
        Ok(views::session(session, account, self.user_view(account), token, url, self.policy(), self.now))
    }

    /// What a token of a session is made with, for this caller.
    pub(super) fn minting<'m>(&'m self, session: &'m IdentitySession, account: &'m Account) -> Minting<'m> {
        let origin = self.caller.origin.as_deref();
        Minting { session, account, origin, now: self.now, lifetime: None }
    }

    /// A user as the answer shows them.
    pub(super) fn user_view(&self, account: &Account) -> User {
        let externals = account.externals.iter().map(|external| self.external_view(external)).collect();
        let user = views::user(account, self.instance.public_url(), self.policy(), self.now);
        User { external_accounts: externals, ..user }
    }

    /// A sign-in as the answer shows it.
    pub(super) async fn sign_in_view(&self, attempt: &IdentitySignIn) -> Result<SignIn, Fault> {
        let holder = self.holder(attempt).await?;
        let found = holder.as_ref().map(Holder::found);
        let url = attempt.external.as_ref().and_then(|proof| self.outward(proof));
        Ok(views::sign_in(attempt, found.as_ref(), url, self.instance.public_url(), self.policy(), self.now))
    }

    /// A sign-up as the answer shows it.
    pub(super) fn sign_up_view(&self, attempt: &IdentitySignUp) -> SignUp {
        let url = attempt.external.as_ref().and_then(|proof| self.outward(proof));
        views::sign_up(attempt, url, self.policy(), self.now)
    }

    /// An account elsewhere as the answer shows it.
    pub(super) fn external_view(&self, external: &IdentityExternal) -> ExternalAccount {
        let missing = self.missing_scopes(external).join(" ");
        views::external_account(external, self.outward(&external.proof), missing, self.now)
    }
}

/// The session of that id, if the client shows it or somebody is signed in by it.
pub(super) fn session_of<'a>(
    known: &'a Known,
    id: &str,
) -> Result<(&'a Versioned<IdentitySession>, &'a Account), Fault> {
    known.session(id).map(|(session, account)| (session, &account.value)).ok_or(Fault::NotFound)
}

/// The account of a session of the client.
pub(super) fn account_of<'a>(known: &'a Known, id: &UserId) -> Result<&'a Account, Fault> {
    known.accounts.get(id).map(|account| &account.value).ok_or(Fault::NotFound)
}

/// When anything last changed that the client shows. It grows with every change of any of it.
pub(super) fn shown_at(known: &Known) -> Timestamp {
    let sessions = known.sessions.iter().map(|session| session.value.updated_at);
    let users = known.accounts.values().map(|account| account.value.user.updated_at);
    let attempts =
        [known.sign_in.as_ref().map(|a| a.value.updated_at), known.sign_up.as_ref().map(|a| a.value.updated_at)];
    let rest = sessions.chain(users).chain(attempts.into_iter().flatten()).max();
    rest.unwrap_or_default().max(known.client.value.updated_at)
}

/// The client, changed at this moment.
pub(super) fn changed_client(known: &Known, now: Timestamp) -> IdentityClient {
    let mut client = known.client.value.clone();
    client.updated_at = shown_at(known).grown(now);
    client
}

/// The session that is used after another one is over: the one used last of the rest.
pub(super) fn next_session(known: &Known, over: &SessionId, policy: &Policy, now: Timestamp) -> Option<SessionId> {
    let rest = known.sessions.iter().map(|session| &session.value);
    rest.filter(|session| session.id != *over && session.is_signed_in(policy, now))
        .max_by_key(|session| session.last_active_at)
        .map(|session| session.id.clone())
}
