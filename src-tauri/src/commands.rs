//! The six commands of the window. Each checks who asks and what, asks the person where a page must not decide, and
//! hands the request to the accounts room.

use std::time::Instant;

use frontdesk_accounts::{
    Accounts, Reason, Said,
    intents::{AccountRequest, InstanceRequest, IntentError, SignInRequest, SignUpRequest},
};
use serde_json::Value;
use tauri::{Manager as _, State, WebviewWindow};
use tauri_plugin_autostart::ManagerExt as _;

use crate::{
    app_room::{AppAnswer, AppRequest, Diagnostics, Preferences, SavedFile},
    clipboard::SECRET_STAYS,
    confirm, diagnostics,
    input::{admit, refused},
    picking,
    shell::Shell,
    window,
};

/// One step of a sign-in.
#[tauri::command]
pub(crate) async fn sign_in(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    let request = admit(window.label(), request)?;
    if matches!(request, SignInRequest::AuthenticateWithRedirect { .. }) {
        shell.see_to_links(window.app_handle()).await;
    }
    shell.accounts.sign_in(request).await
}

/// One step of a sign-up.
#[tauri::command]
pub(crate) async fn sign_up(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    let request = admit(window.label(), request)?;
    if matches!(request, SignUpRequest::AuthenticateWithRedirect { .. }) {
        shell.see_to_links(window.app_handle()).await;
    }
    shell.accounts.sign_up(request).await
}

/// Something done with one session.
#[tauri::command]
pub(crate) async fn session(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    shell.accounts.session(admit(window.label(), request)?).await
}

/// Something done with accounts and users.
#[tauri::command]
pub(crate) async fn account(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    let request: AccountRequest = admit(window.label(), request)?;
    // Before anybody is asked about what is not done anyway.
    shell.accounts.must_be_open()?;
    let question = confirm::of_account(&request, &shell.accounts.snapshots().borrow(), shell.speech.words());
    let asked = question.as_ref().map(|_| request.clone());
    if let Some(asked) = &asked
        && !shell.confirmed.take(asked, Instant::now())
    {
        confirm::ask(window.app_handle(), question).await?;
    }
    if matches!(
        request,
        AccountRequest::CreateExternalAccount { .. } | AccountRequest::ReauthorizeExternalAccount { .. }
    ) {
        shell.see_to_links(window.app_handle()).await;
    }
    let outcome = shell.accounts.account(request).await;
    if let Some(asked) = asked {
        shell.confirmed.note(asked, &outcome, Instant::now());
    }
    outcome
}

/// Something done with instances.
#[tauri::command]
pub(crate) async fn instance(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    let request = admit(window.label(), request)?;
    shell.accounts.must_be_open()?;
    // Who loads an instance again may have mended what kept the one inside the app from starting.
    if matches!(request, InstanceRequest::Reload { .. }) {
        shell.try_local_again();
    }
    let question = confirm::of_instance(&request, &shell.accounts.snapshots().borrow(), shell.speech.words());
    confirm::ask(window.app_handle(), question).await?;
    shell.accounts.instance(request).await
}

