//! Opening a database, and what speaks against it.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use frontdesk_store::{
    FileSystem, Location, OpenError, Store, StoreError,
    testing::{self, on_each},
};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{
    dump::{dump, execute},
    people::{START, account, save, saved_account, user_id},
};

/// A folder, and a file's path in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frontdesk.db");
    (folder, path)
}

async fn refused(path: &Path) -> OpenError {
    match Store::open(&Location::Sqlite(path.to_path_buf())).await {
        Ok(_) => panic!("{} opened", path.display()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_new_database_is_empty_and_opens_again() {
    on_each(async |database| {
        let store = database.open().await;
        assert!(store.instance().await.unwrap().is_none());
        assert!(store.signing_keys().await.unwrap().is_empty());
        saved_account(&store, 1).await;
        store.close().await;
        let error = store.account(&user_id(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        let store = database.open().await;
        assert!(store.account(&user_id(1)).await.unwrap().is_some());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_its_owner_reads_a_database_file() {
    let (folder, path) = place();
    let store = Store::open(&Location::Sqlite(path)).await.unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_may_open_a_new_database_at_once() {
    let (_folder, path) = place();
    let mut locations = vec![Location::Sqlite(path)];
    let server = std::env::var(testing::SERVER).ok();
    let name = format!("frontdesk_new_{}", std::process::id());
    if let Some(server) = &server {
        let server = Location::Postgres(server.clone());
        execute(&server, &format!("CREATE DATABASE {name}")).await;
        locations.push(beside(&server, &name));
    }
    for location in locations {
        let mut all = JoinSet::new();
        for _ in 0..12 {
            let location = location.clone();
            all.spawn(async move { Store::open(&location).await });
        }
        for opened in all.join_all().await {
            let store = opened.unwrap();
            assert!(store.instance().await.unwrap().is_none());
            store.close().await;
        }
    }
    if let Some(server) = server {
        execute(&Location::Postgres(server), &format!("DROP DATABASE {name}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_is_brought_up_to_date_once_however_many_open_it() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        store.close().await;
        let now = dump(database.location()).await;
        let older = "DROP TABLE IF EXISTS request_buckets; ALTER TABLE sessions DROP COLUMN revoked; DROP INDEX lockouts_subject; ALTER TABLE lockouts DROP COLUMN subject; DROP TABLE waitlist_entries; DROP TABLE invitations; DROP TABLE listed_identifiers; DROP TABLE reverifications; DROP INDEX verifications_session; \
                     ALTER TABLE verifications DROP COLUMN session_id; DROP TABLE totps; DROP TABLE backup_codes; ALTER TABLE users DROP COLUMN second_factor_enabled_at; \
                     ALTER TABLE users DROP COLUMN second_factor_disabled_at; \
                     DROP INDEX sessions_client; DROP INDEX sessions_user; DROP INDEX sessions_ended; \
                     ALTER TABLE sessions ADD COLUMN expire_at BIGINT NOT NULL DEFAULT 0; \
                     ALTER TABLE sessions ADD COLUMN abandon_at BIGINT NOT NULL DEFAULT 0; \
                     CREATE INDEX sessions_client ON sessions (client_id, expire_at); \
                     CREATE INDEX sessions_user ON sessions (user_id, expire_at); \
                     CREATE INDEX sessions_expire ON sessions (expire_at); \
                     ALTER TABLE sign_ins DROP COLUMN passkey; DROP TABLE passkey_ceremonies; DROP TABLE passkeys; \
                     DROP INDEX delivery_queue_country; DROP INDEX delivery_queue_caller; \
                     ALTER TABLE delivery_queue DROP COLUMN country; ALTER TABLE delivery_queue DROP COLUMN caller; \
                     ALTER TABLE identifications DROP COLUMN second_factor; \
                     ALTER TABLE identifications DROP COLUMN default_second_factor; \
                     ALTER TABLE sign_ins DROP COLUMN external; ALTER TABLE sign_ups DROP COLUMN external; \
                     DROP TABLE external_flows; DROP TABLE external_accounts; \
                     DROP TABLE jwt_templates; DROP TABLE audit_log; DROP TABLE handshakes; DROP TABLE pictures; DROP INDEX verifications_identification; \
                      ALTER TABLE verifications DROP COLUMN identification_id; \
                      ALTER TABLE verifications DROP COLUMN sent; DROP TABLE secret_keys; DROP TABLE redirect_urls; DROP TABLE sign_in_tokens; DROP INDEX clients_updated; DROP INDEX users_created; DROP INDEX users_external_id; \
                     ALTER TABLE users DROP COLUMN external_id; ALTER TABLE users DROP COLUMN first_name; \
                     ALTER TABLE users DROP COLUMN last_name; ALTER TABLE users DROP COLUMN banned; \
                     DELETE FROM _sqlx_migrations WHERE version > 1";
        execute(database.location(), older).await;
        let mut all = JoinSet::new();
        for _ in 0..12 {
            let location = database.location().clone();
            all.spawn(async move { Store::open(&location).await });
        }
        for opened in all.join_all().await {
            let store = opened.unwrap();
            assert!(store.account(&user_id(1)).await.unwrap().is_some());
            store.close().await;
        }
        let rows = dump(database.location()).await;
        assert_eq!(
            rows.iter().filter(|row| row.starts_with("users ")).collect::<Vec<_>>(),
            now.iter().filter(|row| row.starts_with("users ")).collect::<Vec<_>>(),
            "what users are found by is filled in"
        );
        let steps = |rows: &[String]| rows.iter().filter(|row| row.starts_with("_sqlx_migrations ")).count();
        assert_eq!((rows.len(), steps(&rows)), (now.len(), steps(&now)));
    })
    .await;
}

/// Another database on the same server.
fn beside(server: &Location, name: &str) -> Location {
    let Location::Postgres(url) = server else { panic!("not a server") };
    let (url, query) = url.split_once('?').map_or((url.as_str(), String::new()), |(url, q)| (url, format!("?{q}")));
    let (start, _) = url.rsplit_once('/').unwrap();
    Location::Postgres(format!("{start}/{name}{query}"))
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_as_it_is() {
    on_each(async |database| {
        let store = database.open().await;
        saved_account(&store, 1).await;
        store.close().await;
        execute(
            database.location(),
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 99, 'later', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        let before = dump(database.location()).await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::Newer { version: 99 }), "{error}");
        assert!(error.to_string().contains("update this program"), "{error}");
        assert_eq!(dump(database.location()).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_was_changed_by_something_else_is_not_written_over() {
    on_each(async |database| {
        database.open().await.close().await;
        execute(database.location(), "UPDATE _sqlx_migrations SET checksum = substr(checksum, 1, 4)").await;
        let before = dump(database.location()).await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::Foreign(_)), "{error}");
        assert!(error.to_string().contains("use another file or database"), "{error}");
        assert_eq!(dump(database.location()).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_file_of_another_program_is_left_as_it_is() {
    let (_folder, path) = place();
    fs::File::create(&path).unwrap();
    let location = Location::Sqlite(path.clone());
    execute(&location, "CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('somebody')").await;
    let before = dump(&location).await;
    let error = refused(&path).await;
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
    assert_eq!(dump(&location).await, before);
}

#[tokio::test]
async fn a_network_file_system_is_refused_before_anything_is_made() {
    let (_folder, path) = place();
    let error = Store::open_file(&path, &FileSystem::Network("nfs4".to_owned())).await.unwrap_err();
    assert!(matches!(error, OpenError::NetworkFileSystem { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("nfs4") && said.contains("use a folder on a disk of this computer"), "{said}");
    assert!(!path.exists());
    Store::open_file(&path, &FileSystem::Local).await.unwrap().close().await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let (folder, _) = place();
    for path in [folder.path().join("none/frontdesk.db"), folder.path().to_path_buf()] {
        let error = refused(&path).await;
        assert!(matches!(error, OpenError::NotWritable { .. }), "{error}");
        assert!(error.to_string().contains("check that its folder exists"), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_told_and_left_as_it_is() {
    let (_folder, path) = place();
    let other = b"This is a letter, and no database. ".repeat(500);
    fs::write(&path, &other).unwrap();
    let error = refused(&path).await;
    assert!(matches!(error, OpenError::Store(StoreError::Corrupt(_))), "{error}");
    assert!(error.to_string().contains("restore it from a backup"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), other);
}

#[tokio::test]
async fn a_damaged_file_is_told_when_it_is_opened_or_read() {
    for damage in [|file: &mut Vec<u8>| file[4096..].fill(0xa5), |file: &mut Vec<u8>| file.truncate(8192)] {
        let (_folder, path) = place();
        let location = Location::Sqlite(path.clone());
        let store = Store::open(&location).await.unwrap();
        for number in 1..=50 {
            save(&store, START, |changes| changes.create_account(account(number))).await;
        }
        store.close().await;
        let mut file = fs::read(&path).unwrap();
        damage(&mut file);
        fs::write(&path, file).unwrap();
        let error = match Store::open(&location).await {
            Ok(store) => store.account(&user_id(7)).await.unwrap_err(),
            Err(OpenError::Store(error)) => error,
            Err(other) => panic!("{other}"),
        };
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    }
}

/// Names the variable that tells a process of the next test where to look.
const FOLDER: &str = "FRONTDESK_TEST_FOLDER";

/// Places below a folder that cannot be written: a new file in a read-only folder, a database there, a read-only file,
/// and a file in a folder that cannot be looked into.
const CLOSED: [&str; 4] = ["closed/new.db", "closed/there.db", "open/there.db", "dark/new.db"];

#[tokio::test]
async fn a_folder_or_file_that_may_not_be_written_is_told_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let allow = |name: &str, mode| fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
    for name in ["closed", "open", "dark"] {
        fs::create_dir(at(name)).unwrap();
    }
    for name in ["closed/there.db", "open/there.db"] {
        Store::open(&Location::Sqlite(at(name))).await.unwrap().close().await;
    }
    let listed = || fs::read_dir(at("closed")).unwrap().count();
    let content = || [fs::read(at("closed/there.db")).unwrap(), fs::read(at("open/there.db")).unwrap()];
    let before = (listed(), content());
    for (name, mode) in [
        ("", 0o755),
        ("closed/there.db", 0o666),
        ("open/there.db", 0o444),
        ("closed", 0o555),
        ("open", 0o777),
        ("dark", 0),
    ] {
        allow(name, mode);
    }

    // Who may do everything is asked as somebody who may not, who has to reach the program.
    let mut program = std::env::current_exe().unwrap();
    let everything = fs::metadata(folder.path()).unwrap().uid() == 0;
    if everything {
        fs::copy(&program, at("program")).unwrap();
        program = at("program");
    }
    let mut child = Command::new(program);
    child.args(["--exact", "open::as_somebody_who_may_not_write", "--ignored"]).env(FOLDER, folder.path());
    if everything {
        std::os::unix::process::CommandExt::uid(&mut child, 65534);
    }
    let output = child.current_dir(folder.path()).output().unwrap();
    for name in ["closed", "dark"] {
        allow(name, 0o755);
    }
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert!((listed(), content()) == before, "nothing was changed");
}

#[tokio::test]
#[ignore = "a process of the test above"]
async fn as_somebody_who_may_not_write() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    for name in CLOSED {
        let error = refused(&Path::new(&folder).join(name)).await;
        assert!(matches!(error, OpenError::NotWritable { .. }), "{name}: {error}");
        assert!(error.to_string().contains("this program's user may write both"), "{error}");
    }
}

#[tokio::test]
async fn sec_100_a_url_that_does_not_work_is_told_without_its_password() {
    for url in [
        "mysql://ann:hush@localhost/x",
        "ann:hush@localhost/x",
        "postgres://ann:hush@[nowhere/x",
        "postgres://ann:hush@localhost:99999/x",
        "postgres://ann:hush@localhost/x?host=/nonexistent/hush-hush",
    ] {
        let location = Location::Postgres(url.to_owned());
        assert_eq!(format!("{location:?}"), "Postgres(…)");
        let error = Store::open(&location).await.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(matches!(error, OpenError::Url(_) | OpenError::Store(StoreError::Unavailable(_))), "{said}");
        assert!(!said.contains("hush@") && !said.contains(":hush"), "{said}");
    }
}

#[tokio::test]
async fn a_server_that_may_only_be_read_is_told() {
    let Some(database) = testing::TestDatabase::postgres().await else { return };
    let Location::Postgres(url) = database.location() else { return };
    let name = url.rsplit('/').find(|part| part.starts_with("frontdesk_")).unwrap();
    let name = name.split('?').next().unwrap();
    execute(database.location(), &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let error = match Store::open(database.location()).await {
        Ok(store) => store
            .count_failure(
                &frontdesk_identity::Counter::strangers("idn_x"),
                &frontdesk_identity::Policy::default(),
                START,
            )
            .await
            .unwrap_err(),
        Err(OpenError::Store(error)) => error,
        Err(other) => panic!("{other}"),
    };
    assert!(matches!(error, StoreError::ReadOnly), "{error}");
    database.remove().await;
}

#[tokio::test]
async fn a_server_that_dropped_the_connections_is_asked_again() {
    let Some(database) = testing::TestDatabase::postgres().await else { return };
    let store = database.open().await;
    saved_account(&store, 1).await;
    let drop_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
    execute(database.location(), drop_all).await;
    assert!(store.account(&user_id(1)).await.unwrap().is_some());
    saved_account(&store, 2).await;
    store.close().await;
    database.remove().await;
}
