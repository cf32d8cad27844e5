//! How a flow begins: the instance names a page, the flow is written down, and the browser opens the page.

use std::sync::Arc;

use frontdesk_handoff::{Flow, Listener, Outgoing, Purpose, Redirect, Speech};
use frontdesk_wire as wire;
use http::Method;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::MutexGuard;

use super::{BegunFlow, FlowState, verdict};
use crate::{
    attempts::{SIGN_INS, SIGN_UPS},
    core::{Core, no_random_numbers},
    fault::refused,
    files::random_id,
    intents::{ErrorKind, IntentError},
    line::Line,
    link::Link,
    said::{Reason, Said},
    sessions::{EXTERNAL_ACCOUNTS, answer, part_of},
    snapshot::AccountKey,
    transport::Request,
    view::is_usable,
};

/// What an instance is told of a way out.
#[derive(Serialize)]
struct Form<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy: Option<&'a str>,
    redirect_url: &'a str,
    /// Instances check both; neither leads elsewhere than the other.
    action_complete_redirect_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsafe_metadata: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    additional_scope: &'a [String],
}

/// How the browser comes back, and the port that is open for it.
struct WayBack {
    redirect: Redirect,
    listener: Option<Listener>,
}

/// A way out as it was asked for. Two that are alike lead to one page.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Who asks, where somebody is signed in.
    session: Option<String>,
    path: String,
    strategy: String,
    scopes: Vec<String>,
    unsafe_metadata: Option<String>,
}

/// What was begun last at an instance.
pub(crate) struct Begun {
    wanted: Wanted,
    flow: BegunFlow,
}

/// Whose turn it is.
enum Turn<'l> {
    /// Whoever asked goes out, and holds this meanwhile.
    Begins(MutexGuard<'l, Option<Begun>>),
    /// The same was being begun, and waits for the browser now.
    Joins(BegunFlow),
}

/// What was asked for, before the instance has named the page.
struct Plan {
    strategy: String,
    unsafe_metadata: Option<String>,
    back: WayBack,
}

impl Core {
    /// Begins a sign-in by an account elsewhere.
    pub(crate) async fn sign_in_elsewhere(
        self: &Arc<Self>,
        instance: &str,
        strategy: String,
        unsafe_metadata: Option<Value>,
    ) -> Result<Value, IntentError> {
        let known = self.line(instance)?;
        let plan = self.plan(strategy, unsafe_metadata).await?;
        let wanted = plan.wanted(None, SIGN_INS, &[]);
        let turn = match Self::turn(&known, &wanted).await {
            Turn::Begins(turn) => turn,
            Turn::Joins(flow) => return answer(&flow),
        };
        let (redirect_url, locale) = (plan.back.redirect.url(), self.locale());
        let request = Request::send(Method::POST, SIGN_INS).form(&plan.form(&redirect_url, locale.as_deref()));
        let ((link, _busy), attempt) = self.begin::<wire::SignIn>(instance, &request).await?;
        self.note_sign_in(&link, &attempt).await;
        let purpose = Purpose::SignIn { attempt: usable(&attempt.id)? };
        let page = attempt.first_factor_verification.as_ref();
        self.go_out(&link, plan, purpose, page).await.and_then(|flow| begun(turn, wanted, flow))
    }

    /// Begins a sign-up by an account elsewhere.
    pub(crate) async fn sign_up_elsewhere(
        self: &Arc<Self>,
        instance: &str,
        strategy: String,
        unsafe_metadata: Option<Value>,
    ) -> Result<Value, IntentError> {
        let known = self.line(instance)?;
        let plan = self.plan(strategy, unsafe_metadata).await?;
        let wanted = plan.wanted(None, SIGN_UPS, &[]);
        let turn = match Self::turn(&known, &wanted).await {
            Turn::Begins(turn) => turn,
            Turn::Joins(flow) => return answer(&flow),
        };
        let (redirect_url, locale) = (plan.back.redirect.url(), self.locale());
        let unsafe_metadata = plan.unsafe_metadata.as_deref();
        let form = Form { unsafe_metadata, ..plan.form(&redirect_url, locale.as_deref()) };
        let request = Request::send(Method::POST, SIGN_UPS).form(&form);
        let ((link, _busy), attempt) = self.begin::<wire::SignUp>(instance, &request).await?;
        self.note_sign_up(&link, &attempt).await;
        let purpose = Purpose::SignUp { attempt: usable(&attempt.id)? };
        let page = attempt.verifications.external_account.as_ref();
        self.go_out(&link, plan, purpose, page).await.and_then(|flow| begun(turn, wanted, flow))
    }

