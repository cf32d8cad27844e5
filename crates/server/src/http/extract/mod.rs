//! What a request says, read strictly: what cannot be read is refused, what is not known is ignored.

mod authorization;
mod body;
mod caller;
mod form;
mod json;
mod moment;
mod pairs;
mod query;
mod secret_key;
mod upload;
mod version;

pub use form::Form;
pub use json::{Json, JsonList};
pub use query::Query;
pub use secret_key::Owner;
pub use upload::Upload;

pub(super) use authorization::token;
pub(in crate::http) use body::whole_body;
pub(super) use caller::carrier;
pub(super) use version::check as check_version;
