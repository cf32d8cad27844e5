//! Accounts that survive a bad network: an app's network side and a real server, and between them a proxy that delays,
//! loses, cuts, repeats and reorders what passes, while people sign up, sign in, switch and sign out.
//!
//! After each seed the network heals, and what the app shows, what its keychain holds and what the server knows have to
//! be the same.
//!
//! ```text
//! proxy   the bad network
//! world   the real server, and what its owner sees and does
//! desk    the app's network side, with its folder and keychain
//! people  what people do, drawn from a seed
//! checks  what has to hold meanwhile and in the end
//! ```
//!
//! `FRONTDESK_SEEDS=200 cargo test --workspace --test faults` runs more seeds, `FRONTDESK_SEED=17` one of them.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod checks;
mod desk;
mod people;
mod proxy;
mod world;

use std::{env, ops::Range, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;

use crate::{desk::Desk, people::People, world::World};

/// Settings of an instance that lets one session into a client.
const SINGLE: &str = "[settings.policy.sessions]\nsingle_session = true\n";
/// Seeds of an everyday run.
const SEEDS: u64 = 8;
/// Rounds of a seed; in each, up to four people do something at once.
const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accounts_survive_a_bad_network() {
    // Every other seed is of an instance that lets one session into a client: there each account has a client of its own.
    let worlds = [World::open("").await, World::open(SINGLE).await];
    for seed in seeds() {
        let world = if seed.is_multiple_of(2) { &worlds[0] } else { &worlds[1] };
        // A seed that fails is told before the rest of what it has to say scrolls by.
        let outcome = AssertUnwindSafe(campaign(world, seed)).catch_unwind().await;
        if let Err(panic) = outcome {
            eprintln!("seed {seed} failed; FRONTDESK_SEED={seed} cargo test --workspace --test faults runs it alone");
            std::panic::resume_unwind(panic);
        }
    }
    for world in worlds {
        world.close().await;
    }
}

/// Whether one seed is looked at, and says what happens.
fn is_alone() -> bool {
    env::var_os("FRONTDESK_SEED").is_some()
}

fn seeds() -> Range<u64> {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    match number("FRONTDESK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("FRONTDESK_SEEDS").unwrap_or(SEEDS),
    }
}

async fn campaign(world: &World, seed: u64) {
    world.proxy.begin(seed);
    let mut desk = Desk::open(world).await;
    let mut people = People::new(world, seed).await;
    for _ in 0..ROUNDS {
        people.act(world, &mut desk).await;
    }
    world.proxy.heal();
    checks::in_the_end(world, &desk).await;
    let passed = world.proxy.figures();
    println!("seed {seed}: {passed}, {} accounts in the end", desk.accounts_shown().len());
}
