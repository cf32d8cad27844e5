//! What the packages for Linux say that the app needs, against what it is linked with, and what no package has.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use serde_json::Value;

/// What comes with the packages that Tauri names by itself: GTK 3, WebKitGTK 4.1, and what every system has.
const COMES_ALONG: [&str; 17] = [
    "ld-linux",
    "libc.so",
    "libm.so",
    "libgcc_s",
    "libgdk-3",
    "libgtk-3",
    "libgdk_pixbuf-2.0",
    "libcairo",
    "libpango",
    "libatk-1.0",
    "libglib-2.0",
    "libgobject-2.0",
    "libgio-2.0",
    "libgmodule-2.0",
    "libsoup-3.0",
    "libwebkit2gtk-4.1",
    "libjavascriptcoregtk-4.1",
];

/// Every other library, and the package of Debian that has it; packages for RPM name the library itself.
const OTHERS: [(&str, &str); 2] = [("libdbus-1.so.3", "libdbus-1-3"), ("libudev.so.1", "libudev1")];

#[test]
fn packages_name_every_library_that_nothing_else_brings() {
    let said = Command::new("readelf").args(["--dynamic", env!("CARGO_BIN_EXE_frontdesk")]).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let said = String::from_utf8(said.stdout).unwrap();
    let linked = said.lines().filter(|line| line.contains("(NEEDED)"));
    let linked = linked.map(|line| line.split(['[', ']']).nth(1).unwrap());
    let others: BTreeSet<&str> =
        linked.filter(|library| !COMES_ALONG.iter().any(|known| library.starts_with(known))).collect();
    assert_eq!(others, OTHERS.map(|(library, _)| library).into());

    let config = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json")).unwrap();
    let config: Value = serde_json::from_str(&config).unwrap();
    let named = |kind: &str| -> BTreeSet<String> {
        let named = config["bundle"]["linux"][kind]["depends"].as_array().unwrap();
        named.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named("deb"), OTHERS.map(|(_, package)| package.to_owned()).into());
    assert_eq!(named("rpm"), OTHERS.map(|(library, _)| format!("{library}()(64bit)")).into());
}

/// The feature that no package has, and what only its tests need.
const EXPERIMENTAL: [&str; 2] = ["phone", "phone-peer"];

/// Whether a feature, or the feature of a dependency, is experimental.
fn is_experimental(feature: &str) -> bool {
    EXPERIMENTAL.contains(&feature.rsplit('/').next().unwrap())
}

/// Everything that a feature of a package turns on.
fn turned_on(package: &Value, feature: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut next = vec![feature.to_owned()];
    while let Some(feature) = next.pop() {
        let more = package["features"][&feature].as_array().into_iter().flatten();
        next.extend(more.map(|one| one.as_str().unwrap().to_owned()).filter(|one| all.insert(one.clone())));
    }
    all
}

#[test]
fn nothing_that_is_experimental_is_turned_on_by_default() {
    let mut metadata = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    metadata.args(["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"]);
    let said = metadata.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    let mut able = BTreeSet::new();
    for package in said["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let by_default = turned_on(package, "default");
        assert!(!by_default.iter().any(|feature| is_experimental(feature)), "{name}: {by_default:?}");
        for dependency in package["dependencies"].as_array().unwrap() {
            let features = dependency["features"].as_array().unwrap();
            let features: Vec<&str> = features.iter().map(|feature| feature.as_str().unwrap()).collect();
            assert!(!features.iter().any(|feature| is_experimental(feature)), "{name}: {dependency}");
        }
        if package["features"]["phone"].is_array() {
            able.insert(name);
        }
    }
    // Those that could: it is their feature alone that decides.
    assert_eq!(able, BTreeSet::from(["frontdesk", "frontdesk-accounts", "frontdesk-authenticator"]));
    let config = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json")).unwrap();
    let config: Value = serde_json::from_str(&config).unwrap();
    assert!(config["build"]["features"].is_null(), "what packages are built with");
}

#[cfg(not(feature = "phone"))]
#[test]
fn the_app_knows_no_servers_of_phones() {
    let holds = |text: &str| {
        let mut grep = Command::new("grep");
        let said = grep.args(["--quiet", "--text", "--fixed-strings", text, env!("CARGO_BIN_EXE_frontdesk")]).status();
        match said.unwrap().code() {
            Some(0) => true,
            Some(1) => false,
            code => panic!("grep ended with {code:?}"),
        }
    };
    assert!(holds("authenticatorAttachment"), "it is looked for where it would be");
    for server in ["cable.ua5v.com", "cable.auth.com"] {
        assert!(!holds(server), "{server}");
    }
}
