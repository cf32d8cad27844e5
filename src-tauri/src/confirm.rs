//! Questions that the page cannot draw and cannot answer: a dialog of the system itself, for what must not happen
//! because a page wanted it.

use frontdesk_accounts::{
    AccountKey, AccountRequest, AuthorityView, InstanceKind, InstanceRequest, InstanceView, Reason, SavedPassword,
    SessionView, Snapshot, intents::IntentError,
};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tauri::{AppHandle, Runtime};

use crate::{app_room::Preferences, input::refused, speech::Words};

/// How long a confirmation waits for a fresh proof of who confirmed it.
const WAITS: Duration = Duration::from_mins(10);
/// The code of an instance that wants that proof first.
const PROOF_FIRST: &str = "session_reverification_required";

/// What was confirmed, and then refused by the instance until somebody has proven anew who they are. Once that is done
/// the same is asked for again, and the person has confirmed it already.
///
/// It is the request that is compared, and not the question: two accounts, or two passkeys, may have one name.
#[derive(Default)]
pub(crate) struct Confirmed(Mutex<Option<(AccountRequest, Instant)>>);

impl Confirmed {
    /// Remembers what was confirmed where nothing but a fresh proof was lacking.
    pub(crate) fn note(&self, request: AccountRequest, outcome: &Result<Value, IntentError>, now: Instant) {
        let lacks_proof = |error: &IntentError| error.errors.iter().any(|error| error.code == PROOF_FIRST);
        let kept = outcome.as_ref().is_err_and(lacks_proof).then_some((request, now));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }

    /// Whether this very request was confirmed, which counts once.
    pub(crate) fn take(&self, request: &AccountRequest, now: Instant) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.is_some_and(|(kept, at)| kept == *request && now.saturating_duration_since(at) < WAITS)
    }
}

/// A question before something that cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// What is asked, in one line.
    pub(crate) title: String,
    /// What follows from it.
    pub(crate) body: String,
    /// The button that does it.
    pub(crate) go: String,
    /// The button that does not.
    pub(crate) cancel: String,
}

/// What has to be asked before an account request is done; none for what may just be done.
pub(crate) fn of_account(request: &AccountRequest, shown: &Snapshot, words: &Words) -> Option<Question> {
    let question = |(title, body, go): (String, String, &str)| Question {
        title,
        body,
        go: go.to_owned(),
        cancel: words.cancel.to_owned(),
    };
    match request {
        AccountRequest::Delete { account } => Some(question((words.delete)(&name(shown, account, words)))),
        AccountRequest::SignOutEverywhere { account } => {
            Some(question((words.sign_out_everywhere)(&name(shown, account, words))))
        }
        AccountRequest::DestroyExternalAccount { account, external_account_id } => {
            let whose = name(shown, account, words);
            Some(question((words.disconnect)(&elsewhere(shown, account, external_account_id), &whose)))
        }
        AccountRequest::DeletePasskey { account, passkey_id } => {
            let whose = name(shown, account, words);
            Some(question((words.delete_passkey)(&passkey(shown, account, passkey_id), &whose)))
        }
        AccountRequest::SignOutAll => Some(question((words.sign_out_all)(signed_in(shown, None)))),
        AccountRequest::SignOut { instance, session: None } if signed_in(shown, Some(instance)) > 1 => {
            Some(question((words.sign_out_all)(signed_in(shown, Some(instance)))))
        }
        _ => None,
    }
}

/// What has to be asked before an instance request is done.
pub(crate) fn of_instance(request: &InstanceRequest, shown: &Snapshot, words: &Words) -> Option<Question> {
    let InstanceRequest::Remove { instance } = request else { return None };
    let accounts = signed_in(shown, Some(instance));
    let view = shown.instances.iter().find(|view| view.id == *instance)?;
    // The instance inside the app stays, whatever is asked.
    if accounts == 0 || view.kind == InstanceKind::Local {
        return None;
    }
    let (title, body, go) = (words.remove_instance)(&plain(&view.name), accounts);
    Some(Question { title, body, go: go.to_owned(), cancel: words.cancel.to_owned() })
}

