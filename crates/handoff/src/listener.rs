//! A port of this computer that the browser is sent to at the end, where no deep link leads back.
//!
//! It is open as long as its flow. Anybody on this computer may knock, so nothing but a well-formed address on the one
//! path tells the app anything, and nothing that knocks can block, crash or end it (RFC 8252 §7.3, §8.3).

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use http_body_util::Full;
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use crate::{
    callback::{Callback, Redirect},
    page::{Page, Speech},
};

/// The path that ends a flow.
const CALLBACK: &str = "/callback";
/// Where the browser is led from there, so that neither its address bar nor its history keeps a nonce.
const DONE: &str = "/done";
/// How many may be connected at once. Browsers open a few connections ahead.
const MOST: usize = 64;
/// Longest request, in bytes.
const LONGEST: usize = 72 * 1024;
/// How long somebody who is connected may take to say what for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the browser may take to fetch its last page after the flow has ended.
const LINGER: Duration = Duration::from_secs(5);
/// How often another port is drawn, where one of the two addresses is taken.
const DRAWS: usize = 16;

/// The open port. It closes when this is dropped; a browser that is on its way to its last page gets that still.
#[derive(Debug)]
pub struct Listener {
    port: u16,
    arrived: mpsc::Receiver<Callback>,
    #[expect(dead_code, reason = "dropped with the listener, which closes the port")]
    open: watch::Sender<()>,
}

/// What all connections share.
struct Room {
    port: u16,
    speech: Speech,
    arrived: mpsc::Sender<Callback>,
    /// Browsers that were led to their last page and have not fetched it yet.
    owed: AtomicUsize,
    paid: Notify,
}

impl Listener {
    /// Opens a port of the system's choice on both addresses of this computer; where it has one alone, on that.
    ///
    /// # Panics
    ///
    /// When called outside a tokio runtime.
    pub async fn open(speech: Speech) -> io::Result<Self> {
        let (four, six) = bind().await?;
        let port = four.local_addr()?.port();
        let (sender, arrived) = mpsc::channel(8);
        let (open, closing) = watch::channel(());
        let room = Arc::new(Room { port, speech, arrived: sender, owed: AtomicUsize::new(0), paid: Notify::new() });
        tokio::spawn(serve(four, six, room, closing));
        Ok(Self { port, arrived, open })
    }

    /// Where the browser is to be sent.
    #[must_use]
    pub fn redirect(&self) -> Redirect {
        Redirect::Loopback { port: self.port }
    }

    /// The next well-formed address that came. Whether it means anything is for the instance to say.
    pub async fn next(&mut self) -> Option<Callback> {
        self.arrived.recv().await
    }
}

async fn bind() -> io::Result<(TcpListener, Option<TcpListener>)> {
    let mut draws = 0;
    loop {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind((Ipv6Addr::LOCALHOST, four.local_addr()?.port())).await {
            Ok(six) => return Ok((four, Some(six))),
            // Somebody else would get what is meant for this flow.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && draws < DRAWS => draws += 1,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_no_such_address) => return Ok((four, None)),
        }
    }
}

async fn serve(four: TcpListener, six: Option<TcpListener>, room: Arc<Room>, mut closing: watch::Receiver<()>) {
    let mut guests = JoinSet::new();
    let mut closed = false;
    let over = linger(&room);
    tokio::pin!(over);
    loop {
        let stream = tokio::select! {
            stream = accept(&four, six.as_ref()) => stream,
            _ = closing.changed(), if !closed => {
                closed = true;
                continue;
            }
            () = &mut over, if closed => return,
            Some(_) = guests.join_next() => continue,
        };
        match stream {
            Ok(stream) if guests.len() < MOST => drop(guests.spawn(converse(stream, room.clone()))),
            Ok(_too_many) => {}
            Err(error) => {
                tracing::debug!(%error, "a browser could not come in");
                // Where the system has no room for more connections, it may have in a moment.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn accept(four: &TcpListener, six: Option<&TcpListener>) -> io::Result<TcpStream> {
    let stream = match six {
        Some(six) => tokio::select! { stream = four.accept() => stream, stream = six.accept() => stream },
        None => four.accept().await,
    };
    stream.map(|(stream, _)| stream)
}

/// Returns when nobody is owed a page, or has waited long enough.
async fn linger(room: &Room) {
    let paid = async {
        loop {
            let next = room.paid.notified();
            if room.owed.load(Ordering::Acquire) == 0 {
                return;
            }
            next.await;
        }
    };
    // Best effort: the page is a courtesy.
    let _paid_or_not = timeout(LINGER, paid).await;
}

async fn converse(stream: TcpStream, room: Arc<Room>) {
    let last_page = AtomicBool::new(false);
    let answering = service_fn(|request: Request<Incoming>| {
        last_page.fetch_or(request.uri().path() == DONE, Ordering::AcqRel);
        let answer = room.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(LONGEST)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answering);
    // Garbage, somebody who is slow, somebody who goes away: none of it is of any use.
    let _ended = timeout(2 * PATIENCE, served).await;
    // Here and not with the answer: the browser has all of it by now.
    if last_page.into_inner() {
        // Nobody is owed less than nothing: the page may be fetched again.
        let _fewer = room.owed.fetch_update(Ordering::AcqRel, Ordering::Acquire, |owed| owed.checked_sub(1));
        room.paid.notify_waiters();
    }
}

impl Room {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !self.is_addressed_by(request.headers().get(HOST)) {
            return self.page(StatusCode::MISDIRECTED_REQUEST, Page::Unexpected);
        }
        let path = request.uri().path();
        if request.method() != Method::GET {
            let mut answer = self.page(StatusCode::METHOD_NOT_ALLOWED, Page::Unexpected);
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return answer;
        }
        match path {
            CALLBACK => self.come_home(request.uri().query()),
            DONE => self.page(StatusCode::OK, Page::Done),
            _ => self.page(StatusCode::NOT_FOUND, Page::Unexpected),
        }
    }

    fn come_home(&self, query: Option<&str>) -> Response<Full<Bytes>> {
        let redirect = Redirect::Loopback { port: self.port };
        let address = query.map_or_else(|| redirect.url(), |query| format!("{}?{query}", redirect.url()));
        match Callback::parse(&address, &redirect) {
            Ok(callback) => {
                // First: the app may close the port as soon as it knows.
                self.owed.fetch_add(1, Ordering::AcqRel);
                // When the app has enough to look at, or has gone on, there is nothing to add.
                let _full_or_closed = self.arrived.try_send(callback);
                let mut answer = self.page(StatusCode::SEE_OTHER, Page::Done);
                answer.headers_mut().insert(LOCATION, HeaderValue::from_static(DONE));
                answer
            }
            Err(error) => {
                tracing::info!(%error, "an address that came to the open port was ignored");
                self.page(StatusCode::BAD_REQUEST, Page::Unexpected)
            }
        }
    }

    /// Whether a request is meant for this port by its number: a page elsewhere reaches it by a name of its own (DNS
    /// rebinding).
    fn is_addressed_by(&self, host: Option<&HeaderValue>) -> bool {
        let Some(host) = host.and_then(|host| host.to_str().ok()) else { return false };
        [format!("127.0.0.1:{}", self.port), format!("[::1]:{}", self.port)].iter().any(|name| name == host)
    }

    fn page(&self, status: StatusCode, page: Page) -> Response<Full<Bytes>> {
        let mut answer = Response::new(Full::from(page.html(self.speech)));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Ok(policy) = HeaderValue::from_str(&Page::policy()) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }
}

#[cfg(test)]
mod tests;
