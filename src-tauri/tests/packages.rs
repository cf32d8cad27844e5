//! What the packages for Linux say that the app needs, against what it is linked with.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{collections::BTreeSet, fs, path::Path, process::Command};

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
