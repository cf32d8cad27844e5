use serde_json::json;

use super::*;

fn form() -> JwtTemplateForm {
    let claims = serde_json::from_value(json!({ "aud": "convex", "role": "{{user.public_metadata.role}}" })).unwrap();
    JwtTemplateForm { name: Some("convex".to_owned()), claims: Some(claims), ..JwtTemplateForm::default() }
}

fn own(algorithm: &str) -> JwtTemplateForm {
    JwtTemplateForm { own_key: Some(true), algorithm: Some(algorithm.to_owned()), key: Some(Ok(())), ..form() }
}

fn faults(form: JwtTemplateForm, before: Option<&JwtTemplate>) -> Vec<JwtTemplateFault> {
    form.settle(before).unwrap_err()
}

fn field(param: &'static str, fault: FieldFault) -> JwtTemplateFault {
    FieldError::new(param, fault).into()
}

#[test]
fn what_nobody_says_is_as_usual() {
    let made = form().settle(None).unwrap();
    assert_eq!((made.lifetime, made.clock_skew, made.algorithm, made.own_key), (60, 5, Algorithm::Rs256, false));
    let kept = JwtTemplateForm { lifetime: Some(3600), ..JwtTemplateForm::default() }.settle(Some(&made)).unwrap();
    assert_eq!(kept, JwtTemplate { lifetime: 3600, ..made });
}

#[test]
fn every_fault_of_a_template_is_told_at_once() {
    let bad = JwtTemplateForm {
        name: Some("a/b".to_owned()),
        claims: Some(serde_json::from_value(json!({ "sub": 1, "x": "{{" })).unwrap()),
        lifetime: Some(29),
        clock_skew: Some(301),
        own_key: Some(true),
        algorithm: Some("none".to_owned()),
        key: None,
    };
    let found = faults(bad, None);
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.contains(&field("signing_algorithm", FieldFault::Value)));
    assert!(found.contains(&JwtTemplateFault::OwnKeyNeeds("signing_key")));
    let nothing = faults(JwtTemplateForm::default(), None);
    assert_eq!(nothing, [field("name", FieldFault::Missing), field("claims", FieldFault::Missing)]);
}

#[test]
fn numbers_and_names_have_bounds() {
    for good in [30, 315_360_000] {
        assert!(JwtTemplateForm { lifetime: Some(good), ..form() }.settle(None).is_ok());
        assert_eq!(lifetime_of_one(good), Ok(good));
    }
    for bad in [i64::MIN, -1, 0, 29, 315_360_001, i64::MAX] {
        let form = JwtTemplateForm { lifetime: Some(bad), ..form() };
        assert_eq!(faults(form, None), [field("lifetime", FieldFault::Value)]);
        assert!(lifetime_of_one(bad).is_err());
    }
    for bad in [-1, 301] {
        let form = JwtTemplateForm { clock_skew: Some(bad), ..form() };
        assert_eq!(faults(form, None), [field("allowed_clock_skew", FieldFault::Value)]);
    }
    for (bad, fault) in [("", FieldFault::Missing), ("ä", FieldFault::Format), ("a b", FieldFault::Format)] {
        let form = JwtTemplateForm { name: Some(bad.to_owned()), ..form() };
        assert_eq!(faults(form, None), [field("name", fault)]);
    }
    let long = JwtTemplateForm { name: Some("x".repeat(65)), ..form() };
    assert_eq!(faults(long, None), [field("name", FieldFault::TooLong)]);
}

#[test]
fn a_key_of_its_own_comes_with_its_algorithm() {
    for algorithm in Algorithm::ALL {
        let made = own(algorithm.as_str()).settle(None).unwrap();
        assert_eq!((made.algorithm, made.own_key), (algorithm, true));
    }
    let without = JwtTemplateForm { own_key: Some(true), ..form() };
    let needs = ["signing_algorithm", "signing_key"].map(JwtTemplateFault::OwnKeyNeeds);
    assert_eq!(faults(without, None), needs);
    let unasked = JwtTemplateForm { own_key: None, ..own("HS256") };
    assert_eq!(faults(unasked, None), ["signing_key", "signing_algorithm"].map(JwtTemplateFault::NoOwnKey));
    let short = JwtTemplateForm { key: Some(Err(KeyFault::Short(32))), ..own("HS256") };
    assert_eq!(faults(short, None), [JwtTemplateFault::Key(KeyFault::Short(32))]);
}

#[test]
fn sec_23_a_key_stays_with_its_algorithm() {
    let made = own("RS256").settle(None).unwrap();
    let other = JwtTemplateForm { algorithm: Some("HS256".to_owned()), ..JwtTemplateForm::default() };
    assert_eq!(faults(other, Some(&made)), [JwtTemplateFault::OwnKeyNeeds("signing_key")]);
    let same = JwtTemplateForm { algorithm: Some("RS256".to_owned()), ..JwtTemplateForm::default() };
    assert_eq!(same.settle(Some(&made)).unwrap(), made);
    let dropped = JwtTemplateForm { own_key: Some(false), ..JwtTemplateForm::default() }.settle(Some(&made)).unwrap();
    assert_eq!((dropped.algorithm, dropped.own_key), (Algorithm::Rs256, false));
    let again = JwtTemplateForm { own_key: Some(true), ..JwtTemplateForm::default() };
    assert_eq!(faults(again, Some(&dropped)).len(), 2, "a key that was dropped is gone");
}
