use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Account, ImageId, User, Username, samples};

/// A user of whom everything is known that can be.
fn person() -> Account {
    let mut account = samples::jane();
    account.user.first_name = Some("Jane".to_owned());
    account.user.last_name = Some("Doe".to_owned());
    account.user.image_id = Some(ImageId::from_random([1; 20]));
    account.user.public_metadata = object(json!({
        "role": "admin", "level": 7, "off": false, "none": null, "list": [1, "a"], "deep": { "er": { "x": 1.5 } },
    }));
    account.user.unsafe_metadata = object(json!({ "trick": "{{user.id}}", "theme": "dark" }));
    account.user.private_metadata = object(json!({ "secret": "x" }));
    account
}

fn object(value: Value) -> Metadata {
    serde_json::from_value(value).unwrap()
}

fn filled(claims: Value) -> Value {
    let account = person();
    let claims = Claims::read(&object(claims), TokenKind::Template).unwrap();
    Value::Object(claims.fill(&Facts { account: &account, image_url: Some("https://i.example/1") }))
}

/// What one text becomes.
fn one(text: &str) -> Value {
    filled(json!({ "x": text }))["x"].clone()
}

fn faults(claims: Value, kind: TokenKind) -> Vec<ClaimFault> {
    Claims::read(&object(claims), kind).unwrap_err()
}

#[test]
fn a_text_that_is_one_shortcode_becomes_the_value_itself() {
    assert_eq!(one("{{user.public_metadata.level}}"), json!(7));
    assert_eq!(one("{{ user.public_metadata.list }}"), json!([1, "a"]));
    assert_eq!(one("{{user.public_metadata.deep}}"), json!({ "er": { "x": 1.5 } }));
    assert_eq!(one("{{user.public_metadata.deep.er.x}}"), json!(1.5));
    assert_eq!(one("{{user.public_metadata.off}}"), json!(false));
    assert_eq!(one("{{user.public_metadata}}")["role"], "admin");
    assert_eq!(one("{{user.unsafe_metadata.theme}}"), "dark");
}

#[test]
fn a_shortcode_among_text_becomes_text() {
    assert_eq!(one("Hello {{user.first_name}} {{user.last_name}}!"), "Hello Jane Doe!");
    assert_eq!(one("level {{user.public_metadata.level}}"), "level 7");
    assert_eq!(one(" {{user.public_metadata.level}}"), " 7");
    assert_eq!(one("{{user.username}}!"), "null!");
    assert_eq!(one("{{user.public_metadata.list}};"), r#"[1,"a"];"#);
    assert_eq!(one("{{true}}{{1}}"), "true1");
    assert_eq!((one("plain } text"), one("")), (json!("plain } text"), json!("")));
}

#[test]
fn the_first_operand_that_stands_for_something_is_taken() {
    assert_eq!(one("{{user.username || user.first_name || 'nobody'}}"), "Jane");
    assert_eq!(one("{{user.username||'no }} || body'}}"), "no }} || body");
    assert_eq!(one("{{user.public_metadata.off || 30}}"), json!(30));
    assert_eq!(one("{{user.username || user.public_metadata.off}}"), json!(false), "the last one as it is");
    assert_eq!(one("{{user.username || org.name}}"), Value::Null);
    assert_eq!(one("{{'' || 'x'}}"), "", "an empty text is one");
    assert_eq!(one("{{0 || 1}}"), json!(0));
    assert_eq!((one("{{'text'}}"), one("{{-1.5}}"), one("{{true}}")), (json!("text"), json!(-1.5), json!(true)));
}

#[test]
fn users_are_known_by_these_names() {
    let account = person();
    let known = filled(json!({
        "id": "{{user.id}}", "full": "{{user.full_name}}", "mail": "{{user.primary_email_address}}",
        "verified": "{{user.email_verified}}", "image": "{{user.image_url}}", "has": "{{user.has_image}}",
        "since": "{{user.created_at}}", "second": "{{user.two_factor_enabled}}", "orgs": "{{user.organizations}}",
    }));
    let expected = json!({
        "id": account.user.id.as_str(), "full": "Jane Doe", "mail": samples::JANE, "verified": true,
        "image": "https://i.example/1", "has": true, "since": samples::START.0 / 1000, "second": false, "orgs": {},
    });
    assert_eq!(known, expected);
    let account = samples::with_second_phone(samples::jane(), 7, "+41791234567");
    let account = Account {
        user: User {
            username: Some(Username::parse("jane_d").unwrap()),
            primary_phone_number_id: Some(account.phones[0].id.clone()),
            ..account.user
        },
        ..account
    };
    let claims = object(json!({
        "name": "{{user.username}}", "number": "{{user.primary_phone_number}}",
        "proven": "{{user.phone_number_verified}}", "second": "{{user.two_factor_enabled}}",
    }));
    let read = Claims::read(&claims, TokenKind::Session).unwrap();
    let filled = |account: &Account| json!(read.fill(&Facts { account, image_url: None }));
    let expected = json!({ "name": "jane_d", "number": "+41791234567", "proven": true, "second": true });
    assert_eq!(filled(&account), expected);
    let nothing = json!({ "name": null, "number": null, "proven": false, "second": false });
    assert_eq!(filled(&samples::jane()), nothing);
    assert_eq!(filled(&samples::with_totp(samples::jane()))["second"], true);

    for unknown in ["user", "nobody", "user.x", "user.id.x", "org.id", "org_membership.role", "session.actor", "null"] {
        assert_eq!(one(&format!("{{{{{unknown}}}}}")), Value::Null, "{unknown}");
    }
}

#[test]
fn what_is_for_the_owner_alone_gets_into_no_token() {
    assert_eq!(one("{{user.private_metadata}}"), Value::Null);
    assert_eq!(one("{{user.private_metadata.secret}}"), Value::Null);
}

#[test]
fn claims_within_claims_are_filled_and_names_are_not() {
    let claims = json!({ "{{user.id}}": { "a": ["{{user.first_name}}", 1, null, { "b": "{{user.last_name}}" }] } });
    assert_eq!(filled(claims), json!({ "{{user.id}}": { "a": ["Jane", 1, null, { "b": "Doe" }] } }));
}

#[test]
fn sec_28_values_are_not_read_as_shortcodes() {
    assert_eq!(one("{{user.unsafe_metadata.trick}}"), "{{user.id}}");
    assert_eq!(one("is {{user.unsafe_metadata.trick}}"), "is {{user.id}}");
}

#[test]
fn sec_28_claims_that_the_instance_writes_are_refused_each_by_name() {
    for name in ["sub", "sid", "iss", "exp", "iat", "nbf", "azp", "act", "org", "jti", "v", "fva", "o", "pla", "fea"] {
        for kind in [TokenKind::Template, TokenKind::Session] {
            assert_eq!(faults(json!({ name: 1 }), kind), [ClaimFault::Reserved(name.to_owned())]);
        }
    }
    let old = object(json!({ "org_id": "{{org.id}}", "aud": "convex", "role": "x" }));
    assert!(Claims::read(&old, TokenKind::Template).is_ok());
    assert_eq!(Claims::read(&old, TokenKind::Session), Err(vec![ClaimFault::Reserved("org_id".to_owned())]));
    assert!(Claims::read(&object(json!({ "mine": { "sub": "x" } })), TokenKind::Session).is_ok(), "within its own");
}

#[test]
fn every_fault_is_told_at_once() {
    let found = faults(json!({ "sub": "x", "a": ["{{", "{{}}"], "b": "{{user.id" }), TokenKind::Template);
    assert_eq!(found.len(), 4, "{found:?}");
    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|said| said.contains("`sub`") && said.contains("choose another")), "{said:?}");
    assert!(said.iter().any(|said| said.contains("`a.1`")), "{said:?}");
}

