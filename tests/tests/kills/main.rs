//! Accounts that survive `kill -9`: the app without its window is ended at random instants of what people do, over the
//! real gnome-keyring and real servers, and started again.
//!
//! After each kill the accounts are those of before, or as the step says that was under way; the data folder is sound,
//! and the keychain holds exactly what the folder says it does.
//!
//! ```text
//! app      the app without its window, as a process that can be ended
//! away     what waits for the browser, and what the browser brings back
//! facts    what the app shows of accounts, names and vault; what a step changes of it
//! visitor  a browser without a window, at the development provider
//! ```
//!
//! `FRONTDESK_KILLS=200 cargo test --workspace --test kills` kills more often, `FRONTDESK_SEED=17` draws anew.
#![cfg(target_os = "linux")]

mod app;
mod away;
mod facts;
mod visitor;

use std::{
    collections::HashMap,
    env, thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use frontdesk_e2e::{
    dice::Dice,
    served::Served,
    window::{Desktop, Keychain, until_sound},
};
use serde_json::json;

use crate::{
    app::App,
    facts::{Facts, HOUSES, PEOPLE, Step, address},
};

/// Kills of an everyday run.
const KILLS: u64 = 20;
const PASSWORD: &str = "Lantern-on-the-pier-42";
/// Limits are for strangers; here a few people do a lot.
const MANY: &str = "[settings.limits]\ncreate = 1000000\nattempt = 1000000\nother = 1000000\n";
/// The second house takes one account for each client, so that each account has a client of its own.
const SINGLE: &str = "[settings.policy.sessions]\nsingle_session = true\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_survive_a_kill_at_any_instant() -> Result<()> {
    let (kills, seed) = drawn(KILLS)?;
    let servers = servers()?;
    for (house, server) in servers.iter().enumerate() {
        for person in 0..PEOPLE {
            server.add_user(&address(house, person), PASSWORD).await?;
        }
    }
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let mut campaign = Campaign::begin(&desktop, &servers, seed)?;
    for kill in 1..=kills {
        let what = campaign.life(kill);
        what.with_context(|| format!("kill {kill} of seed {seed}; FRONTDESK_SEED={seed} draws the same"))?;
    }
    println!(
        "{kills} kills: {} while a step was under way, {} after it, {} at a start",
        campaign.in_a_step, campaign.after_a_step, campaign.at_a_start
    );
    Ok(())
}

/// How many kills, and the seed that they are drawn from.
fn drawn(everyday: u64) -> Result<(u64, u64)> {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>()).transpose();
    Ok((number("FRONTDESK_KILLS")?.unwrap_or(everyday), number("FRONTDESK_SEED")?.unwrap_or(1)))
}

fn servers() -> Result<[Served; HOUSES]> {
    Ok([Served::start(MANY)?, Served::start(&format!("{MANY}{SINGLE}"))?])
}

/// Has the app know the instances. Answers the ids that it gave them.
fn introduce(app: &mut App, servers: &[Served]) -> Result<Vec<String>> {
    let add = |server: &Served| {
        let key = app.ask("instance", &json!({ "type": "inspect", "key_or_address": server.host() }))?;
        let add = json!({ "type": "add", "publishable_key": key["publishable_key"] });
        let added = app.ask("instance", &add)?;
        added["instance"].as_str().map(str::to_owned).context("an instance has an id")
    };
    servers.iter().map(add).collect()
}

struct Campaign<'a> {
    desktop: &'a Desktop,
    /// The ids that the app gave the two instances.
    houses: Vec<String>,
    dice: Dice,
    facts: Facts,
    /// How long each kind of step took last: the instant of a kill is drawn from it.
    took: HashMap<&'static str, Duration>,
    names: u64,
    in_a_step: u32,
    after_a_step: u32,
    at_a_start: u32,
}

