//! A provider of the tests' own, asked inside the process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::body::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;
use url::Url;

use super::{Reach, ReachError};

type Answering = Box<dyn Fn(&Asked) -> Response<Bytes> + Send + Sync>;

/// What somebody asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) form: HashMap<String, String>,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.form.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// Answers by method and address; nothing else is reached. Copies are the same provider.
#[derive(Clone, Default)]
pub(super) struct StandIn(Arc<Inside>);

#[derive(Default)]
struct Inside {
    places: Mutex<HashMap<String, Arc<Answering>>>,
    asked: Mutex<Vec<Asked>>,
}

impl StandIn {
    /// Answers at `place`, such as `GET https://a.example/keys`, from now on.
    pub(super) fn on(&self, place: &str, answer: impl Fn(&Asked) -> Response<Bytes> + Send + Sync + 'static) -> &Self {
        self.0.places.lock().unwrap().insert(place.to_owned(), Arc::new(Box::new(answer)));
        self
    }

    /// Answers with the same document each time.
    pub(super) fn json(&self, place: &str, document: &Value) -> &Self {
        let text = document.to_string();
        self.on(place, move |_| answer(200, "application/json", &text))
    }

    /// Answers with a status and a document.
    pub(super) fn status(&self, place: &str, status: u16, document: &Value) -> &Self {
        let text = document.to_string();
        self.on(place, move |_| answer(status, "application/json", &text))
    }

    /// Is not there any more.
    pub(super) fn away(&self, place: &str) -> &Self {
        self.0.places.lock().unwrap().remove(place);
        self
    }

    /// What was asked at an address, in order.
    pub(super) fn asked(&self, url: &str) -> Vec<Asked> {
        let asked = self.0.asked.lock().unwrap();
        asked.iter().filter(|it| bare(&it.url) == url).cloned().collect()
    }

    /// The one request that an address got.
    #[track_caller]
    pub(super) fn only(&self, url: &str) -> Asked {
        let mut asked = self.asked(url);
        assert_eq!(asked.len(), 1, "requests at {url}");
        asked.remove(0)
    }
}

impl Reach for StandIn {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, ReachError>> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).unwrap();
        let form = url::form_urlencoded::parse(&body).into_owned().collect();
        let asked = Asked { url, headers: parts.headers, form, body };
        let place = format!("{} {}", parts.method, bare(&asked.url));
        self.0.asked.lock().unwrap().push(asked.clone());
        let answering = self.0.places.lock().unwrap().get(&place).cloned();
        Box::pin(async move {
            let answering = answering.ok_or_else(|| ReachError::Network("nobody is there".to_owned()))?;
            Ok(answering(&asked))
        })
    }
}

pub(super) fn answer(status: u16, kind: &str, text: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", kind.parse().unwrap());
    response
}

fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}
