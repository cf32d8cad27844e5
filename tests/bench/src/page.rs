//! What the page waits for when it asks the app, ÷ a command that does nothing.
//!
//! Counted in the page itself, so that the way there and back is part of it, and the driver is not.

use anyhow::{Context, Result};
use frontdesk_e2e::window::{Desktop, Keychain, Window};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{
    people::{MANY, Town, headless},
    report::Report,
    rounds::Rounds,
};

/// How often each is asked for in a round: the page's clock counts milliseconds.
const CALLS: u32 = 400;
/// How often somebody switches in a round.
const SWITCHES: u32 = 40;

/// Runs `work` and keeps how many microseconds one of `count` took.
const TIMED: &str = "
    window.bench = null;
    const invoke = window.__TAURI_INTERNALS__.invoke;
    (async () => {
        const begun = performance.now();
        for (let number = 0; number < COUNT; number += 1) await work(number);
        window.bench = (performance.now() - begun) * 1000 / COUNT;
    })().catch((error) => { window.bench = JSON.stringify(error); });
    return null;";
/// What does nothing: the page says that it is in sight, which the app knows.
const NOTHING: &str = "const work = () => invoke('app', { request: { type: 'present', in_sight: true } });";
/// Presses another account of the list, and waits until the list shows it as the one that is looked at.
const SWITCH: &str = "
    const items = () => [...document.querySelectorAll('.rail-item')];
    const work = (number) => new Promise((done) => {
        const place = (number % 2) + 1;
        const shown = () => items()[place].getAttribute('aria-current') === 'true';
        const seen = new MutationObserver(() => { if (shown()) { seen.disconnect(); done(); } });
        seen.observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-current'] });
        items()[place].click();
    });";

pub(crate) fn measure(runtime: &Runtime, rounds: usize, report: &mut Report) -> Result<()> {
    let town = Town::new(runtime)?;
    runtime.block_on(async {
        let desktop = Desktop::start(Keychain::Unlocked).await?;
        let app = desktop.command(&headless()?.get_program().to_string_lossy());
        town.sign_in(app, &desktop.home().join("home"), MANY)?;
        let window = desktop.open().await?;
        let listed = format!("return document.querySelectorAll('.rail-item').length >= {MANY}");
        window.until("everybody is on the list", async || Ok(window.script(&listed).await? == true)).await?;
        let snapshot = "window.bench = null; window.__TAURI_INTERNALS__\
            .invoke('app', { request: { type: 'snapshot' } }).then((shown) => { window.bench = shown; });";
        let account = answer(&window, snapshot).await?["active"].clone();
        let token = json!({ "request": { "type": "token", "account": account, "skip_cache": false } });
        let token = format!("const work = () => invoke('session', {token});");
        // The first one is asked for at the instance.
        timed(&window, &token, 1).await?;
        let (mut tokens, mut switches) = (Rounds::default(), Rounds::default());
        for round in 0..=rounds {
            let each = timed(&window, &token, CALLS).await?;
            let nothing = timed(&window, NOTHING, CALLS).await?;
            let switch = timed(&window, SWITCH, SWITCHES).await?;
            if round > 0 {
                tokens.push(each, nothing);
                switches.push(switch, nothing);
            }
        }
        report.add("page: session token from memory ÷ an empty command", "µs", &tokens);
        report.add(&format!("page: switch among {MANY} accounts ÷ an empty command"), "µs", &switches);
        Ok(())
    })
}

/// How long one of `count` runs of `work` takes, in microseconds.
async fn timed(window: &Window, work: &str, count: u32) -> Result<f64> {
    let script = format!("const COUNT = {count}; {}", TIMED.replace("(async", &format!("{work}\n(async")));
    let took = answer(window, &script).await?;
    took.as_f64().with_context(|| format!("the page said {took}"))
}

/// What a script leaves in `window.bench`.
async fn answer(window: &Window, script: &str) -> Result<Value> {
    window.script(script).await?;
    window.until("the page was done", async || Ok(!window.script("return window.bench").await?.is_null())).await?;
    window.script("return window.bench").await
}
