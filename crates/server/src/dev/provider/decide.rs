//! What happens on the provider's pages.

use std::sync::Arc;

use frontdesk_identity::{
    DeliveryId, Email, Timestamp,
    time::{HOUR, MINUTE},
};
use frontdesk_store::{
    Changes, CommitError, MessageKind, NewDelivery, Page, SealedBytes, StoreError, UserFilter, UserOrder, UserSort,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Back, Mode, Sheet, Strategy,
    ask::{Ask, Read, Unanswerable},
    confirm::{Decision, Tried, WAIT_MS},
    grants::Granted,
    owners::{KnownOwners, must_confirm},
    pages::{self, Choice, Known},
    params::Params,
    person::Person,
    picture::{Picture, Style},
    sealed,
};
use crate::{
    delivery::{Language, Message},
    instance::Instance,
    random::{new_code, new_id},
};

/// Most people of the instance that the page lists.
const LISTED: u32 = 20;
/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// How a person refuses.
const DENY: &str = "deny";

/// What the browser gets.
#[derive(Debug)]
pub enum Outcome {
    /// A page.
    Sheet(Sheet),
    /// It goes back to the instance, with an answer.
    Back(Back),
}

/// Why there is neither: something failed here.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mail could not be put into the queue.
    #[error("the mail with the code could not be queued")]
    Queue,
}

/// Shows who may be chosen. Nothing happens yet, however often it is asked.
pub async fn show(instance: &Instance, strategy: &Strategy, query: &str) -> Result<Outcome, Trouble> {
    let ask = match Ask::read(instance, strategy, &Params::parse(query.as_bytes())) {
        Ok(Read::Ask(ask)) => ask,
        Ok(Read::Back(back)) => return Ok(on_the_way(strategy, back)),
        Err(why) => return Ok(unanswerable(strategy, why)),
    };
    let choice = Choice::hinted(ask.login_hint.as_deref());
    choose(instance, strategy, &ask, &choice, None).await
}

/// Does what a person has decided on one of the pages.
pub async fn decide(instance: &Arc<Instance>, strategy: &Strategy, form: &[u8]) -> Result<Outcome, Trouble> {
    let form = Params::parse(form);
    let waiting = form.field("confirmation");
    if !waiting.is_empty() {
        return Ok(confirm(instance, strategy, waiting, &form));
    }
    let Some(ask) = sealed::open(instance.keys(), strategy, form.field("request"), instance.now()) else {
        return Ok(Outcome::Sheet(pages::over(strategy)));
    };
    if form.field("decision") == DENY {
        return Ok(denied(instance, strategy, &ask, "The person has not agreed."));
    }
    let choice = Choice::of(&form);
    let person = match person(instance, &choice).await? {
        Ok(person) => person,
        Err(fault) => return choose(instance, strategy, &ask, &choice, Some(fault)).await,
    };
    let decision = Decision { strategy: strategy.clone(), ask, person };
    if must_confirm(instance.keys(), &KnownOwners(instance), strategy, &decision.person).await? {
        return ask_for_code(instance, decision, &choice).await;
    }
    Ok(agreed(instance, decision, false))
}

/// The page on which somebody is chosen.
async fn choose(
    instance: &Instance,
    strategy: &Strategy,
    ask: &Ask,
    choice: &Choice,
    fault: Option<&str>,
) -> Result<Outcome, Trouble> {
    let order = UserOrder { by: UserSort::LastActiveAt, descending: true };
    let page = Page { offset: 0, limit: LISTED, after: None };
    let users = instance.store().users(&UserFilter::default(), order, &page).await?;
    let known: Vec<Known> = users.iter().filter_map(|user| Known::of(&user.value)).collect();
    let request = sealed::seal(instance.keys(), strategy, ask, instance.now());
    let application = &instance.settings().application_name;
    let sheet = pages::choose(strategy, application, &request, &known, choice, fault);
    Ok(Outcome::Sheet(sheet.on(ask.state.as_deref())))
}

/// Who was chosen; or what is wrong with what was typed.
async fn person(instance: &Instance, choice: &Choice) -> Result<Result<Person, &'static str>, Trouble> {
    let Ok(email) = Email::parse(choice.address()) else {
        return Ok(Err("This is no email address. Write it as name@example.com."));
    };
    let (first_name, last_name) = if choice.is_listed() {
        // Whoever is picked from the list has a name already.
        let account = instance.store().account_by_email(&email).await?;
        account.map_or((None, None), |account| (account.value.user.first_name, account.value.user.last_name))
    } else {
        let named = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        (named(&choice.first_name), named(&choice.last_name))
    };
    let is_bad = |name: &String| name.chars().count() > MAX_NAME || name.chars().any(char::is_control);
    if first_name.iter().chain(&last_name).any(is_bad) {
        return Ok(Err("A name has at most 100 characters, on one line."));
    }
    let picture = Style::of(&choice.picture).map(|style| Picture::of(instance.keys(), style, &email));
    Ok(Ok(Person { email, verified: choice.verified, first_name, last_name, picture }))
}

