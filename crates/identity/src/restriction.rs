//! Who may come in: how people sign up, which identifiers are listed, and which addresses are taken at all.
//!
//! Identifiers are compared in their normal form. What keeps somebody out is held against every spelling of one mailbox;
//! what lets somebody in is held against the address alone, since elsewhere another person may have the other spelling.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Email, Phone, Policy, Recipient, email::domain_of};

/// Most domains of the owner's own that count as throw-away ones.
pub(crate) const MAX_DISPOSABLE: usize = 1000;

/// How people get an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignUpMode {
    /// Everybody signs up.
    #[default]
    Public,
    /// Only who is invited, or whom the owner creates.
    Restricted,
    /// The same, and everybody may ask for an invitation.
    Waitlist,
}

impl SignUpMode {
    /// The protocol's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Restricted => "restricted",
            Self::Waitlist => "waitlist",
        }
    }
}

/// Who may come in. The default keeps nobody out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent rule of the protocol's restrictions")]
pub struct RestrictionPolicy {
    /// How people get an account.
    pub sign_up_mode: SignUpMode,
    /// Whether only addresses and numbers of the allowlist are taken.
    pub allowlist: bool,
    /// Whether addresses and numbers of the blocklist are refused.
    pub blocklist: bool,
    /// Whether addresses are refused of which one mailbox has many.
    pub block_email_subaddresses: bool,
    /// Whether addresses are refused that are made to be thrown away.
    pub block_disposable_email_domains: bool,
    /// Domains that count as throw-away ones besides those that are known, with every domain below them.
    pub disposable_domains: Vec<String>,
}

impl RestrictionPolicy {
    /// The first domain of the owner's that is none in its normal form.
    pub(crate) fn bad_domain(&self) -> bool {
        self.disposable_domains.len() > MAX_DISPOSABLE
            || self.disposable_domains.iter().any(|domain| domain_of(domain).as_ref() != Some(domain))
    }

    /// Whether the owner calls the domain of an address, or one above it, a throw-away one.
    fn disposes(&self, email: &Email) -> bool {
        let mut domain = Some(email.domain());
        while let Some(name) = domain {
            if self.disposable_domains.iter().any(|listed| listed == name) {
                return true;
            }
            domain = name.split_once('.').map(|(_, above)| above);
        }
        false
    }
}

/// One of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Who may come in.
    Allow,
    /// Who may not.
    Block,
}

impl List {
    /// The word under which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
        }
    }
}

/// What an entry of a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// One address.
    Email(Email),
    /// Every address of a domain, written `*@example.com`. Domains below it are others.
    Domain(String),
    /// One number.
    Phone(Phone),
    /// A wallet, in lower case. Nobody signs up by one here, so that it matches nobody.
    Wallet(String),
}

/// The text is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an address, a domain such as *@example.com, a number nor a wallet")]
pub struct NoEntry;

impl Entry {
    /// Reads what the owner typed.
    pub fn parse(typed: &str) -> Result<Self, NoEntry> {
        let typed = typed.trim_matches(' ');
        if let Some(domain) = typed.strip_prefix("*@") {
            return domain_of(domain).map(Self::Domain).ok_or(NoEntry);
        }
        if let Some(digits) = typed.strip_prefix("0x").or_else(|| typed.strip_prefix("0X")) {
            let hex = digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            return if hex { Ok(Self::Wallet(format!("0x{}", digits.to_ascii_lowercase()))) } else { Err(NoEntry) };
        }
        match Recipient::parse(typed).map_err(|_| NoEntry)? {
            Recipient::Email(email) => Ok(Self::Email(email)),
            Recipient::Phone(phone) => Ok(Self::Phone(phone)),
        }
    }

    /// The text, in its normal form.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Email(email) => email.to_string(),
            Self::Domain(domain) => format!("*@{domain}"),
            Self::Phone(phone) => phone.to_string(),
            Self::Wallet(wallet) => wallet.clone(),
        }
    }

    /// The protocol's word for what it is.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) | Self::Domain(_) => "email_address",
            Self::Phone(_) => "phone_number",
            Self::Wallet(_) => "web3_wallet",
        }
    }

    /// The text under which it is found in a list: one of those in [`keys`] for whoever it is about.
    #[must_use]
    pub fn key(&self, list: List) -> String {
        match (self, list) {
            (Self::Email(email), List::Block) => email.mailbox(),
            (Self::Domain(domain), List::Block) => format!("*@{}", Email::mail_domain(domain)),
            _ => self.text(),
        }
    }
}

