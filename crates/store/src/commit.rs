//! The commit: all changes in one short transaction.

use frontdesk_identity::{
    Client, CodeProof, Counter, EmailAddress, IdentificationId, NewAccount, PasswordDigest, PhoneNumber, SentCode,
    Session, SessionEnd, SessionId, SignIn, SignInId, SignUp, SignUpId, SignUpState, Strategy, Timestamp, User, UserId,
    Username,
};

use crate::{
    Changes, Instance, NewDelivery, SigningKey, Store, StoreError, Versioned,
    account::{EMAIL, PHONE, USERNAME},
    changes::Change,
    db::{Tx, run},
    error::{Code, code},
    external, invitation, passkey, picture, redirect, restriction, reverification,
    row::{json, millis},
    second_factor, secret_key, template, ticket, waitlist,
};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something that the decision rests on has changed since it was read. Gather again and decide again.
    #[error("something was changed by another request meanwhile")]
    Conflict,
    /// Somebody else claimed the address, the number or the name first.
    #[error("somebody else has claimed the address, number or name")]
    EmailTaken,
    /// Somebody else linked the account elsewhere first.
    #[error("somebody else has linked the account elsewhere")]
    ExternalTaken,
    /// Somebody has the key of the passkey.
    #[error("somebody has the key of the passkey")]
    PasskeyTaken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CommitError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Store(error.into()) };
        if database.is_unique_violation() {
            // PostgreSQL names the index, SQLite the columns; ids of identifications are the store's own affair.
            let of_claims = database.constraint() == Some("identifications_claimed")
                || database.message().contains("identifications.value");
            let of_externals = database.constraint() == Some("external_accounts_subject")
                || database.message().contains("external_accounts.subject");
            let of_passkeys = database.constraint() == Some("passkeys_credential")
                || database.message().contains("passkeys.credential_id");
            return match (of_claims, of_externals, of_passkeys) {
                (true, ..) => Self::EmailTaken,
                (_, true, _) => Self::ExternalTaken,
                (.., true) => Self::PasskeyTaken,
                _ => Self::Conflict,
            };
        }
        // A row that others hang on, such as the user of a session, was deleted meanwhile.
        if database.is_foreign_key_violation() || code(database.as_ref()) == Code::Race {
            return Self::Conflict;
        }
        Self::Store(error.into())
    }
}

