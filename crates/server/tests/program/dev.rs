//! What a developer does: one command, and the lines that applications need.

use std::os::unix::fs::PermissionsExt as _;

use reqwest::Method;
use serde_json::Value;

use crate::program::{Place, Serving, sign_up};

/// The value that a line gives to a name.
fn value<'a>(lines: &'a str, name: &str) -> &'a str {
    let mut values = lines.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    values.next().unwrap_or_else(|| panic!("{name} is not among {lines}"))
}

async fn health(serving: &Serving) -> bool {
    serving.ask(Method::GET, "/v1/health", "", &[]).await.unwrap().status() == 200
}

#[tokio::test]
async fn one_command_serves_and_prints_what_applications_need() {
    let place = Place::new();
    let (serving, said) = place.develop(&["--listen", "127.0.0.1:0"]).await;
    let origin = format!("http://{}", serving.address);
    let keys: Value = serde_json::from_str(&place.run(&["keys"], &[]).await.output).unwrap();
    for name in ["CLERK_PUBLISHABLE_KEY", "VITE_CLERK_PUBLISHABLE_KEY", "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY"] {
        assert_eq!(value(&said, name), keys["publishable_key"]);
    }
    assert_eq!(value(&said, "CLERK_SECRET_KEY"), keys["secret_key"]);
    assert_eq!(value(&said, "CLERK_API_URL"), origin);
    for name in ["CLERK_PROXY_URL", "VITE_CLERK_PROXY_URL", "NEXT_PUBLIC_CLERK_PROXY_URL"] {
        assert_eq!(value(&said, name), format!("http://localhost:{}", serving.address.port()));
    }
    assert!(said.contains(&format!("{origin}/frontdesk/outbox")), "{said}");
    assert!(!said.contains("CLERK_JS_URL") && said.contains("npm install"), "{said}");
    assert!(health(&serving).await);
    let script = serving.ask(Method::GET, "/npm/@clerk/clerk-js@6/dist/clerk.browser.js", "", &[]).await.unwrap();
    assert_eq!(script.status(), 404, "nothing of the folder is served unless it has the packages");
    assert_eq!(std::fs::read_to_string(place.data().join(".gitignore")).unwrap(), "*\n");
    let token = sign_up(&serving, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    serving.stop().await;

    // The second time it needs no port, and everything is as it was.
    let (again, said) = place.develop(&[]).await;
    assert_eq!(format!("http://{}", again.address), origin);
    assert_eq!(value(&said, "CLERK_SECRET_KEY"), keys["secret_key"]);
    let client: Value = again.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap().json().await.unwrap();
    assert_eq!(client["response"]["sessions"][0]["status"], "active");
    again.stop().await;
}

#[tokio::test]
async fn the_lines_are_written_into_a_file_and_follow_the_port() {
    let place = Place::new();
    let env = place.file(".env", "PORT=3000\n");
    let env_file = ["--env-file", env.to_str().unwrap()];
    let (first, said) = place.develop(&[&env_file[..], &["--listen", "127.0.0.1:0"]].concat()).await;
    assert!(!said.contains("sk_test_"), "what is in the file is not printed: {said}");
    let port = first.address.port();
    first.stop().await;
    // Another port that is free: the one of a server that has just ended.
    let other = Place::new();
    let (elsewhere, _) = other.develop(&["--listen", "127.0.0.1:0"]).await;
    let address = elsewhere.address.to_string();
    elsewhere.stop().await;
    let (second, _) = place.develop(&[&env_file[..], &["--listen", &address]].concat()).await;
    let written = std::fs::read_to_string(&env).unwrap();
    assert!(written.starts_with("PORT=3000\n") && !written.contains(&format!(":{port}\n")), "{written}");
    assert_eq!(value(&written, "CLERK_API_URL"), format!("http://{address}"));
    assert!(value(&written, "CLERK_SECRET_KEY").starts_with("sk_test_"));
    assert_eq!(std::fs::metadata(&env).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(health(&second).await);
    let said = second.stop().await.errors;
    assert!(!said.contains("does not lead to this door"), "{said}");

    let theirs = place.file(".env.local", "CLERK_SECRET_KEY=sk_live_theirs\n");
    let said = place.refused(&["dev"], &["--env-file", theirs.to_str().unwrap()]).await;
    assert!(said.contains("sets CLERK_SECRET_KEY already") && !said.contains("sk_live"), "{said}");
    assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "CLERK_SECRET_KEY=sk_live_theirs\n");
}

#[tokio::test]
async fn scripts_of_the_sdks_come_from_node_modules() {
    let place = Place::new();
    let dist = place.path("node_modules/@clerk/clerk-js/dist");
    std::fs::create_dir_all(&dist).unwrap();
    std::fs::write(dist.join("../package.json"), r#"{ "version": "6.40.0" }"#).unwrap();
    std::fs::write(dist.join("clerk.browser.js"), "window.Clerk = 1;").unwrap();
    let folder = place.path("node_modules");
    let (serving, said) = place.develop(&["--listen", "127.0.0.1:0", "--sdk-dir", folder.to_str().unwrap()]).await;
    let url = value(&said, "NEXT_PUBLIC_CLERK_JS_URL").to_owned();
    assert_eq!(
        url,
        format!("http://localhost:{}/npm/@clerk/clerk-js@6.40.0/dist/clerk.browser.js", serving.address.port())
    );
    let page = ("origin", "http://localhost:3000");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for url in [url.clone(), url.replace("6.40.0", "6")] {
        let script = http.get(url).header(page.0, page.1).send().await.unwrap();
        assert_eq!(script.status(), 200);
        assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(script.headers()["x-content-type-options"], "nosniff");
        assert_eq!(script.headers()["access-control-allow-origin"], page.1);
        assert_eq!(script.text().await.unwrap(), "window.Clerk = 1;");
    }
    for (path, says) in [
        ("/npm/@clerk/clerk-js@5/dist/clerk.browser.js", "6.40.0 is installed"),
        ("/npm/@clerk/ui@1/dist/ui.browser.js", "@clerk/ui is not installed"),
        ("/npm/@clerk/clerk-js@6/dist/..%2Fpackage.json", "no such script"),
        ("/npm/@clerk/..%2F..%2F@6/dist/clerk.browser.js", "Only scripts"),
    ] {
        let refused = http.get(format!("http://{}{path}", serving.address)).send().await.unwrap();
        assert_eq!(refused.status(), 404, "{path}");
        let body: Value = refused.json().await.unwrap();
        assert!(body["errors"][0]["long_message"].as_str().unwrap().contains(says), "{path}: {body}");
    }
    let foreign = http.get(&url).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 400);
    serving.stop().await;
    let empty = place.refused(&["dev"], &["--sdk-dir", place.data().to_str().unwrap()]).await;
    assert!(empty.contains("npm install @clerk/clerk-js @clerk/ui"), "{empty}");
}

#[tokio::test]
async fn sec_104_it_serves_development_instances_on_this_computer_alone() {
    let place = Place::new();
    let said = place.refused(&["dev"], &["--listen", "0.0.0.0:0"]).await;
    assert!(said.contains("listens on this computer only"), "{said}");
    let config = place.file("frontdesk.toml", "environment = \"production\"\n");
    let production = Place::new();
    let config = ["--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    production.serve_with(&config).await.stop().await;
    let said = production.refused(&["dev"], &[]).await;
    assert!(said.contains("holds a production instance"), "{said}");
}
