//! Requests to an instance, with everything that their answers bring besides what was asked for.
//!
//! Token and client of an answer are taken before whoever asked hears of it, so that the snapshot never lags behind an
//! intent. An instance that says it does not know the caller is asked for the client; if it does not know that either,
//! everybody is signed out there. So is one that does not know the session: its user may have been deleted.
//!
//! Futures are boxed where one is made of many others: in one piece they would not fit a thread's stack.

use frontdesk_wire as wire;
use serde::de::DeserializeOwned;

use crate::{
    core::{Core, State},
    fault::Fault,
    gate::Ticket,
    link::{Link, When},
    said::{Reason, Said},
    snapshot::{Problem, Status},
    transport::{Answer, Request},
};

const CLIENT: &str = "/v1/client";

impl Core {
    /// A request whose answer travels in an envelope.
    pub(crate) async fn enveloped<T: DeserializeOwned>(&self, link: &Link, request: &Request) -> Result<T, Fault> {
        let (ticket, parsed) = self.call(link, request, Answer::parse::<wire::Envelope<T>>).await?;
        let (response, client) = parsed?.into_parts();
        if let Some(client) = client {
            Box::pin(self.take_client(link, ticket, client)).await;
        }
        Ok(response)
    }

    /// A request whose answer is an object without an envelope.
    pub(crate) async fn bare<T: DeserializeOwned>(&self, link: &Link, request: &Request) -> Result<T, Fault> {
        self.call(link, request, Answer::parse::<T>).await?.1
    }

    /// A request whose answer is a list without an envelope.
    pub(crate) async fn list<T: DeserializeOwned>(&self, link: &Link, request: &Request) -> Result<Vec<T>, Fault> {
        self.call(link, request, Answer::parse_list::<T>).await?.1
    }

    /// Asks for the client and shows it. Without a token there is none, and nobody is asked.
    pub(crate) async fn read_client(&self, link: &Link) -> Result<(), Fault> {
        if link.token(self).await.map_err(Fault::Vault)?.is_none() {
            return Ok(());
        }
        let parse = Answer::parse::<wire::Envelope<Option<wire::Client>>>;
        let (ticket, parsed) = Box::pin(self.ask(link, &Request::get(CLIENT), parse)).await?;
        let client = match parsed.map(wire::Envelope::into_parts) {
            Ok((response, beside)) => response.or(beside),
            Err(fault) if fault.is_unauthenticated() => None,
            Err(fault) => return Err(fault),
        };
        match client {
            Some(client) => Box::pin(self.take_client(link, ticket, client)).await,
            None => drop(Box::pin(self.forget(link, Some(self.unknown_here(link)), When::UnlessNewer(ticket))).await),
        }
        Ok(())
    }

    /// Sends a request; where the instance does not know the caller, finds out what it does know.
    pub(crate) async fn call<T>(
        &self,
        link: &Link,
        request: &Request,
        parse: impl FnOnce(Answer) -> Result<T, Fault>,
    ) -> Result<(Ticket, Result<T, Fault>), Fault> {
        let asked = Box::pin(self.ask(link, request, parse)).await;
        let (ticket, parsed) = asked.inspect_err(|fault| self.notice_absence(link, fault))?;
        let parsed = parsed.inspect_err(|fault| self.notice_absence(link, fault));
        let is_unknown =
            |fault: &Fault| fault.is_unauthenticated() || (fault.is_missing() && request.names_a_session());
        if parsed.as_ref().is_err_and(is_unknown)
            && let Err(fault) = Box::pin(self.read_client(link)).await
        {
            tracing::warn!(code = fault.word(), "what the instance knows of this app is not known");
        }
        Ok((ticket, parsed))
    }

    async fn ask<T>(
        &self,
        link: &Link,
        request: &Request,
        parse: impl FnOnce(Answer) -> Result<T, Fault>,
    ) -> Result<(Ticket, Result<T, Fault>), Fault> {
        let (answer, ticket, cleared) = Box::pin(link.exchange(self, request)).await?;
        let parsed = parse(answer);
        if cleared {
            Box::pin(self.forget(link, Some(self.unknown_here(link)), When::UnlessNewer(ticket))).await;
        }
        if let Err(Fault::Refused { status, errors, .. }) = &parsed
            && *status < 500
            && let Some(client) = errors.meta.as_ref().and_then(|meta| meta.client.clone())
        {
            Box::pin(self.take_client(link, ticket, client)).await;
        }
        Ok((ticket, parsed))
    }

    /// Who was not reached is looked after at once, so that the window says so before anybody tries the next thing.
    fn notice_absence(&self, link: &Link, fault: &Fault) {
        let ready = |state: &State| state.entry(&link.id).is_some_and(|entry| entry.view.status == Status::Ready);
        if fault.is_network() && self.look(ready) {
            link.line.poke.notify_one();
        }
    }

    fn unknown_here(&self, link: &Link) -> Problem {
        let name = self.name(&link.id);
        Problem::new(
            Said::from(Reason::SignedOut).of(name.subject.clone()),
            format!(
                "Nobody is signed in at {name} any more: it does not know this app's sessions. Sign in again to go on."
            ),
        )
    }
}
