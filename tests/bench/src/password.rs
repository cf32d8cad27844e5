//! Signing in with a password ÷ a raw argon2id hash.

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::runtime::Runtime;

use crate::{
    instance::{ADDRESS, Instance, PASSWORD},
    report::Report,
    rounds::{alternate, microseconds_each},
};

/// How many of each make a round; together they stay below what a development instance takes from one address.
const EACH: u32 = 4;
/// Memory of the hash in KiB, passes and lanes: what the server stores passwords with.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

pub(crate) fn measure(runtime: &Runtime, instance: &Instance, rounds: usize, report: &mut Report) -> Result<()> {
    // Without a client token each sign-in is that of a new device.
    let form = [("strategy", "password"), ("identifier", ADDRESS), ("password", PASSWORD)];
    let sign_in = || {
        microseconds_each(EACH, || {
            runtime.block_on(async {
                let answer = instance.post("", "/v1/client/sign_ins", &form).await?;
                answer.bytes().await.context("read the answer")?;
                Ok(())
            })
        })
    };
    let params = Params::new(COST.0, COST.1, COST.2, Some(32)).map_err(|error| anyhow!("{error}"))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The block is kept between hashes, as the server's workers do: fresh pages would cost more than half as much again.
    let mut memory = vec![Block::new(); hasher.params().block_count()];
    let mut hash = [0_u8; 32];
    let raw = || {
        microseconds_each(EACH, || {
            hasher
                .hash_password_into_with_memory(PASSWORD.as_bytes(), b"sixteen bytes of", &mut hash, &mut memory)
                .map_err(|error| anyhow!("{error}"))
        })
    };
    let taken = alternate(rounds, sign_in, raw)?;
    let more: Vec<f64> =
        taken.subject.iter().zip(&taken.baseline).map(|(subject, baseline)| subject - baseline).collect();
    report.add("password: sign-in over HTTP ÷ raw argon2id", "µs", &taken);
    report
        .note(format!("password: a sign-in costs {:.0} µs more than its hash (median)", crate::rounds::median(&more)));
    Ok(())
}
