//! Sessions and the users behind them: tokens, which account is shown, profile, signing out.

use std::sync::Arc;

use frontdesk_handoff::Nonce;
use frontdesk_wire::{self as wire, form};
use futures_util::future::join_all;
use http::Method;
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, json};

use crate::{
    core::{Core, State, account_gone},
    entry::Entry,
    fault::{Fault, refused},
    flows::Connect,
    intents::{AccountRequest, ErrorKind, IntentError, SessionRequest},
    link::{Link, When},
    said::Reason,
    slot::Slot,
    snapshot::AccountKey,
    tokens::{TokenKind, Want},
    transport::{Answer, Request},
    view::{hide_pages, is_usable},
};

const SESSIONS: &str = "/v1/client/sessions";
const ME: &str = "/v1/me";
pub(crate) const ACTIVE_SESSIONS: &str = "/v1/me/sessions/active";
pub(crate) const MY_SESSIONS: &str = "/v1/me/sessions";
const EMAIL_ADDRESSES: &str = "/v1/me/email_addresses";
const CHANGE_PASSWORD: &str = "/v1/me/change_password";
const REMOVE_PASSWORD: &str = "/v1/me/remove_password";
pub(crate) const EXTERNAL_ACCOUNTS: &str = "/v1/me/external_accounts";
const PROFILE_IMAGE: &str = "/v1/me/profile_image";

impl Core {
    pub(crate) async fn session(self: &Arc<Self>, request: SessionRequest) -> Result<Value, IntentError> {
        match request {
            SessionRequest::Token { account, template, organization_id, skip_cache, leeway_in_seconds } => {
                let kind = TokenKind::of(template, organization_id)?;
                let want = Want { fresh: skip_cache, leeway: i64::from(leeway_in_seconds.unwrap_or_default()) * 1000 };
                let token = self.session_token(&account, kind, want).await?;
                // Whoever shuts the lock while an instance is asked means this too.
                self.must_be_open()?;
                Ok(json!({ "jwt": String::from_utf8_lossy(token.expose()) }))
            }
            SessionRequest::Touch { account } => {
                let link = self.account(&account)?;
                let touched = self.touch(&link, &account.session, "focus").await;
                touched.map_err(|fault| self.words_to(&link, &account.session, &fault))?;
                Ok(Value::Null)
            }
            SessionRequest::StartVerification { account, level } => {
                self.verify(&account, "verify", &form::SessionVerify { level: Some(level) }).await
            }
            SessionRequest::PrepareFirstFactorVerification { account, strategy, email_address_id, phone_number_id } => {
                let form = form::SignInPrepare { strategy: Some(strategy), email_address_id, phone_number_id };
                self.verify(&account, "verify/prepare_first_factor", &form).await
            }
            SessionRequest::AttemptFirstFactorVerification { account, strategy, password, code } => {
                let form = form::SignInAttempt { strategy: Some(strategy), password, code };
                self.verify(&account, "verify/attempt_first_factor", &form).await
            }
            SessionRequest::VerifyWithPasskey { account, authenticator } => {
                Box::pin(self.verify_with_passkey(&account, authenticator)).await
            }
            SessionRequest::PrepareSecondFactorVerification { account, strategy, phone_number_id } => {
                let form = form::SignInPrepare { strategy: Some(strategy), email_address_id: None, phone_number_id };
                self.verify(&account, "verify/prepare_second_factor", &form).await
            }
            SessionRequest::AttemptSecondFactorVerification { account, strategy, code } => {
                let form = form::SecondFactorAttempt { strategy: Some(strategy), code: Some(code) };
                self.verify(&account, "verify/attempt_second_factor", &form).await
            }
            SessionRequest::End { account } => {
                let link = self.account(&account)?;
                self.leave(&link, &account.session, "end").await.map_err(|fault| self.words(&link, &fault))?;
                Ok(Value::Null)
            }
            SessionRequest::Remove { account } => self.sign_out(&account.instance, Some(&account.session)).await,
        }
    }

