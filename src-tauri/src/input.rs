//! What every command checks before anything else sees the request: who asks, and that the input is bounded and plain.

use frontdesk_accounts::{
    Reason, Said,
    intents::{ErrorKind, IntentError},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Label of the one window that may call commands.
pub(crate) const WINDOW: &str = "main";

/// Most characters of ids, codes and the protocol's words.
const WORD: usize = 256;
/// Most characters of what people type in one line: addresses, names, keys.
const LINE: usize = 2_048;
/// Most characters of an address that was pasted; far above what leads back.
const ADDRESS: usize = 16_384;
/// Most characters of a password; far above what instances take.
const PASSWORD: usize = 4_096;
/// Most characters of a text for the clipboard.
const TEXT: usize = 65_536;
/// Most characters of the values an application keeps with an attempt, as JSON.
const METADATA: usize = 65_536;
/// Most characters of a file of 10 MiB in base64, with the beginning of a data URL.
const FILE: usize = (10_usize << 20).div_ceil(3) * 4 + 128;
/// Most entries of a list.
const ENTRIES: usize = 32;

/// A request that came from the window and reads as one of the command's requests.
///
/// The refusals say nothing of the input's content: it may be a password in the wrong place.
pub(crate) fn admit<Request: DeserializeOwned>(label: &str, request: Value) -> Result<Request, IntentError> {
    if label != WINDOW {
        tracing::warn!("a command from a window other than the main one was refused");
        return Err(refused(Reason::WindowForeign, "Only the main window of Frontdesk may do this."));
    }
    check(None, &request).map_err(|(reason, sentence)| refused(reason, &sentence))?;
    serde_json::from_value(request).map_err(|_| {
        refused(
            Reason::RequestUnknown,
            "Frontdesk does not know this request, so nothing was done. Quit Frontdesk and start it again.",
        )
    })
}

/// A refusal of the app itself; nothing was done.
#[must_use]
pub(crate) fn refused(said: impl Into<Said>, message: &str) -> IntentError {
    IntentError {
        kind: ErrorKind::Refused,
        message: message.to_owned(),
        errors: Vec::new(),
        status: None,
        trace_id: None,
        retry_after_seconds: None,
        said: Some(Box::new(said.into())),
    }
}

fn check(field: Option<&str>, value: &Value) -> Result<(), (Reason, String)> {
    match value {
        Value::String(text) => check_text(field.unwrap_or("request"), text),
        Value::Array(entries) if entries.len() > ENTRIES => {
            let sentence = format!("The field {} has more than {ENTRIES} entries. Nothing was done.", named(field));
            Err((Reason::InputTooLong, sentence))
        }
        Value::Array(entries) => entries.iter().try_for_each(|entry| check(field, entry)),
        Value::Object(fields) if fields.len() > ENTRIES => {
            let sentence = format!("The field {} has more than {ENTRIES} entries. Nothing was done.", named(field));
            Err((Reason::InputTooLong, sentence))
        }
        // The application's own values: only their size is looked at, the instance decides on the rest.
        Value::Object(_) if field == Some("unsafe_metadata") => {
            if value.to_string().len() > METADATA {
                let sentence = format!("The metadata is longer than {METADATA} characters. Nothing was done.");
                return Err((Reason::InputTooLong, sentence));
            }
            Ok(())
        }
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| check(Some(name), value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_text(field: &str, text: &str) -> Result<(), (Reason, String)> {
    let (most, one_line) = match field {
        "password" | "current_password" | "new_password" | "passphrase" | "new_passphrase" => (PASSWORD, false),
        "text" => (TEXT, false),
        "file" => (FILE, true),
        "address" => (ADDRESS, true),
        "identifier" | "email_address" | "first_name" | "last_name" | "publishable_key" | "key_or_address"
        | "inputs" | "image_url" | "exceptions" => (LINE, true),
        _ => (WORD, true),
    };
    if text.chars().count() > most {
        let field = named(Some(field));
        let sentence = format!("The field {field} is longer than {most} characters. Shorten it and try again.");
        return Err((Reason::InputTooLong, sentence));
    }
    if text.contains('\0') || (one_line && text.chars().any(char::is_control)) {
        let field = named(Some(field));
        let sentence =
            format!("The field {field} has control characters, such as a line break. Remove them and try again.");
        return Err((Reason::InputControl, sentence));
    }
    Ok(())
}

/// The field's name if it is one that could be ours: an unknown name is input as well.
fn named(field: Option<&str>) -> &str {
    field
        .filter(|name| name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        .unwrap_or("of the request")
}

#[cfg(test)]
mod tests;
