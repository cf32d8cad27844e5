//! `cargo xtask check --cross`: the types of the app as Windows and macOS would compile it, on Debian.
//!
//! Debian has a Rust compiler with the source of its own standard library (`rustc-web`, kept for building browsers) and a
//! C compiler for Windows. They are unpacked into a folder of tools, so the system stays as it is and nothing needs root.
//! Nothing is linked or run: for macOS there is no C compiler, and two programs that do nothing stand in for it.
//!
//! Not part of `test`: the first run takes a quarter of an hour.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    programs::{cargo, on_path, output, run},
    project::Project,
    setup::{self, Purpose},
};

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";
/// What is asked for; what they stand on comes with them as far as it begins with one of [`OURS`].
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "gcc-mingw-w64-x86-64-posix"];
const OURS: [&str; 6] = ["rust", "libstd-rust", "libllvm", "gcc-mingw", "binutils-mingw", "mingw"];
/// The package that tells one version of the tools from another.
const COMPILER: &str = "rustc-web_";

/// Checks the types of the app for both systems.
pub(crate) fn check(project: &Project) -> Result<()> {
    if let Some(missing) = ["apt-get", "apt-cache", "dpkg"].into_iter().find(|program| !on_path(program)) {
        bail!(
            "The types for other systems can be checked on Debian and what is made from it: {missing} is not here. On \
             Windows and macOS itself, `cargo check` does it."
        );
    }
    setup::install_packages(Purpose::Build)?;
    setup::check_node()?;
    setup::install_npm_packages(project, "ui")?;
    // The app carries the interface.
    setup::build_interface(project)?;
    let tools = Tools::unpacked(&setup::cache()?.join("cross"))?;
    for target in [WINDOWS, MACOS] {
        println!("types for {target}");
        run(&mut tools.check(project, target)?)?;
    }
    Ok(())
}

/// The unpacked compilers.
struct Tools {
    root: PathBuf,
    programs: PathBuf,
}

impl Tools {
    fn unpacked(folder: &Path) -> Result<Self> {
        let tools = Self { root: folder.join("root"), programs: folder.join("bin") };
        let stamp = folder.join("unpacked");
        let wanted = wanted_packages()?;
        if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted.join("\n")) {
            println!("the compilers for other systems are there");
            return Ok(tools);
        }
        for old in [&tools.root, &tools.programs, &folder.join("packages")] {
            if old.exists() {
                fs::remove_dir_all(old)?;
            }
            fs::create_dir_all(old).with_context(|| format!("make {}", old.display()))?;
        }
        let packages = folder.join("packages");
        run(Command::new("apt-get").current_dir(&packages).args(["-q", "download"]).args(&wanted)).context(
            "The compilers for Windows and macOS could not be had. They are packages of Debian 12 (rustc-web is in its \
             security archive); `apt-get update` may make them known.",
        )?;
        let mut compiler = None;
        for entry in fs::read_dir(&packages)? {
            let package = entry?.path();
            run(Command::new("dpkg").arg("-x").arg(&package).arg(&tools.root))?;
            let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
            compiler = compiler.or_else(|| version(&name));
        }
        fs::remove_dir_all(&packages)?;
        let version = compiler.context("the package rustc-web names no version")?;
        tools.complete(&version)?;
        fs::write(&stamp, wanted.join("\n"))?;
        Ok(tools)
    }

    /// What the packages leave to be done by their installation.
    fn complete(&self, version: &str) -> Result<()> {
        let source = self.root.join("usr/lib/rustlib/src");
        fs::create_dir_all(&source)?;
        symlink(&self.root.join("usr/src").join(format!("rustc-{version}")), &source.join("rust"))?;
        symlink(
            &self.root.join("usr/bin/x86_64-w64-mingw32-gcc-posix"),
            &self.programs.join("x86_64-w64-mingw32-gcc"),
        )?;
        let usr = self.root.join("usr");
        let usr = usr.display();
        self.program(
            "rustc",
            &format!("LD_LIBRARY_PATH={usr}/lib/x86_64-linux-gnu:{usr}/lib exec {usr}/bin/rustc \"$@\""),
        )?;
        self.program("no-cc", "exit 0")?;
        let archive = "for file in \"$@\"; do case \"$file\" in *.a) printf '!<arch>\\n' > \"$file\" ;; esac; done";
        self.program("no-ar", archive)
    }

    fn program(&self, name: &str, body: &str) -> Result<()> {
        let path = self.programs.join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).with_context(|| format!("write {}", path.display()))?;
        run(Command::new("chmod").arg("+x").arg(path))
    }

    /// The check of the app for a target. The compiler is Debian's own and not the project's, so what it builds lies
    /// apart.
    fn check(&self, project: &Project, target: &str) -> Result<Command> {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders = vec![self.programs.clone(), self.root.join("usr/bin")];
        folders.extend(env::split_paths(&path));
        let mut command = cargo(&project.root);
        command
            .args(["check", "-Zbuild-std", "--locked", "--package", "frontdesk", "--target", target])
            .env("PATH", env::join_paths(folders)?)
            .env("RUSTC", self.programs.join("rustc"))
            // The standard library is built from its source, which a released compiler does only when told so.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", project.target.join("cross"));
        if target == MACOS {
            for (variable, stand_in) in [("CC", "no-cc"), ("CXX", "no-cc"), ("AR", "no-ar")] {
                command.env(format!("{variable}_{}", target.replace('-', "_")), self.programs.join(stand_in));
            }
        }
        Ok(command)
    }
}

fn symlink(to: &Path, at: &Path) -> Result<()> {
    run(Command::new("ln").arg("-sfn").arg(to).arg(at))
}

/// The packages to unpack, with their versions.
fn wanted_packages() -> Result<Vec<String>> {
    let mut ask = Command::new("apt-cache");
    ask.args(["depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks"]);
    let names = output(ask.args(["--no-replaces", "--no-enhances"]).args(PACKAGES))
        .context("apt knows no compilers for other systems; on Debian 12, `apt-get update` may make them known")?;
    ours(&names)
        .into_iter()
        .map(|name| {
            let policy = output(Command::new("apt-cache").args(["policy", &name]))?;
            let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "));
            Ok(format!("{name}={}", candidate.context("apt offers no version of a package that it names")?))
        })
        .collect()
}

/// Of everything that packages stand on, what is for this alone.
fn ours(depends: &str) -> Vec<String> {
    let names = depends.lines().filter(|line| OURS.iter().any(|begin| line.starts_with(begin)));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// The compiler's own version in the name of its package's file: `1.96.0` of `rustc-web_1.96.0+dfsg1-1~deb12u2_amd64.deb`.
fn version(file: &str) -> Option<String> {
    let rest = file.strip_prefix(COMPILER)?;
    let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
    Some(rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_compilers_own() {
        assert_eq!(version("rustc-web_1.96.0+dfsg1-1~deb12u2_amd64.deb").as_deref(), Some("1.96.0"));
        assert_eq!(version("rust-web-src_1.96.0+dfsg1-1~deb12u2_all.deb"), None);
        assert_eq!(version("rustc-web_"), None);
    }

    #[test]
    fn what_a_computer_has_anyway_is_not_unpacked() {
        let depends =
            "rustc-web\n  Depends: libc6\n  Depends: libllvm22\nlibc6\nlibllvm22\ngcc-mingw-w64-base\nlibllvm22\n";
        assert_eq!(ours(depends), ["gcc-mingw-w64-base", "libllvm22", "rustc-web"]);
    }
}
