//! Messages of security keys as far as the library does not read or write them itself (CTAP 2.1 §6).
//!
//! Everything here comes from a device that anybody may have made.

use std::collections::BTreeMap;

use serde_cbor_2::Value;

use crate::{AccountName, answer::Attested};

/// Longest name that is shown of an account.
const LONGEST_NAME: usize = 64;
/// The subcommand that asks how many tries a PIN has left (§6.5.5.2).
const GET_PIN_RETRIES: i128 = 0x01;

/// What a key can.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    /// It keeps keys that are found without their id.
    pub(super) discoverable: bool,
    pub(super) transports: Vec<String>,
}

/// A signature.
#[derive(Debug)]
pub(super) struct SignedBy {
    pub(super) credential_id: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) user_handle: Option<Vec<u8>>,
    name: String,
    display_name: String,
}

impl SignedBy {
    pub(super) fn account(&self) -> AccountName {
        AccountName { name: self.name.clone(), display_name: self.display_name.clone() }
    }
}

pub(super) fn info(answer: &[u8]) -> Info {
    let Some(mut fields) = numbered(answer) else { return Info::default() };
    let discoverable = match fields.remove(&0x04) {
        Some(Value::Map(options)) => options.get(&text("rk")) == Some(&Value::Bool(true)),
        _ => false,
    };
    let transports = match fields.remove(&0x09) {
        Some(Value::Array(ways)) => ways.into_iter().filter_map(transport).collect(),
        _ => Vec::new(),
    };
    Info { discoverable, transports }
}

/// What a phone says of itself once it can be spoken to (CTAP 2.2 §11.5), as the answer of a key: as far as it is of use,
/// and without PINs, since a phone verifies its owner by itself.
#[cfg(all(unix, feature = "phone"))]
pub(crate) fn of_phone(message: &[u8]) -> Option<Vec<u8>> {
    let mut fields = numbered(&bytes(numbered(message)?.remove(&0x01)?)?)?;
    let discoverable = match fields.remove(&0x04) {
        Some(Value::Map(options)) => options.get(&text("rk")) == Some(&Value::Bool(true)),
        _ => false,
    };
    let mut ways = match fields.remove(&0x09) {
        Some(Value::Array(ways)) => ways,
        _ => Vec::new(),
    };
    if !ways.contains(&text("hybrid")) {
        ways.push(text("hybrid"));
    }
    fields.retain(|number, _| matches!(number, 0x01 | 0x03));
    let options = [(text("rk"), Value::Bool(discoverable)), (text("uv"), Value::Bool(true))];
    fields.insert(0x04, Value::Map(options.into()));
    fields.insert(0x09, Value::Array(ways));
    let fields = fields.into_iter().map(|(number, value)| (Value::Integer(number), value)).collect();
    serde_cbor_2::to_vec(&Value::Map(fields)).ok()
}

pub(super) fn made(answer: &[u8]) -> Option<Attested> {
    let mut fields = numbered(answer)?;
    Some(Attested {
        authenticator_data: bytes(fields.remove(&0x02)?)?,
        format: as_text(fields.remove(&0x01)?)?,
        statement: fields.remove(&0x03).unwrap_or_else(|| Value::Map(BTreeMap::new())),
    })
}

/// How many signatures there are, and the one in the answer. A key may leave out which key it is if only one was named.
pub(super) fn signed(answer: &[u8], named: Option<&[u8]>) -> (usize, Option<SignedBy>) {
    let Some(mut fields) = numbered(answer) else { return (0, None) };
    let count = match fields.remove(&0x05) {
        Some(Value::Integer(count)) => usize::try_from(count).unwrap_or(1),
        _ => 1,
    };
    let mut read = || {
        let credential_id = match fields.remove(&0x01) {
            Some(Value::Map(mut key)) => bytes(key.remove(&text("id"))?)?,
            _ => named?.to_vec(),
        };
        let mut user = match fields.remove(&0x04) {
            Some(Value::Map(user)) => user,
            _ => BTreeMap::new(),
        };
        let mut name = |field| user.remove(&text(field)).and_then(as_text).map(|name| shown(&name)).unwrap_or_default();
        Some(SignedBy {
            name: name("name"),
            display_name: name("displayName"),
            user_handle: user.remove(&text("id")).and_then(bytes).filter(|handle| !handle.is_empty()),
            credential_id,
            authenticator_data: bytes(fields.remove(&0x02)?)?,
            signature: bytes(fields.remove(&0x03)?)?,
        })
    };
    (count, read())
}

