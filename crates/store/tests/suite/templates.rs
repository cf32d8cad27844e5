//! JWT templates.

use frontdesk_identity::{self as identity, Algorithm};
use frontdesk_store::{Changes, CommitError, JwtTemplate, SealedBytes, SealedRow, Versioned, testing::on_each};
use serde_json::json;

use crate::people::{START, save, sealed};

pub(crate) fn template(number: i64) -> JwtTemplate {
    let claims = json!({ "aud": "convex", "role": "{{user.public_metadata.role}}" });
    JwtTemplate {
        id: format!("jtmp_{number}"),
        template: identity::JwtTemplate {
            name: format!("template-{number}"),
            claims: serde_json::from_value(claims).unwrap(),
            lifetime: 60,
            clock_skew: 5,
            algorithm: Algorithm::Hs256,
            own_key: true,
        },
        key: Some(sealed("key-1")),
        created_at: START.plus(number),
        updated_at: START.plus(number),
    }
}

/// One that the instance's own key signs.
fn plain(number: i64) -> JwtTemplate {
    let made = template(number);
    JwtTemplate { template: identity::JwtTemplate { own_key: false, ..made.template }, key: None, ..made }
}

fn named(name: &str, made: &JwtTemplate) -> JwtTemplate {
    let template = identity::JwtTemplate { name: name.to_owned(), ..made.template.clone() };
    JwtTemplate { template, ..made.clone() }
}

#[tokio::test]
async fn a_template_is_kept_under_one_name_until_it_is_deleted() {
    on_each(async |database| {
        let store = database.open().await;
        let (first, second) = (template(1), plain(2));
        save(&store, START, |changes| {
            changes.save_jwt_template(Versioned::fresh(first.clone()));
            changes.save_jwt_template(Versioned::fresh(second.clone()));
        })
        .await;
        assert_eq!(store.jwt_templates().await.unwrap(), [second.clone(), first.clone()], "newest first");
        let read = store.jwt_template("jtmp_1").await.unwrap().unwrap();
        assert_eq!(read, Versioned { value: first.clone(), version: 1 });
        assert_eq!(store.jwt_template_by_name("template-2").await.unwrap().unwrap().value, second);
        assert_eq!(store.jwt_template("jtmp_3").await.unwrap(), None);
        assert_eq!(store.jwt_template_by_name("jtmp_1").await.unwrap(), None);

        let refused = async |add: &dyn Fn(&mut Changes)| {
            let mut changes = Changes::new(START);
            add(&mut changes);
            assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
        };
        let alike = named("template-2", &template(3));
        refused(&|changes| changes.save_jwt_template(Versioned::fresh(alike.clone()))).await;
        let renamed = named("template-2", &first);
        refused(&|changes| changes.save_jwt_template(read.with(renamed.clone()))).await;
        refused(&|changes| changes.delete_jwt_template("jtmp_3".to_owned())).await;

        let changed = named("other", &plain(1));
        save(&store, START, |changes| changes.save_jwt_template(read.with(changed.clone()))).await;
        refused(&|changes| changes.save_jwt_template(read.with(changed.clone()))).await;
        assert_eq!(store.jwt_template("jtmp_1").await.unwrap(), Some(Versioned { value: changed, version: 2 }));
        save(&store, START, |changes| changes.delete_jwt_template("jtmp_1".to_owned())).await;
        assert_eq!(store.jwt_templates().await.unwrap(), [second]);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sec_108_a_change_of_the_instance_key_seals_the_keys_of_templates_anew() {
    on_each(async |database| {
        let store = database.open().await;
        crate::copies::furnish(&store).await;
        save(&store, START, |changes| {
            changes.save_jwt_template(Versioned::fresh(plain(2)));
            changes.save_jwt_template(Versioned::fresh(template(3)));
        })
        .await;
        let instance = store.instance().await.unwrap().unwrap();
        let signing = store.signing_keys().await.unwrap().remove(0);
        let reseal = |row: SealedRow<'_>, old: SealedBytes| match row {
            SealedRow::JwtTemplate("jtmp_1") => Some(SealedBytes { key_id: "key-2".to_owned(), bytes: old.bytes }),
            _ => None,
        };
        store.rekey(&instance, &signing, reseal, START).await.unwrap();
        let key = async |id: &str| store.jwt_template(id).await.unwrap().unwrap().value.key.map(|key| key.key_id);
        assert_eq!(key("jtmp_1").await.as_deref(), Some("key-2"));
        assert_eq!(key("jtmp_2").await, None);
        assert_eq!(key("jtmp_3").await.as_deref(), Some("key-1"), "nobody could open it");
        store.close().await;
    })
    .await;
}
