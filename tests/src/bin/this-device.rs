//! *This device* for tests in other languages: what it is asked comes in, line by line, and what it answers goes out.
//!
//! ```text
//! {"api": "https://auth.example.com", "create": {…}}   options of Web Authentication §5.4
//! {"api": "https://auth.example.com", "get": {…}}      options of §5.5
//! ```
//!
//! Its keychain ends with it, and whoever is asked for a PIN types the same one.

use std::{
    io::{BufRead as _, Write as _},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use frontdesk_authenticator::{
    AccountName, Authenticators, Cancel, Fault, Kind, LocalPin, Now, Person, PinAsked, Sign, Site, ThisDevice,
};
use frontdesk_vault::{Cost, Secret, Vault, fake::FakeStore};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

/// Somebody who has one PIN, and of several accounts means the newest.
struct Somebody;

impl Person for Somebody {
    fn pin(&self, _asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async { Some(Secret::new(b"135790".to_vec())) })
    }

    fn show(&self, _sign: Sign) {}

    fn choose(&self, _accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        Box::pin(async { Some(0) })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let vault = Vault::new(Arc::new(FakeStore::new()));
    let now: Now = Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO));
    let pin = LocalPin::new(vault.clone(), Cost { memory: 8, passes: 1, lanes: 1 }, now.clone());
    let all = Authenticators::new(vec![Arc::new(ThisDevice::new(vault, Arc::new(pin), now))]);
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?).context("read a line")?;
        let answer = answer(&all, &asked).await?.unwrap_or_else(|fault| json!({ "error": fault.name() }).to_string());
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

async fn answer(all: &Authenticators, asked: &Value) -> Result<Result<String, Fault>> {
    let api = Url::parse(asked["api"].as_str().context("where is the instance?")?)?;
    let site = Site::of(&api)?;
    let options = |field: &str| asked.get(field).map(Value::to_string);
    if let Some(options) = options("create") {
        let creation = match site.creation(&options) {
            Ok(creation) => creation,
            Err(fault) => return Ok(Err(fault)),
        };
        let made = all.register(Kind::ThisDevice, creation, Arc::new(Somebody), Cancel::default()).await;
        return Ok(made.map(|made| made.answer));
    }
    let request = match site.request(&options("get").context("what is asked?")?) {
        Ok(request) => request,
        Err(fault) => return Ok(Err(fault)),
    };
    let signed = all.sign_in(Kind::ThisDevice, request, Arc::new(Somebody), Cancel::default()).await;
    Ok(signed.map(|signed| signed.answer))
}
