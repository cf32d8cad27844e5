//! `/v1/users`

mod described;

use std::sync::Arc;

use axum::extract::{Path, State};
use frontdesk_identity::{Email, OwnerChange, Phone, Username};
use frontdesk_store::{Moments, Page, UserFilter, UserOrder, UserSort};
use frontdesk_wire::ErrorCode;
use secrecy::SecretString;

pub(super) use described::routes;

use super::list;
use crate::{
    flows::backend::{
        Part, passkeys,
        second_factors::{self, Which},
        users::{self, Access, Create, MetadataChange, NewPassword, Update},
    },
    http::{
        Answer, Refusal,
        extract::{Json, Owner, Query},
    },
    instance::Instance,
    passwords::{Hasher, Imported},
    second_factor::{TotpSecret, is_backup_code},
};

/// Fields of users that this instance does not have.
const NOT_SERVED: [&str; 7] = [
    "create_organization_enabled",
    "create_organizations_limit",
    "delete_self_enabled",
    "primary_web3_wallet_id",
    "profile_image_id",
    "locked",
    "web3_wallet",
];
/// Second factors that a new user brings along.
const TOTP_SECRET: &str = "totp_secret";
const BACKUP_CODES: &str = "backup_codes";
/// Most backup codes that a user may bring along.
const MOST_CODES: usize = 20;
/// Things that no user of this instance has, so that nobody is found by them.
const NOBODY_HAS: [&str; 3] = ["organization_id", "provider_user_id", "web3_wallet"];

/// `GET /v1/users`
pub(super) async fn list(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
) -> Result<Answer, Refusal> {
    let order = order(&query)?;
    let (offset, limit) = list::part(&query)?;
    let after = list::text(&query, "starting_after")?.map(str::to_owned);
    if after.is_some() && (order.by != UserSort::CreatedAt || offset > 0) {
        return Err(Refusal::field(ErrorCode::FormConditionalParamDisallowed, "starting_after")
            .saying("A list goes on after a user only by the time of creation, and without an offset."));
    }
    let page = Page { offset, limit, after };
    Ok(Answer::bare(&users::list(&instance.turn(&caller), &filter(&query)?, order, &page).await?))
}

/// `GET /v1/users/count`
pub(super) async fn count(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::count(&instance.turn(&caller), &filter(&query)?).await?))
}

/// `GET /v1/users/{id}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::show(&instance.turn(&caller), &id).await?))
}

/// `POST /v1/users`
pub(super) async fn create(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    json.refuse(&NOT_SERVED)?;
    let create = Create {
        addresses: addresses(&json, "email_address", "email_address_identification_status")?,
        phones: addresses(&json, "phone_number", "phone_number_identification_status")?,
        username: json.filled("username")?.map(str::to_owned),
        password: password(&json)?,
        without_password: json.flag("skip_password_requirement")?,
        banned: json.flag("banned")?,
        totp_secret: totp_secret(&json)?,
        backup_codes: backup_codes(&json)?,
        change: change(&json)?,
    };
    Ok(Answer::bare(&users::create(&instance.turn(&caller), &create).await?))
}

/// `PATCH /v1/users/{id}`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    json.refuse(&NOT_SERVED)?;
    json.refuse(&["notify_primary_email_address_changed", TOTP_SECRET, BACKUP_CODES])?;
    let primary_email_address_id = json.filled("primary_email_address_id")?.map(str::to_owned);
    let update = Update {
        password: password(&json)?,
        sign_out: json.flag("sign_out_of_other_sessions")?,
        change: OwnerChange {
            primary_email_address_id,
            primary_phone_number_id: json.filled("primary_phone_number_id")?.map(str::to_owned),
            username: json.text("username")?.map(str::to_owned),
            ..change(&json)?
        },
    };
    if update.sign_out && update.password.is_none() {
        return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, "password")
            .saying("Sessions are ended along with a new password: give one, or revoke the sessions."));
    }
    Ok(Answer::bare(&users::update(&instance.turn(&caller), &id, &update).await?))
}

