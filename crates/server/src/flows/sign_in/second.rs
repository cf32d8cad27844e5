//! The second factor of a sign-in.

use std::sync::Arc;

use frontdesk_identity::{Addressee, IdentificationId, SecondChecked, SignInRefusal};
use frontdesk_wire::{SignIn, form};
use tokio::sync::OnceCell;

use super::{Gathered, finish, gather, unchanged, wrong};
use crate::{
    flows::{Failure, Fault, Reply, SecondProof, Turn, gather::Holder, turn::Visit},
    limits::Class,
};

/// Sends a code to the number of that id, or to the one to offer first.
pub async fn prepare_second(turn: &Turn<'_>, id: &str, number: Option<&str>) -> Result<Reply<SignIn>, Failure> {
    let wanted = number.map(IdentificationId::parse).transpose();
    let wanted = &wanted.map_err(|_| Fault::from(SignInRefusal::NoSuchNumber))?;
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id, false).await?;
        let Some(Holder::Account(account)) = holder else { return Err(SignInRefusal::NoSecondFactors.into()) };
        let scene = turn.scene(&visit);
        let to = attempt.value.second_recipient(wanted.as_ref(), &account.value, &scene)?.clone().into();
        let recent = turn.recent(&to).await?;
        turn.must_take(&to, form::PHONE_NUMBER_ID).await?;
        let code = turn.draw_code(&to, account.value.user.locale.as_deref());
        let new = code.new.clone();
        let step = unchanged(&attempt.value, &scene).and(&scene, |attempt, scene| {
            attempt.prepare_second(wanted.as_ref(), &account.value, new, recent, scene)
        })?;
        let done = finish(turn, &visit, attempt.version, step, Some(&code), |_changes| ()).await?;
        turn.instance.wake_delivery();
        Ok(done)
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Takes a second factor.
pub async fn attempt_second(turn: &Turn<'_>, id: &str, proof: &SecondProof) -> Result<Reply<SignIn>, Failure> {
    let (counted, checked) = (&OnceCell::new(), &OnceCell::new());
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id, false).await?;
        turn.limit(Class::Attempt, attempt.value.identifier().map(|identifier| identifier as &dyn Addressee)).await?;
        let Some(Holder::Account(account)) = holder else { return Err(SignInRefusal::NoSecondFactors.into()) };
        let user_id = &account.value.user.id;
        let (try_number, evidence) = if let SecondProof::PhoneCode(code) = proof {
            let sent = attempt.value.may_attempt_second_code(&account.value, &turn.scene(&visit))?;
            let evidence = turn.check_code(sent, code, checked).await?;
            (evidence.try_number, SecondChecked::PhoneCode(evidence.clone()))
        } else {
            let tries = attempt.value.may_attempt_second(&account.value, &turn.scene(&visit))?;
            // Counted before it is looked at, and once however often the step is decided.
            let count = async || turn.instance.store().count_code_try(&tries.id).await?.ok_or(Fault::Contended);
            (*counted.get_or_try_init(count).await?, turn.check_second(user_id, proof).await?)
        };
        let step = unchanged(&attempt.value, &turn.scene(&visit)).and(&turn.scene(&visit), |attempt, scene| {
            attempt.attempt_second(&account.value, &evidence, try_number, turn.new_session(), scene)
        });
        let step = match step {
            Ok(step) => step,
            Err(refusal) => return Err(wrong(turn, &account.value.counter, refusal).await),
        };
        let done = finish(turn, &visit, attempt.version, step, None, |_changes| ()).await?;
        let strategy = proof.strategy();
        tracing::info!(target: "audit", event = "second_factor", user = %user_id, strategy = strategy.as_str());
        Ok(done)
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}
