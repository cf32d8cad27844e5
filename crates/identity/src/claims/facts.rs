//! What shortcodes may stand for.

use serde_json::{Value, json};

use crate::{Account, Metadata, Timestamp, User, time::SECOND};

/// What is known of the user whose token it is. Metadata that is for the owner alone is not among it, for everybody who has
/// a token can read it.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// The user.
    pub account: &'f Account,
    /// Where the picture of the user is, if there is one.
    pub image_url: Option<&'f str>,
}

impl Facts<'_> {
    /// What a path stands for; null if it is not known.
    #[must_use]
    pub fn at(&self, path: &[String]) -> Value {
        let mut steps = path.iter().map(String::as_str);
        match (steps.next(), steps.next()) {
            (Some("user"), Some(name)) => self.of_user(name, steps),
            // Nobody has organizations here, and nobody acts for somebody else.
            _ => Value::Null,
        }
    }

    fn of_user<'p>(&self, name: &str, rest: impl Iterator<Item = &'p str>) -> Value {
        let user = &self.account.user;
        let metadata = match name {
            "public_metadata" => &user.public_metadata,
            "unsafe_metadata" => &user.unsafe_metadata,
            plain => {
                // Nothing lies within a plain value.
                return if rest.count() == 0 { self.plain(plain) } else { Value::Null };
            }
        };
        within(metadata, rest)
    }

    fn plain(&self, name: &str) -> Value {
        let user = &self.account.user;
        let (primary, number) = (self.account.primary_email(), self.account.primary_phone());
        match name {
            "id" => json!(user.id.as_str()),
            "external_id" => json!(user.external_id),
            "first_name" => json!(user.first_name),
            "last_name" => json!(user.last_name),
            "full_name" => json!(full_name(user)),
            "username" => json!(user.username.as_ref().map(crate::Username::as_str)),
            "image_url" => json!(self.image_url),
            "has_image" => json!(user.image_id.is_some()),
            "primary_email_address" => json!(primary.map(|address| address.email.as_str())),
            "email_verified" => json!(primary.is_some_and(|address| address.verified_at.is_some())),
            "primary_phone_number" => json!(number.map(|number| number.phone.as_str())),
            "phone_number_verified" => json!(number.is_some_and(|number| number.verified_at.is_some())),
            "two_factor_enabled" => json!(self.account.has_second_factor()),
            "created_at" => seconds(Some(user.created_at)),
            "updated_at" => seconds(Some(user.updated_at)),
            "last_sign_in_at" => seconds(user.last_sign_in_at),
            "organizations" => json!({}),
            _ => Value::Null,
        }
    }
}

/// What lies in metadata at a path.
fn within<'p>(metadata: &Metadata, mut path: impl Iterator<Item = &'p str>) -> Value {
    let Some(first) = path.next() else { return Value::Object(metadata.clone()) };
    let value = path.try_fold(metadata.get(first), |place, step| place.map(|value| value.get(step)));
    value.flatten().cloned().unwrap_or_default()
}

fn full_name(user: &User) -> Option<String> {
    let parts: Vec<_> = [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn seconds(at: Option<Timestamp>) -> Value {
    json!(at.map(|at| at.0.div_euclid(SECOND)))
}
