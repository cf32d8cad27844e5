#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Instant;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request as Upgrade, Response},
    },
};

use super::{
    channel::Way,
    invitation::{Invitation, Purpose},
    street::{Habit, Owner, Street, read},
    *,
};
use crate::{
    Authenticators, Offer,
    testing::{Computer, Party, make, sign, site},
    virtual_key::{Make, VirtualKey, unmap},
};

const NOW: Duration = Duration::from_hours(500_000);

fn own() -> VirtualKey {
    VirtualKey::new(Make { pin: None, finger: true, ..Make::default() })
}

fn phone(street: &Street) -> Phone<Street> {
    Phone { patience: Duration::from_millis(300), ..Phone::new(street.clone(), Arc::new(|| NOW)) }
}

#[tokio::test]
async fn a_phone_that_scans_the_code_makes_a_key_and_signs_in_with_and_without_an_identifier() {
    for habit in [Habit::Answers, Habit::AnswersAsEver, Habit::WaitsAt(1)] {
        let (key, mut party) = (own(), Party::new());
        let street = Street::with(&key, habit.clone());
        let phone = phone(&street);
        let owner = Owner::of(&street);
        let made = party.add(&phone, owner.clone()).await;
        assert!(made.discoverable);
        assert_eq!(owner.shown(), ["scan", "connecting", "on phone"]);
        assert!(!street.is_listened_to());
        let answer: Value = serde_json::from_str(&made.answer).unwrap();
        assert_eq!(answer["authenticatorAttachment"], "cross-platform");
        assert_eq!(answer["response"]["transports"], json!(["usb", "nfc", "hybrid"]), "as it says, and as it came");
        assert_eq!(answer["clientExtensionResults"], json!({ "credProps": { "rk": true } }));

        let (options, state) = party.ask_any();
        let signed = sign(&phone, &options, Owner::of(&street)).await.unwrap();
        assert!(party.take_any(state, &signed.answer).unwrap().user_verified());
        let (options, state) = party.ask_named();
        let signed = sign(&phone, &options, Owner::of(&street)).await.unwrap();
        party.take_named(&state, &signed.answer).unwrap();
        let (options, _) = party.ask_for_key();
        assert_eq!(make(&phone, &options, Owner::of(&street)).await, Err(Fault::Excluded));
        assert_eq!((key.held().await, street.listened(), street.ended_well().await), (1, 4, 4));
        let server = if habit == Habit::WaitsAt(1) { Server::Apple } else { Server::Google };
        assert!(street.reached().iter().all(|(at, path)| *at == server && path.starts_with("/cable/connect/A2B3C4/")));
    }
}

