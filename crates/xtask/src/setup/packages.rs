//! System packages: installed where they may be, named exactly where not.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::programs::{on_path, output, run, succeeds};

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building the app and opening it.
    Build,
    /// Also driving its window and testing against PostgreSQL.
    Test,
    /// Building what no package has, and its tests.
    Experimental,
}

/// Something that has to be there.
struct Need {
    /// Its Debian package.
    package: &'static str,
    /// What shows on other systems that it is there.
    sign: Sign,
}

enum Sign {
    /// A program on the search path.
    Program(&'static str),
    /// A library with headers, as pkg-config names it.
    Library(&'static str),
    /// Nothing; its absence only changes how things look, or the build itself says that it is missing.
    Optional,
}

const BUILD: &[Need] = &[
    Need { package: "build-essential", sign: Sign::Program("cc") },
    Need { package: "pkg-config", sign: Sign::Program("pkg-config") },
    Need { package: "libwebkit2gtk-4.1-dev", sign: Sign::Library("webkit2gtk-4.1") },
    // Security keys: their plugging in and out, and the headers of the kernel as Rust reads them at build time.
    Need { package: "libudev-dev", sign: Sign::Library("libudev") },
    Need { package: "libclang-dev", sign: Sign::Optional },
    Need { package: "libayatana-appindicator3-1", sign: Sign::Optional },
    Need { package: "fonts-dejavu-core", sign: Sign::Optional },
];

const TEST: &[Need] = &[
    Need { package: "xvfb", sign: Sign::Program("Xvfb") },
    Need { package: "xdotool", sign: Sign::Program("xdotool") },
    Need { package: "webkit2gtk-driver", sign: Sign::Program("WebKitWebDriver") },
    Need { package: "dbus", sign: Sign::Program("dbus-daemon") },
    Need { package: "gnome-keyring", sign: Sign::Program("gnome-keyring-daemon") },
    Need { package: "libsecret-tools", sign: Sign::Program("secret-tool") },
    Need { package: "util-linux", sign: Sign::Program("setpriv") },
    Need { package: "curl", sign: Sign::Program("curl") },
    Need { package: "jq", sign: Sign::Program("jq") },
    Need { package: "openssl", sign: Sign::Program("openssl") },
    Need { package: "postgresql", sign: Sign::Optional },
    Need { package: "chromium", sign: Sign::Optional },
    Need { package: "chromium-driver", sign: Sign::Program("chromedriver") },
    Need { package: "xdg-utils", sign: Sign::Program("xdg-open") },
];

/// Bluetooth on Linux, and what the phone of another make brings against which ours is tried.
const EXPERIMENTAL: &[Need] = &[
    Need { package: "libdbus-1-dev", sign: Sign::Library("dbus-1") },
    Need { package: "libssl-dev", sign: Sign::Library("openssl") },
];

/// Sees to it that everything for the purpose is there.
pub(crate) fn install(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        // The toolchains of the other systems bring what a build needs.
        return Ok(());
    }
    let more = match purpose {
        Purpose::Build => &[],
        Purpose::Test => TEST,
        Purpose::Experimental => EXPERIMENTAL,
    };
    let needs: Vec<&Need> = BUILD.iter().chain(more).collect();
    if Path::new("/etc/debian_version").exists() && on_path("dpkg-query") {
        on_debian(&needs)
    } else {
        elsewhere(&needs)
    }
}

fn on_debian(needs: &[&Need]) -> Result<()> {
    let installed = |need: &&&Need| {
        let status = output(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", need.package]));
        status.is_ok_and(|status| status == "installed")
    };
    let missing: Vec<&str> = needs.iter().filter(|need| !installed(need)).map(|need| need.package).collect();
    if missing.is_empty() {
        println!("system packages are there");
        return Ok(());
    }
    let root = output(Command::new("id").arg("-u"))?.trim() == "0";
    if !root && !succeeds(Command::new("sudo").args(["-n", "true"])) {
        bail!(
            "System packages are missing and may not be installed from here. Run\n\n    sudo apt-get install \
             --no-install-recommends {}\n\nthen run this again.",
            missing.join(" ")
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        // Another package manager may be at work; wait for it.
        command.args(["-q", "-o", "DPkg::Lock::Timeout=600"]).args(arguments);
        run(&mut command)
    };
    apt(&["update"])?;
    let install = ["install", "-y", "--no-install-recommends"];
    apt(&install.iter().chain(&missing).copied().collect::<Vec<_>>())
}

fn elsewhere(needs: &[&Need]) -> Result<()> {
    let missing: Vec<String> = needs
        .iter()
        .filter_map(|need| match need.sign {
            Sign::Program(name) => (!on_path(name)).then(|| format!("the program {name} (Debian: {})", need.package)),
            Sign::Library(name) => (!succeeds(Command::new("pkg-config").args(["--exists", name])))
                .then(|| format!("the library {name} with its headers (Debian: {})", need.package)),
            Sign::Optional => None,
        })
        .collect();
    if !missing.is_empty() {
        bail!("Please install, then run this again:\n  {}", missing.join("\n  "));
    }
    println!("everything from the system is there");
    Ok(())
}
