#![no_main]

#[path = "../properties/redirects.rs"]
mod redirects;

libfuzzer_sys::fuzz_target!(|text: &str| {
    redirects::hold(text);
});
