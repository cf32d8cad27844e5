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
    words::{Amiss, Words, with},
};
use crate::{delivery::Language, html::escaped};

/// By which button a browser came, and which language it would rather read.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The button.
    pub strategy: &'a Strategy,
    /// The language.
    pub language: Language,
}

impl Visit<'_> {
    fn words(self) -> &'static Words {
        Words::of(self.language)
    }
}

/// A page.
#[derive(Debug)]
pub struct Sheet {
    /// Its status.
    pub status: StatusCode,
    /// Its language.
    pub language: Language,
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
    visit: Visit<'_>,
    application: &str,
    request: &str,
    known: &[Known],
    choice: &Choice,
    amiss: Option<Amiss>,
) -> Sheet {
    let (words, application) = (visit.words(), escaped(application));
    let provider = escaped(&visit.strategy.name());
    let mut html = head(visit, &with(words.continue_to, &application));
    let [this, stands, at, sent] = words.not_real;
    let lead = [with(this, &provider), with(stands, &provider), with(at, &application), with(sent, &provider)];
    let _ = writeln!(html, "<p>{}</p>", lead.concat());
    form(&mut html, visit.strategy);
    let _ = writeln!(html, "<input type=\"hidden\" name=\"request\" value=\"{}\">", escaped(request));
    who(&mut html, words, known, choice, amiss);
    let checked = if choice.verified { " checked" } else { "" };
    let _ = writeln!(
        html,
        "<label class=\"line\"><input type=\"checkbox\" name=\"verified\" value=\"yes\"{checked}>\
         <span>{}<small>{}</small></span></label>",
        words.verified,
        with(words.verified_means, &provider)
    );
    pictures(&mut html, visit, choice);
    buttons(&mut html, words.agree, words.deny);
    let status = if amiss.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    sheet(status, visit, html)
}

fn who(html: &mut String, words: &Words, known: &[Known], choice: &Choice, amiss: Option<Amiss>) {
    let _ = writeln!(html, "<fieldset class=\"people\">\n<legend>{}</legend>", words.who);
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
             <span>{}</span></label>",
            words.somebody_else
        );
    }
    let typed = if marked.is_some() { "" } else { choice.typed.as_str() };
    let _ = writeln!(
        html,
        "<div class=\"somebody\">\n<label for=\"email\">{}</label>\n\
         <input id=\"email\" name=\"email_address\" type=\"email\" autocomplete=\"off\" spellcheck=\"false\" \
         value=\"{}\"{}>",
        words.email,
        escaped(typed),
        described(amiss.is_some())
    );
    for (name, id, label, value) in [
        ("first_name", "first", words.first_name, &choice.first_name),
        ("last_name", "last", words.last_name, &choice.last_name),
    ] {
        let _ = writeln!(
            html,
            "<div class=\"half\"><label for=\"{id}\">{label}</label>\n\
             <input id=\"{id}\" name=\"{name}\" autocomplete=\"off\" value=\"{}\"></div>",
            escaped(value)
        );
    }
    html.push_str("</div>\n");
    if let Some(amiss) = amiss {
        fault(html, words.amiss(amiss));
    }
    html.push_str("</fieldset>\n");
}

/// What a field says of itself where something is wrong with it.
fn described(is_wrong: bool) -> &'static str {
    if is_wrong { " aria-describedby=\"fault\" aria-invalid=\"true\"" } else { "" }
}

fn fault(html: &mut String, text: &str) {
    let _ = writeln!(html, "<p class=\"fault\" id=\"fault\" role=\"alert\">{text}</p>");
}

