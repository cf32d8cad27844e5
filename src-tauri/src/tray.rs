//! The icon beside the clock: every account with its state, one click away, and the way out of the app.

use std::panic::{AssertUnwindSafe, catch_unwind};

use frontdesk_accounts::{AccountKey, Accounts, AppLock, InstanceKind, Snapshot, Status};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Wry, include_image,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use tokio::sync::oneshot;

use crate::{app_room::Go, confirm::plain, input::WINDOW, places::Places, shell::Shell, speech::Words, window};

/// The event that leads the page to a place.
const GO: &str = "go";
const OPEN: &str = "open";
const ADD: &str = "add";
const LOCK: &str = "lock";
const QUIT: &str = "quit";
/// Before the place of an account in the menu.
const ACCOUNT: &str = "account/";

/// What the menu shows.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    rows: Vec<Row>,
    /// Whether somebody needs to sign in again.
    attention: bool,
    /// What the fixed entries say: open, add, quit.
    fixed: [&'static str; 3],
    /// What shuts the lock of the app, where it is open.
    lock: Option<&'static str>,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    account: AccountKey,
    label: String,
    active: bool,
}

impl Shown {
    fn of(snapshot: &Snapshot, words: &Words) -> Self {
        let mut rows = Vec::new();
        let mut attention = false;
        for instance in &snapshot.instances {
            let place = match instance.kind {
                InstanceKind::Local => words.tray.local.to_owned(),
                InstanceKind::Remote => plain(&instance.name),
            };
            let away = matches!(instance.status, Status::Degraded | Status::Error);
            for session in instance.client.iter().flat_map(|client| &client.sessions) {
                if session.user.is_none() || session.status == "removed" {
                    continue;
                }
                let needs_sign_in = !session.is_signed_in();
                attention |= needs_sign_in;
                let (dot, state) = match (needs_sign_in, away) {
                    (true, _) => ("◌", Some(words.tray.needs_sign_in)),
                    (false, true) => ("○", Some(words.tray.offline)),
                    (false, false) => ("●", None),
                };
                let account = AccountKey { instance: instance.id.clone(), session: session.id.clone() };
                let state = state.map(|state| format!(" ({state})")).unwrap_or_default();
                let label = format!("{dot} {}, {place}{state}", plain(&session.name()));
                let active = snapshot.active.as_ref() == Some(&account);
                rows.push(Row { account, label, active });
            }
        }
        let lock = (snapshot.lock == AppLock::Open).then_some(words.tray.lock);
        Self { rows, attention, fixed: [words.tray.open, words.tray.add, words.tray.quit], lock }
    }
}

