//! A server of the owner, which holds the secret key.

use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::{answer::Answer, house::House};

/// A caller with the secret key.
pub(crate) struct Owner<'h> {
    house: &'h House,
    key: String,
}

impl<'h> Owner<'h> {
    pub(crate) fn new(house: &'h House) -> Self {
        Self { house, key: house.instance.secret_key().expose_secret().to_owned() }
    }

    /// A request without the key.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.house.http.request(method, format!("http://{}{path}", self.house.address))
    }

    /// A request as official packages make it: with a type of content whether there is a body or not.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.bare(method, path).bearer_auth(&self.key);
        request.header("clerk-api-version", "2025-11-10").header("content-type", "application/json")
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = Answer::to(request).await;
        assert_eq!(answer.token(), None, "the owner is no client");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.with_body(Method::POST, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.with_body(Method::PATCH, path, body).await
    }

    pub(crate) async fn with_body(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        self.send(request).await
    }
}
