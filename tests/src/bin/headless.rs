//! The app without its window, for tests that end it at any instant: `headless FOLDER SERVICE`.
//!
//! Network side, vault and files are the app's own, over the real keychain, whose items are kept under SERVICE. A line
//! of input is something to do, `{ "room": …, "request": … }`; when it is done, a line of output says how it went,
//! `{ "ok": … }` or `{ "error": … }`. The end of the input ends the program.

use std::{
    io::{self, Write as _},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use frontdesk_accounts::{
    AccountRequest, Accounts, Browser, InstanceRequest, InstanceView, IntentError, Options, Outgoing, SessionRequest,
    SignInRequest, SignUpRequest, Snapshot, Status,
};
use frontdesk_vault::{ChosenStore, Cost, Secret, SystemKeychain, Vault};
use serde::Deserialize;
use serde_json::{Value, json};

/// Guessing is no danger here, and every start opens the vault.
const CHEAP: Cost = Cost { memory: 8, passes: 1, lanes: 1 };
/// An instance that has ended while nobody looked is told apart from one that is slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// Something to do.
#[derive(Deserialize)]
#[serde(tag = "room", content = "request", rename_all = "snake_case")]
enum Order {
    SignIn(SignInRequest),
    SignUp(SignUpRequest),
    Session(SessionRequest),
    Account(AccountRequest),
    Instance(InstanceRequest),
    Vault(VaultOrder),
    /// Answers with the address of the page of a flow that waits.
    FlowLink(String),
    /// A link of the app's scheme has come, as the browser or the next start brings it.
    ComeHome(String),
    /// Answers with what is shown once every instance has answered.
    Settle,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum VaultOrder {
    Unlock(String),
    ToPassphrase(String),
    ToKeychain,
}

/// Whoever wants to see a page asks for its address.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _outgoing: &Outgoing) -> io::Result<()> {
        Ok(())
    }
}

struct App {
    accounts: Accounts,
    store: Arc<ChosenStore>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("name the data folder")?;
    let service = arguments.next().context("name the service")?;
    // What the app does by itself goes on while a line is waited for.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let app = runtime.block_on(async { App::start(Path::new(&folder), &service) });
    for line in io::stdin().lines() {
        let order = serde_json::from_str(&line?).context("an order is none")?;
        let said = match runtime.block_on(app.obey(order)) {
            Ok(answer) => json!({ "ok": answer }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        let mut output = io::stdout().lock();
        writeln!(output, "{said}")?;
        output.flush()?;
    }
    Ok(())
}

impl App {
    /// As the shell of the app does it.
    fn start(folder: &Path, service: &str) -> Self {
        let started = Instant::now();
        let keychain = Arc::new(SystemKeychain::new(service));
        let store = Arc::new(ChosenStore::new(folder, keychain, CHEAP, Arc::new(move || started.elapsed())));
        let tidied = store.clone();
        std::thread::spawn(move || tidied.tidy());
        let options = Options {
            browser: Arc::new(NoBrowser),
            scheme: Some(service.to_owned()),
            ..Options::new(folder.to_owned(), Vault::new(store.clone()))
        };
        let accounts = Accounts::start(options);
        Self { accounts, store }
    }

    async fn obey(&self, order: Order) -> Result<Value> {
        match order {
            Order::SignIn(request) => said(self.accounts.sign_in(request).await),
            Order::SignUp(request) => said(self.accounts.sign_up(request).await),
            // Tokens stay here: all that is asked is whether there is one.
            Order::Session(request) => said(self.accounts.session(request).await.map(|_token| Value::Null)),
            Order::Account(request) => said(self.accounts.account(request).await),
            Order::Instance(request) => said(self.accounts.instance(request).await),
            Order::Vault(order) => self.vault(order).await,
            Order::FlowLink(flow) => Ok(json!(self.accounts.flow_link(&flow).as_deref())),
            Order::ComeHome(address) => {
                self.accounts.come_home(address);
                Ok(Value::Null)
            }
            Order::Settle => Ok(serde_json::to_value(&*self.settled().await?)?),
        }
    }

    async fn vault(&self, order: VaultOrder) -> Result<Value> {
        let items = match order {
            VaultOrder::ToPassphrase(_) => {
                let items = self.accounts.vault_items().await;
                Some(items.map_err(|error| anyhow::anyhow!("{}", error.message))?)
            }
            _ => None,
        };
        let store = self.store.clone();
        let secret = |words: String| Secret::new(words.into_bytes());
        tokio::task::spawn_blocking(move || match order {
            VaultOrder::Unlock(passphrase) => store.unlock(&secret(passphrase)),
            VaultOrder::ToPassphrase(passphrase) => store
                .move_to_passphrase(items.as_ref().map_or(&[], |items| items.names.as_slice()), &secret(passphrase)),
            VaultOrder::ToKeychain => Ok(store.move_to_keychain()?),
        })
        .await??;
        self.accounts.recheck_vault().await;
        Ok(Value::Null)
    }

    async fn settled(&self) -> Result<Arc<Snapshot>> {
        let remote = |view: &&InstanceView| view.publishable_key.is_some();
        let ready = |shown: &Arc<Snapshot>| shown.instances.iter().filter(remote).all(|it| it.status == Status::Ready);
        let mut snapshots = self.accounts.snapshots();
        let shown = tokio::time::timeout(PATIENCE, snapshots.wait_for(ready)).await;
        let shown = shown.with_context(|| format!("not every instance answered: {}", self.accounts.diagnostics()))?;
        Ok(shown?.clone())
    }
}

fn said(outcome: Result<Value, IntentError>) -> Result<Value> {
    outcome.map_err(|error| anyhow::anyhow!("{}", error.message))
}
