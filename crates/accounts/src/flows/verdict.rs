//! What an attempt or a user says of a flow.

use frontdesk_wire as wire;

use crate::{fault::bounded, said::Reason, snapshot::Problem};

/// The account elsewhere is known to nobody: whoever was signing in signs up.
const UNKNOWN: &str = "external_account_not_found";
/// The account elsewhere is somebody's: whoever was signing up signs in.
const KNOWN: &str = "external_account_exists";
/// The instance waits no longer, and says no more.
const EXPIRED: &str = "flow_expired";
/// Who came back is signed in already.
const SIGNED_IN: &str = "identifier_already_signed_in";

/// How far a flow has come, by the words of its instance.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Nothing has happened yet.
    Waits,
    /// Somebody is signed in.
    SignedIn {
        /// As this session.
        session: String,
    },
    /// The person is known, and the attempt is of the wrong kind.
    Transfers,
    /// The attempt needs something more.
    GoesOn,
    /// The account elsewhere is connected.
    Connected,
    /// Nothing came of it.
    Failed(Box<wire::ApiError>),
}

/// Of a sign-in that went out by a strategy.
pub(super) fn of_sign_in(attempt: &wire::SignIn, strategy: &str) -> Verdict {
    let proof = attempt.first_factor_verification.as_ref();
    match attempt.status.as_str() {
        "complete" => return complete(attempt.created_session_id.as_deref()),
        "needs_second_factor" | "needs_new_password" | "needs_client_trust" => return Verdict::GoesOn,
        _ => {}
    }
    if let Some(verdict) = proof.and_then(|proof| of_proof(proof, UNKNOWN)) {
        return verdict;
    }
    let factors = attempt.supported_first_factors.iter().flatten();
    let asks = attempt.status == "needs_first_factor" && factors.into_iter().any(|it| it.strategy != strategy);
    let elsewhere = proof.is_none_or(|proof| proof.strategy != strategy || proof.status == "verified");
    if asks && elsewhere { Verdict::GoesOn } else { Verdict::Waits }
}

/// Of a sign-up.
pub(super) fn of_sign_up(attempt: &wire::SignUp) -> Verdict {
    if attempt.status == "complete" {
        return complete(attempt.created_session_id.as_deref());
    }
    let proof = attempt.verifications.external_account.as_ref();
    match proof.and_then(|proof| of_proof(proof, KNOWN)) {
        Some(verdict) => verdict,
        None if proof.is_some_and(|proof| proof.status == "verified") => Verdict::GoesOn,
        None => Verdict::Waits,
    }
}

/// Of what a transfer made: it has happened, so it never waits.
pub(super) fn of_transfer(verdict: Verdict) -> Verdict {
    match verdict {
        // There and back again leads nowhere.
        Verdict::Waits | Verdict::Transfers => Verdict::GoesOn,
        verdict => verdict,
    }
}

/// Of a user who is connecting an account elsewhere.
pub(super) fn of_user(user: &wire::User, external_account: &str) -> Verdict {
    let external = user.external_accounts.iter().find(|external| external.id == external_account);
    match external.and_then(|external| external.verification.as_ref()) {
        Some(proof) if proof.status == "verified" => Verdict::Connected,
        Some(proof) => of_proof(proof, "").unwrap_or(Verdict::Waits),
        None => Verdict::Waits,
    }
}

fn complete(session: Option<&str>) -> Verdict {
    let session = session.unwrap_or_default().to_owned();
    if session.is_empty() { Verdict::GoesOn } else { Verdict::SignedIn { session } }
}

/// What a proof says that is not simply unverified or verified.
fn of_proof(proof: &wire::Verification, transfers: &str) -> Option<Verdict> {
    let code = proof.error.as_ref().map(|error| error.code.as_str());
    if proof.status == "transferable" || code.is_some_and(|code| code == transfers) {
        return Some(Verdict::Transfers);
    }
    match (&proof.error, proof.status.as_str()) {
        (Some(error), _) if error.code == SIGNED_IN => {
            let session = error.meta.as_ref().and_then(|meta| meta.session_id.clone());
            Some(session.map_or_else(|| failed(error), |session| Verdict::SignedIn { session }))
        }
        (Some(error), status) if status != "verified" => Some(failed(error)),
        (_, "failed") => Some(failed(&plain("oauth_callback_invalid", "The instance says that it failed."))),
        (_, "expired") => Some(failed(&plain(EXPIRED, "The instance does not wait for it any more. Begin again."))),
        _ => None,
    }
}

fn failed(error: &wire::ApiError) -> Verdict {
    Verdict::Failed(Box::new(error.clone()))
}

fn plain(code: &str, words: &str) -> wire::ApiError {
    wire::ApiError { code: code.to_owned(), long_message: words.to_owned(), ..wire::ApiError::default() }
}

/// The words of an instance for an error of its own.
pub(super) fn words(error: &wire::ApiError) -> String {
    let said = [&error.long_message, &error.message, &error.code].into_iter().find(|text| !text.is_empty());
    bounded(said.map_or("", |text| text))
}

/// The same as something to be shown.
pub(super) fn problem(error: &wire::ApiError) -> Problem {
    if error.code == EXPIRED {
        return Problem::new(Reason::FlowExpired, words(error));
    }
    Problem { code: error.code.clone(), message: words(error), trace_id: None, said: None }
}

/// The provider of an account elsewhere as strategies name it; older instances leave the beginning out.
pub(super) fn strategy(external: &wire::ExternalAccount) -> String {
    let provider = &external.provider;
    if provider.starts_with("oauth_") { provider.clone() } else { format!("oauth_{provider}") }
}

#[cfg(test)]
mod tests;
