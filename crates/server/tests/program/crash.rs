//! Killed at any moment, it starts again with everything that was answered.

use reqwest::Method;
use rustix::process::Signal;
use serde_json::Value;
use tokio::sync::watch;

use crate::program::{Place, sign_up};

/// How often it is killed, each time after more has been done.
const KILLS: usize = 5;

#[tokio::test]
async fn killed_at_any_moment_it_keeps_what_it_answered() {
    let place = Place::new();
    let mut answered: Vec<(String, String)> = Vec::new();
    for round in 0..KILLS {
        let serving = place.serve().await;
        for (address, token) in &answered {
            let client = serving.ask(Method::GET, "/v1/client", token, &[]).await.unwrap();
            let client: Value = client.json().await.unwrap();
            let session = &client["response"]["sessions"][0];
            assert_eq!(session["user"]["email_addresses"][0]["email_address"], *address, "still signed in: {client}");
            assert_eq!(session["status"], "active");
        }
        let (progress, mut finished) = watch::channel(0);
        // People sign up one after the other on four lines until the server is gone.
        let line = async |line: usize| {
            let mut done = Vec::new();
            for count in 0.. {
                let address = format!("r{round}.l{line}.c{count}+clerk_test@example.com");
                let Some(token) = sign_up(&serving, &address, "Lantern and 7 oars").await else { break };
                done.push((address, token));
                progress.send_modify(|finished| *finished += 1);
            }
            done
        };
        let killer = async {
            // The others are in the middle of something when one of them has finished.
            finished.wait_for(|finished| *finished > round * 2).await.unwrap();
            serving.signal(Signal::KILL);
        };
        let lines = async { tokio::join!(line(0), line(1), line(2), line(3)) };
        let ((first, second, third, fourth), ()) = tokio::join!(lines, killer);
        answered.extend([first, second, third, fourth].into_iter().flatten());
        serving.ended().await;
    }
    assert!(!answered.is_empty(), "somebody was let in");
    let serving = place.serve().await;
    for (address, _) in &answered {
        let form = [("identifier", address.as_str()), ("password", "Lantern and 7 oars")];
        let signed_in = serving.ask(Method::POST, "/v1/client/sign_ins", "", &form).await.unwrap();
        assert_eq!(signed_in.status(), 200, "{address}");
    }
    serving.stop().await;
}
