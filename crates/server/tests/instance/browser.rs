//! A browser: it keeps cookies as a browser does, and says which page sends a request.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::Value;

use crate::{answer::Answer, device::Person, house::House};

/// A browser with one page open. Clones are copies of its profile.
#[derive(Clone)]
pub(crate) struct Browser<'h> {
    pub(crate) house: &'h House,
    /// Cookies of the instance's host, by name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// The page's origin, if it names one.
    pub(crate) origin: Option<String>,
    /// The token of a development browser, if the page's SDK uses one.
    pub(crate) known_as: Option<String>,
}

impl<'h> Browser<'h> {
    /// A page at this origin, in a browser that was never here.
    pub(crate) fn at(house: &'h House, origin: &str) -> Self {
        Self { house, cookies: BTreeMap::new(), origin: Some(origin.to_owned()), known_as: None }
    }

    /// The name of the cookie that holds the client token, if there is one.
    pub(crate) fn client_cookie(&self) -> Option<&str> {
        let mut names = self.cookies.keys().filter(|name| name.starts_with("__client_"));
        names.find(|name| !name.contains("uat")).map(String::as_str)
    }

    /// A request as the page sends it: real verbs travel in the query.
    pub(crate) fn request(&self, verb: &Method, path: &str) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&format!("http://{}{path}", self.house.address)).unwrap();
        if let Some(token) = &self.known_as {
            url.query_pairs_mut().append_pair("__clerk_db_jwt", token);
        }
        let sent = if *verb == Method::GET { Method::GET } else { Method::POST };
        if *verb != sent {
            url.query_pairs_mut().append_pair("_method", verb.as_str());
        }
        let mut request = self.house.http.request(sent, url);
        if let Some(origin) = &self.origin {
            request = request.header("origin", origin).header("sec-fetch-site", "same-site");
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        request
    }

    /// Sends a request and keeps what comes back.
    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = Answer::to(request).await;
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.set_cookies() {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = answer.headers.get("clerk-db-jwt") {
            self.known_as = Some(token.to_str().unwrap().to_owned());
        }
    }

    /// Goes to an address, as a link or another site's redirect makes it do, and keeps what comes back. Answers with
    /// status, headers and text.
    pub(crate) async fn go(&mut self, path: &str) -> (StatusCode, HeaderMap, String) {
        let nameless = Self { origin: None, ..self.clone() };
        let request = nameless.request(&Method::GET, path).header("sec-fetch-site", "cross-site");
        let response = request.header("sec-fetch-mode", "navigate").send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        self.keep(&Answer { status, headers: headers.clone(), body: Value::Null });
        (status, headers, response.text().await.unwrap())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(&Method::GET, path)).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.request(&Method::POST, path).form(form)).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(self.request(&Method::DELETE, path)).await
    }

    /// Signs a person in by password; answers with the session.
    pub(crate) async fn sign_in(&mut self, person: &Person) -> String {
        let form = [("strategy", "password"), ("identifier", &person.address), ("password", &person.password)];
        let done = self.post("/v1/client/sign_ins", &form).await.ok();
        done.text("/response/created_session_id")
    }

    /// Mints a token for a session.
    pub(crate) async fn mint(&mut self, session_id: &str) -> Answer {
        self.post(&format!("/v1/client/sessions/{session_id}/tokens"), &[]).await
    }
}
