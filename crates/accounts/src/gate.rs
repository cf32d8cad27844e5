//! The response-ordering gate: a late answer never overwrites a newer state.
//!
//! Requests overlap, and answers come back in any order. Each request draws a ticket before it is sent; its answer is
//! shown to the gate with that ticket. An answer is newer than what is known when its request was sent after that came
//! in. Where the two overlap, the instance's own `updated_at` decides, and between equals the later request.

/// The place of a request among all requests to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

/// Which client an answer carried, as far as the gate looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version<'a> {
    pub(crate) client: &'a str,
    /// Zero when the instance did not say.
    pub(crate) updated_at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Gate {
    clock: u64,
    /// Answers to requests sent up to here are of a time that is over.
    floor: u64,
    known: Option<Known>,
    token_by: u64,
    /// When the current token came.
    token_came: u64,
    /// When an answer was lost that may have brought a token; none once a later answer has come.
    doubt: Option<u64>,
}

#[derive(Debug)]
struct Known {
    request: u64,
    came_in: u64,
    client: String,
    updated_at: i64,
}

impl Gate {
    /// A ticket for a request that is about to be sent.
    pub(crate) fn begin(&mut self) -> Ticket {
        self.clock += 1;
        Ticket(self.clock)
    }

    /// Ends the time of every request that was sent before: signed out, or forgotten.
    pub(crate) fn shut(&mut self) {
        self.clock += 1;
        self.floor = self.clock;
        self.known = None;
        self.token_by = self.clock;
    }

    /// An answer was lost that may have brought a token.
    pub(crate) fn lost(&mut self) {
        self.clock += 1;
        self.doubt = Some(self.clock);
    }

    /// An answer came in, with the token that is current at the instance.
    pub(crate) fn caught_up(&mut self, ticket: Ticket) {
        self.doubt.take_if(|doubt| ticket.0 > *doubt);
    }

