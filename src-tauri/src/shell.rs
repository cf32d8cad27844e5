//! How the app is put together, and what it holds while it runs.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

#[cfg(not(target_os = "linux"))]
use frontdesk_accounts::DesktopProxy;
use frontdesk_accounts::{AccountKey, Accounts, Options, intents::IntentError};
#[cfg(not(target_os = "linux"))]
use frontdesk_platform::{desktop, proxy};
use frontdesk_vault::{SystemKeychain, Vault};
use tauri::{App, AppHandle, Manager as _, RunEvent, WindowEvent, Wry, async_runtime};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::{Notify, watch};

use crate::{
    clipboard::Clipboard,
    commands,
    confirm::Confirmed,
    display,
    door::{Answer, Begun, Door, Request},
    links::{self, Links},
    local::{self, Tools},
    logs, notices,
    places::{IDENTIFIER, Places},
    preferences::PreferencesFile,
    presence::{self, Presence},
    programs,
    speech::Speech,
    store::Store,
    tray,
    window::{self, Begin},
};

/// What the system starts the app with at login: it begins out of sight.
const HIDDEN: &str = "--hidden";

/// How long the instance inside the app may take to finish what is under way when the app ends.
const DRAIN: Duration = Duration::from_secs(5);

/// What the commands reach.
pub(crate) struct Shell {
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
    pub(crate) clipboard: Clipboard,
    pub(crate) places: Places,
    pub(crate) version: &'static str,
    pub(crate) presence: Presence,
    pub(crate) speech: Speech,
    pub(crate) confirmed: Confirmed,
    links: Links,
    tray_accounts: Mutex<Vec<AccountKey>>,
    /// Whether an icon in the tray could not be drawn.
    lacks_icon: AtomicBool,
    preferences: Mutex<PreferencesFile>,
    local: LocalTask,
    /// For other processes of this person; none where the folders take none.
    door: Option<Arc<Door>>,
}

/// The task that keeps the instance inside the app, and how it is spoken to.
struct LocalTask {
    again: Arc<Notify>,
    tools: Arc<Tools>,
    stop: watch::Sender<bool>,
    running: Mutex<Option<async_runtime::JoinHandle<()>>>,
}

impl Shell {
    /// The preferences, locked for this use.
    pub(crate) fn preferences(&self) -> MutexGuard<'_, PreferencesFile> {
        self.preferences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The accounts in the menu of the tray, from top to bottom.
    pub(crate) fn tray_accounts(&self) -> MutexGuard<'_, Vec<AccountKey>> {
        self.tray_accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No icon can be drawn. A window that went out of sight for one comes back, and none goes there any more.
    pub(crate) fn give_up_icon(&self, app: &AppHandle) {
        self.lacks_icon.store(true, Ordering::Release);
        if window::is_hidden(app) {
            window::show(app);
        }
    }

    /// Sees to it that a browser that is sent out finds its way back.
    pub(crate) async fn see_to_links(&self, app: &AppHandle) {
        let by_port = self.preferences().current().by_port;
        self.links.see_to(app, &self.accounts, by_port).await;
    }

    /// Something may have changed that kept the instance inside the app from starting.
    pub(crate) fn try_local_again(&self) {
        self.local.again.notify_waiters();
    }

    /// Lets tools of this computer use the instance inside the app from now on, or not.
    pub(crate) fn let_tools(&self, allowed: bool) {
        self.local.tools.allow(allowed);
    }

    /// What an application needs for that.
    pub(crate) fn tool_lines(&self) -> Result<String, IntentError> {
        self.local.tools.lines()
    }

    /// The vault may work now where it did not: everything that waits for it goes on.
    pub(crate) async fn ask_vault_again(&self) {
        self.accounts.recheck_vault().await;
        self.try_local_again();
    }

    /// Ends what should not end in the middle. Everything else may be killed at any time.
    fn stop(&self) {
        // First, so that a start from now on waits for the end and is not lost in it.
        if let Some(door) = &self.door {
            door.close();
        }
        self.accounts.cancel_passkey(None);
        self.local.stop.send_replace(true);
        let running = self.local.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            let drained = async_runtime::block_on(async { tokio::time::timeout(DRAIN, running).await });
            if drained.is_err() {
                tracing::warn!("the instance inside the app did not finish in time and is cut off");
            }
        }
        self.clipboard.release();
    }
}

