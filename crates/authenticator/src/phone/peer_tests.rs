//! The app against a phone that is not ours: that of `webauthn-authenticator-rs`, with a server of the tests' own between
//! them. It keeps no key that is found without its id and says of none whose it is, so who signs in with it has said before
//! who they are.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use frontdesk_vault::Secret;
use futures_util::{SinkExt as _, StreamExt as _, future::BoxFuture};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        handshake::server::{ErrorResponse, Request as Upgrade, Response},
        http::uri::Builder,
    },
};
use webauthn_authenticator_rs::{
    cable::{Advertiser, ShareCableAuthenticatorOptions, get_domain, share_cable_authenticator},
    ctap2::CtapAuthenticator,
    error::WebauthnCError,
    types::{CableRequestType, CableState, EnrollSampleStatus},
    ui::UiCallback,
};

use super::{Air, Phone, Pipe, Server, tunnel};
use crate::{
    AccountName, Fault, Person, PinAsked, Sign, Unready,
    testing::{Party, make, sign},
    virtual_key::{Make, VirtualKey},
};

/// The server between them, and what is heard.
#[derive(Clone)]
struct Between {
    port: u16,
    listens: Arc<Mutex<Option<mpsc::Sender<Vec<u8>>>>>,
}

type Waiting = Arc<Mutex<BTreeMap<String, WebSocketStream<TcpStream>>>>;

impl Between {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let waiting = Waiting::default();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(relay(stream, waiting.clone()));
            }
        });
        Self { port, listens: Arc::default() }
    }
}

/// A phone waits at `/cable/new/<id>`, and is told under which number; the app comes to `/cable/connect/<number>/<id>`.
async fn relay(stream: TcpStream, waiting: Waiting) {
    let mut path = String::new();
    #[allow(clippy::result_large_err, reason = "the library's")]
    let told = |request: &Upgrade, mut response: Response| -> Result<Response, ErrorResponse> {
        request.uri().path().clone_into(&mut path);
        response.headers_mut().insert("Sec-WebSocket-Protocol", "fido.cable".parse().unwrap());
        response.headers_mut().insert("X-caBLE-Routing-ID", "0a0b0c".parse().unwrap());
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, told).await.unwrap();
    if let Some(id) = path.strip_prefix("/cable/new/") {
        waiting.lock().unwrap().insert(id.to_owned(), socket);
        return;
    }
    let id = path.strip_prefix("/cable/connect/0A0B0C/").unwrap();
    let mut phone = waiting.lock().unwrap().remove(id).unwrap();
    loop {
        tokio::select! {
            Some(Ok(message)) = socket.next() => if phone.send(message).await.is_err() { break },
            Some(Ok(message)) = phone.next() => if socket.send(message).await.is_err() { break },
            else => break,
        }
    }
}

impl Air for Between {
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(async { Ok(()) })
    }

    fn listen(&self) -> BoxFuture<'_, Result<mpsc::Receiver<Vec<u8>>, Fault>> {
        let (listens, said) = mpsc::channel(4);
        *self.listens.lock().unwrap() = Some(listens);
        Box::pin(async move { Ok(said) })
    }

    fn connect(&self, server: Server, path: String) -> BoxFuture<'_, Result<Pipe, Fault>> {
        assert_eq!(server, Server::Google, "what the library says if nothing else is wanted");
        Box::pin(async move {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            tunnel::carried(stream, &format!("ws://127.0.0.1:{}", self.port), &path)
                .await
                .map_err(|error| Fault::Unreached(error.to_string()))
        })
    }
}

/// Says by Bluetooth what the library has it say.
struct Says(mpsc::Sender<Vec<u8>>);

#[async_trait]
impl Advertiser for Says {
    async fn start_advertising(&mut self, service: u16, said: &[u8]) -> Result<(), WebauthnCError> {
        assert_eq!(service, 0xfff9);
        self.0.send(said.to_vec()).await.map_err(|_| WebauthnCError::Closed)
    }

    async fn stop_advertising(&mut self) -> Result<(), WebauthnCError> {
        Ok(())
    }
}