impl Store {
    /// Writes the changes, all or none.
    pub async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let mut tx = self.write.begin().await?;
        for change in &changes.list {
            write(&mut tx, change, changes.now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Exactly one row must have been written.
pub(crate) fn one(rows: u64) -> Result<(), CommitError> {
    if rows == 1 { Ok(()) } else { Err(CommitError::Conflict) }
}

async fn write(tx: &mut Tx, change: &Change, now: Timestamp) -> Result<(), CommitError> {
    match change {
        Change::Instance(instance) => save_instance(tx, instance).await,
        Change::SigningKey(key) => add_signing_key(tx, key).await,
        Change::Client(client) => save_client(tx, client).await,
        Change::DeleteClient(Versioned { value, version }) => {
            let (id, version) = (value.id.as_str(), *version);
            one(run!(tx, "DELETE FROM clients WHERE id = $1 AND version = $2", id, version)?)
        }
        Change::Session(session) => save_session(tx, session, now).await,
        Change::SignIn(sign_in) => save_sign_in(tx, sign_in).await,
        Change::SignUp(sign_up) => save_sign_up(tx, sign_up).await,
        Change::CreateAccount(account) => create_account(tx, account).await,
        Change::AddEmail(email) => add_email(tx, email).await,
        Change::PutCode { address, sent } => put_code(tx, address, sent).await,
        Change::VerifyEmail(address) => verify_email(tx, address, now).await,
        Change::RemoveEmail(address) => one(run!(tx, "DELETE FROM identifications WHERE id = $1", address.as_str())?),
        Change::AddPhone(number) => add_phone(tx, number).await,
        Change::SetUsername { user_id, id, name } => set_username(tx, user_id, id, name.as_ref(), now).await,
        Change::SetPicture(set) => picture::set(tx, set, now).await,
        Change::RemovePicture(user_id) => picture::remove(tx, user_id).await,
        Change::User(user) => save_user(tx, user).await,
        Change::DeleteUser(user) => delete_user(tx, user).await,
        Change::NoteActive(id) => {
            const SQL: &str = "UPDATE users SET last_active_at = $2 \
                               WHERE id = $1 AND (last_active_at IS NULL OR last_active_at < $2)";
            run!(tx, SQL, id.as_str(), now.0)?;
            Ok(())
        }
        Change::RequirePassword { user_id, version } => {
            // An update that changes nothing, so that the row stays as it is until the commit.
            const SQL: &str = "UPDATE passwords SET version = version WHERE user_id = $1 AND version = $2";
            one(run!(tx, SQL, user_id.as_str(), *version)?)
        }
        Change::Password { user_id, digest, new } => save_password(tx, user_id, digest, *new, now).await,
        Change::RemovePassword { user_id, version } => {
            one(run!(tx, "DELETE FROM passwords WHERE user_id = $1 AND version = $2", user_id.as_str(), *version)?)
        }
        Change::Touch(id) => note_change(tx, id, now).await,
        Change::ClearFailures(counter) => clear_failures(tx, counter, now).await,
        Change::EndSessions { user_id, how, kept } => end_sessions(tx, user_id, *how, kept.as_ref(), now).await,
        Change::Lock { user_id, until } => {
            const SQL: &str = "INSERT INTO lockouts (name, subject, failed, locked_until, updated_at) \
                VALUES ($1, $2, 0, $3, $4) ON CONFLICT (name) DO UPDATE SET locked_until = $3, updated_at = $4";
            let name = Counter::strangers(user_id).owners_name();
            one(run!(tx, SQL, name.as_str(), user_id.as_str(), until.0, now.0)?)
        }
        Change::Unlock(id) => {
            run!(tx, "DELETE FROM lockouts WHERE subject = $1", id.as_str())?;
            Ok(())
        }
        Change::ConsumeCode(id) => {
            const SQL: &str = "UPDATE verifications SET consumed_at = $2 WHERE id = $1 AND consumed_at IS NULL";
            one(run!(tx, SQL, id.as_str(), now.0)?)
        }
        Change::RequireOpen(counter) => require_open(tx, counter, now).await,
        Change::BeginTotp { user_id, id, secret } => second_factor::begin_totp(tx, user_id, id, secret, now).await,
        Change::EnableTotp { user_id, id, step } => second_factor::enable_totp(tx, user_id, id, *step, now).await,
        Change::UseTotp { id, step } => second_factor::use_totp(tx, id, *step).await,
        Change::PutBackupCodes { user_id, macs } => second_factor::put_backup_codes(tx, user_id, macs, now).await,
        Change::UseBackupCode { user_id, mac } => second_factor::use_backup_code(tx, user_id, mac, now).await,
        Change::Reverification(attempt) => reverification::save(tx, attempt).await,
        Change::RemoveTotp(user_id) => one(run!(tx, "DELETE FROM totps WHERE user_id = $1", user_id.as_str())?),
        Change::SetSecondPhone { user_id, id, on } => second_factor::set_phone(tx, user_id, id, *on, now).await,
        Change::PreferSecondPhone { user_id, id } => second_factor::prefer_phone(tx, user_id, id.as_ref(), now).await,
        Change::RemoveSecondFactors(user_id) => second_factor::remove(tx, user_id, now).await,
        Change::BeginExternal(flow) => external::begin(tx, flow).await,
        Change::RedeemExternal(id) => external::redeem(tx, id, now).await,
        Change::SaveExternal(saved) => external::save(tx, saved).await,
        Change::LinkExternal { external: linked, flow } => external::link(tx, linked, flow).await,
        Change::UnlinkExternal(id) => external::unlink(tx, id).await,
        Change::GiveUpGrant(id) => external::give_up(tx, id).await,
        Change::BeginCeremony(ceremony) => passkey::begin(tx, ceremony).await,
        Change::ConsumeCeremony(id) => passkey::consume(tx, id).await,
        Change::DropCeremony(id) => one(run!(tx, "DELETE FROM passkey_ceremonies WHERE id = $1", id.as_str())?),
        Change::AddPasskey(added) => passkey::add(tx, added).await,
        Change::SavePasskey { passkey: saved, seen } => passkey::save(tx, saved, *seen).await,
        Change::RemovePasskey(id) => passkey::remove(tx, id).await,
        Change::GiveTicket(token) => ticket::give(tx, token).await,
        Change::SettleTicket { id, state } => ticket::settle(tx, id, *state, now).await,
        Change::Invite { invitation: made, beside } => invitation::invite(tx, made, *beside, now).await,
        Change::SettleInvitation { id, state } => invitation::settle(tx, id, *state, now).await,
        Change::WaitlistEntry(entry) => waitlist::save(tx, entry).await,
        Change::DeleteWaitlistEntry { id, version } => waitlist::delete(tx, id, *version).await,
        Change::SecretKey(key) => secret_key::save(tx, key).await,
        Change::ListRedirect(url) => redirect::list(tx, url).await,
        Change::UnlistRedirect(id) => redirect::unlist(tx, id).await,
        Change::ListIdentifier(listed) => restriction::list(tx, listed).await,
        Change::UnlistIdentifier(id) => restriction::unlist(tx, id).await,
        Change::JwtTemplate(saved) => template::save(tx, saved).await,
        Change::DeleteJwtTemplate(id) => template::delete(tx, id).await,
        Change::Deliver(delivery) => deliver(tx, delivery, now).await,
    }
}

pub(crate) async fn save_instance(
    tx: &mut Tx,
    Versioned { value, version }: &Versioned<Instance>,
) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO instance \
        (one, id, environment, public_url, key_id, key_check, settings, created_at, version) \
        VALUES (1, $1, $2, $3, $4, $5, $6, $7, 1)";
    const UPDATE: &str = "UPDATE instance SET public_url = $3, key_id = $4, key_check = $5, settings = $6, \
        version = version + 1 WHERE id = $1 AND version = $2";
    let settings = json(&value.settings)?;
    let (id, url) = (value.id.as_str(), value.public_url.as_str());
    let (key_id, key_check) = (value.key_id.as_str(), value.key_check.as_str());
    one(if *version == 0 {
        let environment = value.environment.as_str();
        run!(tx, INSERT, id, environment, url, key_id, key_check, &settings, value.created_at.0)
    } else {
        run!(tx, UPDATE, id, *version, url, key_id, key_check, &settings)
    }?)
}

pub(crate) async fn add_signing_key(tx: &mut Tx, key: &SigningKey) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO signing_keys (kid, key_id, sealed, created_at) VALUES ($1, $2, $3, $4)";
    one(run!(tx, SQL, key.kid.as_str(), key.sealed.key_id.as_str(), key.sealed.bytes.as_slice(), key.created_at.0)?)
}

async fn save_client(tx: &mut Tx, Versioned { value, version }: &Versioned<Client>) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO clients (id, generation, generation_used_at, sign_in_id, sign_up_id, \
        last_active_session_id, last_strategy, updated_at, created_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    const UPDATE: &str = "UPDATE clients SET generation = $2, generation_used_at = $3, sign_in_id = $4, \
        sign_up_id = $5, last_active_session_id = $6, last_strategy = $7, updated_at = $8, version = version + 1 \
        WHERE id = $1 AND version = $9";
    let last = if *version == 0 { value.created_at.0 } else { *version };
    one(run!(
        tx,
        if *version == 0 { INSERT } else { UPDATE },
        value.id.as_str(),
        value.generation,
        millis(value.generation_used_at),
        value.sign_in_id.as_ref().map(SignInId::as_str),
        value.sign_up_id.as_ref().map(SignUpId::as_str),
        value.last_active_session_id.as_ref().map(SessionId::as_str),
        value.last_strategy.as_ref().map(Strategy::as_str),
        value.updated_at.0,
        last,
    )?)
}

async fn save_session(
    tx: &mut Tx,
    Versioned { value, version }: &Versioned<Session>,
    now: Timestamp,
) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO sessions (id, client_id, user_id, ended_how, ended_at, \
        last_active_at, first_factor_at, second_factor_at, user_agent, ip_address, created_at, updated_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";
    const UPDATE: &str = "UPDATE sessions SET ended_how = $3, ended_at = $4, \
        revoked = CASE WHEN $3 = 'revoked' THEN TRUE ELSE revoked END, \
        last_active_at = $5, first_factor_at = $6, second_factor_at = $7, user_agent = $8, ip_address = $9, \
        updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2";
    // Who was shut out meanwhile does not get in: it shows when it is gathered again.
    const SIGNED_IN: &str = "UPDATE users SET last_sign_in_at = $2, last_active_at = $2 WHERE id = $1 AND NOT banned";
    let (ended_how, ended_at) = (value.end.map(|(how, _)| how.as_str()), value.end.map(|(_, at)| at.0));
    let (agent, address) = (value.activity.user_agent.as_deref(), value.activity.ip_address.as_deref());
    if *version > 0 {
        return one(run!(
            tx,
            UPDATE,
            value.id.as_str(),
            *version,
            ended_how,
            ended_at,
            value.last_active_at.0,
            value.first_factor_at.0,
            millis(value.second_factor_at),
            agent,
            address,
            value.updated_at.0,
        )?);
    }
    one(run!(
        tx,
        INSERT,
        value.id.as_str(),
        value.client_id.as_str(),
        value.user_id.as_str(),
        ended_how,
        ended_at,
        value.last_active_at.0,
        value.first_factor_at.0,
        millis(value.second_factor_at),
        agent,
        address,
        value.created_at.0,
        value.updated_at.0,
    )?)?;
    one(run!(tx, SIGNED_IN, value.user_id.as_str(), now.0)?)?;
    // A lock of the owner's that was being written has been waited for, and is seen by a statement of its own.
    require_unlocked(tx, &Counter::strangers(&value.user_id), now).await
}

async fn end_sessions(
    tx: &mut Tx,
    user_id: &UserId,
    how: SessionEnd,
    kept: Option<&SessionId>,
    now: Timestamp,
) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE sessions SET ended_how = $2, ended_at = $3, \
        revoked = CASE WHEN $2 = 'revoked' THEN TRUE ELSE revoked END, \
        updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END, version = version + 1 \
        WHERE user_id = $1 AND ended_how IS NULL AND id <> $4";
    // No session has the empty id.
    run!(tx, SQL, user_id.as_str(), how.as_str(), now.0, kept.map_or("", SessionId::as_str))?;
    Ok(())
}