/// Shows the icon and keeps it in step with the accounts, for as long as there are changes.
pub(crate) async fn keep(app: AppHandle, accounts: Accounts, places: Places) {
    let mut snapshots = accounts.snapshots();
    let mut speech = app.state::<Shell>().speech.follow();
    let mut icon: Option<TrayIcon> = None;
    let mut shown: Option<Shown> = None;
    loop {
        let new = Shown::of(&snapshots.borrow_and_update(), *speech.borrow_and_update());
        if shown.as_ref() != Some(&new) {
            match on_the_main_thread(&app, {
                let (icon, places) = (icon.take(), places.clone());
                move |app| draw(app, icon, &new, &places).map(|icon| (icon, new))
            })
            .await
            {
                Ok((drawn, new)) => (icon, shown) = (Some(drawn), Some(new)),
                Err(reason) => {
                    tracing::warn!("there is no icon in the tray: {reason}");
                    return app.state::<Shell>().give_up_icon(&app);
                }
            }
        }
        let changed = tokio::select! {
            changed = snapshots.changed() => changed,
            changed = speech.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

/// Works where the toolkit does. The library behind the icon panics where the system lacks it (on Debian
/// `libayatana-appindicator3-1`); then the app goes on without.
async fn on_the_main_thread<T: Send + 'static>(
    app: &AppHandle,
    work: impl FnOnce(&AppHandle) -> tauri::Result<T> + Send + 'static,
) -> Result<T, String> {
    let (tell, told) = oneshot::channel();
    let handle = app.clone();
    let sent = app.run_on_main_thread(move || {
        let done = catch_unwind(AssertUnwindSafe(|| work(&handle)));
        let done = done.map_err(|_| "the system lacks the library for it".to_owned());
        let _nobody_waits = tell.send(done.and_then(|done| done.map_err(|error| error.to_string())));
    });
    sent.map_err(|error| error.to_string())?;
    told.await.map_err(|_| "the app ends".to_owned())?
}

fn draw(app: &AppHandle, icon: Option<TrayIcon>, shown: &Shown, places: &Places) -> tauri::Result<TrayIcon> {
    let menu = Menu::new(app)?;
    let [open, add, quit] = shown.fixed;
    for (place, row) in shown.rows.iter().enumerate() {
        let id = format!("{ACCOUNT}{place}");
        // An ampersand would underline what follows it.
        let label = row.label.replace('&', "&&");
        menu.append(&CheckMenuItem::with_id(app, id, label, true, row.active, None::<&str>)?)?;
    }
    if !shown.rows.is_empty() {
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    menu.append(&MenuItem::with_id(app, ADD, add, true, None::<&str>)?)?;
    menu.append(&MenuItem::with_id(app, OPEN, open, true, None::<&str>)?)?;
    if let Some(lock) = shown.lock {
        menu.append(&MenuItem::with_id(app, LOCK, lock, true, None::<&str>)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    menu.append(&MenuItem::with_id(app, QUIT, quit, true, None::<&str>)?)?;
    let picture =
        if shown.attention { include_image!("../icons/tray-dot.png") } else { include_image!("../icons/tray.png") };
    let keys: Vec<AccountKey> = shown.rows.iter().map(|row| row.account.clone()).collect();
    *app.state::<Shell>().tray_accounts() = keys;
    if let Some(icon) = icon {
        icon.set_menu(Some(menu))?;
        icon.set_icon(Some(picture))?;
        return Ok(icon);
    }
    TrayIconBuilder::new()
        .icon(picture)
        .icon_as_template(true)
        .menu(&menu)
        .temp_dir_path(places.tray())
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)
}

fn chosen(app: &AppHandle<Wry>, id: &str) {
    match id {
        QUIT => app.exit(0),
        OPEN => window::show(app),
        LOCK => app.state::<Shell>().accounts.shut_lock(),
        ADD => go(app, Go::Add),
        other => {
            let place = other.strip_prefix(ACCOUNT).and_then(|place| place.parse::<usize>().ok());
            let account = place.and_then(|place| app.state::<Shell>().tray_accounts().get(place).cloned());
            if let Some(account) = account {
                go(app, Go::Account { account });
            }
        }
    }
}

/// Brings the window to the front, and its page to a place.
fn go(app: &AppHandle<Wry>, to: Go) {
    window::show(app);
    if let Err(error) = app.emit_to(WINDOW, GO, to) {
        tracing::warn!("the window was not led to what was chosen in the tray: {error}");
    }
}

/// Whether there is a tray that shows icons. Without one, a window that hides could not be brought back.
#[cfg(target_os = "linux")]
pub(crate) async fn is_there() -> bool {
    is_there_on_bus().await.unwrap_or(false)
}

#[cfg(target_os = "linux")]
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

#[cfg(target_os = "linux")]
async fn is_there_on_bus() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let answer = bus
        .call_method(
            Some(WATCHER),
            "/StatusNotifierWatcher",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &(WATCHER, "IsStatusNotifierHostRegistered"),
        )
        .await?;
    let value: zbus::zvariant::OwnedValue = answer.body().deserialize()?;
    Ok(bool::try_from(value)?)
}

/// Brings a hidden window back when the tray goes away in which it was hidden.
#[cfg(target_os = "linux")]
pub(crate) async fn outlive(app: AppHandle) {
    if let Err(error) = follow_watcher(&app).await {
        tracing::info!("nobody says when the tray goes away: {error}");
    }
}

#[cfg(target_os = "linux")]
async fn follow_watcher(app: &AppHandle) -> zbus::Result<()> {
    use futures_util::StreamExt as _;
    let bus = zbus::Connection::session().await?;
    let bus = zbus::fdo::DBusProxy::new(&bus).await?;
    let mut owners = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    while let Some(change) = owners.next().await {
        let gone = change.args()?.new_owner().is_none();
        if gone && window::is_hidden(app) {
            window::show(app);
        }
    }
    Ok(())
}

/// Other systems always have one.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_there() -> bool {
    true
}

#[cfg(test)]
mod tests;
