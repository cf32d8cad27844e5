//! One request on its way through a flow: who asks, with which client, at what moment.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use frontdesk_identity::{
    Addressee, BreachCheck, Candidate, Client as IdentityClient, ClientId, ContextWords, DeviceActivity, Effect,
    NewSession, PasskeyRefusal, PasswordDigest, PasswordFault, Policy, Scene, Session, SessionId, Step, Timestamp,
    TokenStanding, UserId, VerificationId,
};
use frontdesk_store::{Changes, CommitError, Message, Versioned};
use frontdesk_wire::{Client, ErrorCode};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{
    Failure, Fault,
    codes::DrawnCode,
    gather::{Known, shown_at},
};
use crate::{
    caller::Caller,
    instance::Instance,
    limits::Class,
    passwords::{BreachSettings, breaches},
    settings::Settings,
};

/// How often a flow gathers again when somebody else has changed the same thing.
pub(super) const TRIES: usize = 3;

/// One request.
#[derive(Debug)]
pub struct Turn<'a> {
    /// The instance that is asked.
    pub instance: &'a Instance,
    /// Who asks.
    pub caller: &'a Caller,
    /// The moment that counts for all of it.
    pub now: Timestamp,
    /// The settings that count for all of it.
    pub settings: Arc<Settings>,
    /// Whether it has been counted already: what is decided anew, since somebody else changed the same thing, is the same
    /// request.
    counted: AtomicBool,
}

impl<'a> Turn<'a> {
    /// A request that nothing has come of yet.
    pub fn new(instance: &'a Instance, caller: &'a Caller, now: Timestamp, settings: Arc<Settings>) -> Self {
        Self { instance, caller, now, settings, counted: AtomicBool::new(false) }
    }
}

/// What the caller has to know of its token.
#[derive(Clone, Debug)]
pub enum TokenNews {
    /// It goes on using the one it has.
    Same,
    /// It has to use this one from now on.
    New(SecretString),
    /// Its client is gone, and the token with it.
    Gone,
}

/// What came of a flow.
#[derive(Debug)]
pub struct Reply<T> {
    /// What was asked for.
    pub response: T,
    /// The whole client after a change.
    pub client: Option<Client>,
    /// What the caller has to know of its token.
    pub token: TokenNews,
    /// When the newest session began of those that somebody is signed in by, in seconds since the epoch; 0 if there are
    /// none, and nothing if the whole client was not looked at.
    pub signed_in_at: Option<i64>,
}

/// Who knocked: the client as it is stored, if there is one, and what its caller has to be told of its token.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) known: Option<Known>,
    pub(super) token: TokenNews,
    /// The client, or the one that begins with this request.
    pub(super) client: Versioned<IdentityClient>,
    /// Its sessions.
    pub(super) sessions: Vec<Session>,
}

/// What a change came to, before the answer is made.
pub(super) struct Done<T> {
    pub(super) outcome: T,
    /// The client after the change.
    pub(super) client: IdentityClient,
}

impl Visit {
    /// An age above that of everything the client shows: those who keep a copy tell by it alone that it has changed.
    pub(super) fn next_age(&self, now: Timestamp) -> Timestamp {
        self.known.as_ref().map_or(now, |known| shown_at(known).grown(now))
    }
}

