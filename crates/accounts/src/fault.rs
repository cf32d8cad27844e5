//! Why a request to an instance came to nothing, and the words for it.

use std::{fmt::Write as _, time::Duration};

use frontdesk_vault::VaultError;
use frontdesk_wire as wire;

use crate::{
    intents::{ErrorKind, IntentError},
    said::{Reason, Said},
    snapshot::Problem,
};

/// An instance in a sentence of the app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// What people call it; none for the one inside the app.
    pub(crate) subject: Option<String>,
}

impl Named {
    /// At the beginning of a sentence.
    pub(crate) fn first(&self) -> &str {
        self.subject.as_deref().unwrap_or("The instance on this computer")
    }
}

impl std::fmt::Display for Named {
    /// Within a sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.subject.as_deref().unwrap_or("the instance on this computer"))
    }
}

/// What of the network kept a request from being answered, where something is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A certificate is not trusted; who issued it, where that is the reason.
    Certificate { issuer: Option<String> },
    /// The proxy is not there.
    ProxyUnreachable,
    /// The proxy wants a name and a password, or other ones.
    ProxyWantsPassword,
    /// The proxy does not lead there.
    ProxyRefused,
    /// No computer has the name.
    NameUnknown,
    /// Anything else.
    Other,
}

/// Why a request came to nothing.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The instance cannot be asked at all yet.
    NotServing(Problem),
    /// No answer, or not a whole one. When `sent`, what was asked for may have happened; when `late`, it was waited for.
    Network { sent: bool, cause: Cause, late: bool, reason: String },
    /// Something between here and there answered in the instance's place, as networks do that want to be signed in to.
    Portal { status: u16 },
    /// An answer that is not the protocol's.
    Foreign { status: u16, reason: String },
    /// The instance refused.
    Refused { status: u16, errors: Box<wire::ApiErrors>, retry_after: Option<u32> },
    /// The client token could not be read.
    Vault(VaultError),
    /// The instance was removed meanwhile.
    Removed,
}

