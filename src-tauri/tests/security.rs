//! What the window may do is written in two files, the configuration and the capability. Both are compared with what
//! the code uses, so that neither grows by habit.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "../command_names.rs"]
mod command_names;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

fn shell() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn config() -> Value {
    json(&shell().join("tauri.conf.json"))
}

/// Every file of the window's source that runs in the window, by its text.
fn ui_sources() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![shell().join("../ui/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if matches!(name.rsplit('.').next(), Some("ts" | "tsx")) && !name.contains(".test.") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(found.len() > 40, "the window's sources are found");
    found
}

/// What stands between each `before` and the next `after`.
fn between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

#[test]
fn sec_98_the_window_calls_the_commands_that_there_are() {
    let declared: BTreeSet<String> = command_names::COMMANDS.map(str::to_owned).into();
    let called: BTreeSet<String> = ui_sources()
        .iter()
        .flat_map(|text| between(text, "invoke(\"", '"').into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(called, declared);
    let source = fs::read_to_string(shell().join("src/shell.rs")).unwrap();
    let listed = between(&source, "generate_handler![", ']').concat();
    let handled: BTreeSet<String> =
        listed.split(',').map(|path| path.trim().trim_start_matches("commands::").to_owned()).collect();
    assert_eq!(handled, declared);
}

#[test]
fn sec_98_the_capability_lists_what_is_used_and_nothing_else() {
    let mut used: BTreeSet<String> =
        command_names::COMMANDS.map(|command| format!("allow-{}", command.replace('_', "-"))).into();
    // Every module of Tauri that the window imports, with the permissions it needs.
    for text in ui_sources() {
        for module in between(&text, "from \"@tauri-apps/", '"') {
            match module {
                // Calls of commands are what the permissions above are for.
                "api/core" => {}
                "api/event" => {
                    let names = between(&text, "import { ", '}').concat();
                    assert!(names.contains("listen") && !names.contains("emit"), "{names}");
                    used.extend(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()]);
                }
                other => panic!("the window uses {other}: say here which permissions that needs"),
            }
        }
    }

    let files: Vec<PathBuf> =
        fs::read_dir(shell().join("capabilities")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files, [shell().join("capabilities/main.json")]);
    let capability = json(&files[0]);
    let listed: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(listed.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>(), used);
    assert_eq!(listed.len(), used.len(), "each once");
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    for absent in ["remote", "webviews", "platforms", "local"] {
        assert!(capability.get(absent).is_none(), "{absent}");
    }
    assert_eq!(config()["app"]["security"]["capabilities"], serde_json::json!(["main"]));
}

#[test]
fn sec_97_the_page_gets_nothing_from_elsewhere_and_runs_nothing_inline() {
    let config = config();
    let security = &config["app"]["security"];
    let policy = security["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    for directive in ["script-src", "style-src", "font-src", "img-src"] {
        assert_eq!(policy[directive], "'self'", "{directive}");
    }
    for directive in ["base-uri", "form-action", "frame-ancestors", "object-src"] {
        assert_eq!(policy[directive], "'none'", "{directive}");
    }
    // The two spellings of the way to Rust; the second is what Windows knows it by, and leads nowhere else.
    assert_eq!(policy["connect-src"], "ipc: http://ipc.localhost");
    for (directive, sources) in policy {
        for source in sources.as_str().unwrap().split(' ') {
            let known = ["'none'", "'self'", "ipc:", "http://ipc.localhost"].contains(&source);
            assert!(known, "{directive} allows {source}");
        }
    }
    assert_eq!(security["freezePrototype"], true);
    for absent in ["devCsp", "dangerousDisableAssetCspModification", "assetProtocol", "dangerousRemoteDomainIpcAccess"]
    {
        assert!(security.get(absent).is_none(), "{absent}");
    }
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(config["build"], serde_json::json!({ "frontendDist": "../ui/dist" }), "the pages are the embedded ones");
}

#[test]
fn sec_97_release_builds_have_no_developer_tools() {
    let manifest = fs::read_to_string(shell().join("../Cargo.toml")).unwrap();
    let tauri = manifest.lines().find(|line| line.starts_with("tauri = ")).unwrap();
    assert_eq!(
        tauri, "tauri = { version = \"2.12\", features = [\"custom-protocol\", \"tray-icon\"] }",
        "no `devtools` feature"
    );
    for window in config()["app"]["windows"].as_array().unwrap() {
        assert!(window.get("devtools").is_none(), "on in debug builds, off in release builds");
    }
}

/// Application identifier and, later, scheme of links are one constant in one file.
#[test]
fn sec_6_the_identifier_is_spelled_once() {
    let identifier = config()["identifier"].as_str().unwrap().to_owned();
    let last = identifier.split('.').next_back();
    assert!(identifier.split('.').count() >= 3 && !matches!(last, Some("app" | "desktop")), "{identifier}");
    let root = shell().join("..");
    let mut folders: Vec<PathBuf> =
        ["src-tauri", "crates", "ui/src", "tests", "docs", ".ci"].map(|name| root.join(name)).into();
    let mut spelled = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                // Made by builds and package managers; `gen` and `permissions` repeat the configuration.
                if !["target", "node_modules", "gen", "permissions"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path)
                && text.contains(&identifier)
            {
                spelled.push(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    assert_eq!(spelled, [Path::new("src-tauri/tauri.conf.json")]);
}
