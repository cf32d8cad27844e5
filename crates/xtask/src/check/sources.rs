//! Rules of the sources that no compiler knows.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    programs::{output, succeeds},
    project::Project,
};

/// Longest a source file may be, tests aside.
const LINES: usize = 800;
/// Folders that hold what is made or fetched.
const MADE: &[&str] = &[".git", "target", "node_modules", "dist", "gen"];
/// Endings of sources.
const SOURCES: &[&str] = &["rs", "ts", "tsx", "js", "mjs", "css", "html", "sql", "sh"];
/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] =
    &[concat!("/", "root/"), concat!("/", "home/"), concat!("/", "Users/"), concat!("C:\\", "Users")];

/// Fails on the first kind of rule that is broken, and names every place.
pub(crate) fn check(project: &Project) -> Result<()> {
    let files = files(&project.root)?;
    let mut wrong = Vec::new();
    for relative in &files {
        let path = project.path(relative);
        // Pictures and the like are no text.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        wrong.extend(complaints(relative, &text));
        if is_shell_script(relative, &text) && !succeeds(Command::new("bash").arg("-n").arg(&path)) {
            wrong.push(format!("{}: bash cannot read it", relative.display()));
        }
    }
    if !wrong.is_empty() {
        bail!("rules of the sources are broken:\n  {}", wrong.join("\n  "));
    }
    println!("the rules of the sources hold in {} files", files.len());
    Ok(())
}

/// What is wrong with one file, in sentences.
fn complaints(file: &Path, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_source = SOURCES.contains(&ending);
    let mut say = |line: Option<usize>, what: &str| {
        let line = line.map(|number| format!(":{}", number + 1)).unwrap_or_default();
        wrong.push(format!("{}{line}: {what}", file.display()));
    };
    let length = text.lines().count();
    if is_source && length > LINES && !is_test(file) {
        say(None, &format!("{length} lines; a file has at most {LINES}"));
    }
    let locked = file.ends_with("package-lock.json") || file.ends_with("Cargo.lock");
    for (number, line) in text.lines().enumerate() {
        if !locked && MACHINE_PATHS.iter().any(|path| line.contains(path)) {
            say(Some(number), "names a path of one machine");
        }
        if file.ends_with("Cargo.toml") && line.starts_with("sqlx") && !speaks_sql(file) {
            say(Some(number), "only the store speaks SQL");
        }
        if is_source && let Some(other) = other_feature(file, line) {
            say(Some(number), &format!("a feature of the interface knows no other one, and this imports {other}"));
        }
    }
    if is_shell_script(file, text) && !text.contains("set -euo pipefail") {
        say(None, "a script stops at its first error: set -euo pipefail");
    }
    wrong
}

/// The other feature that a line of a feature's file imports.
fn other_feature<'a>(file: &Path, line: &'a str) -> Option<&'a str> {
    let own = file.strip_prefix("ui/src/features").ok()?.components().next()?;
    let (_, after) = line.split_once("from \"")?;
    let inside = after.split_once("features/").map(|(_, rest)| rest);
    // One step up from a feature's folder is the folder of all features.
    let beside = after.strip_prefix("../").filter(|rest| !rest.starts_with("../"));
    let name = inside.or(beside)?.split(['/', '"']).next()?;
    (Path::new(name).components().next() != Some(own)).then_some(name)
}

/// The store's package, and the workspace that names the version.
fn speaks_sql(file: &Path) -> bool {
    file.starts_with("crates/store") || file == Path::new("Cargo.toml")
}

fn is_test(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.components().any(|part| part.as_os_str() == "tests") || name == "tests.rs" || name.contains(".test.")
}

fn is_shell_script(file: &Path, text: &str) -> bool {
    file.extension().is_some_and(|ending| ending == "sh") || (text.starts_with("#!") && first_line(text).contains("sh"))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Every file that belongs to the project: those git knows or would take; in a copy without git, those of all folders.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let mut files = match output(&mut git) {
        Ok(listed) => listed.lines().map(PathBuf::from).collect(),
        Err(_) => walked(root, Path::new(""))?,
    };
    files.retain(|file| !file.components().any(|part| MADE.iter().any(|made| part.as_os_str() == *made)));
    files.sort();
    Ok(files)
}

fn walked(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let here = root.join(folder);
    for entry in fs::read_dir(&here).with_context(|| format!("read {}", here.display()))? {
        let entry = entry?;
        let relative = folder.join(entry.file_name());
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files.extend(walked(root, &relative)?);
        } else {
            files.push(relative);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::complaints;

    fn of(file: &str, text: &str) -> Vec<String> {
        complaints(Path::new(file), text)
    }

    #[test]
    fn long_files_are_named_unless_they_are_tests() {
        let long = "x\n".repeat(801);
        assert_eq!(of("crates/wire/src/lib.rs", &long), ["crates/wire/src/lib.rs: 801 lines; a file has at most 800"]);
        assert!(of("crates/wire/src/key/tests.rs", &long).is_empty());
        assert!(of("tests/tests/window/main.rs", &long).is_empty());
        assert!(of("ui/package-lock.json", &long).is_empty());
    }

    #[test]
    fn machine_paths_are_named_with_their_line() {
        let path = ["/ho", "me/someone"].concat();
        assert_eq!(of("README.md", &format!("one\n{path}\n")), ["README.md:2: names a path of one machine"]);
        assert!(of("README.md", "~/one and ./home\n").is_empty());
    }

    #[test]
    fn only_the_store_speaks_sql() {
        assert_eq!(of("crates/server/Cargo.toml", "sqlx.workspace = true").len(), 1);
        assert!(of("crates/store/Cargo.toml", "sqlx.workspace = true").is_empty());
        assert!(of("Cargo.toml", "sqlx = \"0.9\"").is_empty());
    }

    #[test]
    fn features_know_no_other_feature() {
        let file = "ui/src/features/sign-in/SignInScreen.tsx";
        assert_eq!(of(file, "import { a } from \"../sign-up/machine\";").len(), 1);
        assert_eq!(of(file, "import { a } from \"../../features/sign-up/machine\";").len(), 1);
        assert!(of(file, "import { a } from \"./machine\";").is_empty());
        assert!(of(file, "import { a } from \"../../app/action\";").is_empty());
    }

    #[test]
    fn scripts_stop_at_their_first_error() {
        assert_eq!(of(".ci/run", "#!/usr/bin/env bash\ncargo xtask test\n").len(), 1);
        assert!(of(".ci/run", "#!/usr/bin/env bash\nset -euo pipefail\ncargo xtask test\n").is_empty());
    }
}
