//! `/v1/client/handshake`: an application server sends a browser here to learn who is signed in, and gets it back with
//! the cookies to set on its own host (protocol §5.5).
//!
//! ```text
//! page → application server: cookies missing or old
//!      → 307 here, with the browser's own cookie → 307 back, with the handshake
//!                                                  development: in the query
//!                                                  production: in a cookie of the domain, for a minute
//! ```
//!
//! SDKs ask for a nonce in its place (`format=nonce`) and fetch what it stands for with the secret key. They get one when
//! somebody is signed in, so that no session token is in an address; when nobody is, nothing is kept.

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    response::{IntoResponse, Response},
};
use frontdesk_wire::{
    ErrorCode,
    form::{HANDSHAKE_FORMAT_QUERY, HANDSHAKE_NONCE_QUERY, HANDSHAKE_QUERY, REDIRECT_URL},
};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::{
    caller::Caller,
    flows::handshake::{is_listed, keep, presence},
    http::{
        Refusal,
        carry::{News, set_cookie},
        guard::Passed,
        openapi::{Field, Routes, Who, says},
        page::{Page, send_on},
    },
    instance::Instance,
    origins::web_page,
};

/// Parameters that only a handshake adds. Those that came with the address are of somebody else's making.
const OURS: [&str; 4] = [HANDSHAKE_QUERY, HANDSHAKE_NONCE_QUERY, "__clerk_help", "__clerk_db_jwt"];

/// The handshake.
pub(super) fn routes() -> Routes {
    const PAGE: Field = Field::text(REDIRECT_URL, "The page to come back to, which is one of the instance's.").needed();
    const FORMAT: Field = Field::text(
        HANDSHAKE_FORMAT_QUERY,
        "`nonce` for one that the application server redeems, if somebody is signed in.",
    );
    Routes::of(Who::Client, "Client", "The device or browser, with its sessions and attempts.").get(
        "/v1/client/handshake",
        handshake,
        says("Tell an application server who is signed in")
            .more(
                "An application server sends a browser here, and gets it back with a handshake: in the query of a \
                 development instance, in a cookie of a production one. A page that is none of the instance's gets \
                 nothing; the browser is shown a page that says so, with status 400.",
            )
            .query(&[PAGE, FORMAT])
            .sends_on()
            .or_page(),
    )
}

/// `GET /v1/client/handshake`
pub(super) async fn handshake(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
    asked: Result<Caller, Refusal>,
) -> Result<Response, Refusal> {
    let Some((mut page, origin)) = wanted(&instance, passed.query.one(REDIRECT_URL)?).await? else {
        return Ok(Page::not_sent_on().into_response());
    };
    let caller = match asked {
        // A development browser that nobody knows gets a new token on its way back.
        Err(refusal) if refusal.first_code() == ErrorCode::DevBrowserUnauthenticated => {
            Caller { carrier: passed.carrier, address: passed.address, ..Caller::default() }
        }
        asked => asked?,
    };
    let caller = Caller { origin: Some(origin), ..caller };
    let turn = instance.turn(&caller);
    let reply = presence(&turn).await?;
    let expose = |token: &Option<secrecy::SecretString>| token.as_ref().map(|token| token.expose_secret().to_owned());
    let (session, dev_browser) = (expose(&reply.response.session_token), expose(&reply.response.dev_browser));
    let signed_in_at = reply.signed_in_at.unwrap_or(0);
    let secure = page.scheme() == "https";
    let mut cookies = instance.cookies().handed_over(session.as_deref(), signed_in_at, dev_browser.as_deref(), secure);
    let by_nonce = session.is_some() && passed.query.one(HANDSHAKE_FORMAT_QUERY)? == Some("nonce");
    let (name, value) = if by_nonce {
        cookies.extend(instance.cookies().drop_handshake_nonce());
        (HANDSHAKE_NONCE_QUERY, keep(&turn, &cookies).await?)
    } else {
        (HANDSHAKE_QUERY, signed(&instance, &cookies)?)
    };
    drop_ours(&mut page);
    if instance.is_development() {
        page.query_pairs_mut().append_pair(name, &value);
    }
    let mut response = send_on(&page);
    if !instance.is_development() {
        for line in instance.cookies().carry_handshake(name, &value) {
            set_cookie(response.headers_mut(), &line);
        }
    }
    response.extensions_mut().insert(News { token: reply.token, signed_in_at: reply.signed_in_at });
    Ok(response)
}

fn signed(instance: &Instance, cookies: &[String]) -> Result<String, Refusal> {
    instance.sign_handshake(cookies).map_err(|error| {
        tracing::error!(%error, "a handshake cannot be signed");
        Refusal::code(ErrorCode::InternalError)
    })
}

/// The page to send the browser back to, if the instance serves it or its owner has listed it, and the handshake can reach
/// it.
async fn wanted(instance: &Instance, address: Option<&str>) -> Result<Option<(Url, String)>, Refusal> {
    let Some((page, origin)) = address.and_then(web_page) else { return Ok(None) };
    let in_reach = page.host_str().is_some_and(|host| instance.public_url().is_same_site(host));
    let served = (instance.is_development() || in_reach)
        && (instance.origins().serve(&origin) || is_listed(instance, address.unwrap_or_default()).await?);
    Ok(served.then_some((page, origin)))
}

fn drop_ours(page: &mut Url) {
    let is_ours = |name: &str| OURS.contains(&name);
    if !page.query_pairs().any(|(name, _)| is_ours(&name)) {
        return;
    }
    let kept: Vec<(String, String)> = page
        .query_pairs()
        .filter(|(name, _)| !is_ours(name))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    page.set_query(None);
    if !kept.is_empty() {
        page.query_pairs_mut().extend_pairs(kept);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn an_address_comes_without_a_handshake_of_somebody_elses_making() {
        let cleaned = |text: &str| {
            let mut page = Url::parse(text).unwrap();
            drop_ours(&mut page);
            page.to_string()
        };
        assert_eq!(cleaned("http://localhost/?a=b%20c&d"), "http://localhost/?a=b%20c&d", "left as it is");
        assert_eq!(cleaned("http://localhost/?__clerk_handshake=x"), "http://localhost/");
        let mixed = "http://localhost/?a=1&__clerk%5Fhandshake=x&b=2&__clerk_db_jwt=y&__clerk_handshake_nonce=z#c";
        assert_eq!(cleaned(mixed), "http://localhost/?a=1&b=2#c");
    }
}
