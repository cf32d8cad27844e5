//! Every way in: each first factor, with and without each second one, and whatever may become of it.
//!
//! [`AT_FIRST`] has a line for what the first factor is answered with, [`AT_SECOND`] for what the second one is. Neither
//! depends on the other: so every line is asked with each partner there is, and all of it through the real router.

mod resident;

use std::collections::BTreeSet;

use frontdesk_identity::time::MINUTE;
use frontdesk_store::testing::{TestDatabase, on_each};
use serde_json::{Value, json};

use self::{
    Expect::{Enters, Refused, Senseless},
    First::{Elsewhere, EmailCode, EmailLink, Passkey, Password, PhoneCode, ResetByEmail, ResetByPhone, Ticket},
    Outcome::{Banned, Expired, Locked, OverLimit, Replayed, Right, Wrong},
    Second::{App, BackupCode, Nothing, Text},
    resident::Resident,
};
use crate::{
    answer::Answer,
    house::{House, Wish},
};

/// How somebody begins to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum First {
    Password,
    EmailCode,
    EmailLink,
    PhoneCode,
    Passkey,
    /// The development provider, in Google's place.
    Elsewhere,
    ResetByEmail,
    ResetByPhone,
    Ticket,
}

const FIRSTS: [First; 9] =
    [Password, EmailCode, EmailLink, PhoneCode, Passkey, Elsewhere, ResetByEmail, ResetByPhone, Ticket];

/// What they are asked for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Second {
    Nothing,
    App,
    Text,
    BackupCode,
}

const SECONDS: [Second; 4] = [Nothing, App, Text, BackupCode];

/// What is the matter with what they offer, or with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Wrong,
    /// Right, and too late.
    Expired,
    /// Right, and used before: for another sign-in, on another device.
    Replayed,
    /// Right, after as much as is taken.
    OverLimit,
    /// Right, while the account is locked.
    Locked,
    /// Right, of somebody who is shut out.
    Banned,
}

/// In the order in which they can happen to one person: a lock and a ban end their sessions.
const OUTCOMES: [Outcome; 7] = [Right, Wrong, Expired, Replayed, OverLimit, Locked, Banned];

/// Which of the two is offered so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    First,
    Second,
}

/// The answer to it.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// It is taken. Who has a second factor is asked for it then, and everybody else is in.
    Enters,
    /// Refused: status, code, and the field at fault if one is.
    Refused(u16, &'static str, Option<&'static str>),
    /// There is no such thing, and why.
    Senseless(&'static str),
}

const fn no(status: u16, code: &'static str) -> Expect {
    Refused(status, code, None)
}

const fn at(status: u16, code: &'static str, param: &'static str) -> Expect {
    Refused(status, code, Some(param))
}

const NO_LINKS: &str =
    "this instance sends no links: there is none that could be right, and so none to be late or used";

