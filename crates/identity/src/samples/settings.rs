//! Random instances that contradict nothing, and random people who have accounts there.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};

use super::{PASSWORD_VERSION, START, address, email_of, jane, linked, passkey, profile, totp};
use crate::{
    Account, CodeProof, PasswordSummary, Phone, PhoneNumber, Policy, TotpSummary, Username, policy::Requirement,
};

/// The subject of a person's account elsewhere.
pub(crate) const SUBJECT: &str = "sub-1";

fn requirement() -> impl Strategy<Value = Requirement> {
    prop_oneof![Just(Requirement::Off), Just(Requirement::Optional), Just(Requirement::Required)]
}

/// What an instance demands and offers: everything that an owner can turn on and off, if it can be used.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    (prop::array::uniform6(requirement()), any::<[bool; 12]>(), 1..8u32, 1..12u32)
        .prop_map(|(demanded, on, max_tries, max_attempts)| {
            let mut policy = demanding(demanded, [on[0], on[1], on[2], on[3]]);
            policy.enumeration_protection = on[4];
            policy.sessions.single_session = on[5];
            policy.passkeys.enabled = on[6];
            policy.passkeys.satisfies_second_factor = on[7];
            policy.second_factors.authenticator_app = on[8];
            policy.second_factors.phone_codes = on[9];
            policy.second_factors.backup_codes = on[10];
            policy.reverification = on[11];
            policy.codes.max_tries = max_tries;
            policy.lockout.max_attempts = max_attempts;
            policy
        })
        .prop_filter("an instance would refuse it", |policy| policy.faults().is_empty())
}

/// An instance that demands these of an address, a number, a user name, two names and a password; and whether address
/// and number are proven at sign-up, and sign in by a code.
pub(crate) fn demanding(demanded: [Requirement; 6], on: [bool; 4]) -> Policy {
    let mut policy = Policy::default();
    let [email, phone, username, first_name, last_name, password] = demanded;
    (policy.email_address.requirement, policy.phone_number.requirement) = (email, phone);
    (policy.username.requirement, policy.password.requirement) = (username, password);
    (policy.first_name, policy.last_name) = (first_name, last_name);
    [policy.email_address.verify_at_sign_up, policy.phone_number.verify_at_sign_up, _, _] = on;
    [_, _, policy.email_address.sign_in_by_code, policy.phone_number.sign_in_by_code] = on;
    policy
}

/// User 1, with whatever people have: also what the instance would not have let them add.
pub(crate) fn people() -> impl Strategy<Value = Account> {
    // Unproven, proven, or set apart.
    let numbers = prop::collection::vec(0..3u8, 0..3);
    let addresses = prop::collection::vec(any::<bool>(), 0..3);
    (addresses, numbers, any::<[bool; 6]>(), prop::bool::weighted(0.1))
        .prop_map(|(addresses, numbers, has, banned)| account(&addresses, &numbers, has, banned))
        .prop_filter("everybody has something that they are called by", |account| account.identifier().is_some())
}

fn account(addresses: &[bool], numbers: &[u8], has: [bool; 6], banned: bool) -> Account {
    let [username, password, keyed, elsewhere, app, backup_codes] = has;
    let mut account = jane();
    let id = account.user.id.clone();
    let of = |place: usize| u32::try_from(place).unwrap();
    let emails = addresses.iter().enumerate();
    account.emails =
        emails.map(|(at, proven)| email_of(&id, 100 + of(at), &format!("jane{at}@example.com"), *proven)).collect();
    let phones = numbers.iter().enumerate();
    account.phones = phones
        .map(|(at, kind)| PhoneNumber {
            id: address(200 + of(at)),
            user_id: id.clone(),
            phone: Phone::parse(&format!("+4179123456{at}")).unwrap(),
            verified_at: (*kind > 0).then_some(START),
            reserved: *kind == 0,
            second_factor: *kind == 2,
            default_second_factor: false,
            code: CodeProof::default(),
            created_at: START,
            updated_at: START,
        })
        .collect();
    account.user.primary_email_address_id =
        account.emails.iter().find(|address| address.verified_at.is_some()).map(|address| address.id.clone());
    account.user.primary_phone_number_id =
        account.phones.iter().find(|number| number.is_first_factor()).map(|number| number.id.clone());
    account.user.username = username.then(|| Username::parse("jane_doe").unwrap());
    account.user.banned = banned;
    account.password = password.then_some(PasswordSummary { updated_at: START, version: PASSWORD_VERSION });
    account.passkeys = keyed.then(|| passkey(&id, 20)).into_iter().collect();
    account.externals = elsewhere.then(|| linked(5, &id, profile(SUBJECT, "", false))).into_iter().collect();
    account.second_factors.totp = app.then(|| TotpSummary { id: totp(1), verified_at: Some(START) });
    account.second_factors.backup_codes = if backup_codes { 10 } else { 0 };
    account
}
