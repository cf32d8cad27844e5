//! What a script in the page could reach: nothing that keeps people signed in, no other place, and nothing that the
//! person did not confirm where the page cannot draw.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use frontdesk_e2e::window::{Desktop, Item, Keychain, Person, Role, Window, account_of, in_text, sign_up};
use serde_json::{Value, json};

/// Lets a script of the page ask as the page does, and keeps the answers.
const ASK: &str = "window.answers ??= []; const slot = window.answers.length; window.answers.push(null); \
    const keep = (kind) => (value) => { window.answers[slot] = JSON.stringify({ [kind]: value ?? null }); }; \
    window.__TAURI_INTERNALS__.invoke(COMMAND, { request: REQUEST }).then(keep('done'), keep('refused')); return slot;";

/// Asks, and answers the number of the answer.
async fn begin(window: &Window, command: &str, request: &Value) -> Result<u64> {
    let script = ASK.replace("COMMAND", &format!("'{command}'")).replace("REQUEST", &request.to_string());
    window.script(&script).await?.as_u64().context("the answer has a number")
}

/// Waits for the answer of a number, as text.
async fn answer(window: &Window, slot: u64) -> Result<String> {
    let there = format!("return window.answers[{slot}]");
    window.until("an answer came", async || Ok(window.script(&there).await?.is_string())).await?;
    Ok(window.script(&there).await?.as_str().unwrap_or_default().to_owned())
}

async fn ask(window: &Window, command: &str, request: Value) -> Result<String> {
    let slot = begin(window, command, &request).await?;
    answer(window, slot).await
}

