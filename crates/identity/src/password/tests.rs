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

fn judged(
    policy: &PasswordPolicy,
    password: &str,
    words: &[&str],
    guess: &Guess,
    seen: BreachCheck,
) -> Vec<PasswordFault> {
    let words = ContextWords::of(words.iter().copied());
    policy.judge(&Candidate { password, words: &words }, guess, seen)
}

#[test]
fn sec_46_names_and_addresses_count_for_nothing() {
    let words = ["Ada", "King-Lovelace", "ada.byron@example.com", "Frontdesk", "Jo"];
    let names = |password: &str| {
        let strong = Guess { score: 4, ..Guess::default() };
        let faults = judged(&PasswordPolicy::default(), password, &words, &strong, BreachCheck::Unseen);
        assert!(faults.is_empty() || faults == [PasswordFault::Names], "{faults:?}");
        !faults.is_empty()
    };
    for made_of_them in ["frontdesk2026", "Ada!123456", "LOVELACE-1815", "ada.byron1", "byronking#1", "ada-ada-ada-ada"]
    {
        assert!(names(made_of_them), "{made_of_them}");
    }
    // What is long enough without them may have them, and short words and other people's domains are everywhere.
    for free in ["ada reads seven books", "example.com", "jojojojo", "correct horse battery"] {
        assert!(!names(free), "{free}");
    }
    let longer = PasswordPolicy { min_length: 20, ..PasswordPolicy::default() };
    let strong = Guess { score: 4, ..Guess::default() };
    let faults = judged(&longer, "ada reads seven books", &words, &strong, BreachCheck::Off);
    assert_eq!(faults, [PasswordFault::Names], "the instance's own minimum counts");
}

#[test]
fn sec_45_what_is_known_is_refused_and_what_cannot_be_said_as_the_owner_wishes() {
    let open = PasswordPolicy::default();
    let closed = PasswordPolicy { refuse_unchecked: true, ..PasswordPolicy::default() };
    let (hard, common) = (Guess { score: 3, ..Guess::default() }, Guess { common: true, ..Guess::default() });
    for (policy, guess, seen, fault) in [
        (&open, &hard, BreachCheck::Off, None),
        (&open, &hard, BreachCheck::Unseen, None),
        (&open, &hard, BreachCheck::Seen, Some(PasswordFault::Breached)),
        (&open, &hard, BreachCheck::Unanswered, None),
        (&closed, &hard, BreachCheck::Unanswered, Some(PasswordFault::Unchecked)),
        (&closed, &hard, BreachCheck::Off, None),
        (&open, &common, BreachCheck::Off, Some(PasswordFault::Common)),
        (&closed, &common, BreachCheck::Unanswered, Some(PasswordFault::Common)),
        (&open, &common, BreachCheck::Seen, Some(PasswordFault::Common)),
    ] {
        assert_eq!(judged(policy, "whatever it is", &[], guess, seen), Vec::from_iter(fault));
    }
}

#[test]
fn how_hard_it_has_to_be_is_the_owner_s_choice_and_nothing_by_default() {
    let advice = vec![Advice { code: "anotherWord", sentence: "Add a word." }];
    let guess = |score| Guess { score, common: false, advice: advice.clone() };
    let judge = |policy: &PasswordPolicy, score| judged(policy, "whatever", &[], &guess(score), BreachCheck::Off);
    assert_eq!(judge(&PasswordPolicy::default(), 0), []);
    let strict = PasswordPolicy { min_strength: 3, ..PasswordPolicy::default() };
    assert_eq!(judge(&strict, 2), [PasswordFault::Weak { advice: advice.clone() }]);
    assert_eq!(judge(&strict, 3), []);
}
