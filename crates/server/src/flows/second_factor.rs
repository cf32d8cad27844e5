//! Codes for the second factor: looked at, and drawn.

use frontdesk_identity::{
    Account, BACKUP_CODES, BackupCodeSet, CodeMac, SecondFactor, SecondFactorProof, UserId, VerificationId,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{Fault, Turn};
use crate::{
    keys::{Keys, OpenError, Purpose, Sealed},
    random::new_id,
    totp::{Secret, new_backup_code, plain_backup_code},
};

/// Backup codes that were drawn.
pub(super) struct DrawnBackupCodes {
    /// What is kept of them.
    pub(super) set: BackupCodeSet,
    /// The codes, for the answer alone.
    pub(super) codes: Vec<String>,
}

impl Turn<'_> {
    /// What a code is for the second factor of an account, if it is any. One that has counted is none.
    pub(super) async fn second_factor_proof(
        &self,
        account: &Account,
        factor: SecondFactor,
        code: &SecretString,
    ) -> Result<Option<SecondFactorProof>, Fault> {
        match factor {
            SecondFactor::Totp => {
                let Some(totp) = account.second_factors.totp.as_ref().filter(|totp| totp.verified_at.is_some()) else {
                    return Ok(None);
                };
                let step = self.totp_step(account, code).await?;
                let step = step.filter(|step| totp.last_step.is_none_or(|last| *step > last));
                Ok(step.map(|step| SecondFactorProof::Totp { step }))
            }
            SecondFactor::BackupCode => {
                let left = self.instance.store().backup_codes(&account.user.id).await?;
                let plain = plain_backup_code(code);
                let keys = self.instance.keys();
                let same = |(set, mac): &(String, CodeMac)| {
                    keys.mac_matches(Purpose::BackupCode, set, plain.as_bytes(), mac.expose())
                };
                Ok(left.into_iter().find(same).map(|(_, mac)| SecondFactorProof::BackupCode { mac }))
            }
        }
    }

    /// Counts a try at the second factor before its code is looked at; once for a request, however often it is decided.
    pub(super) async fn count_second_factor(
        &self,
        count: &VerificationId,
        counted: &OnceCell<u32>,
    ) -> Result<u32, Fault> {
        let tried = async || self.instance.store().count_code_try(count).await?.ok_or(Fault::Contended);
        counted.get_or_try_init(tried).await.copied()
    }

    /// The step for which a code is the app's, proven or not.
    pub(super) async fn totp_step(&self, account: &Account, code: &SecretString) -> Result<Option<i64>, Fault> {
        let Some(stored) = self.instance.store().totp_secret(&account.user.id).await? else { return Ok(None) };
        let sealed = Sealed { key_id: stored.key_id, bytes: stored.bytes };
        let opened = self.instance.keys().open(&row(&account.user.id), &sealed);
        // Removed and set up again since it was read: that shows when it is gathered again.
        let secret = Secret::from_bytes(opened.map_err(Fault::Sealed)?);
        Ok(secret.step_of(code.expose_secret(), self.now.0))
    }

    /// Seals the secret of a user's app.
    pub(super) fn seal_totp(&self, user_id: &UserId, secret: &Secret) -> Sealed {
        self.instance.keys().seal(&row(user_id), secret.bytes())
    }

    /// Draws backup codes.
    pub(super) fn draw_backup_codes(&self) -> DrawnBackupCodes {
        let random = self.instance.random();
        let id = new_id(random, "bcs_");
        let codes: Vec<_> = (0..BACKUP_CODES).map(|_| new_backup_code(random)).collect();
        let mac = |code: &SecretString| {
            CodeMac::new(self.instance.keys().mac(Purpose::BackupCode, &id, code.expose_secret().as_bytes()))
        };
        let macs = codes.iter().map(mac).collect();
        let codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        DrawnBackupCodes { set: BackupCodeSet { id, macs }, codes }
    }
}

/// Seals the secret of an app anew, under another key.
pub fn reseal_totp(user_id: &str, sealed: &Sealed, old: &Keys, new: &Keys) -> Result<Sealed, OpenError> {
    let row = format!("totp {user_id}");
    Ok(new.seal(&row, &old.open(&row, sealed)?))
}

/// What the secret is bound to.
fn row(user_id: &UserId) -> String {
    format!("totp {user_id}")
}
