use super::*;

#[test]
fn sec_43_length_rules_count_characters_and_nothing_is_cut() {
    let policy = PasswordPolicy::default();
    assert_eq!(policy.check("1234567", &[]), [PasswordFault::TooShort { min: 8 }]);
    assert_eq!(policy.check("12345678", &[]), []);
    assert_eq!(policy.check(&"é".repeat(64), &[]), []);
    assert_eq!(policy.check(&"x".repeat(256), &[]), []);
    assert_eq!(policy.check(&"x".repeat(257), &[]), [PasswordFault::TooLong { max: 256 }]);
    assert_eq!(policy.check(&"x".repeat(5000), &[]), [PasswordFault::TooManyBytes]);
}

#[test]
fn sec_44_no_composition_rules_unless_asked_for_and_then_all_are_told_at_once() {
    assert_eq!(PasswordPolicy::default().check("aaaaaaaa", &[]), []);
    let strict = PasswordPolicy {
        require_uppercase: true,
        require_lowercase: true,
        require_numbers: true,
        require_special_char: true,
        ..PasswordPolicy::default()
    };
    assert_eq!(
        strict.check("       ", &[]),
        [
            PasswordFault::TooShort { min: 8 },
            PasswordFault::NoUppercase,
            PasswordFault::NoLowercase,
            PasswordFault::NoNumber,
            PasswordFault::NoSpecialChar
        ]
    );
    assert_eq!(strict.check("Abcdef1!", &[]), []);
}

#[test]
fn ones_own_address_is_no_password() {
    let policy = PasswordPolicy::default();
    assert_eq!(policy.check("Jane@Example.com", &["jane@example.com"]), [PasswordFault::MatchesIdentifier]);
}

#[test]
fn a_digest_is_never_shown() {
    assert_eq!(format!("{:?}", PasswordDigest::new("$argon2id$x".to_owned())), "PasswordDigest(…)");
}
