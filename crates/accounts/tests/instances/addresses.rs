//! The list of instances as a person keeps it: added by key or address, named, ordered.

use frontdesk_accounts::{ErrorKind, InstanceRequest, IntentError, LocalState, Reason, Status};
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    house::{House, Plan},
};

async fn inspect(desk: &Desk, text: &str) -> Result<Value, IntentError> {
    desk.accounts.instance(InstanceRequest::Inspect { key_or_address: text.to_owned() }).await
}

fn reason(error: IntentError) -> Reason {
    assert!(error.message.ends_with('.'), "{}", error.message);
    error.said.unwrap().reason
}

fn names(desk: &Desk) -> Vec<String> {
    desk.snapshot().instances.iter().map(|view| view.name.clone()).collect()
}

async fn rename(desk: &Desk, instance: &str, name: &str) {
    let request = InstanceRequest::Rename { instance: instance.to_owned(), name: name.to_owned() };
    desk.accounts.instance(request).await.unwrap();
}

async fn move_to(desk: &Desk, instance: &str, to: usize) {
    desk.accounts.instance(InstanceRequest::Move { instance: instance.to_owned(), to }).await.unwrap();
}

#[tokio::test]
async fn an_instance_is_found_by_its_address() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.introduce(&house.key());
    let port = house.host().split_once(':').unwrap().1;
    for address in [house.host().to_owned(), format!("http://{}", house.host()), format!("http://localhost:{port}/x")] {
        let preview = inspect(&desk, &address).await.unwrap();
        assert_eq!(preview["publishable_key"], house.key());
        assert_eq!((&preview["host"], &preview["asked_host"]), (&json!(house.host()), &Value::Null), "{address}");
    }
    assert!(house.seen().iter().all(|seen| seen.method == "GET" && seen.token().is_none()));
    assert_eq!(desk.snapshot().instances.len(), 1, "looking adds nothing");
}

#[tokio::test]
async fn a_key_of_another_host_is_shown_with_the_host_that_gave_it() {
    let (desk, house, other) = (Desk::new(), House::at_port().await, House::at_port().await);
    house.introduce(&other.key());
    let preview = inspect(&desk, house.host()).await.unwrap();
    assert_eq!((&preview["host"], &preview["asked_host"]), (&json!(other.host()), &json!(house.host())));
    assert_eq!(other.seen().len(), 0, "nobody was sent there");
}

#[tokio::test]
async fn an_address_of_something_else_says_what_to_do() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    assert_eq!(reason(inspect(&desk, house.host()).await.unwrap_err()), Reason::AddressUnknown);
    house.introduce("pk_test_!!!");
    assert_eq!(reason(inspect(&desk, house.host()).await.unwrap_err()), Reason::AddressUnknown);
    house.introduce(&house.key());
    for plan in [
        Plan::Instead(200, vec![], "<html>Welcome</html>".to_owned()),
        Plan::Instead(302, vec![("location", "https://evil.example/".to_owned())], String::new()),
        Plan::Endless,
    ] {
        house.plan("/frontdesk.json", plan);
        assert_eq!(reason(inspect(&desk, house.host()).await.unwrap_err()), Reason::AddressUnknown);
    }
    let host = house.host().to_owned();
    drop(house);
    assert_eq!(inspect(&desk, &host).await.unwrap_err().kind, ErrorKind::Network);
}

#[tokio::test]
async fn the_same_instance_is_refused_by_key_and_by_address_alike() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    house.introduce(&house.key());
    let instance = desk.add(&house).await;
    rename(&desk, &instance, "Harbour").await;
    // With padding it is another text, and the same key.
    let padded = format!("{}{}", house.key(), "=".repeat((4 - house.key().rsplit('_').next().unwrap().len() % 4) % 4));
    for text in [house.key(), padded.clone(), house.host().to_owned(), format!("http://{}/", house.host())] {
        let refused = inspect(&desk, &text).await.unwrap_err();
        assert!(refused.message.starts_with("Harbour is on your list already"), "{}", refused.message);
        assert_eq!(reason(refused), Reason::InstanceKnown);
    }
    let add = InstanceRequest::Add { publishable_key: padded };
    assert_eq!(reason(desk.accounts.instance(add).await.unwrap_err()), Reason::InstanceKnown);
    assert_eq!(desk.snapshot().instances.len(), 2);
}

#[tokio::test]
async fn the_instance_of_this_computer_is_known_too() {
    let desk = Desk::new();
    let socket = desk.folder().join("instance.sock");
    let house = House::at_socket(socket.clone());
    desk.accounts.set_local(LocalState::Serving { socket, publishable_key: house.key() });
    assert_eq!(reason(inspect(&desk, &house.key()).await.unwrap_err()), Reason::InstanceKnown);
}

#[tokio::test]
async fn two_that_add_the_same_instance_at_once_add_it_once() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let add = || desk.accounts.instance(InstanceRequest::Add { publishable_key: house.key() });
    let (one, other) = tokio::join!(add(), add());
    assert!(one.is_ok() && other.is_err());
    assert_eq!(desk.snapshot().instances.len(), 2);
}

#[tokio::test]
async fn names_and_order_are_kept() {
    let desk = Desk::new();
    let (one, other) = (House::at_port().await, House::at_port().await);
    let (first, second) = (desk.add(&one).await, desk.add(&other).await);
    rename(&desk, &second, "  Harbour \u{202e}Works\n ").await;
    move_to(&desk, &second, 0).await;
    let wanted = ["Harbour Works", "This computer", one.host()];
    assert_eq!(names(&desk), wanted);
    let desk = desk.again();
    assert_eq!(names(&desk), wanted);
    assert!(desk.view(&second).own_name);
    desk.until_at(&second, |view| view.status == Status::Ready).await;
    rename(&desk, &second, " ").await;
    move_to(&desk, &first, 99).await;
    move_to(&desk, &second, 1).await;
    assert_eq!(names(&desk), ["This computer", other.host(), one.host()]);
    assert!(!desk.view(&second).own_name);
    let local = desk.snapshot().instances[0].id.clone();
    rename(&desk, &local, "Home").await;
    move_to(&desk, &local, 2).await;
    let desk = desk.again();
    assert_eq!(names(&desk), [other.host(), one.host(), "Home"]);
    let nobody = InstanceRequest::Move { instance: "nobody".to_owned(), to: 0 };
    assert_eq!(desk.accounts.instance(nobody).await.unwrap_err().kind, ErrorKind::Refused);
}

#[tokio::test]
async fn a_name_is_cut_to_what_a_line_can_bear() {
    let (desk, house) = (Desk::new(), House::at_port().await);
    let instance = desk.add(&house).await;
    rename(&desk, &instance, &"ä".repeat(256)).await;
    assert_eq!(desk.view(&instance).name.chars().count(), 64);
}
