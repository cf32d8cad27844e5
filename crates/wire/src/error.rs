//! Errors as an instance tells them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{Metadata, client::Client, nullable};

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApiErrors {
    /// What went wrong, one entry for each cause.
    #[serde(default, deserialize_with = "nullable")]
    pub errors: Vec<ApiError>,
    /// 32 hexadecimal digits that name the request in the instance's log.
    pub clerk_trace_id: Option<String>,
    /// What came along with the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<ErrorsMeta>,
}

/// What comes along with an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorsMeta {
    /// The client as it stands after the failed request.
    pub client: Option<Client>,
}

/// One cause of a failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ApiError {
    /// Machine word; see [`crate::ErrorCode`] for the ones known here.
    pub code: String,
    /// Short text.
    #[serde(default, deserialize_with = "nullable")]
    pub message: String,
    /// A sentence.
    #[serde(default, deserialize_with = "nullable")]
    pub long_message: String,
    /// Details by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub meta: Option<ErrorMeta>,
}

/// Details of one cause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ErrorMeta {
    /// The form field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub param_name: Option<String>,
    /// The session that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub session_id: Option<String>,
    /// Identifiers that were refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub identifiers: Option<Vec<String>>,
    /// Every other detail, as the instance sends it.
    #[serde(flatten)]
    #[ts(skip)]
    #[schema(ignore)]
    pub other: Metadata,
}

impl ErrorMeta {
    /// Details that name only the form field at fault.
    #[must_use]
    pub fn param(name: &str) -> Self {
        Self { param_name: Some(name.to_owned()), ..Self::default() }
    }
}
