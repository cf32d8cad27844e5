//! Phone numbers and second factors of a user, and the fresh proof that a session may be asked for.

use frontdesk_wire::{self as wire, form};
use http::Method;
use serde::Serialize;
use serde_json::Value;

use crate::{
    core::Core,
    fault::refused,
    intents::{AccountRequest, IntentError},
    said::Reason,
    sessions::{answer, part_of, session_path},
    snapshot::AccountKey,
    transport::Request,
};

const PHONE_NUMBERS: &str = "/v1/me/phone_numbers";
const TOTP: &str = "/v1/me/totp";
const BACKUP_CODES: &str = "/v1/me/backup_codes";

impl Core {
    /// Something done with the phone numbers or second factors of a user.
    pub(crate) async fn factor_room(&self, request: AccountRequest) -> Result<Value, IntentError> {
        match request {
            AccountRequest::CreatePhoneNumber { account, phone_number } => {
                let form = form::PhoneNumberCreate { phone_number: Some(phone_number) };
                let request = Request::send(Method::POST, PHONE_NUMBERS).form(&form);
                self.change_user::<wire::PhoneNumber>(&account, request).await
            }
            AccountRequest::PreparePhoneNumber { account, phone_number_id, strategy } => {
                let path = part_of(PHONE_NUMBERS, &phone_number_id)? + "/prepare_verification";
                let form = form::PhoneNumberPrepare { strategy: Some(strategy) };
                self.change_user::<wire::PhoneNumber>(&account, Request::send(Method::POST, path).form(&form)).await
            }
            AccountRequest::AttemptPhoneNumber { account, phone_number_id, code } => {
                let path = part_of(PHONE_NUMBERS, &phone_number_id)? + "/attempt_verification";
                let form = form::PhoneNumberAttempt { code: Some(code) };
                self.change_user::<wire::PhoneNumber>(&account, Request::send(Method::POST, path).form(&form)).await
            }
            AccountRequest::UpdatePhoneNumber {
                account,
                phone_number_id,
                reserved_for_second_factor,
                default_second_factor,
            } => {
                let form = form::PhoneNumberUpdate {
                    reserved_for_second_factor: reserved_for_second_factor.map(|it| it.to_string()),
                    default_second_factor: default_second_factor.map(|it| it.to_string()),
                };
                let path = part_of(PHONE_NUMBERS, &phone_number_id)?;
                self.change_user::<wire::PhoneNumber>(&account, Request::send(Method::PATCH, path).form(&form)).await
            }
            AccountRequest::DestroyPhoneNumber { account, phone_number_id } => {
                let request = Request::send(Method::DELETE, part_of(PHONE_NUMBERS, &phone_number_id)?);
                self.change_user::<Value>(&account, request).await.map(|_deleted| Value::Null)
            }
            AccountRequest::CreateTotp { account } => {
                self.change_user::<wire::Totp>(&account, Request::send(Method::POST, TOTP)).await
            }
            AccountRequest::VerifyTotp { account, code } => {
                let path = format!("{TOTP}/attempt_verification");
                let form = form::TotpAttempt { code: Some(code) };
                self.change_user::<wire::Totp>(&account, Request::send(Method::POST, path).form(&form)).await
            }
            AccountRequest::DisableTotp { account } => {
                let deleted = self.change_user::<Value>(&account, Request::send(Method::DELETE, TOTP)).await;
                deleted.map(|_deleted| Value::Null)
            }
            AccountRequest::CreateBackupCode { account } => {
                self.change_user::<wire::BackupCodes>(&account, Request::send(Method::POST, BACKUP_CODES)).await
            }
            _ => Err(refused(Reason::RequestUnknown, "This has nothing to do with phone numbers or second factors.")),
        }
    }

    /// A step of proving anew who somebody is. Where it is the last one, the session's tokens say so from then on.
    pub(crate) async fn verify(
        &self,
        account: &AccountKey,
        step: &str,
        form: &impl Serialize,
    ) -> Result<Value, IntentError> {
        answer(&self.verify_as(account, step, form).await?)
    }

    /// The same, for what is not to be answered with.
    pub(crate) async fn verify_as(
        &self,
        account: &AccountKey,
        step: &str,
        form: &impl Serialize,
    ) -> Result<wire::SessionReverification, IntentError> {
        let link = self.account(account)?;
        let request = Request::send(Method::POST, session_path(&account.session, step)).form(form);
        let proof = Box::pin(self.enveloped::<wire::SessionReverification>(&link, &request)).await;
        let mut proof = proof.map_err(|fault| self.words(&link, &fault))?;
        // The window reads sessions from the snapshot, and gets a token when it asks for one.
        proof.session = wire::Session::default();
        if proof.status == "complete" {
            // Tokens at hand say how old the proof was before.
            let another = |session: &str| session != account.session;
            self.tokens.retain(&account.instance, another);
            self.shelf.retain(&account.instance, another);
        }
        Ok(proof)
    }
}
