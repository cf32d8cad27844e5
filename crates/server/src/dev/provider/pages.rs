//! The provider's pages. There is no script on them; everything that came from elsewhere is escaped.

use std::fmt::Write as _;

use frontdesk_identity::{Account, Email};
use http::StatusCode;
use secrecy::SecretString;

use super::{
    Back, PATH, Strategy,
    confirm::TRIES,
    params::Params,
    picture::{Picture, Style},
};
use crate::html::escaped;

/// A page.
#[derive(Debug)]
pub struct Sheet {
    /// Its status.
    pub status: StatusCode,
    /// Its title.
    pub title: String,
    /// What is on it, in HTML.
    pub html: String,
    /// By which the instance knows the way out that the page belongs to.
    pub(super) state: Option<SecretString>,
}

impl Sheet {
    /// The page as one of the way out with this state.
    pub(super) fn on(self, state: Option<&str>) -> Self {
        Self { state: state.map(SecretString::from), ..self }
    }
}

/// A user of the instance, as the page lists them.
#[derive(Clone, Debug)]
pub(super) struct Known {
    email: Email,
    name: Option<String>,
}

impl Known {
    /// A user with an address that was proven.
    pub(super) fn of(account: &Account) -> Option<Self> {
        let user = &account.user;
        let proven = || account.emails.iter().filter(|email| email.verified_at.is_some());
        let main = proven().find(|email| Some(&email.id) == user.primary_email_address_id.as_ref());
        let email = main.or_else(|| proven().next())?.email.clone();
        let names: Vec<&str> = user.first_name.iter().chain(&user.last_name).map(String::as_str).collect();
        Some(Self { email, name: (!names.is_empty()).then(|| names.join(" ")) })
    }
}

/// What was chosen so far.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The address that was picked from the list; empty when another one is typed.
    listed: String,
    typed: String,
    pub(super) verified: bool,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// The word of a style; anything else is no picture.
    pub(super) picture: String,
}

impl Choice {
    /// Nothing was chosen yet, but somebody is likely.
    pub(super) fn hinted(hint: Option<&str>) -> Self {
        let typed = hint.and_then(|hint| Email::parse(hint).ok()).map(|email| email.to_string());
        let empty = String::new;
        Self {
            listed: empty(),
            typed: typed.unwrap_or_default(),
            verified: true,
            first_name: empty(),
            last_name: empty(),
            picture: empty(),
        }
    }

    /// What a form says.
    pub(super) fn of(form: &Params) -> Self {
        let text = |name| form.field(name).to_owned();
        Self {
            listed: text("account"),
            typed: text("email_address"),
            verified: form.field("verified") == "yes",
            first_name: text("first_name"),
            last_name: text("last_name"),
            picture: text("picture"),
        }
    }

    /// Whether somebody of the list was picked.
    pub(super) fn is_listed(&self) -> bool {
        !self.listed.is_empty()
    }

    /// The address that counts.
    pub(super) fn address(&self) -> &str {
        if self.is_listed() { &self.listed } else { &self.typed }
    }

    /// Whom of the list the page begins with; none for another address.
    fn marked<'k>(&self, known: &'k [Known]) -> Option<&'k Known> {
        let chosen = self.address();
        let found = known.iter().find(|known| known.email.as_str() == chosen);
        if chosen.is_empty() { known.first() } else { found }
    }
}

/// The page on which somebody is chosen, again if something was wrong.
pub(super) fn choose(
    strategy: &Strategy,
    application: &str,
    request: &str,
    known: &[Known],
    choice: &Choice,
    fault: Option<&str>,
) -> Sheet {
    let (provider, application) = (escaped(&strategy.name()), escaped(application));
    let mut html = head(strategy, &format!("Continue to {application}"));
    let _ = writeln!(
        html,
        "<p>This is not {provider}. It stands in for {provider} at the development instance of {application}, so that \
         the button works without credentials. Nothing is sent to {provider}.</p>"
    );
    form(&mut html, strategy);
    let _ = writeln!(html, "<input type=\"hidden\" name=\"request\" value=\"{}\">", escaped(request));
    who(&mut html, known, choice, fault);
    let checked = if choice.verified { " checked" } else { "" };
    let _ = writeln!(
        html,
        "<label class=\"line\"><input type=\"checkbox\" name=\"verified\" value=\"yes\"{checked}>\
         <span>The address is verified<small>{provider} says that it belongs to this person.</small></span></label>"
    );
    pictures(&mut html, strategy, choice);
    buttons(&mut html, "Agree", "Deny");
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    sheet(status, strategy, html)
}

