//! The bad network: passes requests to the server and answers back, each in its own time, and not all of them.

use std::{
    collections::HashMap,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use axum::body::{Body, Bytes, to_bytes};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_e2e::dice::Dice;
use futures_util::stream;
use http::{
    HeaderMap, HeaderName, Request, Response,
    header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Largest body that passes.
const BODY: usize = 1 << 22;

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

struct Inner {
    server: OnceLock<SocketAddr>,
    http: reqwest::Client,
    weather: Mutex<Weather>,
    /// How many requests and answers are on their way.
    under_way: watch::Sender<usize>,
}

#[derive(Default)]
struct Weather {
    /// None is a good network.
    seed: Option<u64>,
    /// How often each thing was asked for.
    asked: HashMap<String, u64>,
    figures: Figures,
}

/// What became of the requests of a seed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    passed: u32,
    late: u32,
    unsent: u32,
    lost: u32,
    cut: u32,
    twice: u32,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, late, unsent, lost, cut, twice } = self;
        write!(f, "{passed} passed, {late} late, {unsent} unsent, {lost} lost, {cut} cut, {twice} twice")
    }
}

/// What becomes of one request and its answer.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Pass,
    /// The answer comes late, so that others overtake it.
    Late(Duration),
    /// The connection closes before the server has heard of it.
    Unsent,
    /// The server has done it, and the connection closes without a word.
    Lost,
    /// The connection closes in the middle of the answer.
    Cut,
    /// The server hears it twice; the first answer is passed on, or the second.
    Twice {
        second: bool,
    },
}

impl Proxy {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let inner = Arc::new(Inner {
            server: OnceLock::new(),
            http,
            weather: Mutex::default(),
            under_way: watch::Sender::new(0),
        });
        let task = tokio::spawn(accept(listener, inner.clone()));
        Self { address, inner, task }
    }

    /// What passes goes there.
    pub(crate) fn lead_to(&self, server: SocketAddr) {
        self.inner.server.set(server).unwrap();
    }

    /// The network turns bad, as the seed says.
    pub(crate) fn begin(&self, seed: u64) {
        *self.inner.weather.lock().unwrap() = Weather { seed: Some(seed), ..Weather::default() };
    }

    /// The network is good from now on; what is late arrives.
    pub(crate) fn heal(&self) {
        self.inner.weather.lock().unwrap().seed = None;
    }

    /// Returns at a moment when nothing is on its way.
    pub(crate) async fn nothing_is_late(&self) {
        self.inner.under_way.subscribe().wait_for(|count| *count == 0).await.unwrap();
    }

    pub(crate) fn figures(&self) -> Figures {
        self.inner.weather.lock().unwrap().figures
    }
}

/// Something is on its way, until it has arrived or nobody waits for it any more.
struct UnderWay<'a>(&'a watch::Sender<usize>);

impl<'a> UnderWay<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Weather {
    fn fate(&mut self, what: &str) -> Fate {
        let Some(seed) = self.seed else { return Fate::Pass };
        let nth = self.asked.entry(what.to_owned()).or_default();
        *nth += 1;
        let mut dice = Dice::of(seed, what, *nth);
        let Figures { passed, late, unsent, lost, cut, twice } = &mut self.figures;
        let (count, fate) = match dice.below(100) {
            0..50 => (passed, Fate::Pass),
            50..70 => (late, Fate::Late(Duration::from_millis(dice.below(40)))),
            70..78 => (unsent, Fate::Unsent),
            78..86 => (lost, Fate::Lost),
            86..93 => (cut, Fate::Cut),
            _ => (twice, Fate::Twice { second: dice.below(2) == 1 }),
        };
        *count += 1;
        fate
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, inner.clone()));
    }
}

