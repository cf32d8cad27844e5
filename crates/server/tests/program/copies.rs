//! Backups and copies, from the command line.

use std::{fs, os::unix::fs::PermissionsExt as _};

use frontdesk_store::{Location, testing::TestDatabase};
use reqwest::Method;
use serde_json::Value;

use crate::program::{Place, Serving, sign_up};

const ADDRESS: &str = "ada+clerk_test@example.com";
const PASSWORD: &str = "Lantern and 7 oars";

/// The token still works, and so does the password.
async fn knows_ada(serving: &Serving, token: &str) {
    let client: Value = serving.ask(Method::GET, "/v1/client", token, &[]).await.unwrap().json().await.unwrap();
    assert_eq!(client["response"]["sessions"][0]["status"], "active", "{client}");
    let form = [("identifier", ADDRESS), ("password", PASSWORD)];
    assert_eq!(serving.ask(Method::POST, "/v1/client/sign_ins", "", &form).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_backup_made_while_it_is_served_is_restored_elsewhere_with_its_key() {
    let (place, other) = (Place::new(), Place::new());
    let file = place.path("instance.backup");
    let file = file.to_str().unwrap();
    assert!(place.refused(&["backup"], &[file]).await.contains("no instance yet"));
    let serving = place.serve().await;
    let token = sign_up(&serving, ADDRESS, PASSWORD).await.unwrap();
    let done = place.run(&["backup"], &[file]).await;
    assert!(done.status.success() && done.output.contains("1 users\n"), "{done:?}");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(place.refused(&["backup"], &[file]).await.contains("is there already"));
    let key = fs::read_to_string(place.data().join("instance.key")).unwrap();
    let backup = fs::read_to_string(file).unwrap();
    assert!(!backup.contains(key.trim()) && !backup.contains(PASSWORD));

    let sentence = place.refused(&["restore"], &[file]).await;
    assert!(sentence.contains("stop the server first"), "{sentence}");
    serving.stop().await;
    assert!(place.refused(&["restore"], &[file]).await.contains("not empty"));
    assert!(other.refused(&["restore"], &[file]).await.contains("instance.key"));
    assert!(!other.data().exists());
    fs::create_dir(other.data()).unwrap();
    let put = |text: &str| {
        fs::write(other.data().join("instance.key"), text).unwrap();
        fs::set_permissions(other.data().join("instance.key"), fs::Permissions::from_mode(0o600)).unwrap();
    };
    put(&"08".repeat(32));
    assert!(other.refused(&["restore"], &[file]).await.contains("does not belong to this backup"));
    put(&key);
    // Cut behind its first line, which says that it is a backup.
    let first = backup.find('\n').unwrap();
    let cut = other.file("cut.backup", &backup[..first + (backup.len() - first) / 2]);
    let sentence = other.refused(&["restore"], &[cut.to_str().unwrap()]).await;
    assert!(sentence.contains("damaged or cut off"), "{sentence}");
    let done = other.run(&["restore"], &[file]).await;
    assert!(done.status.success() && done.output.contains("restored: "), "{done:?}");
    let serving = other.serve().await;
    knows_ada(&serving, &token).await;
    serving.stop().await;
}

#[tokio::test]
async fn a_copy_in_another_database_is_the_same_instance() {
    let place = Place::new();
    let serving = place.serve().await;
    let token = sign_up(&serving, ADDRESS, PASSWORD).await.unwrap();
    serving.stop().await;
    let from = format!("sqlite:{}", place.data().display());
    let beside = place.path("beside");
    let to = format!("sqlite:{}/frontdesk.db", beside.display());
    let done = place.run_bare(&["copy", "--from", &from, "--to", &to]).await;
    assert!(done.status.success() && done.output.contains("copied and compared"), "{done:?}");
    let key = |folder: &std::path::Path| fs::read(folder.join("instance.key")).unwrap();
    assert_eq!(key(&beside), key(&place.data()));
    let again = place.run_bare(&["copy", "--from", &from, "--to", &to]).await;
    assert!(!again.status.success() && again.errors.contains("not empty"), "{again:?}");
    let nowhere = place.run_bare(&["copy", "--from", "mysql://x:opensesame@y", "--to", &to]).await;
    assert!(nowhere.errors.contains("--from names no database") && !nowhere.errors.contains("opensesame"));

    let Some(database) = TestDatabase::postgres().await else {
        println!("SKIPPED on PostgreSQL: there is no server to test with");
        return;
    };
    let Location::Postgres(url) = database.location().clone() else { panic!("a server") };
    let done = place.run_bare(&["copy", "--from", &from, "--to", &url]).await;
    assert!(done.status.success(), "{done:?}");
    let serving = place.serve_with(&["--listen", "127.0.0.1:0", "--database", &url]).await;
    knows_ada(&serving, &token).await;
    serving.stop().await;
    database.remove().await;
}
