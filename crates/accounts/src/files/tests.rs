#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

fn listed(id: &str, local: bool) -> Listed {
    Listed { local, ..Listed::new(id.to_owned(), id.to_owned(), None) }
}

fn ids(list: &List) -> Vec<&str> {
    list.instances.iter().map(|listed| listed.id.as_str()).collect()
}

/// A folder with a list of two instances.
fn folder() -> (tempfile::TempDir, Files, List) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path());
    let list = List { instances: vec![listed("local", true), listed("remote", false)], ..List::default() };
    files.write_list(&List::default(), &list).unwrap();
    (folder, files, list)
}

/// What a start makes of a list that it cannot read.
fn begun_anew() -> List {
    List { instances: vec![listed("new", true)], ..List::default() }
}

/// What is at the place of the list can be read by nobody while this is there.
fn hide(files: &Files) -> PathBuf {
    let hidden = files.list.with_extension("hidden");
    fs::rename(&files.list, &hidden).unwrap();
    fs::create_dir(&files.list).unwrap();
    hidden
}

#[test]
fn a_list_that_could_not_be_read_for_a_while_is_as_before() {
    let (_folder, files, list) = folder();
    let hidden = hide(&files);
    let read = files.read_list();
    assert_eq!(read, List::default());
    assert!(files.list.exists(), "reading changes nothing");
    fs::remove_dir(&files.list).unwrap();
    fs::rename(&hidden, &files.list).unwrap();
    files.write_list(&read, &begun_anew()).unwrap();
    let kept = files.read_list();
    assert_eq!(ids(&kept), ["local", "remote"]);
    assert_eq!(kept.instances, list.instances);
}

#[test]
fn a_list_that_cannot_be_read_is_set_aside_and_never_written_over() {
    let (folder, files, _list) = folder();
    for number in 1..=2 {
        let hidden = hide(&files);
        let mark = files.list.join(number.to_string());
        fs::write(mark, "what is in the way").unwrap();
        let read = files.read_list();
        files.write_list(&read, &begun_anew()).unwrap();
        assert_eq!(ids(&files.read_list()), ["new"]);
        let aside = folder.path().join(format!("instances.json.unreadable-{number}"));
        assert!(aside.join(number.to_string()).exists(), "each as it was");
        fs::remove_file(hidden).unwrap();
    }
}

#[test]
fn a_damaged_list_whose_place_aside_is_taken_is_not_written_over() {
    let (_folder, files, _list) = folder();
    let text = b"{ \"instances\": [";
    fs::write(&files.list, text).unwrap();
    fs::create_dir(files.list.with_extension("json.damaged")).unwrap();
    assert_eq!(files.read_list(), List::default());
    files.write_list(&List::default(), &begun_anew()).unwrap();
    assert_eq!(fs::read(files.list.with_extension("json.unreadable-1")).unwrap(), text);
}

#[test]
fn a_list_with_two_entries_for_the_instance_inside_the_app_loses_one() {
    let (_folder, files, mut list) = folder();
    let mut other = listed("other", true);
    other.slots[0].has_client = true;
    list.instances.push(other);
    fs::write(&files.list, serde_json::to_vec(&list).unwrap()).unwrap();
    let read = files.read_list();
    assert_eq!(ids(&read), ["local", "remote"]);
    assert_eq!(read.doomed, ["client/other/1", "password/other"]);
}