/// Mails a code to whoever is meant, and asks for it.
async fn ask_for_code(instance: &Instance, decision: Decision, choice: &Choice) -> Result<Outcome, Trouble> {
    let (now, store, settings) = (instance.now(), instance.store(), instance.settings());
    let to = decision.person.email.clone();
    let fixed = settings.policy.fixed_code(&to);
    if fixed.is_none() && store.messages_to(&to, now.plus(-HOUR)).await? >= settings.policy.codes.per_address_per_hour {
        let fault = "This address has got too many mails within an hour. Try again later.";
        return choose(instance, &decision.strategy, &decision.ask, choice, Some(fault)).await;
    }
    let code = match fixed {
        Some(fixed) => SecretString::from(fixed),
        None => new_code(instance.random()),
    };
    if fixed.is_none() {
        mail(instance, &decision.strategy, &to, &code, now).await?;
    }
    let id = new_id(instance.random(), "");
    let sheet = pages::confirm(&decision.strategy, &id, &to, fixed.is_some(), None);
    let sheet = sheet.on(decision.ask.state.as_deref());
    instance.provider().confirmations.wait(instance.keys(), id, &code, decision, now);
    Ok(Outcome::Sheet(sheet))
}

async fn mail(
    instance: &Instance,
    strategy: &Strategy,
    to: &Email,
    code: &SecretString,
    now: Timestamp,
) -> Result<(), Trouble> {
    let account = instance.store().account_by_email(to).await?;
    let language = Language::of(account.and_then(|account| account.value.user.locale).as_deref());
    let settings = instance.settings();
    let heading = settings.heading(language);
    let message = Message::provider_code(heading, &strategy.name(), to, code, WAIT_MS / MINUTE, now.plus(WAIT_MS));
    let id = DeliveryId::from_random(instance.random_id());
    let sealed = message.seal(&id, instance.keys());
    let mut changes = Changes::new(now);
    changes.deliver(NewDelivery {
        id,
        kind: MessageKind::Email,
        to: to.clone().into(),
        country: None,
        caller: None,
        body: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes },
        deliver: true,
        keep: true,
    });
    match instance.store().commit(changes).await {
        Ok(()) => {}
        Err(CommitError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(Trouble::Queue),
    }
    instance.wake_delivery();
    Ok(())
}

/// Looks at the code that was typed.
fn confirm(instance: &Instance, strategy: &Strategy, id: &str, form: &Params) -> Outcome {
    let confirmations = &instance.provider().confirmations;
    if form.field("decision") == DENY {
        return match confirmations.give_up(strategy, id) {
            Some(decision) => denied(instance, strategy, &decision.ask, "The person has not agreed."),
            None => Outcome::Sheet(pages::over(strategy)),
        };
    }
    let typed = SecretString::from(form.field("code"));
    match confirmations.attempt(instance.keys(), strategy, id, &typed, instance.now()) {
        Tried::Right(decision) => agreed(instance, decision, true),
        Tried::Wrong { decision: Decision { ask, person, .. }, left } => {
            let is_test = instance.settings().policy.fixed_code(&person.email).is_some();
            let sheet = pages::confirm(strategy, id, &person.email, is_test, Some(left));
            Outcome::Sheet(sheet.on(ask.state.as_deref()))
        }
        Tried::Over(decision) => denied(instance, strategy, &decision.ask, "The code was not given."),
        Tried::Unknown => Outcome::Sheet(pages::over(strategy)),
    }
}

fn agreed(instance: &Instance, decision: Decision, confirmed: bool) -> Outcome {
    let strategy = decision.strategy.clone();
    let back = match decision.ask.back(instance, &strategy) {
        Ok(back) => back,
        Err(why) => return unanswerable(&strategy, why),
    };
    let granted = Granted { decision, confirmed, at: instance.now() };
    let code = instance.provider().grants.give(instance.random(), granted);
    on_the_way(&strategy, back.with("code", code.expose_secret()))
}

fn denied(instance: &Instance, strategy: &Strategy, ask: &Ask, why: &str) -> Outcome {
    match ask.refuse(instance, strategy, "access_denied", why) {
        Ok(back) => on_the_way(strategy, back),
        Err(why) => unanswerable(strategy, why),
    }
}

/// An answer that a form carries needs a page for the form.
fn on_the_way(strategy: &Strategy, back: Back) -> Outcome {
    match back.mode() {
        Mode::Query => Outcome::Back(back),
        Mode::FormPost => Outcome::Sheet(pages::form_post(strategy, &back)),
    }
}

fn unanswerable(strategy: &Strategy, why: Unanswerable) -> Outcome {
    Outcome::Sheet(pages::unanswerable(strategy, &why.to_string()))
}