/// Puts the app together. What fails is said in a sentence.
pub(crate) fn build() -> Result<App, String> {
    let builder = tauri::Builder::default();
    #[cfg(windows)]
    let builder = builder.plugin(tauri_plugin_deep_link::init());
    let builder = builder
        .plugin(tauri_plugin_autostart::Builder::new().arg(HIDDEN).build())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED)
                .build(),
        )
        .invoke_handler(tauri::generate_handler![
            commands::sign_in,
            commands::sign_up,
            commands::session,
            commands::account,
            commands::instance,
            commands::app
        ])
        .setup(|app| {
            if let Err(sentence) = set_up(app.handle()) {
                tracing::error!("{sentence}");
                eprintln!("{sentence}");
                app.handle().exit(1);
            }
            Ok(())
        });
    // The toolkit panics when the display that is named does not answer; what it says is of no use to people.
    std::panic::set_hook(Box::new(|_| {}));
    let built = std::panic::catch_unwind(AssertUnwindSafe(|| builder.build(tauri::generate_context!())));
    let _quiet = std::panic::take_hook();
    match built {
        Ok(Ok(app)) => Ok(app),
        Ok(Err(error)) => Err(format!("Frontdesk could not start: {error}.")),
        Err(_) => Err(display::NO_DISPLAY.to_owned()),
    }
}

fn set_up(app: &AppHandle) -> Result<(), String> {
    let places = Places::of_this_person()
        .ok_or("Frontdesk finds no folder for its data. Set HOME to yours and start again.".to_owned())?;
    let problem = places.prepare().err();
    let door = match Door::begin(&places, &std::env::args().skip(1).collect::<Vec<_>>())? {
        Begun::First(door) => Ok(Arc::new(door)),
        Begun::Again => {
            app.cleanup_before_exit();
            std::process::exit(0)
        }
        Begun::Unguarded(error) => Err(error),
    };
    logs::start(&places.logs());
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    if let Some(problem) = &problem {
        tracing::error!("{}", problem.message);
        eprintln!("{}", problem.message);
    }

    let door = door
        .inspect_err(|error| tracing::warn!("other programs cannot ask, and a second start is not noticed: {error}"))
        .ok();
    let preferences = PreferencesFile::open(places.preferences());
    let chosen = preferences.current();
    let begin = if std::env::args().any(|argument| argument == HIDDEN) {
        if async_runtime::block_on(tray::is_there()) { Begin::Hidden } else { Begin::Minimized }
    } else {
        Begin::Shown
    };
    let store = Store::open(places.data(), SystemKeychain::new(app.config().identifier.clone()));
    let vault = Vault::new(store.port());
    let options = Options::new(places.data().to_owned(), vault.clone());
    let options = Options { here: begin == Begin::Shown, scheme: Some(IDENTIFIER.to_owned()), ..options };
    let accounts = async_runtime::block_on(async { Accounts::start(options) });

    let (stop, stopped) = watch::channel(false);
    let tools = Arc::new(Tools::new(chosen.tools));
    let local = LocalTask { again: Arc::default(), tools: tools.clone(), stop, running: Mutex::default() };
    let again = local.again.clone();
    app.manage(Shell {
        accounts: accounts.clone(),
        store,
        clipboard: Clipboard::default(),
        places: places.clone(),
        version: env!("CARGO_PKG_VERSION"),
        presence: Presence::new(begin == Begin::Shown),
        speech: Speech::new(chosen.language, |name| std::env::var(name).ok()),
        confirmed: Confirmed::default(),
        links: Links::default(),
        tray_accounts: Mutex::default(),
        lacks_icon: AtomicBool::default(),
        preferences: Mutex::new(preferences),
        local,
        door: door.clone(),
    });
    // The commands have what they need from here on: the window may come.
    window::open(app, chosen.theme, begin).map_err(|error| format!("Frontdesk could not open its window: {error}."))?;
    async_runtime::spawn(window::tell(app.clone(), accounts.clone()));
    async_runtime::spawn(tray::keep(app.clone(), accounts.clone(), places.clone()));
    async_runtime::spawn(notices::keep(app.clone(), accounts.clone()));
    async_runtime::spawn(window::come_back(app.clone(), accounts.clone()));
    take_links(app, &std::env::args().skip(1).collect::<Vec<_>>());
    let (signs, told) = (app.state::<Shell>().presence.follow(), accounts.clone());
    async_runtime::spawn(presence::tell(signs, move |here| told.set_presence(here)));
    let (signs, shell) = (app.state::<Shell>().presence.follow(), app.clone());
    let after = move || Duration::from_secs(60 * u64::from(shell.state::<Shell>().preferences().current().lock_after));
    let shut = accounts.clone();
    async_runtime::spawn(presence::shut(signs, after, SystemTime::now, move || shut.shut_lock()));
    follow_desktop(app);
    if let Some(door) = door {
        let app = app.clone();
        async_runtime::spawn(async move { door.serve(move |request| answer(app.clone(), request)).await });
    }
    let running = async_runtime::spawn(local::keep(places, problem, vault, accounts, again, tools, stopped));
    *app.state::<Shell>().local.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    quit_when_told(app.clone());
    Ok(())
}

