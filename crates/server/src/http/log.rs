//! What the log may say of a request.

/// Longest word of a path that is shown.
const MAX_WORD: usize = 24;

/// A path with everything hidden that is no word of the API: ids, and whatever else a caller may have put there.
pub(super) fn shape(path: &str) -> String {
    let is_word = |part: &str| {
        part == "v1"
            || (part.len() <= MAX_WORD
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-' || byte == b'.'))
    };
    path.split('/').take(10).map(|part| if is_word(part) { part } else { "{}" }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_91_a_path_shows_no_ids_and_cannot_forge_lines() {
        assert_eq!(shape("/v1/client/sessions/sess_2abcDEF/tokens"), "/v1/client/sessions/{}/tokens");
        assert_eq!(shape("/.well-known/jwks.json"), "/.well-known/jwks.json");
        assert_eq!(shape("/a%0aINFO/ada@example.com/x y"), "/{}/{}/{}");
        assert!(shape(&"/a".repeat(5000)).len() < 40);
    }
}