/// The only key that a message asks for, if it names just one.
pub(super) fn only_allowed(message: &[u8]) -> Option<Vec<u8>> {
    let Some(Value::Array(allowed)) = numbered(message.get(1..)?)?.remove(&0x03) else { return None };
    match <[Value; 1]>::try_from(allowed).ok()? {
        [Value::Map(mut only)] => bytes(only.remove(&text("id"))?),
        _ => None,
    }
}

/// The answer with the key that it left out; none if it left out none.
pub(super) fn completed(answer: &[u8], named: &[u8]) -> Option<Vec<u8>> {
    let mut fields = numbered(answer)?;
    if fields.contains_key(&0x01) {
        return None;
    }
    let key = [(text("id"), Value::Bytes(named.to_vec())), (text("type"), text("public-key"))];
    fields.insert(0x01, Value::Map(key.into()));
    let fields = fields.into_iter().map(|(number, value)| (Value::Integer(number), value)).collect();
    serde_cbor_2::to_vec(&Value::Map(fields)).ok()
}

/// A message that asks for a key, asking for one that is found without its id (§6.1, option `rk`).
pub(super) fn discoverable(message: &[u8]) -> Option<Vec<u8>> {
    let (command, parameters) = message.split_first()?;
    let mut fields = numbered(parameters)?;
    let mut options = match fields.remove(&0x07) {
        Some(Value::Map(options)) => options,
        _ => BTreeMap::new(),
    };
    options.insert(text("rk"), Value::Bool(true));
    fields.insert(0x07, Value::Map(options));
    let fields = fields.into_iter().map(|(number, value)| (Value::Integer(number), value)).collect();
    let mut changed = vec![*command];
    changed.extend(serde_cbor_2::to_vec(&Value::Map(fields)).ok()?);
    Some(changed)
}

/// How many tries are left and whether the key wants to be plugged in anew, if that was asked.
pub(super) fn retries(message: &[u8], answer: &[u8]) -> Option<(Option<u32>, bool)> {
    let asked = numbered(message.get(1..)?)?;
    if asked.get(&0x02) != Some(&Value::Integer(GET_PIN_RETRIES)) {
        return None;
    }
    let fields = numbered(answer)?;
    let left = match fields.get(&0x03) {
        Some(Value::Integer(left)) => u32::try_from(*left).ok(),
        _ => None,
    };
    Some((left, fields.get(&0x04) == Some(&Value::Bool(true))))
}

fn numbered(message: &[u8]) -> Option<BTreeMap<i128, Value>> {
    let Value::Map(fields) = serde_cbor_2::from_slice(message).ok()? else { return None };
    let numbered = |(name, value)| if let Value::Integer(number) = name { Some((number, value)) } else { None };
    Some(fields.into_iter().filter_map(numbered).collect())
}

fn bytes(value: Value) -> Option<Vec<u8>> {
    if let Value::Bytes(bytes) = value { Some(bytes) } else { None }
}

fn as_text(value: Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A way to reach the key, if it is one that is passed on to those who ask it (Web Authentication §5.8.4).
fn transport(way: Value) -> Option<String> {
    as_text(way).filter(|way| matches!(way.as_str(), "usb" | "nfc" | "ble" | "smart-card" | "hybrid" | "internal"))
}

fn shown(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests;