/// `PATCH /v1/users/{id}/metadata`
pub(super) async fn merge_metadata(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let change = metadata(&json, true)?;
    Ok(Answer::bare(&users::change_metadata(&instance.turn(&caller), &id, &change).await?))
}

/// `PUT /v1/users/{id}/metadata`
pub(super) async fn replace_metadata(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let change = metadata(&json, false)?;
    Ok(Answer::bare(&users::change_metadata(&instance.turn(&caller), &id, &change).await?))
}

/// `DELETE /v1/users/{id}`
pub(super) async fn delete(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::delete(&instance.turn(&caller), &id).await?))
}

/// `POST /v1/users/{id}/ban`
pub(super) async fn ban(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::set_access(&instance.turn(&caller), &id, Access::Ban).await?))
}

/// `POST /v1/users/{id}/unban`
pub(super) async fn unban(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::set_access(&instance.turn(&caller), &id, Access::Unban).await?))
}

/// `POST /v1/users/{id}/lock`
pub(super) async fn lock(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::set_access(&instance.turn(&caller), &id, Access::Lock).await?))
}

/// `POST /v1/users/{id}/unlock`
pub(super) async fn unlock(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::set_access(&instance.turn(&caller), &id, Access::Unlock).await?))
}

/// `POST /v1/users/{id}/verify_totp`
pub(super) async fn verify_totp(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let code = json.required_secret("code")?;
    Ok(Answer::bare(&second_factors::verify(&instance.turn(&caller), &id, &code).await?))
}

/// `DELETE /v1/users/{id}/totp`
pub(super) async fn remove_app(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&second_factors::remove(&instance.turn(&caller), &id, Which::App).await?))
}

/// `DELETE /v1/users/{id}/mfa`
pub(super) async fn remove_factors(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&second_factors::remove(&instance.turn(&caller), &id, Which::All).await?))
}

/// `DELETE /v1/users/{id}/backup_code`
pub(super) async fn remove_backup_codes(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&second_factors::remove(&instance.turn(&caller), &id, Which::BackupCodes).await?))
}

/// `POST /v1/users/{id}/verify_password`
pub(super) async fn verify_password(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let password = json.required_secret("password")?;
    Ok(Answer::bare(&users::verify_password(&instance.turn(&caller), &id, &password).await?))
}

/// `POST /v1/users/{id}/remove_password`
pub(super) async fn remove_password(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let sign_out = json.flag("sign_out_of_other_sessions")?;
    Ok(Answer::bare(&users::remove_password(&instance.turn(&caller), &id, sign_out).await?))
}

/// `POST /v1/users/{id}/password/set_compromised`
pub(super) async fn set_compromised(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
    json: Json,
) -> Result<Answer, Refusal> {
    let sign_out = json.flag("revoke_all_sessions")?;
    Ok(Answer::bare(&users::set_compromised(&instance.turn(&caller), &id, true, sign_out).await?))
}

/// `POST /v1/users/{id}/password/unset_compromised`
pub(super) async fn unset_compromised(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::set_compromised(&instance.turn(&caller), &id, false, false).await?))
}

/// `GET /v1/users/{id}/oauth_access_tokens/{provider}`
pub(super) async fn oauth_access_tokens(
    State(instance): State<Arc<Instance>>,
    Owner(caller, query): Owner,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    let tokens = users::oauth_access_tokens(&instance.turn(&caller), &id, &provider).await?;
    list::answer(&query, Part { total: tokens.len(), entries: tokens })
}

/// `DELETE /v1/users/{id}/passkeys/{passkey}`
pub(super) async fn remove_passkey(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path((id, passkey)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&passkeys::remove(&instance.turn(&caller), &id, &passkey).await?))
}

/// `DELETE /v1/users/{id}/external_accounts/{external}`
pub(super) async fn remove_external(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    Path((id, external)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&users::remove_external(&instance.turn(&caller), &id, &external).await?))
}

fn metadata(json: &Json, merged: bool) -> Result<MetadataChange, Refusal> {
    Ok(MetadataChange {
        public: json.object("public_metadata")?,
        private: json.object("private_metadata")?,
        of_app: json.object("unsafe_metadata")?,
        merged,
    })
}