/// What has to be asked before the authorities of a file are trusted.
pub(crate) fn of_authorities(authorities: &[AuthorityView], words: &Words) -> Question {
    let names: Vec<_> = authorities.iter().map(|authority| plain(&authority.subject)).collect();
    let (title, body, go) = (words.trust)(&names);
    Question { title, body, go: go.to_owned(), cancel: words.cancel.to_owned() }
}

/// What is asked before everything behind the lock of the app is left.
pub(crate) fn of_leaving_locked(words: &Words) -> Question {
    let (title, body, go) = words.leave_locked;
    Question { title: title.to_owned(), body: body.to_owned(), go: go.to_owned(), cancel: words.cancel.to_owned() }
}

/// What has to be asked before the passkeys and passwords of this device are removed.
pub(crate) fn of_device_passkeys(shown: &Snapshot, words: &Words) -> Question {
    let kept = |view: &&InstanceView| matches!(view.saved_password, SavedPassword::Kept { .. });
    let passwords = shown.instances.iter().filter(kept).count();
    let (title, body, go) = (words.forget_passkeys)(shown.passkeys.keys.len(), passwords);
    Question { title, body, go: go.to_owned(), cancel: words.cancel.to_owned() }
}

/// What has to be asked before these preferences are remembered in place of those.
pub(crate) fn of_preferences(old: Preferences, new: Preferences, words: &Words) -> Vec<Question> {
    let opened = [(old.programs, new.programs, words.programs), (old.tools, new.tools, words.tools)];
    let opened = opened.into_iter().filter(|(before, after, _)| !before && *after);
    opened
        .map(|(_, _, (title, body, go))| Question {
            title: title.to_owned(),
            body: body.to_owned(),
            go: go.to_owned(),
            cancel: words.cancel.to_owned(),
        })
        .collect()
}

/// Asks the person, if there is something to ask. What is not confirmed is refused.
pub(crate) async fn ask<R: Runtime>(app: &AppHandle<R>, question: Option<Question>) -> Result<(), IntentError> {
    let Some(question) = question else { return Ok(()) };
    if dialog::show(app, question).await {
        return Ok(());
    }
    Err(refused(Reason::NotConfirmed, "This was not confirmed, so nothing was done."))
}

/// How many accounts are signed in, at one instance or at all.
fn signed_in(shown: &Snapshot, instance: Option<&String>) -> usize {
    let instances = shown.instances.iter().filter(|view| instance.is_none_or(|instance| view.id == *instance));
    instances.flat_map(sessions).filter(|session| session.is_signed_in()).count()
}

/// What an account is called: the address, which says more than a name; with its instance, where another one has an
/// account that is called so.
fn name(shown: &Snapshot, account: &AccountKey, words: &Words) -> String {
    let Some(view) = shown.instances.iter().find(|view| view.id == account.instance) else { return String::new() };
    let Some(session) = sessions(view).find(|session| session.id == account.session) else { return String::new() };
    let name = plain(&session.name());
    let others = shown.instances.iter().filter(|other| other.id != view.id).flat_map(sessions);
    if others.map(|other| plain(&other.name())).all(|other| other != name) {
        return name;
    }
    let place = match view.kind {
        InstanceKind::Local if !view.own_name => words.tray.local.to_owned(),
        InstanceKind::Local | InstanceKind::Remote => plain(&view.name),
    };
    format!("{name} ({place})")
}

fn sessions(view: &InstanceView) -> impl Iterator<Item = &SessionView> {
    view.client.iter().flat_map(|client| &client.sessions)
}