#[test]
fn what_is_no_shortcode_is_refused() {
    for text in ["{{", "{{user.id", "{{'x}}", "{{user.id ||", "{{ user.id || 'x"] {
        let fault = TextFault::Unclosed;
        assert_eq!(faults(json!({ "x": text }), TokenKind::Session), [ClaimFault::Text { place: "x".into(), fault }]);
    }
    for text in ["{{}}", "{{ }}", "{{user..id}}", "{{.}}", "{{a b}}", "{{a | b}}", "{{\"a\"}}", "{{a || }}", "{{{a}}}"]
    {
        let found = faults(json!({ "x": text }), TokenKind::Session);
        assert!(matches!(&found[..], [ClaimFault::Text { fault: TextFault::Operand(_), .. }]), "{text}: {found:?}");
    }
    let many = format!("{{{{{}}}}}", ["a"; 17].join("||"));
    let found = faults(json!({ "x": many }), TokenKind::Session);
    assert!(matches!(&found[..], [ClaimFault::Text { fault: TextFault::TooMany, .. }]), "{found:?}");
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    assert!(Claims::read(&object(json!({ "x": nested(10) })), TokenKind::Session).is_ok());
    assert_eq!(faults(json!({ "x": nested(11) }), TokenKind::Session), [ClaimFault::TooDeep]);
    assert!(!faults(json!({ "x": nested(100) }), TokenKind::Session).is_empty());
    assert_eq!(faults(json!({ "x": "y".repeat(9000) }), TokenKind::Session), [ClaimFault::Unfit]);
    assert_eq!(faults(json!({ "x": "\0" }), TokenKind::Session), [ClaimFault::Unfit]);
}

/// Any JSON, with texts that are like shortcodes now and then.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z{}|' .]{0,12}", Just("{{user.id}}".to_owned()), any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    /// Whatever is in metadata comes out as it went in, with its type, and is never read as a shortcode.
    #[test]
    fn any_value_is_put_in_as_it_is(value in any_json()) {
        let mut account = person();
        account.user.public_metadata.insert("any".to_owned(), value.clone());
        let claims = json!({ "x": "{{user.public_metadata.any}}", "y": "<{{user.public_metadata.any}}>" });
        let claims = Claims::read(&object(claims), TokenKind::Session).unwrap();
        let filled = claims.fill(&Facts { account: &account, image_url: None });
        prop_assert_eq!(&filled["x"], &value);
        let text = match &value { Value::String(text) => text.clone(), other => other.to_string() };
        prop_assert_eq!(&filled["y"], &Value::from(format!("<{text}>")));
    }

    /// Claims are read or refused, never with a panic, and no claim of the instance is ever in what is read.
    #[test]
    fn any_claims_are_read_or_refused(value in any_json(), name in "[a-z_]{1,5}") {
        let claims = object(json!({ name.as_str(): value }));
        let read = Claims::read(&claims, TokenKind::Session);
        if let Ok(read) = read {
            let filled = read.fill(&Facts { account: &person(), image_url: None });
            prop_assert!(!TokenKind::Session.reserves(&name));
            prop_assert_eq!(filled.keys().collect::<Vec<_>>(), vec![&name]);
        }
    }

    /// A text without braces is left as it is.
    #[test]
    fn text_without_shortcodes_stays_as_it_is(text in "[^{\0]{0,40}") {
        prop_assert_eq!(one(&text), Value::from(text));
    }
}
