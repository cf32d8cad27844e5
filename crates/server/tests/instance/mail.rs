//! Mails on their way through a real mail server.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use frontdesk_identity::time::{HOUR, MINUTE, SECOND};
use frontdesk_server::{
    InstanceKey,
    clock::ManualClock,
    config::Config,
    delivery::{Mailer, deliver_due},
    instance::{Instance, Setup},
    public_url::PublicUrl,
    random::SystemRandom,
};
use frontdesk_store::{Location, Store, testing::on_each};
use frontdesk_wire::KeyKind;
use mail_parser::{Message, MessageParser};
use serde_json::json;

use crate::{
    house::{House, KEY, Wish},
    sink::{Manner, PASSWORD, Received, Sink},
};

/// Longer than a claim of the worker lasts.
const LEASE: i64 = MINUTE;

fn mailer(config: &Path) -> Mailer {
    Config::read(config).unwrap().mail.unwrap().mailer().unwrap()
}

/// A production instance that sends through this server.
fn sending(sink: &Sink) -> Wish {
    Wish {
        mailer: Some(mailer(&sink.config("", ""))),
        ..Wish::production(json!({ "application_name": "Tom & <Ann>" }))
    }
}

async fn deliver(house: &House) {
    deliver_due(&house.instance).await.unwrap();
}

fn parse(mail: &Received) -> Message<'_> {
    MessageParser::default().parse(&mail.data).unwrap()
}

/// The code in a mail.
fn code_of(mail: &Received) -> String {
    let text = parse(mail).body_text(0).unwrap().into_owned();
    text.lines().next().unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_person_signs_up_with_the_code_that_arrived() {
    for implicit in [false, true] {
        on_each(async |database| {
            let sink = Sink::up(Manner { implicit, ..Manner::default() });
            let settings = json!({ "application_name": "Tom & <Ann>", "support_email": "desk@example.org" });
            let wish = Wish { mailer: Some(mailer(&sink.config("", ""))), ..Wish::production(settings) };
            let house = House::with(database, wish).await;
            let mut device = house.device();
            let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
            deliver(&house).await;
            let mails = sink.mails();
            let [mail] = mails.as_slice() else { panic!("{mails:?}") };
            assert_eq!((mail.from.as_str(), mail.to.as_str()), ("team@example.org", "ada@example.com"));
            let code = code_of(mail);
            let parsed = parse(mail);
            let from = parsed.from().unwrap().first().unwrap();
            assert_eq!((from.name(), from.address()), (Some("The Team"), Some("team@example.org")));
            assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("ada@example.com"));
            assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("desk@example.org"));
            assert_eq!(parsed.subject().unwrap(), format!("{code} is your code for Tom & <Ann>"));
            assert_eq!(parsed.date().unwrap().to_timestamp() * 1000, house.now_ms());
            assert_eq!(parsed.header("Auto-Submitted").and_then(|value| value.as_text()), Some("auto-generated"));
            assert!(parsed.message_id().unwrap().ends_with("@example.org"), "{:?}", parsed.message_id());
            let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
            assert!(text.contains("code for Tom & <Ann>. It works once, within 10 minutes"), "{text}");
            assert!(html.contains("code for Tom &amp; &lt;Ann&gt;. It works once") && html.contains(&code), "{html}");
            assert_eq!((parsed.text_body_count(), parsed.html_body_count(), parsed.attachment_count()), (1, 1, 0));

            let done = device.prove_sign_up(&id, &code).await.ok();
            assert_eq!(done.response()["status"], "complete");
            house.clock.advance(24 * HOUR);
            deliver(&house).await;
            assert_eq!(sink.mails().len(), 1, "once");
            house.close().await;
        })
        .await;
    }
}

