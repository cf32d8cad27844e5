//! Programs that are built from their published source once and kept for every checkout.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    programs::{cargo, run},
    project::Project,
};

/// A program on the package registry, in one version.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Checks licences, sources and bans of dependencies.
pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
/// Builds and runs what libFuzzer makes up texts for.
pub(crate) const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

/// The program, built if it is not there in this version.
pub(crate) fn tool(project: &Project, tool: Tool) -> Result<PathBuf> {
    let folder = cache()?.join(format!("{}-{}", tool.name, tool.version));
    let program = folder.join("bin").join(tool.name).with_extension(env::consts::EXE_EXTENSION);
    if program.is_file() {
        println!("{} {} is there", tool.name, tool.version);
        return Ok(program);
    }
    let mut command = cargo(&project.root);
    command.args(["install", "--locked", "--quiet", tool.name, "--version"]).arg(format!("={}", tool.version));
    command.arg("--root").arg(&folder);
    // Built to be there soon: these run for seconds. A target folder of its own leaves the project's alone.
    command.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET_DIR");
    run(&mut command)?;
    Ok(program)
}

/// `$XDG_CACHE_HOME/frontdesk-tools`, or the place that stands for it.
pub(crate) fn cache() -> Result<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = named.or_else(|| Some(env::home_dir()?.join(".cache")));
    Ok(folder
        .context("neither XDG_CACHE_HOME nor HOME says where to keep tools; set one of them")?
        .join("frontdesk-tools"))
}
