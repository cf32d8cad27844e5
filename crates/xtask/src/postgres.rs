//! A throw-away PostgreSQL cluster: in a temporary folder, over a Unix socket, ended and removed at the end.

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::programs::{Background, on_path, output, run, succeeds};

/// The database that `Store::open` migrates once; tests copy it.
const TEMPLATE: &str = "frontdesk_template";
/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// Room that a cluster is given there, in MiB: the databases of the tests that run at once, and what is written ahead.
const ROOM: u64 = 2048;
/// How often the server is asked whether it answers, 50 ms apart.
const PATIENCE: u32 = 600;

/// Whether what is written has to survive a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing outlives the run, so nothing needs to reach the disk.
    None,
    /// As a team would run it, for measuring.
    Full,
}

/// A running cluster; dropping it ends the server, then removes its folder.
pub(crate) struct Cluster {
    _server: Background,
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// Starts one; none when this computer has no PostgreSQL server.
    pub(crate) fn start(durability: Durability) -> Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        // PostgreSQL refuses to run as root, and its user has to reach the folder.
        let mut builder = tempfile::Builder::new();
        builder.prefix("frontdesk-postgres-");
        // Each test makes and removes a database of hundreds of files, which is most of what a disk is asked for.
        let in_memory = durability == Durability::None && has_room(Path::new(MEMORY));
        let folder = if in_memory { builder.tempdir_in(MEMORY) } else { builder.tempdir() }?;
        let owner = Owner::find()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        if let Some(owner) = &owner {
            chown(folder.path(), Some(owner.user), Some(owner.group))?;
        }
        let data = folder.path().join("data");
        let mut create = own(owner.as_ref(), &programs.join("initdb"), &folder);
        create.arg("--pgdata").arg(&data).args(["--username=frontdesk", "--auth=trust", "--encoding=UTF8"]);
        output(create.args(["--locale=C", "--no-sync", "--no-instructions"]))?;
        let mut serve = own(owner.as_ref(), &programs.join("postgres"), &folder);
        serve.arg("-D").arg(&data).arg("-k").arg(folder.path());
        if durability == Durability::None {
            for setting in
                ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB", "jit=off"]
            {
                serve.args(["-c", setting]);
            }
        }
        serve
            .args(["-c", "listen_addresses=", "-c", "max_connections=200", "-c", "log_min_messages=fatal"])
            .stdout(Stdio::null());
        let mut server = Background::start(serve.stderr(Stdio::null()))?;
        wait(&programs, folder.path(), &mut server)?;
        let version = output(Command::new(programs.join("postgres")).arg("--version"))?;
        println!("{} runs in {}", version.trim(), folder.path().display());
        Ok(Some(Self { _server: server, programs, folder }))
    }

    /// Makes the template database and has the store migrate it.
    pub(crate) fn migrate_template(&self, program: &Path) -> Result<()> {
        run(Command::new(program).arg(self.database(TEMPLATE)?))
    }

    /// Makes an empty database and tells its URL.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let mut create = Command::new(self.programs.join("createdb"));
        output(create.arg("--host").arg(self.folder.path()).args(["--username=frontdesk", name]))?;
        Ok(self.url(name))
    }

    /// Sets the variables by which tests find the server and the template.
    pub(crate) fn tell(&self, tests: &mut Command) {
        tests.env("FRONTDESK_TEST_POSTGRES", self.url("postgres")).env("FRONTDESK_TEST_POSTGRES_TEMPLATE", TEMPLATE);
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://frontdesk@localhost/{database}?host={}", self.folder.path().display())
    }
}

/// Whether a cluster of the tests can lie in this folder.
fn has_room(folder: &Path) -> bool {
    let told = output(Command::new("df").args(["--output=avail", "--block-size=1M"]).arg(folder));
    let free = told.ok().and_then(|text| text.lines().nth(1)?.trim().parse::<u64>().ok());
    free.is_some_and(|free| free >= ROOM)
}

/// The account that the server runs under when this program runs as root.
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// `postgres` if there is such an account, else `nobody`; none when this program is not root.
    fn find() -> Result<Option<Self>> {
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            return Ok(None);
        }
        let number = |flag: &str, name: &str| -> Option<u32> {
            output(Command::new("id").args([flag, name])).ok()?.trim().parse().ok()
        };
        let mut accounts = ["postgres", "nobody"].into_iter();
        let found = accounts.find_map(|name| Some(Self { user: number("-u", name)?, group: number("-g", name)? }));
        Ok(Some(found.context("PostgreSQL does not run as root, and there is no account `nobody` for it")?))
    }
}

/// A program under the server's account. Where there is `setpriv`, Linux ends it should this program die before.
fn own(owner: Option<&Owner>, program: &Path, folder: &TempDir) -> Command {
    let mut command = if on_path("setpriv") {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if let Some(Owner { user, group }) = owner {
            command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()]);
        }
        command.arg("--").arg(program);
        command
    } else {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(program);
        if let Some(Owner { user, group }) = owner {
            command.uid(*user).gid(*group);
        }
        command
    };
    // The account may not be allowed to stand where this program stands.
    command.current_dir(folder.path()).env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGHOST");
    command
}

fn wait(programs: &Path, socket: &Path, server: &mut Background) -> Result<()> {
    for _ in 0..PATIENCE {
        if succeeds(Command::new(programs.join("pg_isready")).arg("--host").arg(socket)) {
            return Ok(());
        }
        if let Some(status) = server.ended()? {
            bail!("the PostgreSQL server ended with {status} before it answered");
        }
        sleep(Duration::from_millis(50));
    }
    bail!("the PostgreSQL server did not answer in time")
}

/// The folder with the newest server's programs.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("postgres").is_file())
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, folder)| folder);
    newest.or_else(|| env::split_paths(&env::var_os("PATH")?).find(|folder| folder.join("postgres").is_file()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::process::Command;

    use super::{Cluster, Durability};
    use crate::programs::output;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let Some(cluster) = Cluster::start(Durability::None).unwrap() else {
            println!("SKIPPED: there is no PostgreSQL server here");
            return;
        };
        let folder = cluster.folder.path().to_path_buf();
        let mut ask = Command::new(cluster.programs.join("psql"));
        ask.args(["--no-psqlrc", "--tuples-only", "--command=SELECT 6 * 7"]).arg(cluster.url("postgres"));
        assert_eq!(output(&mut ask).unwrap().trim(), "42");
        let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
        let process = lock.lines().next().unwrap().to_owned();
        drop(cluster);
        assert!(!folder.exists());
        assert!(!std::path::Path::new("/proc").join(process).exists());
    }
}
