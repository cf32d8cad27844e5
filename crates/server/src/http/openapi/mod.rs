//! What the instance serves, and the OpenAPI document that says so: one list, so that nothing is served that the
//! document does not know.

mod document;
mod field;
mod operation;
pub(super) mod refusals;
mod routes;

pub use document::document;

pub(super) use field::Field;
pub(super) use operation::{Operation, list, page, says};
pub(super) use routes::{Routes, Who};
