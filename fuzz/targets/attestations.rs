#![no_main]

#[path = "../properties/attestations.rs"]
mod attestations;

libfuzzer_sys::fuzz_target!(|text: &str| {
    attestations::hold(text);
});
