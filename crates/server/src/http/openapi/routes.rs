//! Routes with what the document says of them.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, on},
};
use utoipa::openapi::{HttpMethod, Paths, Tag, tag::TagBuilder};

use super::Operation;
use crate::instance::Instance;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Who {
    /// Everybody.
    Anyone,
    /// A client: an app or a browser, with the client token if it has one.
    Client,
    /// The owner, by a server that holds the secret key.
    Owner,
}

/// Routes of one group, and then of all.
pub(in crate::http) struct Routes {
    who: Who,
    group: &'static str,
    tags: Vec<Tag>,
    /// Described when somebody asks for the document: whoever serves the routes alone has no use for its megabytes.
    said: Vec<Said>,
    router: Router<Arc<Instance>>,
}

/// An operation that is yet to be described.
struct Said {
    who: Who,
    group: &'static str,
    verb: HttpMethod,
    path: &'static str,
    operation: Operation,
}

impl Routes {
    /// The routes of a group, which all serve the same kind of callers.
    pub(in crate::http) fn of(who: Who, group: &'static str, what: &'static str) -> Self {
        let tag = TagBuilder::new().name(group).description(Some(what)).build();
        Self { who, group, tags: vec![tag], said: Vec::new(), router: Router::new() }
    }

    /// Serves `GET`.
    pub(in crate::http) fn get<H: Handler<T, Arc<Instance>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        said: Operation,
    ) -> Self {
        self.on(HttpMethod::Get, MethodFilter::GET, path, handler, said)
    }

    /// Serves `POST`.
    pub(in crate::http) fn post<H: Handler<T, Arc<Instance>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        said: Operation,
    ) -> Self {
        self.on(HttpMethod::Post, MethodFilter::POST, path, handler, said)
    }

    /// Serves `PUT`.
    pub(in crate::http) fn put<H: Handler<T, Arc<Instance>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        said: Operation,
    ) -> Self {
        self.on(HttpMethod::Put, MethodFilter::PUT, path, handler, said)
    }

    /// Serves `PATCH`.
    pub(in crate::http) fn patch<H: Handler<T, Arc<Instance>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        said: Operation,
    ) -> Self {
        self.on(HttpMethod::Patch, MethodFilter::PATCH, path, handler, said)
    }

    /// Serves `DELETE`.
    pub(in crate::http) fn delete<H: Handler<T, Arc<Instance>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        said: Operation,
    ) -> Self {
        self.on(HttpMethod::Delete, MethodFilter::DELETE, path, handler, said)
    }

    fn on<H: Handler<T, Arc<Instance>>, T: 'static>(
        mut self,
        verb: HttpMethod,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
        operation: Operation,
    ) -> Self {
        self.said.push(Said { who: self.who, group: self.group, verb, path, operation });
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// Adds another group.
    pub(in crate::http) fn and(mut self, mut other: Self) -> Self {
        for tag in other.tags.drain(..) {
            if !self.tags.iter().any(|known| known.name == tag.name) {
                self.tags.push(tag);
            }
        }
        self.said.append(&mut other.said);
        self.router = self.router.merge(other.router);
        self
    }

    /// What serves them.
    pub(in crate::http) fn router(self) -> Router<Arc<Instance>> {
        self.router
    }

    /// What the document says of them.
    pub(super) fn described(self) -> (Vec<Tag>, Paths) {
        let mut paths = Paths::new();
        for Said { who, group, verb, path, operation } in self.said {
            let operation = operation.describe(who, group, filter_name(&verb), path);
            paths.add_path_operation(path, vec![verb], operation);
        }
        (self.tags, paths)
    }
}

fn filter_name(verb: &HttpMethod) -> &'static str {
    match verb {
        HttpMethod::Get => "get",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
        _ => "post",
    }
}
