//! Users: list, look at one, create, change, delete.

use std::collections::BTreeSet;

use frontdesk_identity::{
    Account, Claim, CodeMac, ConnectionKey, Effect, FieldError, FieldFault, FormFaults, IdentificationId, Metadata,
    NewAddress, NewUser, OwnerChange, PasswordDigest, PasswordFault, SignInRefusal, SignUpRefusal, TotpId, UserId,
};
use frontdesk_store::{Changes, Page, SealedBytes, UserFilter, UserOrder, Versioned};
use frontdesk_wire::{
    DeletedObject, ErrorCode,
    backend::{TotalCount, User, Verified},
    form,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::{
    flows::{
        Fault, Turn,
        external::{AccessToken, access_tokens},
        me::merge,
    },
    limits::Class,
    passwords::Imported,
    second_factor::{TotpSecret, backup_code_mac},
    views,
};

/// A user to create.
#[derive(Debug, Default)]
pub struct Create {
    /// Addresses, and whether each is vouched for.
    pub addresses: Vec<(String, bool)>,
    /// Phone numbers, and whether each is vouched for.
    pub phones: Vec<(String, bool)>,
    /// User name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<NewPassword>,
    /// Whether it may do without one.
    pub without_password: bool,
    /// Whether the user is shut out from the beginning.
    pub banned: bool,
    /// The secret of the authenticator app that the user has.
    pub totp_secret: Option<SecretString>,
    /// The backup codes that the user has.
    pub backup_codes: Vec<SecretString>,
    /// Everything else.
    pub change: OwnerChange,
}

/// A password that the owner sets.
#[derive(Debug)]
pub enum NewPassword {
    /// The password itself.
    Plain {
        /// The password.
        password: SecretString,
        /// Whether the rules of the instance do not count for it, as for one that comes from elsewhere.
        unchecked: bool,
    },
    /// What another program has kept of it.
    Imported(Box<Imported>),
}

/// A change of a user.
#[derive(Debug, Default)]
pub struct Update {
    /// The password.
    pub password: Option<NewPassword>,
    /// Whether the user is signed out everywhere.
    pub sign_out: bool,
    /// Everything else.
    pub change: OwnerChange,
}

/// What is to become of metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataChange {
    /// Readable by the app.
    pub public: Option<Metadata>,
    /// For the owner alone.
    pub private: Option<Metadata>,
    /// Writable by the app.
    pub of_app: Option<Metadata>,
    /// Whether it is merged into what is there (RFC 7396), and does not take its place.
    pub merged: bool,
}

/// A part of the list of users.
pub async fn list(turn: &Turn<'_>, filter: &UserFilter, order: UserOrder, page: &Page) -> Result<Vec<User>, Fault> {
    let users = turn.instance.store().users(filter, order, page).await?;
    Ok(users.iter().map(|user| view(turn, &user.value)).collect())
}

/// How many users there are.
pub async fn count(turn: &Turn<'_>, filter: &UserFilter) -> Result<TotalCount, Fault> {
    let total_count = turn.instance.store().count_users(filter).await?;
    Ok(TotalCount { object: "total_count".to_owned(), total_count })
}

/// A user.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<User, Fault> {
    Ok(view(turn, &find(turn, id).await?.value))
}