impl<'a> Campaign<'a> {
    fn begin(desktop: &'a Desktop, servers: &[Served], seed: u64) -> Result<Self> {
        let mut app = App::start(desktop)?;
        let houses = introduce(&mut app, servers)?;
        let facts = Facts::of(&app.settle()?, &houses)?;
        app.kill()?;
        let (dice, took) = (Dice::new(seed), HashMap::new());
        Ok(Self { desktop, houses, dice, facts, took, names: 0, in_a_step: 0, after_a_step: 0, at_a_start: 0 })
    }

    /// A start, what it finds, a few steps, and the kill in the middle of the last one.
    fn life(&mut self, kill: u64) -> Result<()> {
        let started = Instant::now();
        let mut app = App::start(self.desktop)?;
        if self.dice.below(6) == 0 {
            thread::sleep(self.instant("start"));
            self.at_a_start += 1;
            return app.kill().map(drop);
        }
        let found = Facts::of(&app.settle()?, &self.houses)?;
        self.took.insert("start", started.elapsed());
        ensure!(found == self.facts, "the next start tells otherwise: {found:?}\ninstead of {:?}", self.facts);
        until_sound(self.desktop)?;

        for _ in 0..self.dice.below(4) {
            let step = self.draw();
            let started = Instant::now();
            let (room, request) = step.request(&self.houses, &self.facts, PASSWORD);
            app.ask(room, &request).with_context(|| format!("{step:?}"))?;
            self.took.insert(step.name(), started.elapsed());
            let found = Facts::of(&app.settle()?, &self.houses)?;
            let said = self.facts.after(&step);
            ensure!(found.between(&said, &said, &step), "{step:?} led to {found:?}\ninstead of {said:?}");
            self.facts = found;
        }

        let step = self.draw();
        let (room, request) = step.request(&self.houses, &self.facts, PASSWORD);
        app.begin(room, &request)?;
        thread::sleep(self.instant(step.name()));
        let after = self.facts.after(&step);
        // What was finished before the kill stays done.
        let before = if app.kill()? { after.clone() } else { self.facts.clone() };
        *(if before == after { &mut self.after_a_step } else { &mut self.in_a_step }) += 1;
        let mut app = App::start(self.desktop)?;
        let found = Facts::of(&app.settle()?, &self.houses)?;
        ensure!(
            found.between(&before, &after, &step),
            "killed in {step:?}, the next start tells {found:?}\nbefore it was {before:?}\nafter it is {after:?}"
        );
        until_sound(self.desktop)?;
        println!("{kill}: {step:?}");
        self.facts = found;
        app.kill().map(drop)
    }

    /// After this time it is killed: anywhere in what it begins, and a little later.
    fn instant(&mut self, what: &'static str) -> Duration {
        let usual = self.took.get(what).copied().unwrap_or(Duration::from_millis(40));
        let longest = u64::try_from(usual.as_micros()).unwrap_or(u64::MAX).saturating_mul(6) / 5;
        Duration::from_micros(self.dice.below(longest.max(1)))
    }

    /// Something that can be done as things stand.
    fn draw(&mut self) -> Step {
        loop {
            let house = usize::from(self.dice.below(HOUSES as u64) == 1);
            let who = (house, address(house, self.dice.below(PEOPLE)));
            let known = self.facts.accounts.contains_key(&who);
            self.names += 1;
            let name = format!("Name {}", self.names);
            match self.dice.below(14) {
                0..4 if !known => return Step::SignIn(who),
                0..2 => return Step::Switch(who),
                4 | 5 if known => return Step::Token(who),
                6 | 7 if known => return Step::SignOut(who),
                8 | 9 if known => return Step::Name(who, name),
                10 => return Step::Label(house, name),
                11 => return Step::Reload(house),
                12 if self.dice.below(3) == 0 => return Step::SignOutAll(house),
                13 => return if self.facts.passphrase { Step::ToKeychain } else { Step::ToPassphrase },
                _ => {}
            }
        }
    }
}
