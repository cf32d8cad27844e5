//! `GET /v1/client` per second at 1 and 8 connections ÷ an answer without content.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use reqwest::Client;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    instance::{Instance, connection},
    report::Report,
    rounds::alternate,
};

/// Requests of one round, spread over the connections.
const REQUESTS: u32 = 800;

pub(crate) fn measure(runtime: &Runtime, instance: &Instance, rounds: usize, report: &mut Report) -> Result<()> {
    for count in [1, 8] {
        let connections: Vec<Client> = (0..count).map(|_| connection()).collect::<Result<_>>()?;
        let rate = |path: &str| runtime.block_on(per_second(instance, &connections, path));
        let taken = alternate(rounds, || rate("/v1/client"), || rate("/v1/health"))?;
        let plural = if count == 1 { "" } else { "s" };
        report.add(&format!("client: GET /v1/client at {count} connection{plural} ÷ GET /v1/health"), "/s", &taken);
    }
    Ok(())
}

async fn per_second(instance: &Instance, connections: &[Client], path: &str) -> Result<f64> {
    let share = REQUESTS / u32::try_from(connections.len())?;
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for connection in connections {
        let (connection, url, token) = (connection.clone(), instance.url(path), instance.token.clone());
        callers.spawn(async move {
            for _ in 0..share {
                let answer = connection.get(&url).header("authorization", &token).send().await?;
                let status = answer.status();
                let body = answer.bytes().await.context("read the answer")?;
                if !status.is_success() {
                    bail!("GET answered {status}: {}", String::from_utf8_lossy(&body));
                }
            }
            Ok(share)
        });
    }
    let mut answered = 0;
    while let Some(share) = callers.join_next().await {
        answered += share??;
    }
    Ok(f64::from(answered) / started.elapsed().as_secs_f64())
}
