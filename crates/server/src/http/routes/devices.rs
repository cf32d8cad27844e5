//! `/frontdesk/devices/{session}/{proof}`: the page that the link of a mail leads to, on which a device is signed out.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_wire::ErrorCode;
use http::StatusCode;

use crate::{
    caller::Caller,
    delivery::Language,
    flows::{Fault, devices},
    html::escaped,
    http::{
        Refusal,
        guard::Passed,
        openapi::{Routes, Who, says},
        page::Page,
    },
    instance::Instance,
    views::device_words,
};

/// The page of a link, and what its button does.
pub(super) fn routes() -> Routes {
    const PATH: &str = "/frontdesk/devices/{session}/{proof}";
    Routes::of(Who::Anyone, "Instance", "What everybody may know of the instance.")
        .get(
            PATH,
            show,
            says("Ask whether a device is to be signed out")
                .more("A page. The mail that tells of a new device leads here; nothing happens yet.")
                .file(&["text/html"]),
        )
        .post(
            PATH,
            sign_out,
            says("Sign that device out")
                .more("For the page itself alone. Sessions that are over are left as they are.")
                .file(&["text/html"])
                .refuses(&[ErrorCode::CsrfTokenInvalid]),
        )
}

/// `GET /frontdesk/devices/{session}/{proof}`
pub(super) async fn show(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path((session, proof)): Path<(String, String)>,
) -> Result<Page, Refusal> {
    let turn = instance.turn(&caller);
    match devices::linked(&turn, &session, &proof).await {
        Ok(linked) if linked.signed_in => Ok(question(&linked, &turn.settings.application_name)),
        Ok(linked) => Ok(over(&linked)),
        Err(Fault::NotFound) => Ok(unknown()),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /frontdesk/devices/{session}/{proof}`
pub(super) async fn sign_out(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Extension(passed): Extension<Passed>,
    Path((session, proof)): Path<(String, String)>,
) -> Result<Page, Refusal> {
    // The guard lets no other origin pass here than the instance's own; browsers name it with every form they post.
    if passed.origin.is_none() {
        return Err(Refusal::code(ErrorCode::CsrfTokenInvalid));
    }
    match devices::sign_out_linked(&instance.turn(&caller), &session, &proof).await {
        Ok(linked) => Ok(over(&linked)),
        Err(Fault::NotFound) => Ok(unknown()),
        Err(fault) => Err(fault.into()),
    }
}

fn question(linked: &devices::Linked, application: &str) -> Page {
    let application = escaped(application);
    let device = escaped(&device_words(&linked.session.activity).unwrap_or_default());
    let (title, html) = match language(linked) {
        Language::English => (
            "Sign this device out?",
            format!(
                "<h1>Sign this device out?</h1>\n<p>Somebody is signed in to your account at {application} there. If it \
                 is not you, sign it out, and set a new password then.</p>\n<p><small>{device}</small></p>\n\
                 <form method=\"post\"><div class=\"buttons\"><button>Sign out</button></div></form>\n"
            ),
        ),
        Language::German => (
            "Dieses Gerät abmelden?",
            format!(
                "<h1>Dieses Gerät abmelden?</h1>\n<p>Dort ist jemand mit deinem Konto bei {application} angemeldet. Wenn \
                 du das nicht bist, melde es ab und setze danach ein neues Passwort.</p>\n<p><small>{device}</small></p>\n\
                 <form method=\"post\"><div class=\"buttons\"><button>Abmelden</button></div></form>\n"
            ),
        ),
    };
    Page::with_form(StatusCode::OK, language(linked), title, &html, &[])
}

fn over(linked: &devices::Linked) -> Page {
    let (title, html) = match language(linked) {
        Language::English => (
            "That device is signed out",
            "<h1>That device is signed out</h1>\n<p>If somebody else was signed in there, set a new password now: they may \
             know the old one. Under Manage account you see every other device as well.</p>\n",
        ),
        Language::German => (
            "Jenes Gerät ist abgemeldet",
            "<h1>Jenes Gerät ist abgemeldet</h1>\n<p>Wenn dort jemand anders angemeldet war, setze jetzt ein neues Passwort: \
             Das alte ist vielleicht bekannt. Unter „Konto verwalten“ siehst du auch alle anderen Geräte.</p>\n",
        ),
    };
    Page::with_form(StatusCode::OK, language(linked), title, html, &[])
}

/// There is nobody whose language it could be said in.
fn unknown() -> Page {
    let html = "<h1>This link leads nowhere</h1>\n<p>The device that it was about is gone, or the link is not whole. Open \
                Manage account in the application to see your devices.</p>\n";
    Page::with_form(StatusCode::NOT_FOUND, Language::English, "This link leads nowhere", html, &[])
}

fn language(linked: &devices::Linked) -> Language {
    Language::of(linked.account.user.locale.as_deref())
}
