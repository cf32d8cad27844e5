//! The app's way to a server through the network of an organization: a real proxy of either kind, and TLS with a
//! certificate of a private authority. The server's name is known to the proxy alone.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use frontdesk_accounts::{
    Accounts, ErrorKind, InstanceRequest, IntentError, NetworkView, Options, Pace, ProxyChoice, ProxyEnvironment,
    ProxyKind, ProxySource, Reason,
};
use frontdesk_e2e::ways::{Authority, Front, Proxy, Speaks};
use frontdesk_vault::{Vault, fake::FakeStore};
use tempfile::TempDir;
use tokio::net::TcpListener;

const HOST: &str = "auth.harbour.test";
const PLACE: &str = "auth.harbour.test:443";
const PERSON: (&str, &str) = ("ada", "Pier@42:lantern/é");
/// `pk_live_` of [`HOST`].
const KEY: &str = "pk_live_YXV0aC5oYXJib3VyLnRlc3Qk";

/// A server that says who it is, behind TLS.
struct House {
    authority: Authority,
    front: Front,
}

impl House {
    async fn start() -> Self {
        let introduction = format!("{{\"publishable_key\":\"{KEY}\"}}");
        let app = Router::new().fallback(get(async move || ([("content-type", "application/json")], introduction)));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let behind = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let authority = Authority::named("Harbour Works Root").unwrap();
        let front = Front::start(&authority, HOST, behind).await.unwrap();
        Self { authority, front }
    }

    async fn proxy(&self, speaks: Speaks, person: Option<(&str, &str)>) -> Proxy {
        Proxy::start(speaks, person, PLACE, self.front.address).await.unwrap()
    }
}

/// An app's network side.
struct Desk {
    accounts: Accounts,
    keychain: FakeStore,
    data: Arc<TempDir>,
}

impl Desk {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(variables: &[(&str, String)]) -> Self {
        Self::start(variables, FakeStore::new(), Arc::new(tempfile::tempdir().unwrap()))
    }

    fn start(variables: &[(&str, String)], keychain: FakeStore, data: Arc<TempDir>) -> Self {
        let environment = ProxyEnvironment::read(|wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.clone())
        });
        let moment = Duration::from_millis(1);
        let pace = Pace { retries: vec![moment], reconnect: moment, reconnect_longest: moment, ..Pace::default() };
        let options = Options::new(data.path().to_path_buf(), Vault::new(Arc::new(keychain.clone())));
        let accounts = Accounts::start(Options { environment, pace, ..options });
        Self { accounts, keychain, data }
    }

    /// Ends this one and starts another in the same folder.
    fn again(self) -> Self {
        let Self { accounts, keychain, data } = self;
        drop(accounts);
        Self::start(&[], keychain, data)
    }

    /// Asks the server who it is.
    async fn reach(&self) -> Result<String, IntentError> {
        let request = InstanceRequest::Inspect { key_or_address: format!("https://{HOST}") };
        let answer = self.accounts.instance(request).await?;
        Ok(answer["publishable_key"].as_str().unwrap().to_owned())
    }

    async fn fails(&self) -> Reason {
        let failed = self.reach().await.unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Network, "{failed:?}");
        let said = failed.said.unwrap();
        assert_eq!(said.subject.as_deref(), Some(HOST));
        said.reason
    }

    async fn set(&self, speaks: Speaks, address: SocketAddr, person: Option<(&str, &str)>) {
        let choice = by_hand(speaks, address, person.map(|(user, _)| user).unwrap_or_default());
        self.accounts.set_proxy(choice, person.map(|(_, password)| password.to_owned())).await.unwrap();
    }

    fn network(&self) -> NetworkView {
        self.accounts.network()
    }

    fn file(&self) -> PathBuf {
        self.data.path().join("network.json")
    }
}

fn by_hand(speaks: Speaks, address: SocketAddr, user: &str) -> ProxyChoice {
    let kind = match speaks {
        Speaks::Http => ProxyKind::Http,
        Speaks::Socks5 => ProxyKind::Socks5,
    };
    let (host, port) = (address.ip().to_string(), address.port());
    ProxyChoice::Manual { kind, host, port, exceptions: String::new(), user: user.to_owned() }
}

