//! The second factor of a sign-in.

use std::sync::Arc;

use frontdesk_identity::{SecondFactor, SecondFactorChecked, SignInRefusal, Subject};
use frontdesk_wire::SignIn;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{Gathered, finish, gather, unchanged, wrong};
use crate::{
    flows::{Failure, Fault, Reply, Turn, turn::Visit},
    limits::Class,
};

/// Whether there is something to prepare for a second factor: for those that there are, nothing is.
pub async fn prepare_second_factor(turn: &Turn<'_>, id: &str) -> Result<Reply<SignIn>, Failure> {
    turn.read(|known| async move {
        let Gathered { attempt, holder } = gather(turn, Some(&known), id).await?;
        let offered = holder.map(|holder| attempt.value.second_factors(&holder.found())).unwrap_or_default();
        Err(if offered.is_empty() { Fault::NoSecondFactors } else { SignInRefusal::NoSuchFactor.into() })
    })
    .await
}

/// Takes a code for the second factor, and signs in.
pub async fn attempt_second_factor(
    turn: &Turn<'_>,
    id: &str,
    factor: SecondFactor,
    code: &SecretString,
) -> Result<Reply<SignIn>, Failure> {
    let counted = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id).await?;
        turn.limit(Class::Attempt, attempt.value.identifier())?;
        let holder = holder.ok_or(Fault::NoSecondFactors)?;
        let found = holder.found();
        let scene = turn.scene(&visit);
        let step = unchanged(&attempt.value, &scene);
        let (account, count) = attempt.value.may_attempt_second_factor(factor, &found, &scene).map_err(none_yet)?;
        let try_number = turn.count_second_factor(count, counted).await?;
        let proof = if try_number <= turn.policy().codes.max_tries {
            turn.second_factor_proof(account, factor, code).await?
        } else {
            None
        };
        let evidence = SecondFactorChecked { verification: count.clone(), try_number, proof };
        let subject = Subject::User { id: account.user.id.clone() };
        let step = step.and(&turn.scene(&visit), |attempt, scene| {
            attempt.attempt_second_factor(factor, &found, &evidence, turn.new_session(), scene)
        });
        let step = match step {
            Ok(step) => step,
            Err(refusal) => return Err(wrong(turn, &subject, refusal).await),
        };
        let done = finish(turn, &visit, attempt.version, step, None, |_changes| ()).await?;
        turn.instance.wake_delivery();
        Ok(done)
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}

/// Until the first factor is proven it is nobody's business whether there is a second one.
fn none_yet(refusal: SignInRefusal) -> Fault {
    match refusal {
        SignInRefusal::WrongState => Fault::NoSecondFactors,
        refusal => refusal.into(),
    }
}
