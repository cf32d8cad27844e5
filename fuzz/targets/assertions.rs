#![no_main]

#[path = "../properties/assertions.rs"]
mod assertions;

libfuzzer_sys::fuzz_target!(|text: &str| {
    assertions::hold(text);
});
