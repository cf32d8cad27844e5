#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    sync::Arc,
};

use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};

use super::*;

const AT_ONCE: Duration = Duration::ZERO;

fn places(root: &TempDir) -> Places {
    let places = Places::at(root.path().join("data"), root.path().join("run"));
    places.prepare().unwrap();
    places
}

fn first(begun: Result<Begun, String>) -> Door {
    match begun {
        Ok(Begun::First(door)) => door,
        other => panic!("{other:?}"),
    }
}

/// Serves a door, and tells what was asked.
fn serve(door: Door) -> (JoinHandle<()>, mpsc::UnboundedReceiver<Request>) {
    let (tell, told) = mpsc::unbounded_channel();
    let door = Arc::new(door);
    let serving = tokio::spawn(async move {
        door.serve(move |request| {
            let tell = tell.clone();
            async move {
                tell.send(request).unwrap();
                Answer::Done
            }
        })
        .await;
    });
    (serving, told)
}

/// Away from the runtime, as another process is.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn the_door_of_the_app_is_closed_to_other_users() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    let door = first(Door::begin(&places, &[]));
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&places.door()), mode(places.runtime())), (0o600, 0o700));
    assert_eq!(mode(&places.data().join("app.lock")), 0o600);
    door.close();
    assert!(!places.door().exists());
}

#[tokio::test]
async fn sec_109_a_second_start_tells_the_first_and_ends() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    let (_serving, mut told) = serve(first(Door::begin(&places, &[])));
    let again = places.clone();
    let arguments = vec!["app://callback?x=1".to_owned()];
    let begun = elsewhere({
        let arguments = arguments.clone();
        move || Door::begin(&again, &arguments)
    });
    assert!(matches!(begun.await, Ok(Begun::Again)));
    assert_eq!(told.recv().await.unwrap(), Request::Open { arguments });
}

#[tokio::test]
async fn sec_109_a_start_while_the_first_one_ends_becomes_the_app() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    let door = first(Door::begin(&places, &[]));
    // It finishes what is under way, and takes nothing new.
    door.close();
    let next = tokio::task::spawn_blocking({
        let places = places.clone();
        move || Door::begin(&places, &[])
    });
    drop(door);
    first(next.await.unwrap());
    assert!(places.door().exists());
}

#[tokio::test]
async fn a_process_that_was_killed_stands_in_nobodys_way() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    drop(first(Door::begin(&places, &[])));
    assert!(places.door().exists(), "its socket is left");
    assert!(ask(&places, &Request::Open { arguments: vec![] }).is_err());
    let (_serving, mut told) = serve(first(Door::begin(&places, &[])));
    let asked = places.clone();
    assert_eq!(elsewhere(move || ask(&asked, &Request::Open { arguments: vec![] }).unwrap()).await, Answer::Done);
    told.recv().await.unwrap();
}

#[tokio::test]
async fn an_app_that_does_not_answer_is_told_of() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    let door = first(Door::begin(&places, &[]));
    door.close();
    let refused = Door::begin_within(&places, &[], AT_ONCE).unwrap_err();
    assert!(refused.contains("runs already and does not answer"), "{refused}");
}

#[tokio::test]
async fn folders_that_take_no_lock_keep_nobody_from_starting() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("data"), "a file").unwrap();
    let places = Places::at(root.path().join("data"), root.path().join("run"));
    assert!(matches!(Door::begin_within(&places, &[], AT_ONCE), Ok(Begun::Unguarded(_))));
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_door_stays_open() {
    let root = tempfile::tempdir().unwrap();
    let places = places(&root);
    let (_serving, mut told) = serve(first(Door::begin(&places, &[])));
    let say = async |bytes: Vec<u8>| {
        let socket = places.door();
        elsewhere(move || {
            let mut stream = UnixStream::connect(socket).unwrap();
            // It may hang up before it has read everything.
            let _sent = stream.write_all(&bytes);
            let _closed = stream.shutdown(std::net::Shutdown::Write);
            let mut line = String::new();
            let _read = BufReader::new(stream).read_line(&mut line);
            line
        })
        .await
    };
    for nonsense in ["", "\n", "{}\n", "{\"type\":\"sign_out\"}\n", "GET / HTTP/1.1\r\n\r\n", "[[[[\n"] {
        let answer = say(nonsense.as_bytes().to_vec()).await;
        assert!(answer.contains("not_understood"), "{nonsense:?}: {answer}");
    }
    for nonsense in [vec![b'x'; 1 << 20], vec![0xff, b'\n']] {
        let answer = say(nonsense).await;
        assert!(answer.is_empty() || answer.contains("not_understood"), "{answer}");
    }
    // One that says nothing at all keeps nobody else waiting.
    let _silent = UnixStream::connect(places.door()).unwrap();
    say(b"{\"type\":\"open\",\"arguments\":[]}\n".to_vec()).await;
    assert_eq!(told.recv().await.unwrap(), Request::Open { arguments: vec![] });
}
