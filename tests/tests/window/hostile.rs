//! An instance that means ill, beside two that do not, in one window.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context as _, Result};
use frontdesk_e2e::{
    served::Served,
    ways::{Hostile, Lie},
    window::{Desktop, Keychain, Person, Window, account_of, sign_up},
};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    manners::{count, counted},
    many::{ALAN, connect_to, sign_in},
};

const EDSGER: Person = Person { address: "edsger@house.example", password: "Lantern-on-the-pier-42" };
/// Runs where it is taken for markup.
const MARKUP: &str = "<img src=x onerror=\"window.owned = 1\"><script>window.owned = 1</script>\u{202e}";

/// The account at a place of the rail is shown, and that of the person.
async fn stands(window: &Window, place: usize, person: Person) -> Result<()> {
    window.keys(Key::Control + place.to_string()).await?;
    account_of(window, person).await
}

/// Every value of these names becomes another one, however deep it lies.
fn replace(value: &mut Value, names: &[&str], with: &Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| {
            if names.contains(&name.as_str()) && !value.is_object() && !value.is_array() {
                value.clone_from(with);
            } else {
                replace(value, names, with);
            }
        }),
        Value::Array(entries) => entries.iter_mut().for_each(|entry| replace(entry, names, with)),
        _ => {}
    }
}

fn changed(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Lie {
    Lie::Changed(Arc::new(change))
}

/// A place of this computer that has no business with any instance, and how often somebody came there.
fn private_place() -> Result<(String, Arc<AtomicUsize>)> {
    let (listener, came) = (TcpListener::bind(("127.0.0.1", 0))?, Arc::new(AtomicUsize::new(0)));
    let (place, counted) = (format!("http://{}/picture.png", listener.local_addr()?), came.clone());
    thread::spawn(move || {
        listener.incoming().for_each(|_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
    });
    Ok((place, came))
}

#[tokio::test]
async fn sec_106_an_instance_that_means_ill_changes_nothing_elsewhere_and_crashes_nothing() -> Result<()> {
    let good = Served::start("")?;
    let alan = good.add_user(ALAN.address, ALAN.password).await?;
    let mut front = Hostile::at_port()?;
    let bad = Served::start(&format!("public_url = \"http://{}\"\n", front.address))?;
    bad.add_user(EDSGER.address, EDSGER.password).await?;
    front.stand_before(bad.host().parse()?)?;
    let (picture, came) = private_place()?;

    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    connect_to(&window, &good.host()).await?;
    sign_in(&window, ALAN).await?;
    connect_to(&window, &front.address.to_string()).await?;
    sign_in(&window, EDSGER).await?;
    stands(&window, 1, Person::ADA).await?;
    let kept = desktop.keychain_items()?.len();
    count(&window, "picture.png").await?;

    let long = "w".repeat(200_000);
    let named = move |text: String| {
        let text = json!(text);
        changed(move |value| replace(value, &["first_name", "last_name", "username", "application_name"], &text))
    };
    let elsewhere = changed(move |value| {
        replace(value, &["image_url", "logo_image_url"], &json!(picture));
        // Nobody asks for a picture otherwise.
        replace(value, &["has_image"], &json!(true));
    });
    let there = format!("http://{}/v1/client", good.host());
    let lies: Vec<(&str, Vec<(&'static str, Lie)>)> = vec![
        ("markup for names", vec![("/v1/", named(MARKUP.to_owned()))]),
        ("names without end", vec![("/v1/", named(long))]),
        ("pictures on this computer", vec![("/v1/", elsewhere)]),
        ("redirects to the good one", vec![("/v1/", Lie::Redirect(there))]),
        ("nothing", vec![("/v1/", Lie::Words(String::new()))]),
        ("depth", vec![("/v1/", Lie::Words("[".repeat(100_000)))]),
        ("another type", vec![("/v1/", Lie::Words(r#"{"response":[],"client":{"id":7,"sessions":{}}}"#.to_owned()))]),
        ("bodies without end", vec![("/v1/", Lie::Endless)]),
    ];
    for (what, lies) in lies {
        front.lie(lies);
        window.keys(Key::Control + "3").await?;
        window.until(what, async || Ok(front.told() > 0)).await?;
        stands(&window, 1, Person::ADA).await.context(what)?;
        stands(&window, 2, ALAN).await.context(what)?;
        let owned =
            window.script("return [window.owned ?? null, document.querySelectorAll('img[src=x]').length]").await?;
        assert_eq!(owned, json!([null, 0]), "{what}");
        assert_eq!(window.accessibility_faults().await?, [""; 0], "{what}");
    }
    // The truth again: whoever was signed in there still is.
    front.lie([]);
    stands(&window, 3, EDSGER).await?;
    assert!(counted(&window).await? > 0, "the page wanted one");
    assert_eq!(came.load(Ordering::Relaxed), 0, "nobody asks for pictures elsewhere");

    // The session of the good one has ended, it says.
    let theirs = good.sessions(&alan).await?.concat();
    front.lie([(
        "/v1/client",
        changed(move |value| {
            if let Some(sessions) = value.pointer_mut("/response/sessions").and_then(Value::as_array_mut) {
                for session in sessions {
                    session["id"] = json!(theirs);
                    session["status"] = json!("ended");
                }
            }
        }),
    )]);
    window.keys(Key::Control + "1").await?;
    window.keys(Key::Control + "3").await?;
    window.until("it lies about a session", async || Ok(front.told() > 0)).await?;
    stands(&window, 2, ALAN).await?;
    stands(&window, 1, Person::ADA).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    stands(&window, 2, ALAN).await?;
    assert!(desktop.keychain_items()?.len() >= kept - 1, "what signs the others in is kept");
    assert_eq!(good.sessions(&alan).await?.len(), 1);
    Ok(())
}
