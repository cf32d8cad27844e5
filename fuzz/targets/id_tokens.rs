#![no_main]

#[path = "../properties/id_tokens.rs"]
mod id_tokens;

libfuzzer_sys::fuzz_target!(|text: &str| {
    id_tokens::hold(text);
});