#[tokio::test]
async fn the_code_says_who_asks_for_what_and_when_and_no_two_are_the_same() {
    let street = Street::with(&own(), Habit::Answers);
    let (phone, mut party, owner) = (phone(&street), Party::new(), Owner::of(&street));
    party.add(&phone, owner.clone()).await;
    let (options, _) = party.ask_any();
    sign(&phone, &options, owner.clone()).await.unwrap();
    let codes = owner.codes();
    assert_eq!(codes.len(), 2);
    let (first, second) = (read(&codes[0]), read(&codes[1]));
    assert_ne!(first.secret, second.secret);
    assert_ne!(first.fields[&0], second.fields[&0]);
    for (code, purpose) in [(&first, "mc"), (&second, "ga")] {
        assert_eq!(code.fields.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(code.fields[&2], serde_cbor_2::Value::Integer(2), "Google's server and Apple's");
        assert_eq!(code.fields[&3], serde_cbor_2::Value::Integer(NOW.as_secs().into()));
        assert_eq!(code.fields[&4], serde_cbor_2::Value::Bool(false), "the phone is not remembered");
        assert_eq!(code.fields[&5], serde_cbor_2::Value::Text(purpose.to_owned()));
    }
    // As short as codes can be: digits alone after the scheme.
    assert!(codes[0].strip_prefix("FIDO:/").unwrap().bytes().all(|byte| byte.is_ascii_digit()), "{}", codes[0]);
    assert_eq!(format!("{:?}", Sign::Scan(Code(codes[0].clone()))), "Scan(Code)", "it stands in no log");
}

#[tokio::test]
async fn sec_105_for_somebody_else_no_code_is_shown() {
    let street = Street::with(&own(), Habit::Answers);
    let (phone, owner) = (phone(&street), Owner::of(&street));
    let (mut options, _) = Party::new().ask_for_key();
    for rp_id in ["evil.example", "com"] {
        options["rp"]["id"] = json!(rp_id);
        assert_eq!(make(&phone, &options, owner.clone()).await.unwrap_err().name(), "SecurityError");
    }
    assert_eq!((owner.shown().len(), street.listened()), (0, 0));
}

#[tokio::test]
async fn who_cancels_waits_less_than_a_second_wherever_the_phone_is() {
    let (options, _) = Party::new().ask_for_key();
    let key = own();
    let untouched = VirtualKey::new(Make { pin: None, finger: true, untouched: true, ..Make::default() });
    for (key, habit, last) in [
        (&key, Habit::StaysInThePocket, "scan"),
        (&key, Habit::DoesNotGoOnline, "connecting"),
        (&key, Habit::IsNotLookedAt, "on phone"),
        (&untouched, Habit::Answers, "on phone"),
    ] {
        let street = Street::with(key, habit.clone());
        let phone = Phone { patience: Duration::from_mins(1), ..phone(&street) };
        let all = Authenticators::new(vec![Arc::new(phone)]);
        let (cancel, owner) = (Cancel::default(), Owner::of(&street));
        let creation = site().creation(&options.to_string()).unwrap();
        let end = async {
            while owner.shown().last() != Some(&last) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            cancel.cancel();
            Instant::now()
        };
        let making = all.register(Kind::Phone, creation, owner.clone(), cancel.clone());
        let (ended, since) = tokio::join!(making, end);
        assert_eq!(ended, Err(Fault::Cancelled), "{habit:?}");
        assert!(since.elapsed() < Duration::from_secs(1), "{habit:?} {:?}", since.elapsed());
        assert!(!street.is_listened_to(), "{habit:?}");
    }
}

#[tokio::test]
async fn a_phone_that_goes_away_is_said_and_none_is_waited_for_that_nobody_has_to_do_anything_on() {
    let (options, _) = Party::new().ask_for_key();
    for (habit, fault) in [
        (Habit::HangsUp, Fault::Gone),
        (Habit::HangsUpWhenAsked, Fault::Gone),
        (Habit::Says(vec![vec![0]]), Fault::Gone),
        (Habit::Says(vec![vec![], vec![2, 0xa0]]), Fault::Gone),
        (Habit::DoesNotGoOnline, Fault::Unreached("it did not answer in time".to_owned())),
    ] {
        let street = Street::with(&own(), habit.clone());
        assert_eq!(make(&phone(&street), &options, Owner::of(&street)).await, Err(fault), "{habit:?}");
    }
}

#[tokio::test]
async fn servers_that_are_not_known_are_not_asked() {
    let (options, _) = Party::new().ask_for_key();
    for server in [2, 255, 256, 266, u16::MAX] {
        let street = Street::with(&own(), Habit::WaitsAt(server));
        let made = make(&phone(&street), &options, Owner::of(&street)).await;
        assert!(matches!(made, Err(Fault::Unreached(_))), "{made:?}");
        assert!(street.reached().is_empty());
    }
}

#[tokio::test]
async fn who_is_far_away_or_between_the_two_gets_nothing_through() {
    let (options, _) = Party::new().ask_for_key();
    let between = (0..4).map(Habit::IsChanged);
    for habit in between.chain([Habit::IsFarAway]) {
        let key = own();
        let street = Street::with(&key, habit.clone());
        let made = make(&phone(&street), &options, Owner::of(&street)).await;
        assert!(matches!(made, Err(Fault::Device(_))), "{habit:?} {made:?}");
        if !matches!(habit, Habit::IsChanged(2 | 3)) {
            assert_eq!(key.held().await, 0, "nothing was asked: {habit:?}");
        }
    }
}

#[tokio::test]
async fn whatever_a_phone_says_is_answered_by_a_fault() {
    let (options, _) = Party::new().ask_for_key();
    let info = |of: &[u8]| unmap([(1, serde_cbor_2::Value::Bytes(of.to_vec()))].into());
    let no_version = info(&unmap([(1, serde_cbor_2::Value::Array(vec![]))].into()));
    let selves = [vec![], vec![0xff], vec![0xa0], info(b""), info(b"\xff"), info(b"\xa0"), no_version];
    let selves = selves.map(Habit::Is);
    let answers = [
        vec![vec![1]],
        vec![vec![1, 0]],
        vec![vec![1, 0, 0xff]],
        vec![vec![1, 0, 0xa0]],
        vec![vec![1, 0xf0]],
        vec![vec![2]; 40],
    ];
    for habit in selves.into_iter().chain(answers.map(Habit::Says)) {
        let street = Street::with(&own(), habit.clone());
        let made = make(&phone(&street), &options, Owner::of(&street)).await;
        assert!(matches!(made, Err(Fault::Device(_))), "{habit:?} {made:?}");
    }
    for (status, fault) in [(0x27, Fault::Cancelled), (0x2e, Fault::NoCredential), (0x2f, Fault::TimedOut)] {
        let street = Street::with(&own(), Habit::Says(vec![vec![1, status]]));
        assert_eq!(make(&phone(&street), &options, Owner::of(&street)).await, Err(fault));
    }
}

#[tokio::test]
async fn a_phone_verifies_its_owner_whatever_it_says_of_pins() {
    let (key, mut party) = (VirtualKey::new(Make { finger: true, ..Make::default() }), Party::new());
    let street = Street::with(&key, Habit::Answers);
    let (options, _) = party.ask_for_key();
    // The key wants its PIN and gets none, and nobody is asked for one.
    assert_eq!(make(&phone(&street), &options, Owner::of(&street)).await, Err(Fault::NotVerified));
    key.change(|make| make.pin = None);
    party.add(&phone(&street), Owner::of(&street)).await;
    key.change(|make| make.finger = false);
    let (options, _) = party.ask_any();
    assert_eq!(sign(&phone(&street), &options, Owner::of(&street)).await, Err(Fault::NotVerified));
}

#[tokio::test]
async fn without_bluetooth_phones_are_shown_with_why_not_and_no_code_is() {
    let street = Street::with(&own(), Habit::Answers);
    let all = Authenticators::new(vec![Arc::new(phone(&street))]);
    assert_eq!(all.offers().await, [Offer { kind: Kind::Phone, ready: Ok(()) }]);
    let (options, _) = Party::new().ask_for_key();
    for why in [Unready::NoBluetooth("no adapter was found".to_owned()), Unready::BluetoothOff] {
        street.set_ready(Err(why.clone()));
        assert_eq!(all.offers().await, [Offer { kind: Kind::Phone, ready: Err(why.clone()) }]);
        let (creation, owner) = (site().creation(&options.to_string()).unwrap(), Owner::of(&street));
        let refused = all.register(Kind::Phone, creation, owner.clone(), Cancel::default()).await;
        assert_eq!(refused, Err(Fault::Unready(Kind::Phone, why)));
        assert!(owner.shown().is_empty());
    }
}

#[tokio::test]
async fn an_instance_that_wants_a_key_of_this_computer_gets_none_of_a_phone() {
    let street = Street::with(&own(), Habit::Answers);
    let all = Authenticators::new(vec![Arc::new(phone(&street))]);
    let (mut options, _) = Party::new().ask_for_key();
    for (wanted, fits) in [("platform", false), ("cross-platform", true)] {
        options["authenticatorSelection"]["authenticatorAttachment"] = json!(wanted);
        let creation = site().creation(&options.to_string()).unwrap();
        let made = all.register(Kind::Phone, creation, Owner::of(&street), Cancel::default()).await;
        assert_eq!(made.err(), if fits { None } else { Some(Fault::Attachment) }, "{wanted}");
    }
}

/// The real radio, whether there is one or not: nothing is shown, and nobody has to be there.
#[tokio::test]
async fn the_bluetooth_of_this_computer_says_whether_it_is_there_in_time() {
    let offers = Authenticators::here(Computer::new().start().0).offers().await;
    let last = offers.last().unwrap();
    assert_eq!(last.kind, Kind::Phone);
    let known = matches!(last.ready, Ok(()) | Err(Unready::NoBluetooth(_) | Unready::BluetoothOff));
    assert!(known, "{last:?}");
}

#[test]
fn messages_of_every_length_come_across_in_their_order_and_changed_ones_do_not() {
    for old in [false, true] {
        let way = || {
            let mut way = Way::new(&[7; 32]).unwrap();
            way.be_old(old);
            way
        };
        let (mut here, mut there) = (way(), Way::new(&[7; 32]).unwrap());
        for length in 0..200 {
            let message = vec![0xa5; length];
            let sealed = here.seal(&message).unwrap();
            assert_eq!(sealed.len() % 32, 16, "its length tells little");
            assert_eq!(**there.open(&sealed).unwrap(), message);
            assert!(there.open(&sealed).is_err(), "it counts for one time");
            // The count went on with the try.
            here.seal(&[]).unwrap();
        }
        for broken in [vec![], vec![1; 15], vec![1; 16], vec![1; 48]] {
            assert!(way().open(&broken).is_err());
        }
    }
}

#[test]
fn what_is_heard_of_other_codes_is_left_aside() {
    let (one, other) = (Invitation::new(Purpose::Sign, NOW).unwrap(), Invitation::new(Purpose::Sign, NOW).unwrap());
    for said in [&[][..], &[0; 19], &[0; 20], &[0; 21], &[0xff; 20]] {
        assert_eq!(one.heard(said), None);
        assert_eq!(other.heard(said), None);
    }
}

/// A server of the tests' own, at a port of this computer, that tells how it was asked.
async fn upgraded(listener: TcpListener) -> (tokio_tungstenite::WebSocketStream<TcpStream>, String) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut asked = String::new();
    #[allow(clippy::result_large_err, reason = "the library's")]
    let told = |request: &Upgrade, mut response: Response| -> Result<Response, ErrorResponse> {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        asked = format!("{} {} {}", request.uri(), header("Sec-WebSocket-Protocol"), header("Origin"));
        response.headers_mut().insert("Sec-WebSocket-Protocol", "fido.cable".parse().unwrap());
        Ok(response)
    };
    let socket = accept_hdr_async(stream, told).await.unwrap();
    (socket, asked)
}

