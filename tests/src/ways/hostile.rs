//! An instance that means ill: a real server, and in front of it somebody who rewrites what it answers.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use futures_util::stream;
use http::{StatusCode, header};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// Requests of the app are smaller than this.
const LONGEST: usize = 1 << 20;

/// What is answered in place of the truth.
#[derive(Clone)]
pub enum Lie {
    /// The true answer, changed.
    Changed(Arc<dyn Fn(&mut Value) + Send + Sync>),
    /// These words.
    Words(String),
    /// A redirect to this address, which keeps the method.
    Redirect(String),
    /// A body without end.
    Endless,
}

/// Somebody in front of a server; dropping it ends it.
pub struct Hostile {
    /// Where it listens: the server's public address.
    pub address: SocketAddr,
    said: Arc<Said>,
    task: Option<JoinHandle<()>>,
    listener: Option<std::net::TcpListener>,
}

#[derive(Default)]
struct Said {
    /// What is said where the path holds these words.
    lies: Mutex<Vec<(&'static str, Lie)>>,
    /// How many lies were told.
    told: Mutex<usize>,
}

#[derive(Clone)]
struct Front {
    behind: SocketAddr,
    http: reqwest::Client,
    said: Arc<Said>,
}

impl Hostile {
    /// Holds the port that the server has to say is its own.
    ///
    /// # Errors
    /// There is no port.
    pub fn at_port() -> Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self { address: listener.local_addr()?, said: Arc::default(), task: None, listener: Some(listener) })
    }

    /// Stands in front of this server from now on.
    ///
    /// # Errors
    /// The port cannot be used.
    pub fn stand_before(&mut self, behind: SocketAddr) -> Result<()> {
        let Some(listener) = self.listener.take() else { return Ok(()) };
        let listener = TcpListener::from_std(listener)?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let front = Router::new().fallback(answer).with_state(Front { behind, http, said: self.said.clone() });
        self.task = Some(tokio::spawn(async move {
            let _ended = axum::serve(listener, front).await;
        }));
        Ok(())
    }

    /// Lies from now on where a path holds these words; the lies of before are over.
    pub fn lie(&self, lies: impl Into<Vec<(&'static str, Lie)>>) {
        *self.said.lies.lock().unwrap_or_else(PoisonError::into_inner) = lies.into();
        *self.said.told.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }

    /// How many of the lies were told that are told now.
    #[must_use]
    pub fn told(&self) -> usize {
        *self.said.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn answer(State(front): State<Front>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let lie = {
        let lies = front.said.lies.lock().unwrap_or_else(PoisonError::into_inner);
        lies.iter().find(|(words, _)| path.contains(words)).map(|(_, lie)| lie.clone())
    };
    if lie.is_some() {
        *front.said.told.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }
    let answer = match lie {
        None => truth(&front, request, &|_| {}).await,
        Some(Lie::Changed(change)) => truth(&front, request, &*change).await,
        Some(Lie::Words(words)) => json(Body::from(words)),
        Some(Lie::Redirect(to)) => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header(header::LOCATION, to)
            .body(Body::empty())
            .map_err(anyhow::Error::from),
        Some(Lie::Endless) => {
            let spaces = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b' '; 4096])));
            json(Body::from_stream(spaces))
        }
    };
    answer.unwrap_or_else(|_| {
        let mut failed = Response::new(Body::empty());
        *failed.status_mut() = StatusCode::BAD_GATEWAY;
        failed
    })
}

fn json(body: Body) -> Result<Response> {
    Ok(Response::builder().header(header::CONTENT_TYPE, "application/json").body(body)?)
}

/// What the server says, changed where it is JSON.
async fn truth(front: &Front, request: Request, change: &(dyn Fn(&mut Value) + Send + Sync)) -> Result<Response> {
    let (head, body) = request.into_parts();
    let place = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let asked = front.http.request(head.method, format!("http://{}{place}", front.behind)).headers(head.headers);
    let said = asked.body(to_bytes(body, LONGEST).await?).send().await?;
    let mut answer = Response::builder().status(said.status());
    for (name, value) in said.headers() {
        // The body may become another one.
        if ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(name) {
            answer = answer.header(name, value);
        }
    }
    let bytes = said.bytes().await?;
    let body = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut value) => {
            change(&mut value);
            Body::from(value.to_string())
        }
        Err(_) => Body::from(bytes),
    };
    Ok(answer.body(body)?)
}
