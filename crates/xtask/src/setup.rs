//! What has to be on the computer: system packages, npm packages, tools.

mod node;
mod packages;
mod tools;

use std::process::Command;

use anyhow::{Result, bail};

pub(crate) use self::{
    node::{build_interface, install_npm_packages, npm},
    packages::{Purpose, install as install_packages},
    tools::{CARGO_DENY, CARGO_FUZZ, cache, tool},
};
use crate::programs::output;

/// Oldest Node.js that the interface's tools run on.
const NODE: u32 = 20;

/// Says which Node.js and npm there are, and stops when they will not do.
pub(crate) fn check_node() -> Result<()> {
    let version = |program: &str| output(Command::new(program).arg("--version")).map(|text| text.trim().to_owned());
    let (Ok(node), Ok(npm)) = (version("node"), version("npm")) else {
        bail!(
            "Node.js and npm are needed and not both here. Install Node.js {NODE} or newer with npm \
             (https://nodejs.org), then run this again."
        );
    };
    let major: u32 = node.trim_start_matches('v').split('.').next().unwrap_or_default().parse().unwrap_or_default();
    if major < NODE {
        bail!("Node.js {node} is too old. Install Node.js {NODE} or newer (https://nodejs.org), then run this again.");
    }
    println!("Node.js {node}, npm {npm}");
    Ok(())
}