async fn note_change(tx: &mut Tx, user_id: &UserId, now: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE users SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END, \
        version = version + 1 WHERE id = $1";
    one(run!(tx, SQL, user_id.as_str(), now.0)?)
}

async fn save_sign_in(tx: &mut Tx, Versioned { value, version }: &Versioned<SignIn>) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO sign_ins (id, client_id, user_id, state, abandon_at, updated_at, external, \
        passkey, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    const UPDATE: &str = "UPDATE sign_ins SET user_id = $3, state = $4, abandon_at = $5, updated_at = $6, \
        external = $7, passkey = $8, version = version + 1 WHERE id = $1 AND client_id = $2 AND version = $9";
    const OLD_CODES: &str = "DELETE FROM verifications WHERE sign_in_id = $1 AND id <> $2 AND id <> $3";
    const NEW_CODE: &str = "INSERT INTO verifications (id, sign_in_id, tries) VALUES ($1, $2, 0) \
        ON CONFLICT (id) DO NOTHING";
    let state = json(&value.state)?;
    let external = value.external.as_ref().map(json).transpose()?;
    let passkey = value.passkey.as_ref().map(json).transpose()?;
    one(run!(
        tx,
        if *version == 0 { INSERT } else { UPDATE },
        value.id.as_str(),
        value.client_id.as_str(),
        value.user_id().map(UserId::as_str),
        &state,
        value.abandon_at.0,
        value.updated_at.0,
        external,
        passkey,
        if *version == 0 { value.created_at.0 } else { *version },
    )?)?;
    let tried = value.tried();
    if let (Some(first), Some(last)) = (tried.first(), tried.last()) {
        run!(tx, OLD_CODES, value.id.as_str(), first.as_str(), last.as_str())?;
    }
    for id in tried {
        run!(tx, NEW_CODE, id.as_str(), value.id.as_str())?;
    }
    Ok(())
}

