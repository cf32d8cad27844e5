//! The way over real connections.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Redirect},
    routing::get,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{openid::provider, *};

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

fn request(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn a_whole_flow_runs_over_connections() {
    let (listener, issuer) = listener().await;
    let acme = provider(&issuer);
    let (stand_in, origin) = (acme.stand_in.clone(), issuer.clone());
    serve(
        listener,
        Router::new().fallback(async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap();
            let mut inside = http::Request::new(body);
            *inside.uri_mut() = format!("{origin}{}", parts.uri).parse().unwrap();
            *inside.method_mut() = parts.method;
            *inside.headers_mut() = parts.headers;
            stand_in.send(inside).await.unwrap().map(Body::from)
        }),
    );
    let house = House::new(Arc::new(Network::new()));
    let acme_connection = Connection { issuer: issuer.parse().ok(), ..connection() };
    let at = house.at("oauth_custom_acme", &acme_connection);
    let page = house.providers.authorize(&at, &ask()).await.unwrap();
    is_a_code_flow_with_everything(&page);
    let person = house.redeem("oauth_custom_acme", &acme_connection).await.unwrap();
    assert_eq!(person.email.as_deref(), Some("ada@example.com"));
    assert_eq!(acme.stand_in.only(&acme.url("/token")).field("code"), CODE);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (listener, origin) = listener().await;
    let router = Router::new()
        .route("/from", get(async || Redirect::temporary("/to")))
        .route("/to", get(async || "arrived").post(async || "arrived"));
    serve(listener, router);
    let answer = Network::new().send(request(&format!("{origin}/from"))).await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "/to");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let (listener, origin) = listener().await;
    let endless = async || {
        let parts = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1 << 16])));
        Body::from_stream(parts).into_response()
    };
    serve(listener, Router::new().route("/", get(endless)));
    assert_eq!(Network::new().send(request(&origin)).await.unwrap_err(), ReachError::TooLong);
}

#[tokio::test]
async fn nothing_leaves_this_computer_without_tls() {
    let fault = Network::new().send(request("http://192.0.2.1/token?code=hunter2")).await.unwrap_err();
    assert!(fault.to_string().contains("scheme"), "{fault}");
    assert!(!fault.to_string().contains("hunter2"), "{fault}");
}

#[tokio::test]
async fn what_went_wrong_is_told_without_the_address() {
    let (listener, origin) = listener().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 512];
            let _asked = stream.read(&mut buffer).await;
            let _answered = stream.write_all(b"HTTP/1.1 nonsense\r\n\r\n").await;
        }
    });
    let fault = Network::new().send(request(&format!("{origin}/token?code=hunter2"))).await.unwrap_err();
    assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault}");
    assert!(fault.to_string().len() > 5, "{fault}");
}
