//! The real server, and what its owner sees and does: over its own door, where the network is good.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use frontdesk_server::serve::{ServeOptions, Server};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::proxy::Proxy;

/// Limits are for strangers; here a few people do a lot.
const LIMITS: &str = "[settings.limits]\ncreate = 1000000\nattempt = 1000000\nother = 1000000\n";

pub(crate) struct World {
    pub(crate) proxy: Proxy,
    server: Server,
    owner: reqwest::Client,
    secret_key: SecretString,
    _data: TempDir,
}

impl World {
    /// One with these settings.
    pub(crate) async fn open(settings: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = data.path().join("frontdesk.toml");
        fs::write(&config, format!("{settings}{LIMITS}")).unwrap();
        let proxy = Proxy::open().await;
        let options = ServeOptions {
            data_dir: data.path().join("data"),
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: Some(format!("http://{}", proxy.address)),
            database: None,
            config: Some(config),
            tls: None,
            metrics: None,
            packages: None,
        };
        let server = Server::start(options).await.unwrap();
        proxy.lead_to(server.address());
        let secret_key = server.instance().secret_key();
        let owner = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { proxy, server, owner, secret_key, _data: data }
    }

    pub(crate) async fn close(self) {
        self.server.stop().await;
    }

    /// The key that apps add the instance with; it leads through the proxy.
    pub(crate) fn publishable_key(&self) -> String {
        format!("pk_test_{}", STANDARD.encode(format!("{}$", self.proxy.address)))
    }

    /// Sessions of a client that are signed in, as the owner sees them, each with its user.
    pub(crate) async fn sessions_of(&self, client: &str) -> Vec<(String, String)> {
        let path = format!("/v1/sessions?client_id={client}&status=active&limit=100");
        let sessions = self.ask(Method::GET, &path).await;
        let text = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
        let listed = sessions.as_array().unwrap().iter();
        let mut listed: Vec<_> = listed.map(|session| (text(session, "id"), text(session, "user_id"))).collect();
        listed.sort();
        listed
    }

    /// The id of the client that a client token is of.
    pub(crate) async fn client_of(&self, token: &str) -> String {
        let verify = self.request(Method::POST, "/v1/clients/verify").json(&json!({ "token": token }));
        let client: Value = verify.send().await.unwrap().json().await.unwrap();
        client["id"].as_str().unwrap_or_else(|| panic!("a client token of no client: {client}")).to_owned()
    }

    pub(crate) async fn create_user(&self, email: &str, password: &str) {
        let user = json!({ "email_address": [email], "password": password });
        let created = self.request(Method::POST, "/v1/users").json(&user).send().await.unwrap();
        assert!(created.status().is_success(), "{}", created.status());
    }

    pub(crate) async fn user(&self, id: &str) -> Value {
        self.ask(Method::GET, &format!("/v1/users/{id}")).await
    }

    /// The owner ends a session; one that has ended already stays ended.
    pub(crate) async fn revoke(&self, session: &str) {
        self.ask(Method::POST, &format!("/v1/sessions/{session}/revoke")).await;
    }

    async fn ask(&self, method: Method, path: &str) -> Value {
        self.request(method, path).send().await.unwrap().json().await.unwrap()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.server.address());
        self.owner.request(method, url).bearer_auth(self.secret_key.expose_secret())
    }
}
