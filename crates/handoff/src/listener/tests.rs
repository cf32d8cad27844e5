#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Listener, Redirect, Speech};

fn port(listener: &Listener) -> u16 {
    match listener.redirect() {
        Redirect::Loopback { port } => port,
        Redirect::Scheme { .. } => unreachable!("a listener is a port"),
    }
}

/// Sends bytes as they are, and reads until the other side closes.
async fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other side may close before it has read all of it.
    let _sent = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get(port: u16, target: &str) -> String {
    let host = format!("127.0.0.1:{port}");
    send(&host, format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await
}

/// Returns when nobody listens at a port any more.
async fn closed(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sec_07_it_listens_at_numbers_of_this_computer_alone() {
    let mut listener = Listener::open(Speech::English).await.unwrap();
    let port = port(&listener);
    assert_eq!(listener.redirect().url(), format!("http://127.0.0.1:{port}/callback"));
    let answer = get(port, "/callback?rotating_token_nonce=abc").await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(listener.next().await.unwrap().nonce.unwrap().expose(), "abc");
    // Some systems lead `localhost` and its like to the other address; a computer without it has nobody to answer there.
    if let Ok(mut stream) = TcpStream::connect(("::1", port)).await {
        let request = format!("GET /callback HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(listener.next().await.unwrap(), super::Callback::default());
    }
    // Other addresses of this computer are not listened at: they can be taken by somebody else.
    #[cfg(target_os = "linux")]
    drop(tokio::net::TcpListener::bind(("127.0.0.2", port)).await.unwrap());
}

#[tokio::test]
async fn sec_08_it_closes_with_its_flow_and_the_browser_gets_its_last_page() {
    let mut listener = Listener::open(Speech::German).await.unwrap();
    let port = port(&listener);
    get(port, "/callback?rotating_token_nonce=abc").await;
    listener.next().await.unwrap();
    drop(listener);
    let answer = get(port, "/done").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Du kannst diese Seite schließen"), "{answer}");
    closed(port).await;

    // Cancelled: nobody is owed a page.
    let listener = Listener::open(Speech::English).await.unwrap();
    let other = self::port(&listener);
    drop(listener);
    closed(other).await;
}

#[tokio::test]
async fn sec_09_nothing_but_the_one_address_ends_a_flow() {
    let mut listener = Listener::open(Speech::English).await.unwrap();
    let port = port(&listener);
    let here = format!("127.0.0.1:{port}");
    // Ahead of time, as browsers connect, and slow: they stay open to the end.
    let mut ahead = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(&here).await.unwrap();
        stream.write_all(b"GET /callb").await.unwrap();
        ahead.push(stream);
    }
    let long = format!("/callback?rotating_token_nonce={}", "a".repeat(64 * 1024));
    let wrong = [
        ("GET / HTTP/1.1", here.as_str()),
        ("GET /callback/ HTTP/1.1", &here),
        ("GET /CALLBACK HTTP/1.1", &here),
        ("GET /favicon.ico HTTP/1.1", &here),
        ("GET //callback HTTP/1.1", &here),
        ("POST /callback?rotating_token_nonce=a HTTP/1.1", &here),
        ("HEAD /callback?rotating_token_nonce=a HTTP/1.1", &here),
        ("OPTIONS * HTTP/1.1", &here),
        ("GET /callback?rotating_token_nonce=a&rotating_token_nonce=b HTTP/1.1", &here),
        ("GET /callback?rotating_token_nonce=%00 HTTP/1.1", &here),
        ("GET /callback?__clerk_status=%3Cscript%3E HTTP/1.1", &here),
        ("GET /callback?rotating_token_nonce=a HTTP/1.1", "evil.example"),
        ("GET /callback?rotating_token_nonce=a HTTP/1.1", "localhost"),
        ("GET /callback?rotating_token_nonce=a HTTP/1.1", ""),
        (&format!("GET {long} HTTP/1.1"), &here),
    ];
    for (line, host) in wrong {
        let answer = send(&here, format!("{line}\r\nHost: {host}\r\n\r\n").as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 3"), "{line:.60}: {answer:.80}");
        assert!(!answer.contains("script"), "{answer}");
    }
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"\r\n\r\n", b"\xff\xfe\x00\x00", &vec![b'A'; 100_000]] {
        let mut stream = TcpStream::connect(&here).await.unwrap();
        // It may be refused before all of it is read.
        let _sent = stream.write_all(garbage).await;
        let _shut = stream.shutdown().await;
        let mut answer = String::new();
        let _cut = stream.read_to_string(&mut answer).await;
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 3"), "{answer:.80}");
    }
    // It is still there, and nothing came of all that.
    get(port, "/callback?rotating_token_nonce=good&other=1").await;
    assert_eq!(listener.next().await.unwrap().nonce.unwrap().expose(), "good");
    drop(ahead);
}

#[tokio::test]
async fn sec_09_a_crowd_that_says_nothing_goes_away_and_the_browser_comes_in() {
    let mut listener = Listener::open(Speech::English).await.unwrap();
    let port = port(&listener);
    let mut crowd = Vec::new();
    for _ in 0..2 * super::MOST {
        crowd.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    drop(crowd);
    while !get(port, "/callback?rotating_token_nonce=good").await.starts_with("HTTP/1.1 303") {
        tokio::task::yield_now().await;
    }
    assert_eq!(listener.next().await.unwrap().nonce.unwrap().expose(), "good");
}

#[tokio::test]
async fn sec_17_the_page_is_kept_nowhere_and_tells_nobody_where_it_came_from() {
    let listener = Listener::open(Speech::English).await.unwrap();
    let port = port(&listener);
    let home = get(port, "/callback?rotating_token_nonce=verysecret").await;
    assert!(home.contains("location: /done\r\n"), "{home}");
    for answer in [home, get(port, "/done").await, get(port, "/elsewhere?rotating_token_nonce=verysecret").await] {
        for header in ["cache-control: no-store", "referrer-policy: no-referrer", "frame-ancestors 'none'"] {
            assert!(answer.contains(header), "{header} in {answer}");
        }
        assert!(!answer.contains("verysecret"), "{answer}");
    }
}
