#![no_main]

#[path = "../properties/key_answers.rs"]
mod key_answers;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    key_answers::hold(input);
});
