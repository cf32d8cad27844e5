//! Texts from outside that were thought of, or found by `cargo xtask fuzz`, and what has to be true of each.

use std::{fs, path::Path};

#[path = "../../../../fuzz/properties/assertions.rs"]
mod assertions;
#[path = "../../../../fuzz/properties/attestations.rs"]
mod attestations;
#[path = "../../../../fuzz/properties/client_data.rs"]
mod client_data;
#[path = "../../../../fuzz/properties/id_tokens.rs"]
mod id_tokens;
#[path = "../../../../fuzz/properties/profiles.rs"]
mod profiles;
#[path = "../../../../fuzz/properties/redirects.rs"]
mod redirects;

/// Holds every kept text of a target; answers with the names of those that are taken.
fn taken(target: &str, hold: fn(&str) -> bool) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut taken = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        if hold(&fs::read_to_string(&path).unwrap()) {
            taken.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    taken.sort();
    taken
}

#[test]
fn sec_10_only_addresses_that_are_the_listed_one_are_taken() {
    assert_eq!(taken("redirects", redirects::hold), ["empty_port", "ports", "ports_v6", "same"]);
}

#[test]
fn sec_76_only_tokens_that_say_what_was_asked_for_are_believed() {
    let believed = [
        "audience_twice",
        "edges",
        "fraction",
        "good",
        // The key in the header counts for nothing, and the one of the issuer has signed.
        "jwk",
        "languages",
        "profile",
        "verified_nothing",
        "verified_word",
    ];
    assert_eq!(taken("id_tokens", id_tokens::hold), believed);
}

#[test]
fn sec_78_only_answers_that_name_somebody_are_taken_and_vouch_for_what_the_provider_vouches_for() {
    let named = [
        "discovery",
        "facebook",
        "facebook_verified",
        "github",
        "github_form",
        "github_names",
        "github_private",
        "user_info",
    ];
    assert_eq!(taken("profiles", profiles::hold), named);
}

#[test]
fn sec_67_sec_71_only_pages_of_the_domain_that_nobody_holds_inside_another_ask_for_passkeys() {
    let believed =
        ["below", "create", "default_port", "get", "listed", "other_keys", "slash", "top_null", "upper_case"];
    assert_eq!(taken("client_data", client_data::hold), believed);
}

#[test]
fn sec_68_sec_70_only_keys_that_somebody_verified_has_made_for_the_domain_are_kept() {
    // What stands behind the key in `tail` says nothing, and counts for nothing.
    let kept = ["copied", "counts", "longest_id", "may_be_copied", "none", "short_id", "tail"];
    assert_eq!(taken("attestations", attestations::hold), kept);
}

#[test]
fn sec_68_sec_69_only_what_somebody_verified_has_signed_for_the_domain_with_a_counter_that_goes_on_signs_in() {
    // What a sign-in has no use for is signed with the rest, says nothing, and counts for nothing: extensions, bits without
    // a meaning, a key, whatever stands behind.
    let taken_in = ["extensions", "most", "reserved", "right", "tail", "with_key"];
    assert_eq!(taken("assertions", assertions::hold), taken_in);
}
