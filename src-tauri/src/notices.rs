//! Tells whoever does not see the window that somebody was signed out, and why: by a notice of the desktop.

use frontdesk_accounts::{Accounts, InstanceView, SessionView, Snapshot};
use tauri::{AppHandle, Manager as _};

use crate::{
    confirm::plain,
    presence::Attention,
    shell::Shell,
    speech::{NoticeWords, Words},
};

/// A notice of the desktop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    title: String,
    body: &'static str,
}

/// Follows the accounts and tells of those that are lost, for as long as there are changes.
pub(crate) async fn keep(app: AppHandle, accounts: Accounts) {
    let mut snapshots = accounts.snapshots();
    let mut before = snapshots.borrow_and_update().clone();
    while snapshots.changed().await.is_ok() {
        let after = snapshots.borrow_and_update().clone();
        let shell = app.state::<Shell>();
        let words = shell.speech.words();
        let lost = lost(&before, &after, words);
        before = after;
        if shell.presence.attention() == Attention::Here || !shell.preferences().current().notices {
            continue;
        }
        for notice in lost {
            desktop::show(&app, notice, &words.notice).await;
        }
    }
}

/// The accounts that were signed in and are not any more, where their instance is still known.
fn lost(before: &Snapshot, after: &Snapshot, words: &Words) -> Vec<Notice> {
    let mut lost = Vec::new();
    for instance in &before.instances {
        let Some(now) = after.instances.iter().find(|view| view.id == instance.id) else { continue };
        for session in sessions(instance).filter(|session| session.is_signed_in()) {
            let same = sessions(now).find(|other| other.id == session.id);
            if same.is_some_and(SessionView::is_signed_in) {
                continue;
            }
            // Where nothing is said of the session and its place says no reason, the person left by themself.
            let status = match (same, &now.problem) {
                (Some(same), _) => same.status.as_str(),
                (None, Some(problem)) => problem.code.strip_prefix("session_").unwrap_or(&problem.code),
                (None, None) => continue,
            };
            let title = (words.notice.signed_out)(&plain(&session.name()));
            lost.push(Notice { title, body: words.notice.why.of(status) });
        }
    }
    lost
}

fn sessions(instance: &InstanceView) -> impl Iterator<Item = &SessionView> {
    instance.client.iter().flat_map(|client| &client.sessions)
}

#[cfg(target_os = "linux")]
mod desktop {
    use std::collections::HashMap;

    use futures_util::StreamExt as _;
    use tauri::AppHandle;
    use zbus::{Connection, proxy, zvariant::Value};

    use super::{Notice, NoticeWords};
    use crate::window;

    /// The desktop's own notices (Desktop Notifications Specification 1.3).
    #[proxy(
        interface = "org.freedesktop.Notifications",
        default_service = "org.freedesktop.Notifications",
        default_path = "/org/freedesktop/Notifications"
    )]
    trait Notifications {
        #[expect(clippy::too_many_arguments, reason = "the interface has that many")]
        fn notify(
            &self,
            app_name: &str,
            replaces: u32,
            icon: &str,
            summary: &str,
            body: &str,
            actions: &[&str],
            hints: HashMap<&str, Value<'_>>,
            expire_timeout: i32,
        ) -> zbus::Result<u32>;

        #[zbus(signal)]
        fn action_invoked(&self, id: u32, action: &str) -> zbus::Result<()>;

        #[zbus(signal)]
        fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
    }

    /// Shows a notice; who presses it sees the window.
    pub(super) async fn show(app: &AppHandle, notice: Notice, words: &NoticeWords) {
        match try_show(notice, words).await {
            Ok((notices, id)) => drop(tauri::async_runtime::spawn(follow(app.clone(), notices, id))),
            Err(error) => tracing::info!("the desktop shows no notices: {error}"),
        }
    }

    async fn try_show(notice: Notice, words: &NoticeWords) -> zbus::Result<(NotificationsProxy<'static>, u32)> {
        let bus = Connection::session().await?;
        let notices = NotificationsProxy::new(&bus).await?;
        let actions = ["default", words.open];
        let id = notices.notify("Frontdesk", 0, "frontdesk", &notice.title, notice.body, &actions, HashMap::new(), -1);
        let id = id.await?;
        Ok((notices, id))
    }

    async fn follow(app: AppHandle, notices: NotificationsProxy<'static>, id: u32) {
        let (Ok(mut pressed), Ok(mut closed)) =
            (notices.receive_action_invoked().await, notices.receive_notification_closed().await)
        else {
            return;
        };
        loop {
            tokio::select! {
                signal = pressed.next() => match signal.as_ref().map(ActionInvoked::args) {
                    Some(Ok(args)) if *args.id() == id => return window::show(&app),
                    Some(_) => {}
                    None => return,
                },
                signal = closed.next() => match signal.as_ref().map(NotificationClosed::args) {
                    Some(Ok(args)) if *args.id() == id => return,
                    Some(_) => {}
                    None => return,
                },
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod desktop {
    use tauri::AppHandle;

    use super::{Notice, NoticeWords};

    /// Shows a notice.
    pub(super) async fn show(app: &AppHandle, notice: Notice, _words: &NoticeWords) {
        let identifier = app.config().identifier.clone();
        let shown = tokio::task::spawn_blocking(move || {
            let mut shown = notify_rust::Notification::new();
            shown.summary(&notice.title).body(notice.body);
            #[cfg(windows)]
            shown.app_id(&identifier);
            #[cfg(target_os = "macos")]
            speak_for(&identifier);
            shown.show().map(drop)
        });
        if let Ok(Err(error)) = shown.await {
            tracing::info!("the desktop shows no notices: {error}");
        }
    }

    /// Says whose the notices are: once, since the system takes that once in a run and fails from then on.
    #[cfg(target_os = "macos")]
    fn speak_for(identifier: &str) {
        static SAID: std::sync::Once = std::sync::Once::new();
        SAID.call_once(|| {
            if let Err(error) = notify_rust::set_application(identifier) {
                tracing::info!("notices are not shown as those of the app: {error}");
            }
        });
    }
}

#[cfg(test)]
mod tests;
