#![no_main]

#[path = "../properties/profiles.rs"]
mod profiles;

libfuzzer_sys::fuzz_target!(|text: &str| {
    profiles::hold(text);
});
