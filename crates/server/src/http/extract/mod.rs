//! What a request says, read strictly: what cannot be read is refused, what is not known is ignored.

mod authorization;
mod caller;
mod form;
mod pairs;
mod query;
mod version;

pub use form::Form;
pub use query::Query;

pub(super) use authorization::token;
pub(super) use caller::carrier;
pub(super) use version::check as check_version;