    /// Whether the instance may have another token than this app.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.doubt.is_some()
    }

    /// Whether an answer still belongs to this time.
    pub(crate) fn is_open(&self, ticket: Ticket) -> bool {
        ticket.0 > self.floor
    }

    /// Requests carry another token from now on.
    pub(crate) fn token_came(&mut self) {
        self.clock += 1;
        self.token_came = self.clock;
    }

    /// Whether an answer speaks of the current token: its request carried it. The order of the requests alone does not
    /// say so, since the instance may have answered to the younger one first.
    pub(crate) fn is_news_of_the_token(&self, ticket: Ticket) -> bool {
        self.is_open(ticket) && ticket.0 > self.token_came
    }

    /// Whether the client of an answer is newer than what is known; if so, it is what is known from now on.
    pub(crate) fn admits(&mut self, ticket: Ticket, version: Version<'_>) -> bool {
        let newer = self.is_open(ticket)
            && self.known.as_ref().is_none_or(|known| {
                let comparable = known.client == version.client && known.updated_at != 0 && version.updated_at != 0;
                if ticket.0 > known.came_in {
                    true
                } else if comparable && known.updated_at != version.updated_at {
                    version.updated_at > known.updated_at
                } else {
                    ticket.0 >= known.request
                }
            });
        if newer {
            self.clock += 1;
            let Version { client, updated_at } = version;
            let (request, came_in) = (ticket.0, self.clock);
            self.known = Some(Known { request, came_in, client: client.to_owned(), updated_at });
        }
        newer
    }

    /// Whether the client token of an answer replaces the current one. An answer to a request that brought the current
    /// token is news of it. One to a request that brought an older token may be an echo of that, unless the request is
    /// younger than the one whose answer brought the current token.
    pub(crate) fn admits_token(&mut self, ticket: Ticket, brought_current: bool) -> bool {
        let newer = self.is_open(ticket) && (brought_current || ticket.0 > self.token_by);
        if newer {
            self.token_by = self.token_by.max(ticket.0);
        }
        newer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(updated_at: i64) -> Version<'static> {
        Version { client: "client_1", updated_at }
    }

    #[test]
    fn a_request_sent_after_the_last_answer_is_always_newer() {
        let mut gate = Gate::default();
        let first = gate.begin();
        assert!(gate.admits(first, at(500)));
        let second = gate.begin();
        assert!(gate.admits(second, at(100)), "the instance's clock may be set back");
    }

    #[test]
    fn of_overlapping_answers_the_instances_newer_state_stays() {
        let mut gate = Gate::default();
        let (first, second) = (gate.begin(), gate.begin());
        assert!(gate.admits(second, at(200)));
        assert!(!gate.admits(first, at(100)));
        let mut gate = Gate::default();
        let (first, second) = (gate.begin(), gate.begin());
        assert!(gate.admits(second, at(100)), "answered before the first had its effect");
        assert!(gate.admits(first, at(200)));
    }

    #[test]
    fn without_times_the_later_request_decides() {
        for version in [at(0), at(7)] {
            let mut gate = Gate::default();
            let (first, second) = (gate.begin(), gate.begin());
            assert!(gate.admits(second, version));
            assert!(!gate.admits(first, version));
        }
        let mut gate = Gate::default();
        let (first, second) = (gate.begin(), gate.begin());
        assert!(gate.admits(second, at(100)));
        assert!(!gate.admits(first, Version { client: "client_2", updated_at: 900 }), "times of two clients");
    }

    #[test]
    fn after_shutting_nothing_of_before_is_admitted() {
        let mut gate = Gate::default();
        let before = gate.begin();
        gate.shut();
        assert!(!gate.admits(before, at(900)));
        assert!(!gate.admits_token(before, true));
        let after = gate.begin();
        assert!(gate.admits(after, at(1)));
        assert!(gate.admits_token(after, true));
    }

    #[test]
    fn a_lost_answer_leaves_a_doubt_until_a_later_one_comes() {
        let mut gate = Gate::default();
        let before = gate.begin();
        gate.lost();
        gate.caught_up(before);
        assert!(gate.is_in_doubt(), "it was asked for before");
        let after = gate.begin();
        gate.caught_up(after);
        assert!(!gate.is_in_doubt());
    }

    proptest::proptest! {
        /// Requests are sent, take effect and are answered in any order: what is shown never goes back, and in the end
        /// it is what the instance said last.
        #[test]
        fn whatever_the_order_the_newest_is_shown(steps in proptest::collection::vec((0..6_usize, 0..3_u8), 0..60)) {
            let mut gate = Gate::default();
            let (mut sent, mut done) = ([None; 6], [None; 6]);
            let (mut changes, mut shown, mut answered) = (0, 0, 0);
            for (place, step) in steps {
                match step {
                    0 => (sent[place], done[place]) = (Some(gate.begin()), None),
                    1 if sent[place].is_some() && done[place].is_none() => {
                        changes += 1;
                        done[place] = Some(changes);
                    }
                    2 => if let (Some(ticket), Some(change)) = (sent[place], done[place].take()) {
                        sent[place] = None;
                        answered = answered.max(change);
                        if gate.admits(ticket, at(change)) {
                            proptest::prop_assert!(change > shown);
                            shown = change;
                        }
                    },
                    _ => {}
                }
            }
            proptest::prop_assert_eq!(shown, answered);
        }
    }

    #[test]
    fn of_a_token_speak_the_answers_to_requests_that_carried_it() {
        let mut gate = Gate::default();
        let (sign_in, sign_out) = (gate.begin(), gate.begin());
        assert!(gate.is_news_of_the_token(sign_out));
        // The instance signed everybody out first, and answers to that last.
        assert!(gate.admits_token(sign_in, true));
        gate.token_came();
        assert!(!gate.is_news_of_the_token(sign_out));
        let next = gate.begin();
        assert!(gate.is_news_of_the_token(next));
        gate.shut();
        assert!(!gate.is_news_of_the_token(next));
    }

    #[test]
    fn an_echo_of_an_older_token_is_not_taken() {
        let mut gate = Gate::default();
        let (slow, sign_in, later) = (gate.begin(), gate.begin(), gate.begin());
        assert!(gate.admits_token(sign_in, true));
        assert!(!gate.admits_token(slow, false));
        assert!(gate.admits_token(later, false));
        assert!(!gate.admits_token(sign_in, false));
        let next = gate.begin();
        assert!(gate.admits_token(next, true));
    }
}
