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
    pages::{self, Choice, Known, Visit},
    params::Params,
    person::Person,
    picture::{Picture, Style},
    sealed,
    words::Amiss,
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
pub async fn show(instance: &Instance, visit: Visit<'_>, query: &str) -> Result<Outcome, Trouble> {
    let ask = match Ask::read(instance, visit.strategy, &Params::parse(query.as_bytes())) {
        Ok(Read::Ask(ask)) => ask,
        Ok(Read::Back(back)) => return Ok(on_the_way(visit, back)),
        Err(why) => return Ok(unanswerable(visit, why)),
    };
    let choice = Choice::hinted(ask.login_hint.as_deref());
    choose(instance, visit, &ask, &choice, None).await
}

/// Does what a person has decided on one of the pages.
pub async fn decide(instance: &Arc<Instance>, visit: Visit<'_>, form: &[u8]) -> Result<Outcome, Trouble> {
    let (form, strategy) = (Params::parse(form), visit.strategy);
    let waiting = form.field("confirmation");
    if !waiting.is_empty() {
        return Ok(confirm(instance, visit, waiting, &form));
    }
    let Some(ask) = sealed::open(instance.keys(), strategy, form.field("request"), instance.now()) else {
        return Ok(Outcome::Sheet(pages::over(visit)));
    };
    if form.field("decision") == DENY {
        return Ok(denied(instance, visit, &ask, "The person has not agreed."));
    }
    let choice = Choice::of(&form);
    let person = match person(instance, &choice).await? {
        Ok(person) => person,
        Err(amiss) => return choose(instance, visit, &ask, &choice, Some(amiss)).await,
    };
    let decision = Decision { strategy: strategy.clone(), ask, person };
    if must_confirm(instance.keys(), &KnownOwners(instance), strategy, &decision.person).await? {
        return ask_for_code(instance, visit, decision, &choice).await;
    }
    Ok(agreed(instance, visit, decision, false))
}

/// The page on which somebody is chosen.
async fn choose(
    instance: &Instance,
    visit: Visit<'_>,
    ask: &Ask,
    choice: &Choice,
    amiss: Option<Amiss>,
) -> Result<Outcome, Trouble> {
    let order = UserOrder { by: UserSort::LastActiveAt, descending: true };
    let page = Page { offset: 0, limit: LISTED, after: None };
    let users = instance.store().users(&UserFilter::default(), order, &page).await?;
    let known: Vec<Known> = users.iter().filter_map(|user| Known::of(&user.value)).collect();
    let request = sealed::seal(instance.keys(), visit.strategy, ask, instance.now());
    let application = &instance.settings().application_name;
    let sheet = pages::choose(visit, application, &request, &known, choice, amiss);
    Ok(Outcome::Sheet(sheet.on(ask.state.as_deref())))
}

/// Who was chosen; or what is wrong with what was typed.
async fn person(instance: &Instance, choice: &Choice) -> Result<Result<Person, Amiss>, Trouble> {
    let Ok(email) = Email::parse(choice.address()) else {
        return Ok(Err(Amiss::Address));
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
        return Ok(Err(Amiss::Name));
    }
    let picture = Style::of(&choice.picture).map(|style| Picture::of(instance.keys(), style, &email));
    Ok(Ok(Person { email, verified: choice.verified, first_name, last_name, picture }))
}

/// Mails a code to whoever is meant, and asks for it.
async fn ask_for_code(
    instance: &Instance,
    visit: Visit<'_>,
    decision: Decision,
    choice: &Choice,
) -> Result<Outcome, Trouble> {
    let (now, store, settings) = (instance.now(), instance.store(), instance.settings());
    let to = decision.person.email.clone();
    let fixed = settings.policy.fixed_code(&to);
    if fixed.is_none() && store.messages_to(&to, now.plus(-HOUR)).await? >= settings.policy.codes.per_address_per_hour {
        return choose(instance, visit, &decision.ask, choice, Some(Amiss::Mails)).await;
    }
    let code = match fixed {
        Some(fixed) => SecretString::from(fixed),
        None => new_code(instance.random()),
    };
    if fixed.is_none() {
        mail(instance, &decision.strategy, &to, &code, now).await?;
    }
    let id = new_id(instance.random(), "");
    let sheet = pages::confirm(visit, &id, &to, fixed.is_some(), None);
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
fn confirm(instance: &Instance, visit: Visit<'_>, id: &str, form: &Params) -> Outcome {
    let (confirmations, strategy) = (&instance.provider().confirmations, visit.strategy);
    if form.field("decision") == DENY {
        return match confirmations.give_up(strategy, id) {
            Some(decision) => denied(instance, visit, &decision.ask, "The person has not agreed."),
            None => Outcome::Sheet(pages::over(visit)),
        };
    }
    let typed = SecretString::from(form.field("code"));
    match confirmations.attempt(instance.keys(), strategy, id, &typed, instance.now()) {
        Tried::Right(decision) => agreed(instance, visit, decision, true),
        Tried::Wrong { decision: Decision { ask, person, .. }, left } => {
            let is_test = instance.settings().policy.fixed_code(&person.email).is_some();
            let sheet = pages::confirm(visit, id, &person.email, is_test, Some(left));
            Outcome::Sheet(sheet.on(ask.state.as_deref()))
        }
        Tried::Over(decision) => denied(instance, visit, &decision.ask, "The code was not given."),
        Tried::Unknown => Outcome::Sheet(pages::over(visit)),
    }
}

fn agreed(instance: &Instance, visit: Visit<'_>, decision: Decision, confirmed: bool) -> Outcome {
    let back = match decision.ask.back(instance, &decision.strategy) {
        Ok(back) => back,
        Err(why) => return unanswerable(visit, why),
    };
    let granted = Granted { decision, confirmed, at: instance.now() };
    let code = instance.provider().grants.give(instance.random(), granted);
    on_the_way(visit, back.with("code", code.expose_secret()))
}

fn denied(instance: &Instance, visit: Visit<'_>, ask: &Ask, why: &str) -> Outcome {
    match ask.refuse(instance, visit.strategy, "access_denied", why) {
        Ok(back) => on_the_way(visit, back),
        Err(why) => unanswerable(visit, why),
    }
}

/// An answer that a form carries needs a page for the form.
fn on_the_way(visit: Visit<'_>, back: Back) -> Outcome {
    match back.mode() {
        Mode::Query => Outcome::Back(back),
        Mode::FormPost => Outcome::Sheet(pages::form_post(visit, &back)),
    }
}

fn unanswerable(visit: Visit<'_>, why: Unanswerable) -> Outcome {
    Outcome::Sheet(pages::unanswerable(visit, &why.to_string()))
}
