//! The second factor of a sign-in.

use std::sync::Arc;

use frontdesk_identity::{Addressee, SignInRefusal, Subject};
use frontdesk_wire::SignIn;
use tokio::sync::OnceCell;

use super::{Gathered, finish, gather, unchanged, wrong};
use crate::{
    flows::{Failure, Fault, Reply, SecondProof, Turn, gather::Holder, turn::Visit},
    limits::Class,
};

/// Takes a second factor.
pub async fn attempt_second(turn: &Turn<'_>, id: &str, proof: &SecondProof) -> Result<Reply<SignIn>, Failure> {
    let counted = &OnceCell::new();
    let work = |visit: Arc<Visit>| async move {
        let Gathered { attempt, holder } = gather(turn, visit.known.as_ref(), id).await?;
        turn.limit(Class::Attempt, attempt.value.identifier().map(|identifier| identifier as &dyn Addressee))?;
        let Some(Holder::Account(account)) = holder else { return Err(SignInRefusal::NoSecondFactors.into()) };
        let tries = attempt.value.may_attempt_second(&account.value, &turn.scene(&visit))?;
        // Counted before it is looked at, and once however often the step is decided.
        let count = async || turn.instance.store().count_code_try(&tries.id).await?.ok_or(Fault::Contended);
        let try_number = *counted.get_or_try_init(count).await?;
        let user_id = &account.value.user.id;
        let evidence = turn.check_second(user_id, proof).await?;
        let step = unchanged(&attempt.value, &turn.scene(&visit)).and(&turn.scene(&visit), |attempt, scene| {
            attempt.attempt_second(&account.value, &evidence, try_number, turn.new_session(), scene)
        });
        let step = match step {
            Ok(step) => step,
            Err(refusal) => return Err(wrong(turn, &Subject::User { id: user_id.clone() }, refusal).await),
        };
        let done = finish(turn, &visit, attempt.version, step, None, |_changes| ()).await?;
        let strategy = proof.strategy();
        tracing::info!(target: "audit", event = "second_factor", user = %user_id, strategy = strategy.as_str());
        Ok(done)
    };
    turn.change(work, |attempt| async move { turn.sign_in_view(&attempt).await }).await
}