/// Something asked of the app itself.
#[tauri::command]
pub(crate) async fn app(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<AppAnswer, IntentError> {
    let request = admit(window.label(), request)?;
    if !is_for_anybody(&request) {
        shell.accounts.must_be_open()?;
    }
    match request {
        AppRequest::Snapshot => {
            let snapshot = shell.accounts.snapshots().borrow().clone();
            Ok(AppAnswer::Snapshot(snapshot.as_ref().clone()))
        }
        AppRequest::Preferences => Ok(AppAnswer::Preferences(preferences(&window, &shell))),
        AppRequest::SetPreferences { preferences } => {
            let questions = confirm::of_preferences(shell.preferences().current(), preferences, shell.speech.words());
            for question in questions {
                confirm::ask(window.app_handle(), Some(question)).await?;
            }
            set_preferences(&window, &shell, preferences)?;
            Ok(AppAnswer::Done)
        }
        AppRequest::Speak { locale } => {
            shell.speech.speak(&locale);
            shell.accounts.set_locale(locale);
            Ok(AppAnswer::Done)
        }
        AppRequest::Present { in_sight } => {
            // A page cannot be seen in a window that is not.
            shell.presence.in_sight(in_sight && window.is_visible().unwrap_or(true));
            Ok(AppAnswer::Done)
        }
        request @ (AppRequest::RecheckVault
        | AppRequest::UnlockVault { .. }
        | AppRequest::LockVault
        | AppRequest::MoveToPassphrase { .. }
        | AppRequest::MoveToKeychain
        | AppRequest::ChangePassphrase { .. }) => vault(&shell, request).await,
        request @ (AppRequest::Authenticators
        | AppRequest::AnswerPasskeyPin { .. }
        | AppRequest::ChoosePasskeyAccount { .. }
        | AppRequest::CancelPasskey { .. }
        | AppRequest::ChangePasskeyPin
        | AppRequest::ForgetDevicePasskeys) => passkeys(&window, &shell, request).await,
        request @ (AppRequest::TurnLockOn
        | AppRequest::TurnLockOff
        | AppRequest::Lock
        | AppRequest::Unlock
        | AppRequest::LeaveLocked) => lock(&window, &shell, request).await,
        AppRequest::Network => Ok(AppAnswer::Network(shell.accounts.network())),
        AppRequest::SetProxy { proxy, password } => {
            shell.accounts.set_proxy(proxy, password).await?;
            Ok(AppAnswer::Network(shell.accounts.network()))
        }
        AppRequest::AddAuthorities => {
            add_authorities(&window, &shell).await?;
            Ok(AppAnswer::Network(shell.accounts.network()))
        }
        AppRequest::RemoveAuthority { fingerprint } => {
            shell.accounts.remove_authority(&fingerprint).await?;
            Ok(AppAnswer::Network(shell.accounts.network()))
        }
        AppRequest::Diagnostics => Ok(AppAnswer::Diagnostics(Diagnostics {
            text: diagnostics::text(shell.version, &shell.places, &shell.accounts, shell.presence.attention()),
        })),
        AppRequest::EstimatePassword { password, inputs } => {
            Ok(AppAnswer::EstimatePassword(Accounts::estimate_password(&password, &inputs)))
        }
        AppRequest::CopyFlowLink { flow } => {
            let link = shell.accounts.flow_link(&flow).ok_or_else(|| {
                refused(Reason::FlowUnknown, "This is not waited for any more, so nothing was copied. Begin again.")
            })?;
            let over = tokio::time::sleep(SECRET_STAYS);
            shell.clipboard.copy_secret(link.to_string(), over).await.map(|()| AppAnswer::Done)
        }
        AppRequest::CopyToolLines => {
            let lines = shell.tool_lines()?;
            let over = tokio::time::sleep(SECRET_STAYS);
            shell.clipboard.copy_secret(lines, over).await.map(|()| AppAnswer::Done)
        }
        AppRequest::Copy { text, secret: false } => shell.clipboard.copy(text).await.map(|()| AppAnswer::Done),
        AppRequest::Copy { text, secret: true } => {
            let over = tokio::time::sleep(SECRET_STAYS);
            shell.clipboard.copy_secret(text, over).await.map(|()| AppAnswer::Done)
        }
        AppRequest::SaveBackupCodes { text } => {
            let place = picking::place_for_backup_codes(window.app_handle(), shell.speech.words()).await;
            if let Some(place) = &place {
                picking::write(place, &text)?;
            }
            Ok(AppAnswer::Saved(SavedFile { saved: place.is_some() }))
        }
    }
}

/// Something asked of the keychain, or of the vault behind a passphrase.
async fn vault(shell: &Shell, request: AppRequest) -> Result<AppAnswer, IntentError> {
    match request {
        AppRequest::RecheckVault => {
            shell.ask_vault_again().await;
        }
        AppRequest::UnlockVault { passphrase } => {
            shell.store.unlock(passphrase).await?;
            shell.ask_vault_again().await;
        }
        AppRequest::LockVault => {
            shell.store.lock(&shell.accounts).await;
        }
        AppRequest::MoveToPassphrase { passphrase } => {
            shell.store.move_to_passphrase(&shell.accounts, passphrase).await?;
            shell.ask_vault_again().await;
        }
        AppRequest::MoveToKeychain => {
            shell.store.move_to_keychain().await?;
            shell.ask_vault_again().await;
        }
        AppRequest::ChangePassphrase { passphrase, new_passphrase } => {
            shell.store.change_passphrase(passphrase, new_passphrase).await?;
        }
        _ => return Err(refused(Reason::RequestUnknown, "This has nothing to do with the keychain.")),
    }
    Ok(AppAnswer::Done)
}

/// What the app does also while its lock is shut: nothing that shows, changes or hands out anything of an account.
fn is_for_anybody(request: &AppRequest) -> bool {
    matches!(
        request,
        AppRequest::Snapshot
            | AppRequest::Preferences
            | AppRequest::Speak { .. }
            | AppRequest::Present { .. }
            | AppRequest::RecheckVault
            | AppRequest::UnlockVault { .. }
            | AppRequest::LockVault
            | AppRequest::AnswerPasskeyPin { .. }
            | AppRequest::CancelPasskey { .. }
            | AppRequest::Lock
            | AppRequest::Unlock
            | AppRequest::LeaveLocked
    )
}

/// Something asked of the lock of the app.
async fn lock(window: &WebviewWindow, shell: &Shell, request: AppRequest) -> Result<AppAnswer, IntentError> {
    let accounts = &shell.accounts;
    match request {
        AppRequest::TurnLockOn => accounts.turn_lock_on().await?,
        AppRequest::TurnLockOff => accounts.turn_lock_off().await?,
        AppRequest::Lock => accounts.shut_lock(),
        AppRequest::Unlock => accounts.unlock().await?,
        AppRequest::LeaveLocked => {
            confirm::ask(window.app_handle(), Some(confirm::of_leaving_locked(shell.speech.words()))).await?;
            accounts.leave_locked().await?;
        }
        _ => return Err(refused(Reason::RequestUnknown, "This has nothing to do with the lock.")),
    }
    Ok(AppAnswer::Done)
}

/// Something asked of the passkeys of this computer.
async fn passkeys(window: &WebviewWindow, shell: &Shell, request: AppRequest) -> Result<AppAnswer, IntentError> {
    let accounts = &shell.accounts;
    match request {
        AppRequest::Authenticators => return Ok(AppAnswer::Authenticators(accounts.authenticators().await)),
        AppRequest::AnswerPasskeyPin { ceremony, question, pin } => {
            accounts.answer_passkey_pin(&ceremony, question, pin);
        }
        AppRequest::ChoosePasskeyAccount { ceremony, question, account } => {
            accounts.choose_passkey_account(&ceremony, question, account);
        }
        AppRequest::CancelPasskey { ceremony } => accounts.cancel_passkey(Some(&ceremony)),
        AppRequest::ChangePasskeyPin => accounts.change_passkey_pin().await?,
        AppRequest::ForgetDevicePasskeys => {
            let question = confirm::of_device_passkeys(&accounts.snapshots().borrow(), shell.speech.words());
            confirm::ask(window.app_handle(), Some(question)).await?;
            accounts.forget_device_passkeys().await?;
        }
        _ => return Err(refused(Reason::RequestUnknown, "This has nothing to do with passkeys.")),
    }
    Ok(AppAnswer::Done)
}

/// Has the person pick a file and confirm whom it names: whom to trust is nothing that a page decides, nor from where.
async fn add_authorities(window: &WebviewWindow, shell: &Shell) -> Result<(), IntentError> {
    let app = window.app_handle();
    let Some(file) = picking::authorities(app, shell.speech.words()).await else { return Ok(()) };
    let file = picking::read(&file)?;
    let named = shell.accounts.authorities_of(&file)?;
    confirm::ask(app, Some(confirm::of_authorities(&named, shell.speech.words()))).await?;
    shell.accounts.add_authorities(&file).await
}

/// What the person chose; whether the app is started at login, the system knows.
fn preferences(window: &WebviewWindow, shell: &Shell) -> Preferences {
    let start_at_login = window.autolaunch().is_enabled().unwrap_or_else(|error| {
        tracing::warn!("the system does not say what it starts at login: {error}");
        false
    });
    Preferences { start_at_login, ..shell.preferences().current() }
}

fn set_preferences(window: &WebviewWindow, shell: &Shell, new: Preferences) -> Result<(), IntentError> {
    if new.start_at_login != preferences(window, shell).start_at_login {
        let login = window.autolaunch();
        let set = if new.start_at_login { login.enable() } else { login.disable() };
        set.map_err(|error| {
            let message = format!(
                "What the system starts at login could not be changed: {error}. Change it in the system's own settings."
            );
            refused(Said::from(Reason::StartAtLoginFailed).detail(&error), &message)
        })?;
    }
    shell.preferences().set(new).map_err(|error| {
        let file = shell.places.preferences().display().to_string();
        let message = format!(
            "The settings could not be written to {file}: {error}. The ones before stay. Make room on the disk or make the \
             file writable, then try again."
        );
        refused(Said::from(Reason::PreferencesUnwritable).detail(format!("{file}: {error}")), &message)
    })?;
    window::set_theme(window, new.theme);
    shell.let_tools(new.tools);
    Ok(())
}
