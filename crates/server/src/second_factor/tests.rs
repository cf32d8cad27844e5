#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::{keys::InstanceKey, random::SystemRandom};

/// The secret of RFC 6238, appendix B, for SHA-1.
fn published() -> TotpSecret {
    TotpSecret(Zeroizing::new(b"12345678901234567890".to_vec()))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * SECOND)
}

#[test]
fn codes_are_those_of_rfc_6238() {
    // The last six of the eight digits of appendix B.
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(published().step_of(code, None, at(seconds)), Some(seconds / 30), "{seconds}");
    }
}

#[test]
fn sec_60_one_step_before_and_after_counts_and_none_that_was_used() {
    let (secret, code) = (published(), "050471");
    let step = 1_111_111_111 / 30;
    let begins = step * 30;
    for (now, counts) in [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)] {
        assert_eq!(secret.step_of(code, None, at(begins + now)), counts.then_some(step), "{now}");
    }
    for (last, counts) in [(step - 1, true), (step, false), (step + 1, false)] {
        assert_eq!(secret.step_of(code, Some(last), at(begins)), counts.then_some(step), "{last}");
    }
    for other in ["050472", "", "50471", "0504711", "05047a", "０５０４７１"] {
        assert_eq!(secret.step_of(other, None, at(begins)), None, "{other}");
    }
}

#[test]
fn an_app_reads_the_secret_as_text_and_as_an_address() {
    assert_eq!(published().to_text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(
        published().to_uri("Zoë's: team", "zoe@example.com"),
        "otpauth://totp/Zo%C3%AB%27s%20%20team:zoe%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zo%C3%AB%27s%20%20team"
    );
    assert!(!format!("{:?}", published()).contains('1'));
}

#[test]
fn sec_60_a_secret_opens_for_its_own_app_and_under_its_own_key() {
    let keys = |byte| Keys::derive(&InstanceKey::new([byte; crate::keys::KEY_LEN]));
    let (old, new) = (keys(1), keys(2));
    let (one, two) = (TotpId::from_random([1; 20]), TotpId::from_random([2; 20]));
    let sealed = published().seal(&one, &old);
    let text = |secret: Result<TotpSecret, OpenError>| secret.map(|secret| secret.to_text());
    assert_eq!(text(TotpSecret::open(&one, &sealed, &old)), Ok(published().to_text()));
    assert_eq!(text(TotpSecret::open(&two, &sealed, &old)), Err(OpenError::Damaged));
    assert_eq!(text(TotpSecret::open(&one, &sealed, &new)), Err(OpenError::OtherKey));
    let anew = reseal_totp(one.as_str(), &sealed, &old, &new).unwrap();
    assert_eq!(text(TotpSecret::open(&one, &anew, &new)), Ok(published().to_text()));
}

#[test]
fn sec_61_backup_codes_are_many_and_kept_as_codes_of_their_user() {
    let codes = new_backup_codes(&SystemRandom);
    let texts: std::collections::BTreeSet<_> = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
    assert_eq!(texts.len(), 10);
    assert!(texts.iter().all(|code| code.len() == 10 && code.bytes().all(|byte| ALPHABET.contains(&byte))));
    let keys = Keys::derive(&InstanceKey::new([1; crate::keys::KEY_LEN]));
    let (ada, bob) = (UserId::from_random([1; 20]), UserId::from_random([2; 20]));
    let mac = |user: &UserId, code: &str| backup_code_mac(user, &SecretString::from(code), &keys);
    assert_eq!(mac(&ada, "abcde23456"), mac(&ada, " ABCDE-23456\n"));
    assert_ne!(mac(&ada, "abcde23456"), mac(&bob, "abcde23456"));
    assert_ne!(mac(&ada, "abcde23456"), mac(&ada, "abcde23457"));
    assert!(!mac(&ada, "abcde23456").expose().contains("abcde"));
}
