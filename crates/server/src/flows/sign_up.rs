//! Sign-up: begin, give what is asked for, prove the address.

use std::sync::Arc;

use frontdesk_identity::{
    Addressee, Claim, Draft, Email, Identifier, Invitation, InvitationRefusal, Invited, PasswordDigest, Phone,
    Recipient, Scene, SignUp as IdentitySignUp, SignUpFields, SignUpForm, SignUpId, SignUpRefusal, SignUpState, Step,
    Taken, Username, VerificationId, Way,
};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::{SignUp, form};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::{
    Failure, Fault, Reply, Turn,
    codes::DrawnCode,
    gather::Known,
    turn::{Done, Visit},
};
use crate::{limits::Class, tokens::Ticket};

mod external;

pub(super) use external::come_back;
pub use external::{create_by, prepare_by, redeem, transfer};

/// A sign-up that is under way, by an invitation or without one.
fn going_on(invited: bool) -> Way {
    Way::SignUp { invited, complete: false }
}

/// Begins a sign-up with these fields, by the ticket of an invitation if there is one.
pub async fn create(
    turn: &Turn<'_>,
    form: &SignUpForm<'_>,
    password: Option<&SecretString>,
    ticket: Option<&SecretString>,
) -> Result<Reply<SignUp>, Failure> {
    let email = form.email_address.and_then(|typed| Email::parse(typed).ok().map(Recipient::from));
    let phone = form.phone_number.and_then(|typed| Phone::parse(typed).ok().map(Recipient::from));
    let typed = email.or(phone);
    turn.limit(Class::Create, typed.as_ref().map(|typed| typed as &dyn Addressee)).await?;
    let digest = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let invitation = turn.shown(ticket).await?;
        let fields = check(turn, form, password, invitation.as_ref().map(invited_draft).as_ref())?;
        let step = begin(turn, &visit, fields, password, digest, invitation.as_ref()).await?;
        finish(turn, &visit, 0, step, None).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// A sign-up of the client.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<Reply<SignUp>, Failure> {
    turn.read(|known| async move { Ok(view(turn, &gather(turn, Some(&known), id).await?.value)) }).await
}

/// Begins an attempt, by an invitation if there is one.
async fn begin(
    turn: &Turn<'_>,
    visit: &Visit,
    fields: SignUpFields,
    password: Option<&SecretString>,
    digest: &OnceCell<PasswordDigest>,
    invitation: Option<&Invitation>,
) -> Result<Step<IdentitySignUp>, Fault> {
    let mut given = IdentitySignUp::given_after(None, &fields);
    // The address of the invitation takes the place of any other.
    given.0 = invitation.map(|invitation| &invitation.email).or(given.0);
    turn.admit(&recipients(given), going_on(invitation.is_some())).await?;
    let taken = taken(turn, given).await?;
    let draft = invitation.map(invited_draft);
    let password = hashed(turn, password, &fields.own_words(draft.as_ref()), digest).await?;
    let (id, seed) = (SignUpId::from_random(turn.instance.random_id()), turn.seed());
    let scene = turn.scene(visit);
    Ok(match invitation {
        Some(invitation) => {
            let invited = turn.invited(invitation);
            IdentitySignUp::begin_invited(id, &invited, fields, password, taken, seed, &scene)?
        }
        None => IdentitySignUp::begin(id, fields, password, taken, seed, &scene)?,
    })
}

/// What is known of an attempt that begins by an invitation, before anything is given.
fn invited_draft(invitation: &Invitation) -> Draft {
    Draft { email: Some(invitation.email.clone()), ..Draft::default() }
}

impl Turn<'_> {
    /// The invitation of a ticket, if one is shown.
    async fn shown(&self, ticket: Option<&SecretString>) -> Result<Option<Invitation>, Fault> {
        let Some(ticket) = ticket else { return Ok(None) };
        match self.instance.tickets().read(ticket.expose_secret()) {
            Some(Ticket::Invitation(id)) => Ok(Some(self.invitation(&id).await?)),
            // Those are for people who have an account.
            Some(Ticket::SignIn(_)) => Err(Fault::TicketSignsIn),
            None => Err(Fault::Invitation(InvitationRefusal::Unknown)),
        }
    }

    fn invited<'i>(&self, invitation: &'i Invitation) -> Invited<'i> {
        Invited { invitation, proof: VerificationId::from_random(self.instance.random_id()) }
    }
}