/// What a passkey is called.
fn passkey(shown: &Snapshot, account: &AccountKey, id: &str) -> String {
    let view = shown.instances.iter().find(|view| view.id == account.instance);
    let session = view.and_then(|view| view.client.as_ref()?.sessions.iter().find(|it| it.id == account.session));
    let passkeys = session.and_then(|session| session.user.as_ref()).map(|user| &user.passkeys);
    let named = passkeys.into_iter().flatten().find(|passkey| passkey.id == id);
    plain(named.map(|passkey| passkey.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(id))
}

/// What an account elsewhere is called: its provider, and its address where there is one.
fn elsewhere(shown: &Snapshot, account: &AccountKey, id: &str) -> String {
    let view = shown.instances.iter().find(|view| view.id == account.instance);
    let session = view.and_then(|view| view.client.as_ref()?.sessions.iter().find(|it| it.id == account.session));
    let externals = session.and_then(|session| session.user.as_ref()).map(|user| &user.external_accounts);
    let external = externals.into_iter().flatten().find(|external| external.id == id);
    let provider = external.map_or("", |external| external.provider.as_str());
    let settings = view.and_then(|view| view.environment.as_ref()).map(|environment| &environment.user_settings.social);
    let known = settings.and_then(|social| social.get(provider)).map(|social| social.name.as_str());
    let provider = known.filter(|name| !name.is_empty()).unwrap_or_else(|| provider.trim_start_matches("oauth_"));
    match external.map_or("", |external| external.email_address.as_str()) {
        "" if provider.is_empty() => plain(id),
        "" => plain(provider),
        address => format!("{} ({})", plain(provider), plain(address)),
    }
}

/// A name that an instance made up, as it may stand in a line of the system's own.
pub(crate) fn plain(name: &str) -> String {
    let mut plain: String = frontdesk_accounts::plain(name).chars().take(80).collect();
    if plain.len() < name.len() {
        plain.push('…');
    }
    plain
}

#[cfg(target_os = "linux")]
mod dialog {
    use gtk::prelude::{DialogExt as _, GtkWindowExt as _, MessageDialogExt as _, WidgetExt as _};
    use tauri::{AppHandle, Manager as _, Runtime};
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    use super::Question;
    use crate::input::WINDOW;

    /// Shows the question above the window and answers whether it was confirmed. What cannot be shown is not confirmed.
    pub(super) async fn show<R: Runtime>(app: &AppHandle<R>, question: Question) -> bool {
        let (tell, mut told) = unbounded_channel();
        let windows = app.clone();
        let shown = app.run_on_main_thread(move || {
            let above = windows.get_webview_window(WINDOW).and_then(|window| window.gtk_window().ok());
            draw(&question, above.as_ref(), tell);
        });
        shown.is_ok() && told.recv().await.unwrap_or(false)
    }

    fn draw(question: &Question, above: Option<&gtk::ApplicationWindow>, tell: UnboundedSender<bool>) {
        let dialog = gtk::MessageDialog::new(
            above,
            gtk::DialogFlags::MODAL | gtk::DialogFlags::DESTROY_WITH_PARENT,
            gtk::MessageType::Warning,
            gtk::ButtonsType::None,
            &question.title,
        );
        dialog.set_title(&question.title);
        dialog.set_secondary_text(Some(&question.body));
        dialog.add_button(&question.cancel, gtk::ResponseType::Cancel);
        dialog.add_button(&question.go, gtk::ResponseType::Accept);
        // Whoever presses a key by chance confirms nothing.
        dialog.set_default_response(gtk::ResponseType::Cancel);
        dialog.connect_response(move |dialog, response| {
            let _nobody_waits = tell.send(response == gtk::ResponseType::Accept);
            dialog.close();
        });
        dialog.show();
        dialog.present();
    }
}

#[cfg(not(target_os = "linux"))]
mod dialog {
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
    use tauri::{AppHandle, Manager as _, Runtime};
    use tokio::sync::oneshot;

    use super::Question;
    use crate::input::WINDOW;

    /// Shows the question above the window and answers whether it was confirmed. What cannot be shown is not confirmed.
    pub(super) async fn show<R: Runtime>(app: &AppHandle<R>, question: Question) -> bool {
        let (tell, told) = oneshot::channel();
        let Question { title, body, go, cancel } = question;
        let confirmed = MessageDialogResult::Custom(go.clone());
        let windows = app.clone();
        let shown = app.run_on_main_thread(move || {
            let mut dialog = AsyncMessageDialog::new()
                .set_level(MessageLevel::Warning)
                .set_title(title)
                .set_description(body)
                .set_buttons(MessageButtons::OkCancelCustom(go, cancel));
            if let Some(window) = windows.get_webview_window(WINDOW) {
                dialog = dialog.set_parent(&window);
            }
            let _nobody_waits = tell.send(dialog.show());
        });
        if shown.is_err() {
            return false;
        }
        match told.await {
            Ok(answer) => answer.await == confirmed,
            Err(_) => false,
        }
    }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