fn change(json: &Json) -> Result<OwnerChange, Refusal> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(OwnerChange {
        first_name: owned(json.text("first_name")?),
        last_name: owned(json.text("last_name")?),
        locale: owned(json.text("locale")?),
        external_id: owned(json.text("external_id")?),
        legal_accepted_at: json.moment("legal_accepted_at")?,
        created_at: json.moment("created_at")?,
        primary_email_address_id: None,
        primary_phone_number_id: None,
        username: None,
        public_metadata: json.object("public_metadata")?,
        private_metadata: json.object("private_metadata")?,
        unsafe_metadata: json.object("unsafe_metadata")?,
    })
}

fn password(json: &Json) -> Result<Option<NewPassword>, Refusal> {
    const DIGEST: &str = "password_digest";
    const HASHER: &str = "password_hasher";
    let unchecked = json.flag("skip_password_checks")?;
    let password = json.secret("password")?;
    let (digest, hasher) = match (json.filled(DIGEST)?, json.filled(HASHER)?) {
        (None, None) => return Ok(password.map(|password| NewPassword::Plain { password, unchecked })),
        (Some(_), None) => return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, HASHER)),
        (None, Some(_)) => return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, DIGEST)),
        (Some(digest), Some(hasher)) => (digest, hasher),
    };
    if password.is_some() {
        return Err(Refusal::field(ErrorCode::FormConditionalParamDisallowed, DIGEST)
            .saying("Give the password or what another program has kept of it, but not both."));
    }
    let hasher = Hasher::parse(hasher).ok_or_else(|| {
        let known = Hasher::NAMES.join(", ");
        Refusal::field(ErrorCode::FormParamValueInvalid, HASHER).saying(format!("It must be one of {known}."))
    })?;
    let imported = Imported::read(hasher, digest);
    let imported = imported.ok_or_else(|| Refusal::field(ErrorCode::FormPasswordDigestInvalid, DIGEST))?;
    Ok(Some(NewPassword::Imported(Box::new(imported))))
}

/// The secret of the authenticator app that a new user has.
fn totp_secret(json: &Json) -> Result<Option<SecretString>, Refusal> {
    let secret = json.secret(TOTP_SECRET)?;
    if secret.as_ref().is_some_and(|secret| TotpSecret::read(secret).is_none()) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, TOTP_SECRET).saying(
            "It is the secret as apps read it, in base 32, and has 128 to 512 bits. Apps show six digits for 30 seconds, by \
             SHA-1.",
        ));
    }
    Ok(secret)
}

/// The backup codes that a new user has.
fn backup_codes(json: &Json) -> Result<Vec<SecretString>, Refusal> {
    let codes = json.texts(BACKUP_CODES)?;
    let refused = |sentence| Err(Refusal::field(ErrorCode::FormParamValueInvalid, BACKUP_CODES).saying(sentence));
    if codes.len() > MOST_CODES {
        return refused("A user may bring 20 backup codes at most.");
    }
    if !codes.iter().all(|code| is_backup_code(code)) {
        return refused("Give the codes themselves, and no digests of them: 8 to 64 letters and digits each.");
    }
    if !codes.is_empty() && !json.is_given(TOTP_SECRET) {
        return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, TOTP_SECRET)
            .saying("Backup codes stand in for an authenticator app: give the secret of one along with them."));
    }
    Ok(codes.into_iter().map(SecretString::from).collect())
}

/// Addresses or numbers of a new user; the owner vouches for each unless it is said to be reserved.
fn addresses(json: &Json, name: &'static str, states_name: &'static str) -> Result<Vec<(String, bool)>, Refusal> {
    let addresses = json.texts(name)?;
    let states = json.texts(states_name)?;
    if !states.is_empty() && states.len() != addresses.len() {
        return Err(Refusal::field(ErrorCode::FormParamFormatInvalid, states_name)
            .saying("Give one state for each of the addresses, in the same order."));
    }
    let states = states.into_iter().chain(std::iter::repeat("verified"));
    let addresses = addresses.into_iter().zip(states).map(|(address, state)| match state {
        "verified" => Ok((address.to_owned(), true)),
        "reserved" => Ok((address.to_owned(), false)),
        _ => Err(Refusal::field(ErrorCode::FormParamValueInvalid, states_name)),
    });
    addresses.collect()
}

