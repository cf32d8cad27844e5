//! The language of shortcodes:
//!
//! ```text
//! text      = { other text | "{{" operand { "||" operand } "}}" }
//! operand   = path | literal
//! path      = step { "." step }
//! step      = characters without white space, quotes, braces, "|" and "."
//! literal   = "'" characters without "'" "'" | number | "true" | "false"
//! ```

use serde_json::Value;

use super::Facts;

/// Most operands of one shortcode.
const MAX_OPERANDS: usize = 16;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// The end is missing.
    #[error("a shortcode begins with {{{{ and does not end with }}}}")]
    Unclosed,
    /// Something is no operand.
    #[error("`{0}` is neither a name such as user.id nor a literal such as 'text', 30 or true")]
    Operand(String),
    /// There are too many.
    #[error("a shortcode has {MAX_OPERANDS} operands at most")]
    TooMany,
}

/// A text with its shortcodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Plain(String),
    Shortcode(Vec<Operand>),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(Vec<String>),
    Literal(Value),
}

impl Text {
    /// Reads a text.
    pub(super) fn read(text: &str) -> Result<Self, TextFault> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            if !before.is_empty() {
                pieces.push(Piece::Plain(before.to_owned()));
            }
            let (operands, after) = shortcode(after)?;
            pieces.push(Piece::Shortcode(operands));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The text with what its shortcodes stand for; the value itself if it is one shortcode and nothing else.
    pub(super) fn fill(&self, facts: &Facts<'_>) -> Value {
        if let [Piece::Shortcode(operands)] = self.0.as_slice() {
            return chosen(operands, facts);
        }
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => filled.push_str(text),
                Piece::Shortcode(operands) => match chosen(operands, facts) {
                    Value::String(text) => filled.push_str(&text),
                    other => filled.push_str(&other.to_string()),
                },
            }
        }
        Value::String(filled)
    }
}

/// The first operand that stands for something, neither null nor false; else the last one, whatever it stands for.
fn chosen(operands: &[Operand], facts: &Facts<'_>) -> Value {
    let value = |operand: &Operand| match operand {
        Operand::Path(path) => facts.at(path),
        Operand::Literal(value) => value.clone(),
    };
    let Some((last, before)) = operands.split_last() else { return Value::Null };
    let stands = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    before.iter().map(value).find(stands).unwrap_or_else(|| value(last))
}

/// Reads a shortcode from behind its braces; answers with its operands and what comes after it.
fn shortcode(text: &str) -> Result<(Vec<Operand>, &str), TextFault> {
    let (mut operands, mut rest) = (Vec::new(), text);
    loop {
        let (found, after) = operand(rest.trim_start())?;
        operands.push(found);
        if operands.len() > MAX_OPERANDS {
            return Err(TextFault::TooMany);
        }
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix("}}") {
            return Ok((operands, after));
        }
        rest = after.strip_prefix("||").ok_or_else(|| unexpected(after))?;
    }
}

fn operand(text: &str) -> Result<(Operand, &str), TextFault> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let (literal, after) = quoted.split_once('\'').ok_or(TextFault::Unclosed)?;
        return Ok((Operand::Literal(Value::from(literal)), after));
    }
    let end = text.find(ends_word).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let literal = serde_json::from_str(word).ok().filter(|value| matches!(value, Value::Bool(_) | Value::Number(_)));
    let path: Vec<_> = word.split('.').map(str::to_owned).collect();
    match literal {
        Some(value) => Ok((Operand::Literal(value), after)),
        None if path.iter().any(String::is_empty) => Err(unexpected(text)),
        None => Ok((Operand::Path(path), after)),
    }
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\'' | '"' | '{' | '}' | '|')
}

/// What is wrong where an operand, `||` or the end should be.
fn unexpected(text: &str) -> TextFault {
    match text.find("}}") {
        None => TextFault::Unclosed,
        Some(end) => TextFault::Operand(text[..end].trim().to_owned()),
    }
}