/// The screen of the phone, at which nobody looks.
#[derive(Debug)]
struct Blank;

impl UiCallback for Blank {
    fn request_pin(&self) -> Option<String> {
        None
    }
    fn request_touch(&self) {}
    fn processing(&self) {}
    fn fingerprint_enrollment_feedback(&self, _remaining: u32, _feedback: Option<EnrollSampleStatus>) {}
    fn cable_qr_code(&self, _request: CableRequestType, _url: String) {}
    fn dismiss_qr_code(&self) {}
    fn cable_status_update(&self, _state: CableState) {}
}

/// Somebody who scans the code with the phone of the library, which signs with this key.
struct Owner {
    between: Between,
    key: VirtualKey,
    shown: Mutex<Vec<Sign>>,
    /// Whether the phone did what it was asked.
    done: mpsc::UnboundedSender<Result<(), WebauthnCError>>,
}

impl Person for Owner {
    fn pin(&self, _asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        panic!("phones have no PIN here");
    }

    fn show(&self, sign: Sign) {
        if let Sign::Scan(code) = &sign {
            let (between, key, code) = (self.between.clone(), self.key.clone(), code.0.clone());
            let done = self.done.clone();
            // The library waits where it is called.
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                done.send(runtime.block_on(scanned(between, key, code))).ok();
            });
        }
        self.shown.lock().unwrap().push(sign);
    }

    fn choose(&self, _accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        panic!("the phone has them choose");
    }
}

async fn scanned(between: Between, key: VirtualKey, code: String) -> Result<(), WebauthnCError> {
    let mut signs = CtapAuthenticator::new(key, &Blank).await.unwrap();
    let info = signs.get_info().clone();
    let mut says = Says(between.listens.lock().unwrap().clone().unwrap());
    let server = Builder::new().scheme("ws").authority(format!("127.0.0.1:{}", between.port));
    let options = ShareCableAuthenticatorOptions::default().tunnel_uri(server);
    share_cable_authenticator(&mut signs, info, &code, &mut says, &Blank, options).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_of_another_make_makes_a_key_and_signs_in() {
    let other = || VirtualKey::new(Make { pin: None, finger: true, old: true, ..Make::default() });
    let key = other();
    let between = Between::open().await;
    let phone = Phone::new(between.clone(), Arc::new(|| Duration::from_hours(500_000)));
    let (done, mut ended) = mpsc::unbounded_channel();
    let owner = Arc::new(Owner { between, key, shown: Mutex::default(), done });
    let mut party = Party::new();
    let (options, state) = party.ask_for_key();
    let made = make(&phone, &options, owner.clone()).await.unwrap();
    party.take_key(&state, &made.answer).unwrap();
    assert_eq!(ended.recv().await, Some(Ok(())), "it thinks so as well");
    let (options, state) = party.ask_named();
    let signed = sign(&phone, &options, owner.clone()).await.unwrap();
    assert_eq!(signed.credential_id, made.credential_id);
    assert!(party.take_named(&state, &signed.answer).unwrap().user_verified());
    assert_eq!(ended.recv().await, Some(Ok(())));
    let shown = owner.shown.lock().unwrap().clone();
    assert!(matches!(shown[..3], [Sign::Scan(_), Sign::Connecting, Sign::OnPhone]), "{shown:?}");

    // What a phone refuses comes across as well. (That it has the key already it would not: it drops what is excluded.)
    let (key, between, done) = (other(), owner.between.clone(), owner.done.clone());
    let stranger = Arc::new(Owner { between, key, shown: Mutex::default(), done });
    let (options, _) = party.ask_named();
    assert_eq!(sign(&phone, &options, stranger).await, Err(Fault::NoCredential));
}

#[test]
fn the_servers_are_those_that_the_library_knows_by_the_same_numbers() {
    for (number, server) in [(0, Server::Google), (1, Server::Apple)] {
        assert_eq!(get_domain(number).as_deref(), Some(server.host()));
    }
    assert_eq!(get_domain(2), None);
}