/// Every type of request that the page's types know, by the command that takes it.
fn known() -> Result<BTreeSet<(String, String)>> {
    let mut known = BTreeSet::new();
    for (command, file) in [
        ("sign_in", "SignInRequest"),
        ("sign_up", "SignUpRequest"),
        ("session", "SessionRequest"),
        ("account", "AccountRequest"),
        ("instance", "InstanceRequest"),
        ("app", "AppRequest"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../ui/src/bridge/{file}.ts"));
        let text = fs::read_to_string(path)?;
        let types = text.split("\"type\": \"").skip(1).filter_map(|rest| rest.split('"').next());
        known.extend(types.map(|name| (command.to_owned(), name.to_owned())));
    }
    Ok(known)
}

/// A request of each type, in an order in which each can do something; those that have to be confirmed come apart.
fn requests(instance: &str, account: &Value, key: &str) -> Vec<(&'static str, Value)> {
    [requests_of_the_app(), requests_of_instances(instance, account, key)].concat()
}

fn requests_of_the_app() -> Vec<(&'static str, Value)> {
    let preferences = json!({ "theme": "dark", "language": "en", "after_sign_out": "choose", "keep_running": false,
            "notices": true, "start_at_login": false, "programs": false, "tools": false, "by_port": false, "lock_after": 5 });
    let password = Person::GRACE.password;
    vec![
        ("app", json!({ "type": "snapshot" })),
        ("app", json!({ "type": "preferences" })),
        ("app", json!({ "type": "set_preferences", "preferences": preferences })),
        ("app", json!({ "type": "speak", "locale": "en" })),
        ("app", json!({ "type": "present", "in_sight": true })),
        ("app", json!({ "type": "recheck_vault" })),
        ("app", json!({ "type": "unlock_vault", "passphrase": "Pebbles-under-the-pier-5" })),
        ("app", json!({ "type": "move_to_passphrase", "passphrase": "Pebbles-under-the-pier-5" })),
        ("app", json!({ "type": "lock_vault" })),
        ("app", json!({ "type": "unlock_vault", "passphrase": "Pebbles-under-the-pier-5" })),
        (
            "app",
            json!({ "type": "change_passphrase", "passphrase": "Pebbles-under-the-pier-5", "new_passphrase": "Ropes-on-the-quay-6" }),
        ),
        ("app", json!({ "type": "move_to_keychain" })),
        ("app", json!({ "type": "authenticators" })),
        ("app", json!({ "type": "answer_passkey_pin", "ceremony": "none", "question": 1, "pin": "135790" })),
        ("app", json!({ "type": "choose_passkey_account", "ceremony": "none", "question": 1, "account": 0 })),
        ("app", json!({ "type": "cancel_passkey", "ceremony": "none" })),
        ("app", json!({ "type": "change_passkey_pin" })),
        ("app", json!({ "type": "turn_lock_off" })),
        ("app", json!({ "type": "lock" })),
        ("app", json!({ "type": "unlock" })),
        ("app", json!({ "type": "network" })),
        ("app", json!({ "type": "set_proxy", "proxy": { "type": "direct" }, "password": password })),
        ("app", json!({ "type": "remove_authority", "fingerprint": "none" })),
        ("app", json!({ "type": "diagnostics" })),
        ("app", json!({ "type": "estimate_password", "password": password, "inputs": [] })),
        ("app", json!({ "type": "copy", "text": "a text" })),
        ("app", json!({ "type": "copy_flow_link", "flow": "none" })),
        ("app", json!({ "type": "copy_tool_lines" })),
    ]
}

fn requests_of_instances(instance: &str, account: &Value, key: &str) -> Vec<(&'static str, Value)> {
    let (address, password) = (Person::GRACE.address, Person::GRACE.password);
    let fields = json!({ "email_address": address, "password": password });
    vec![
        ("instance", json!({ "type": "inspect", "key_or_address": key })),
        ("instance", json!({ "type": "add", "publishable_key": key })),
        ("instance", json!({ "type": "rename", "instance": instance, "name": "" })),
        ("instance", json!({ "type": "move", "instance": instance, "to": 0 })),
        ("instance", json!({ "type": "picture", "instance": instance, "image_url": "https://example.com/a.png" })),
        ("instance", json!({ "type": "reload", "instance": instance })),
        ("instance", json!({ "type": "outbox", "instance": instance })),
        // There is no PIN, so none is kept.
        (
            "instance",
            json!({ "type": "set_credentials", "instance": instance, "identifier": address, "password": password, "may_choose_pin": false }),
        ),
        ("sign_in", json!({ "type": "authenticate_with_saved_password", "instance": instance })),
        ("instance", json!({ "type": "clear_credentials", "instance": instance })),
        ("instance", json!({ "type": "open_flow", "flow": "none" })),
        ("instance", json!({ "type": "trust_flow_host", "flow": "none" })),
        ("instance", json!({ "type": "paste_address", "flow": "none", "address": "https://example.com/" })),
        ("instance", json!({ "type": "cancel_flow", "flow": "none" })),
        ("session", json!({ "type": "token", "account": account })),
        ("session", json!({ "type": "touch", "account": account })),
        ("account", json!({ "type": "set_active", "account": account })),
        ("account", json!({ "type": "reload", "account": account })),
        ("account", json!({ "type": "update", "account": account, "first_name": "Ada" })),
        ("account", json!({ "type": "set_profile_image", "account": account, "file": "bm8gcGljdHVyZQ==" })),
        ("account", json!({ "type": "remove_profile_image", "account": account })),
        ("account", json!({ "type": "active_sessions", "account": account })),
        ("account", json!({ "type": "create_email_address", "account": account, "email_address": "a@example.org" })),
        (
            "account",
            json!({ "type": "prepare_email_address", "account": account, "email_address_id": "idn_1", "strategy": "email_code" }),
        ),
        (
            "account",
            json!({ "type": "attempt_email_address", "account": account, "email_address_id": "idn_1", "code": "000000" }),
        ),
        ("account", json!({ "type": "destroy_email_address", "account": account, "email_address_id": "idn_1" })),
        (
            "account",
            json!({ "type": "update_password", "account": account, "current_password": "no", "new_password": password, "sign_out_of_other_sessions": false }),
        ),
        ("account", json!({ "type": "remove_password", "account": account, "current_password": "no" })),
        ("account", json!({ "type": "revoke_session", "account": account, "session": "sess_1" })),
        (
            "account",
            json!({ "type": "create_external_account", "account": account, "strategy": "oauth_none", "additional_scopes": [] }),
        ),
        (
            "account",
            json!({ "type": "reauthorize_external_account", "account": account, "external_account_id": "eac_1" }),
        ),
        ("sign_up", json!({ "type": "authenticate_with_redirect", "instance": instance, "strategy": "oauth_none" })),
        ("sign_in", json!({ "type": "authenticate_with_redirect", "instance": instance, "strategy": "oauth_none" })),
        ("sign_up", json!({ "type": "create", "instance": instance, "fields": fields })),
        ("sign_up", json!({ "type": "update", "instance": instance, "fields": fields })),
        ("sign_up", json!({ "type": "prepare_verification", "instance": instance, "strategy": "email_code" })),
        (
            "sign_up",
            json!({ "type": "attempt_verification", "instance": instance, "strategy": "email_code", "code": "000000" }),
        ),
        ("sign_up", json!({ "type": "reload", "instance": instance })),
        ("sign_up", json!({ "type": "join_waitlist", "instance": instance, "email_address": address })),
        ("sign_in", json!({ "type": "create", "instance": instance, "identifier": Person::ADA.address })),
        ("sign_in", json!({ "type": "prepare_first_factor", "instance": instance, "strategy": "email_code" })),
        (
            "sign_in",
            json!({ "type": "attempt_first_factor", "instance": instance, "strategy": "password", "password": "no" }),
        ),
        ("sign_in", json!({ "type": "reset_password", "instance": instance, "password": password })),
        ("sign_in", json!({ "type": "reload", "instance": instance })),
        ("instance", json!({ "type": "leave_attempt", "instance": instance })),
        ("instance", json!({ "type": "remove", "instance": instance })),
    ]
}

/// The same for phone numbers, second factors and fresh proofs.
fn requests_of_second_factors(instance: &str, account: &Value) -> Vec<(&'static str, Value)> {
    let of_account = |kind: &str, more: Value| {
        let mut request = json!({ "type": kind, "account": account });
        if let (Value::Object(all), Value::Object(more)) = (&mut request, more) {
            all.extend(more);
        }
        request
    };
    let number = "idn_1";
    let (by_text, by_app) = (json!({ "strategy": "phone_code" }), json!({ "strategy": "totp", "code": "000000" }));
    let renamed = json!({ "passkey_id": number, "name": "Pier" });
    let by_password = json!({ "strategy": "password", "password": "no" });
    vec![
        ("account", of_account("create_phone_number", json!({ "phone_number": "+12015550123" }))),
        ("account", of_account("prepare_phone_number", json!({ "phone_number_id": number, "strategy": "phone_code" }))),
        ("account", of_account("attempt_phone_number", json!({ "phone_number_id": number, "code": "000000" }))),
        (
            "account",
            of_account("update_phone_number", json!({ "phone_number_id": number, "reserved_for_second_factor": true })),
        ),
        ("account", of_account("destroy_phone_number", json!({ "phone_number_id": number }))),
        ("account", of_account("create_totp", json!({}))),
        ("account", of_account("verify_totp", json!({ "code": "000000" }))),
        ("account", of_account("disable_totp", json!({}))),
        ("account", of_account("create_backup_code", json!({}))),
        // None is plugged in, and none is made in the keychain, which would ask.
        ("account", of_account("create_passkey", json!({ "authenticator": "windows" }))),
        ("account", of_account("update_passkey", renamed)),
        (
            "sign_in",
            json!({ "type": "authenticate_with_passkey", "instance": instance, "authenticator": "windows", "discoverable": true }),
        ),
        ("session", of_account("start_verification", json!({ "level": "first_factor" }))),
        ("session", of_account("verify_with_passkey", json!({ "authenticator": "windows" }))),
        ("session", of_account("prepare_first_factor_verification", json!({ "strategy": "email_code" }))),
        ("session", of_account("attempt_first_factor_verification", by_password)),
        ("session", of_account("prepare_second_factor_verification", by_text)),
        ("session", of_account("attempt_second_factor_verification", by_app)),
        ("sign_in", json!({ "type": "prepare_second_factor", "instance": instance, "strategy": "phone_code" })),
        (
            "sign_in",
            json!({ "type": "attempt_second_factor", "instance": instance, "strategy": "totp", "code": "000000" }),
        ),
    ]
}

/// What has to be confirmed, with the title of the question.
fn questions(account: &Value) -> Vec<(Value, String)> {
    let address = Person::ADA.address;
    vec![
        (json!({ "type": "delete", "account": account }), format!("Delete the account {address}?")),
        (
            json!({ "type": "destroy_external_account", "account": account, "external_account_id": "eac_1" }),
            "Disconnect eac_1?".to_owned(),
        ),
        (
            json!({ "type": "delete_passkey", "account": account, "passkey_id": "idn_1" }),
            "Delete the passkey idn_1?".to_owned(),
        ),
        (json!({ "type": "sign_out_all" }), "Sign 1 account out?".to_owned()),
        (json!({ "type": "sign_out_everywhere", "account": account }), format!("Sign {address} out everywhere?")),
    ]
}

/// What an answer holds of what the keychain holds.
fn leaks(what: &str, text: &str, kept: &[Item]) -> Vec<String> {
    let found = kept.iter().flat_map(|item| in_text(text, &item.secret));
    found.map(|spelling| format!("{what}: {spelling}")).collect()
}

/// The name of what goes on with an authenticator; null where nothing does.
async fn ceremony(window: &Window) -> Result<Value> {
    let state: Value = serde_json::from_str(&ask(window, "app", json!({ "type": "snapshot" })).await?)?;
    Ok(state["done"]["passkeys"]["ceremony"]["id"].clone())
}

#[tokio::test]
async fn sec_94_no_command_answers_with_what_keeps_people_signed_in() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    let state: Value = serde_json::from_str(&ask(&window, "app", json!({ "type": "snapshot" })).await?)?;
    let account = state["done"]["active"].clone();
    let instance = account["instance"].as_str().context("somebody is signed in")?;
    let key = state["done"]["instances"][0]["publishable_key"].as_str().context("the instance has a key")?;
    let kept = desktop.keychain_items()?;
    assert!(kept.len() >= 3, "a client token, the key of the cache, the key of the instance");

    let mut asked = BTreeSet::new();
    let mut leaked = Vec::new();
    let (mut done, mut tokens) = (0, 0);
    let mut judge = |command: &str, request: &Value, text: &str| {
        let what = request["type"].as_str().unwrap_or_default().to_owned();
        leaked.extend(leaks(&what, text, &kept));
        done += usize::from(text.starts_with("{\"done\""));
        // A JWT travels where the session token was asked for, and nowhere else.
        if text.contains("eyJ") {
            tokens += 1;
            assert_eq!(what, "token", "{command}");
        }
        asked.insert((command.to_owned(), what));
    };
    let second = requests_of_second_factors(instance, &account);
    for (command, request) in second.into_iter().chain(requests(instance, &account, key)) {
        judge(command, &request, &ask(&window, command, request.clone()).await?);
    }
    // The page asks for what cannot be taken back; the person sends the system's question away.
    for (request, title) in questions(&account) {
        let slot = begin(&window, "account", &request).await?;
        desktop.answer_question(&title, false)?;
        let text = answer(&window, slot).await?;
        assert!(text.contains("not_confirmed"), "{text}");
        judge("account", &request, &text);
    }
    // Nor does the page pick a file.
    let request = json!({ "type": "add_authorities" });
    let slot = begin(&window, "app", &request).await?;
    desktop.answer_question("Choose a CA file", false)?;
    judge("app", &request, &answer(&window, slot).await?);
    let request = json!({ "type": "forget_device_passkeys" });
    let slot = begin(&window, "app", &request).await?;
    desktop.answer_question("Remove what verifies you on this device, and all that it protects?", false)?;
    judge("app", &request, &answer(&window, slot).await?);
    // Turning the lock on asks for a PIN; nobody chooses one.
    let request = json!({ "type": "turn_lock_on" });
    let slot = begin(&window, "app", &request).await?;
    window.until("a PIN is asked for", async || Ok(ceremony(&window).await?.is_string())).await?;
    let cancel = json!({ "type": "cancel_passkey", "ceremony": ceremony(&window).await? });
    judge("app", &cancel, &ask(&window, "app", cancel.clone()).await?);
    judge("app", &request, &answer(&window, slot).await?);
    let request = json!({ "type": "leave_locked" });
    let slot = begin(&window, "app", &request).await?;
    desktop.answer_question("Sign out of everything?", false)?;
    judge("app", &request, &answer(&window, slot).await?);
    let request = json!({ "type": "save_backup_codes", "text": "codes" });
    let slot = begin(&window, "app", &request).await?;
    desktop.answer_question("Save backup codes", false)?;
    judge("app", &request, &answer(&window, slot).await?);
    account_of(&window, Person::ADA).await?;
    for (command, request) in [
        ("session", json!({ "type": "end", "account": account })),
        ("session", json!({ "type": "remove", "account": account })),
        ("account", json!({ "type": "sign_out", "instance": instance })),
    ] {
        judge(command, &request, &ask(&window, command, request.clone()).await?);
    }
    assert_eq!(leaked, Vec::<String>::new());
    assert_eq!(asked, known()?, "every type of request was asked");
    assert!(done > 20 && tokens == 1, "{done} were done, {tokens} answered with a token");

    // Nor does the page keep anything of it.
    let stored = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])";
    assert_eq!(window.script(stored).await?, "[{},{},\"\"]");
    Ok(())
}