impl Fault {
    /// Whether the instance was not reached.
    pub(crate) fn is_network(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Portal { .. })
    }

    /// For how long the instance wants to be left alone, where it says so.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => retry_after.map(|seconds| Duration::from_secs(seconds.into())),
            _ => None,
        }
    }

    /// Whether the same request may fare better in a moment: not where a certificate was refused, nor where long was
    /// waited already.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Network { cause, late: false, .. }
            if !matches!(cause, Cause::Certificate { .. } | Cause::ProxyWantsPassword))
    }

    /// Whether this says nothing of the caller: the instance was not reached, or could not answer just now.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            Self::NotServing(_) | Self::Network { .. } | Self::Portal { .. } => true,
            Self::Foreign { status, .. } => *status >= 500,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            Self::Vault(_) | Self::Removed => false,
        }
    }

    /// Whether what was asked for may have happened all the same: the answer was lost, or is not the instance's own.
    pub(crate) fn may_have_happened(&self) -> bool {
        match self {
            Self::Network { sent, .. } => *sent,
            Self::Foreign { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::NotServing(_) | Self::Portal { .. } | Self::Vault(_) | Self::Removed => false,
        }
    }

    /// The same before anything was asked that could have happened.
    pub(crate) fn before_anything(self) -> Self {
        match self {
            Self::Network { cause, late, reason, .. } => Self::Network { sent: false, cause, late, reason },
            fault => fault,
        }
    }

    /// Whether the instance says that it does not know the caller, in the protocol's own words.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        let other = ["requires_captcha", "dev_browser_unauthenticated"];
        matches!(self, Self::Refused { status: 401, errors, .. }
            if !errors.errors.iter().any(|error| other.contains(&error.code.as_str())))
    }

    /// Whether the instance says that what is asked for is not there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the instance has refused, and would again.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Refused { .. }) && !self.is_temporary()
    }

    /// The code of the first error, where the instance refused.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { errors, .. } => errors.errors.first().map(|error| error.code.as_str()),
            _ => None,
        }
    }

    /// The word for it in the log.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::NotServing(problem) => &problem.code,
            Self::Refused { .. } => self.code().unwrap_or("refused"),
            _ => self.said(&Named::default()).map_or("refused", |said| said.reason.as_str()),
        }
    }

    /// The words for the instance's place on the screen.
    pub(crate) fn problem(&self, name: &Named) -> Problem {
        if let Self::NotServing(problem) = self {
            return problem.clone();
        }
        let trace_id = match self {
            Self::Refused { errors, .. } => errors.clerk_trace_id.clone(),
            _ => None,
        };
        let said = match self {
            // Of an instance that is only being looked at, nothing else can have happened.
            Self::Network { cause: Cause::Other, reason, .. } => {
                Some(Box::new(Said::from(Reason::NetworkUnreachable).of(name.subject.clone()).detail(reason)))
            }
            _ => self.said(name),
        };
        let code = said.as_ref().map_or(self.word(), |said| said.reason.as_str());
        Problem { code: code.to_owned(), message: self.sentence(name), trace_id, said }
    }

    /// What the app itself says of it; of a refusal, the instance says all there is to say.
    fn said(&self, name: &Named) -> Option<Box<Said>> {
        let of = |reason: Reason| Said::from(reason).of(name.subject.clone());
        Some(Box::new(match self {
            Self::NotServing(problem) => return problem.said.clone(),
            Self::Network { cause: Cause::Certificate { issuer: Some(issuer) }, .. } => {
                of(Reason::IssuerNotTrusted).detail(issuer)
            }
            Self::Network { cause: Cause::Certificate { .. }, reason, .. } => {
                of(Reason::CertificateNotTrusted).detail(reason)
            }
            Self::Network { cause: Cause::ProxyUnreachable, reason, .. } => of(Reason::ProxyUnreachable).detail(reason),
            Self::Network { cause: Cause::ProxyWantsPassword, reason, .. } => {
                of(Reason::ProxyWantsPassword).detail(reason)
            }
            Self::Network { cause: Cause::ProxyRefused, reason, .. } => of(Reason::ProxyRefused).detail(reason),
            Self::Network { cause: Cause::NameUnknown, reason, .. } => of(Reason::NameNotFound).detail(reason),
            Self::Network { sent: false, reason, .. } => of(Reason::NetworkUnreachable).detail(reason),
            Self::Network { reason, .. } => of(Reason::AnswerLost).detail(reason),
            Self::Portal { status } => of(Reason::NetworkWantsSignIn).detail(format!("status {status}")),
            Self::Foreign { status, reason } => {
                of(Reason::AnswerNotUnderstood).detail(format!("{reason}, status {status}"))
            }
            Self::Refused { .. } => return None,
            Self::Vault(error) => error.into(),
            Self::Removed => Reason::InstanceRemoved.into(),
        }))
    }

    /// The words for whoever asked.
    pub(crate) fn intent(&self, name: &Named) -> IntentError {
        let mut error = IntentError {
            kind: match self {
                Self::NotServing(_) | Self::Network { .. } | Self::Portal { .. } => ErrorKind::Network,
                Self::Foreign { .. } => ErrorKind::Protocol,
                Self::Refused { .. } => ErrorKind::Api,
                Self::Vault(_) => ErrorKind::Vault,
                Self::Removed => ErrorKind::Refused,
            },
            message: self.sentence(name),
            errors: Vec::new(),
            status: None,
            trace_id: None,
            retry_after_seconds: None,
            said: self.said(name),
        };
        match self {
            Self::Refused { status, errors, retry_after } => {
                error.errors.clone_from(&errors.errors);
                error.status = Some(*status);
                error.trace_id.clone_from(&errors.clerk_trace_id);
                error.retry_after_seconds = *retry_after;
            }
            Self::Portal { status } | Self::Foreign { status, .. } => error.status = Some(*status),
            _ => {}
        }
        error
    }

    fn sentence(&self, name: &Named) -> String {
        match self {
            Self::NotServing(problem) => problem.message.clone(),
            Self::Network { cause, reason, .. } if *cause != Cause::Other => obstacle(name, cause, reason),
            Self::Network { sent: false, reason, .. } => {
                let advice = match name.subject {
                    Some(_) => "Check the network, then try again",
                    None => "Try again; if that does not help, quit Frontdesk and start it again",
                };
                format!("{} cannot be reached, so nothing changed. {advice}. ({reason})", name.first())
            }
            Self::Network { reason, .. } => format!(
                "The answer of {name} did not arrive, so what you asked for may have happened or not. Look before \
                 you try again. ({reason})"
            ),
            Self::Portal { status } => format!(
                "Something between here and {name} answered in its place. This network probably wants you to sign in \
                 first: open any web page in your browser, do that, then try again. (status {status})"
            ),
            Self::Foreign { status, reason } => format!(
                "{} answered with something that is not the protocol's ({reason}, status {status}). Something \
                 between here and there may have answered in its place; try again, or tell whoever runs it.",
                name.first()
            ),
            Self::Refused { status, errors, retry_after } => refusal(name, *status, errors, *retry_after),
            Self::Vault(error) => error.to_string(),
            Self::Removed => "This instance was removed meanwhile, so nothing was done.".to_owned(),
        }
    }
}

