//! The vault over the real Secret Service: gnome-keyring on a bus of its own, in every state it can be in.
//!
//! Where the bus is, a program learns from its environment, so each test runs itself again in a process of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, Instant},
};

use frontdesk_vault::{Secret, State, SystemKeychain, Vault, VaultError};
use zbus::{
    fdo, interface,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

const SERVICE: &str = "test.frontdesk";
const INSIDE: &str = "FRONTDESK_KEYCHAIN_TEST";
/// A bus that starts nothing by itself.
const BUS: &str = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context=\"default\">\
    <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";

/// Ended when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Runs a test's body in a process whose home is empty and whose bus, if it has one, has no keychain yet.
fn alone(test: &str, with_bus: bool, body: impl AsyncFnOnce()) {
    if env::var_os(INSIDE).is_some() {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(body());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    for variable in
        ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
    {
        command.env_remove(variable);
    }
    command.env(INSIDE, "1").env("HOME", home.path()).env("XDG_RUNTIME_DIR", &runtime);
    let bus = with_bus.then(|| {
        let configuration = home.path().join("bus.conf");
        fs::write(&configuration, BUS).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed (Debian package dbus)");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        command.env("DBUS_SESSION_BUS_ADDRESS", address.trim());
        Process(bus)
    });
    let output = command.output().unwrap();
    drop(bus);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "the body ran: {said}");
}

/// Starts gnome-keyring on the bus of this process.
fn keyring(password: Option<&str>) -> Process {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--foreground", "--components=secrets"]);
    if password.is_some() {
        command.arg("--unlock");
    }
    let mut daemon = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("gnome-keyring-daemon is installed (Debian package gnome-keyring)");
    // The password ends with the stream.
    daemon.stdin.take().unwrap().write_all(password.unwrap_or_default().as_bytes()).unwrap();
    Process(daemon)
}

/// Asks until the keychain is in a state, which it needs some time for after its start.
async fn until(vault: &Vault, wanted: State) {
    let begin = Instant::now();
    loop {
        let _state_is_looked_at = vault.recheck().await;
        let status = vault.status().borrow().clone();
        if status.state == wanted {
            return;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "{status:?} instead of {wanted:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn vault() -> Vault {
    Vault::new(Arc::new(SystemKeychain::new(SERVICE)))
}

#[test]
fn ready() {
    alone("ready", true, async || {
        let _daemon = keyring(Some("open"));
        let vault = vault();
        until(&vault, State::Ready).await;
        assert_eq!(vault.status().borrow().store, "Secret Service");
        assert!(vault.get("client/a/1").await.unwrap().is_none());
        for secret in [vec![0, 10, 13, 255, 128], vec![], vec![7; 40_000]] {
            vault.put("client/a/1", Secret::new(secret.clone())).await.unwrap();
            assert_eq!(vault.get("client/a/1").await.unwrap().unwrap().expose(), secret);
        }
        let other = Vault::new(Arc::new(SystemKeychain::new("test.other")));
        assert!(other.get("client/a/1").await.unwrap().is_none(), "each application has its own items");
        vault.delete("client/a/1").await.unwrap();
        vault.delete("client/a/1").await.unwrap();
        assert!(vault.get("client/a/1").await.unwrap().is_none());
        let key = vault.instance_key(true).await.unwrap();
        assert_eq!(vault.instance_key(false).await.unwrap().expose(), key.expose());
    });
}

#[test]
fn locked_then_unlocked() {
    alone("locked_then_unlocked", true, async || {
        let daemon = keyring(Some("open"));
        let vault = vault();
        until(&vault, State::Ready).await;
        vault.put("client/a/1", Secret::new(b"kept".to_vec())).await.unwrap();
        drop(daemon);

        // A keychain that starts without its password is locked, and nobody is there to unlock it.
        let daemon = keyring(None);
        until(&vault, State::Locked).await;
        assert!(matches!(vault.get("client/a/1").await, Err(VaultError::Locked(_))));
        assert!(matches!(vault.put("client/b/1", Secret::new(b"new".to_vec())).await, Err(VaultError::Locked(_))));
        assert!(matches!(vault.instance_key(true).await, Err(VaultError::Locked(_))));
        drop(daemon);

        let _daemon = keyring(Some("open"));
        until(&vault, State::Ready).await;
        assert_eq!(vault.get("client/a/1").await.unwrap().unwrap().expose(), b"kept");
        let fresh = Vault::new(Arc::new(SystemKeychain::new(SERVICE)));
        assert_eq!(fresh.get("client/b/1").await.unwrap().unwrap().expose(), b"new", "written when it was unlocked");
    });
}

#[test]
fn service_without_a_collection() {
    alone("service_without_a_collection", true, async || {
        let _daemon = keyring(None);
        let vault = vault();
        // Nobody is there to make one: there is no screen. The service is there once an item that is not there is no error any more.
        let begin = Instant::now();
        while vault.get("client/a/1").await.is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let error = vault.recheck().await.unwrap_err();
        assert!(matches!(error, VaultError::NoCollection(_)), "{error}");
    });
}

#[test]
fn no_service_then_one() {
    alone("no_service_then_one", true, async || {
        let vault = vault();
        assert!(matches!(vault.get("client/a/1").await, Err(VaultError::Absent(_))));
        assert_eq!(vault.status().borrow().state, State::Absent);
        vault.put("client/a/1", Secret::new(b"in memory".to_vec())).await.unwrap();
        let _daemon = keyring(Some("open"));
        until(&vault, State::Ready).await;
        let fresh = Vault::new(Arc::new(SystemKeychain::new(SERVICE)));
        assert_eq!(fresh.get("client/a/1").await.unwrap().unwrap().expose(), b"in memory");
    });
}

#[test]
fn no_bus() {
    alone("no_bus", false, async || {
        let vault = vault();
        assert!(matches!(vault.recheck().await, Err(VaultError::Absent(_))));
        assert_eq!(vault.status().borrow().state, State::Absent);
        vault.put("client/a/1", Secret::new(b"in memory".to_vec())).await.unwrap();
        assert_eq!(vault.get("client/a/1").await.unwrap().unwrap().expose(), b"in memory");
    });
}

/// A Secret Service of our own, which refuses, and does not say so before the other end is gone.
struct Refusing(Mutex<Receiver<()>>);

#[interface(name = "org.freedesktop.Secret.Service")]
impl Refusing {
    fn open_session(&self, algorithm: &str, input: Value<'_>) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        let _gone = self.0.lock().unwrap().recv();
        let input = OwnedValue::try_from(input).unwrap();
        let asked = format!("{algorithm}, {}", input.value_signature());
        Err(fdo::Error::AccessDenied(format!("a rule of this computer ({asked})")))
    }
}

fn refusing() -> (zbus::blocking::Connection, Sender<()>) {
    let (hold, released) = mpsc::channel();
    let service = zbus::blocking::connection::Builder::session()
        .and_then(|builder| builder.name("org.freedesktop.secrets"))
        .and_then(|builder| builder.serve_at("/org/freedesktop/secrets", Refusing(Mutex::new(released))))
        .and_then(zbus::blocking::connection::Builder::build);
    (service.unwrap(), hold)
}

#[test]
fn refused_and_slow_to_say_so() {
    alone("refused_and_slow_to_say_so", true, async || {
        let (service, hold) = refusing();
        let vault = Vault::with_patience(Arc::new(SystemKeychain::new(SERVICE)), Duration::ZERO);
        let asking = tokio::spawn({
            let vault = vault.clone();
            async move { vault.get("client/a/1").await }
        });
        let mut status = vault.status();
        status.wait_for(|status| status.state == State::Waiting).await.unwrap();
        drop(hold);
        assert!(matches!(asking.await.unwrap(), Err(VaultError::Denied(_))), "the late answer is taken");
        let status = vault.status().borrow().clone();
        assert_eq!(status.state, State::Denied);
        assert!(status.detail.unwrap().contains("a rule of this computer"));
        assert!(matches!(vault.put("client/a/1", Secret::new(b"new".to_vec())).await, Err(VaultError::Denied(_))));

        // Another service takes its place, and the person tries again.
        drop(service);
        let _daemon = keyring(Some("open"));
        until(&vault, State::Ready).await;
        let fresh = Vault::new(Arc::new(SystemKeychain::new(SERVICE)));
        assert_eq!(fresh.get("client/a/1").await.unwrap().unwrap().expose(), b"new");
    });
}