/// Takes more fields, and the ticket of an invitation if there is one.
pub async fn update(
    turn: &Turn<'_>,
    id: &str,
    form: &SignUpForm<'_>,
    password: Option<&SecretString>,
    ticket: Option<&SecretString>,
) -> Result<Reply<SignUp>, Failure> {
    let digest = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let mut attempt = gather(turn, visit.known.as_ref(), id).await?;
        if let Some(invitation) = turn.shown(ticket).await? {
            let claim = turn.claim_of(&invitation.email.clone().into()).await?;
            attempt.value = attempt.value.invited(&turn.invited(&invitation), claim, &turn.scene(&visit))?;
        }
        let fields = check(turn, form, password, Some(&attempt.value.draft))?;
        let given = IdentitySignUp::given_after(Some(&attempt.value), &fields);
        let for_tests = given.0.map(|email| email as &dyn Addressee).or(given.1.map(|phone| phone as &dyn Addressee));
        // A password is hashed for it and whether an address is taken is told: that is limited like a new attempt.
        turn.limit(Class::Create, for_tests).await?;
        turn.admit(&recipients(given), going_on(attempt.value.draft.invitation.is_some())).await?;
        let taken = taken(turn, given).await?;
        let own = fields.own_words(Some(&attempt.value.draft));
        let password = hashed(turn, password, &own, digest).await?;
        let step = attempt.value.update(fields, password, taken, turn.seed(), &turn.scene(&visit))?;
        finish(turn, &visit, attempt.version, step, None).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Sends a code to the address.
pub async fn prepare_code(turn: &Turn<'_>, id: &str) -> Result<Reply<SignUp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id).await?;
        let to = attempt.value.draft.email.as_ref().ok_or(SignUpRefusal::NoEmail)?;
        let to = &Recipient::from(to.clone());
        turn.admit(std::slice::from_ref(to), going_on(attempt.value.draft.invitation.is_some())).await?;
        let claim = turn.claim_of(&to.clone().into()).await?;
        let recent = turn.recent(to).await?;
        turn.must_take(to, form::EMAIL_ADDRESS).await?;
        let code = turn.draw_code(to, attempt.value.draft.locale.as_deref());
        let step = attempt.value.prepare_code(code.new.clone(), claim, recent, &turn.scene(&visit))?;
        let done = finish(turn, &visit, attempt.version, step, Some(&code)).await?;
        turn.instance.wake_delivery();
        Ok(done)
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Takes the code.
pub async fn attempt_code(turn: &Turn<'_>, id: &str, code: &SecretString) -> Result<Reply<SignUp>, Failure> {
    let checked = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id).await?;
        turn.limit(Class::Attempt, attempt.value.draft.email.as_ref().map(|email| email as &dyn Addressee)).await?;
        let scene: Scene<'_> = turn.scene(&visit);
        let sent = attempt.value.may_attempt_code(&scene)?;
        let evidence = turn.check_code(sent, code, checked).await?;
        let taken = taken(turn, given(&attempt.value.draft)).await?;
        let step = attempt.value.attempt_code(evidence, taken, turn.seed(), &scene)?;
        finish(turn, &visit, attempt.version, step, None).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Sends a code to the number.
pub async fn prepare_phone_code(turn: &Turn<'_>, id: &str) -> Result<Reply<SignUp>, Failure> {
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id).await?;
        let to = attempt.value.draft.phone.as_ref().ok_or(SignUpRefusal::NoPhone)?;
        let to = &Recipient::from(to.clone());
        turn.admit(std::slice::from_ref(to), going_on(attempt.value.draft.invitation.is_some())).await?;
        let claim = turn.claim_of(&to.clone().into()).await?;
        let recent = turn.recent(to).await?;
        turn.must_take(to, form::PHONE_NUMBER).await?;
        let code = turn.draw_code(to, attempt.value.draft.locale.as_deref());
        let step = attempt.value.prepare_phone_code(code.new.clone(), claim, recent, &turn.scene(&visit))?;
        let done = finish(turn, &visit, attempt.version, step, Some(&code)).await?;
        turn.instance.wake_delivery();
        Ok(done)
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

/// Takes the code that went to the number.
pub async fn attempt_phone_code(turn: &Turn<'_>, id: &str, code: &SecretString) -> Result<Reply<SignUp>, Failure> {
    let checked = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let attempt = gather(turn, visit.known.as_ref(), id).await?;
        turn.limit(Class::Attempt, attempt.value.draft.phone.as_ref().map(|phone| phone as &dyn Addressee)).await?;
        let scene: Scene<'_> = turn.scene(&visit);
        let sent = attempt.value.may_attempt_phone_code(&scene)?;
        let evidence = turn.check_code(sent, code, checked).await?;
        let taken = taken(turn, given(&attempt.value.draft)).await?;
        let step = attempt.value.attempt_phone_code(evidence, taken, turn.seed(), &scene)?;
        finish(turn, &visit, attempt.version, step, None).await
    };
    turn.change(work, |attempt| async move { Ok(view(turn, &attempt)) }).await
}

fn view(turn: &Turn<'_>, attempt: &IdentitySignUp) -> SignUp {
    turn.sign_up_view(attempt)
}

async fn gather(turn: &Turn<'_>, known: Option<&Known>, id: &str) -> Result<Versioned<IdentitySignUp>, Fault> {
    let (Some(known), Ok(id)) = (known, SignUpId::parse(id)) else { return Err(Fault::NotFound) };
    let attempt = turn.instance.store().sign_up(&id).await?.ok_or(Fault::NotFound)?;
    if attempt.value.client_id == known.client.value.id { Ok(attempt) } else { Err(Fault::NotFound) }
}

/// The address, number and name of an attempt.
type Given<'a> = (Option<&'a Email>, Option<&'a Phone>, Option<&'a Username>);

