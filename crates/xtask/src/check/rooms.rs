//! The rule of the rooms: which of our packages may know which.
//!
//! The same arrows as in `docs/architecture.md`. A package that has no line here fails, so that a new room begins with
//! a decision.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::project::Project;

/// What a package may know of ours, tests included.
const ARROWS: &[(&str, &[&str])] = &[
    ("frontdesk-wire", &[]),
    ("frontdesk-identity", &[]),
    ("frontdesk-platform", &[]),
    ("frontdesk-vault", &[]),
    ("frontdesk-handoff", &[]),
    ("frontdesk-authenticator", &["frontdesk-vault"]),
    ("frontdesk-store", &["frontdesk-identity"]),
    ("frontdesk-server", &["frontdesk-wire", "frontdesk-identity", "frontdesk-platform", "frontdesk-store"]),
    ("frontdesk-accounts", &["frontdesk-wire", "frontdesk-vault", "frontdesk-handoff", "frontdesk-authenticator"]),
    (
        "frontdesk",
        &["frontdesk-accounts", "frontdesk-platform", "frontdesk-server", "frontdesk-vault", "frontdesk-wire"],
    ),
    (
        "frontdesk-e2e",
        &[
            "frontdesk-accounts",
            "frontdesk-authenticator",
            "frontdesk-server",
            "frontdesk-store",
            "frontdesk-vault",
            "frontdesk-wire",
        ],
    ),
    ("frontdesk-bench", &["frontdesk-e2e", "frontdesk-store"]),
    ("frontdesk-bare-window", &[]),
    ("frontdesk-example-axum-api", &[]),
    ("xtask", &[]),
];

/// Fails on an arrow that is not drawn.
pub(crate) fn check(project: &Project) -> Result<()> {
    let wrong = wrong_arrows(&project.metadata);
    if !wrong.is_empty() {
        bail!("the rule of the rooms (docs/architecture.md) is broken:\n  {}", wrong.join("\n  "));
    }
    println!("the rule of the rooms holds");
    Ok(())
}

/// A sentence for each dependency of a package of ours on another that is not drawn.
fn wrong_arrows(metadata: &Value) -> Vec<String> {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = arrows.get(name) else {
            wrong.push(format!(
                "{name} has no line in crates/xtask/src/check/rooms.rs: say there which rooms it may know"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let known = dependency["name"].as_str().unwrap_or_default();
            // Ours are those that lie in the checkout. A package may test itself with more features than it has.
            if dependency["path"].is_string() && known != name && !allowed.contains(&known) {
                wrong.push(format!("{name} depends on {known}, and no arrow leads there"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::wrong_arrows;

    fn metadata(package: &str, dependency: &str) -> serde_json::Value {
        json!({ "packages": [{ "name": package, "dependencies": [
            { "name": dependency, "path": "/anywhere" },
            { "name": "serde", "path": null },
        ] }] })
    }

    #[test]
    fn drawn_arrows_pass_and_others_are_named() {
        assert!(wrong_arrows(&metadata("frontdesk-store", "frontdesk-identity")).is_empty());
        let wrong = wrong_arrows(&metadata("frontdesk-accounts", "frontdesk-server"));
        assert_eq!(wrong, ["frontdesk-accounts depends on frontdesk-server, and no arrow leads there"]);
    }

    #[test]
    fn a_room_without_a_line_is_refused() {
        assert_eq!(wrong_arrows(&metadata("frontdesk-cellar", "frontdesk-wire")).len(), 1);
    }
}
