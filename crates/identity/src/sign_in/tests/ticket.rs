use super::*;
use crate::{InvitationRefusal, InvitationState, SessionEnd, SignInToken, SignInTokenId, SignInTokenState};

fn token(account: &Account) -> SignInToken {
    SignInToken::give(SignInTokenId::from_random(bytes(5)), account.user.id.clone(), HOUR, START)
}

#[test]
fn a_ticket_says_who_it_is_and_proves_it() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    let token = token(&jane);
    let step = attempt.redeem_ticket(&token, &jane, new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::Complete);
    assert_eq!(attempt.user_id(), Some(&jane.user.id));
    assert_eq!(world.client.last_strategy, Some(Strategy::Ticket));
    let session = &world.sessions[0];
    assert_eq!(
        effects,
        [
            Effect::RedeemTicket(token.id.clone()),
            Effect::ClearFailures(jane.counter.clone()),
            Effect::BeginSession(Box::new(session.clone())),
        ],
        "the commit fails if the ticket was used or revoked, or the account locked, meanwhile"
    );
    let again = attempt.redeem_ticket(&token, &jane, new_session(10), &world.scene());
    assert!(again.is_err(), "the attempt is over");
}

#[test]
fn a_ticket_counts_whoever_it_was_said_to_be() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    let decoy = address(77);
    world.policy.enumeration_protection = true;
    let step = attempt.identify(email(NOBODY), &nobody(&decoy), &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let step = attempt.redeem_ticket(&token(&jane), &jane, new_session(9), &world.scene()).unwrap();
    assert_eq!(world.take(step).0.identifier().unwrap().as_str(), JANE);
}

#[test]
fn sec_37_a_ticket_opens_neither_a_ban_nor_a_lock() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin();
    let mut banned = jane();
    banned.user.banned = true;
    let refused = attempt.redeem_ticket(&token(&banned), &banned, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::Banned);
    let mut locked = jane();
    locked.lockout.locked_until = Some(START.plus(SECOND));
    let refused = attempt.redeem_ticket(&token(&locked), &locked, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::Locked { remaining_ms: SECOND });
}

#[test]
fn a_ticket_that_is_over_or_somebody_elses_signs_nobody_in() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    let refusal = |token: &SignInToken, account: &Account| {
        attempt.redeem_ticket(token, account, new_session(9), &world.scene()).unwrap_err()
    };
    let used = SignInToken { state: SignInTokenState::Accepted, ..token(&jane) };
    assert_eq!(refusal(&used, &jane), TicketRefusal::Used.into());
    let revoked = SignInToken { state: SignInTokenState::Revoked, ..token(&jane) };
    assert_eq!(refusal(&revoked, &jane), TicketRefusal::Revoked.into());
    let old = SignInToken { expire_at: START, ..token(&jane) };
    assert_eq!(refusal(&old, &jane), TicketRefusal::Expired.into());
    let others = SignInToken { user_id: UserId::from_random(bytes(2)), ..token(&jane) };
    assert_eq!(refusal(&others, &jane), TicketRefusal::Unknown.into());
    let nameless = Account { emails: Vec::new(), ..jane.clone() };
    assert_eq!(refusal(&token(&jane), &nameless), TicketRefusal::NoIdentifier.into());
}

#[test]
fn sec_41_a_ticket_of_somebody_who_is_signed_in_here_is_kept() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let there = session(1, 1, &world.client);
    world.sessions.push(there.clone());
    let attempt = world.begin();
    let refused = attempt.redeem_ticket(&token(&jane), &jane, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::AlreadySignedIn { session_id: there.id.clone() });
    world.sessions[0] = there.finish(SessionEnd::Ended, &world.policy, START).unwrap();
    assert!(attempt.redeem_ticket(&token(&jane), &jane, new_session(9), &world.scene()).is_ok());
}

#[test]
fn an_invitation_signs_in_whoever_has_proven_its_address() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    let invited = crate::samples::invitation(crate::samples::JANE);
    let step = attempt.redeem_invitation(&invited, &jane, new_session(9), &world.scene()).unwrap();
    assert_eq!(step.effects[0], Effect::AcceptInvitation(invited.id.clone()));
    let refused = |invited: &crate::Invitation, account: &Account| {
        attempt.redeem_invitation(invited, account, new_session(9), &world.scene()).unwrap_err()
    };
    let mut unproven = jane.clone();
    unproven.emails[0].verified_at = None;
    assert_eq!(refused(&invited, &unproven), InvitationRefusal::NoAccount.into());
    let other = crate::samples::invitation("else@example.com");
    assert_eq!(refused(&other, &jane), InvitationRefusal::NoAccount.into());
    let revoked = crate::Invitation { state: InvitationState::Revoked, ..invited.clone() };
    assert_eq!(refused(&revoked, &jane), InvitationRefusal::Revoked.into());
    let mut banned = jane;
    banned.user.banned = true;
    assert_eq!(refused(&invited, &banned), SignInRefusal::Banned);
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::Complete);
}
