//! Killed and started again: what is shown, from where, and what is never on disk.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use frontdesk_accounts::{AccountRequest, LocalState, Problem, Reason, Status};
use frontdesk_vault::fake::Fault;

use crate::{
    desk::{Desk, item, problem, signed_in},
    house::{House, Plan},
};

#[tokio::test]
async fn a_killed_app_shows_the_same_account_when_it_starts() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let desk = desk.again();
    assert_eq!(desk.snapshot().active, Some(account.clone()), "the list says which");
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), [account.session.as_str()]);
    assert_eq!(desk.kept(&instance), house.token());
}

#[tokio::test]
async fn an_instance_that_cannot_be_reached_is_shown_as_it_was() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    drop(house);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Degraded).await;
    assert_eq!(signed_in(&view), [account.session.as_str()]);
    assert_eq!(view.environment.unwrap().display_config.application_name, "House");
    let view = desk.until_at(&instance, |view| view.problem.is_some()).await;
    assert_eq!((view.status, problem(&view)), (Status::Degraded, Some("network_unreachable")));
    assert_eq!(desk.snapshot().active, Some(account.clone()));
    // Other accounts can be looked at without a network too.
    desk.accounts.account(AccountRequest::SetActive { account: None }).await.unwrap();
    desk.accounts.account(AccountRequest::SetActive { account: Some(account.clone()) }).await.unwrap();
    assert_eq!(desk.snapshot().active, Some(account));
}

#[tokio::test]
async fn an_instance_where_nobody_is_signed_in_is_known_again_too() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    desk.accounts.recheck_vault().await;
    let instance = desk.add_only(&house).await;
    desk.reload(&instance).await.unwrap();
    drop(house);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Degraded).await;
    assert_eq!(view.environment.unwrap().display_config.application_name, "House");
}

#[tokio::test]
async fn the_local_instance_that_does_not_start_is_shown_as_it_was() {
    let desk = Desk::new();
    let local = desk.snapshot().instances[0].id.clone();
    let socket = desk.folder().join("instance.sock");
    let house = House::at_socket(socket.clone());
    desk.accounts.set_local(LocalState::Serving { socket, publishable_key: house.key() });
    desk.until_at(&local, |view| view.status == Status::Ready).await;
    let account = desk.sign_in(&local).await;
    desk.accounts.recheck_vault().await;
    drop(house);
    let desk = desk.again();
    assert_eq!(desk.view(&local).publishable_key, None, "it has not started yet");
    let broken = Problem::new(Reason::LocalInstance, "It cannot be read.");
    desk.accounts.set_local(LocalState::Failed(broken));
    let view = desk.until_at(&local, |view| view.status == Status::Degraded).await;
    assert_eq!((signed_in(&view), problem(&view)), (vec![account.session.as_str()], Some("local_instance")));
}

#[tokio::test]
async fn no_file_holds_a_token_or_what_an_instance_said() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    let jwt = desk.token(&account, false).await.unwrap();
    desk.accounts.recheck_vault().await;
    let token = house.token().unwrap();
    let files = desk.files();
    assert!(files.iter().any(|file| file.extension().is_some_and(|end| end == "sealed")), "{files:?}");
    let encoded = STANDARD.encode(&token);
    let hexadecimal = token.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let wide: Vec<u8> = token.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let needles: [&[u8]; 6] = [
        token.as_bytes(),
        encoded.trim_end_matches('=').as_bytes(),
        hexadecimal.as_bytes(),
        &wide,
        jwt.as_bytes(),
        b"@example.com",
    ];
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for needle in &needles {
            assert!(!bytes.windows(needle.len()).any(|window| window == *needle), "{}", file.display());
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn folders_and_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.folder().join("cache")), 0o700);
    assert_eq!(desk.files().iter().map(|file| mode(file)).collect::<Vec<_>>(), [0o600; 3], "list, lock, cache");
}

#[tokio::test]
async fn half_a_file_of_a_killed_app_is_removed_and_nothing_else() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    let account = desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let cache = format!("cache/{instance}.sealed.new");
    let token = format!("tokens/{instance}.{}.0.sealed.new", account.session);
    let halves = ["instances.json.new", &cache, &token].map(|name| desk.folder().join(name));
    for half in &halves {
        fs::write(half, "{ \"insta").unwrap();
    }
    let held = desk.folder().join(format!("tokens/{instance}.{}.1.sealed.new", account.session));
    fs::write(&held, "another process is writing this").unwrap();
    let writer = fs::File::create(held.with_extension("").with_extension("lock")).unwrap();
    writer.lock().unwrap();
    let desk = desk.again();
    for half in &halves {
        assert!(!half.exists(), "{}", half.display());
    }
    assert!(held.exists(), "of a process that has not ended");
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), [account.session.as_str()]);
}

#[tokio::test]
async fn what_was_said_to_a_slot_that_is_no_more_goes_with_the_next_start() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let file = |name: &str| desk.folder().join("cache").join(name);
    let kept = file(&format!("{instance}.sealed"));
    let left = [format!("{instance}-2.sealed"), "gone.sealed".to_owned(), "gone-3.sealed.damaged".to_owned()];
    let left = left.map(|name| file(&name));
    for path in &left {
        fs::copy(&kept, path).unwrap();
    }
    let list = desk.folder().join("instances.json");
    let text = fs::read(&list).unwrap();
    fs::write(&list, "{").unwrap();
    let desk = desk.again();
    assert!(left.iter().all(|path| path.exists()), "without a list nobody knows whose they are");
    fs::write(&list, text).unwrap();
    let desk = desk.again();
    for path in &left {
        assert!(!path.exists(), "{}", path.display());
    }
    assert!(kept.exists());
    drop(desk);
}

#[tokio::test]
async fn a_damaged_list_is_set_aside() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    desk.add(&house).await;
    let list = desk.folder().join("instances.json");
    fs::write(&list, "{ \"instances\": [").unwrap();
    let desk = desk.again();
    assert_eq!(desk.snapshot().instances.len(), 1, "the local instance is always there");
    assert!(desk.folder().join("instances.json.damaged").exists());
    desk.add(&house).await;
    let desk = desk.again();
    assert_eq!(desk.snapshot().instances.len(), 2);
}

#[tokio::test]
async fn a_damaged_cache_is_set_aside_and_the_account_comes_from_the_instance() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    let sealed = desk.folder().join("cache").join(format!("{instance}.sealed"));
    let mut bytes = fs::read(&sealed).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&sealed, bytes).unwrap();
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.status == Status::Ready).await;
    assert_eq!(signed_in(&view), ["sess_1"]);
    desk.accounts.recheck_vault().await;
    assert!(sealed.exists(), "it is written anew");
}

#[tokio::test]
async fn an_attempt_that_fails_on_the_way_leaves_the_cache_as_it_was() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    desk.sign_in(&instance).await;
    desk.accounts.recheck_vault().await;
    // Starts with a keychain that is locked: the settings arrive, the client does not.
    desk.keychain.set(Fault::Locked);
    let desk = desk.again();
    let view = desk.until_at(&instance, |view| view.environment.is_some() && view.problem.is_some()).await;
    assert_eq!((view.status, problem(&view)), (Status::Error, Some("vault_locked")));
    // The keychain opens, and the network is gone.
    for _ in 0..3 {
        house.plan("/v1/client", Plan::Drop);
    }
    drop(house);
    desk.keychain.set(Fault::None);
    desk.accounts.recheck_vault().await;
    assert_eq!(signed_in(&desk.view(&instance)), ["sess_1"]);
    assert!(desk.keychain.item(&item(&instance)).is_some());
}