    /// Begins to connect an account elsewhere, or asks it for more scopes.
    pub(crate) async fn connect_elsewhere(
        self: &Arc<Self>,
        account: &AccountKey,
        what: Connect,
    ) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let (method, path, strategy, scopes) = match what {
            Connect::New { strategy, scopes } => (Method::POST, EXTERNAL_ACCOUNTS.to_owned(), strategy, scopes),
            Connect::Again { external_account, scopes } => {
                let strategy = self.strategy_of(account, &external_account).unwrap_or_default();
                let path = part_of(EXTERNAL_ACCOUNTS, &external_account)? + "/reauthorize";
                (Method::PATCH, path, strategy, scopes)
            }
        };
        let again = method == Method::PATCH;
        let before = self.connected(account);
        let plan = self.plan(strategy, None).await?;
        let wanted = plan.wanted(Some(account.session.clone()), &path, &scopes);
        let turn = match Self::turn(&link.line, &wanted).await {
            Turn::Begins(turn) => turn,
            Turn::Joins(flow) => return answer(&flow),
        };
        let redirect_url = plan.back.redirect.url();
        let strategy = Some(plan.strategy.as_str()).filter(|_| !again);
        let form = Form { strategy, additional_scope: &scopes, ..plan.form(&redirect_url, None) };
        let request = Request::send(method, path).form(&form);
        let external = self.change_user_as::<wire::ExternalAccount>(account, request).await?;
        let purpose = Purpose::Connect {
            session: account.session.clone(),
            // Of somebody whose accounts elsewhere are not known, none is taken for new.
            is_new: before.is_some_and(|before| !before.contains(&external.id)),
            external_account: usable(&external.id)?,
        };
        let page = external.verification.as_ref();
        self.go_out(&link, plan, purpose, page).await.and_then(|flow| begun(turn, wanted, flow))
    }

    /// One way out begins at a time at an instance, so that the one begun last is the one that waits. Whoever wants what
    /// is just being begun, as a double click does, joins it: a second one would open a second page, also for somebody
    /// who has stopped waiting since.
    async fn turn<'l>(line: &'l Line, wanted: &Wanted) -> Turn<'l> {
        if let Ok(mut turn) = line.beginning.try_lock() {
            *turn = None;
            return Turn::Begins(turn);
        }
        let mut turn = line.beginning.lock().await;
        match turn.take() {
            // It stays for others that wait as well.
            Some(begun) if begun.wanted == *wanted => Turn::Joins(turn.insert(begun).flow.clone()),
            _ => Turn::Begins(turn),
        }
    }

    /// The provider of an account that is connected already.
    fn strategy_of(&self, account: &AccountKey, external_account: &str) -> Option<String> {
        self.of_externals(account, |externals| {
            externals.iter().find(|it| it.id == external_account).map(verdict::strategy)
        })?
    }

    /// The ids of the accounts elsewhere that a user has.
    fn connected(&self, account: &AccountKey) -> Option<Vec<String>> {
        self.of_externals(account, |externals| externals.iter().map(|it| it.id.clone()).collect())
    }

    fn of_externals<T>(&self, account: &AccountKey, read: impl FnOnce(&[wire::ExternalAccount]) -> T) -> Option<T> {
        self.look(|state| {
            let session = state.entry(&account.instance)?.slot_of(&account.session)?.session(&account.session)?;
            Some(read(&session.user.as_ref()?.external_accounts))
        })
    }

    async fn plan(&self, strategy: String, unsafe_metadata: Option<Value>) -> Result<Plan, IntentError> {
        if !strategy.starts_with("oauth_") || !is_usable(&strategy) {
            let sentence =
                "This is not the name of a provider, so nothing was done. Choose one of those that are shown.";
            return Err(refused(Reason::RequestUnknown, sentence));
        }
        let back = self.way_back().await?;
        Ok(Plan { strategy, unsafe_metadata: unsafe_metadata.map(|value| value.to_string()), back })
    }

    async fn way_back(&self) -> Result<WayBack, IntentError> {
        if let Some(redirect) = self.outside.redirect() {
            return Ok(WayBack { redirect, listener: None });
        }
        let listener = Listener::open(Speech::of_tag(self.locale().as_deref())).await.map_err(|error| {
            refused(
                Said::from(Reason::NoWayBack).detail(&error),
                format!("The browser would find no way back: this computer gives no port ({error}). Restart it, then try again."),
            )
        })?;
        Ok(WayBack { redirect: listener.redirect(), listener: Some(listener) })
    }

    /// Writes the flow down, then has the browser open the page: a browser that comes back finds what it belongs to,
    /// also when the app was killed meanwhile.
    async fn go_out(
        self: &Arc<Self>,
        link: &Link,
        plan: Plan,
        purpose: Purpose,
        verification: Option<&wire::Verification>,
    ) -> Result<BegunFlow, IntentError> {
        let Plan { strategy, unsafe_metadata, back: WayBack { redirect, listener } } = plan;
        let outgoing = self.page(link, verification)?;
        let id = random_id().ok_or_else(no_random_numbers)?;
        let known = self.look(|state| {
            let entry = state.entry(&link.id);
            let host = outgoing.host();
            entry.is_some_and(|entry| outgoing.is_expected(&entry.view.host) || entry.hosts.contains(&host))
        });
        let flow = Flow {
            id: id.clone(),
            instance: link.id.clone(),
            slot: link.slot.clone(),
            purpose,
            strategy,
            redirect,
            outgoing: outgoing.clone(),
            begun_at: self.clock.now(),
            unsafe_metadata,
            before_transfer: None,
        };
        if let Some(listener) = listener {
            self.listen(&id, listener);
        }
        let state = if known { FlowState::Waiting } else { FlowState::Asking };
        let replaced = self.change(|all| all.flows.begin(flow, state));
        for replaced in &replaced {
            self.outside.let_go(&replaced.id);
        }
        self.save_flows().await;
        if known {
            self.open(&id, &outgoing);
        }
        Ok(BegunFlow { flow: id })
    }

    /// The page that an instance names for the browser.
    fn page(&self, link: &Link, verification: Option<&wire::Verification>) -> Result<Outgoing, IntentError> {
        if link.line.local && !self.outside.local_door_is_open() {
            return Err(refused(
                Reason::LocalPortTaken,
                "Another program uses the port of this computer at which the browser would come to the instance inside the \
                 app, so the browser was not opened. End that program, then try again.",
            ));
        }
        let verification = verification.ok_or_else(no_page)?;
        if let Some(error) = &verification.error {
            return Err(IntentError {
                kind: ErrorKind::Api,
                errors: vec![error.clone()],
                said: None,
                ..refused(Reason::PageMissing, verdict::words(error))
            });
        }
        let url = verification.external_verification_redirect_url.as_deref();
        let url = url.filter(|_| verification.status == "unverified").ok_or_else(no_page)?;
        Outgoing::parse(url).map_err(|error| {
            let name = self.name(&link.id);
            tracing::warn!(%error, "an instance named a page that is not opened");
            let words = format!(
                "{} named a page that Frontdesk does not open, since {error}. Nothing was opened. Tell whoever runs it.",
                name.first()
            );
            refused(Said::from(Reason::PageRefused).of(name.subject).detail(error), words)
        })
    }

    /// Has the browser open the page of a flow, and shows where it stands then.
    pub(super) fn open(&self, id: &str, outgoing: &Outgoing) {
        let state = match self.outside.browser.open(outgoing) {
            Ok(()) => FlowState::Waiting,
            Err(error) => {
                tracing::warn!(%error, "the system's browser could not be opened");
                FlowState::Unopened { detail: error.to_string() }
            }
        };
        self.change(|all| all.flows.set_standing(id, state));
    }

    /// Listens at the port of a flow for as long as it waits.
    fn listen(self: &Arc<Self>, id: &str, mut listener: Listener) {
        let (core, id, mut closed) = (Arc::downgrade(self), id.to_owned(), self.outside.listen(id));
        tokio::spawn(async move {
            loop {
                let callback = tokio::select! {
                    callback = listener.next() => callback,
                    _ = &mut closed => return,
                };
                let (Some(callback), Some(core)) = (callback, core.upgrade()) else { return };
                Box::pin(core.arrived(vec![id.clone()], Arc::new(callback))).await;
            }
        });
    }
}