async fn save_sign_up(tx: &mut Tx, Versioned { value, version }: &Versioned<SignUp>) -> Result<(), CommitError> {
    const INSERT: &str = "INSERT INTO sign_ups (id, client_id, user_id, draft, state, abandon_at, updated_at, \
        external, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    const UPDATE: &str = "UPDATE sign_ups SET user_id = $3, draft = $4, state = $5, abandon_at = $6, updated_at = $7, \
        external = $8, version = version + 1 WHERE id = $1 AND client_id = $2 AND version = $9";
    const OLD_CODES: &str = "DELETE FROM verifications WHERE sign_up_id = $1 AND id <> $2 AND id <> $3";
    const NEW_CODE: &str = "INSERT INTO verifications (id, sign_up_id, tries) VALUES ($1, $2, 0) \
        ON CONFLICT (id) DO NOTHING";
    let (draft, state) = (json(&value.draft)?, json(&value.state)?);
    let external = value.external.as_ref().map(json).transpose()?;
    let user_id = match &value.state {
        SignUpState::Complete { user_id, .. } => Some(user_id.as_str()),
        SignUpState::MissingRequirements { .. } => None,
    };
    one(run!(
        tx,
        if *version == 0 { INSERT } else { UPDATE },
        value.id.as_str(),
        value.client_id.as_str(),
        user_id,
        &draft,
        &state,
        value.abandon_at.0,
        value.updated_at.0,
        external,
        if *version == 0 { value.created_at.0 } else { *version },
    )?)?;
    // What is not under way is dead: another address or number may have taken the place of the one that a code was sent
    // to. One that proved something stays, since it is consumed after this.
    let of = |proof: &CodeProof| match proof {
        CodeProof::Unprepared => String::new(),
        CodeProof::Sent(sent) => sent.id.to_string(),
        CodeProof::Verified { id, .. } => id.to_string(),
    };
    let (email, phone) = (value.email_proof(), value.phone_proof());
    run!(tx, OLD_CODES, value.id.as_str(), of(email).as_str(), of(phone).as_str())?;
    for sent in [email.sent(), phone.sent()].into_iter().flatten() {
        run!(tx, NEW_CODE, sent.id.as_str(), value.id.as_str())?;
    }
    Ok(())
}