fn order(query: &Query) -> Result<UserOrder, Refusal> {
    let Some((name, descending)) = list::order(query)? else {
        return Ok(UserOrder { by: UserSort::CreatedAt, descending: true });
    };
    let by = match name {
        // Nobody has one of the last, and then it goes by age.
        "created_at" | "web3wallet" => UserSort::CreatedAt,
        "updated_at" => UserSort::UpdatedAt,
        "last_active_at" => UserSort::LastActiveAt,
        "last_sign_in_at" => UserSort::LastSignInAt,
        "first_name" => UserSort::FirstName,
        "last_name" => UserSort::LastName,
        "email_address" => UserSort::EmailAddress,
        "phone_number" => UserSort::PhoneNumber,
        "username" => UserSort::Username,
        _ => return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "order_by")),
    };
    Ok(UserOrder { by, descending })
}

fn filter(query: &Query) -> Result<UserFilter, Refusal> {
    let owned = |name| Ok::<_, Refusal>(list::text(query, name)?.map(str::to_owned));
    let (ids, not_ids) = signed(list::texts(query, "user_id")?);
    let (external_ids, not_external_ids) = signed(list::texts(query, "external_id")?);
    let typed = list::texts(query, "email_address")?;
    let emails: Vec<_> = typed.iter().filter_map(|typed| Email::parse(typed).ok()).collect();
    let mut nobody = !typed.is_empty() && emails.is_empty();
    let typed = list::texts(query, "phone_number")?;
    // A plus that was not encoded arrives as a space.
    let number = |typed: &str| Phone::parse(&format!("+{}", typed.trim_start_matches(['+', ' ']))).ok();
    let phones: Vec<_> = typed.iter().filter_map(|typed| number(typed)).collect();
    nobody |= !typed.is_empty() && phones.is_empty();
    let typed = list::texts(query, "username")?;
    let usernames: Vec<_> = typed.iter().filter_map(|typed| Username::parse(typed).ok()).collect();
    nobody |= !typed.is_empty() && usernames.is_empty();
    if list::text(query, "provider")?.is_none() != list::texts(query, "provider_user_id")?.is_empty() {
        return Err(Refusal::field(ErrorCode::FormConditionalParamMissing, "provider_user_id")
            .saying("A provider and ids of users there are given together."));
    }
    for name in NOBODY_HAS {
        nobody |= list::texts(query, name)?.iter().any(|value| !value.starts_with('-'));
    }
    Ok(UserFilter {
        nobody,
        ids,
        not_ids,
        external_ids,
        not_external_ids,
        emails,
        phones,
        usernames,
        anywhere: owned("query")?,
        in_email: owned("email_address_query")?,
        in_phone: owned("phone_number_query")?.map(|part| part.trim_start_matches(' ').to_owned()),
        in_username: owned("username_query")?,
        in_name: owned("name_query")?,
        banned: list::flag(query, "banned")?,
        created: moments(query, ["created_at_after", "created_at_before"])?,
        last_active: {
            let mut moments = moments(query, ["last_active_at_after", "last_active_at_before"])?;
            moments.from = moments.from.max(list::moment(query, "last_active_at_since")?);
            moments
        },
        last_sign_in: moments(query, ["last_sign_in_at_after", "last_sign_in_at_before"])?,
    })
}

fn moments(query: &Query, [after, before]: [&str; 2]) -> Result<Moments, Refusal> {
    // The moments that are given are not part of it.
    let from = list::moment(query, after)?.map(|at| at.plus(1));
    let until = list::moment(query, before)?.map(|at| at.plus(-1));
    Ok(Moments { from, until })
}

/// Values to be found, and values to be left out, which a minus marks.
fn signed(values: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (out, found): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| value.starts_with('-'));
    let plain = |value: String| value.trim_start_matches(['+', ' ', '-']).to_owned();
    (found.into_iter().map(plain).collect(), out.into_iter().map(plain).collect())
}