    pub(crate) async fn account_room(self: &Arc<Self>, request: AccountRequest) -> Result<Value, IntentError> {
        match request {
            AccountRequest::SetActive { account } => self.set_active(account).await,
            AccountRequest::SignOut { instance, session } => self.sign_out(&instance, session.as_deref()).await,
            AccountRequest::SignOutEverywhere { account } => self.sign_out_everywhere(&account).await,
            AccountRequest::SignOutAll => self.sign_out_all().await,
            AccountRequest::Reload { account } => {
                let link = self.account(&account)?;
                let user = Box::pin(self.reload_user(&link, &account.session, None)).await;
                answer(&user.map_err(|fault| self.words(&link, &fault))?)
            }
            AccountRequest::Update {
                account,
                first_name,
                last_name,
                username,
                primary_email_address_id,
                primary_phone_number_id,
            } => {
                let form = form::MeUpdate {
                    first_name,
                    last_name,
                    username,
                    primary_email_address_id,
                    primary_phone_number_id,
                };
                self.change_user::<wire::User>(&account, Request::send(Method::PATCH, ME).form(&form)).await
            }
            AccountRequest::CreateEmailAddress { account, email_address } => {
                let form = form::EmailAddressCreate { email_address: Some(email_address) };
                let request = Request::send(Method::POST, EMAIL_ADDRESSES).form(&form);
                self.change_user::<wire::EmailAddress>(&account, request).await
            }
            AccountRequest::PrepareEmailAddress { account, email_address_id, strategy } => {
                let path = part_of(EMAIL_ADDRESSES, &email_address_id)? + "/prepare_verification";
                let form = form::EmailAddressPrepare { strategy: Some(strategy) };
                let request = Request::send(Method::POST, path).form(&form);
                self.change_user::<wire::EmailAddress>(&account, request).await
            }
            AccountRequest::AttemptEmailAddress { account, email_address_id, code } => {
                let path = part_of(EMAIL_ADDRESSES, &email_address_id)? + "/attempt_verification";
                let request = Request::send(Method::POST, path).form(&form::EmailAddressAttempt { code: Some(code) });
                self.change_user::<wire::EmailAddress>(&account, request).await
            }
            AccountRequest::DestroyEmailAddress { account, email_address_id } => {
                let request = Request::send(Method::DELETE, part_of(EMAIL_ADDRESSES, &email_address_id)?);
                self.change_user::<Value>(&account, request).await.map(|_deleted| Value::Null)
            }
            request @ (AccountRequest::CreatePhoneNumber { .. }
            | AccountRequest::PreparePhoneNumber { .. }
            | AccountRequest::AttemptPhoneNumber { .. }
            | AccountRequest::UpdatePhoneNumber { .. }
            | AccountRequest::DestroyPhoneNumber { .. }
            | AccountRequest::CreateTotp { .. }
            | AccountRequest::VerifyTotp { .. }
            | AccountRequest::DisableTotp { .. }
            | AccountRequest::CreateBackupCode { .. }) => Box::pin(self.factor_room(request)).await,
            AccountRequest::UpdatePassword { account, current_password, new_password, sign_out_of_other_sessions } => {
                let form = form::ChangePassword {
                    current_password,
                    new_password: Some(new_password),
                    sign_out_of_other_sessions: Some(sign_out_of_other_sessions.to_string()),
                };
                self.change_user::<wire::User>(&account, Request::send(Method::POST, CHANGE_PASSWORD).form(&form)).await
            }
            AccountRequest::RemovePassword { account, current_password } => {
                self.remove_password(&account, current_password).await
            }
            AccountRequest::RevokeSession { account, session } => {
                let request = Request::send(Method::POST, part_of(MY_SESSIONS, &session)? + "/revoke");
                self.change_user::<Value>(&account, request).await.map(|_revoked| Value::Null)
            }
            AccountRequest::SetProfileImage { account, file } => {
                self.change_user::<wire::Image>(&account, Request::send(Method::POST, PROFILE_IMAGE).file(file)).await
            }
            AccountRequest::RemoveProfileImage { account } => {
                let request = Request::send(Method::DELETE, PROFILE_IMAGE);
                self.change_user::<Value>(&account, request).await.map(|_deleted| Value::Null)
            }
            AccountRequest::CreateExternalAccount { account, strategy, additional_scopes: scopes } => {
                Box::pin(self.connect_elsewhere(&account, Connect::New { strategy, scopes })).await
            }
            AccountRequest::ReauthorizeExternalAccount { account, external_account_id, additional_scopes: scopes } => {
                let again = Connect::Again { external_account: external_account_id, scopes };
                Box::pin(self.connect_elsewhere(&account, again)).await
            }
            AccountRequest::DestroyExternalAccount { account, external_account_id } => {
                let request = Request::send(Method::DELETE, part_of(EXTERNAL_ACCOUNTS, &external_account_id)?);
                self.change_user::<Value>(&account, request).await.map(|_deleted| Value::Null)
            }
            request @ (AccountRequest::CreatePasskey { .. }
            | AccountRequest::UpdatePasskey { .. }
            | AccountRequest::DeletePasskey { .. }) => Box::pin(self.passkey_room(request)).await,
            AccountRequest::Delete { account } => self.delete_user(&account).await,
            AccountRequest::ActiveSessions { account } => self.active_sessions(&account).await,
        }
    }

