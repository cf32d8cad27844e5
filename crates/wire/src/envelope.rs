//! The envelope most answers travel in.

use serde::{Deserialize, Serialize};

use crate::{client::Client, error::ErrorsMeta};

/// An answer with the client as it stands after the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// What was asked for.
    pub response: T,
    /// The whole client after a change; null means that it did not change.
    pub client: Option<Client>,
    /// The other place where a client may travel. Read, never written.
    #[serde(default, skip_serializing)]
    pub meta: Option<ErrorsMeta>,
}

impl<T> Envelope<T> {
    /// An answer that carries the client.
    pub fn new(response: T, client: Option<Client>) -> Self {
        Self { response, client, meta: None }
    }

    /// Splits the answer from the client, wherever the instance put it.
    pub fn into_parts(self) -> (T, Option<Client>) {
        let client = self.client.or_else(|| self.meta.and_then(|meta| meta.client));
        (self.response, client)
    }
}
