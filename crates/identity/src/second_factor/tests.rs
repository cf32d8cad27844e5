use super::*;
use crate::samples::{JANE, backup_code, email, jane, totp, with_totp};

fn app(number: u32, step: i64) -> SecondChecked {
    SecondChecked::Totp { id: totp(number), step }
}

/// An account whose app is begun and not finished.
fn begun() -> Account {
    let mut jane = with_totp(jane());
    jane.second_factors =
        SecondFactors { totp: Some(TotpSummary { id: totp(1), verified_at: None }), ..SecondFactors::default() };
    jane
}

fn notice(notice: Notice) -> Effect {
    Effect::SendNotice { notice, to: email(JANE).into(), locale: None }
}

#[test]
fn an_app_is_asked_for_once_a_code_of_it_was_seen() {
    let (jane, policy) = (begun(), Policy::default());
    assert_eq!((jane.second_factors.are_on(), jane.second_factors.ways()), (false, Vec::new()));
    assert_eq!(jane.may_begin_totp(&policy), Ok(()), "one that was begun may be begun anew");
    let effects = jane.verify_totp(&app(1, 7), vec![backup_code(1)], &policy).unwrap();
    assert_eq!(
        effects,
        [
            Effect::EnableTotp { user_id: jane.user.id.clone(), id: totp(1), step: 7 },
            Effect::PutBackupCodes { user_id: jane.user.id.clone(), macs: vec![backup_code(1)] },
            Effect::NoteChange(jane.user.id.clone()),
            notice(Notice::TotpAdded),
        ]
    );
    for wrong in [SecondChecked::Wrong, app(2, 7), SecondChecked::BackupCode(backup_code(1))] {
        assert_eq!(jane.verify_totp(&wrong, Vec::new(), &policy), Err(SecondFactorRefusal::Incorrect), "{wrong:?}");
    }
    let nothing = crate::samples::jane();
    assert_eq!(nothing.verify_totp(&app(1, 7), Vec::new(), &policy), Err(SecondFactorRefusal::Missing));
}

#[test]
fn an_app_that_is_on_is_not_replaced_unseen() {
    let (jane, policy) = (with_totp(jane()), Policy::default());
    assert_eq!(jane.may_begin_totp(&policy), Err(SecondFactorRefusal::AlreadyOn));
    assert_eq!(jane.verify_totp(&app(1, 7), Vec::new(), &policy), Err(SecondFactorRefusal::AlreadyOn));
}

#[test]
fn what_the_instance_does_not_offer_is_not_set_up_and_taken_from_nobody() {
    let mut policy = Policy::default();
    policy.second_factors.backup_codes = false;
    let effects = begun().verify_totp(&app(1, 7), vec![backup_code(1)], &policy).unwrap();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::PutBackupCodes { .. })));
    assert_eq!(
        with_totp(jane()).renew_backup_codes(vec![backup_code(1)], &policy),
        Err(SecondFactorRefusal::NoBackupCodes)
    );
    policy.second_factors.authenticator_app = false;
    assert_eq!(jane().may_begin_totp(&policy), Err(SecondFactorRefusal::Off));
    assert!(with_totp(jane()).second_factors.are_on(), "who has one is still asked for it");
}

#[test]
fn sec_61_new_backup_codes_take_the_place_of_the_old_and_go_with_the_app() {
    let (jane, policy) = (with_totp(jane()), Policy::default());
    let user_id = jane.user.id.clone();
    assert_eq!(
        jane.renew_backup_codes(vec![backup_code(2)], &policy).unwrap(),
        [
            Effect::PutBackupCodes { user_id: user_id.clone(), macs: vec![backup_code(2)] },
            Effect::NoteChange(user_id.clone()),
            notice(Notice::BackupCodesRenewed),
        ]
    );
    assert_eq!(begun().renew_backup_codes(Vec::new(), &policy), Err(SecondFactorRefusal::NoBackupCodes));
    assert_eq!(
        jane.remove_totp(&policy).unwrap(),
        [
            Effect::RemoveSecondFactors(user_id.clone()),
            Effect::NoteChange(user_id.clone()),
            notice(Notice::TotpRemoved),
        ]
    );
    // Nobody is told of what never counted.
    assert_eq!(
        begun().remove_totp(&policy).unwrap(),
        [Effect::RemoveSecondFactors(user_id.clone()), Effect::NoteChange(user_id)]
    );
    assert_eq!(crate::samples::jane().remove_totp(&policy), Err(SecondFactorRefusal::Missing));
}
