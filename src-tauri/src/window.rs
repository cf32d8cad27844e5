//! The one window: the app's own pages in it, and nothing else.

use frontdesk_accounts::{Accounts, FlowOutcome, FlowState, Reason, Snapshot};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Runtime, Url, WebviewWindow, WebviewWindowBuilder,
    webview::NewWindowResponse,
};

use crate::{app_room::Theme, input::WINDOW};

/// The event that carries the whole state at each change.
const SNAPSHOT: &str = "snapshot";

/// How the window begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// In sight.
    Shown,
    /// In the task bar alone, for it could not be brought back otherwise.
    Minimized,
    /// In the tray alone.
    Hidden,
}

/// Opens the window as the configuration describes it, where it was when the app was last quit.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, theme: Theme, begin: Begin) -> tauri::Result<WebviewWindow<R>> {
    let windows = &app.config().app.windows;
    let config = windows.iter().find(|window| window.label == WINDOW).ok_or(tauri::Error::WindowNotFound)?.clone();
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .theme(as_tauri(theme))
        .visible(begin != Begin::Hidden)
        .on_navigation(|address| {
            let own = is_own(address);
            if !own {
                tracing::warn!("the window stays where it is: a page tried to lead elsewhere");
            }
            own
        })
        .on_new_window(|_, _| {
            tracing::warn!("a page tried to open another window, which was refused");
            NewWindowResponse::Deny
        })
        .build()?;
    if begin == Begin::Minimized {
        window.minimize()?;
    }
    Ok(window)
}

/// Whether an address is one of the app's own pages. They are embedded in the program and served under a scheme of its
/// own, or on Windows under a host name that leads nowhere.
fn is_own(address: &Url) -> bool {
    let (scheme, host) = if cfg!(windows) { ("http", "tauri.localhost") } else { ("tauri", "localhost") };
    address.scheme() == scheme
        && address.host_str() == Some(host)
        && address.port().is_none()
        && address.username().is_empty()
        && address.password().is_none()
}

/// Brings the window to the front, for whoever starts the app a second time.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(WINDOW) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("the window could not be brought to the front: {error}");
    }
}

/// Whether the window was hidden, in the tray alone.
pub(crate) fn is_hidden<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(WINDOW).and_then(|window| window.is_visible().ok()) == Some(false)
}

/// Hides the window; the tray brings it back.
pub(crate) fn hide<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(WINDOW) else { return };
    if let Err(error) = window.hide() {
        tracing::warn!("the window could not be hidden: {error}");
    }
}

/// Gives the window's frame the chosen colours.
pub(crate) fn set_theme<R: Runtime>(window: &WebviewWindow<R>, theme: Theme) {
    if let Err(error) = window.set_theme(as_tauri(theme)) {
        tracing::warn!("the window's frame keeps its colours: {error}");
    }
}

fn as_tauri(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System | Theme::Contrast => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Tells the window the whole state at each change, for as long as there are changes.
pub(crate) async fn tell<R: Runtime>(app: AppHandle<R>, accounts: Accounts) {
    let mut snapshots = accounts.snapshots();
    loop {
        let snapshot = snapshots.borrow_and_update().clone();
        if let Err(error) = app.emit_to(WINDOW, SNAPSHOT, &*snapshot) {
            tracing::warn!("the window was not told of a change: {error}");
        }
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

/// Brings the window to the front when the browser has come back, for as long as there are changes. What ended by itself
/// disturbs nobody.
pub(crate) async fn come_back<R: Runtime>(app: AppHandle<R>, accounts: Accounts) {
    let mut snapshots = accounts.snapshots();
    let mut before = came_back(&snapshots.borrow_and_update());
    while snapshots.changed().await.is_ok() {
        let after = came_back(&snapshots.borrow_and_update());
        if after.iter().any(|flow| !before.contains(flow)) {
            show(&app);
        }
        before = after;
    }
}

/// The flows that ended by what came back.
fn came_back(snapshot: &Snapshot) -> Vec<String> {
    let ended = snapshot.flows.iter().filter(|flow| match &flow.state {
        FlowState::Ended { outcome: FlowOutcome::Failed { problem } } => problem.code != Reason::FlowExpired.as_str(),
        FlowState::Ended { .. } => true,
        _ => false,
    });
    ended.map(|flow| flow.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn the_window_comes_to_the_front_for_what_came_back_alone() {
        use frontdesk_accounts::{FlowPurpose, FlowView, snapshot::Problem};
        let flow = |id: &str, state| FlowView {
            id: id.to_owned(),
            instance: "one".to_owned(),
            purpose: FlowPurpose::SignIn,
            strategy: "oauth_google".to_owned(),
            host: "accounts.google.com".to_owned(),
            begun_at: 0,
            expires_at: 1,
            state,
        };
        let failed = |problem| FlowState::Ended { outcome: FlowOutcome::Failed { problem } };
        let denied = Problem { code: "oauth_access_denied".to_owned(), ..Problem::new(Reason::FlowUnknown, "") };
        let mut shown = crate::confirm::fixture::shown();
        shown.flows = vec![
            flow("waits", FlowState::Waiting),
            flow("done", FlowState::Ended { outcome: FlowOutcome::GoesOn }),
            flow("over", failed(Problem::new(Reason::FlowExpired, ""))),
            flow("denied", failed(denied)),
        ];
        assert_eq!(came_back(&shown), ["done", "denied"]);
    }

    #[test]
    fn sec_01_no_page_that_the_browser_is_given_comes_up_in_the_window() {
        for page in [
            "https://accounts.google.com/o/oauth2/v2/auth?client_id=a&state=b",
            "https://github.com/login/oauth/authorize?state=b",
            "https://harbour.example/frontdesk/provider/oauth_google/authorize?state=b",
            "http://127.0.0.1:47113/frontdesk/provider/oauth_google/authorize?state=b",
            "http://[::1]:47113/callback?a=b",
            "http://localhost:47113/authorize",
        ] {
            // It is one that the system's browser opens, and never one of the window's.
            frontdesk_accounts::Outgoing::parse(page).unwrap();
            assert!(!is_own(&page.parse().unwrap()), "{page}");
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn sec_97_the_window_goes_to_the_apps_own_pages_only() {
        let own = |address: &str| is_own(&address.parse().unwrap());
        assert!(own("tauri://localhost"));
        assert!(own("tauri://localhost/index.html?a=1#b"));
        for foreign in [
            "https://localhost/",
            "http://tauri.localhost/",
            "http://tauri.localhost.evil.com/",
            "tauri://localhost.evil.com/",
            "tauri://evil.com/",
            "tauri://a@localhost/",
            "tauri://a:b@localhost/",
            "tauri://localhost:80/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "ipc://localhost/",
        ] {
            assert!(!own(foreign), "{foreign}");
        }
    }
}