#[tokio::test]
async fn sec_97_the_page_leads_nowhere_else_and_fetches_nothing() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    for address in ["https://example.com/", "http://127.0.0.1:1/", "file:///etc/passwd", "data:text/html,gone"] {
        window.script(&format!("location.href = '{address}'")).await?;
        assert!(window.script(&format!("return window.open('{address}') === null")).await? == true, "{address}");
    }
    // Each of these would be refused by nobody but the page's own policy.
    let attempts = "window.tried = null; const script = document.createElement('script'); \
        script.textContent = 'window.ran = true'; document.head.append(script); \
        Promise.allSettled([fetch('https://example.com/'), fetch('http://127.0.0.1:1/'), \
        Promise.resolve().then(() => new Function('return 1')())]) \
        .then((all) => { window.tried = all.map(({ status }) => status).join(); });";
    window.script(attempts).await?;
    window.until("everything was tried", async || Ok(window.script("return window.tried").await?.is_string())).await?;
    assert_eq!(window.script("return window.tried").await?, "rejected,rejected,rejected");
    assert_eq!(window.script("return window.ran ?? null").await?, Value::Null, "no inline script runs");
    assert_eq!(window.script("return location.origin").await?, "tauri://localhost");
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    Ok(())
}

#[tokio::test]
async fn what_is_confirmed_is_done() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Sign out everywhere").await?;
    desktop.answer_question("Sign ada@example.com out everywhere?", false)?;
    window.reads("This was not confirmed, so nothing was done.").await?;
    window.press("Sign out everywhere").await?;
    desktop.answer_question("Sign ada@example.com out everywhere?", true)?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    Ok(())
}
