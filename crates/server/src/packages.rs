//! Scripts of Clerk's SDKs, as npm has put them into an application's `node_modules`. SDKs that load their scripts from
//! the instance get them from there, so that they need no internet.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The packages that SDKs load.
const NAMES: [&str; 2] = ["clerk-js", "ui"];
/// The folder of a package that holds scripts.
const SCRIPTS: &str = "dist";

/// The packages of a folder.
#[derive(Clone, Debug)]
pub struct Packages(Vec<Package>);

/// A package that is there.
#[derive(Clone, Debug)]
struct Package {
    name: &'static str,
    version: String,
    scripts: PathBuf,
}

#[derive(Deserialize)]
struct Manifest {
    version: String,
}

/// The folder is of no use.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} holds neither @clerk/clerk-js nor @clerk/ui: give the node_modules folder of an application into which both are \
     installed (npm install @clerk/clerk-js @clerk/ui)", .0.display()
)]
pub struct NoPackages(PathBuf);

/// Why there is no script.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoScript {
    /// It is none of the packages.
    #[error("Only scripts of @clerk/clerk-js and @clerk/ui are served here")]
    Package,
    /// It is not in the folder.
    #[error(
        "@clerk/{0} is not installed: run `npm install @clerk/{0}` in the application, then start the server again"
    )]
    Missing(&'static str),
    /// Another version is.
    #[error("@clerk/{name} {there} is installed, and {asked} was asked for: install that one")]
    Version {
        /// The package.
        name: &'static str,
        /// What is there.
        there: String,
        /// What was asked for.
        asked: String,
    },
    /// There is no such file, or it cannot be read.
    #[error("There is no such script in @clerk/{0}")]
    File(&'static str),
}

impl Packages {
    /// Looks into a `node_modules` folder.
    pub fn find(folder: &Path) -> Result<Self, NoPackages> {
        let there = NAMES.into_iter().filter_map(|name| {
            let root = folder.join("@clerk").join(name);
            let text = fs::read_to_string(root.join("package.json")).ok()?;
            let Manifest { version } = serde_json::from_str(&text).ok()?;
            Some(Package { name, version, scripts: root.join(SCRIPTS) })
        });
        let there: Vec<_> = there.collect();
        if there.is_empty() { Err(NoPackages(folder.to_owned())) } else { Ok(Self(there)) }
    }

    /// The path under which SDKs load a package's first script, if the package is there.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<String> {
        let Package { name, version, .. } = self.0.iter().find(|package| package.name == name)?;
        let file = if *name == "ui" { "ui.browser.js" } else { "clerk.browser.js" };
        Some(format!("/npm/@clerk/{name}@{version}/{SCRIPTS}/{file}"))
    }

    /// A script of a package. `package` is its name and a version, or the beginning of one: `clerk-js@6`.
    pub async fn script(&self, package: &str, file: &str) -> Result<Vec<u8>, NoScript> {
        let (asked_name, asked) = package.split_once('@').unwrap_or((package, ""));
        let name = NAMES.into_iter().find(|name| *name == asked_name).ok_or(NoScript::Package)?;
        let found = self.0.iter().find(|package| package.name == name).ok_or(NoScript::Missing(name))?;
        if !is_of(&found.version, asked) {
            let asked = asked.chars().take(40).collect();
            return Err(NoScript::Version { name, there: found.version.clone(), asked });
        }
        if !is_script(file) {
            return Err(NoScript::File(name));
        }
        tokio::fs::read(found.scripts.join(file)).await.map_err(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, package = name, "a script cannot be read");
            }
            NoScript::File(name)
        })
    }
}

/// Whether a version is the one that is asked for, or begins with it: 6.40.0 is 6.40, and 6, and whatever there is.
fn is_of(version: &str, asked: &str) -> bool {
    let rest = version.strip_prefix(asked);
    matches!(asked, "" | "latest") || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a name is that of a script, and of nothing that lies in another folder.
fn is_script(file: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    file.bytes().all(plain) && !file.starts_with('.') && Path::new(file).extension().is_some_and(|end| end == "js")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("@clerk/clerk-js/dist");
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("../package.json"), r#"{ "name": "@clerk/clerk-js", "version": "6.40.0" }"#).unwrap();
        fs::write(dist.join("../secret.js"), "outside").unwrap();
        fs::write(dist.join("clerk.browser.js"), "inside").unwrap();
        fs::write(dist.join("clerk.d.ts"), "types").unwrap();
        folder
    }

    #[tokio::test]
    async fn the_installed_version_is_served_under_every_name_it_goes_by() {
        let folder = folder();
        let packages = Packages::find(folder.path()).unwrap();
        for name in ["clerk-js@6", "clerk-js@6.40", "clerk-js@6.40.0", "clerk-js@latest", "clerk-js"] {
            assert_eq!(packages.script(name, "clerk.browser.js").await.unwrap(), b"inside", "{name}");
        }
        let other = packages.script("clerk-js@5", "clerk.browser.js").await.unwrap_err();
        assert!(other.to_string().contains("6.40.0 is installed, and 5 was asked for"), "{other}");
        assert!(packages.script("clerk-js@6.4", "clerk.browser.js").await.is_err());
        assert_eq!(packages.script("ui@1", "ui.browser.js").await.unwrap_err(), NoScript::Missing("ui"));
        assert_eq!(packages.entry("clerk-js").unwrap(), "/npm/@clerk/clerk-js@6.40.0/dist/clerk.browser.js");
        assert_eq!(packages.entry("ui"), None);
    }

    #[tokio::test]
    async fn nothing_but_scripts_of_the_packages_is_served() {
        let folder = folder();
        let packages = Packages::find(folder.path()).unwrap();
        for file in ["../secret.js", "..%2fsecret.js", "clerk.d.ts", "missing.js", ".js", "", "a/b.js", "a\\b.js"] {
            assert_eq!(packages.script("clerk-js@6", file).await.unwrap_err(), NoScript::File("clerk-js"), "{file}");
        }
        for name in ["backend@3", "../clerk-js@6", "", "@"] {
            assert_eq!(packages.script(name, "clerk.browser.js").await.unwrap_err(), NoScript::Package, "{name}");
        }
        let none = Packages::find(&folder.path().join("@clerk")).unwrap_err();
        assert!(none.to_string().contains("npm install"), "{none}");
    }
}
