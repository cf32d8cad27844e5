//! Proofs of a second factor, wherever one is asked for.

use frontdesk_identity::{SecondChecked, Strategy, UserId};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Fault, Turn};
use crate::{
    instance::Instance,
    keys::Sealed,
    second_factor::{TotpSecret, backup_code_mac},
};

/// A second factor that is offered.
#[derive(Debug)]
pub enum SecondProof {
    /// A code of the authenticator app.
    Totp(SecretString),
    /// A backup code.
    BackupCode(SecretString),
    /// The code that was sent to a number.
    PhoneCode(SecretString),
}

impl SecondProof {
    /// How it proves it.
    pub(super) fn strategy(&self) -> Strategy {
        match self {
            Self::Totp(_) => Strategy::Totp,
            Self::BackupCode(_) => Strategy::BackupCode,
            Self::PhoneCode(_) => Strategy::PhoneCode,
        }
    }
}

/// The secret of a user's authenticator app, set up or begun.
pub(super) struct OpenedTotp {
    pub(super) id: frontdesk_identity::TotpId,
    pub(super) secret: TotpSecret,
    pub(super) last_step: Option<i64>,
}

impl Turn<'_> {
    /// Looks at a second factor that the user has at hand. Nothing is used up by this. What was sent is compared with
    /// [`Turn::check_code`].
    pub(super) async fn check_second(&self, user_id: &UserId, proof: &SecondProof) -> Result<SecondChecked, Fault> {
        match proof {
            SecondProof::Totp(code) => self.check_totp(user_id, code).await,
            SecondProof::BackupCode(code) => {
                let mac = backup_code_mac(user_id, code, self.instance.keys());
                let there = self.instance.store().has_backup_code(user_id, &mac).await?;
                Ok(if there { SecondChecked::BackupCode(mac) } else { SecondChecked::Wrong })
            }
            SecondProof::PhoneCode(_) => Ok(SecondChecked::Wrong),
        }
    }

    /// Looks at a code of an authenticator app, set up or begun, by the instance's own clock.
    pub(super) async fn check_totp(&self, user_id: &UserId, code: &SecretString) -> Result<SecondChecked, Fault> {
        let Some(totp) = opened_totp(self.instance, user_id).await? else { return Ok(SecondChecked::Wrong) };
        let typed: String = code.expose_secret().chars().filter(|c| !c.is_whitespace()).collect();
        Ok(match totp.secret.step_of(&typed, totp.last_step, self.now) {
            Some(step) => SecondChecked::Totp { id: totp.id, step },
            None => SecondChecked::Wrong,
        })
    }
}

pub(super) async fn opened_totp(instance: &Instance, user_id: &UserId) -> Result<Option<OpenedTotp>, Fault> {
    let Some(stored) = instance.store().totp(user_id).await? else { return Ok(None) };
    let sealed = Sealed { key_id: stored.secret.key_id, bytes: stored.secret.bytes };
    let secret = TotpSecret::open(&stored.id, &sealed, instance.keys()).map_err(Fault::Sealed)?;
    Ok(Some(OpenedTotp { id: stored.id, secret, last_step: stored.last_step }))
}
