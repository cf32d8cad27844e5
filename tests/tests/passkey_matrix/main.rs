//! Whatever goes right or wrong with a passkey, asked of every authenticator there is, against the real router on each kind
//! of database.
//!
//! [`LINES`] says of each thing that is tried what becomes of it, and [`EXCEPTIONS`] of which authenticators it is not so.
//! That of Chromium is asked the same by `tests/sdk/scenarios/passkey-matrix.test.mjs`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod device;
mod house;
mod scene;

use frontdesk_store::testing::{TestDatabase, on_each};

use self::{
    Ceremony::{Adds, SignsIn},
    Expect::{Declined, Refused, Senseless, Taken},
    Try::{
        AfterIdentifier, AnswerOfTheOther, ChallengeOfTheOther, CounterBack, Discoverable, Eleventh, Excluded,
        ForeignPageAsked, ForeignPageOffered, ForeignPartyAsked, ForeignPartyOffered, Registration, Replay, Stale,
    },
    device::{MAKES, Make},
    house::House,
    scene::{Became, Scene},
};

/// What a device is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ceremony {
    /// To make a key.
    Adds,
    /// To sign with one.
    SignsIn,
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    Registration,
    Discoverable,
    AfterIdentifier,
    /// The device is asked for a second key of the account.
    Excluded,
    /// The instance's page asks for a relying party that is not of its site.
    ForeignPartyAsked(Ceremony),
    /// It asks for one that is of its site, and not the instance's.
    ForeignPartyOffered(Ceremony),
    /// The page of another site asks for the instance's relying party.
    ForeignPageAsked(Ceremony),
    /// It has asked for it, as the answer says that is offered.
    ForeignPageOffered(Ceremony),
    /// The challenge was meant for the other kind of ceremony.
    ChallengeOfTheOther(Ceremony),
    /// So was the answer.
    AnswerOfTheOther(Ceremony),
    /// The answer comes too late.
    Stale(Ceremony),
    /// The answer was taken once, and is offered to what is asked next.
    Replay(Ceremony),
    /// The counter of the key is behind what it was.
    CounterBack,
    /// The account has ten.
    Eleventh,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// The instance takes it.
    Taken,
    /// The instance refuses it: status and code.
    Refused(u16, &'static str),
    /// The device or who asks it declines, with this name, and nothing is offered.
    Declined(&'static str),
    /// There is no such thing, and why.
    Senseless(&'static str),
}

const NO_KEY: Expect = Refused(400, "passkey_registration_failure");
const NO_SIGN_IN: Expect = Refused(400, "passkey_authentication_failure");
const OVER: Expect = Refused(400, "passkey_invalid_verification");
const MALFORMED: Expect = Refused(422, "passkey_invalid_public_key_credential");
const NOT_OF_THIS_SITE: Expect = Declined("SecurityError");

/// In the order in which it is tried: Ada has a passkey from the first line on.
const LINES: [(Try, Expect); 22] = [
    (Registration, Taken),
    (Discoverable, Taken),
    (AfterIdentifier, Taken),
    (Excluded, Declined("InvalidStateError")),
    (ForeignPartyAsked(Adds), NOT_OF_THIS_SITE),
    (ForeignPartyAsked(SignsIn), NOT_OF_THIS_SITE),
    (ForeignPartyOffered(Adds), NO_KEY),
    (ForeignPartyOffered(SignsIn), Declined("NotAllowedError")),
    (ForeignPageAsked(Adds), NOT_OF_THIS_SITE),
    (ForeignPageAsked(SignsIn), NOT_OF_THIS_SITE),
    (ForeignPageOffered(Adds), NO_KEY),
    (ForeignPageOffered(SignsIn), NO_SIGN_IN),
    (ChallengeOfTheOther(Adds), NO_KEY),
    (ChallengeOfTheOther(SignsIn), NO_SIGN_IN),
    (AnswerOfTheOther(Adds), MALFORMED),
    (AnswerOfTheOther(SignsIn), MALFORMED),
    (Stale(Adds), OVER),
    (Stale(SignsIn), OVER),
    (Replay(Adds), NO_KEY),
    (Replay(SignsIn), NO_SIGN_IN),
    (CounterBack, NO_SIGN_IN),
    (Eleventh, Refused(403, "passkey_quota_exceeded")),
];

/// Of which authenticators it is not so.
const EXCEPTIONS: [(Make, Try, Expect); 4] = [
    (Make::ThisDevice, CounterBack, Senseless("its keys count nothing, and say zero each time")),
    (Make::SoftPasskey, Discoverable, Senseless("it keeps no key that is found without its id")),
    (Make::SoftPasskey, Excluded, Senseless("it does not look at the list of keys that there are")),
    // It does not keep keys of one relying party apart from another's, so that the instance has to notice.
    (Make::SoftPasskey, ForeignPartyOffered(SignsIn), NO_SIGN_IN),
];

fn expected(make: Make, what: Try, otherwise: Expect) -> Expect {
    let exception = EXCEPTIONS.iter().find(|(one, line, _)| (*one, *line) == (make, what));
    exception.map_or(otherwise, |(.., expect)| *expect)
}

#[test]
fn every_cell_is_asked_or_has_a_reason() {
    for (index, (what, _)) in LINES.iter().enumerate() {
        assert!(LINES[..index].iter().all(|(earlier, _)| earlier != what), "{what:?} has two lines");
    }
    for (make, what, _) in EXCEPTIONS {
        assert!(LINES.iter().any(|(line, _)| *line == what), "{make:?} {what:?} is no line");
    }
    let cells = MAKES.iter().flat_map(|make| LINES.iter().map(|(what, expect)| expected(*make, *what, *expect)));
    let (senseless, asked): (Vec<_>, Vec<_>) = cells.partition(|expect| matches!(expect, Senseless(_)));
    assert_eq!((asked.len(), senseless.len()), (4 * 22 - 3, 3));
    assert!(senseless.iter().all(|cell| matches!(cell, Senseless(why) if !why.is_empty())));
}

/// Asks everything of one authenticator, on one database.
async fn ask(database: &TestDatabase, make: Make) {
    let house = House::open(database).await;
    let mut scene = Scene::begin(&house, make).await;
    for (what, otherwise) in LINES {
        let expect = expected(make, what, otherwise);
        if !matches!(expect, Senseless(_)) {
            let became = scene.tries(what).await;
            judge((make, what), expect, became, &scene.user_id);
        }
    }
    house.close().await;
}

/// Holds what became of it against what was expected.
fn judge(cell: (Make, Try), expect: Expect, became: Became, user_id: &str) {
    match (expect, became) {
        (Taken, Ok(answer)) => {
            assert_eq!(answer.status, 200, "{cell:?}: {}", answer.body);
            let user = &answer.body["client"]["sessions"][0]["user"];
            assert_eq!((&user["id"], user["passkeys"].as_array().unwrap().len()), (&user_id.into(), 1), "{cell:?}");
        }
        (Refused(status, code), Ok(answer)) => {
            let error = &answer.body["errors"][0]["code"];
            assert_eq!((answer.status, error), (status, &code.into()), "{cell:?}: {}", answer.body);
        }
        (Declined(name), Err(declined)) => assert_eq!(declined, name, "{cell:?}"),
        (expect, became) => panic!("{cell:?} is to be {expect:?} and became {became:?}"),
    }
}

/// A test for each authenticator, so that they run beside each other, and the list of them.
macro_rules! makes {
    ($($name:ident => $make:ident,)*) => {
        $(#[tokio::test]
        async fn $name() {
            on_each(async |database| ask(database, Make::$make).await).await;
        })*

        #[test]
        fn every_authenticator_is_asked() {
            assert_eq!([$(Make::$make),*], MAKES);
        }
    };
}

makes! {
    this_device => ThisDevice,
    a_security_key => SecurityKey,
    that_of_passkey_rs => PasskeyRs,
    that_of_webauthn_rs => SoftPasskey,
}
