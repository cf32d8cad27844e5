//! A device: a native caller that keeps its client token, as an app does.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::{answer::Answer, house::House};

/// The strategy of a forgotten password.
const RESET: &str = "reset_password_email_code";

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) password: String,
    pub(crate) user_id: String,
    pub(crate) session_id: String,
}

/// A native caller. Clones are copies of its keychain: they do not learn what the other is told.
#[derive(Clone)]
pub(crate) struct Device<'h> {
    house: &'h House,
    /// The client token.
    pub(crate) token: Option<String>,
    /// The session that acts, if it is said with each request.
    pub(crate) session: Option<String>,
}

impl<'h> Device<'h> {
    pub(crate) fn new(house: &'h House) -> Self {
        Self { house, token: None, session: None }
    }

    /// The same device, asking another process of the instance.
    pub(crate) fn at(&self, house: &'h House) -> Self {
        Self { house, ..self.clone() }
    }

    /// A request with everything a native caller adds.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&format!("http://{}{path}", self.house.address)).unwrap();
        url.query_pairs_mut().append_pair("_is_native", "1");
        if let Some(session) = &self.session {
            url.query_pairs_mut().append_pair("_clerk_session_id", session);
        }
        self.house.http.request(method, url).header("authorization", self.token.as_deref().unwrap_or_default())
    }

    /// Asks without learning anything from the answer.
    pub(crate) async fn ask(&self, request: RequestBuilder) -> Answer {
        Answer::to(request).await
    }

    /// Sends a request and keeps the token that comes back.
    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = self.ask(request).await;
        match answer.token() {
            None => {}
            Some("") => self.token = None,
            Some(token) => self.token = Some(token.to_owned()),
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(form)).await
    }

    pub(crate) async fn patch(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::PATCH, path).form(form)).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Begins a sign-up with address and password and has the code sent; answers with its id.
    pub(crate) async fn begin_sign_up(&mut self, address: &str, password: &str) -> String {
        let begun = self.post("/v1/client/sign_ups", &[("email_address", address), ("password", password)]).await.ok();
        let id = begun.text("/response/id");
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        self.post(&prepare, &[("strategy", "email_code")]).await.ok();
        id
    }

    /// Offers a code for a sign-up.
    pub(crate) async fn prove_sign_up(&mut self, id: &str, code: &str) -> Answer {
        let attempt = format!("/v1/client/sign_ups/{id}/attempt_verification");
        self.post(&attempt, &[("strategy", "email_code"), ("code", code)]).await
    }

    /// Signs somebody up with the code from the outbox; the session becomes the one that acts.
    pub(crate) async fn sign_up(&mut self, address: &str) -> Person {
        let password = format!("Lantern {address} 7");
        let id = self.begin_sign_up(address, &password).await;
        let code = self.house.code_for(address).await;
        let done = self.prove_sign_up(&id, &code).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let session_id = done.text("/response/created_session_id");
        self.session = Some(session_id.clone());
        Person { address: address.to_owned(), password, user_id: done.text("/response/created_user_id"), session_id }
    }

    /// Says who it is and answers with the id of the sign-in.
    pub(crate) async fn begin_sign_in(&mut self, address: &str) -> String {
        self.post("/v1/client/sign_ins", &[("identifier", address)]).await.ok().text("/response/id")
    }

    /// Has a code sent for a sign-in, to the address that was typed.
    pub(crate) async fn prepare_sign_in(&mut self, id: &str) -> Answer {
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
        self.post(&prepare, &[("strategy", "email_code")]).await
    }

    /// Offers a proof for a sign-in.
    pub(crate) async fn prove_sign_in(&mut self, id: &str, strategy: &str, proof: &str) -> Answer {
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let name = if strategy == "password" { "password" } else { "code" };
        self.post(&attempt, &[("strategy", strategy), (name, proof)]).await
    }

    /// Has a code sent for a sign-in since the password was forgotten, to the address that was typed.
    pub(crate) async fn prepare_reset(&mut self, id: &str) -> Answer {
        let prepare = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
        self.post(&prepare, &[("strategy", RESET)]).await
    }

    /// Offers the code for a forgotten password, and a new password with it.
    pub(crate) async fn prove_reset(&mut self, id: &str, code: &str, password: Option<&str>) -> Answer {
        let attempt = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let mut form = vec![("strategy", RESET), ("code", code)];
        form.extend(password.map(|password| ("password", password)));
        self.post(&attempt, &form).await
    }

    /// Sets a new password after the code was right.
    pub(crate) async fn reset_password(&mut self, id: &str, form: &[(&str, &str)]) -> Answer {
        self.post(&format!("/v1/client/sign_ins/{id}/reset_password"), form).await
    }

    /// Offers address and password at once.
    pub(crate) async fn try_password(&mut self, address: &str, password: &str) -> Answer {
        let form = [("strategy", "password"), ("identifier", address), ("password", password)];
        self.post("/v1/client/sign_ins", &form).await
    }

    /// Signs a person in by password; the session becomes the one that acts.
    pub(crate) async fn sign_in(&mut self, person: &Person) -> String {
        let done = self.try_password(&person.address, &person.password).await.ok();
        assert_eq!(done.response()["status"], "complete");
        let session_id = done.text("/response/created_session_id");
        self.session = Some(session_id.clone());
        session_id
    }

    /// The client as the instance shows it.
    pub(crate) async fn client(&mut self) -> Value {
        self.get("/v1/client").await.ok().response().clone()
    }

    /// Mints a token for a session.
    pub(crate) async fn mint(&mut self, session_id: &str) -> Answer {
        self.post(&format!("/v1/client/sessions/{session_id}/tokens"), &[]).await
    }
}
