//! Where the instance hides who has an account, the time that an answer takes does not tell it either. `cargo xtask soak`
//! measures it; a busy computer would make an ordinary test of it fail now and then.

use std::{env, time::Duration};

use frontdesk_store::testing::{TestDatabase, crowd, member, on_each};
use futures_util::future::join_all;
use reqwest::Client;
use serde_json::json;

use crate::house::{House, Wish};

/// Samples of known users, and as many of unknown ones.
const SAMPLES: &str = "FRONTDESK_TIMING_SAMPLES";
/// Into so many blocks each are parted; their medians are compared.
const BLOCKS: usize = 40;
/// A statistic below this is no difference at all: the bound that side channels are tested by (Goodwill et al., 2011).
const T_BOUND: f64 = 4.5;
/// A difference below this part of an answer's time, or below [`FLOOR`], does not show through a network within the tries
/// that the limits by address and the lock leave.
const PART: f64 = 0.02;
/// In milliseconds.
const FLOOR: f64 = 0.1;

/// A request about an address, whose field is named last.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

/// What is asked about both kinds of users.
const ASKED: [Asked; 5] = [
    ("an identifier", "sign_ins", &[], "identifier"),
    ("a wrong password", "sign_ins", &[("strategy", "password"), ("password", "Lantern and 8 oars")], "identifier"),
    ("a code by mail", "sign_ins", &[("strategy", "email_code")], "identifier"),
    ("a code for a new password", "sign_ins", &[("strategy", "reset_password_email_code")], "identifier"),
    ("a sign-up", "sign_ups", &[("password", "Lantern and 9 oars")], "email_address"),
];

/// What was measured of one kind of users, in milliseconds and in its order.
type Samples = Vec<f64>;

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

/// Welch's statistic of the medians of blocks: few outliers do not move a median, and the computer's moods fall into the
/// same blocks of both kinds.
fn welch(known: &[f64], unknown: &[f64]) -> f64 {
    let of_blocks = |samples: &[f64]| -> (f64, f64) {
        let size = samples.len().div_ceil(BLOCKS).max(1);
        let medians: Vec<_> = samples.chunks(size).map(median).collect();
        let count = f64::from(u32::try_from(medians.len()).unwrap());
        let mean = medians.iter().sum::<f64>() / count;
        let variance = medians.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let ((one, spread), (other, more)) = (of_blocks(known), of_blocks(unknown));
    (one - other) / (spread + more).sqrt()
}

/// Whether somebody could tell the two apart, and the line that says it.
fn compare(what: &str, known: &[f64], unknown: &[f64]) -> (bool, String) {
    let (one, other, t) = (median(known), median(unknown), welch(known, unknown));
    let (difference, bound) = (one - other, (PART * one.max(other)).max(FLOOR));
    let told_apart = t.abs() > T_BOUND && difference.abs() > bound;
    let line = format!(
        "{what}: known {one:.3} ms, unknown {other:.3} ms, difference {difference:+.3} ms (bound {bound:.3} ms), \
         t = {t:+.2} (bound {T_BOUND}), {} samples each",
        known.len()
    );
    (told_apart, line)
}

#[test]
fn a_difference_is_found_and_noise_is_none() {
    // Between 20 and 21 ms, in no order.
    let noise = |seed: u32| -> Samples {
        let step = |number: u32| number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut state = seed;
        let mut draw = || {
            state = step(state);
            20.0 + f64::from(state >> 8) / f64::from(1u32 << 24)
        };
        (0..2_000).map(|_| draw()).collect()
    };
    let slower: Samples = noise(2).iter().map(|it| it + 0.6).collect();
    assert!(!compare("noise", &noise(1), &noise(2)).0);
    assert!(compare("slower", &slower, &noise(1)).0 && compare("faster", &noise(1), &slower).0);
    let rare: Samples =
        noise(3).iter().enumerate().map(|(at, it)| if at % 50 == 0 { it * 30.0 } else { *it }).collect();
    assert!(!compare("outliers", &rare, &noise(1)).0, "what the computer does now and then tells nothing");
}

/// Asks once, and answers with how long it took.
async fn ask(http: &Client, house: &House, address: &str, (_, path, form, field): Asked) -> f64 {
    let url = format!("http://{}/v1/client/{path}?_is_native=1", house.address);
    let form = [form, &[(field, address)]].concat();
    let request = http.post(url).form(&form).build().unwrap();
    let begin = std::time::Instant::now();
    let response = http.execute(request).await.unwrap();
    let body = response.bytes().await.unwrap();
    let took: Duration = begin.elapsed();
    assert!(!body.is_empty());
    took.as_secs_f64() * 1_000.0
}

/// Asks one thing about so many people of each kind, in turns.
async fn sample(house: &House, model: &str, samples: u32, asked: Asked) -> (Samples, Samples) {
    let http = Client::builder().no_proxy().build().unwrap();
    let (mut known, mut unknown) = (Samples::new(), Samples::new());
    for number in 0..=samples {
        let (_, there) = member(model, number.max(1));
        // As long, and as far apart.
        let nobody = there.replace("crowd", "cloud");
        let turns = [(&there, true), (&nobody, false)];
        // Whoever comes first finds the computer as the one before has left it: they take turns.
        let turns = if number % 2 == 0 { turns } else { [turns[1], turns[0]] };
        // Nobody is limited who asks once in ten milliseconds.
        house.clock.advance(10);
        for (address, is_known) in turns {
            let took = ask(&http, house, address, asked).await;
            // The first ones open connections and fill caches.
            if number > 0 {
                if is_known { known.push(took) } else { unknown.push(took) }
            }
        }
    }
    (known, unknown)
}

/// Measures everything on one database; answers with what tells known users from unknown ones.
async fn measure(database: &TestDatabase, samples: u32) -> Vec<String> {
    let settings = json!({
        "policy": { "enumeration_protection": true },
        "limits": { "create": 1_000_000, "attempt": 1_000_000, "other": 1_000_000 },
    });
    let house = House::with(database, Wish::settings(settings)).await;
    let model = house.device().sign_up("ada@example.com").await.user_id;
    crowd(house.instance.store(), &model, samples).await.unwrap();
    // Most of the time of an answer is waiting, so that the questions do not have to wait for each other.
    let all = ASKED.map(|asked| sample(&house, &model, samples, asked));
    let mut found = Vec::new();
    for (asked, (known, unknown)) in ASKED.iter().zip(join_all(all).await) {
        let (told_apart, line) = compare(asked.0, &known, &unknown);
        println!("{line}");
        if told_apart {
            found.push(line);
        }
    }
    house.close().await;
    found
}

#[tokio::test]
#[ignore = "cargo xtask soak measures it"]
async fn sec_86_known_and_unknown_users_are_answered_in_the_same_time() {
    let samples = env::var(SAMPLES).map_or(2_000, |text| text.parse().expect("a number of samples"));
    on_each(async |database| {
        println!("{:?}", database.location());
        let told_apart = measure(database, samples).await;
        assert!(told_apart.is_empty(), "who has an account shows:\n{}", told_apart.join("\n"));
    })
    .await;
}