const BOTH: [Speaks; 2] = [Speaks::Http, Speaks::Socks5];

#[tokio::test]
async fn either_proxy_leads_to_a_server_whose_authority_is_added() {
    let house = House::start().await;
    for speaks in BOTH {
        let (proxy, desk) = (house.proxy(speaks, None).await, Desk::new());
        assert_eq!(desk.fails().await, Reason::NameNotFound, "the name is known to the proxy alone");
        desk.set(speaks, proxy.address, None).await;
        let failed = desk.reach().await.unwrap_err();
        let said = failed.said.unwrap();
        assert_eq!(said.reason, Reason::IssuerNotTrusted);
        assert_eq!(said.detail.as_deref(), Some("Harbour Works Root"), "it says who issued the certificate");
        desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
        assert_eq!(desk.reach().await.unwrap(), KEY, "at once");
        assert!(proxy.asked().iter().all(|asked| asked == PLACE), "the name is resolved there: {:?}", proxy.asked());

        let network = desk.network();
        let used = network.proxy.unwrap();
        assert_eq!(used.source, ProxySource::Manual);
        assert!(used.address.ends_with(&proxy.address.to_string()), "{}", used.address);
        let [authority] = network.authorities.as_slice() else { panic!("{:?}", network.authorities) };
        assert_eq!((authority.subject.as_str(), authority.expired), ("Harbour Works Root", false));

        // Kept over a start, and gone when it is taken away.
        let desk = desk.again();
        assert_eq!(desk.reach().await.unwrap(), KEY);
        desk.accounts.remove_authority(&authority.fingerprint).await.unwrap();
        assert_eq!(desk.fails().await, Reason::IssuerNotTrusted);
        desk.accounts.set_proxy(ProxyChoice::Direct, None).await.unwrap();
        assert_eq!(desk.fails().await, Reason::NameNotFound);
    }
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_says_so_and_is_given_it() {
    let house = House::start().await;
    for speaks in BOTH {
        let (proxy, desk) = (house.proxy(speaks, Some(PERSON)).await, Desk::new());
        desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
        desk.set(speaks, proxy.address, None).await;
        assert_eq!(desk.fails().await, Reason::ProxyWantsPassword, "{speaks:?}");
        desk.set(speaks, proxy.address, Some((PERSON.0, "wrong"))).await;
        assert_eq!(desk.fails().await, Reason::ProxyWantsPassword, "{speaks:?}");
        assert!(proxy.asked().is_empty());
        desk.set(speaks, proxy.address, Some(PERSON)).await;
        assert_eq!(desk.reach().await.unwrap(), KEY, "{speaks:?}");

        // The same proxy with other exceptions keeps its password; another start finds it in the vault.
        desk.accounts.set_proxy(by_hand(speaks, proxy.address, PERSON.0), None).await.unwrap();
        assert_eq!(desk.reach().await.unwrap(), KEY, "{speaks:?}");
        let desk = desk.again();
        desk.accounts.recheck_vault().await;
        assert_eq!(desk.reach().await.unwrap(), KEY, "{speaks:?}");
        // Locked away, it is not sent any more.
        desk.accounts.let_go().await;
        assert_eq!(desk.fails().await, Reason::ProxyWantsPassword, "{speaks:?}");
    }
}

#[tokio::test]
async fn sec_94_a_proxys_password_is_in_the_vault_alone_and_goes_to_that_proxy_alone() {
    let house = House::start().await;
    let (proxy, other) = (house.proxy(Speaks::Http, Some(PERSON)).await, house.proxy(Speaks::Http, Some(PERSON)).await);
    let desk = Desk::new();
    desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
    desk.set(Speaks::Http, proxy.address, Some(PERSON)).await;
    desk.reach().await.unwrap();
    assert!(!fs::read_to_string(desk.file()).unwrap().contains("lantern"));
    let network = desk.network();
    assert!(network.password_kept);
    assert!(!format!("{network:?}").contains("lantern"));
    assert!(!desk.accounts.diagnostics().contains("lantern"));
    let items = desk.accounts.vault_items().await.unwrap();
    let kept = items.names.iter().any(|name| desk.keychain.item(name).is_some_and(|item| contains(&item, b"lantern")));
    assert!(kept, "it moves with everything else that the vault has");

    // Whoever names another proxy does not get the password sent there.
    desk.accounts.set_proxy(by_hand(Speaks::Http, other.address, PERSON.0), None).await.unwrap();
    assert_eq!(desk.fails().await, Reason::ProxyWantsPassword);
    assert!(!desk.network().password_kept);
    assert!(desk.keychain.names().iter().all(|name| !contains(&desk.keychain.item(name).unwrap(), b"lantern")));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_dead_proxy_and_one_that_does_not_lead_there_are_told_apart() {
    let house = House::start().await;
    for speaks in BOTH {
        let desk = Desk::new();
        let gone = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
        desk.set(speaks, gone, None).await;
        assert_eq!(desk.fails().await, Reason::ProxyUnreachable, "{speaks:?}");
        let elsewhere = Proxy::start(speaks, None, "other.harbour.test:443", house.front.address).await.unwrap();
        desk.set(speaks, elsewhere.address, None).await;
        assert_eq!(desk.fails().await, Reason::ProxyRefused, "{speaks:?}");
    }
}

#[tokio::test]
async fn variables_name_a_proxy_its_password_and_exceptions() {
    let house = House::start().await;
    let proxy = house.proxy(Speaks::Http, Some(("ada", "pier42"))).await;
    let named = ("https_proxy", format!("http://ada:pier42@{}", proxy.address));
    let desk = Desk::with(std::slice::from_ref(&named));
    desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
    assert_eq!(desk.reach().await.unwrap(), KEY);
    let used = desk.network().proxy.unwrap();
    assert_eq!((used.source, used.variable.as_deref()), (ProxySource::Environment, Some("https_proxy")));
    assert_eq!(used.address, format!("http://{}", proxy.address), "without the password");

    let socks = house.proxy(Speaks::Socks5, None).await;
    let desk = Desk::with(&[("ALL_PROXY", format!("socks5h://{}", socks.address))]);
    desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
    assert_eq!(desk.reach().await.unwrap(), KEY);

    for exception in ["*", HOST, ".harbour.test", "other.test, harbour.test"] {
        let desk = Desk::with(&[named.clone(), ("NO_PROXY", exception.to_owned())]);
        assert_eq!(desk.fails().await, Reason::NameNotFound, "{exception}");
    }
    // What the person says counts before the variables.
    let desk = Desk::with(&[named]);
    desk.accounts.set_proxy(ProxyChoice::Direct, None).await.unwrap();
    assert_eq!(desk.fails().await, Reason::NameNotFound);
    assert_eq!(desk.network().proxy, None);
}

#[tokio::test]
async fn this_computer_is_never_asked_through_a_proxy() {
    let house = House::start().await;
    let proxy = house.proxy(Speaks::Http, None).await;
    let desk = Desk::with(&[("HTTPS_PROXY", format!("http://{}", proxy.address))]);
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        for scheme in ["http", "https"] {
            let key_or_address = format!("{scheme}://{host}:{}", house.front.address.port());
            desk.accounts.instance(InstanceRequest::Inspect { key_or_address }).await.unwrap_err();
        }
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_of_no_use_is_refused_with_the_reason() {
    let desk = Desk::new();
    let authority = Authority::named("Harbour Works Root").unwrap().pem();
    let server = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
    let both = format!("{authority}{}", server.signing_key.serialize_pem());
    let cut = &authority[..authority.len() / 2];
    let garbled = authority.replacen("MII", "MIX", 1);
    let mut old = rcgen::CertificateParams::default();
    old.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    old.distinguished_name.push(rcgen::DnType::CommonName, "Old Root");
    (old.not_before, old.not_after) = (rcgen::date_time_ymd(2001, 1, 1), rcgen::date_time_ymd(2011, 1, 1));
    let old = old.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    for (file, reason, why) in [
        ("", Reason::AuthorityNone, "no certificate"),
        ("hello", Reason::AuthorityNone, "no certificate"),
        (cut, Reason::AuthorityDamaged, "damaged"),
        (&garbled, Reason::AuthorityDamaged, "damaged"),
        (&both, Reason::AuthorityPrivateKey, "private key"),
        (&server.cert.pem(), Reason::AuthorityNotOne, "not an authority's"),
        (&old, Reason::AuthorityExpired, "Old Root has expired"),
        (&" ".repeat(2 << 20), Reason::AuthorityTooLarge, "larger"),
    ] {
        let failed = desk.accounts.add_authorities(file.as_bytes()).await.unwrap_err();
        assert!(failed.message.contains(why), "{}", failed.message);
        let said = failed.said.unwrap();
        let whose = (reason == Reason::AuthorityExpired).then(|| "Old Root".to_owned());
        assert_eq!(said.reason, reason, "{why}");
        // Who is meant is the only thing for which the window has no words.
        assert!(reason == Reason::AuthorityNotOne || said.detail == whose, "{why}: {:?}", said.detail);
    }
    assert!(desk.network().authorities.is_empty());
    // One file may hold several; the same again changes nothing.
    let second = Authority::named("Pier Root").unwrap().pem();
    for _ in 0..2 {
        desk.accounts.add_authorities(format!("# ours\n{authority}\n{second}").as_bytes()).await.unwrap();
        let subjects: Vec<_> = desk.network().authorities.into_iter().map(|it| it.subject).collect();
        assert_eq!(subjects, ["Harbour Works Root", "Pier Root"]);
    }
}

#[tokio::test]
async fn what_names_no_proxy_is_refused_and_changes_nothing() {
    let desk = Desk::new();
    for (host, port) in
        [("", 3128), ("http://proxy.example", 3128), ("a b", 3128), ("ada@proxy.example", 1), ("proxy.example", 0)]
    {
        let manual = ProxyChoice::Manual {
            kind: ProxyKind::Http,
            host: host.to_owned(),
            port,
            exceptions: String::new(),
            user: String::new(),
        };
        let failed = desk.accounts.set_proxy(manual, None).await.unwrap_err();
        assert_eq!(failed.said.unwrap().reason, Reason::ProxyInvalid, "{host}:{port}");
    }
    assert_eq!(desk.network().choice, ProxyChoice::System);
    assert!(!desk.file().exists());
}

#[tokio::test]
async fn what_is_under_way_ends_as_it_began() {
    let house = House::start().await;
    let slow = Arc::new(tokio::sync::Notify::new());
    let arrived = Arc::new(tokio::sync::Notify::new());
    let (hold, tell) = (slow.clone(), arrived.clone());
    let app = Router::new().fallback(get(async move || {
        tell.notify_one();
        hold.notified().await;
        ([("content-type", "application/json")], format!("{{\"publishable_key\":\"{KEY}\"}}"))
    }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let behind = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let front = Front::start(&house.authority, HOST, behind).await.unwrap();
    let proxy = Proxy::start(Speaks::Http, None, PLACE, front.address).await.unwrap();
    let desk = Desk::new();
    desk.accounts.add_authorities(house.authority.pem().as_bytes()).await.unwrap();
    desk.set(Speaks::Http, proxy.address, None).await;
    let accounts = desk.accounts.clone();
    let request = InstanceRequest::Inspect { key_or_address: format!("https://{HOST}") };
    let asking = tokio::spawn(async move { accounts.instance(request).await });
    arrived.notified().await;
    desk.accounts.set_proxy(ProxyChoice::Direct, None).await.unwrap();
    slow.notify_one();
    assert_eq!(asking.await.unwrap().unwrap()["publishable_key"], KEY);
    assert_eq!(desk.fails().await, Reason::NameNotFound, "what comes after goes the new way");
}