#[cfg(target_os = "linux")]
fn follow_desktop(app: &AppHandle) {
    let accounts = app.state::<Shell>().accounts.clone();
    crate::desktop_proxy::follow(move |desktop| accounts.set_desktop_proxy(desktop));
    async_runtime::spawn(tray::outlive(app.clone()));
    let app = app.clone();
    async_runtime::spawn(async move { crate::desktop_signals::follow(&app.state::<Shell>().presence).await });
}

#[cfg(not(target_os = "linux"))]
fn follow_desktop(app: &AppHandle) {
    // Whom the system names as a proxy is known to the library that asks; a file that would choose one is not.
    let desktop_proxy = DesktopProxy { script: proxy::script(), ..DesktopProxy::default() };
    app.state::<Shell>().accounts.set_desktop_proxy(desktop_proxy);
    let heard = app.clone();
    let followed = desktop::follow(move |sign| heard.state::<Shell>().presence.heard(sign));
    if let Err(error) = followed {
        tracing::info!("the desktop does not say when the screen is locked or the computer sleeps: {error}");
    }
}

/// Somebody has started the app once more, with these arguments.
fn opened(app: &AppHandle, arguments: &[String]) {
    if !arguments.iter().any(|argument| argument == HIDDEN) {
        window::show(app);
    }
    take_links(app, arguments);
}

/// Browsers that come back do so by a link that the app is started with. It is nothing to anybody where nothing waits.
fn take_links(app: &AppHandle, arguments: &[String]) {
    for link in links::among(arguments) {
        app.state::<Shell>().accounts.come_home(link.clone());
    }
}

/// What another process of this person gets.
async fn answer(app: AppHandle, request: Request) -> Answer {
    match request {
        Request::Open { arguments } => {
            opened(&app, &arguments);
            Answer::Done
        }
        Request::Token(request) => {
            let shell = app.state::<Shell>();
            let allowed = shell.preferences().current().programs;
            programs::token(&shell.accounts, allowed, request).await
        }
    }
}

/// Quits as by the person when the session or a terminal asks for it.
#[cfg(unix)]
fn quit_when_told(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    async_runtime::spawn(async move {
        let (Ok(mut ended), Ok(mut interrupted)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return tracing::warn!("signals are not listened to: a stop from outside cuts the app off");
        };
        tokio::select! {
            _ = ended.recv() => {}
            _ = interrupted.recv() => {}
        }
        app.exit(0);
    });
}

#[cfg(not(unix))]
fn quit_when_told(_app: AppHandle) {}

/// What happens when the app's loop tells something.
pub(crate) fn on_event(app: &AppHandle<Wry>, event: &RunEvent) {
    let Some(shell) = app.try_state::<Shell>() else { return };
    match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. }
            if shell.preferences().current().keep_running =>
        {
            api.prevent_close();
            async_runtime::spawn(hide_or_quit(app.clone()));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            window::show(app);
            take_links(app, &urls.iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        RunEvent::Exit => {
            shell.stop();
            tracing::info!("ended");
        }
        _ => {}
    }
}

/// Goes on in the tray. Where there is none, the window would be gone for good: then closing it ends the app.
async fn hide_or_quit(app: AppHandle<Wry>) {
    let shell = app.state::<Shell>();
    if tray::is_there().await && !shell.lacks_icon.load(Ordering::Acquire) {
        window::hide(&app);
        shell.presence.in_sight(false);
        // Nobody sees its questions any more.
        shell.accounts.cancel_passkey(None);
    } else {
        app.exit(0);
    }
}
