//! A change of an account that was not its holder's, and the link in a mail by which they shut out whoever made it.
//!
//! The link acts with no sign-in before: whoever was robbed of their account may not get in any more. It gives its holder
//! nothing that the mailbox it went to does not give anyway: a code that goes there sets a new password, which signs out
//! everywhere. Whoever has lost that mailbox to the account meanwhile can sign its user out, and no more.

use frontdesk_identity::{Account, Email, EmailAddress, PasswordDigest, SessionEnd, Timestamp, UserId, time::DAY};
use frontdesk_store::{Changes, Versioned};
use secrecy::SecretString;
use tokio::sync::OnceCell;
use url::Url;

use super::{Fault, Turn};
use crate::{keys::Purpose, limits::Class, random::new_id};

/// Where links of mails lead; behind it are the user, when the change was made and to which address the mail went, and
/// what proves that somebody got the mail.
pub const LINKS: &str = "/frontdesk/changes/";

/// For how many days a link is good.
pub const LINK_DAYS: i64 = 7;

/// How much of a code stands for an address: enough to tell those of one account apart.
const ADDRESS_TAG: usize = 11;

/// An account that a link is about.
#[derive(Debug)]
pub struct Linked {
    /// The account.
    pub account: Account,
    /// The address that the mail went to, if the account still has it.
    pub address: Option<Email>,
    /// Whether a code that goes to that address brings its holder to a new password.
    pub resets: bool,
    /// Whether the link is too old to do anything.
    pub too_old: bool,
}

/// The account that a link is about. Whoever has the link got the mail.
pub async fn linked(turn: &Turn<'_>, user: &str, change: &str, proof: &str) -> Result<Linked, Fault> {
    turn.limit(Class::Attempt, None).await?;
    Ok(find(turn, user, change, proof).await?.1)
}

/// Signs out everybody who is in the account, on every device, and puts a password that nobody knows in place of the one
/// that there is, if the holder of the link gets by a code to another. A link that is too old does nothing.
pub async fn shut_out(turn: &Turn<'_>, user: &str, change: &str, proof: &str) -> Result<Linked, Fault> {
    // Once for a request, which looks several times.
    turn.limit(Class::Attempt, None).await?;
    let digest = &OnceCell::new();
    let work = || async move {
        let (account, linked) = find(turn, user, change, proof).await?;
        if linked.too_old {
            return Ok(linked);
        }
        let user_id = account.value.user.id.clone();
        let stored = turn.instance.store().password(&user_id).await?.filter(|_| linked.resets);
        let unknown = match stored {
            Some(stored) => Some((stored.version, digest.get_or_try_init(|| unknown(turn)).await?.clone())),
            None => None,
        };
        let voided = unknown.is_some();
        let mut changes = Changes::new(turn.now);
        turn.add_effects(&mut changes, account.value.shut_out(unknown), &[], None);
        turn.leave_clients(&user_id, &mut changes).await?;
        // Last: whoever signs in meanwhile has to wait for the user first, and is signed out as well.
        changes.end_sessions(user_id.clone(), SessionEnd::Revoked);
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "shut_out_by_mail", user = %user_id, voided);
        Ok(linked)
    };
    turn.again(work).await
}

/// The digest of a password that nobody knows.
async fn unknown(turn: &Turn<'_>) -> Result<PasswordDigest, Fault> {
    let password = SecretString::from(new_id(turn.instance.random(), ""));
    Ok(PasswordDigest::new(turn.instance.passwords().hash(&password).await?))
}

async fn find(turn: &Turn<'_>, user: &str, change: &str, proof: &str) -> Result<(Versioned<Account>, Linked), Fault> {
    let proven = turn.instance.keys().mac_matches(Purpose::ChangeLink, user, change.as_bytes(), proof);
    let user = UserId::parse(user).ok().filter(|_| proven).ok_or(Fault::NotFound)?;
    let (at, tag) = change.split_once('-').ok_or(Fault::NotFound)?;
    let at = Timestamp(at.parse().map_err(|_| Fault::NotFound)?);
    let account = turn.instance.store().account(&user).await?.ok_or(Fault::NotFound)?;
    let still = |address: &&EmailAddress| address.verified_at.is_some() && turn.tag_of(&user, &address.email) == tag;
    let address = account.value.emails.iter().find(still);
    let linked = Linked {
        address: address.map(|address| address.email.clone()),
        resets: address.is_some_and(|address| account.value.resets_by(address, turn.policy())),
        too_old: turn.now.since(at) >= LINK_DAYS * DAY,
        account: account.value.clone(),
    };
    Ok((account, linked))
}

impl Turn<'_> {
    /// The link by which whoever gets a mail at this address says that the change it tells of was not theirs.
    pub(super) fn change_link(&self, user: &UserId, to: &Email) -> Url {
        let change = format!("{}-{}", self.now.0, self.tag_of(user, to));
        let proof = self.instance.keys().mac(Purpose::ChangeLink, user.as_str(), change.as_bytes());
        self.instance.public_url().at(&format!("{LINKS}{user}/{change}/{proof}"))
    }

    /// Stands for an address of a user in a link, and tells it to nobody. It is no proof: no time stands before it.
    fn tag_of(&self, user: &UserId, address: &Email) -> String {
        let mut tag = self.instance.keys().mac(Purpose::ChangeLink, user.as_str(), format!("to {address}").as_bytes());
        tag.truncate(ADDRESS_TAG);
        tag
    }
}