fn given(draft: &Draft) -> Given<'_> {
    (draft.email.as_ref(), draft.phone.as_ref(), draft.username.as_ref())
}

/// Where messages reach somebody who has given these.
fn recipients((email, phone, _): Given<'_>) -> Vec<Recipient> {
    email.cloned().map(Recipient::from).into_iter().chain(phone.cloned().map(Recipient::from)).collect()
}

/// Which of them somebody has.
async fn taken(turn: &Turn<'_>, (email, phone, username): Given<'_>) -> Result<Taken, Fault> {
    let claim = async |identifier: Option<Identifier>| match identifier {
        Some(identifier) => turn.claim_of(&identifier).await,
        None => Ok(Claim::Free),
    };
    Ok(Taken {
        email: claim(email.cloned().map(Into::into)).await?,
        phone: claim(phone.cloned().map(Into::into)).await?,
        username: claim(username.cloned().map(Into::into)).await?,
    })
}

fn check(
    turn: &Turn<'_>,
    form: &SignUpForm<'_>,
    password: Option<&SecretString>,
    known: Option<&Draft>,
) -> Result<SignUpFields, Fault> {
    let password = password.map(ExposeSecret::expose_secret);
    let fields = SignUpFields::check(form, password, known, turn.policy());
    fields.map_err(|faults| SignUpRefusal::from(faults).into())
}

/// The digest of the password, if there is one.
async fn hashed(
    turn: &Turn<'_>,
    password: Option<&SecretString>,
    own: &[&str],
    digest: &OnceCell<PasswordDigest>,
) -> Result<Option<PasswordDigest>, Fault> {
    let Some(password) = password else { return Ok(None) };
    turn.digest(password, own, form::PASSWORD, digest).await.map(Some)
}

/// Commits a step.
async fn finish(
    turn: &Turn<'_>,
    visit: &Visit,
    version: i64,
    step: Step<IdentitySignUp>,
    code: Option<&DrawnCode>,
) -> Result<Done<IdentitySignUp>, Fault> {
    finish_with(turn, visit, version, step, code, |_changes| ()).await
}

/// The same with more to write.
async fn finish_with(
    turn: &Turn<'_>,
    visit: &Visit,
    version: i64,
    mut step: Step<IdentitySignUp>,
    code: Option<&DrawnCode>,
    more: impl FnOnce(&mut Changes),
) -> Result<Done<IdentitySignUp>, Fault> {
    // However it has come here, and whatever has changed since it began.
    if matches!(step.attempt.state, SignUpState::Complete { .. }) {
        let draft = &step.attempt.draft;
        if let Some(by) = &draft.invitation {
            let invitation = turn.invitation(&by.id).await?;
            invitation.may_accept(turn.now).map_err(Fault::Invitation)?;
            // Somebody may have proven the address meanwhile, or the owner have given it away.
            if turn.claim_of(&invitation.email.clone().into()).await? == Claim::Claimed {
                return Err(Fault::Invitation(InvitationRefusal::AccountExists));
            }
        }
        let way = Way::SignUp { invited: draft.invitation.is_some(), complete: true };
        turn.admit(&recipients(given(&step.attempt.draft)), way).await?;
    }
    step.attempt.updated_at = step.attempt.updated_at.max(visit.next_age(turn.now));
    let mut changes = turn.changes_of(visit, &mut step, code);
    changes.save_sign_up(Versioned { value: step.attempt.clone(), version });
    more(&mut changes);
    turn.commit(changes).await?;
    if let SignUpState::Complete { user_id, session_id, .. } = &step.attempt.state {
        let client = step.client.id.as_str();
        tracing::info!(target: "audit", event = "sign_up", user = %user_id, session = %session_id, client);
    }
    Ok(Done { outcome: step.attempt, client: step.client })
}