#[tokio::test]
async fn the_way_carries_messages_both_ways_and_ends_with_either_side() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(upgraded(listener));
    let stream = TcpStream::connect(address).await.unwrap();
    let mut pipe = tunnel::carried(stream, "ws://server.example", "/cable/connect/A/B").await.unwrap();
    let (mut socket, asked) = server.await.unwrap();
    assert_eq!(asked, "/cable/connect/A/B fido.cable ws://server.example");
    pipe.to.send(b"question".to_vec()).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Binary(b"question".to_vec().into()));
    socket.send(Message::Ping(b"there?".to_vec().into())).await.unwrap();
    socket.send(Message::Binary(b"answer".to_vec().into())).await.unwrap();
    assert_eq!(pipe.from.recv().await.unwrap(), b"answer");
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong(b"there?".to_vec().into()));
    drop(pipe);
    assert!(socket.next().await.unwrap().unwrap().is_close());

    for last in [Message::Close(None), Message::Text("a text".into()), Message::Binary(vec![0; 70_000].into())] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let server = tokio::spawn(upgraded(listener));
        let mut pipe = tunnel::carried(stream, "ws://server.example", "/").await.unwrap();
        let (mut socket, _) = server.await.unwrap();
        socket.send(last).await.unwrap();
        assert_eq!(pipe.from.recv().await, None);
    }
}
