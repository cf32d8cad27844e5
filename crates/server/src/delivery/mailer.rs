//! Hands mails over to a mail server (SMTP, RFC 5321).

use std::{
    error::Error as _,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use frontdesk_identity::{DeliveryId, Timestamp};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor,
    message::{
        Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError},
};
use tokio::time::timeout;

use super::Message;

/// Longest that a mail server may take for one message. Leases are longer: a message that is being sent is not due.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way to a mail server.
pub struct Mailer {
    builder: AsyncSmtpTransportBuilder,
    transport: Mutex<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    in_development: bool,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer(…)")
    }
}

/// Why a mail was not handed over. Says nothing of its recipient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SendError {
    /// The server takes nothing for this recipient, now or later.
    #[error("the mail server takes nothing for this recipient ({0})")]
    Refused(String),
    /// No mail can be made of the message.
    #[error("no mail can be made of this message")]
    Unusable,
    /// Anything else; another try may succeed.
    #[error("{0}")]
    Failed(String),
}

impl Mailer {
    /// A way to the server that the builder describes. `in_development` says whether a development instance uses it.
    #[must_use]
    pub fn new(builder: AsyncSmtpTransportBuilder, from: Mailbox, in_development: bool) -> Self {
        Self { transport: Mutex::new(builder.clone().build()), builder, from, in_development }
    }

    /// Whether a development instance sends its messages, instead of only keeping them.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        self.in_development
    }

    /// Hands a message over. The same message is the same mail, byte for byte, whenever it is sent: what arrives twice
    /// can be told by its Message-ID.
    pub(super) async fn send(
        &self,
        id: &DeliveryId,
        message: &Message,
        created_at: Timestamp,
        reply_to: Option<&str>,
    ) -> Result<(), SendError> {
        let mail = self.mail(id, message, created_at, reply_to).ok_or(SendError::Unusable)?;
        let transport = self.transport.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match timeout(PATIENCE, transport.send(mail)).await {
            Ok(sent) => sent.map(drop).map_err(|error| told(&error)),
            Err(_elapsed) => {
                // The connection still waits for its answer and must never be used for another mail: it goes with its
                // pool.
                let fresh = self.builder.clone().build();
                *self.transport.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
                Err(SendError::Failed("the mail server does not answer in time".to_owned()))
            }
        }
    }

    fn mail(&self, id: &DeliveryId, message: &Message, created_at: Timestamp, reply_to: Option<&str>) -> Option<Mail> {
        let written_at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(created_at.0).ok()?);
        let mut builder = Mail::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, message.to().parse().ok()?))
            .subject(message.subject())
            .date(written_at)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // Nobody's absence note is wanted (RFC 3834 §5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(address) = reply_to.and_then(|address| address.parse().ok()) {
            builder = builder.reply_to(Mailbox::new(None, address));
        }
        let text = SinglePart::plain(message.text().to_owned());
        let Some(html) = message.html() else { return builder.singlepart(text).ok() };
        let parts = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(format!("part-{id}"));
        builder.multipart(parts.singlepart(text).singlepart(SinglePart::html(html.to_owned()))).ok()
    }
}

/// What went wrong, without the server's words: they repeat the address.
fn told(error: &SmtpError) -> SendError {
    let Some(status) = error.status() else {
        return SendError::Failed(if error.is_response() {
            "what the mail server answers cannot be understood".to_owned()
        } else {
            format!("the mail server cannot be used: {error}")
        });
    };
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    let enhanced = words.split_whitespace().find(|word| is_enhanced(word)).unwrap_or_default();
    let shown = format!("{status} {enhanced}").trim_end().to_owned();
    if error.is_permanent() && is_about_the_recipient(&status.to_string(), enhanced) {
        SendError::Refused(shown)
    } else {
        SendError::Failed(format!("the mail server answers {shown}"))
    }
}

/// Whether this is a status code of RFC 3463, such as `5.1.1`.
fn is_enhanced(word: &str) -> bool {
    let mut parts = word.split('.');
    let number = |part: Option<&str>| part.is_some_and(|part| part.len() <= 3 && part.parse::<u16>().is_ok());
    matches!(parts.next(), Some("4" | "5")) && number(parts.next()) && number(parts.next()) && parts.next().is_none()
}

/// Whether a permanent refusal is about the recipient (RFC 5321 §4.2.3, RFC 3463 §3.2 and §3.3). What is about the
/// sender, its password or the server's policy is for the owner to put right; the message waits until then.
fn is_about_the_recipient(status: &str, enhanced: &str) -> bool {
    match enhanced {
        "" => matches!(status, "550" | "551" | "553"),
        // The sender's address.
        "5.1.7" | "5.1.8" => false,
        "5.2.1" => true,
        other => other.starts_with("5.1."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_recipient_counts_as_refused() {
        for (status, enhanced) in [("550", ""), ("551", ""), ("553", ""), ("550", "5.1.1"), ("554", "5.2.1")] {
            assert!(is_about_the_recipient(status, enhanced), "{status} {enhanced}");
        }
        for (status, enhanced) in
            [("535", "5.7.8"), ("550", "5.7.1"), ("553", "5.1.8"), ("552", "5.2.2"), ("554", ""), ("530", "")]
        {
            assert!(!is_about_the_recipient(status, enhanced), "{status} {enhanced}");
        }
    }

    #[test]
    fn status_codes_are_found_among_words() {
        for word in ["5.1.1", "4.2.2", "5.7.139"] {
            assert!(is_enhanced(word), "{word}");
        }
        for word in ["5", "5.1", "5.1.1.1", "10.0.0.1", "5.1.x", "<ada@example.com>", "5..1"] {
            assert!(!is_enhanced(word), "{word}");
        }
    }
}