fn who(html: &mut String, known: &[Known], choice: &Choice, fault: Option<&str>) {
    html.push_str("<fieldset class=\"people\">\n<legend>Who signs in?</legend>\n");
    let marked = choice.marked(known);
    if !known.is_empty() {
        html.push_str("<div class=\"list\">\n");
        for person in known {
            let checked = if marked.is_some_and(|marked| marked.email == person.email) { " checked" } else { "" };
            let email = escaped(person.email.as_str());
            let shown = match &person.name {
                Some(name) => format!("{}<small>{email}</small>", escaped(name)),
                None => email.clone(),
            };
            let _ = writeln!(
                html,
                "<label class=\"line\"><input type=\"radio\" name=\"account\" value=\"{email}\"{checked}>\
                 <span>{shown}</span></label>"
            );
        }
        html.push_str("</div>\n");
        let checked = if marked.is_none() { " checked" } else { "" };
        let _ = writeln!(
            html,
            "<label class=\"line\"><input type=\"radio\" name=\"account\" value=\"\" id=\"other\"{checked}>\
             <span>Somebody else</span></label>"
        );
    }
    let typed = if marked.is_some() { "" } else { choice.typed.as_str() };
    let (described, invalid) =
        if fault.is_some() { (" aria-describedby=\"fault\"", " aria-invalid=\"true\"") } else { ("", "") };
    let _ = writeln!(
        html,
        "<div class=\"somebody\">\n<label for=\"email\">Email address</label>\n\
         <input id=\"email\" name=\"email_address\" type=\"email\" autocomplete=\"off\" spellcheck=\"false\" \
         value=\"{}\"{described}{invalid}>",
        escaped(typed)
    );
    for (name, id, label, value) in [
        ("first_name", "first", "First name", &choice.first_name),
        ("last_name", "last", "Last name", &choice.last_name),
    ] {
        let _ = writeln!(
            html,
            "<div class=\"half\"><label for=\"{id}\">{label}</label>\n\
             <input id=\"{id}\" name=\"{name}\" autocomplete=\"off\" value=\"{}\"></div>",
            escaped(value)
        );
    }
    html.push_str("</div>\n");
    if let Some(fault) = fault {
        let _ = writeln!(html, "<p class=\"fault\" id=\"fault\" role=\"alert\">{}</p>", escaped(fault));
    }
    html.push_str("</fieldset>\n");
}

fn pictures(html: &mut String, strategy: &Strategy, choice: &Choice) {
    html.push_str("<fieldset class=\"pictures\">\n<legend>Picture</legend>\n");
    let chosen = Style::of(&choice.picture);
    let checked = if chosen.is_none() { " checked" } else { "" };
    let _ = writeln!(
        html,
        "<label><input type=\"radio\" name=\"picture\" value=\"none\"{checked}><span class=\"none\">None</span></label>"
    );
    for style in Style::ALL {
        let checked = if chosen == Some(style) { " checked" } else { "" };
        let (word, file) = (style.word(), Picture::sample(style).file_name());
        let _ = writeln!(
            html,
            "<label><input type=\"radio\" name=\"picture\" value=\"{word}\"{checked}>\
             <img src=\"{PATH}{strategy}/pictures/{file}\" alt=\"{word}\" width=\"48\" height=\"48\"></label>"
        );
    }
    html.push_str("<small>Each address has colours of its own.</small>\n</fieldset>\n");
}