/// The texts under which somebody's address or number is found in a list: its own, and that of its domain.
#[must_use]
pub fn keys(who: &Recipient, list: List) -> [String; 2] {
    match (who, list) {
        (Recipient::Email(email), List::Allow) => [email.to_string(), format!("*@{}", email.domain())],
        (Recipient::Email(email), List::Block) => {
            [email.mailbox(), format!("*@{}", Email::mail_domain(email.domain()))]
        }
        (Recipient::Phone(phone), _) => [phone.to_string(), phone.to_string()],
    }
}

/// Evidence: what is known of an address or number at this moment. What a rule that is off would ask need not be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Listed {
    /// Whether it is on the allowlist.
    pub allowed: bool,
    /// Whether it is on the blocklist.
    pub blocked: bool,
    /// Whether its domain is one of those that are known to give addresses to be thrown away.
    pub disposable: bool,
}

/// By which way somebody comes in, or something is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Somebody signs up.
    SignUp {
        /// Whether the owner has invited them: that opens an instance that is restricted, and stands for an entry in the
        /// allowlist. It opens nothing that is blocked.
        invited: bool,
        /// Whether nothing is left to be given, so that there will be an account.
        complete: bool,
    },
    /// Somebody who has an account adds it.
    Addition,
    /// Somebody asks for an invitation.
    Waitlist,
}

/// Why somebody does not come in. It tells nothing of who has an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestrictionRefusal {
    /// Nobody signs up without an invitation.
    #[error("sign-ups are by invitation alone")]
    Restricted,
    /// The same, and everybody may ask for one.
    #[error("sign-ups are by the waitlist")]
    Waitlist,
    /// Nobody asks for one here.
    #[error("there is no waitlist")]
    NoWaitlist,
    /// These are not taken here.
    #[error("{} addresses or numbers are not taken here", .0.len())]
    NotAllowed(Vec<String>),
}

impl Policy {
    /// Whether these addresses and numbers may come in that way. Every path asks here: sign-up by whichever strategy, by an
    /// account elsewhere or an invitation, and whatever somebody adds later. What the owner does is the owner's word.
    pub fn admit(&self, asked: &[(Recipient, Listed)], way: Way) -> Result<(), RestrictionRefusal> {
        let rules = &self.restrictions;
        let (invited, complete) = match way {
            Way::SignUp { invited, complete } => (invited, complete),
            Way::Addition => (false, false),
            // The owner decides of everybody who asks.
            Way::Waitlist => (true, false),
        };
        let takes = rules.sign_up_mode == SignUpMode::Waitlist && self.email_address.requirement.is_on();
        if way == Way::Waitlist && !takes {
            return Err(RestrictionRefusal::NoWaitlist);
        }
        if matches!(way, Way::SignUp { invited: false, .. }) {
            match rules.sign_up_mode {
                SignUpMode::Public => {}
                SignUpMode::Restricted => return Err(RestrictionRefusal::Restricted),
                SignUpMode::Waitlist => return Err(RestrictionRefusal::Waitlist),
            }
        }
        let refused = |(who, listed): &&(Recipient, Listed)| {
            (rules.blocklist && listed.blocked)
                || (rules.allowlist && !invited && !listed.allowed)
                || who_email(who).is_some_and(|email| self.refuses_address(email, *listed))
        };
        let refused: Vec<_> = asked.iter().filter(refused).map(|(who, _)| who.as_str().to_owned()).collect();
        // A user name can be on no list.
        let nobody = rules.allowlist && !invited && complete && asked.is_empty();
        if refused.is_empty() && !nobody { Ok(()) } else { Err(RestrictionRefusal::NotAllowed(refused)) }
    }

    fn refuses_address(&self, email: &Email, listed: Listed) -> bool {
        let rules = &self.restrictions;
        // Test addresses are sub-addresses; where they exist, they are the owner's wish.
        let sub = rules.block_email_subaddresses && email.is_sub_address() && self.fixed_code(email).is_none();
        sub || (rules.block_disposable_email_domains && (listed.disposable || rules.disposes(email)))
    }
}

fn who_email(who: &Recipient) -> Option<&Email> {
    match who {
        Recipient::Email(email) => Some(email),
        Recipient::Phone(_) => None,
    }
}

#[cfg(test)]
mod tests;