    /// Removes the password of a user, and with it what is kept of it on this device.
    async fn remove_password(&self, account: &AccountKey, current_password: String) -> Result<Value, IntentError> {
        let form = form::RemovePassword { current_password: Some(current_password) };
        let request = Request::send(Method::POST, REMOVE_PASSWORD).form(&form);
        let removed = self.change_user::<wire::User>(account, request).await?;
        self.forget_password_of(account, &self.identifiers_of(account)).await;
        Ok(removed)
    }

    async fn active_sessions(&self, account: &AccountKey) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let request = Request::get(ACTIVE_SESSIONS).session(&account.session);
        let sessions = self.list::<wire::ActiveSession>(&link, &request).await;
        answer(&sessions.map_err(|fault| self.words(&link, &fault))?)
    }

    /// Changes something of the user behind an account. Where the answer comes without the client, that is asked for:
    /// what is shown never lags behind an intent.
    pub(crate) async fn change_user<T: Serialize + DeserializeOwned>(
        &self,
        account: &AccountKey,
        request: Request,
    ) -> Result<Value, IntentError> {
        answer(&self.change_user_as::<T>(account, request).await?)
    }

    /// The same, for what is not to be answered with.
    pub(crate) async fn change_user_as<T: DeserializeOwned>(
        &self,
        account: &AccountKey,
        request: Request,
    ) -> Result<T, IntentError> {
        let link = self.account(account)?;
        let changed = async {
            let parse = Answer::parse::<wire::Envelope<T>>;
            let (ticket, parsed) = self.call(&link, &request.session(&account.session), parse).await?;
            let (changed, client) = parsed?.into_parts();
            match client {
                Some(client) => Box::pin(self.take_client(&link, ticket, client)).await,
                None => self.read_client(&link).await?,
            }
            Ok(changed)
        };
        Box::pin(changed).await.map_err(|fault| self.words(&link, &fault))
    }

    /// Deletes the user for good. Nobody needs to be told that the session ended, and the last account of a client
    /// takes its token with it.
    async fn delete_user(&self, account: &AccountKey) -> Result<Value, IntentError> {
        let link = self.account(account)?;
        let identifiers = self.identifiers_of(account);
        self.change_entry(&link, |entry| entry.leaving.push(account.session.clone()));
        let deleted = Box::pin(self.ask_to_delete(&link, &account.session)).await;
        if let Err(fault) = deleted {
            self.stays(&link, &account.session);
            return Err(self.words(&link, &fault));
        }
        self.forget_password_of(account, &identifiers).await;
        if self.signed_in(&link).is_empty()
            && let Err(fault) = self.leave_all(&link, Vec::new()).await
        {
            tracing::warn!(code = fault.word(), "the client of a deleted user is left at its instance");
        }
        Ok(Value::Null)
    }

    /// Has the instance delete the user of a session, of which it has to say that it did. Where that word is lost, it
    /// counts that the session is not listed any more; one that is listed as ended is no sign of it.
    async fn ask_to_delete(&self, link: &Link, session: &str) -> Result<(), Fault> {
        let parse = |answer: Answer| {
            let parsed = answer.parse::<wire::Envelope<IgnoredAny>>();
            // Who is refused has not left: what is found out of the session from now on is news to them.
            parsed.inspect_err(|fault| {
                if !fault.may_have_happened() {
                    self.stays(link, session);
                }
            })
        };
        let request = Request::send(Method::DELETE, ME).session(session);
        let fault = match self.call(link, &request, parse).await {
            Ok((ticket, Ok(deleted))) => {
                if let Some(client) = deleted.into_parts().1 {
                    Box::pin(self.take_client(link, ticket, client)).await;
                } else if let Err(fault) = self.read_client(link).await {
                    tracing::info!(code = fault.word(), "who is left beside a deleted user is not known yet");
                    link.line.poke.notify_one();
                }
                return Ok(());
            }
            Ok((_, Err(fault))) | Err(fault) => fault,
        };
        let is_listed = || self.look(|state| state.slot(link).is_some_and(|slot| slot.session(session).is_some()));
        if fault.may_have_happened() && self.read_client(link).await.is_ok() && !is_listed() {
            return Ok(());
        }
        Err(fault)
    }

    /// A session is not being ended from here any more.
    fn stays(&self, link: &Link, session: &str) {
        self.change_entry(link, |entry| entry.leaving.retain(|leaving| leaving != session));
    }

    /// The words for whoever asked something of an instance.
    pub(crate) fn words(&self, link: &Link, fault: &Fault) -> IntentError {
        fault.intent(&self.name(&link.id))
    }

    /// The same for whoever asked it for an account. Of one that is no more, there is nothing else to say.
    pub(crate) fn words_to(&self, link: &Link, session: &str, fault: &Fault) -> IntentError {
        if fault.is_missing() && !self.is_signed_in(link, session) {
            return account_gone();
        }
        self.words(link, fault)
    }

    /// Shows another account at once; its instance is told, but need not answer: what is known is shown without it. Of
    /// one that is over there is to see why.
    async fn set_active(&self, account: Option<AccountKey>) -> Result<Value, IntentError> {
        let over = account.as_ref().filter(|account| self.is_over(account));
        let link = account.as_ref().filter(|_| over.is_none()).map(|account| self.account(account)).transpose()?;
        self.change(|state| state.active.clone_from(&account));
        self.save().await;
        if let (Some(account), Some(link)) = (account, link)
            && let Err(fault) = self.touch(&link, &account.session, "select_session").await
        {
            if !self.is_signed_in(&link, &account.session) {
                return Err(self.words_to(&link, &account.session, &fault));
            }
            tracing::info!(code = fault.word(), "an instance was not told which account is shown");
        }
        Ok(Value::Null)
    }

    /// Whether an account is on the list and not signed in.
    fn is_over(&self, account: &AccountKey) -> bool {
        self.look(|state| {
            let slot = state.entry(&account.instance).and_then(|entry| entry.slot_of(&account.session));
            slot.and_then(|slot| slot.session(&account.session)).is_some_and(|session| !session.is_signed_in())
        })
    }

    /// Says that a session is in use. Saying it twice is the same as once.
    async fn touch(&self, link: &Link, session: &str, intent: &str) -> Result<(), Fault> {
        let form = form::SessionTouch { active_organization_id: None, intent: Some(intent.to_owned()) };
        let request = Request::send(Method::POST, session_path(session, "touch")).form(&form).repeatable();
        self.enveloped::<IgnoredAny>(link, &request).await.map(drop)
    }

    /// Reads the user of a session; with the nonce that came back from the browser, if one did.
    pub(crate) async fn reload_user(
        &self,
        link: &Link,
        session: &str,
        nonce: Option<Nonce>,
    ) -> Result<wire::User, Fault> {
        let request = Request::get(ME).session(session).nonce(nonce);
        let (ticket, parsed) = self.call(link, &request, Answer::parse::<wire::Envelope<wire::User>>).await?;
        let (user, client) = parsed?.into_parts();
        match client {
            Some(client) => Box::pin(self.take_client(link, ticket, client)).await,
            // What is shown comes from clients alone, since only those are told apart by age.
            None => self.read_client(link).await?,
        }
        Ok(user)
    }

    /// Signs one account out, or all of an instance. The last one of a client takes its token with it.
    pub(crate) async fn sign_out(&self, instance: &str, session: Option<&str>) -> Result<Value, IntentError> {
        self.line(instance)?;
        let Some(session) = session else {
            let links = self.links(instance);
            let left = links.iter().map(|link| async {
                let left = self.leave_all(link, self.signed_in(link)).await;
                left.map_err(|fault| self.words(link, &fault))
            });
            return join_all(left).await.into_iter().fold(Ok(()), Result::and).map(|()| Value::Null);
        };
        let link = self.look(|state| Some(state.entry(instance)?.slot_of(session)?.link.clone()));
        let Some(link) = link else { return Ok(Value::Null) };
        if self.dismiss(&link, session).await {
            return Ok(Value::Null);
        }
        let signed_in = self.signed_in(&link);
        // Whoever is signing in may be signed in at the instance by now.
        let joined = link.is_busy() && signed_in.iter().any(|own| own == session);
        let left = if joined || signed_in.iter().any(|other| other != session) {
            self.leave(&link, session, "remove").await
        } else {
            self.leave_all(&link, signed_in).await
        };
        left.map_err(|fault| self.words(&link, &fault)).map(|()| Value::Null)
    }

    /// Takes an account off the list of which its instance knows nothing, so that there is nothing to ask it for.
    async fn dismiss(&self, link: &Link, session: &str) -> bool {
        let dismissed = self.change(|state| {
            let State { entries, active, .. } = state;
            let entry = entries.iter_mut().find(|entry| entry.view.id == link.id);
            entry.is_some_and(|entry| entry.dismiss(session, active))
        });
        if dismissed {
            self.remember(link).await;
            self.save().await;
        }
        dismissed
    }

    /// The sessions of a slot that are signed in.
    pub(crate) fn signed_in(&self, link: &Link) -> Vec<String> {
        self.look(|state| {
            let sessions = state.slot(link).map(Slot::sessions).unwrap_or_default();
            let signed_in = sessions.iter().filter(|session| session.is_signed_in());
            signed_in.map(|session| session.id.clone()).collect()
        })
    }

    /// Ends one session.
    async fn leave(&self, link: &Link, session: &str, step: &str) -> Result<(), Fault> {
        self.change_entry(link, |entry| entry.leaving.push(session.to_owned()));
        let request = Request::send(Method::POST, session_path(session, step));
        let mut left = self.enveloped::<IgnoredAny>(link, &request).await.map(drop);
        let still_here = || self.is_signed_in(link, session);
        if left.is_ok() && still_here() {
            left = self.read_client(link).await;
        }
        // It was over already, if the instance says so; one that was not reached has it on its list still.
        if left.as_ref().is_err_and(|fault| !self.is_listed(link, session) || (fault.is_final() && !still_here())) {
            left = Ok(());
        }
        self.stays(link, session);
        left
    }

    /// Ends every session, and forgets the client: nothing is left to keep a token for.
    pub(crate) async fn leave_all(&self, link: &Link, sessions: Vec<String>) -> Result<(), Fault> {
        if link.token(self).await.map_err(Fault::Vault)?.is_none() {
            self.forget(link, None, When::UnlessHeld).await;
            return Ok(());
        }
        self.change_entry(link, |entry| entry.leaving.extend(sessions.iter().cloned()));
        let request = Request::send(Method::DELETE, SESSIONS);
        let left = self.call(link, &request, Answer::parse::<wire::Envelope<IgnoredAny>>).await;
        let still_here = || sessions.iter().any(|session| self.is_signed_in(link, session));
        let left = match left {
            Ok((ticket, Ok(_))) => {
                if self.forget(link, None, When::UnlessNewer(ticket)).await {
                    Ok(())
                } else {
                    self.read_client(link).await
                }
            }
            // An instance that knows nobody here has nobody to sign out.
            Ok((_, Err(fault))) if fault.is_unauthenticated() && !still_here() => Ok(()),
            // What it does know has been asked for, and that answer was lost.
            Ok((_, Err(fault))) if fault.is_unauthenticated() => {
                self.read_client(link).await.and_then(|()| if still_here() { Err(fault) } else { Ok(()) })
            }
            Ok((_, Err(fault))) | Err(fault) => Err(fault),
        };
        self.change_entry(link, |entry| entry.leaving.retain(|leaving| !sessions.contains(leaving)));
        left
    }

    /// Whether a session is one of those that are signed in, as far as is known here.
    pub(crate) fn is_signed_in(&self, link: &Link, session: &str) -> bool {
        self.look(|state| {
            let client = state.slot(link).and_then(|slot| slot.client.as_ref());
            client.is_some_and(|client| client.signed_in(session).is_some())
        })
    }

    fn is_listed(&self, link: &Link, session: &str) -> bool {
        self.look(|state| state.slot(link).is_some_and(|slot| slot.session(session).is_some()))
    }

    fn change_entry(&self, link: &Link, change: impl FnOnce(&mut Entry)) {
        self.change(|state| state.entry_mut(&link.id).map(change));
    }
}

/// The path of something done with one session.
pub(crate) fn session_path(session: &str, step: &str) -> String {
    format!("{SESSIONS}/{session}/{step}")
}

/// The path of something that belongs to the user; an id that would lead elsewhere is refused.
pub(crate) fn part_of(list: &str, id: &str) -> Result<String, IntentError> {
    if is_usable(id) {
        return Ok(format!("{list}/{id}"));
    }
    Err(refused(Reason::RequestUnknown, "This is not an id of the instance, so nothing was done. Look again."))
}

/// What an intent answers with: nothing that the browser alone needs is in it.
pub(crate) fn answer(value: &impl Serialize) -> Result<Value, IntentError> {
    let mut value = serde_json::to_value(value).map_err(|_| IntentError {
        kind: ErrorKind::Protocol,
        ..refused(Reason::AnswerUnusable, "The instance's answer cannot be shown. Tell whoever runs it.")
    })?;
    hide_pages(&mut value);
    Ok(value)
}
