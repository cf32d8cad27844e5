//! Claims that the owner of an instance adds to tokens: a JSON object in which texts may hold shortcodes, such as
//! `{{user.public_metadata.role || 'guest'}}`, that stand for what is known of the user.
//!
//! A text that is one shortcode and nothing else becomes the value itself, whatever its type; a shortcode among other text
//! becomes text. What is not known is null. A value is put in as it is: shortcodes in it mean nothing, so that nobody
//! writes claims by what they call themselves.

use serde_json::Value;

use crate::{FieldError, FieldFault, Metadata, field};

mod facts;
mod shortcode;

pub use facts::Facts;
use shortcode::Text;
pub use shortcode::TextFault;

/// Claims that tell who a token is of, what it is good for and for how long. The instance alone writes them.
pub const RESERVED: [&str; 17] = [
    "act", "azp", "exp", "fea", "fva", "iat", "iss", "jti", "nbf", "o", "oiat", "org", "pla", "sid", "sts", "sub", "v",
];

/// Claims of an organization as session tokens of older versions have them, which those who verify still believe.
const RESERVED_IN_SESSIONS: [&str; 4] = ["org_id", "org_permissions", "org_role", "org_slug"];

/// Deepest claims.
const MAX_DEPTH: usize = 10;

/// In which tokens claims stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// In tokens of a template, which stand for nothing but what the template says.
    Template,
    /// In session tokens.
    Session,
}

impl TokenKind {
    /// Whether the instance alone writes this claim.
    #[must_use]
    pub fn reserves(self, claim: &str) -> bool {
        RESERVED.contains(&claim) || self == Self::Session && RESERVED_IN_SESSIONS.contains(&claim)
    }
}

/// Why claims cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// The instance alone writes the claim.
    #[error("the claim `{0}` is written by the instance alone: choose another name")]
    Reserved(String),
    /// A text is not in the language of shortcodes.
    #[error("the claim `{place}`: {fault}")]
    Text {
        /// Where the text is.
        place: String,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// Objects and lists lie in each other too deep.
    #[error("claims may lie {MAX_DEPTH} deep at most")]
    TooDeep,
    /// The object as a whole is none that may be kept.
    #[error("claims are an object of 8 KB of JSON at most, without NUL characters")]
    Unfit,
}

/// Claims whose shortcodes have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Vec<(String, Node)>);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Value(Value),
    Text(Text),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Claims {
    /// Reads claims. Every reason why they cannot be used is told at once.
    pub fn read(object: &Metadata, kind: TokenKind) -> Result<Self, Vec<ClaimFault>> {
        match field::metadata_object("claims", object) {
            Ok(_) => {}
            Err(FieldError { fault: FieldFault::TooLong | FieldFault::Format, .. }) => {
                return Err(vec![ClaimFault::Unfit]);
            }
            Err(_) => return Err(vec![ClaimFault::TooDeep]),
        }
        let mut faults: Vec<_> =
            object.keys().filter(|name| kind.reserves(name)).cloned().map(ClaimFault::Reserved).collect();
        let nodes = read_object(object, &mut Vec::new(), &mut faults);
        if faults.is_empty() { Ok(Self(nodes)) } else { Err(faults) }
    }

    /// The claims, as they stand for these facts.
    #[must_use]
    pub fn fill(&self, facts: &Facts<'_>) -> Metadata {
        fill_object(&self.0, facts)
    }
}

fn read_object(object: &Metadata, path: &mut Vec<String>, faults: &mut Vec<ClaimFault>) -> Vec<(String, Node)> {
    let mut nodes = Vec::with_capacity(object.len());
    for (name, value) in object {
        path.push(name.clone());
        nodes.push((name.clone(), read(value, path, faults)));
        path.pop();
    }
    nodes
}

fn read(value: &Value, path: &mut Vec<String>, faults: &mut Vec<ClaimFault>) -> Node {
    match value {
        Value::Array(_) | Value::Object(_) if path.len() > MAX_DEPTH => {
            if !faults.contains(&ClaimFault::TooDeep) {
                faults.push(ClaimFault::TooDeep);
            }
            Node::Value(Value::Null)
        }
        Value::String(text) => match Text::read(text) {
            Ok(text) => Node::Text(text),
            Err(fault) => {
                faults.push(ClaimFault::Text { place: path.join("."), fault });
                Node::Value(Value::Null)
            }
        },
        Value::Array(list) => {
            let mut nodes = Vec::with_capacity(list.len());
            for (place, value) in list.iter().enumerate() {
                path.push(place.to_string());
                nodes.push(read(value, path, faults));
                path.pop();
            }
            Node::List(nodes)
        }
        Value::Object(object) => Node::Object(read_object(object, path, faults)),
        plain => Node::Value(plain.clone()),
    }
}

fn fill_object(nodes: &[(String, Node)], facts: &Facts<'_>) -> Metadata {
    nodes.iter().map(|(name, node)| (name.clone(), fill(node, facts))).collect()
}

fn fill(node: &Node, facts: &Facts<'_>) -> Value {
    match node {
        Node::Value(value) => value.clone(),
        Node::Text(text) => text.fill(facts),
        Node::List(nodes) => nodes.iter().map(|node| fill(node, facts)).collect(),
        Node::Object(nodes) => Value::Object(fill_object(nodes, facts)),
    }
}

#[cfg(test)]
mod tests;
