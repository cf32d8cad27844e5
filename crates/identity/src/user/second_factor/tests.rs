use super::*;
use crate::samples::{START, guarded, jane};

fn policy() -> Policy {
    Policy::default()
}

fn pending() -> Account {
    let mut account = guarded(0);
    if let Some(totp) = &mut account.second_factors.totp {
        (totp.verified_at, totp.last_step) = (None, None);
    }
    account
}

fn set() -> BackupCodeSet {
    BackupCodeSet { id: "set".to_owned(), macs: vec![CodeMac::new("mac".to_owned())] }
}

#[test]
fn an_app_counts_once_it_is_proven_and_brings_backup_codes() {
    let pending = pending();
    assert!(!pending.second_factors.enabled() && pending.second_factors.offered().is_empty());
    assert_eq!(pending.may_set_up_totp(&policy()), Ok(()), "one that nobody has proven makes room");
    assert!(pending.is_given_backup_codes(&policy()));
    assert_eq!(pending.prove_totp(None, None, &policy(), START), Err(SecondFactorRefusal::Incorrect));
    let proven = pending.prove_totp(Some(5), Some(set()), &policy(), START).unwrap();
    assert_eq!(proven.user.mfa_enabled_at, Some(START));
    let user_id = pending.user.id.clone();
    assert_eq!(
        proven.effects[..2],
        [
            Effect::ProveTotp { user_id: user_id.clone(), id: "totp_1".to_owned(), step: 5 },
            Effect::SetBackupCodes { user_id, set: set() }
        ]
    );
    assert!(matches!(&proven.effects[2..], [Effect::SendNotice { notice: Notice::SecondFactorAdded(_), .. }]));
    let guarded = guarded(10);
    assert_eq!(guarded.may_set_up_totp(&policy()), Err(SecondFactorRefusal::TotpExists));
    assert_eq!(guarded.second_factors.offered(), [SecondFactor::Totp, SecondFactor::BackupCode], "the default first");
    assert!(!guarded.is_given_backup_codes(&policy()));
}

#[test]
fn what_the_instance_does_not_offer_is_not_set_up_but_still_asked_for() {
    let mut off = policy();
    off.second_factors.authenticator_app = false;
    off.second_factors.backup_code = false;
    assert_eq!(jane().may_set_up_totp(&off), Err(SecondFactorRefusal::Off));
    assert_eq!(guarded(1).renew_backup_codes(set(), &off), Err(SecondFactorRefusal::NoOther));
    assert!(guarded(1).second_factors.enabled());
}

#[test]
fn the_last_factor_takes_the_backup_codes_along_and_people_are_told() {
    assert_eq!(jane().remove_totp(&policy(), START), Err(SecondFactorRefusal::NotFound));
    let quiet = pending().remove_totp(&policy(), START).unwrap();
    assert_eq!((quiet.effects.len(), quiet.user.mfa_disabled_at), (1, None));
    let removed = guarded(3).remove_totp(&policy(), START).unwrap();
    assert_eq!(removed.user.mfa_disabled_at, Some(START));
    assert!(removed.effects.contains(&Effect::RemoveBackupCodes(jane().user.id)));
    assert!(removed.effects.iter().any(|effect| matches!(effect, Effect::SendNotice { .. })));
}

#[test]
fn sec_61_backup_codes_need_another_factor() {
    assert_eq!(jane().renew_backup_codes(set(), &policy()), Err(SecondFactorRefusal::NoOther));
    assert_eq!(pending().renew_backup_codes(set(), &policy()), Err(SecondFactorRefusal::NoOther));
    let renewed = guarded(1).renew_backup_codes(set(), &policy()).unwrap();
    assert_eq!(renewed.effects[0], Effect::SetBackupCodes { user_id: jane().user.id, set: set() });
}

#[test]
fn sec_64_a_locked_user_proves_no_app() {
    let mut locked = pending();
    locked.lockout.locked_until = Some(START.plus(1));
    let refused = locked.prove_totp(Some(5), None, &policy(), START);
    assert_eq!(refused, Err(SecondFactorRefusal::Locked { remaining_ms: 1 }));
}
