#![no_main]

#[path = "../properties/callbacks.rs"]
mod callbacks;

libfuzzer_sys::fuzz_target!(|text: &str| {
    callbacks::hold(text);
});
