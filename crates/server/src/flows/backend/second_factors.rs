//! Second factors of users: checked and removed by the owner.

use frontdesk_identity::{Account, Effect, SecondChecked, Strategy};
use frontdesk_store::{Changes, Versioned};
use frontdesk_wire::backend::{Removed, VerifiedCode};
use secrecy::{ExposeSecret as _, SecretString};

use super::users::find;
use crate::flows::{Fault, SecondProof, Turn};

/// What is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every second factor.
    All,
    /// The authenticator app.
    App,
    /// The backup codes.
    BackupCodes,
}

/// Removes second factors of a user who has lost them. One who has none has none afterwards.
pub async fn remove(turn: &Turn<'_>, id: &str, which: Which) -> Result<Removed, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let value = &account.value;
        let effects = match which {
            Which::All => value.remove_second_factors(turn.policy()),
            Which::App if value.second_factors.totp.is_none() => Vec::new(),
            Which::App => value.remove_totp(turn.policy())?,
            Which::BackupCodes => value.remove_backup_codes(),
        };
        if effects.is_empty() {
            return Ok(value.user.id.clone());
        }
        commit(turn, &account, effects).await?;
        turn.instance.wake_delivery();
        Ok(value.user.id.clone())
    };
    let user_id = turn.again(work).await?;
    tracing::info!(target: "audit", event = "second_factors_removed_by_owner", user = %user_id, ?which);
    Ok(Removed { user_id: user_id.to_string() })
}

/// Whether it is a code of the user's authenticator app or a backup code, which it uses up.
pub async fn verify(turn: &Turn<'_>, id: &str, code: &SecretString) -> Result<VerifiedCode, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let user_id = &account.value.user.id;
        if !account.value.has_second_factor() {
            return Err(Fault::NoTotp);
        }
        let proofs = [SecondProof::Totp, SecondProof::BackupCode];
        for proof in proofs.map(|kind| kind(SecretString::from(code.expose_secret()))) {
            let used = match turn.check_second(user_id, &proof).await? {
                SecondChecked::Totp { id, step } => (Strategy::Totp, Effect::UseTotp { id, step }),
                SecondChecked::BackupCode(mac) => {
                    (Strategy::BackupCode, Effect::UseBackupCode { user_id: user_id.clone(), mac })
                }
                SecondChecked::PhoneCode(_) | SecondChecked::Wrong => continue,
            };
            commit(turn, &account, vec![used.1]).await?;
            return Ok(used.0);
        }
        Err(Fault::WrongSecondFactor)
    };
    let strategy = turn.again(work).await?;
    Ok(VerifiedCode { verified: true, code_type: strategy.as_str().to_owned() })
}

async fn commit(turn: &Turn<'_>, account: &Versioned<Account>, mut effects: Vec<Effect>) -> Result<(), Fault> {
    let mut changes = Changes::new(turn.now);
    let mut user = account.value.user.clone();
    user.updated_at = user.updated_at.grown(turn.now);
    // Written as a whole, so that noting the change is not needed.
    effects.retain(|effect| !matches!(effect, Effect::NoteChange(_)));
    changes.save_user(account.with(user));
    turn.add_effects(&mut changes, effects, &[], None);
    turn.commit(changes).await
}
