//! What waits for the browser survives `kill -9`: while the app goes out, while the browser is away, and while it comes
//! back. A flow is kept or cleanly gone, whatever the browser brings is finished by the start that gets it, and nobody is
//! signed out for it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use frontdesk_e2e::{
    dice::Dice,
    served::Served,
    window::{Desktop, Keychain, until_sound},
};
use serde_json::{Value, json};

use crate::{
    PASSWORD,
    app::App,
    drawn,
    facts::{Facts, HOUSES, Who, address},
    introduce, servers,
    visitor::Visitor,
};

/// Flows of an everyday run, each of which is killed up to three times.
const FLOWS: u64 = 8;
/// Most who are signed in besides those who stay: whoever comes then has somebody leave.
const MOST: usize = 4;
/// Longest wait for what has to happen by itself, and how long between two looks.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_browser_survives_a_kill_at_any_instant() -> Result<()> {
    let (flows, seed) = drawn(FLOWS)?;
    let servers = servers()?;
    for (house, server) in servers.iter().enumerate() {
        server.add_user(&address(house, 0), PASSWORD).await?;
    }
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let mut campaign = Campaign::begin(&desktop, &servers, seed)?;
    for flow in 1..=flows {
        let what = campaign.life().await;
        what.with_context(|| format!("flow {flow} of seed {seed}; FRONTDESK_SEED={seed} draws the same"))?;
    }
    let Campaign { kept, gone, cold, .. } = campaign;
    println!(
        "{flows} flows: of those killed on the way out {kept} were kept and {gone} gone; {cold} killed on the way back"
    );
    Ok(())
}

struct Campaign<'a> {
    desktop: &'a Desktop,
    servers: &'a [Served; HOUSES],
    /// The ids that the app gave the two instances.
    houses: Vec<String>,
    visitor: Visitor,
    dice: Dice,
    facts: Facts,
    /// How many people there have been, those who stay included.
    people: u64,
    /// Who has an account and is not signed in.
    left: Vec<Who>,
    /// How long the way out and the way back took last: the instant of a kill is drawn from it.
    out: Duration,
    back: Duration,
    kept: u32,
    gone: u32,
    cold: u32,
}

/// Somebody who goes out.
struct Goer {
    who: Who,
    /// `sign_in` or `sign_up`: each becomes the other where it has to.
    room: &'static str,
}

impl<'a> Campaign<'a> {
    /// In each house somebody is signed in who stays.
    fn begin(desktop: &'a Desktop, servers: &'a [Served; HOUSES], seed: u64) -> Result<Self> {
        let mut app = App::start(desktop)?;
        let houses = introduce(&mut app, servers)?;
        for (house, id) in houses.iter().enumerate() {
            let address = address(house, 0);
            let create = json!({ "type": "create", "instance": id, "identifier": address, "password": PASSWORD });
            app.ask("sign_in", &create)?;
        }
        let facts = Facts::of(&app.settle()?, &houses)?;
        ensure!(facts.accounts.len() == HOUSES, "who stays is signed in");
        app.kill()?;
        let usual = Duration::from_millis(60);
        let (visitor, dice) = (Visitor::new()?, Dice::new(seed));
        Ok(Self {
            desktop,
            servers,
            houses,
            visitor,
            dice,
            facts,
            people: 1,
            left: Vec::new(),
            out: usual,
            back: usual,
            kept: 0,
            gone: 0,
            cold: 0,
        })
    }

    /// Somebody goes out to the browser, agrees there, and is back.
    async fn life(&mut self) -> Result<()> {
        let goer = self.draw();
        println!("{} of {:?}", goer.room, goer.who);
        let mut app = App::start(self.desktop)?;
        self.nobody_else(&mut app, &goer.who, false)?;
        let flow;
        (app, flow) = self.go_out(app, &goer)?;
        let page = app.ask("flow_link", &json!(flow))?;
        let page = page.as_str().context("a flow that waits has a page")?.to_owned();
        // While they agree there, the app runs or does not.
        let mut running = Some(app);
        if self.dice.below(2) == 0 {
            running.take().map(App::kill).transpose()?;
        }
        let link = self.visitor.agree(&self.servers[goer.who.0], &page, &goer.who.1).await?;
        let app = running.map_or_else(|| App::start(self.desktop), Ok)?;
        let mut app = self.come_back(app, &goer, &link)?;
        self.nobody_else(&mut app, &goer.who, true)?;
        // Sent twice, it does nothing.
        app.ask("come_home", &json!(link))?;
        self.nobody_else(&mut app, &goer.who, true)?;
        self.facts = Facts::of(&app.settle()?, &self.houses)?;
        if self.facts.accounts.len() > HOUSES + MOST {
            self.sign_out(&mut app)?;
        }
        app.kill()?;
        until_sound(self.desktop)
    }

