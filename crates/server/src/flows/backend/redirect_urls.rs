//! Redirect URLs: addresses that the owner lists, to which a browser may be sent back.

use frontdesk_store::{Changes, RedirectUrl as Stored};
use frontdesk_wire::{DeletedObject, backend::RedirectUrl};

use super::Part;
use crate::{
    flows::{Fault, Turn},
    random::new_id,
    redirects, views,
};

/// Most addresses that are kept.
const MOST: usize = 100;
/// What every id begins with.
const PREFIX: &str = "ru_";

/// A part of the list, newest first.
pub async fn list(turn: &Turn<'_>, offset: usize, limit: usize) -> Result<Part<RedirectUrl>, Fault> {
    let listed = turn.instance.store().redirect_urls().await?;
    let entries = listed.iter().skip(offset).take(limit).map(views::backend::redirect_url).collect();
    Ok(Part { entries, total: listed.len() })
}

/// A listed address.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<RedirectUrl, Fault> {
    Ok(views::backend::redirect_url(&find(turn, id).await?))
}

/// Lists an address.
pub async fn create(turn: &Turn<'_>, url: &str) -> Result<RedirectUrl, Fault> {
    redirects::check(url)?;
    let id = &new_id(turn.instance.random(), PREFIX);
    let work = || async move {
        let listed = turn.instance.store().redirect_urls().await?;
        if listed.iter().any(|listed| listed.url == url) {
            return Err(Fault::Listed);
        }
        if listed.len() >= MOST {
            return Err(Fault::ListFull { param: "url", most: MOST });
        }
        let new = Stored { id: id.clone(), url: url.to_owned(), created_at: turn.now };
        let mut changes = Changes::new(turn.now);
        changes.list_redirect(new.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "redirect_url_listed_by_owner", redirect_url = %id);
        Ok(views::backend::redirect_url(&new))
    };
    turn.again(work).await
}

/// Takes an address from the list.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let listed = find(turn, id).await?;
        let mut changes = Changes::new(turn.now);
        changes.unlist_redirect(listed.id.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "redirect_url_removed_by_owner", redirect_url = %listed.id);
        Ok(DeletedObject { object: "redirect_url".to_owned(), id: Some(listed.id), slug: None, deleted: true })
    };
    turn.again(work).await
}

async fn find(turn: &Turn<'_>, id: &str) -> Result<Stored, Fault> {
    // PostgreSQL cannot look for a text with NUL in it.
    let plain = id.starts_with(PREFIX) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let found = if plain { turn.instance.store().redirect_url(id).await? } else { None };
    found.ok_or(Fault::NotFound)
}
