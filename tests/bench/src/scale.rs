//! The same requests at an instance with a million users and at one with a thousand.

use std::time::Instant;

use anyhow::{Context, Result};
use frontdesk_store::testing::member;
use reqwest::{Client, RequestBuilder};
use tokio::runtime::Runtime;

use crate::{
    instance::{Instance, ask, connection},
    report::Report,
    rounds::{Rounds, median, microseconds, percentile},
};

/// Users of the smaller instance.
const FEW: u32 = 1_000;
/// How often each request is sent in a round.
const EACH: u32 = 100;

/// What is asked for, in turn.
#[derive(Clone, Copy)]
enum Kind {
    ReadClient,
    Token,
    BeginSignIn,
    UserById,
    UserByAddress,
    Sessions,
    Newest,
}

const MIX: [Kind; 7] = [
    Kind::ReadClient,
    Kind::Token,
    Kind::BeginSignIn,
    Kind::UserById,
    Kind::UserByAddress,
    Kind::Sessions,
    Kind::Newest,
];

impl Kind {
    fn request(self, instance: &Instance, http: &Client, number: u32) -> RequestBuilder {
        let (id, address) = member(&instance.user, number);
        let own = |request: RequestBuilder| request.header("authorization", &instance.token);
        let owner = |path: &str, query: &[(&str, &str)]| {
            http.get(instance.owner_url(path)).query(query).header("authorization", &instance.owner)
        };
        match self {
            Self::ReadClient => own(http.get(instance.url("/v1/client"))),
            Self::Token => own(http.post(instance.url(&format!("/v1/client/sessions/{}/tokens", instance.session)))),
            Self::BeginSignIn => {
                own(http.post(instance.url("/v1/client/sign_ins"))).form(&[("identifier", address.as_str())])
            }
            Self::UserById => owner(&format!("/v1/users/{id}"), &[]),
            Self::UserByAddress => owner("/v1/users", &[("email_address", &address)]),
            Self::Sessions => owner("/v1/sessions", &[("user_id", &id)]),
            Self::Newest => owner("/v1/users", &[("order_by", "-created_at"), ("limit", "10")]),
        }
    }
}

/// Measures on one kind of database; `few` and `many` are two instances there, `many` with so many users already.
pub(crate) fn measure(
    runtime: &Runtime,
    (few, many): (&Instance, &Instance),
    (database, users): (&str, u32),
    rounds: usize,
    report: &mut Report,
) -> Result<()> {
    let http = connection()?;
    let (mut middle, mut worst) = (Rounds::default(), Rounds::default());
    for round in 0..=rounds {
        let subject = runtime.block_on(latencies(many, &http, users, round))?;
        let baseline = runtime.block_on(latencies(few, &http, FEW, round))?;
        if round > 0 {
            middle.push(median(&subject), median(&baseline));
            worst.push(percentile(&subject, 99), percentile(&baseline, 99));
        }
    }
    let compared = format!("scale on {database}: request mix at {users} users ÷ at {FEW}");
    report.add(&format!("{compared}, median"), "µs", &middle);
    report.add(&format!("{compared}, 99th percentile"), "µs", &worst);
    for (name, path) in [("number of users", "/v1/users/count"), ("search for a name", "/v1/users?query=family0000")] {
        let mut taken = Rounds::default();
        for round in 0..=rounds {
            let once = |instance: &Instance| {
                let request = http.get(instance.owner_url(path)).header("authorization", &instance.owner);
                runtime.block_on(latency(request))
            };
            let (subject, baseline) = (once(many)?, once(few)?);
            if round > 0 {
                taken.push(subject, baseline);
            }
        }
        report.add(&format!("scale on {database}: {name} at {users} users ÷ at {FEW}"), "µs", &taken);
    }
    Ok(())
}

/// Fills both.
pub(crate) async fn fill(few: &Instance, many: &Instance, users: u32) -> Result<()> {
    few.crowd(FEW).await?;
    many.crowd(users).await
}

/// How long each request of the mix takes, in microseconds. The people asked for are drawn anew for every round, and are
/// the same ones in every run.
async fn latencies(instance: &Instance, http: &Client, users: u32, round: usize) -> Result<Vec<f64>> {
    let mut taken = Vec::new();
    let mut number = u32::try_from(round)? + 1;
    for _ in 0..EACH {
        for kind in MIX {
            // A generator of full period would be no better here: what matters is that few are asked for twice.
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            taken.push(latency(kind.request(instance, http, 1 + number % users)).await?);
        }
    }
    Ok(taken)
}

async fn latency(request: RequestBuilder) -> Result<f64> {
    let started = Instant::now();
    ask(request).await?.bytes().await.context("read the answer")?;
    Ok(microseconds(started.elapsed()))
}