    /// Goes out, and is killed meanwhile or not. Answers with an app that runs, and its flow.
    fn go_out(&mut self, mut app: App, goer: &Goer) -> Result<(App, String)> {
        let request = json!({
            "type": "authenticate_with_redirect", "instance": self.houses[goer.who.0], "strategy": "oauth_google",
        });
        if self.dice.below(2) == 0 {
            app.begin(goer.room, &request)?;
            thread::sleep(self.instant(self.out));
            let was_told = app.kill()?;
            app = App::start(self.desktop)?;
            self.nobody_else(&mut app, &goer.who, false)?;
            until_sound(self.desktop)?;
            let flow =
                if was_told { Some(until(|| waiting(&mut app), "the flow was kept")?) } else { waiting(&mut app)? };
            if let Some(flow) = flow {
                self.kept += 1;
                return Ok((app, flow));
            }
            self.gone += 1;
        }
        // Whatever the one before has left is no hindrance.
        let started = Instant::now();
        let begun = app.ask(goer.room, &request)?;
        self.out = started.elapsed();
        Ok((app, begun["flow"].as_str().context("a flow has an id")?.to_owned()))
    }

    /// The browser brings the link, and the app is killed meanwhile or not. Answers with an app where they are signed in.
    fn come_back(&mut self, mut app: App, goer: &Goer, link: &str) -> Result<App> {
        let started = Instant::now();
        app.ask("come_home", &json!(link))?;
        if self.dice.below(2) == 0 {
            thread::sleep(self.instant(self.back));
            app.kill()?;
            self.cold += 1;
            app = App::start(self.desktop)?;
            app.settle()?;
            // The page in the browser leads back still, for whoever has to press its button once more.
            app.ask("come_home", &json!(link))?;
            until(|| self.is_in(&mut app, &goer.who), "they are signed in after a kill")?;
        } else {
            let is_in = until(|| self.is_in(&mut app, &goer.who), "they are signed in");
            is_in.with_context(|| format!("{:?} is away still: {:?}", goer.who, app.settle()))?;
            self.back = started.elapsed();
        }
        Ok(app)
    }

    /// Whether somebody is signed in and nothing is waited for any more.
    fn is_in(&self, app: &mut App, who: &Who) -> Result<Option<()>> {
        let shown = app.settle()?;
        for flow in listed(&shown) {
            let outcome = &flow["state"]["outcome"]["type"];
            ensure!(outcome.is_null() || outcome == "signed_in", "it led to something else: {flow}");
        }
        let waits = listed(&shown).iter().any(waits);
        Ok((!waits && Facts::of(&shown, &self.houses)?.accounts.contains_key(who)).then_some(()))
    }

    /// Nobody was signed out or in but who goes out.
    fn nobody_else(&self, app: &mut App, who: &Who, is_in: bool) -> Result<()> {
        let mut found = Facts::of(&app.settle()?, &self.houses)?.accounts;
        ensure!(found.remove(who).is_some() == is_in, "{who:?} is{} signed in", if is_in { " not" } else { "" });
        ensure!(found == self.facts.accounts, "{found:?}\ninstead of {:?}", self.facts.accounts);
        Ok(())
    }

    /// Somebody new, or somebody who has left.
    fn draw(&mut self) -> Goer {
        let room = if self.dice.below(2) == 0 { "sign_in" } else { "sign_up" };
        if !self.left.is_empty() && self.dice.below(2) == 0 {
            return Goer { who: self.left.remove(0), room };
        }
        let house = usize::from(self.dice.below(HOUSES as u64) == 1);
        self.people += 1;
        Goer { who: (house, address(house, self.people)), room }
    }

    /// Signs somebody out who does not stay.
    fn sign_out(&mut self, app: &mut App) -> Result<()> {
        let stays = |who: &Who| who.1 == address(who.0, 0);
        let goers: Vec<Who> = self.facts.accounts.keys().filter(|who| !stays(who)).cloned().collect();
        let who = self.dice.pick(&goers).context("somebody does not stay")?;
        let (room, request) = crate::facts::Step::SignOut(who.clone()).request(&self.houses, &self.facts, PASSWORD);
        app.ask(room, &request)?;
        self.facts = Facts::of(&app.settle()?, &self.houses)?;
        self.left.push(who);
        Ok(())
    }

    /// Anywhere in what took so long, and a little later.
    fn instant(&mut self, usual: Duration) -> Duration {
        let longest = u64::try_from(usual.as_micros()).unwrap_or(u64::MAX).saturating_mul(6) / 5;
        Duration::from_micros(self.dice.below(longest.max(1)))
    }
}

/// The flow that waits, if there is one.
fn waiting(app: &mut App) -> Result<Option<String>> {
    let shown = app.settle()?;
    let waiting: Vec<_> = listed(&shown).iter().filter(|flow| waits(flow)).collect();
    ensure!(waiting.len() <= 1, "one waits: {waiting:?}");
    Ok(waiting.first().and_then(|flow| flow["id"].as_str()).map(str::to_owned))
}

fn listed(snapshot: &Value) -> &[Value] {
    snapshot["flows"].as_array().map_or(&[], Vec::as_slice)
}

fn waits(flow: &Value) -> bool {
    flow["state"]["type"] != "ended"
}

/// Looks again and again until something is there.
fn until<T>(mut look: impl FnMut() -> Result<Option<T>>, what: &str) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            bail!("it did not happen in time that {what}");
        }
        thread::sleep(PAUSE);
    }
}