fn pictures(html: &mut String, visit: Visit<'_>, choice: &Choice) {
    let (words, strategy) = (visit.words(), visit.strategy);
    let _ = writeln!(html, "<fieldset class=\"pictures\">\n<legend>{}</legend>", words.picture);
    let chosen = Style::of(&choice.picture);
    let checked = if chosen.is_none() { " checked" } else { "" };
    let _ = writeln!(
        html,
        "<label><input type=\"radio\" name=\"picture\" value=\"none\"{checked}><span class=\"none\">{}</span></label>",
        words.no_picture
    );
    for (style, called) in Style::ALL.into_iter().zip(words.styles) {
        let checked = if chosen == Some(style) { " checked" } else { "" };
        let (word, file) = (style.word(), Picture::sample(style).file_name());
        let _ = writeln!(
            html,
            "<label><input type=\"radio\" name=\"picture\" value=\"{word}\"{checked}>\
             <img src=\"{PATH}{strategy}/pictures/{file}\" alt=\"{called}\" width=\"48\" height=\"48\"></label>"
        );
    }
    let _ = writeln!(html, "<small>{}</small>\n</fieldset>", words.colours);
}

/// The page that asks for the code that was mailed.
pub(super) fn confirm(visit: Visit<'_>, id: &str, to: &Email, is_test: bool, left: Option<u32>) -> Sheet {
    let words = visit.words();
    let mut html = head(visit, words.enter_code);
    let where_it_is = if is_test {
        words.test_address.to_owned()
    } else {
        let [before, outbox, after] = words.sent;
        format!("{before}<a href=\"/frontdesk/outbox\" target=\"_blank\" rel=\"noopener\">{outbox}</a>{after}")
    };
    let whose = with(words.known_here, &format!("<strong>{}</strong>", escaped(to.as_str())));
    let _ = writeln!(html, "<p>{whose} {where_it_is}</p>");
    form(&mut html, visit.strategy);
    let _ = writeln!(
        html,
        "<input type=\"hidden\" name=\"confirmation\" value=\"{}\">\n<label for=\"code\">{}</label>\n\
         <input id=\"code\" name=\"code\" class=\"digits\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         autofocus{}>",
        escaped(id),
        words.code,
        described(left.is_some())
    );
    if let Some(left) = left {
        let [last, more] = words.wrong_code;
        fault(&mut html, if left == 1 { last } else { more });
    }
    let _ = writeln!(html, "<p><small>{}</small></p>", with(words.lasts, &TRIES.to_string()));
    buttons(&mut html, words.go_on, words.cancel);
    let status = if left.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    sheet(status, visit, html)
}

/// The page that carries an answer to the instance in a form.
pub(super) fn form_post(visit: Visit<'_>, back: &Back) -> Sheet {
    let words = visit.words();
    let mut html = head(visit, words.back);
    let _ = writeln!(html, "<form method=\"post\" action=\"{}\">", escaped(back.to().as_str()));
    for (name, value) in back.answer() {
        let _ = writeln!(html, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value));
    }
    let _ = writeln!(html, "<p class=\"buttons\"><button autofocus>{}</button></p>\n</form>", words.go_on);
    let state = back.answer().iter().find(|(name, _)| *name == "state");
    sheet(StatusCode::OK, visit, html).on(state.map(|(_, value)| value.as_str()))
}

/// The page of a request that nobody can be sent back from. Why is for whoever wrote the application.
pub(super) fn unanswerable(visit: Visit<'_>, why: &str) -> Sheet {
    let words = visit.words();
    let mut html = head(visit, words.unanswerable);
    let _ = writeln!(html, "<p lang=\"en\">{}</p>\n<p>{}</p>", escaped(why), words.nothing_sent);
    sheet(StatusCode::BAD_REQUEST, visit, html)
}

/// The page of a request that was left alone for too long, or is decided.
pub(super) fn over(visit: Visit<'_>) -> Sheet {
    let words = visit.words();
    let mut html = head(visit, words.over);
    let _ = writeln!(html, "<p>{}</p>", words.over_means);
    sheet(StatusCode::BAD_REQUEST, visit, html)
}

fn sheet(status: StatusCode, visit: Visit<'_>, html: String) -> Sheet {
    let title = with(visit.words().badge, &visit.strategy.name());
    Sheet { status, language: visit.language, title, html, state: None }
}

/// The top of every page. The title is HTML.
fn head(visit: Visit<'_>, title: &str) -> String {
    let badge = with(visit.words().badge, &escaped(&visit.strategy.name()));
    format!("<p class=\"badge\">{badge}</p>\n<h1>{title}</h1>\n")
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
