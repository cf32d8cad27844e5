//! `frontdesk token`: a program of the same person gets a token, if the person lets it, and nothing else.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::{Context, Result, ensure};
use frontdesk_e2e::{
    shipped::{names_a_secret, secrets_in},
    window::{Desktop, Keychain, Person, Role, account_of, program, sign_up},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;

const TOKEN: [&str; 3] = ["token", "--account", Person::ADA.address];

/// Nothing on standard output, this code, and a sentence with this in it.
fn refused(output: &Output, code: i32, says: &str) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(code) && output.stdout.is_empty(), "{output:?}");
    ensure!(said.contains(says) && said.trim().lines().count() == 1, "{said}");
    Ok(())
}

/// The claims, signed by the instance inside the app as its published keys say.
async fn verified(desktop: &Desktop, token: &str) -> Result<Value> {
    let door = reqwest::Client::builder().no_proxy().unix_socket(desktop.door()?.join("instance.sock")).build()?;
    let keys: JwkSet = door.get("http://instance/.well-known/jwks.json").send().await?.json().await?;
    let name = decode_header(token)?.kid.context("a token names its key")?;
    let key = DecodingKey::from_jwk(keys.find(&name).context("the key is published")?)?;
    Ok(decode(token, &key, &Validation::new(Algorithm::RS256))?.claims)
}

#[tokio::test]
async fn sec_109_two_first_starts_at_once_are_one_app() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let mut both = [desktop.begin()?, desktop.begin()?];
    desktop.until("one of the two has ended", || {
        both.iter_mut().any(|app| app.try_wait().is_ok_and(|ended| ended.is_some_and(|status| status.success())))
    })?;
    let list = desktop.data()?.join("instances.json");
    desktop.until("the app has written its list", || list.exists())?;
    let list: Value = serde_json::from_slice(&std::fs::read(list)?)?;
    let local = list["instances"].as_array().context("a list")?.iter().filter(|listed| listed["local"] == true).count();
    ensure!(local == 1 && desktop.apps().len() == 1, "{list}");
    for app in &mut both {
        let _ended = app.kill();
        app.wait()?;
    }
    Ok(())
}

#[tokio::test]
async fn a_program_gets_a_token_once_the_person_allows_it() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    refused(&desktop.run(&TOKEN)?, 3, "Frontdesk does not run")?;
    ensure!(desktop.apps().is_empty(), "asking starts nothing");

    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    refused(&desktop.run(&TOKEN)?, 4, "Allow it in Frontdesk: Settings, Programs on this computer.")?;

    window.press("Settings").await?;
    let question = "Let programs ask for session tokens?";
    window.choose("Let programs ask for session tokens").await?;
    desktop.answer_question(question, false)?;
    window.reads("This was not confirmed, so nothing was done.").await?;
    refused(&desktop.run(&TOKEN)?, 4, "Programs may not ask")?;
    window.choose("Let programs ask for session tokens").await?;
    desktop.answer_question(question, true)?;
    desktop.until("programs may ask", || desktop.run(&TOKEN).is_ok_and(|output| output.status.success()))?;

    let output = desktop.run(&TOKEN)?;
    ensure!(output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout)?;
    let token = text.strip_suffix('\n').context("a token and the end of its line")?;
    let claims = verified(&desktop, token).await?;
    ensure!(claims["sid"].as_str().is_some_and(|session| session.starts_with("sess_")), "{claims}");
    // By the id of its user as well.
    let user = claims["sub"].as_str().context("a token is somebody's")?;
    ensure!(desktop.run(&["token", "--account", user])?.stdout == text.as_bytes(), "the same while it lasts");
    refused(&desktop.run(&["token", "--account", "grace@example.com"])?, 5, "No account in Frontdesk is called")?;
    ensure!(desktop.run(&["token"])?.status.code() == Some(2));

    // It stays allowed, and the app asks nobody when it is taken back.
    window.quit().await?;
    refused(&desktop.run(&TOKEN)?, 3, "Frontdesk does not run")?;
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    desktop.until("a token came", || desktop.run(&TOKEN).is_ok_and(|output| output.status.success()))?;
    window.press("Settings").await?;
    window.choose("Let programs ask for session tokens").await?;
    desktop.until("programs may not ask any more", || desktop.run(&TOKEN).is_ok_and(|it| it.status.code() == Some(4)))
}

