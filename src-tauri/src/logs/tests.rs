#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use super::*;

#[test]
fn the_log_keeps_one_old_file_and_stays_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = BoundedFile::open(folder.path(), 100).unwrap();
    for number in 0..50 {
        writeln!(log, "line {number:03}").unwrap();
    }
    drop(log);
    let (now, old) = (folder.path().join(FILE), folder.path().join(OLD));
    let text = fs::read_to_string(&old).unwrap() + &fs::read_to_string(&now).unwrap();
    assert!(text.ends_with("line 048\nline 049\n"), "{text}");
    assert!(text.len() < 220, "{}", text.len());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_file_left_too_large_is_put_aside_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), "x".repeat(200)).unwrap();
    let mut log = BoundedFile::open(folder.path(), 100).unwrap();
    writeln!(log, "new").unwrap();
    assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), "new\n");
    assert_eq!(fs::read_to_string(folder.path().join(OLD)).unwrap().len(), 200);
}

#[cfg(unix)]
#[test]
fn sec_101_others_cannot_read_the_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    BoundedFile::open(&logs, 100).unwrap();
    assert_eq!(fs::metadata(&logs).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(logs.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
}

/// What a subscriber with the log's own filter writes.
fn written(log: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let everything = layer.with_filter(EnvFilter::new("trace")).with_filter(filter_fn(is_ours_or_grave));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(everything), log);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn sec_100_other_crates_are_heard_at_their_warnings_only() {
    let text = written(|| {
        tracing::trace!(target: "frontdesk_accounts::http", "ours");
        tracing::trace!(target: "hyper::proto", "authorization: secret");
        tracing::info!(target: "sqlx::query", "bound: secret");
        tracing::trace!(target: "webauthn_authenticator_rs::ctap2", "pin: secret");
        tracing::warn!(target: "sqlx::query", "slow");
    });
    assert!(text.contains("ours") && text.contains("slow"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn sec_100_a_panic_is_told_without_what_it_says() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Other tests may panic at the same moment; theirs are in other threads.
        if std::thread::current().name() == Some("secret keeper") {
            let _ = sender.send(describe(panic));
        } else {
            before(panic);
        }
    }));
    let keeper = std::thread::Builder::new().name("secret keeper".to_owned());
    let keeper = keeper.spawn(|| panic!("the code was 123456")).unwrap();
    assert!(keeper.join().is_err());
    let sentence = receiver.recv().unwrap();
    assert!(sentence.contains("logs/tests.rs") && sentence.contains("secret keeper"), "{sentence}");
    assert!(!sentence.contains("123456"), "{sentence}");
}