/// The page that asks for the code that was mailed.
pub(super) fn confirm(strategy: &Strategy, id: &str, to: &Email, is_test: bool, left: Option<u32>) -> Sheet {
    let mut html = head(strategy, "Enter the code");
    let where_it_is = if is_test {
        "It is a test address, so no mail was sent: it has the code that all of them have."
    } else {
        "A code was sent there. Mails of a development instance wait in its \
         <a href=\"/frontdesk/outbox\" target=\"_blank\" rel=\"noopener\">outbox</a>."
    };
    let _ = writeln!(
        html,
        "<p>Somebody at this instance has the address <strong>{}</strong>. {where_it_is}</p>",
        escaped(to.as_str())
    );
    form(&mut html, strategy);
    let fault = left.map(|left| {
        let tries = if left == 1 { "one more try" } else { "two more tries" };
        format!("This is not the code. You have {tries}.")
    });
    let (described, invalid) =
        if fault.is_some() { (" aria-describedby=\"fault\"", " aria-invalid=\"true\"") } else { ("", "") };
    let _ = writeln!(
        html,
        "<input type=\"hidden\" name=\"confirmation\" value=\"{}\">\n<label for=\"code\">Code of six digits</label>\n\
         <input id=\"code\" name=\"code\" class=\"digits\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         autofocus{described}{invalid}>",
        escaped(id)
    );
    if let Some(fault) = fault {
        let _ = writeln!(html, "<p class=\"fault\" id=\"fault\" role=\"alert\">{fault}</p>");
    }
    let _ = writeln!(html, "<p><small>It works for ten minutes and {TRIES} tries.</small></p>");
    buttons(&mut html, "Continue", "Cancel");
    let status = if left.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    sheet(status, strategy, html)
}

/// The page that carries an answer to the instance in a form.
pub(super) fn form_post(strategy: &Strategy, back: &Back) -> Sheet {
    let mut html = head(strategy, "Back to the application");
    let _ = writeln!(html, "<form method=\"post\" action=\"{}\">", escaped(back.to().as_str()));
    for (name, value) in back.answer() {
        let _ = writeln!(html, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value));
    }
    html.push_str("<p class=\"buttons\"><button autofocus>Continue</button></p>\n</form>\n");
    let state = back.answer().iter().find(|(name, _)| *name == "state");
    sheet(StatusCode::OK, strategy, html).on(state.map(|(_, value)| value.as_str()))
}

/// The page of a request that nobody can be sent back from.
pub(super) fn unanswerable(strategy: &Strategy, why: &str) -> Sheet {
    let mut html = head(strategy, "This request cannot be answered");
    let _ = writeln!(html, "<p>{}</p>\n<p>Nothing was sent anywhere. Go back to the application.</p>", escaped(why));
    sheet(StatusCode::BAD_REQUEST, strategy, html)
}

/// The page of a request that was left alone for too long, or is decided.
pub(super) fn over(strategy: &Strategy) -> Sheet {
    let mut html = head(strategy, "This request is over");
    html.push_str(
        "<p>It was decided already, or waited for too long. Go back to the application and begin again.</p>\n",
    );
    sheet(StatusCode::BAD_REQUEST, strategy, html)
}

fn sheet(status: StatusCode, strategy: &Strategy, html: String) -> Sheet {
    Sheet { status, title: format!("Development provider in place of {}", strategy.name()), html, state: None }
}

/// The top of every page. The title is HTML.
fn head(strategy: &Strategy, title: &str) -> String {
    let provider = escaped(&strategy.name());
    format!("<p class=\"badge\">Development provider in place of {provider}</p>\n<h1>{title}</h1>\n")
}

fn form(html: &mut String, strategy: &Strategy) {
    let _ = writeln!(html, "<form method=\"post\" action=\"{PATH}{strategy}/authorize\" novalidate>");
}

fn buttons(html: &mut String, agree: &str, deny: &str) {
    let _ = writeln!(
        html,
        "<p class=\"buttons\"><button name=\"decision\" value=\"agree\">{agree}</button>\n\
         <button name=\"decision\" value=\"deny\" class=\"quiet\">{deny}</button></p>\n</form>"
    );
}
