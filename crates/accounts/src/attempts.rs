//! Sign-ins and sign-ups, step by step.

use std::sync::Arc;

use frontdesk_wire::{self as wire, form};
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    core::{Core, no_random_numbers, unknown},
    entry::{Beginning, Entry},
    fault::refused,
    intents::{IntentError, SignInRequest, SignUpFields, SignUpRequest},
    link::{Busy, Link},
    said::Reason,
    sessions::answer,
    transport::Request,
    view::is_usable,
};

pub(crate) const SIGN_INS: &str = "/v1/client/sign_ins";
pub(crate) const SIGN_UPS: &str = "/v1/client/sign_ups";
const WAITLIST: &str = "/v1/waitlist";
/// The code of an instance that lets one session into a client, where there is one.
const SESSION_EXISTS: &str = "session_exists";

/// What speaks for the slot of an attempt, and what keeps that slot.
pub(crate) type Attempt = (Arc<Link>, Busy);

impl Core {
    pub(crate) async fn sign_in(self: &Arc<Self>, request: SignInRequest) -> Result<Value, IntentError> {
        let (instance, request) = match request {
            SignInRequest::Create { instance, identifier, password, strategy } => {
                let form = form::SignInCreate { strategy, identifier, password, locale: self.locale() };
                let ((link, _busy), attempt) =
                    self.begin(&instance, &Request::send(Method::POST, SIGN_INS).form(&form)).await?;
                return self.sign_in_stands(&link, &attempt).await;
            }
            SignInRequest::AuthenticateWithRedirect { instance, strategy, unsafe_metadata } => {
                return Box::pin(self.sign_in_elsewhere(&instance, strategy, unsafe_metadata)).await;
            }
            SignInRequest::AuthenticateWithPasskey { instance, authenticator, discoverable } => {
                return Box::pin(self.sign_in_by_passkey(&instance, authenticator, discoverable)).await;
            }
            SignInRequest::AuthenticateWithSavedPassword { instance } => {
                return Box::pin(self.sign_in_by_saved_password(&instance)).await;
            }
            SignInRequest::PrepareFirstFactor { instance, strategy, email_address_id, phone_number_id } => {
                let form = form::SignInPrepare { strategy: Some(strategy), email_address_id, phone_number_id };
                let path = self.sign_in_path(&instance)? + "/prepare_first_factor";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignInRequest::PrepareSecondFactor { instance, strategy, email_address_id, phone_number_id } => {
                let form = form::SignInPrepare { strategy: Some(strategy), email_address_id, phone_number_id };
                let path = self.sign_in_path(&instance)? + "/prepare_second_factor";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignInRequest::AttemptSecondFactor { instance, strategy, code } => {
                let form = form::SecondFactorAttempt { strategy: Some(strategy), code: Some(code) };
                let path = self.sign_in_path(&instance)? + "/attempt_second_factor";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignInRequest::AttemptFirstFactor { instance, strategy, password, code } => {
                let form = form::SignInAttempt { strategy: Some(strategy), password, code };
                let path = self.sign_in_path(&instance)? + "/attempt_first_factor";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignInRequest::ResetPassword { instance, password, sign_out_of_other_sessions } => {
                let sign_out_of_other_sessions = sign_out_of_other_sessions.map(|it| it.to_string());
                let form = form::SignInResetPassword { password: Some(password), sign_out_of_other_sessions };
                let path = self.sign_in_path(&instance)? + "/reset_password";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignInRequest::Reload { instance } => {
                let path = self.sign_in_path(&instance)?;
                (instance, Request::get(path))
            }
        };
        let (link, _busy) = self.attempt(&instance)?;
        let attempt = self.enveloped::<wire::SignIn>(&link, &request).await;
        let attempt = attempt.map_err(|fault| self.words(&link, &fault))?;
        self.sign_in_stands(&link, &attempt).await
    }

    /// A sign-in stands so from now on; the answer says how.
    pub(crate) async fn sign_in_stands(&self, link: &Link, attempt: &wire::SignIn) -> Result<Value, IntentError> {
        self.note_sign_in(link, attempt).await;
        answer(attempt)
    }

    /// A sign-in stands so from now on.
    pub(crate) async fn note_sign_in(&self, link: &Link, attempt: &wire::SignIn) {
        self.change(|state| {
            if let Some(slot) = state.slot_mut(link) {
                slot.sign_in = Some(attempt.id.clone()).filter(|id| is_usable(id));
            }
        });
        self.find_session(link, attempt.created_session_id.as_deref()).await;
        if attempt.created_session_id.is_some() {
            self.note_strategy(link, attempt.first_factor_verification.as_ref()).await;
        }
    }

    pub(crate) async fn sign_up(self: &Arc<Self>, request: SignUpRequest) -> Result<Value, IntentError> {
        let (instance, request) = match request {
            SignUpRequest::Create { instance, fields } => {
                let request = Request::send(Method::POST, SIGN_UPS).form(&self.sign_up_form(fields));
                let ((link, _busy), attempt) = self.begin(&instance, &request).await?;
                return self.sign_up_stands(&link, &attempt).await;
            }
            SignUpRequest::AuthenticateWithRedirect { instance, strategy, unsafe_metadata } => {
                return Box::pin(self.sign_up_elsewhere(&instance, strategy, unsafe_metadata)).await;
            }
            SignUpRequest::Update { instance, fields } => {
                let path = self.sign_up_path(&instance)?;
                (instance, Request::send(Method::PATCH, path).form(&self.sign_up_form(fields)))
            }
            SignUpRequest::PrepareVerification { instance, strategy } => {
                let form = form::SignUpPrepare { strategy: Some(strategy) };
                let path = self.sign_up_path(&instance)? + "/prepare_verification";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignUpRequest::AttemptVerification { instance, strategy, code } => {
                let form = form::SignUpAttempt { strategy: Some(strategy), code: Some(code) };
                let path = self.sign_up_path(&instance)? + "/attempt_verification";
                (instance, Request::send(Method::POST, path).form(&form))
            }
            SignUpRequest::JoinWaitlist { instance, email_address } => {
                return self.join_waitlist(&instance, email_address).await;
            }
            SignUpRequest::Reload { instance } => {
                let path = self.sign_up_path(&instance)?;
                (instance, Request::get(path))
            }
        };
        let (link, _busy) = self.attempt(&instance)?;
        let attempt = self.enveloped::<wire::SignUp>(&link, &request).await;
        let attempt = attempt.map_err(|fault| self.words(&link, &fault))?;
        self.sign_up_stands(&link, &attempt).await
    }

    /// Nothing of it is kept: the instance writes to the address.
    async fn join_waitlist(&self, instance: &str, email_address: String) -> Result<Value, IntentError> {
        let link = self.links(instance).into_iter().next().ok_or_else(unknown)?;
        let form = form::Waitlist { email_address: Some(email_address), locale: self.locale() };
        let request = Request::send(Method::POST, WAITLIST).form(&form);
        let entry = self.bare::<wire::WaitlistEntry>(&link, &request).await;
        answer(&entry.map_err(|fault| self.words(&link, &fault))?)
    }

    async fn sign_up_stands(&self, link: &Link, attempt: &wire::SignUp) -> Result<Value, IntentError> {
        self.note_sign_up(link, attempt).await;
        answer(attempt)
    }

    /// A sign-up stands so from now on.
    pub(crate) async fn note_sign_up(&self, link: &Link, attempt: &wire::SignUp) {
        self.change(|state| {
            if let Some(slot) = state.slot_mut(link) {
                slot.sign_up = Some(attempt.id.clone()).filter(|id| is_usable(id));
            }
        });
        self.find_session(link, attempt.created_session_id.as_deref()).await;
        if attempt.created_session_id.is_some() {
            self.note_strategy(link, attempt.verifications.external_account.as_ref()).await;
        }
    }

    /// Remembers how somebody signed in, to say so the next time.
    async fn note_strategy(&self, link: &Link, proof: Option<&wire::Verification>) {
        let strategy = proof.map(|proof| proof.strategy.clone()).filter(|strategy| is_usable(strategy));
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.view.last_strategy = strategy;
            }
        });
        self.save().await;
    }

    /// Begins an attempt where it disturbs nobody. Should the instance say that it lets one session into a client, which
    /// it did not when it was asked last, the attempt begins anew in a slot of its own. That slot stays while the
    /// attempt's answer is dealt with. An attempt that waited for the browser there is over: a client has one at a time.
    pub(crate) async fn begin<T: DeserializeOwned>(
        &self,
        instance: &str,
        request: &Request,
    ) -> Result<(Attempt, T), IntentError> {
        for link in self.links(instance) {
            // Whether its token is found says whether the attempt can be there. What else is the matter is told by whatever
            // needs the token.
            let _looked_for = link.token(self).await;
        }
        let mut place = self.begin_in_slot(instance, Beginning::AsTheInstanceLikes)?;
        let mut attempt = self.enveloped::<T>(&place.0, request).await;
        if attempt.as_ref().is_err_and(|fault| fault.code() == Some(SESSION_EXISTS)) {
            place = self.begin_in_slot(instance, Beginning::Apart)?;
            attempt = self.enveloped::<T>(&place.0, request).await;
        }
        let attempt = attempt.map_err(|fault| self.words(&place.0, &fault))?;
        self.drop_flows(&place.0.id, &place.0.slot, false).await;
        Ok((place, attempt))
    }

    fn begin_in_slot(&self, instance: &str, beginning: Beginning) -> Result<Attempt, IntentError> {
        self.line(instance)?;
        self.change(|state| {
            state.passkeys.end_sign_in(instance);
            state.entry_mut(instance)?.begin_attempt(beginning)
        })
        .ok_or_else(no_random_numbers)
    }

    /// Where the attempt under way is.
    pub(crate) fn attempt(&self, instance: &str) -> Result<Attempt, IntentError> {
        self.line(instance)?;
        let slot = self.look(|state| {
            let link = &state.entry(instance)?.slot_of_attempt()?.link;
            Some((link.clone(), Busy::new(link)))
        });
        slot.ok_or_else(unknown)
    }

    /// Whoever was signing in or up has gone elsewhere: a slot that was opened for it is forgotten.
    pub(crate) async fn leave_attempt(&self, instance: &str) -> Result<Value, IntentError> {
        self.line(instance)?;
        self.change(|state| {
            state.passkeys.end_sign_in(instance);
            state.entry_mut(instance).map(Entry::leave_attempt)
        });
        self.forget_idle_slots(instance).await;
        Ok(Value::Null)
    }

    /// A session that an attempt made is shown before whoever made it hears of it, also where the answer came without
    /// the client.
    async fn find_session(&self, link: &Link, created: Option<&str>) {
        if created.is_some_and(|session| !self.is_signed_in(link, session))
            && let Err(fault) = self.read_client(link).await
        {
            tracing::warn!(code = fault.word(), "the client of a finished attempt is not known");
        }
    }

    pub(crate) fn sign_in_path(&self, instance: &str) -> Result<String, IntentError> {
        let attempt = self.look(|state| state.entry(instance)?.slot_of_attempt()?.sign_in.clone());
        let id =
            attempt.ok_or_else(|| refused(Reason::NoSignIn, "No sign-in is under way here any more. Begin again."))?;
        Ok(format!("{SIGN_INS}/{id}"))
    }

    fn sign_up_path(&self, instance: &str) -> Result<String, IntentError> {
        let attempt = self.look(|state| state.entry(instance)?.slot_of_attempt()?.sign_up.clone());
        let id =
            attempt.ok_or_else(|| refused(Reason::NoSignUp, "No sign-up is under way here any more. Begin again."))?;
        Ok(format!("{SIGN_UPS}/{id}"))
    }

    fn sign_up_form(&self, fields: SignUpFields) -> form::SignUpFields {
        let SignUpFields {
            ticket,
            email_address,
            phone_number,
            username,
            password,
            first_name,
            last_name,
            unsafe_metadata,
        } = fields;
        form::SignUpFields {
            strategy: ticket.is_some().then(|| "ticket".to_owned()),
            ticket,
            email_address,
            phone_number,
            username,
            password,
            first_name,
            last_name,
            unsafe_metadata: unsafe_metadata.map(|value| value.to_string()),
            locale: self.locale(),
            ..form::SignUpFields::default()
        }
    }
}