#[tokio::test]
async fn mails_speak_the_language_of_the_caller() {
    on_each(async |database| {
        let sink = Sink::up(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        let newest_subject = || parse(sink.mails().last().unwrap()).subject().unwrap().to_owned();
        let mut device = house.device();
        let form = [("email_address", "ada@example.com"), ("password", "Lantern and 7 oars"), ("locale", "de-CH")];
        let id = device.post("/v1/client/sign_ups", &form).await.ok().text("/response/id");
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        device.post(&prepare, &[("strategy", "email_code")]).await.ok();
        deliver(&house).await;
        assert!(newest_subject().ends_with(" ist dein Code für Tom & <Ann>"), "{}", newest_subject());
        let code = code_of(sink.mails().last().unwrap());
        device.prove_sign_up(&id, &code).await.ok();

        // Who signs in says it, or has said it at sign-up.
        for (locale, words) in [(None, "ist dein Code"), (Some("en"), "is your code"), (Some("de"), "ist dein Code")] {
            house.clock.advance(MINUTE);
            let mut form = vec![("identifier", "ada@example.com")];
            form.extend(locale.map(|locale| ("locale", locale)));
            let mut device = house.device();
            let id = device.post("/v1/client/sign_ins", &form).await.ok().text("/response/id");
            device.prepare_sign_in(&id).await.ok();
            deliver(&house).await;
            assert!(newest_subject().contains(words), "{locale:?}: {}", newest_subject());
        }

        // Somebody who has an account is told so in the language of whoever signs up with the address.
        house.clock.advance(MINUTE);
        let mut other = house.device();
        let id = other.post("/v1/client/sign_ups", &form).await.ok().text("/response/id");
        other.post(&format!("/v1/client/sign_ups/{id}/prepare_verification"), &[("strategy", "email_code")]).await.ok();
        deliver(&house).await;
        assert_eq!(newest_subject(), "Du hast ein Konto bei Tom & <Ann>");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_65_a_mail_of_a_change_carries_the_link_of_who_did_not_make_it_in_both_shapes() {
    on_each(async |database| {
        let sink = Sink::up(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        device.prove_sign_up(&id, &code_of(&sink.mails()[0])).await.ok();
        let form = [("current_password", "Lantern and 7 oars"), ("new_password", "Harbour and 8 oars")];
        device.post("/v1/me/change_password", &form).await.ok();
        deliver(&house).await;
        let mails = sink.mails();
        let mail = parse(mails.last().unwrap());
        assert_eq!(mail.subject().unwrap(), "New password for Tom & <Ann>");
        let (text, html) = (mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
        let link = text.lines().find(|line| line.starts_with("http")).unwrap().trim();
        let start = format!("{}/frontdesk/changes/user_", house.instance.public_url().origin());
        assert!(link.starts_with(&start), "{text}");
        assert!(html.contains(&format!("<a href=\"{link}\">This was not me: sign out everybody</a>")), "{html}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_recipient_is_told_to_who_asks_again() {
    on_each(async |database| {
        let sink = Sink::up(Manner { recipients: Some("550 5.1.1"), ..Manner::default() });
        let house = House::with(database, sending(&sink)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("nobody@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        assert!(sink.mails().is_empty());
        let prepare = format!("/v1/client/sign_ups/{id}/prepare_verification");
        let code = [("strategy", "email_code")];
        let blocked = device.post(&prepare, &code).await;
        blocked.refused_at(403, "form_email_address_blocked", "email_address");
        // Others who sign up with it are told as well; other addresses are not touched by it.
        house.clock.advance(30 * MINUTE);
        let mut other = house.device();
        let form = [("email_address", "nobody@example.com"), ("password", "Lantern and 7 oars")];
        let again = other.post("/v1/client/sign_ups", &form).await.ok().text("/response/id");
        let again = format!("/v1/client/sign_ups/{again}/prepare_verification");
        other.post(&again, &code).await.refused(403, "form_email_address_blocked");
        sink.behave(|manner| manner.recipients = None);
        house.device().begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        assert_eq!(sink.mails().len(), 1);
        // A mailbox may be made in the meantime.
        house.clock.advance(30 * MINUTE + 1);
        device.post(&prepare, &code).await.ok();
        deliver(&house).await;
        assert_eq!(sink.mails().last().unwrap().to, "nobody@example.com");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_86_a_refused_recipient_does_not_tell_who_has_an_account() {
    on_each(async |database| {
        let sink = Sink::up(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        device.prove_sign_up(&id, &code_of(&sink.mails()[0])).await.ok();
        sink.behave(|manner| manner.recipients = Some("550 5.1.1"));
        let mut answers = Vec::new();
        for address in ["ada@example.com", "nobody@example.com"] {
            house.clock.advance(MINUTE);
            let mut device = house.device();
            let id = device.begin_sign_in(address).await;
            device.prepare_sign_in(&id).await.ok();
            deliver(&house).await;
            house.clock.advance(MINUTE);
            answers.push(device.prepare_sign_in(&id).await.status);
        }
        assert_eq!(answers, [200, 200]);
        sink.refused(1).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_away_gets_the_mail_when_it_is_back() {
    on_each(async |database| {
        let sink = Sink::down(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let due = async || house.instance.store().next_delivery_at().await.unwrap().unwrap().0 - house.now_ms();
        let mut pauses = Vec::new();
        for _ in 0..4 {
            deliver(&house).await;
            let pause = due().await;
            pauses.push(pause / SECOND);
            house.clock.advance(pause - 1);
            deliver(&house).await;
            assert_eq!(due().await, 1, "nobody asks before it is time");
            house.clock.advance(1);
        }
        assert_eq!(pauses, [5, 10, 20, 40]);
        sink.open();
        deliver(&house).await;
        assert_eq!(sink.mails().len(), 1);
        let done = device.prove_sign_up(&id, &code_of(&sink.mails()[0])).await.ok();
        assert_eq!(done.response()["status"], "complete");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_has_expired_is_not_sent_any_more() {
    on_each(async |database| {
        let sink = Sink::down(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        house.device().begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        sink.open();
        house.clock.advance(10 * MINUTE);
        deliver(&house).await;
        assert_eq!(house.instance.store().next_delivery_at().await.unwrap(), None);
        assert_eq!(sink.connections(), 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn connections_are_kept_and_one_that_was_closed_is_replaced() {
    on_each(async |database| {
        let sink = Sink::up(Manner::default());
        let house = House::with(database, sending(&sink)).await;
        let send = async |address: &str| {
            house.device().begin_sign_up(address, "Lantern and 7 oars").await;
            deliver(&house).await;
        };
        send("a@example.com").await;
        send("b@example.com").await;
        sink.behave(|manner| manner.once = true);
        send("c@example.com").await;
        send("d@example.com").await;
        let to: Vec<_> = sink.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]);
        assert!((2..=3).contains(&sink.connections()), "{}", sink.connections());
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_100_nothing_is_sent_where_others_could_read_it_or_pretend_to_be_the_server() {
    on_each(async |database| {
        // Another server has taken the place of ours: its certificate is not the one that is trusted.
        let (ours, theirs) = (Sink::down(Manner::default()), Sink::up(Manner::default()));
        let config = std::fs::read_to_string(ours.config("", "")).unwrap();
        let config = config.replace(&ours.address.port().to_string(), &theirs.address.port().to_string());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontdesk.toml");
        std::fs::write(&path, config).unwrap();
        let wish = Wish { mailer: Some(mailer(&path)), ..Wish::production(json!({})) };
        let house = House::with(database, wish).await;
        house.device().begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        deliver(&house).await;
        assert!(theirs.connections() > 0 && theirs.mails().is_empty());
        house.close().await;

        // One that does not offer STARTTLS is not talked to in the open; one that takes another password waits for it.
        let sink = Sink::up(Manner { starttls: false, ..Manner::default() });
        let house = House::with(database, sending(&sink)).await;
        house.clock.advance(MINUTE);
        deliver(&house).await;
        assert!(sink.connections() > 0 && sink.mails().is_empty());
        sink.behave(|manner| (manner.starttls, manner.password) = (true, "another"));
        house.clock.advance(MINUTE);
        deliver(&house).await;
        assert!(sink.mails().is_empty());
        sink.behave(|manner| manner.password = PASSWORD);
        house.clock.advance(MINUTE);
        deliver(&house).await;
        assert_eq!(sink.mails().len(), 1, "nothing was given up");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_development_instance_keeps_its_messages_and_sends_them_when_it_is_told_to() {
    on_each(async |database| {
        let sink = Sink::up(Manner::default());
        for (end, mails) in [("", 0), ("send_in_development = true", 1)] {
            let wish = Wish { mailer: Some(mailer(&sink.config("", end))), ..Wish::default() };
            let house = House::with(database, wish).await;
            let mut device = house.device();
            let address = format!("ada{mails}@example.com");
            let id = device.begin_sign_up(&address, "Lantern and 7 oars").await;
            // Test addresses get nothing, whatever was said.
            device.begin_sign_up(&format!("b{mails}+clerk_test@example.com"), "Lantern and 7 oars").await;
            deliver(&house).await;
            assert_eq!(sink.mails().len(), mails);
            let code = house.code_for(&address).await;
            assert!(sink.mails().iter().all(|mail| code_of(mail) == code), "the same mail");
            assert!(!id.is_empty());
            house.close().await;
        }
    })
    .await;
}

const PLACE: &str = "FRONTDESK_TEST_PLACE";
const CONFIG: &str = "FRONTDESK_TEST_CONFIG";
const NOW: &str = "FRONTDESK_TEST_NOW";

#[tokio::test]
#[ignore = "the program that the next test kills"]
async fn sends_until_it_is_killed() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let location =
        if place.starts_with("postgres") { Location::Postgres(place) } else { Location::Sqlite(place.into()) };
    let instance = Instance::open(Setup {
        store: Store::open(&location).await.unwrap(),
        key: InstanceKey::new(KEY),
        kind: Some(KeyKind::Production),
        public_url: None,
        default_url: PublicUrl::loopback(4010),
        settings: json!({}),
        clock: Arc::new(ManualClock::at(std::env::var(NOW).unwrap().parse().unwrap())),
        random: Arc::new(SystemRandom),
        mailer: Some(mailer(Path::new(&std::env::var(CONFIG).unwrap()))),
        texter: None,
        data_dir: std::env::temp_dir(),
        reach: Arc::new(frontdesk_server::providers::Network::new()),
        password_workers: 1,
    });
    deliver_due(&instance.await.unwrap()).await.unwrap();
    panic!("the mail server has answered");
}

#[tokio::test]
async fn killed_between_sending_and_marking_it_sends_once_more_and_under_the_same_name() {
    on_each(async |database| {
        let sink = Sink::up(Manner { hold: true, ..Manner::default() });
        let house = House::with(database, sending(&sink)).await;
        let mut device = house.device();
        let id = device.begin_sign_up("ada@example.com", "Lantern and 7 oars").await;
        let place = match database.location() {
            Location::Sqlite(path) => path.display().to_string(),
            Location::Postgres(url) => url.clone(),
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mail::sends_until_it_is_killed", "--ignored"])
            .env(PLACE, place)
            .env(CONFIG, sink.config("", ""))
            .env(NOW, house.now_ms().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The server has the mail, and has not said so.
        sink.arrived(1).await;
        child.kill().unwrap();
        child.wait().unwrap();
        sink.behave(|manner| manner.hold = false);
        deliver(&house).await;
        assert_eq!(sink.mails().len(), 1, "the claim of who died still holds");
        house.clock.advance(LEASE);
        deliver(&house).await;
        let mails = sink.mails();
        assert_eq!(mails.len(), 2);
        let name = |mail: &Received| parse(mail).message_id().unwrap().to_owned();
        assert_eq!(name(&mails[0]), name(&mails[1]), "mail programs can tell");
        assert_eq!(mails[0], mails[1], "byte for byte");
        for pause in [LEASE, HOUR, 24 * HOUR] {
            house.clock.advance(pause);
            deliver(&house).await;
        }
        assert_eq!(sink.mails().len(), 2, "one duplicate at most");
        house.clock.advance(-25 * HOUR - LEASE);
        let done = device.prove_sign_up(&id, &code_of(&mails[1])).await.ok();
        assert_eq!(done.response()["status"], "complete");
        house.close().await;
    })
    .await;
}