/// What stood in the way of a request, which was not sent.
fn obstacle(name: &Named, cause: &Cause, reason: &str) -> String {
    let first = name.first();
    match cause {
        Cause::Certificate { issuer: Some(issuer) } => format!(
            "{first} showed a certificate issued by {issuer}, which this computer does not trust, so nothing was sent. If \
             that is your organization's own authority, add its CA file in Settings, Network. If this network wants you \
             to sign in first, do that in your browser."
        ),
        Cause::Certificate { issuer: None } => format!(
            "{first} showed a certificate that this computer does not trust, so nothing was sent. If your organization has \
             its own authority, add its CA file in Settings, Network. If this network wants you to sign in first, do that \
             in your browser. ({reason})"
        ),
        Cause::ProxyUnreachable => format!(
            "The proxy on the way to {name} cannot be reached, so nothing changed. Check the proxy in Settings, Network, \
             or ask whoever runs it. ({reason})"
        ),
        Cause::ProxyWantsPassword => format!(
            "The proxy on the way to {name} wants a name and a password, or does not take the ones it was given, so \
             nothing changed. Enter them in Settings, Network. ({reason})"
        ),
        Cause::ProxyRefused => format!(
            "The proxy does not lead to {name}, so nothing changed. Ask whoever runs the proxy, or choose another way in \
             Settings, Network. ({reason})"
        ),
        Cause::NameUnknown => format!(
            "No computer of the name of {name} is found, so nothing changed. Check the network and the address, then try \
             again. ({reason})"
        ),
        Cause::Other => bounded(reason),
    }
}

fn refusal(name: &Named, status: u16, errors: &wire::ApiErrors, retry_after: Option<u32>) -> String {
    let first = errors.errors.first();
    let mut words = first
        .map(|error| [&error.long_message, &error.message].into_iter().find(|text| !text.is_empty()))
        .unwrap_or_default()
        .map_or_else(
            || {
                format!(
                    "{} refused ({}, status {status}).",
                    name.first(),
                    first.map_or("no reason given", |error| &error.code)
                )
            },
            |text| bounded(text),
        );
    if let Some(seconds) = retry_after {
        let _infallible = write!(words, " Try again in {seconds} seconds.");
    }
    words
}

/// A text of somebody else's, cut to a length that fits a screen and without control characters.
pub(crate) fn bounded(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(500).collect()
}

/// A refusal of the app itself.
pub(crate) fn refused(said: impl Into<Said>, message: impl Into<String>) -> IntentError {
    IntentError {
        kind: ErrorKind::Refused,
        message: message.into(),
        errors: Vec::new(),
        status: None,
        trace_id: None,
        retry_after_seconds: None,
        said: Some(Box::new(said.into())),
    }
}

impl From<VaultError> for IntentError {
    fn from(error: VaultError) -> Self {
        Self { kind: ErrorKind::Vault, ..refused(&error, error.to_string()) }
    }
}
