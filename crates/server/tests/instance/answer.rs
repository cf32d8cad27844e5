//! An answer, taken apart; whatever every answer has to keep is checked here.

use reqwest::{RequestBuilder, Response, StatusCode, header::HeaderMap};
use serde_json::Value;

use crate::contract;

/// An answer of the instance.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// JSON; null when there is no body.
    pub(crate) body: Value,
}

impl Answer {
    /// Sends a request and reads the answer, which must be one that the OpenAPI document describes.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let (http, request) = request.build_split();
        let request = request.unwrap();
        let (verb, url) = (request.method().clone(), request.url().clone());
        let answer = Self::read(http.execute(request).await.unwrap()).await;
        contract::check(&verb, &url, &answer);
        answer
    }

    /// Reads an answer.
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
        if !text.is_empty() {
            assert_eq!(headers["content-type"], "application/json");
            assert_eq!(headers["cache-control"], "no-store", "answers hold tokens");
            assert_eq!(headers["x-content-type-options"], "nosniff");
        }
        Self { status, headers, body }
    }

    /// It did what was asked.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// It refused, with this status and this code first.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        let errors = self.body["errors"].as_array().expect("errors");
        assert_eq!(errors[0]["code"], code, "{}", self.body);
        for error in errors {
            let sentence = error["long_message"].as_str().unwrap();
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(!error["message"].as_str().unwrap().is_empty());
        }
        let trace = self.body["clerk_trace_id"].as_str().expect("a trace id");
        assert!(trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trace}");
        self
    }

    /// It refused, and named the field at fault.
    #[track_caller]
    pub(crate) fn refused_at(self, status: u16, code: &str, param: &str) -> Self {
        let refused = self.refused(status, code);
        assert_eq!(refused.body["errors"][0]["meta"]["param_name"], param, "{}", refused.body);
        refused
    }

    /// The text at this path.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer}: {}", self.body)).to_owned()
    }

    /// What was asked for.
    pub(crate) fn response(&self) -> &Value {
        &self.body["response"]
    }

    /// The client as it stands.
    pub(crate) fn client(&self) -> &Value {
        match &self.body["client"] {
            Value::Null => &self.body["meta"]["client"],
            client => client,
        }
    }

    /// The sessions by which somebody is signed in on the client, by id.
    pub(crate) fn sessions(&self) -> Vec<String> {
        let sessions = self.client()["sessions"].as_array().cloned().unwrap_or_default();
        let signed_in = sessions.iter().filter(|session| session["status"] == "active");
        signed_in.map(|session| session["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The client token that came along; empty when the caller is to forget its own.
    pub(crate) fn token(&self) -> Option<&str> {
        self.headers.get("authorization").map(|token| token.to_str().unwrap())
    }

    /// The cookies that came along, each as its line.
    pub(crate) fn set_cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    /// Codes of all errors.
    pub(crate) fn codes(&self) -> Vec<&str> {
        self.body["errors"].as_array().into_iter().flatten().filter_map(|error| error["code"].as_str()).collect()
    }
}

/// The sessions that a client shows, each with its status.
pub(crate) fn statuses(client: &Value) -> Vec<(&str, &str)> {
    let sessions = client["sessions"].as_array().unwrap().iter();
    sessions.map(|session| (session["id"].as_str().unwrap(), session["status"].as_str().unwrap())).collect()
}
