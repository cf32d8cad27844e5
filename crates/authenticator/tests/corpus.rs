//! Answers of security keys that were thought of, or found by `cargo xtask fuzz key_answers`, and what has to be true of
//! each.

use std::{fs, path::Path};

#[path = "../../../fuzz/properties/key_answers.rs"]
mod key_answers;

#[test]
fn sec_67_68_70_what_is_passed_on_of_the_kept_answers_is_for_the_relying_party_and_verified() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/key_answers");
    let mut passed = Vec::new();
    for entry in fs::read_dir(folder).expect("the kept answers") {
        let path = entry.expect("an entry").path();
        println!("{}", path.display());
        if key_answers::hold(&fs::read(&path).expect("an answer")) {
            passed.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    passed.sort();
    let expected = [
        "info_no_rk",
        "info_ways",
        "made",
        "made_longest_id",
        "made_packed",
        // Whatever comes next, the first one was signed.
        "next",
        "next_garbage",
        "signed",
        "signed_empty_user",
        "signed_many",
        "signed_minus_one",
        "signed_no_key",
        "signed_user",
    ];
    assert_eq!(passed, expected);
}
