use super::*;
use crate::samples::{JANE, address, backup_code, jane, told, totp, with_second_phone, with_totp};

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
    told(notice, JANE)
}

#[test]
fn an_app_is_asked_for_once_a_code_of_it_was_seen() {
    let (jane, policy) = (begun(), Policy::default());
    assert_eq!((jane.has_second_factor(), jane.second_ways(&Policy::default())), (false, Vec::new()));
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
    assert!(with_totp(jane()).has_second_factor(), "who has one is still asked for it");
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

const SWISS: &str = "+41791234567";

#[test]
fn an_app_comes_before_numbers_unless_the_user_prefers_one() {
    let mut jane = with_second_phone(with_second_phone(with_totp(jane()), 7, SWISS), 8, "+447400123456");
    let order = |account: &Account| {
        let id = |way: SecondFactor| match way {
            SecondFactor::PhoneCode { phone_number_id, .. } => phone_number_id.to_string(),
            other => other.strategy().as_str().to_owned(),
        };
        account.second_ways(&Policy::default()).into_iter().map(id).collect::<Vec<_>>()
    };
    let (seven, eight) = (address(7).to_string(), address(8).to_string());
    assert_eq!(order(&jane), ["totp", seven.as_str(), eight.as_str(), "backup_code"]);
    jane.phones[1].default_second_factor = true;
    assert_eq!(order(&jane), [eight.as_str(), "totp", seven.as_str(), "backup_code"]);
    jane.phones[1].second_factor = false;
    assert_eq!(order(&jane), ["totp", seven.as_str(), "backup_code"]);
    jane.phones[0].verified_at = None;
    assert_eq!(order(&jane), ["totp", "backup_code"], "sec_62");
}

#[test]
fn sec_57_a_number_that_gets_no_texts_is_no_way_while_there_is_another() {
    let mut policy = Policy::default();
    policy.texts.blocked_countries.insert("CH".to_owned());
    let numbers = with_second_phone(with_second_phone(jane(), 7, SWISS), 8, "+447400123456");
    let ids = |account: &Account| {
        let id = |way| match way {
            SecondFactor::PhoneCode { phone_number_id, .. } => Some(phone_number_id),
            _ => None,
        };
        account.second_ways(&policy).into_iter().filter_map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&numbers), [address(8)]);
    assert_eq!(numbers.second_number(None, &policy).unwrap().id, address(8));
    assert_eq!(numbers.second_number(Some(&address(7)), &policy).unwrap().id, address(7), "asking for it says why not");
    let app = with_second_phone(with_totp(jane()), 7, SWISS);
    assert_eq!(ids(&app), []);
    assert!(app.second_ways(&policy).contains(&SecondFactor::Totp));
    // Who has nothing else would see an empty page, and not why.
    let mut alone = with_second_phone(jane(), 7, SWISS);
    alone.second_factors.backup_codes = 0;
    assert_eq!(ids(&alone), [address(7)]);
}

#[test]
fn an_app_beside_a_number_comes_and_goes_alone() {
    let policy = Policy::default();
    let jane = with_second_phone(begun(), 7, SWISS);
    assert_eq!(jane.may_begin_totp(&policy), Ok(()), "a number is no app");
    let effects = jane.verify_totp(&app(1, 7), vec![backup_code(1)], &policy).unwrap();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::PutBackupCodes { .. })), "there are codes");
    let both = with_second_phone(with_totp(crate::samples::jane()), 7, SWISS);
    let user_id = both.user.id.clone();
    assert_eq!(
        both.remove_totp(&policy).unwrap(),
        [Effect::RemoveTotp(user_id.clone()), Effect::NoteChange(user_id), notice(Notice::TotpRemoved)]
    );
}

#[test]
fn sec_65_the_owner_removes_all_of_them_and_the_user_is_told() {
    let policy = Policy::default();
    let both = with_second_phone(with_totp(jane()), 7, SWISS);
    let (user_id, number) = (both.user.id.clone(), both.phones[0].phone.clone());
    let removed = Effect::RemoveSecondFactors(user_id.clone());
    assert_eq!(
        both.remove_second_factors(&policy),
        [removed, Effect::NoteChange(user_id), notice(Notice::TotpRemoved), notice(Notice::SecondPhoneRemoved(number))]
    );
    assert_eq!(jane().remove_second_factors(&policy), []);
}
