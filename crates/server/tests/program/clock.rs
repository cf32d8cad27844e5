//! A clock that tests move while the program runs, and that no release has.

use std::{env, fs, path::Path, process::Command};

use frontdesk_identity::time::DAY;
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Place, sign_up};

const VARIABLE: &str = "FRONTDESK_TEST_CLOCK";

#[tokio::test]
async fn sec_35_the_servers_clock_ends_a_session_while_the_program_runs() {
    let mut place = Place::new();
    let clock = place.file("clock", "");
    place.variables = vec![(VARIABLE, clock.to_str().unwrap().to_owned())];
    let serving = place.serve().await;
    let token = sign_up(&serving, "ada+clerk_test@example.com", "Lantern and 7 oars").await.unwrap();
    let session = async || {
        let client = serving.ask(Method::GET, "/v1/client", &token, &[]).await.unwrap();
        client.json::<Value>().await.unwrap()["response"]["sessions"][0].clone()
    };
    let begun = session().await;
    assert_eq!(begun["status"], "active");
    fs::write(&clock, (7 * DAY).to_string()).unwrap();
    assert_eq!(session().await["status"], "expired");
    let path = format!("/v1/client/sessions/{}/tokens", begun["id"].as_str().unwrap());
    let refused = serving.ask(Method::POST, &path, &token, &[]).await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["code"], json!("signed_out"));
    serving.stop().await;
}

/// Builds a program around the clock alone, as it is in a release or in a build for development.
fn build(folder: &Path, name: &str, development: bool) -> Command {
    let source = folder.join("now.rs");
    let clock = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/clock.rs");
    let main = "fn main() { println!(\"{}\", clock::Clock::now_ms(&clock::SystemClock)); }";
    fs::write(&source, format!("#![allow(dead_code)]\n#[path = \"{}\"]\nmod clock;\n{main}\n", clock.display()))
        .unwrap();
    let program = folder.join(name);
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "-C", if development { "debug-assertions=on" } else { "debug-assertions=off" }]);
    let built = rustc.arg("-o").arg(&program).arg(&source).status().unwrap();
    assert!(built.success(), "rustc could not build {name}");
    Command::new(program)
}

/// What a program prints.
fn asked(program: &mut Command) -> i64 {
    String::from_utf8(program.output().unwrap().stdout).unwrap().trim().parse().unwrap()
}

#[test]
fn no_release_has_a_clock_that_can_be_moved() {
    const AHEAD_MS: i64 = 400 * DAY;
    let place = Place::new();
    let clock = place.file("clock", &format!("{AHEAD_MS}\n"));
    let folder = clock.parent().unwrap();
    let mut development = build(folder, "development", true);
    let mut release = build(folder, "release", false);
    let before = asked(&mut development);
    let moved = asked(development.env(VARIABLE, &clock));
    let kept = asked(release.env(VARIABLE, &clock));
    fs::write(&clock, "soon").unwrap();
    let unread = asked(&mut development);
    let after = asked(development.env_remove(VARIABLE));
    for now in [moved - AHEAD_MS, kept, unread] {
        assert!((before..=after).contains(&now), "{before} <= {now} <= {after}");
    }
    let names_it = |name: &str| {
        let program = fs::read(folder.join(name)).unwrap();
        program.windows(VARIABLE.len()).any(|part| part == VARIABLE.as_bytes())
    };
    assert_eq!([names_it("development"), names_it("release")], [true, false]);
}
