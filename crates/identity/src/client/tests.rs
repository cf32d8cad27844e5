#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;
use crate::Strategy;

const START: Timestamp = Timestamp(1_700_000_000_000);

fn client() -> Client {
    Client::begin(ClientId::from_random([1; 20]), START)
}

fn add(client: &mut Client, now: Timestamp) {
    client.add_session(SessionId::from_random([2; 20]), Strategy::Password, now);
}

#[test]
fn sec_31_the_previous_token_is_good_until_a_minute_after_the_first_use_of_the_new_one() {
    let mut client = client();
    add(&mut client, START);
    let year = START.plus(365 * crate::time::DAY);
    assert_eq!(client.judge(1, year), Ok(TokenStanding::Previous), "a lost answer loses nothing");
    assert_eq!(client.judge(2, year), Ok(TokenStanding::Current { first_use: true }));
    assert!(client.note_use(year) && !client.note_use(year.plus(1)));
    assert_eq!(client.judge(1, year.plus(OVERLAP_MS - 1)), Ok(TokenStanding::Previous));
    assert_eq!(client.judge(1, year.plus(OVERLAP_MS)), Err(StaleToken));
    assert_eq!(client.judge(2, year.plus(OVERLAP_MS)), Ok(TokenStanding::Current { first_use: false }));
}

#[test]
fn sec_31_two_generations_old_is_too_old_and_what_never_was_is_refused() {
    let mut client = client();
    assert_eq!(client.judge(0, START), Err(StaleToken));
    add(&mut client, START);
    add(&mut client, START);
    for generation in [i64::MIN, -1, 0, 1, 4, i64::MAX] {
        assert_eq!(client.judge(generation, START), Err(StaleToken), "{generation}");
    }
}

proptest! {
    /// Whoever takes over the generation of each answer is never refused, whatever gets lost on the way, as long as one
    /// session at a time is added; and a token two generations old is always refused.
    #[test]
    fn an_honest_holder_is_never_shut_out(ops in prop::collection::vec((any::<bool>(), any::<bool>(), 0..200_000i64), 1..80)) {
        let (mut client, mut held, mut now) = (client(), 1i64, START);
        for (adds_session, answer_lost, wait) in ops {
            now = now.plus(wait);
            let standing = client.judge(held, now);
            prop_assert!(standing.is_ok(), "{:?} {}", client, held);
            if let Ok(TokenStanding::Current { .. }) = standing {
                client.note_use(now);
            }
            // A request made with the previous token may add a session only after its answer was seen.
            if adds_session && held == client.generation {
                add(&mut client, now);
            }
            if !answer_lost {
                held = client.generation;
            }
            for old in 0..client.generation - 1 {
                prop_assert_eq!(client.judge(old, now), Err(StaleToken));
            }
            prop_assert_eq!(client.judge(client.generation + 1, now), Err(StaleToken));
        }
    }
}
