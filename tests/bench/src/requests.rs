//! Requests per second at 1, 8 and 64 connections ÷ an answer without content, on each database.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use reqwest::Client;
use tokio::runtime::Runtime;

use crate::{
    instance::{ADDRESS, Instance, PASSWORD, ask, connection},
    report::Report,
    rounds::alternate,
};

/// How many ask at the same time.
const CONNECTIONS: [u32; 3] = [1, 8, 64];

/// What is asked for.
#[derive(Clone, Copy)]
enum Kind {
    Health,
    ReadClient,
    Token,
    SignIn,
    SignUp,
}

/// Numbers the people who sign up.
static NEXT: AtomicU32 = AtomicU32::new(1);

impl Kind {
    /// Name, and how many make a round: those that hash a password take long.
    fn row(self) -> (&'static str, u32) {
        match self {
            Self::Health => ("GET /v1/health", 768),
            Self::ReadClient => ("GET /v1/client", 768),
            Self::Token => ("POST …/tokens", 384),
            Self::SignIn => ("sign-in with a password", 64),
            Self::SignUp => ("sign-up (three requests)", 64),
        }
    }

    async fn run(self, instance: &Instance, http: &Client) -> Result<()> {
        let answer = match self {
            Self::Health => ask(http.get(instance.url("/v1/health"))).await?,
            Self::ReadClient => {
                ask(http.get(instance.url("/v1/client")).header("authorization", &instance.token)).await?
            }
            Self::Token => {
                let url = instance.url(&format!("/v1/client/sessions/{}/tokens", instance.session));
                ask(http.post(url).header("authorization", &instance.token)).await?
            }
            Self::SignIn => {
                // Without a client token each sign-in is that of a new device.
                let form = [("strategy", "password"), ("identifier", ADDRESS), ("password", PASSWORD)];
                ask(http.post(instance.url("/v1/client/sign_ins")).form(&form)).await?
            }
            Self::SignUp => {
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                return instance.sign_up(http, &format!("visitor{number}+clerk_test@example.com")).await;
            }
        };
        answer.bytes().await.context("read the answer")?;
        Ok(())
    }
}

pub(crate) fn measure(
    runtime: &Runtime,
    instance: &Instance,
    database: &str,
    rounds: usize,
    report: &mut Report,
) -> Result<()> {
    for kind in [Kind::ReadClient, Kind::Token, Kind::SignIn, Kind::SignUp] {
        for count in CONNECTIONS {
            let connections: Vec<Client> = (0..count).map(|_| connection()).collect::<Result<_>>()?;
            let rate = |kind: Kind| runtime.block_on(per_second(instance, &connections, kind));
            let taken = alternate(rounds, || rate(kind), || rate(Kind::Health))?;
            report.add(&format!("requests on {database}: {} × {count} ÷ GET /v1/health", kind.row().0), "/s", &taken);
        }
    }
    Ok(())
}

async fn per_second(instance: &Instance, connections: &[Client], kind: Kind) -> Result<f64> {
    let share = (kind.row().1 / u32::try_from(connections.len())?).max(1);
    let started = Instant::now();
    let callers = connections.iter().map(|http| async move {
        for _ in 0..share {
            kind.run(instance, http).await?;
        }
        Ok::<_, anyhow::Error>(share)
    });
    let answered: u32 = try_join_all(callers).await?.into_iter().sum();
    Ok(f64::from(answered) / started.elapsed().as_secs_f64())
}