async fn serve(stream: TcpStream, inner: Arc<Inner>) {
    let service = service_fn(move |request| {
        let inner = inner.clone();
        // An error closes the connection without an answer.
        async move {
            let _under_way = UnderWay::new(&inner.under_way);
            inner.pass(request).await.ok_or_else(|| std::io::Error::other("lost"))
        }
    });
    let _closed = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Inner {
    async fn pass(&self, request: Request<Incoming>) -> Option<Response<Body>> {
        let (head, body) = request.into_parts();
        let body = to_bytes(Body::new(body), BODY).await.ok()?;
        // Ids differ each time; what is asked for does not.
        let what = format!("{} {}", head.method, head.uri.path().rsplit('/').next().unwrap_or_default());
        let fate = self.weather.lock().unwrap().fate(&what);
        if let Fate::Unsent = fate {
            tell(&what, &head.headers, None, fate);
            return None;
        }
        let answer = self.ask(&head, body.clone()).await?;
        tell(&what, &head.headers, Some(&answer), fate);
        match fate {
            Fate::Pass => Some(answer.whole()),
            Fate::Late(pause) => {
                tokio::time::sleep(pause).await;
                Some(answer.whole())
            }
            Fate::Unsent | Fate::Lost => None,
            Fate::Cut => Some(answer.half()),
            Fate::Twice { second } => {
                let again = self.ask(&head, body).await?;
                Some(if second { again.whole() } else { answer.whole() })
            }
        }
    }

    async fn ask(&self, head: &http::request::Parts, body: Bytes) -> Option<Answer> {
        let path = head.uri.path_and_query()?;
        let mut headers = head.headers.clone();
        of_one_connection().for_each(|name| drop(headers.remove(name)));
        let url = format!("http://{}{path}", self.server.get()?);
        let response = self.http.request(head.method.clone(), url).headers(headers).body(body).send().await.ok()?;
        let mut shell = Response::builder().status(response.status()).body(()).ok()?;
        *shell.headers_mut() = response.headers().clone();
        of_one_connection().for_each(|name| drop(shell.headers_mut().remove(name)));
        Some(Answer { shell, body: response.bytes().await.ok()? })
    }
}

fn of_one_connection() -> impl Iterator<Item = HeaderName> {
    [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].into_iter()
}

/// Says what became of a request, where one seed is looked at: which client and which generation of its token asked, which
/// ones the answer brought, and who is signed in by it.
fn tell(what: &str, asked: &HeaderMap, answer: Option<&Answer>, fate: Fate) {
    if !crate::is_alone() {
        return;
    }
    let status = answer.map_or_else(|| "not heard".to_owned(), |answer| answer.shell.status().as_u16().to_string());
    let brought = answer.map(|answer| bearer(answer.shell.headers())).unwrap_or_default();
    let body = answer.and_then(|answer| serde_json::from_slice::<Value>(&answer.body).ok()).unwrap_or_default();
    let client =
        [&body["client"], &body["response"], &body["meta"]["client"]].into_iter().find(|it| it["sessions"].is_array());
    let sessions = client.and_then(|client| client["sessions"].as_array()).into_iter().flatten();
    let signed_in: Vec<_> = sessions.filter(|it| it["status"] == "active").filter_map(|it| it["id"].as_str()).collect();
    println!("    {what} {} -> {status} {brought} {signed_in:?} {fate:?}", bearer(asked));
}

/// Client and generation of a client token, which is what this server's tokens begin with.
fn bearer(headers: &HeaderMap) -> String {
    let Some(token) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return "-".to_owned() };
    let inner = token.split_once('_').and_then(|(_, inner)| URL_SAFE_NO_PAD.decode(inner).ok()).unwrap_or_default();
    let inner = String::from_utf8_lossy(&inner);
    inner.rsplit_once('.').map_or_else(|| "none".to_owned(), |(client, _)| client.to_owned())
}

/// An answer of the server, whole.
struct Answer {
    shell: Response<()>,
    body: Bytes,
}

impl Answer {
    fn whole(self) -> Response<Body> {
        self.shell.map(|()| Body::from(self.body))
    }

    fn half(self) -> Response<Body> {
        let half = self.body.slice(..self.body.len() / 2);
        let parts = [Ok(half), Err(std::io::Error::other("cut"))];
        self.shell.map(|()| Body::from_stream(stream::iter(parts)))
    }
}
