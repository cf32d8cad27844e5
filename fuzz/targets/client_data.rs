#![no_main]

#[path = "../properties/client_data.rs"]
mod client_data;

libfuzzer_sys::fuzz_target!(|text: &str| {
    client_data::hold(text);
});