async fn create_account(tx: &mut Tx, account: &NewAccount) -> Result<(), CommitError> {
    const USER: &str = "INSERT INTO users (id, document, last_sign_in_at, last_active_at, created_at, updated_at, \
        external_id, first_name, last_name, banned, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    let NewAccount { user, email, phone, username_id, password, external } = account;
    let document = json(user)?;
    one(run!(
        tx,
        USER,
        user.id.as_str(),
        &document,
        millis(user.last_sign_in_at),
        millis(user.last_active_at),
        user.created_at.0,
        user.updated_at.0,
        user.external_id.as_deref(),
        lower(user.first_name.as_deref()),
        lower(user.last_name.as_deref()),
        user.banned,
    )?)?;
    if let Some(email) = email {
        add_email(tx, email).await?;
    }
    if let Some(number) = phone {
        add_phone(tx, number).await?;
    }
    if user.username.is_some() {
        set_username(tx, &user.id, username_id, user.username.as_ref(), user.created_at).await?;
    }
    if let Some(digest) = password {
        save_password(tx, &user.id, &Versioned::fresh(digest.clone()), true, user.created_at).await?;
    }
    match external {
        Some(linked) => external::link(tx, linked, &linked.proof.id).await,
        None => Ok(()),
    }
}

/// A name as it is searched for.
fn lower(name: Option<&str>) -> Option<String> {
    name.map(str::to_lowercase)
}