impl Turn<'_> {
    pub(super) fn policy(&self) -> &Policy {
        &self.settings.policy
    }

    /// What is known of the device that asks.
    pub(super) fn activity(&self) -> DeviceActivity {
        DeviceActivity {
            user_agent: self.caller.user_agent.clone(),
            ip_address: self.caller.address.map(|address| address.to_canonical().to_string()),
        }
    }

    /// What a step needs that may begin a session.
    pub(super) fn new_session(&self) -> NewSession {
        NewSession {
            id: SessionId::from_random(self.instance.random_id()),
            activity: self.activity(),
            second_factor: VerificationId::from_random(self.instance.random_id()),
        }
    }

    /// Counts an attempt against the address it comes from. Test suites and test addresses are not counted where they
    /// exist.
    pub(super) async fn limit(&self, class: Class, who: Option<&dyn Addressee>) -> Result<(), Fault> {
        if self.caller.testing || who.is_some_and(|who| self.policy().fixed_code(who).is_some()) {
            return Ok(());
        }
        if self.counted.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let Self { instance, caller, now, .. } = self;
        Ok(instance.limits().check_everywhere(instance.store(), class, caller.address, *now).await?)
    }

    /// Counts a request of the owner's server that has somebody written to who did not ask.
    pub(super) async fn limit_owner(&self, class: Class) -> Result<(), Fault> {
        Ok(self.instance.limits().check_owner(self.instance.store(), class, self.now).await?)
    }

    /// Counts a request of the owner's server that changes the user of that id, if it can be one's.
    pub(super) async fn limit_owner_for(&self, class: Class, user: &str) -> Result<(), Fault> {
        let Ok(user) = UserId::parse(user) else { return Ok(()) };
        Ok(self.instance.limits().check_owner_for(self.instance.store(), class, &user, self.now).await?)
    }

    /// The digest of a new password, which the field `param` gives, if the instance takes it; judged and computed once
    /// however often a step is decided. There is no other way to a digest but for passwords that the owner answers for.
    /// `own` is what whoever knows the person would guess.
    pub(super) async fn digest(
        &self,
        password: &SecretString,
        own: &[&str],
        param: &'static str,
        digest: &OnceCell<PasswordDigest>,
    ) -> Result<PasswordDigest, Fault> {
        let words = ContextWords::of(own.iter().copied().chain([self.settings.application_name.as_str()]));
        let hash = async || {
            let faults = self.judge(password, &words).await?;
            if !faults.is_empty() {
                return Err(Fault::NewPassword { param, faults });
            }
            Ok(PasswordDigest::new(self.instance.passwords().hash(password).await?))
        };
        digest.get_or_try_init(hash).await.cloned()
    }

    /// Every rule that a new password breaks by what is to be computed of it and asked about it.
    async fn judge(&self, password: &SecretString, words: &ContextWords) -> Result<Vec<PasswordFault>, Fault> {
        let guess = self.instance.passwords().guess(password, words).await?;
        // One that is refused anyway is asked about nowhere.
        let breach = if guess.common { BreachCheck::Off } else { self.look_up(password).await };
        let candidate = Candidate { password: password.expose_secret(), words };
        Ok(self.policy().password.judge(&candidate, &guess, breach))
    }

    /// Whether a password was stolen elsewhere.
    async fn look_up(&self, password: &SecretString) -> BreachCheck {
        breaches::check(self.instance.reach(), &self.settings.breaches, password).await
    }

    /// Whether a password that was right is known to whoever guesses, where the instance looks at sign-in too. What
    /// cannot be said keeps nobody out.
    pub(super) async fn is_exposed(&self, password: &SecretString) -> Result<bool, Fault> {
        let BreachSettings { enabled: true, at_sign_in: true, .. } = self.settings.breaches else { return Ok(false) };
        let guess = self.instance.passwords().guess(password, &ContextWords::default()).await?;
        Ok(guess.common || self.look_up(password).await == BreachCheck::Seen)
    }

    /// Finds the client of the caller and judges its token.
    pub(super) async fn visit(&self) -> Result<Visit, Fault> {
        let Some((client_id, generation)) = &self.caller.client else {
            return Ok(self.stranger(TokenNews::Same));
        };
        let Some(mut known) = self.known(client_id).await? else {
            return Ok(self.stranger(TokenNews::Gone));
        };
        let mut standing = known.client.value.judge(*generation, self.now);
        if let Ok(TokenStanding::Current { first_use: true }) = standing {
            self.instance.store().note_client_use(&known.client.value.id, *generation, self.now).await?;
            let Some(noted) = self.known(client_id).await? else { return Ok(self.stranger(TokenNews::Gone)) };
            known = noted;
            standing = known.client.value.judge(*generation, self.now);
        }
        let token = match standing {
            Ok(TokenStanding::Current { .. }) => TokenNews::Same,
            Ok(TokenStanding::Previous) => TokenNews::New(self.token_of(&known.client.value)),
            Err(_stale) => {
                let current = known.client.value.generation;
                tracing::warn!(target: "audit", event = "stale_client_token", client = client_id, generation, current);
                return Err(Fault::StaleToken);
            }
        };
        let (client, sessions) = (known.client.clone(), known.plain_sessions());
        Ok(Visit { known: Some(known), token, client, sessions })
    }

    fn stranger(&self, token: TokenNews) -> Visit {
        let id = ClientId::from_random(self.instance.random_id());
        let client = Versioned::fresh(IdentityClient::begin(id, self.now));
        Visit { known: None, token, client, sessions: Vec::new() }
    }

    /// Reads something that only a known client has.
    pub(super) async fn read<R, Work>(&self, work: impl FnOnce(Known) -> Work + Send) -> Result<Reply<R>, Failure>
    where
        Work: Future<Output = Result<R, Fault>> + Send,
    {
        let Visit { known, token, .. } = self.visit().await?;
        let result = match known {
            Some(known) => work(known).await,
            None => Err(Fault::SignedOut),
        };
        match result {
            Ok(response) => Ok(Reply { response, client: None, token, signed_in_at: None }),
            Err(fault) => Err(Failure { fault, client: None, token }),
        }
    }

    /// Does a change: finds the client, lets `work` decide and commit, and answers with the client as it stands then. A
    /// refusal carries the client as well.
    pub(super) async fn change<T, R, Work, Response>(
        &self,
        work: impl Fn(Arc<Visit>) -> Work + Send + Sync,
        respond: impl FnOnce(T) -> Response + Send,
    ) -> Result<Reply<R>, Failure>
    where
        T: Send,
        Work: Future<Output = Result<Done<T>, Fault>> + Send,
        Response: Future<Output = Result<R, Fault>> + Send,
    {
        // Changes of one client wait for each other here, so that they do not have to be decided again and again.
        let _turn = match &self.caller.client {
            Some((id, _)) => Some(self.instance.turnstile().enter(id).await),
            None => None,
        };
        for _ in 0..TRIES {
            let visit = Arc::new(self.visit().await?);
            match work(visit.clone()).await {
                Ok(done) => return Ok(self.reply(&visit, done, respond).await?),
                Err(Fault::Contended) => {}
                Err(fault) => return Err(self.failure(fault, &visit).await),
            }
        }
        tracing::warn!("a change was given up, because others changed the same thing again and again");
        Err(Fault::Contended.into())
    }

    async fn reply<T, R, Response>(
        &self,
        before: &Visit,
        done: Done<T>,
        respond: impl FnOnce(T) -> Response,
    ) -> Result<Reply<R>, Fault>
    where
        Response: Future<Output = Result<R, Fault>>,
    {
        let known = self.known(done.client.id.as_str()).await?.ok_or(Fault::NotFound)?;
        let rotated = before.known.is_none() || before.client.value.generation != done.client.generation;
        let token = if rotated { TokenNews::New(self.token_of(&done.client)) } else { before.token.clone() };
        let response = respond(done.outcome).await?;
        let client = self.client_view(&known).await?;
        let signed_in_at = Some(signed_in_at(&client));
        Ok(Reply { response, client: Some(client), token, signed_in_at })
    }

    async fn failure(&self, fault: Fault, visit: &Visit) -> Failure {
        let client = match &visit.known {
            None => None,
            // What was counted meanwhile belongs to the answer. Without it the refusal still stands.
            Some(_) => match self.known(visit.client.value.id.as_str()).await {
                Ok(Some(known)) => self.client_view(&known).await.ok().map(Box::new),
                _ => None,
            },
        };
        Failure { fault, client, token: visit.token.clone() }
    }

    fn token_of(&self, client: &IdentityClient) -> SecretString {
        self.instance.client_tokens().issue(self.caller.carrier, client.id.as_str(), client.generation)
    }

    /// Where a step of this visit is taken.
    pub(super) fn scene<'s>(&'s self, visit: &'s Visit) -> Scene<'s> {
        Scene { client: &visit.client.value, sessions: &visit.sessions, policy: self.policy(), now: self.now }
    }

    /// What a step asks to be written, except for the attempt itself. `code` is the one that it sends, if it sends one.
    pub(super) fn changes_of<T>(&self, visit: &Visit, step: &mut Step<T>, code: Option<&DrawnCode>) -> Changes {
        let mut changes = Changes::new(self.now);
        if visit.known.is_none() || step.client != visit.client.value {
            step.client.updated_at = step.client.updated_at.max(visit.next_age(self.now));
            changes.save_client(visit.client.with(step.client.clone()));
        }
        let sessions = visit.known.as_ref().map_or(&[][..], |known| &known.sessions);
        self.add_effects(&mut changes, std::mem::take(&mut step.effects), sessions, code);
        changes
    }

    /// Adds what effects ask for, with the messages worded and sealed. `code` is the one that they send, if they send
    /// one.
    pub(super) fn add_effects(
        &self,
        changes: &mut Changes,
        effects: Vec<Effect>,
        sessions: &[Versioned<Session>],
        code: Option<&DrawnCode>,
    ) {
        for message in changes.effects(effects, sessions) {
            if let Some(delivery) = self.delivery(&message, code) {
                changes.deliver(delivery);
            }
        }
    }

    /// Writes changes, all or none.
    pub(super) async fn commit(&self, changes: Changes) -> Result<(), Fault> {
        match self.instance.store().commit(changes).await {
            Ok(()) => Ok(()),
            // Whose address it has become shows when it is gathered again.
            Err(CommitError::Conflict | CommitError::EmailTaken) => Err(Fault::Contended),
            Err(CommitError::ExternalTaken) => Err(Fault::External(ErrorCode::OauthIdentificationClaimed)),
            Err(CommitError::PasskeyTaken) => Err(PasskeyRefusal::NotKept.into()),
            Err(CommitError::Store(error)) => Err(Fault::Store(error)),
        }
    }

    fn delivery(&self, message: &Message, code: Option<&DrawnCode>) -> Option<frontdesk_store::NewDelivery> {
        match message {
            Message::Code { to, deliver, .. } => Some(self.code_message(to, code?, *deliver)),
            Message::AccountExists { to, .. } => Some(self.account_exists_message(to, code?)),
            Message::Notice { user_id, notice, to, locale } => {
                Some(self.notice_message(user_id, to, notice, locale.as_deref()))
            }
        }
    }
}

/// When the newest session began that somebody is signed in by, in seconds since the epoch; 0 for nobody.
pub(super) fn signed_in_at(client: &Client) -> i64 {
    let signed_in = client.sessions.iter().filter(|session| matches!(session.status.as_str(), "active" | "pending"));
    signed_in.map(|session| session.created_at.div_euclid(1000)).max().unwrap_or(0)
}
