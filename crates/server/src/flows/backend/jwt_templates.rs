//! JWT templates: tokens of the owner's own making.

use frontdesk_identity::{Algorithm, JwtTemplateForm};
use frontdesk_store::{Changes, JwtTemplate as Stored, Versioned};
use frontdesk_wire::{DeletedObject, backend::JwtTemplate};
use secrecy::{ExposeSecret as _, SecretString};

use super::Part;
use crate::{
    flows::{Fault, Turn},
    random::new_id,
    tokens::OwnKey,
    views,
};

/// Most templates that are kept.
const MOST: usize = 100;
/// What every id begins with.
const PREFIX: &str = "jtmp_";

/// A part of the list, newest first.
pub async fn list(turn: &Turn<'_>, offset: usize, limit: usize) -> Result<Part<JwtTemplate>, Fault> {
    let all = turn.instance.store().jwt_templates().await?;
    let entries = all.iter().skip(offset).take(limit).map(views::backend::jwt_template).collect();
    Ok(Part { entries, total: all.len() })
}

/// A template.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<JwtTemplate, Fault> {
    Ok(views::backend::jwt_template(&find(turn, id).await?.value))
}

/// Makes a template. `key` is the one that signs its tokens.
pub async fn create(turn: &Turn<'_>, form: JwtTemplateForm, key: Option<&SecretString>) -> Result<JwtTemplate, Fault> {
    let template = checked(form, key).settle(None).map_err(Fault::Template)?;
    let id = new_id(turn.instance.random(), PREFIX);
    let key = key.map(|key| turn.instance.seal_template_key(&id, key.expose_secret().as_bytes()));
    let new = &Stored { id, template, key, created_at: turn.now, updated_at: turn.now };
    let work = || async move {
        let all = turn.instance.store().jwt_templates().await?;
        if all.iter().any(|other| other.template.name == new.template.name) {
            return Err(Fault::TemplateExists);
        }
        if all.len() >= MOST {
            return Err(Fault::ListFull { param: "name", most: MOST });
        }
        let mut changes = Changes::new(turn.now);
        changes.save_jwt_template(Versioned::fresh(new.clone()));
        turn.commit(changes).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "jwt_template_created_by_owner", template = %new.id, name = %new.template.name);
    Ok(views::backend::jwt_template(new))
}

/// Changes a template. `key` takes the place of the one that signed its tokens.
pub async fn update(
    turn: &Turn<'_>,
    id: &str,
    form: JwtTemplateForm,
    key: Option<&SecretString>,
) -> Result<JwtTemplate, Fault> {
    let form = &form;
    let work = || async move {
        let stored = find(turn, id).await?;
        let before = &stored.value;
        let named = JwtTemplateForm { algorithm: algorithm_of(form, before, key.is_some()), ..form.clone() };
        let template = checked(named, key).settle(Some(&before.template)).map_err(Fault::Template)?;
        if let Some(other) = turn.instance.store().jwt_template_by_name(&template.name).await?
            && other.value.id != before.id
        {
            return Err(Fault::TemplateExists);
        }
        let sealed = match key {
            Some(key) => Some(turn.instance.seal_template_key(&before.id, key.expose_secret().as_bytes())),
            None => before.key.clone().filter(|_| template.own_key),
        };
        let updated_at = before.updated_at.grown(turn.now);
        let new = Stored { template, key: sealed, updated_at, ..before.clone() };
        let mut changes = Changes::new(turn.now);
        changes.save_jwt_template(stored.with(new.clone()));
        turn.commit(changes).await?;
        Ok(new)
    };
    let new = turn.again(work).await?;
    tracing::info!(target: "audit", event = "jwt_template_changed_by_owner", template = %new.id, name = %new.template.name);
    Ok(views::backend::jwt_template(&new))
}

/// Deletes a template. Tokens that it made are good until they expire.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let id = find(turn, id).await?.value.id;
        let mut changes = Changes::new(turn.now);
        changes.delete_jwt_template(id.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "jwt_template_deleted_by_owner", template = %id);
        Ok(DeletedObject { object: "jwt_template".to_owned(), id: Some(id), slug: None, deleted: true })
    };
    turn.again(work).await
}

/// The algorithm that a new key is for: the one that is named along, or else that of the key before it.
fn algorithm_of(form: &JwtTemplateForm, before: &Stored, new_key: bool) -> Option<String> {
    let kept = || (new_key && before.template.own_key).then(|| before.template.algorithm.as_str().to_owned());
    form.algorithm.clone().or_else(kept)
}

/// The form, with what is found out of the key that came along. Without an algorithm that can be used, that is said first.
fn checked(form: JwtTemplateForm, key: Option<&SecretString>) -> JwtTemplateForm {
    let algorithm = form.algorithm.as_deref().and_then(Algorithm::parse);
    let fits = key.map(|key| algorithm.map_or(Ok(()), |algorithm| OwnKey::read(algorithm, key).map(drop)));
    JwtTemplateForm { key: fits, ..form }
}

async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<Stored>, Fault> {
    // PostgreSQL cannot look for a text with NUL in it.
    let plain = id.starts_with(PREFIX) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let found = if plain { turn.instance.store().jwt_template(id).await? } else { None };
    found.ok_or(Fault::NotFound)
}
