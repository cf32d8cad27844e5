//! `/frontdesk/changes/{user}/{change}/{proof}`: the page that the link of a mail leads to, on which somebody says that a
//! change of their account was not theirs.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use frontdesk_wire::ErrorCode;
use http::StatusCode;

use crate::{
    caller::Caller,
    delivery::Language,
    flows::{
        Fault,
        shut_out::{self, LINK_DAYS, Linked},
    },
    html::escaped,
    http::{
        Refusal,
        guard::Passed,
        openapi::{Routes, Who, says},
        page::Page,
    },
    instance::Instance,
    settings::Settings,
};

/// The page of a link, and what its button does.
pub(super) fn routes() -> Routes {
    const PATH: &str = "/frontdesk/changes/{user}/{change}/{proof}";
    Routes::of(Who::Anyone, "Instance", "What everybody may know of the instance.")
        .get(
            PATH,
            show,
            says("Ask whether a change of an account was somebody else's")
                .more("A page. The mails that tell of such changes lead here; nothing happens yet.")
                .file(&["text/html"]),
        )
        .post(
            PATH,
            act,
            says("Sign out everybody who is in that account")
                .more("For the page itself alone. The password is void from then on, where a code sets another one.")
                .file(&["text/html"])
                .refuses(&[ErrorCode::CsrfTokenInvalid]),
        )
}

/// What a path names: the user, the change and the proof.
type Named = Path<(String, String, String)>;

/// `GET /frontdesk/changes/{user}/{change}/{proof}`
async fn show(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Path((user, change, proof)): Named,
) -> Result<Page, Refusal> {
    let turn = instance.turn(&caller);
    answer(shut_out::linked(&turn, &user, &change, &proof).await, &turn.settings, question)
}

/// `POST /frontdesk/changes/{user}/{change}/{proof}`
async fn act(
    State(instance): State<Arc<Instance>>,
    caller: Caller,
    Extension(passed): Extension<Passed>,
    Path((user, change, proof)): Named,
) -> Result<Page, Refusal> {
    // The guard lets no other origin pass here than the instance's own; browsers name it with every form they post.
    if passed.origin.is_none() {
        return Err(Refusal::code(ErrorCode::CsrfTokenInvalid));
    }
    let turn = instance.turn(&caller);
    answer(shut_out::shut_out(&turn, &user, &change, &proof).await, &turn.settings, done)
}

fn answer(
    linked: Result<Linked, Fault>,
    settings: &Settings,
    page: impl FnOnce(&Linked, &Settings) -> Page,
) -> Result<Page, Refusal> {
    match linked {
        Ok(linked) if linked.too_old => Ok(too_old(&linked)),
        Ok(linked) => Ok(page(&linked, settings)),
        Err(Fault::NotFound) => Ok(unknown()),
        Err(fault) => Err(fault.into()),
    }
}

fn question(linked: &Linked, settings: &Settings) -> Page {
    let application = escaped(&settings.application_name);
    let (title, body, button) = match (language(linked), linked.resets) {
        (Language::English, true) => (
            "Was that not you?",
            format!(
                "If you did not make that change, somebody else is in your account at {application}. Here you sign out \
                 everybody, on every device, and make the password void. You set a new one with a code that is mailed to \
                 you."
            ),
            "Sign out everybody",
        ),
        (Language::English, false) => (
            "Was that not you?",
            format!(
                "If you did not make that change, somebody else is in your account at {application}. Here you sign out \
                 everybody, on every device."
            ),
            "Sign out everybody",
        ),
        (Language::German, true) => (
            "Warst du das nicht?",
            format!(
                "Wenn diese Änderung nicht von dir ist, ist jemand anders in deinem Konto bei {application}. Hier meldest \
                 du alle ab, auf jedem Gerät, und machst das Passwort ungültig. Ein neues setzt du mit einem Code, der \
                 dir gemailt wird."
            ),
            "Alle abmelden",
        ),
        (Language::German, false) => (
            "Warst du das nicht?",
            format!(
                "Wenn diese Änderung nicht von dir ist, ist jemand anders in deinem Konto bei {application}. Hier meldest \
                 du alle ab, auf jedem Gerät."
            ),
            "Alle abmelden",
        ),
    };
    let html = format!(
        "<h1>{title}</h1>\n<p>{body}</p>\n<form method=\"post\"><div class=\"buttons\"><button>{button}</button>\
         </div></form>\n"
    );
    Page::with_form(StatusCode::OK, language(linked), title, &html, &[])
}

