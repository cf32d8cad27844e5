//! Minting a session token ÷ a raw RS256 signature.

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use tokio::runtime::Runtime;

use crate::{
    instance::Instance,
    report::Report,
    rounds::{alternate, microseconds_each},
};

/// How many of each make a round.
const EACH: u32 = 60;
/// Length of a token's signed part, in bytes.
const SIGNED: usize = 480;

pub(crate) fn measure(runtime: &Runtime, instance: &Instance, rounds: usize, report: &mut Report) -> Result<()> {
    let path = format!("/v1/client/sessions/{}/tokens", instance.session);
    let mint = || {
        microseconds_each(EACH, || {
            runtime.block_on(async {
                let answer = instance.post(&instance.token, &path, &[]).await?;
                answer.bytes().await.context("read the token")?;
                Ok(())
            })
        })
    };
    let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("draw a key"))?;
    let random = SystemRandom::new();
    let message = [0x61; SIGNED];
    let mut signature = vec![0; key.public_modulus_len()];
    let sign = || {
        microseconds_each(EACH, || {
            key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature).map_err(|_| anyhow!("sign"))
        })
    };
    report.add("token: mint over HTTP ÷ raw RS256 signature", "µs", &alternate(rounds, mint, sign)?);
    Ok(())
}