const ADD_IDENTIFICATION: &str = "INSERT INTO identifications (id, user_id, kind, value, verified_at, reserved, \
    second_factor, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

async fn add_phone(tx: &mut Tx, number: &PhoneNumber) -> Result<(), CommitError> {
    one(run!(
        tx,
        ADD_IDENTIFICATION,
        number.id.as_str(),
        number.user_id.as_str(),
        PHONE,
        number.phone.as_str(),
        millis(number.verified_at),
        number.reserved,
        number.second_factor,
        number.created_at.0,
        number.updated_at.0,
    )?)
}

async fn set_username(
    tx: &mut Tx,
    user_id: &UserId,
    id: &IdentificationId,
    name: Option<&Username>,
    now: Timestamp,
) -> Result<(), CommitError> {
    const OLD: &str = "DELETE FROM identifications WHERE user_id = $1 AND kind = $2";
    run!(tx, OLD, user_id.as_str(), USERNAME)?;
    let Some(name) = name else { return Ok(()) };
    let proven: Option<i64> = None;
    // Nobody proves a name: it is kept for whoever took it first.
    one(run!(
        tx,
        ADD_IDENTIFICATION,
        id.as_str(),
        user_id.as_str(),
        USERNAME,
        name.as_str(),
        proven,
        true,
        false,
        now.0,
        now.0,
    )?)
}

async fn add_email(tx: &mut Tx, email: &EmailAddress) -> Result<(), CommitError> {
    one(run!(
        tx,
        ADD_IDENTIFICATION,
        email.id.as_str(),
        email.user_id.as_str(),
        EMAIL,
        email.email.as_str(),
        millis(email.verified_at),
        email.reserved,
        false,
        email.created_at.0,
        email.updated_at.0,
    )?)
}

async fn put_code(tx: &mut Tx, address: &IdentificationId, sent: &SentCode) -> Result<(), CommitError> {
    const OLD: &str = "DELETE FROM verifications WHERE identification_id = $1";
    const NEW: &str = "INSERT INTO verifications (id, identification_id, sent, tries) VALUES ($1, $2, $3, 0)";
    let document = json(sent)?;
    run!(tx, OLD, address.as_str())?;
    one(run!(tx, NEW, sent.id.as_str(), address.as_str(), &document)?)
}

async fn verify_email(tx: &mut Tx, address: &IdentificationId, now: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE identifications SET verified_at = $2, reserved = FALSE, \
        updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE id = $1 AND verified_at IS NULL";
    one(run!(tx, SQL, address.as_str(), now.0)?)
}

async fn save_user(tx: &mut Tx, Versioned { value, version }: &Versioned<User>) -> Result<(), CommitError> {
    const SQL: &str = "UPDATE users SET document = $3, updated_at = $4, created_at = $5, external_id = $6, \
        first_name = $7, last_name = $8, banned = $9, version = version + 1 WHERE id = $1 AND version = $2";
    let document = json(value)?;
    one(run!(
        tx,
        SQL,
        value.id.as_str(),
        *version,
        &document,
        value.updated_at.0,
        value.created_at.0,
        value.external_id.as_deref(),
        lower(value.first_name.as_deref()),
        lower(value.last_name.as_deref()),
        value.banned,
    )?)
}

