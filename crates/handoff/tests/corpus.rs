//! Addresses that were thought of, or found by `cargo xtask fuzz callbacks`, and what has to be true of each.

use std::{fs, path::Path};

#[path = "../../../fuzz/properties/callbacks.rs"]
mod callbacks;

#[test]
fn sec_09_what_is_read_of_the_kept_addresses_leads_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/callbacks");
    let mut read = Vec::new();
    for entry in fs::read_dir(folder).expect("the kept addresses") {
        let path = entry.expect("an entry").path();
        println!("{}", path.display());
        let text = fs::read_to_string(&path).expect("a text");
        if callbacks::hold(&text) {
            read.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    read.sort();
    assert_eq!(read, ["bare", "deep", "failed", "failed_without_code", "loopback", "pasted", "slash"]);
}