/// Which account elsewhere is to be connected.
pub(crate) enum Connect {
    /// One more.
    New {
        /// Such as `oauth_google`.
        strategy: String,
        /// What the application may do there, besides what it asks of everybody.
        scopes: Vec<String>,
    },
    /// One that is connected already, for more scopes or since its grant is over.
    Again {
        /// Which.
        external_account: String,
        /// As above.
        scopes: Vec<String>,
    },
}

impl Plan {
    fn wanted(&self, session: Option<String>, path: &str, scopes: &[String]) -> Wanted {
        let (strategy, unsafe_metadata) = (self.strategy.clone(), self.unsafe_metadata.clone());
        Wanted { session, path: path.to_owned(), strategy, scopes: scopes.to_vec(), unsafe_metadata }
    }

    fn form<'a>(&'a self, redirect_url: &'a str, locale: Option<&'a str>) -> Form<'a> {
        Form {
            strategy: Some(&self.strategy),
            redirect_url,
            action_complete_redirect_url: redirect_url,
            locale,
            unsafe_metadata: None,
            additional_scope: &[],
        }
    }
}

/// The way out has begun: whoever waits for their turn and wanted the same joins it.
fn begun(mut turn: MutexGuard<'_, Option<Begun>>, wanted: Wanted, flow: BegunFlow) -> Result<Value, IntentError> {
    answer(&turn.insert(Begun { wanted, flow }).flow)
}

fn usable(id: &str) -> Result<String, IntentError> {
    if is_usable(id) { Ok(id.to_owned()) } else { Err(no_page()) }
}

/// The answer is none that a browser could be sent out with.
fn no_page() -> IntentError {
    IntentError {
        kind: ErrorKind::Protocol,
        ..refused(Reason::PageMissing, "The instance named no page for the browser. Tell whoever runs it.")
    }
}
