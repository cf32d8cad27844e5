//! Sign-ins and sign-ups, step by step.

use frontdesk_wire::{self as wire, form};
use http::Method;
use serde_json::Value;

use crate::{
    core::Core,
    fault::refused,
    intents::{IntentError, SignInRequest, SignUpFields, SignUpRequest},
    link::Link,
    sessions::{answer, segment},
    transport::Request,
};

const SIGN_INS: &str = "/v1/client/sign_ins";
const SIGN_UPS: &str = "/v1/client/sign_ups";

impl Core {
    pub(crate) async fn sign_in(&self, request: SignInRequest) -> Result<Value, IntentError> {
        match request {
            SignInRequest::Create { instance, identifier, password, strategy } => {
                let form = form::SignInCreate { strategy, identifier, password, locale: None };
                let request = Request::send(Method::POST, SIGN_INS).form(&form);
                self.step_in(&*self.link(&instance)?, &request).await
            }
            SignInRequest::PrepareFirstFactor { instance, strategy, email_address_id } => {
                let form = form::SignInPrepare { strategy: Some(strategy), email_address_id };
                let path = self.sign_in_path(&instance)? + "/prepare_first_factor";
                self.step_in(&*self.link(&instance)?, &Request::send(Method::POST, path).form(&form)).await
            }
            SignInRequest::AttemptFirstFactor { instance, strategy, password, code } => {
                let form = form::SignInAttempt { strategy: Some(strategy), password, code };
                let path = self.sign_in_path(&instance)? + "/attempt_first_factor";
                self.step_in(&*self.link(&instance)?, &Request::send(Method::POST, path).form(&form)).await
            }
            SignInRequest::Reload { instance } => {
                let request = Request::get(self.sign_in_path(&instance)?);
                self.step_in(&*self.link(&instance)?, &request).await
            }
        }
    }

    pub(crate) async fn sign_up(&self, request: SignUpRequest) -> Result<Value, IntentError> {
        match request {
            SignUpRequest::Create { instance, fields } => {
                let request = Request::send(Method::POST, SIGN_UPS).form(&sign_up_form(fields));
                self.step_up(&*self.link(&instance)?, &request).await
            }
            SignUpRequest::Update { instance, fields } => {
                let request = Request::send(Method::PATCH, self.sign_up_path(&instance)?).form(&sign_up_form(fields));
                self.step_up(&*self.link(&instance)?, &request).await
            }
            SignUpRequest::PrepareVerification { instance, strategy } => {
                let form = form::SignUpPrepare { strategy: Some(strategy) };
                let path = self.sign_up_path(&instance)? + "/prepare_verification";
                self.step_up(&*self.link(&instance)?, &Request::send(Method::POST, path).form(&form)).await
            }
            SignUpRequest::AttemptVerification { instance, strategy, code } => {
                let form = form::SignUpAttempt { strategy: Some(strategy), code: Some(code) };
                let path = self.sign_up_path(&instance)? + "/attempt_verification";
                self.step_up(&*self.link(&instance)?, &Request::send(Method::POST, path).form(&form)).await
            }
            SignUpRequest::Reload { instance } => {
                let request = Request::get(self.sign_up_path(&instance)?);
                self.step_up(&*self.link(&instance)?, &request).await
            }
        }
    }

    async fn step_in(&self, link: &Link, request: &Request) -> Result<Value, IntentError> {
        let attempt: wire::SignIn = self.enveloped(link, request).await.map_err(|fault| self.words(link, &fault))?;
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.sign_in = Some(attempt.id.clone());
            }
        });
        answer(&attempt)
    }

    async fn step_up(&self, link: &Link, request: &Request) -> Result<Value, IntentError> {
        let attempt: wire::SignUp = self.enveloped(link, request).await.map_err(|fault| self.words(link, &fault))?;
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.sign_up = Some(attempt.id.clone());
            }
        });
        answer(&attempt)
    }

    fn sign_in_path(&self, instance: &str) -> Result<String, IntentError> {
        let attempt = self.look(|state| state.entry(instance)?.sign_in.clone());
        let id = attempt.ok_or_else(|| refused("No sign-in is under way here any more. Begin again."))?;
        Ok(format!("{SIGN_INS}/{}", segment(&id)))
    }

    fn sign_up_path(&self, instance: &str) -> Result<String, IntentError> {
        let attempt = self.look(|state| state.entry(instance)?.sign_up.clone());
        let id = attempt.ok_or_else(|| refused("No sign-up is under way here any more. Begin again."))?;
        Ok(format!("{SIGN_UPS}/{}", segment(&id)))
    }
}

fn sign_up_form(fields: SignUpFields) -> form::SignUpFields {
    let SignUpFields { email_address, password, first_name, last_name, unsafe_metadata } = fields;
    form::SignUpFields {
        email_address,
        password,
        first_name,
        last_name,
        unsafe_metadata: unsafe_metadata.map(|value| value.to_string()),
        ..form::SignUpFields::default()
    }
}