#[tokio::test]
async fn a_second_start_without_a_bus_shows_the_window_that_is_there() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    let status = desktop.start_again_without_bus()?;
    ensure!(status.success(), "the second process hands over and ends: {status}");
    ensure!(desktop.apps() == [window.process]);
    ensure!(window.has(Role::Heading, "Welcome to Frontdesk").await?);
    Ok(())
}

/// What a build may put into an installer by, besides the program itself: words, and files that are looked at here.
const KNOWN: [&str; 9] =
    ["active", "category", "deb", "desktopTemplate", "icon", "license", "linux", "rpm", "shortDescription"];

/// The files that installers hold besides the program, as the bundle names them.
fn packed(bundle: &Value, files: &mut Vec<PathBuf>) -> Result<()> {
    let shell = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri");
    for (key, value) in bundle.as_object().context("a bundle is an object")? {
        match value {
            // The names of kinds of installers, and of what others bring.
            Value::Array(_) if key == "targets" || key == "depends" => {}
            _ if !KNOWN.contains(&key.as_str()) => anyhow::bail!("installers hold what nobody looks at: {key}"),
            Value::Object(_) => packed(value, files)?,
            Value::Array(names) => files.extend(names.iter().filter_map(Value::as_str).map(|name| shell.join(name))),
            Value::String(name) if key == "desktopTemplate" => files.push(shell.join(name)),
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn sec_15_installers_hold_nothing_besides_that_nobody_looked_at() -> Result<()> {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/tauri.conf.json");
    let config: Value = serde_json::from_slice(&std::fs::read(config)?)?;
    let mut files = Vec::new();
    packed(&config["bundle"], &mut files)?;
    ensure!(files.len() > 2, "there are icons and an entry for the desktop: {files:?}");
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        ensure!(secrets_in(&bytes).is_empty(), "{} holds {:?}", file.display(), secrets_in(&bytes));
    }
    let more = serde_json::json!({ "linux": { "deb": { "files": { "/etc/frontdesk.toml": "mine.toml" } } } });
    ensure!(packed(&more, &mut Vec::new()).is_err(), "what is added has to be looked at");
    Ok(())
}

#[test]
fn sec_15_what_is_shipped_holds_no_secret_that_everybody_would_have() -> Result<()> {
    let app = program()?;
    let server = app.with_file_name("frontdesk-server");
    for program in [&app, &server] {
        let bytes = std::fs::read(program).with_context(|| format!("read {}", program.display()))?;
        // It is one that asks providers.
        let google = b"https://accounts.google.com".as_slice();
        let mut rest = bytes.as_slice();
        while !rest.starts_with(google) {
            let next = rest.iter().skip(1).position(|byte| *byte == google[0]);
            rest = next.map(|at| &rest[at + 1..]).with_context(|| format!("{} asks nobody", program.display()))?;
        }
        ensure!(secrets_in(&bytes).is_empty(), "{} holds {:?}", program.display(), secrets_in(&bytes));
    }
    // In the app these are packed.
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    let mut folders = vec![pages];
    let mut scripts = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path)?;
            ensure!(secrets_in(&bytes).is_empty(), "{} holds {:?}", path.display(), secrets_in(&bytes));
            ensure!(!names_a_secret(&String::from_utf8_lossy(&bytes)), "{} names one", path.display());
            scripts += u32::from(path.extension().is_some_and(|kind| kind == "js"));
        }
    }
    ensure!(scripts > 0, "the interface is built");
    Ok(())
}
