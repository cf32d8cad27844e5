//! What a team runs: TLS, several names, figures for a monitor, a log for machines.

use std::{fs, net::SocketAddr, path::PathBuf};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, Method};
use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Place, Serving, sign_up};

const NAME: &str = "auth.example.com";

/// A new certificate for the name, and its key.
fn pair() -> (String, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

/// A caller that trusts this certificate alone, and finds the name at the address.
fn caller(certificate: &str, address: SocketAddr) -> Client {
    let trusted = Certificate::from_pem(certificate.as_bytes()).unwrap();
    let caller = Client::builder().no_proxy().pool_max_idle_per_host(0).resolve(NAME, address);
    caller.tls_certs_only([trusted]).build().unwrap()
}

/// A production instance in this folder with TLS, and the paths of its certificate and key.
async fn serve(place: &Place, certificate: &str, key: &str) -> (Serving, PathBuf, PathBuf) {
    let (cert_file, key_file) = (place.file("cert.pem", certificate), place.file("key.pem", key));
    let config = format!(
        "environment = \"production\"\npublic_url = \"https://{NAME}\"\n[tls]\ncertificate = \"{}\"\n\
         key = \"{}\"\n[settings]\npublic_names = [\"login.example.com:8443\"]\n",
        cert_file.display(),
        key_file.display(),
    );
    let config = place.file("frontdesk.toml", &config);
    let line = ["--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    (place.serve_with(&line).await, cert_file, key_file)
}

#[tokio::test]
async fn a_certificate_is_shown_and_read_again_when_it_changes() {
    let place = Place::new();
    let (first, second) = (pair(), pair());
    let (serving, cert_file, key_file) = serve(&place, &first.0, &first.1).await;
    let url = format!("https://{NAME}:{}/v1/health", serving.address.port());
    let ask = async |certificate: &str| {
        let request = caller(certificate, serving.address).get(&url).header("host", NAME);
        request.send().await.map(|answer| answer.status().as_u16())
    };
    assert_eq!(ask(&first.0).await.unwrap(), 200);
    assert!(ask(&second.0).await.is_err(), "it has not been shown yet");
    assert!(serving.ask(Method::GET, "/v1/health", "", &[]).await.is_err(), "nothing is answered in the open");

    // The new certificate is there, and its key is not.
    fs::write(&cert_file, &second.0).unwrap();
    serving.says("cannot be used; the old one stays").await;
    assert_eq!(ask(&first.0).await.unwrap(), 200);
    fs::write(&key_file, &second.1).unwrap();
    serving.says("the certificate was read again").await;
    assert_eq!(ask(&second.0).await.unwrap(), 200);
    assert!(ask(&first.0).await.is_err());

    let idle = tokio::net::TcpStream::connect(serving.address).await.unwrap();
    let ended = serving.stop().await;
    assert!(!ended.errors.contains("cut off"), "whoever asked for nothing is not waited for: {ended:?}");
    drop(idle);
}

#[tokio::test]
async fn tls_without_a_pair_or_without_https_is_refused() {
    let place = Place::new();
    let (certificate, key) = pair();
    let (cert, key) = (place.file("cert.pem", &certificate), place.file("key.pem", &key));
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let here = ["--listen", "127.0.0.1:0"];
    let tls = ["--tls-cert", cert, "--tls-key", key];
    let sentence = place.refused(&["serve"], &[&here[..], &tls].concat()).await;
    assert!(sentence.contains("--public-url https://"), "{sentence}");
    let open = ["--public-url", "http://127.0.0.1:4010"];
    let sentence = place.refused(&["serve"], &[&here[..], &tls, &open].concat()).await;
    assert!(sentence.contains("speaks TLS") && sentence.contains("http://127.0.0.1:4010"), "{sentence}");
    let swapped = ["--tls-cert", key, "--tls-key", cert];
    let sentence = place.refused(&["serve"], &[&here[..], &swapped].concat()).await;
    assert!(sentence.contains("no certificate in PEM form"), "{sentence}");
    let half = place.run(&["serve"], &[&here[..], &tls[..2]].concat()).await;
    assert!(!half.status.success() && half.errors.contains("--tls-key"), "{half:?}");
}

#[tokio::test]
async fn sec_102_a_team_s_server_answers_to_listed_names_alone() {
    let place = Place::new();
    let (certificate, key) = pair();
    let (serving, ..) = serve(&place, &certificate, &key).await;
    let caller = caller(&certificate, serving.address);
    let url = format!("https://{NAME}:{}/v1/health", serving.address.port());
    let port = serving.address.port();
    for (host, status) in [
        (NAME.to_owned(), 200),
        (format!("{NAME}:443"), 200),
        ("login.example.com:8443".to_owned(), 200),
        (format!("127.0.0.1:{port}"), 200),
        ("login.example.com".to_owned(), 400),
        ("evil.example".to_owned(), 400),
        (format!("evil.example:{port}"), 400),
    ] {
        let answer = caller.get(&url).header("host", &host).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{host}");
    }
    serving.stop().await;
}

#[tokio::test]
async fn sec_91_figures_show_routes_and_neither_ids_nor_addresses() {
    let mut place = Place::new();
    place.variables.push(("FRONTDESK_LOG_FORMAT", "json".to_owned()));
    let serving = place.serve_with(&["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]).await;
    let figures = serving.says("figures for a monitor").await;
    let figures: Value = serde_json::from_str(&figures).unwrap();
    let figures = figures["address"].as_str().unwrap().to_owned();
    let token = sign_up(&serving, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    for path in ["/v1/client", "/v1/client", "/wp-login.php", "/v1/client/sessions/ada/tokens/ada"] {
        serving.ask(Method::GET, path, &token, &[]).await.unwrap();
    }
    let read = async |path: &str, name: &str, value: &str| {
        let http = Client::builder().no_proxy().build().unwrap();
        let answer = http.get(format!("http://{figures}{path}")).header(name, value).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = read("/metrics", "accept", "text/plain").await;
    assert_eq!(status, 200);
    for line in [
        "frontdesk_database_up 1",
        "frontdesk_requests_total{method=\"GET\",route=\"/v1/client\",status=\"200\"} 2",
        "frontdesk_requests_total{method=\"POST\",route=\"/v1/client/sign_ups/{id}/attempt_verification\",status=\"200\"} 1",
        "frontdesk_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    for word in ["ada", "sua_", "sess_", "client_", "user_", "127.0.0.1", "wp-login"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert_eq!(read("/health", "accept", "text/plain").await, (200, "ok\n".to_owned()));
    assert_eq!(read("/v1/client", "accept", "text/plain").await.0, 404);
    for (name, value) in
        [("host", "evil.example"), ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin")]
    {
        assert_eq!(read("/metrics", name, value).await.0, 403, "{name}");
    }
    serving.signal(Signal::TERM);
    let ended = serving.ended().await;
    // All but the first line, which says the key and the address.
    let lines: Vec<Value> = ended
        .errors
        .lines()
        .filter(|line| !line.starts_with("pk_"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let event = |line: &Value| line["target"] == "audit" && line["event"] == "sign_up";
    assert_eq!(lines.iter().filter(|line| event(line)).count(), 1, "{lines:?}");
    assert!(lines.iter().any(|line| line["message"] == "answered" && line["status"] == 200), "{lines:?}");
}

#[tokio::test]
async fn a_configuration_is_checked_without_serving() {
    let place = Place::new();
    let good = place.file("good.toml", "[settings]\napplication_name = \"Team\"\n");
    let good = place.run_bare(&["check-config", good.to_str().unwrap()]).await;
    assert!(good.status.success() && good.output.contains("good.toml can be used"), "{good:?}");
    let bad = place.file("bad.toml", "environment = \"staging\"\n[settings]\nnonsense = 1\n");
    let bad = place.run_bare(&["check-config", bad.to_str().unwrap()]).await;
    assert_eq!(bad.status.code(), Some(1));
    for words in ["line 1: `environment`", "line 3: `nonsense` is not a setting", "has 2 faults"] {
        assert!(bad.errors.contains(words), "{words}: {bad:?}");
    }
    let missing = place.run_bare(&["check-config", "/nonexistent/frontdesk.toml"]).await;
    assert!(missing.status.code() == Some(1) && missing.errors.contains("cannot be read"), "{missing:?}");
    let edited = place.file(
        "edited.toml",
        "[settings.messages.verification_code.en]\nsubject = \"{code}!\"\n\
         [settings.messages.new_device.de]\nbody = \"{code}\"\n",
    );
    let bad = place.run_bare(&["check-config", edited.to_str().unwrap()]).await;
    assert!(bad.errors.contains("`messages.new_device.de`: `{code}` stands for nothing here"), "{bad:?}");
    let edited = place.file("edited.toml", "[settings.messages.verification_code.en]\nsubject = \"{code}!\"\n");
    let preview = place.run_bare(&["preview-messages", "--config", edited.to_str().unwrap()]).await;
    assert!(preview.output.contains("## verification_code\n\nSubject: 314159!\n"), "{preview:?}");
    assert!(preview.output.contains("## text_account_exists\n\nSomebody wanted"), "{preview:?}");
    let schema = place.run_bare(&["config-schema"]).await;
    let schema: Value = serde_json::from_str(&schema.output).unwrap();
    assert!(schema.pointer("/$defs/SessionPolicy/properties/max_lifetime_ms").is_some());
    assert!(!place.data().exists(), "nothing was made");
}
