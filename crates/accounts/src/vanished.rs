//! Accounts that were signed in and of which nothing is said any more: their user was deleted, or the instance has
//! forgotten the session or the whole client. They stay on the list, so that whoever used them learns what became of
//! them, until they sign in again or take them off it.

use crate::snapshot::{ClientView, SessionView};

/// The instance does not know the session any more.
pub(crate) const VANISHED: &str = "vanished";
/// What kept it signed in is gone from this computer.
pub(crate) const LOST: &str = "lost";

impl SessionView {
    /// Whether it is on the list only to explain itself: its instance does not list it.
    pub(crate) fn is_vanished(&self) -> bool {
        [VANISHED, LOST].contains(&self.status.as_str())
    }

    pub(crate) fn user_id(&self) -> Option<String> {
        self.user.as_ref().map(|user| user.id.clone())
    }

    /// None for one that was never of use, or that somebody here is ending.
    fn gone(self, status: &str, leaving: &[String]) -> Option<Self> {
        let was_asked = leaving.contains(&self.id);
        match self.is_signed_in() {
            true if was_asked || self.user.is_none() => None,
            true => Some(Self { status: status.to_owned(), claims: None, ..self }),
            false => Some(self),
        }
    }
}

impl ClientView {
    /// The sessions of this client that a newer one does not list and that nobody ended here, each with its place.
    pub(crate) fn vanished(self, newer: &Self, leaving: &[String]) -> Vec<(usize, SessionView)> {
        let listed = |session: &SessionView| newer.sessions.iter().any(|other| other.id == session.id);
        let sessions = self.sessions.into_iter().enumerate().filter(|(_, session)| !listed(session));
        let gone = sessions.filter_map(|(place, session)| Some((place, session.gone(VANISHED, leaving)?)));
        gone.filter(|(_, session)| session.is_vanished()).collect()
    }

    /// With sessions that the instance does not list, at the places where they were.
    pub(crate) fn with(mut self, sessions: Vec<(usize, SessionView)>) -> Self {
        for (place, session) in sessions {
            self.sessions.insert(place.min(self.sessions.len()), session);
        }
        self
    }

    /// What is left to show of a client that is no more. None where there is nobody to whom anything has to be said.
    pub(crate) fn explaining(self, status: &str, leaving: &[String]) -> Option<Self> {
        let sessions: Vec<_> = self.sessions.into_iter().filter_map(|it| it.gone(status, leaving)).collect();
        let explains = sessions.iter().any(SessionView::is_vanished);
        explains.then_some(Self { sessions, sign_in: None, sign_up: None, last_active_session_id: None, ..self })
    }
}