/// Creates a user.
pub async fn create(turn: &Turn<'_>, create: &Create) -> Result<User, Fault> {
    let given = |(typed, verified): &(String, bool)| NewAddress {
        id: IdentificationId::from_random(turn.instance.random_id()),
        typed: typed.clone(),
        verified: *verified,
    };
    let new = NewUser {
        id: UserId::from_random(turn.instance.random_id()),
        addresses: create.addresses.iter().map(given).collect(),
        phones: create.phones.iter().map(given).collect(),
        username: (create.username.clone(), IdentificationId::from_random(turn.instance.random_id())),
        change: create.change.clone(),
        banned: create.banned,
        password_settled: create.without_password || create.password.is_some(),
    };
    let factors = &brought_along(turn, &new.id, create)?;
    let typed: Vec<_> = new.addresses.iter().map(|address| address.typed.as_str()).collect();
    let faults = faults_of(turn, create.password.as_ref(), &typed);
    // Everything that is at fault is told before anybody pays for a hash.
    let checked = new.account(None, turn.policy(), turn.now);
    if checked.is_err() || !faults.is_empty() {
        return Err(refused(checked.err().unwrap_or_default(), faults));
    }
    let change = &create.change;
    let names = [change.first_name.as_deref(), change.last_name.as_deref()];
    let own: Vec<_> = names.into_iter().flatten().chain(typed).collect();
    let digest = hash(turn, create.password.as_ref(), &own).await?;
    let (new, digest) = (&new, &digest);
    let work = || async move {
        let account = new.account(digest.clone(), turn.policy(), turn.now);
        let (account, others, numbers) = account.map_err(|faults| refused(faults, Vec::new()))?;
        check_external_id(turn, account.user.external_id.as_ref(), None).await?;
        let emails = others.iter().chain(&account.email).map(|email| ("email_address", email.email.clone().into()));
        let phones = numbers.iter().chain(&account.phone).map(|number| ("phone_number", number.phone.clone().into()));
        let name = account.user.username.iter().map(|name| ("username", name.clone().into()));
        for (param, identifier) in emails.chain(phones).chain(name) {
            if turn.claim_of(&identifier).await? == Claim::Claimed {
                return Err(Fault::Taken(param));
            }
        }
        let mut changes = Changes::new(turn.now);
        changes.create_account(account);
        for email in others {
            changes.add_email(email);
        }
        for number in numbers {
            changes.add_phone(number);
        }
        if let Some(BroughtAlong { id, secret, backup_codes }) = factors {
            changes.begin_totp(new.id.clone(), id.clone(), secret.clone());
            // No code of the app was taken here yet: every one that it shows from now on is newer than this step.
            let enable = Effect::EnableTotp { user_id: new.id.clone(), id: id.clone(), step: 0 };
            let put = Effect::PutBackupCodes { user_id: new.id.clone(), macs: backup_codes.clone() };
            turn.add_effects(&mut changes, vec![enable, put], &[], None);
        }
        turn.commit(changes).await
    };
    turn.again(work).await?;
    let second_factor = factors.is_some();
    tracing::info!(target: "audit", event = "user_created_by_owner", user = %new.id, second_factor);
    show(turn, new.id.as_str()).await
}

/// The second factors that a new user has from elsewhere, as they are kept.
struct BroughtAlong {
    id: TotpId,
    secret: SealedBytes,
    backup_codes: Vec<CodeMac>,
}

fn brought_along(turn: &Turn<'_>, user: &UserId, create: &Create) -> Result<Option<BroughtAlong>, Fault> {
    let Some(text) = &create.totp_secret else { return Ok(None) };
    let offered = turn.policy().second_factors;
    let off = [(offered.authenticator_app, "totp_secret"), (offered.backup_codes, "backup_codes")];
    let given = [true, !create.backup_codes.is_empty()];
    if let Some(((_, param), _)) = off.into_iter().zip(given).find(|((offered, _), given)| *given && !offered) {
        return Err(FieldError::new(param, FieldFault::Disabled).into());
    }
    let secret = TotpSecret::read(text).ok_or(FieldError::new("totp_secret", FieldFault::Value))?;
    let id = TotpId::from_random(turn.instance.random_id());
    let sealed = secret.seal(&id, turn.instance.keys());
    let macs: BTreeSet<_> = create
        .backup_codes
        .iter()
        .map(|code| backup_code_mac(user, code, turn.instance.keys()).expose().to_owned())
        .collect();
    // One that is given twice is one.
    let backup_codes = macs.into_iter().map(CodeMac::new).collect();
    Ok(Some(BroughtAlong { id, secret: SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes }, backup_codes }))
}

/// Changes a user.
pub async fn update(turn: &Turn<'_>, id: &str, update: &Update) -> Result<User, Fault> {
    turn.limit_owner_for(Class::ChangeUser, id).await?;
    let account = find(turn, id).await?.value;
    let addresses = account.addresses();
    let faults = faults_of(turn, update.password.as_ref(), &addresses);
    let outcome = account.change_by_owner(&update.change, turn.policy());
    if outcome.is_err() || !faults.is_empty() {
        return Err(refused(outcome.err().unwrap_or_default(), faults));
    }
    let names = [update.change.first_name.as_deref(), update.change.last_name.as_deref()];
    let own: Vec<_> = account.own_words().into_iter().chain(names.into_iter().flatten()).collect();
    let digest = hash(turn, update.password.as_ref(), &own).await?;
    let digest = &digest;
    let work = || async move {
        let account = find(turn, id).await?;
        let outcome = account.value.change_by_owner(&update.change, turn.policy());
        let mut user = outcome.map_err(|faults| refused(faults, Vec::new()))?;
        check_external_id(turn, user.external_id.as_ref(), Some(&user.id)).await?;
        user.updated_at = account.value.user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        if let Some(digest) = digest {
            let stored = turn.instance.store().password(&user.id).await?;
            let digest = Versioned { value: digest.clone(), version: stored.map_or(0, |stored| stored.version) };
            changes.save_password(user.id.clone(), digest);
        }
        let user_id = user.id.clone();
        if let Some(name) = user.username.clone().filter(|name| account.value.user.username.as_ref() != Some(name))
            && turn.claim_of(&name.into()).await? == Claim::Claimed
        {
            return Err(Fault::Taken("username"));
        }
        let renamed = account.value.renamed(&user, IdentificationId::from_random(turn.instance.random_id()));
        changes.save_user(account.with(user));
        let told = digest.as_ref().map(|_| account.value.password_set_by_owner(turn.policy()));
        turn.add_effects(&mut changes, renamed.into_iter().chain(told.into_iter().flatten()).collect(), &[], None);
        if update.sign_out {
            turn.sign_out_everywhere(&user_id, &mut changes).await?;
        }
        turn.commit(changes).await
    };
    turn.again(work).await?;
    turn.instance.wake_delivery();
    let password = digest.is_some();
    tracing::info!(target: "audit", event = "user_changed_by_owner", user = %account.user.id, password);
    show(turn, id).await
}