fn done(linked: &Linked, settings: &Settings) -> Page {
    let application = escaped(&settings.application_name);
    let title = match language(linked) {
        Language::English => "Everybody is signed out",
        Language::German => "Alle sind abgemeldet",
    };
    let next = match &linked.address {
        Some(address) if linked.resets => new_password(language(linked), &application, &escaped(address.as_str())),
        Some(_) => look_around(language(linked), &application),
        None => lost_address(language(linked), settings.support_email.as_deref()),
    };
    Page::with_form(StatusCode::OK, language(linked), title, &format!("<h1>{title}</h1>\n{next}"), &[])
}

fn new_password(language: Language, application: &str, address: &str) -> String {
    match language {
        Language::English => format!(
            "<p>The password is void as well. Set a new one now: open {application}, sign in with {address}, and choose \
             that you forgot the password. The code goes to that address.</p>\n<p>Then look through Manage account, and \
             remove what is not yours: addresses, numbers, passkeys, connected accounts, second steps.</p>\n"
        ),
        Language::German => format!(
            "<p>Auch das Passwort gilt nicht mehr. Setze jetzt ein neues: Öffne {application}, melde dich mit {address} an \
             und wähle, dass du das Passwort vergessen hast. Der Code geht an diese Adresse.</p>\n<p>Sieh danach unter \
             „Konto verwalten“ nach und entferne, was nicht von dir ist: Adressen, Nummern, Passkeys, verbundene Konten, \
             zweite Schritte.</p>\n"
        ),
    }
}

fn look_around(language: Language, application: &str) -> String {
    match language {
        Language::English => format!(
            "<p>Now sign in to {application}, look through Manage account, and remove what is not yours: addresses, \
             numbers, passkeys, connected accounts, second steps.</p>\n"
        ),
        Language::German => format!(
            "<p>Melde dich jetzt bei {application} an, sieh unter „Konto verwalten“ nach und entferne, was nicht von dir \
             ist: Adressen, Nummern, Passkeys, verbundene Konten, zweite Schritte.</p>\n"
        ),
    }
}

/// No code goes to an address that the account does not have any more.
fn lost_address(language: Language, support: Option<&str>) -> String {
    let support = support.map(escaped);
    match language {
        Language::English => {
            let whom = support.unwrap_or_else(|| "whoever runs the application".to_owned());
            format!(
                "<p>The address that the mail went to does not belong to the account any more, so that no code can be \
                 sent there. If you cannot sign in, write to {whom} at once: they can give the account back to you.</p>\n"
            )
        }
        Language::German => {
            let whom = support.unwrap_or_else(|| "die Leute, die die Anwendung betreiben".to_owned());
            format!(
                "<p>Die Adresse, an die die Mail ging, gehört nicht mehr zu dem Konto, deshalb kann dorthin kein Code \
                 gehen. Wenn du dich nicht anmelden kannst, schreibe sofort an {whom}: Dort kann man dir das Konto \
                 zurückgeben.</p>\n"
            )
        }
    }
}

fn too_old(linked: &Linked) -> Page {
    let (title, body) = match language(linked) {
        Language::English => (
            "This link is too old",
            format!(
                "Links of such mails are good for {LINK_DAYS} days. If somebody else is in your account, choose at the \
                 sign-in that you forgot the password: a new one signs out every other device."
            ),
        ),
        Language::German => (
            "Dieser Link ist zu alt",
            format!(
                "Links solcher Mails gelten {LINK_DAYS} Tage. Wenn jemand anders in deinem Konto ist, wähle bei der \
                 Anmeldung, dass du das Passwort vergessen hast: Ein neues meldet alle anderen Geräte ab."
            ),
        ),
    };
    let html = format!("<h1>{title}</h1>\n<p>{body}</p>\n");
    Page::with_form(StatusCode::GONE, language(linked), title, &html, &[])
}

/// There is nobody whose language it could be said in.
fn unknown() -> Page {
    let html = "<h1>This link leads nowhere</h1>\n<p>The account that it was about is gone, or the link is not whole. If you \
                have an account, open Manage account in the application to see what was changed.</p>\n";
    Page::with_form(StatusCode::NOT_FOUND, Language::English, "This link leads nowhere", html, &[])
}

fn language(linked: &Linked) -> Language {
    Language::of(linked.account.user.locale.as_deref())
}
