//! The way to the development provider: it is asked inside the process, so that it needs no door; others are asked as ever.

use std::sync::{Arc, Weak};

use axum::body::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, Uri};

use super::{PATH, answer};
use crate::{
    instance::Instance,
    providers::{Reach, ReachError},
};

/// The way to the development provider of an instance, and past it to all others.
#[derive(Debug)]
pub struct Inside {
    /// The instance; it holds this itself.
    pub instance: Weak<Instance>,
    /// The way to the others.
    pub outside: Arc<dyn Reach>,
}

impl Inside {
    /// The instance, if it is its own provider that is asked.
    fn own(&self, asked: &Uri) -> Option<Arc<Instance>> {
        let instance = self.instance.upgrade().filter(|instance| instance.is_development())?;
        let rest = asked.to_string();
        let rest = rest.strip_prefix(instance.public_url().origin())?;
        rest.starts_with(PATH).then_some(instance)
    }
}

impl Reach for Inside {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, ReachError>> {
        match self.own(request.uri()) {
            Some(instance) => Box::pin(async move { Ok(answer(&instance, request).await) }),
            None => self.outside.send(request),
        }
    }
}