/// Changes metadata.
pub async fn change_metadata(turn: &Turn<'_>, id: &str, change: &MetadataChange) -> Result<User, Fault> {
    turn.limit_owner_for(Class::ChangeMetadata, id).await?;
    let work = || async move {
        let account = find(turn, id).await?;
        let user = &account.value.user;
        let wanted = |given: &Option<Metadata>, there: &Metadata| {
            given.as_ref().map(|given| if change.merged { merged(there, given) } else { given.clone() })
        };
        let change = OwnerChange {
            public_metadata: wanted(&change.public, &user.public_metadata),
            private_metadata: wanted(&change.private, &user.private_metadata),
            unsafe_metadata: wanted(&change.of_app, &user.unsafe_metadata),
            ..OwnerChange::default()
        };
        let mut user = account.value.change_by_owner(&change, turn.policy()).map_err(Fault::Fields)?;
        user.updated_at = account.value.user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        turn.commit(changes).await
    };
    turn.again(work).await?;
    show(turn, id).await
}

/// How a user may be kept out or let in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Shut out until further notice.
    Ban,
    /// Let in again.
    Unban,
    /// Locked, as after too many wrong tries.
    Lock,
    /// Open again, with every try.
    Unlock,
}

/// Keeps a user out, with every session, or lets them in again.
pub async fn set_access(turn: &Turn<'_>, id: &str, access: Access) -> Result<User, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let mut user = account.value.user.clone();
        let user_id = user.id.clone();
        user.banned = match access {
            Access::Ban => true,
            Access::Unban => false,
            Access::Lock | Access::Unlock => user.banned,
        };
        user.updated_at = user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        match access {
            Access::Lock => changes.lock(user_id.clone(), turn.now.plus(turn.policy().lockout.duration_ms)),
            Access::Unlock => changes.unlock(user_id.clone()),
            Access::Ban | Access::Unban => {}
        }
        if matches!(access, Access::Ban | Access::Lock) {
            turn.sign_out_everywhere(&user_id, &mut changes).await?;
        }
        turn.commit(changes).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "access_set_by_owner", user = id, ?access);
    show(turn, id).await
}

/// Removes the password of a user, who then signs in by code, and signs them out everywhere if that is wanted.
pub async fn remove_password(turn: &Turn<'_>, id: &str, sign_out: bool) -> Result<User, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let user_id = account.value.user.id.clone();
        let Some(stored) = turn.instance.store().password(&user_id).await? else { return Ok(()) };
        let mut user = account.value.user.clone();
        user.updated_at = user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        let removed = Effect::RemovePassword { user_id: user_id.clone(), version: stored.version };
        turn.add_effects(&mut changes, vec![removed], &[], None);
        if sign_out {
            turn.sign_out_everywhere(&user_id, &mut changes).await?;
        }
        turn.commit(changes).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "password_removed_by_owner", user = id, sign_out);
    show(turn, id).await
}

/// Whether it is the user's password. The answer is yes, or a refusal.
pub async fn verify_password(turn: &Turn<'_>, id: &str, password: &SecretString) -> Result<Verified, Fault> {
    let account = find(turn, id).await?;
    let stored = turn.instance.store().password(&account.value.user.id).await?.ok_or(Fault::NoPassword)?;
    let checked = turn.instance.passwords().verify(Some(stored.value.expose()), password).await?;
    if checked.ok { Ok(Verified { verified: true }) } else { Err(SignInRefusal::PasswordIncorrect.into()) }
}

/// Marks the password of a user as known to others, so that whoever signs in by it has to set another one, or takes the
/// mark away; and signs the user out everywhere if that is wanted.
pub async fn set_compromised(turn: &Turn<'_>, id: &str, compromised: bool, sign_out: bool) -> Result<User, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let mut user = account.value.with_compromised_password(compromised).ok_or(Fault::NoPassword)?;
        let user_id = user.id.clone();
        user.updated_at = user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        if sign_out {
            turn.sign_out_everywhere(&user_id, &mut changes).await?;
        }
        turn.commit(changes).await
    };
    turn.again(work).await?;
    tracing::info!(target: "audit", event = "password_marked_by_owner", user = id, compromised, sign_out);
    show(turn, id).await
}