/// What the first factor is answered with.
const AT_FIRST: &[(First, Outcome, Expect)] = &[
    (Password, Right, Enters),
    (Password, Wrong, at(422, "form_password_incorrect", "password")),
    (Password, Expired, Senseless("a password does not end")),
    (Password, Replayed, Senseless("a password is there to be used again")),
    (Password, OverLimit, no(429, "too_many_requests")),
    (Password, Locked, no(403, "user_locked")),
    (Password, Banned, no(403, "user_banned")),
    (EmailCode, Right, Enters),
    (EmailCode, Wrong, at(422, "form_code_incorrect", "code")),
    (EmailCode, Expired, no(400, "verification_expired")),
    (EmailCode, Replayed, at(422, "form_code_incorrect", "code")),
    (EmailCode, OverLimit, no(400, "verification_failed")),
    (EmailCode, Locked, no(403, "user_locked")),
    (EmailCode, Banned, no(403, "user_banned")),
    (EmailLink, Right, at(422, "form_param_value_invalid", "strategy")),
    (EmailLink, Wrong, Senseless(NO_LINKS)),
    (EmailLink, Expired, Senseless(NO_LINKS)),
    (EmailLink, Replayed, Senseless(NO_LINKS)),
    (EmailLink, OverLimit, Senseless(NO_LINKS)),
    (EmailLink, Locked, Senseless(NO_LINKS)),
    (EmailLink, Banned, Senseless(NO_LINKS)),
    (PhoneCode, Right, Enters),
    (PhoneCode, Wrong, at(422, "form_code_incorrect", "code")),
    (PhoneCode, Expired, no(400, "verification_expired")),
    (PhoneCode, Replayed, at(422, "form_code_incorrect", "code")),
    (PhoneCode, OverLimit, no(400, "verification_failed")),
    (PhoneCode, Locked, no(403, "user_locked")),
    (PhoneCode, Banned, no(403, "user_banned")),
    (Passkey, Right, Enters),
    (Passkey, Wrong, no(400, "passkey_authentication_failure")),
    (Passkey, Expired, no(400, "passkey_invalid_verification")),
    (Passkey, Replayed, no(400, "passkey_authentication_failure")),
    (Passkey, OverLimit, no(429, "too_many_requests")),
    (Passkey, Locked, no(403, "user_locked")),
    (Passkey, Banned, no(403, "user_banned")),
    (Elsewhere, Right, Enters),
    (Elsewhere, Wrong, no(400, "oauth_callback_invalid")),
    (Elsewhere, Expired, no(400, "oauth_callback_invalid")),
    (Elsewhere, Replayed, no(400, "oauth_callback_invalid")),
    (Elsewhere, OverLimit, no(429, "too_many_requests")),
    (Elsewhere, Locked, no(403, "user_locked")),
    (Elsewhere, Banned, no(403, "user_banned")),
    (ResetByEmail, Right, Enters),
    (ResetByEmail, Wrong, at(422, "form_code_incorrect", "code")),
    (ResetByEmail, Expired, no(400, "verification_expired")),
    (ResetByEmail, Replayed, at(422, "form_code_incorrect", "code")),
    (ResetByEmail, OverLimit, no(400, "verification_failed")),
    (ResetByEmail, Locked, no(403, "user_locked")),
    (ResetByEmail, Banned, no(403, "user_banned")),
    (ResetByPhone, Right, Enters),
    (ResetByPhone, Wrong, at(422, "form_code_incorrect", "code")),
    (ResetByPhone, Expired, no(400, "verification_expired")),
    (ResetByPhone, Replayed, at(422, "form_code_incorrect", "code")),
    (ResetByPhone, OverLimit, no(400, "verification_failed")),
    (ResetByPhone, Locked, no(403, "user_locked")),
    (ResetByPhone, Banned, no(403, "user_banned")),
    (Ticket, Right, Enters),
    (Ticket, Wrong, no(400, "ticket_invalid_code")),
    (Ticket, Expired, no(400, "ticket_expired_code")),
    (Ticket, Replayed, no(400, "sign_in_token_already_used_code")),
    (Ticket, OverLimit, no(429, "too_many_requests")),
    (Ticket, Locked, no(403, "user_locked")),
    (Ticket, Banned, no(403, "user_banned")),
];

/// What the second factor is answered with, whatever the first one was.
const AT_SECOND: &[(Second, Outcome, Expect)] = &[
    (App, Right, Enters),
    (App, Wrong, at(422, "form_code_incorrect", "code")),
    (App, Expired, at(422, "form_code_incorrect", "code")),
    (App, Replayed, at(422, "form_code_incorrect", "code")),
    (App, OverLimit, no(400, "verification_failed")),
    (App, Locked, no(403, "user_locked")),
    (App, Banned, no(403, "user_banned")),
    (Text, Right, Enters),
    (Text, Wrong, at(422, "form_code_incorrect", "code")),
    (Text, Expired, no(400, "verification_expired")),
    (Text, Replayed, at(422, "form_code_incorrect", "code")),
    (Text, OverLimit, no(400, "verification_failed")),
    (Text, Locked, no(403, "user_locked")),
    (Text, Banned, no(403, "user_banned")),
    (BackupCode, Right, Enters),
    (BackupCode, Wrong, at(422, "form_code_incorrect", "code")),
    // Backup codes do not age: one is over when new ones take its place.
    (BackupCode, Expired, at(422, "form_code_incorrect", "code")),
    (BackupCode, Replayed, at(422, "form_code_incorrect", "code")),
    (BackupCode, OverLimit, no(400, "verification_failed")),
    (BackupCode, Locked, no(403, "user_locked")),
    (BackupCode, Banned, no(403, "user_banned")),
];

/// A cell: a way in, what is the matter, and with which of the two factors.
type Cell = (First, Second, Outcome, Stage);

/// The whole product: nobody who has no second factor can offer one.
fn product() -> BTreeSet<Cell> {
    let pairs = FIRSTS.iter().flat_map(|first| SECONDS.iter().map(move |second| (*first, *second)));
    let ways = pairs.flat_map(|(first, second)| OUTCOMES.iter().map(move |outcome| (first, second, *outcome)));
    let stages = |second| if second == Nothing { vec![Stage::First] } else { vec![Stage::First, Stage::Second] };
    ways.flat_map(|(first, second, outcome)| {
        stages(second).into_iter().map(move |stage| (first, second, outcome, stage))
    })
    .collect()
}

/// What the tables say of a cell. They say one thing.
fn expected((first, second, outcome, stage): Cell) -> Expect {
    // Nobody gets as far as to a second factor by what is not served.
    if first == EmailLink && stage == Stage::Second {
        return Senseless(NO_LINKS);
    }
    let lines: Vec<_> = match stage {
        Stage::First => {
            AT_FIRST.iter().filter(|line| (line.0, line.1) == (first, outcome)).map(|line| line.2).collect()
        }
        Stage::Second => {
            AT_SECOND.iter().filter(|line| (line.0, line.1) == (second, outcome)).map(|line| line.2).collect()
        }
    };
    assert_eq!(lines.len(), 1, "{first:?} {second:?} {outcome:?} {stage:?}");
    lines[0]
}

