//! A fresh proof by a passkey: a device is asked for one of the user's own, and its answer taken.

use std::sync::Arc;

use frontdesk_identity::{
    Account, ClientId, PasskeyChecked, PasskeyRefusal, Reverification, Session as IdentitySession, SignInRefusal,
    reverification::Proven,
};
use frontdesk_store::{Changes, GoodFor, PasskeyCeremony, Versioned};
use frontdesk_wire::SessionReverification;
use tokio::sync::OnceCell;

use super::{begun, done, signed_in, view};
use crate::{
    flows::{
        Failure, Fault, Reply, Turn,
        passkeys::{refused, waited_for},
        turn::Visit,
    },
    limits::Class,
    passkeys::{self, Answer},
};

/// Asks a device for a passkey of the user who is signed in.
pub async fn prepare_passkey(turn: &Turn<'_>, id: &str) -> Result<Reply<SessionReverification>, Failure> {
    turn.limit(Class::Attempt, None).await?;
    let work = |visit: Arc<Visit>| async move {
        let known = visit.known.as_ref().ok_or(Fault::SignedOut)?;
        let (session, account) = signed_in(turn, known, id)?;
        let attempt = begun(turn, session).await?;
        let named = attempt.value.may_ask_passkey(&account.value, turn.policy(), turn.now)?;
        let user = &account.value.user.id;
        let asking = passkeys::ask_to_sign_in(&*turn.party()?, named)
            .map_err(|fault| refused(&fault, Some(user), PasskeyRefusal::Failed))?;
        let ceremony = turn.ceremony(&known.client.value.id, GoodFor::Proving(user.clone()), asking);
        let asked = attempt.value.ask_passkey(waited_for(&ceremony), &account.value, turn.policy(), turn.now)?;
        let mut changes = Changes::new(turn.now);
        changes.begin_ceremony(ceremony);
        changes.save_reverification(attempt.with(asked.clone()));
        turn.commit(changes).await?;
        Ok(done(&visit, asked, session.value.clone(), account))
    };
    turn.change(work, |outcome| async move { view(turn, &outcome) }).await
}

/// Takes the answer of a device. It is used up, rightly or not, and is of use to the session that asked alone: the
/// ceremony is found by what that one waits for.
pub(super) async fn taken(
    turn: &Turn<'_>,
    client: &ClientId,
    attempt: &Reverification,
    session: &Versioned<IdentitySession>,
    account: &Versioned<Account>,
    (text, taken): (&str, &OnceCell<PasskeyCeremony>),
) -> Result<Result<Proven, SignInRefusal>, Fault> {
    let proof = attempt.may_answer_passkey(&account.value, turn.policy(), turn.now)?;
    let answer = Answer::read(text).map_err(|fault| refused(&fault, None, PasskeyRefusal::Failed))?;
    let user = &account.value.user.id;
    let ceremony = turn.answered(proof, client, &GoodFor::Proving(user.clone()), taken).await?;
    let passkey = account.value.passkeys.iter().find(|passkey| passkey.credential.id == *answer.credential_id());
    let passkey = passkey.ok_or_else(|| {
        tracing::info!(target: "audit", event = "passkey_refused", %user, reason = "the user does not have this key");
        PasskeyRefusal::Unknown
    })?;
    let credential = passkeys::take_sign_in(&*turn.party()?, &ceremony.state, &answer, passkey)
        .map_err(|fault| refused(&fault, Some(user), PasskeyRefusal::Failed))?;
    let evidence = PasskeyChecked { ceremony: ceremony.id.clone(), credential };
    Ok(attempt.attempt_passkey(&evidence, &account.value, &session.value, turn.policy(), turn.now))
}