/// Deletes a user and everything that is theirs.
pub async fn delete(turn: &Turn<'_>, id: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let user_id = account.value.user.id.clone();
        let mut changes = Changes::new(turn.now);
        turn.leave_clients(&user_id, &mut changes).await?;
        changes.delete_user(account.with(user_id.clone()));
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "user_deleted_by_owner", user = %user_id);
        Ok(DeletedObject { object: "user".to_owned(), id: Some(user_id.to_string()), slug: None, deleted: true })
    };
    turn.again(work).await
}

/// What a provider lets the instance do for a user, renewed where it has ended. `provider` is the strategy, with or
/// without `oauth_` before it.
pub async fn oauth_access_tokens(turn: &Turn<'_>, id: &str, provider: &str) -> Result<Vec<AccessToken>, Fault> {
    let off = || Fault::External(ErrorCode::OauthTokenProviderNotEnabled);
    let key = ConnectionKey::parse(provider).or_else(|| ConnectionKey::parse(&format!("oauth_{provider}")));
    let key = key.ok_or_else(off)?;
    turn.connection(key).map_err(|_| off())?;
    let account = find(turn, id).await?;
    access_tokens(turn, &account.value, key).await
}

/// Removes an account that a user has elsewhere. The owner may leave a user without a way in.
pub async fn remove_external(turn: &Turn<'_>, id: &str, external: &str) -> Result<DeletedObject, Fault> {
    let work = || async move {
        let account = find(turn, id).await?;
        let external = account.value.external(external).map_err(Fault::Removal)?;
        let mut user = account.value.user.clone();
        user.updated_at = user.updated_at.grown(turn.now);
        let mut changes = Changes::new(turn.now);
        changes.save_user(account.with(user));
        changes.unlink_external(external.id.clone());
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "external_removed_by_owner", user = id, external = %external.id);
        let object = "external_account".to_owned();
        Ok(DeletedObject { object, id: Some(external.id.to_string()), slug: None, deleted: true })
    };
    turn.again(work).await
}

/// The account of that id.
pub(super) async fn find(turn: &Turn<'_>, id: &str) -> Result<Versioned<Account>, Fault> {
    let id = UserId::parse(id).map_err(|_| Fault::NotFound)?;
    turn.instance.store().account(&id).await?.ok_or(Fault::NotFound)
}

fn view(turn: &Turn<'_>, account: &Account) -> User {
    let externals = account.externals.iter().map(|external| turn.external_view(external)).collect();
    let user = views::backend::user(account, turn.instance.public_url(), turn.policy(), turn.now);
    User { external_accounts: externals, ..user }
}

/// An id of the owner's own stands for one user.
async fn check_external_id(turn: &Turn<'_>, wanted: Option<&String>, own: Option<&UserId>) -> Result<(), Fault> {
    let Some(wanted) = wanted else { return Ok(()) };
    let filter = UserFilter {
        external_ids: vec![wanted.clone()],
        not_ids: own.map(ToString::to_string).into_iter().collect(),
        ..UserFilter::default()
    };
    if turn.instance.store().count_users(&filter).await? == 0 { Ok(()) } else { Err(Fault::Taken("external_id")) }
}

/// What is wrong with a password.
fn faults_of(turn: &Turn<'_>, new: Option<&NewPassword>, addresses: &[&str]) -> Vec<PasswordFault> {
    let Some(NewPassword::Plain { password, unchecked }) = new else { return Vec::new() };
    let mut faults = turn.policy().password.check(password.expose_secret(), addresses);
    if *unchecked {
        faults.retain(|fault| matches!(fault, PasswordFault::TooManyBytes));
    }
    faults
}

async fn hash(turn: &Turn<'_>, new: Option<&NewPassword>, own: &[&str]) -> Result<Option<PasswordDigest>, Fault> {
    Ok(Some(match new {
        None => return Ok(None),
        Some(NewPassword::Imported(imported)) => PasswordDigest::new(imported.to_stored()),
        Some(NewPassword::Plain { password, unchecked: true }) => {
            PasswordDigest::new(turn.instance.passwords().hash(password).await?)
        }
        Some(NewPassword::Plain { password, unchecked: false }) => {
            turn.digest(password, own, form::PASSWORD, &OnceCell::new()).await?
        }
    }))
}

fn refused(fields: Vec<frontdesk_identity::FieldError>, password: Vec<PasswordFault>) -> Fault {
    Fault::SignUp(SignUpRefusal::Form(FormFaults { fields, password }))
}

fn merged(there: &Metadata, patch: &Metadata) -> Metadata {
    let mut merged = Value::Object(there.clone());
    merge(&mut merged, &Value::Object(patch.clone()));
    match merged {
        Value::Object(merged) => merged,
        _ => Metadata::new(),
    }
}