#[test]
fn the_tables_say_one_thing_of_every_cell() {
    let cells = product();
    let ways: BTreeSet<_> = cells.iter().map(|(first, second, outcome, _)| (*first, *second, *outcome)).collect();
    assert_eq!(ways.len(), 9 * 4 * 7);
    assert_eq!(cells.len(), 9 * 4 * 7 + 9 * 3 * 7, "who has a second factor can be stopped at either");
    let (mut asked, mut senseless) = (0, Vec::new());
    for cell in cells {
        match expected(cell) {
            Senseless(why) => senseless.push((cell.0, cell.2, why)),
            Enters | Refused(..) => asked += 1,
        }
    }
    // A password that is late or used once more (2 outcomes × 4), and links (6 × 4 at the first, 7 × 3 at the second).
    assert_eq!((asked, senseless.len()), (388, 2 * 4 + 6 * 4 + 7 * 3), "{senseless:?}");
    assert!(senseless.iter().all(|(.., why)| !why.is_empty()));
}

/// An instance that takes everything there is, and lets as many messages be sent as the tables need.
fn settings(more: &Value) -> Value {
    let mut settings = json!({ "policy": {
        "phone_number": { "requirement": "optional" },
        "codes": { "per_address_per_hour": 10_000 },
        "texts": { "per_number_per_hour": 10_000, "per_caller_per_hour": 10_000, "per_country_per_hour": 10_000 },
    } });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings
}

/// Asks everything about one first factor, on one database; answers with the cells that were asked.
async fn ask(database: &TestDatabase, first: First) -> BTreeSet<Cell> {
    let house = House::with(database, Wish::settings(settings(&json!({})))).await;
    // Another process, which lets one address ask as seldom as can be.
    let narrow = house.replica(database, settings(&json!({ "limits": { "create": 1, "attempt": 1 } }))).await;
    let mut asked = BTreeSet::new();
    for second in SECONDS {
        let mut resident = Resident::move_in(&house, &narrow, first, second).await;
        for stage in [Stage::First, Stage::Second] {
            for outcome in OUTCOMES {
                let cell = (first, second, outcome, stage);
                if !product().contains(&cell) {
                    continue;
                }
                asked.insert(cell);
                let expect = expected(cell);
                if matches!(expect, Senseless(_)) {
                    continue;
                }
                house.clock.advance(MINUTE);
                let answer = match stage {
                    Stage::First => resident.at_first(outcome).await,
                    Stage::Second => resident.at_second(outcome).await,
                };
                judge(cell, expect, &answer);
                resident.let_in_again().await;
            }
        }
    }
    narrow.close().await;
    house.close().await;
    asked
}

/// Holds an answer against what was expected.
fn judge(cell: Cell, expect: Expect, answer: &Answer) {
    let (_, second, _, stage) = cell;
    let said = format!("{cell:?}: {} {}", answer.status, answer.body);
    match expect {
        Enters => {
            let half_way = second != Nothing && stage == Stage::First;
            let status = if half_way { "needs_second_factor" } else { "complete" };
            assert_eq!(answer.status, 200, "{said}");
            assert_eq!(answer.response()["status"], status, "{said}");
            assert_eq!(answer.sessions().len(), usize::from(!half_way), "{said}");
        }
        Refused(status, code, param) => {
            assert_eq!(answer.status.as_u16(), status, "{said}");
            let error = &answer.body["errors"][0];
            assert_eq!(error["code"], code, "{said}");
            assert_eq!(error["meta"]["param_name"].as_str(), param, "{said}");
            assert_eq!(answer.sessions(), Vec::<String>::new(), "{said}");
        }
        Senseless(why) => panic!("asked although {why}: {said}"),
    }
}

/// A test for each first factor, so that they run beside each other, and the list of them.
macro_rules! ways {
    ($($name:ident => $first:ident,)*) => {
        $(#[tokio::test]
        async fn $name() {
            on_each(async |database| {
                let asked = ask(database, $first).await;
                let wanted: BTreeSet<_> = product().into_iter().filter(|cell| cell.0 == $first).collect();
                assert_eq!(asked, wanted);
            })
            .await;
        })*

        #[test]
        fn every_first_factor_is_asked() {
            assert_eq!([$($first),*], FIRSTS);
        }
    };
}

ways! {
    by_a_password => Password,
    by_a_code_to_an_address => EmailCode,
    by_a_link_to_an_address => EmailLink,
    by_a_code_to_a_number => PhoneCode,
    by_a_passkey => Passkey,
    by_an_account_elsewhere => Elsewhere,
    by_a_new_password_and_a_code_to_an_address => ResetByEmail,
    by_a_new_password_and_a_code_to_a_number => ResetByPhone,
    by_a_ticket => Ticket,
}