async fn delete_user(tx: &mut Tx, Versioned { value, version }: &Versioned<UserId>) -> Result<(), CommitError> {
    const MESSAGES: &str = "DELETE FROM delivery_queue WHERE recipient IN \
        (SELECT value FROM identifications WHERE user_id = $1 AND kind IN ($2, $3) \
        AND (verified_at IS NOT NULL OR reserved))";
    const INVITATIONS: &str = "DELETE FROM invitations WHERE email IN \
        (SELECT value FROM identifications WHERE user_id = $1 AND kind = $2 \
        AND (verified_at IS NOT NULL OR reserved))";
    const ASKED: &str = "DELETE FROM waitlist_entries WHERE email IN \
        (SELECT value FROM identifications WHERE user_id = $1 AND kind = $2 \
        AND (verified_at IS NOT NULL OR reserved))";
    run!(tx, MESSAGES, value.as_str(), EMAIL, PHONE)?;
    run!(tx, INVITATIONS, value.as_str(), EMAIL)?;
    run!(tx, ASKED, value.as_str(), EMAIL)?;
    run!(tx, "DELETE FROM lockouts WHERE subject = $1", value.as_str())?;
    one(run!(tx, "DELETE FROM users WHERE id = $1 AND version = $2", value.as_str(), *version)?)
}

async fn save_password(
    tx: &mut Tx,
    user_id: &UserId,
    Versioned { value, version }: &Versioned<PasswordDigest>,
    new: bool,
    now: Timestamp,
) -> Result<(), CommitError> {
    // A password that was removed must not come back as a version that somebody has checked.
    const INSERT: &str = "INSERT INTO passwords (user_id, digest, updated_at, version) \
        VALUES ($1, $2, $3, coalesce((SELECT version FROM users WHERE id = $1), 1))";
    const UPDATE: &str = "UPDATE passwords SET digest = $3, updated_at = CASE WHEN $4 THEN $5 ELSE updated_at END, \
        version = version + 1 WHERE user_id = $1 AND version = $2";
    one(if *version == 0 {
        run!(tx, INSERT, user_id.as_str(), value.expose(), now.0)
    } else {
        run!(tx, UPDATE, user_id.as_str(), *version, value.expose(), new, now.0)
    }?)
}

async fn clear_failures(tx: &mut Tx, counter: &Counter, now: Timestamp) -> Result<(), CommitError> {
    // A row that says "locked" is left, and is the conflict; no row is no failure. It is deleted before it is asked for, so
    // that whoever locks it at this moment is waited for.
    const CLEAR: &str = "DELETE FROM lockouts WHERE name = $1 AND (locked_until IS NULL OR locked_until <= $2)";
    const LOCKED: &str = "UPDATE lockouts SET updated_at = updated_at WHERE name = $1";
    let name = counter.name();
    if run!(tx, CLEAR, name.as_str(), now.0)? == 0 && run!(tx, LOCKED, name.as_str())? > 0 {
        return Err(CommitError::Conflict);
    }
    require_open(tx, counter, now).await
}

/// That the owner has not locked whoever it is.
async fn require_unlocked(tx: &mut Tx, counter: &Counter, now: Timestamp) -> Result<(), CommitError> {
    const LOCKED: &str = "UPDATE lockouts SET updated_at = updated_at WHERE name = $1 AND locked_until > $2";
    if run!(tx, LOCKED, counter.owners_name(), now.0)? == 0 { Ok(()) } else { Err(CommitError::Conflict) }
}

async fn require_open(tx: &mut Tx, counter: &Counter, now: Timestamp) -> Result<(), CommitError> {
    // An update that changes nothing, so that the rows stay as they are until the commit.
    const LOCKED: &str = "UPDATE lockouts SET updated_at = updated_at WHERE name IN ($1, $2) AND locked_until > $3";
    let (name, owners) = (counter.name(), counter.owners_name());
    if run!(tx, LOCKED, name.as_str(), owners.as_str(), now.0)? == 0 { Ok(()) } else { Err(CommitError::Conflict) }
}

async fn deliver(tx: &mut Tx, delivery: &NewDelivery, now: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO delivery_queue \
        (id, kind, recipient, state, key_id, body, keep, tries, due_at, created_at, country, caller) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10)";
    one(run!(
        tx,
        SQL,
        delivery.id.as_str(),
        delivery.kind.as_str(),
        delivery.to.as_str(),
        if delivery.deliver { "due" } else { "withheld" },
        delivery.body.key_id.as_str(),
        delivery.deliver.then_some(delivery.body.bytes.as_slice()),
        delivery.keep,
        now.0,
        delivery.country.as_deref(),
        delivery.caller.as_deref(),
    )?)
}
