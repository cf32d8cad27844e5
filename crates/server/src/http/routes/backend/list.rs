//! What lists have in common: parts of them, and several values for one parameter.

use frontdesk_identity::Timestamp;
use frontdesk_wire::{ErrorCode, backend::Page};
use serde::Serialize;
use utoipa::{ToSchema, openapi::OneOfBuilder};

use crate::{
    flows::backend::Part,
    http::{
        Answer, Refusal,
        extract::Query,
        openapi::{self, Field},
    },
};

/// Whether the answer says how many there are.
pub(super) const PAGINATED: Field =
    Field::flag("paginated", "Whether to answer with an object that also says how many there are.");
/// How many entries to leave out first.
pub(super) const OFFSET: Field = Field::number("offset", "How many entries to leave out first; 0 if it is not said.");
/// How many entries to answer with.
pub(super) const LIMIT: Field = Field::number("limit", "How many entries, between 1 and 500; 10 if it is not said.");

/// Entries of a list when nobody says how many.
const USUAL: u32 = 10;
/// Most entries of a list.
const MOST: u32 = 500;
/// Most values of one parameter.
const MOST_VALUES: usize = 100;

/// A number that may be given.
fn number<T: std::str::FromStr>(query: &Query, name: &str) -> Result<Option<T>, Refusal> {
    let Some(text) = text(query, name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Refusal::field(ErrorCode::FormParamTypeInvalid, name))
}

/// A text that may be given; an empty one counts as not given.
pub(super) fn text<'q>(query: &'q Query, name: &str) -> Result<Option<&'q str>, Refusal> {
    query.one(name)?.filter(|text| !text.is_empty()).map(|text| plain(text, name)).transpose()
}

/// Every value of a parameter.
pub(super) fn texts(query: &Query, name: &str) -> Result<Vec<String>, Refusal> {
    let given = query.all(name).filter(|text| !text.is_empty());
    let texts = given.map(|text| plain(text, name).map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    if texts.len() > MOST_VALUES {
        return Err(Refusal::field(ErrorCode::FormParamMaxLengthExceeded, name)
            .saying(format!("This parameter takes {MOST_VALUES} values at most.")));
    }
    Ok(texts)
}

/// PostgreSQL cannot keep NUL in a text, and nothing has one.
fn plain<'t>(text: &'t str, name: &str) -> Result<&'t str, Refusal> {
    if text.contains('\0') { Err(Refusal::field(ErrorCode::FormParamFormatInvalid, name)) } else { Ok(text) }
}

/// What to sort by, and whether the greatest comes first. Of several, the first counts.
pub(super) fn order(query: &Query) -> Result<Option<(&str, bool)>, Refusal> {
    let Some(text) = query.all("order_by").find(|text| !text.is_empty()) else { return Ok(None) };
    let text = plain(text, "order_by")?;
    // A plus that was not encoded arrives as a space.
    Ok(Some(match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text.trim_start_matches(['+', ' ']), false),
    }))
}

/// A moment in milliseconds that may be given.
pub(super) fn moment(query: &Query, name: &str) -> Result<Option<Timestamp>, Refusal> {
    Ok(number(query, name)?.map(Timestamp))
}

/// True or false, if it is given.
pub(super) fn flag(query: &Query, name: &str) -> Result<Option<bool>, Refusal> {
    number(query, name)
}

/// The schema of what [`answer`] answers with.
pub(super) fn listed<T: ToSchema>() -> OneOfBuilder {
    OneOfBuilder::new().item(openapi::list::<T>()).item(openapi::page::<T>())
}

/// Offset and limit.
pub(super) fn part(query: &Query) -> Result<(u32, u32), Refusal> {
    let limit = number(query, "limit")?.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::field(ErrorCode::FormParamValueInvalid, "limit")
            .saying(format!("A list has between 1 and {MOST} entries; ask for the rest with `offset`.")));
    }
    Ok((number(query, "offset")?.unwrap_or(0), limit))
}

/// A part of a list, in the form that was asked for: with the length of the whole, or bare.
pub(super) fn answer<T: Serialize>(query: &Query, part: Part<T>) -> Result<Answer, Refusal> {
    if flag(query, "paginated")? == Some(true) {
        let total_count = i64::try_from(part.total).unwrap_or(i64::MAX);
        return Ok(Answer::bare(&Page { data: part.entries, total_count }));
    }
    Ok(Answer::bare(&part.entries))
}
