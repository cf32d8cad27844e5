use super::*;
use crate::{
    Effect, EmailAddress, IdentificationId, Notice, Policy,
    samples::{
        JANE, RULES, START, address, bytes, email, email_of, github, google, jane, linked, new_link, profile, told,
        way_out,
    },
    time::SECOND,
};

const OTHER: &str = "other@example.com";

fn nobody() -> ExternalFound<'static> {
    ExternalFound::default()
}

/// An account elsewhere that Jane is about to connect.
fn begun(number: u32) -> ExternalAccount {
    ExternalAccount::begun(new_link(number).id, jane().user.id, way_out(number), START)
}

/// Jane, who has this account elsewhere.
fn jane_with(external: ExternalAccount) -> Account {
    Account { externals: vec![external], ..jane() }
}

fn connect(user: &Account, external: &ExternalAccount, profile: &Profile, found: &ExternalFound<'_>) -> Connected {
    user.connect(external, &way_out(9).id, profile, found, RULES, address(9), &Policy::default(), START.plus(SECOND))
}

fn refusal(connected: &Connected) -> &ExternalRefusal {
    let ExternalOutcome::Failed(refusal) = &connected.external.proof.outcome else { panic!("{connected:?}") };
    let saved = Effect::SaveExternal(Box::new(connected.external.clone()));
    assert_eq!(connected.change.effects, [Effect::RedeemExternal(way_out(9).id), saved], "and nothing else");
    refusal
}

fn notice(notice: Notice) -> Effect {
    told(notice, JANE)
}

#[test]
fn sec_75_a_connection_is_named_as_the_protocol_names_it() {
    let long = format!("oauth_custom_{}", "x".repeat(35));
    for good in ["oauth_google", "oauth_custom_acme_2", "oauth_x", &long] {
        let key = ConnectionKey::parse(good).unwrap();
        assert_eq!((key.as_str(), key.to_string().as_str()), (good, good));
        assert_eq!(serde_json::from_value::<ConnectionKey>(good.into()).unwrap(), key);
        assert_eq!(key.is_google(), good == "oauth_google");
    }
    for bad in [
        "",
        "google",
        "oauth_",
        "oauth_1",
        "oauth__x",
        "OAUTH_google",
        "oauth_Google",
        "oauth_goo gle",
        "oauth_google\n",
        "oauth_gοogle",
        "oauth_a-b",
        "oauth_a.b",
        "oauth_token_google",
        &format!("{long}x"),
    ] {
        assert_eq!(ConnectionKey::parse(bad), None, "{bad:?}");
        assert!(serde_json::from_value::<ConnectionKey>(bad.into()).is_err(), "{bad:?}");
    }
}

#[test]
fn a_way_out_is_waited_for_until_it_ends() {
    let proof = way_out(1);
    assert!(proof.is_waiting(START) && proof.is_waiting(START.plus(AWAY_MS - 1)));
    assert!(!proof.is_waiting(START.plus(AWAY_MS)));
    assert!(!proof.ended(ExternalOutcome::Transferable).is_waiting(START));
    assert_eq!(proof.ended(ExternalOutcome::Waiting), proof);
}

#[test]
fn each_refusal_has_the_protocols_code() {
    for (refusal, code) in [
        (ExternalRefusal::NotAllowedAccess, "not_allowed_access"),
        (ExternalRefusal::SignUpModeRestricted, "sign_up_mode_restricted"),
        (ExternalRefusal::SignUpRestrictedWaitlist, "sign_up_restricted_waitlist"),
        (ExternalRefusal::OauthIdentificationClaimed, "oauth_identification_claimed"),
        (ExternalRefusal::OauthAccountAlreadyConnected, "oauth_account_already_connected"),
        (ExternalRefusal::Provider { reason: "oauth_access_denied".to_owned() }, "oauth_access_denied"),
    ] {
        assert_eq!(refusal.code(), code);
        let kept = serde_json::to_string(&ExternalOutcome::Failed(refusal.clone())).unwrap();
        assert_eq!(serde_json::from_str::<ExternalOutcome>(&kept).unwrap(), ExternalOutcome::Failed(refusal));
    }
}

#[test]
fn sec_81_addresses_of_which_one_mailbox_has_many_are_known_in_every_spelling() {
    let refused = |text: &str| refused_by_rules(&profile("1", text, true), RULES);
    for sub in [
        "ada+x@example.com",
        "ada+@example.com",
        "+x@example.com",
        "ada=x@example.com",
        "ada#x@example.com",
        "ada%2bx@example.com",
        "ADA%2BX@example.com",
        "ada%3Dx@example.com",
        "ada%23x@example.com",
        " ada+x@EXAMPLE.com ",
    ] {
        assert_eq!(refused(sub), Some(ExternalRefusal::NotAllowedAccess), "{sub}");
    }
    for plain in
        ["ada@example.com", "a.d.a@example.com", "ada-x@example.com", "ada_x%@example.com", "ada2b@example.com"]
    {
        assert_eq!(refused(plain), None, "{plain}");
    }
    assert_eq!(refused(""), None, "nothing to look at");
    // Wide, small and raised signs that some programs make plain ones of: none of them is in an address.
    for sign in ["＋", "﹢", "⁺", "₊", "＝", "﹦", "⁼", "＃", "﹟", "%２b"] {
        let text = format!("ada{sign}x@example.com");
        let taken = crate::Email::parse(&text).is_ok();
        // Kept from another time, when addresses were read less strictly.
        let kept: crate::Email = serde_json::from_value(text.clone().into()).unwrap();
        let kept = Profile { email: Some(kept), ..profile("1", "", true) };
        let wide = ["＋", "＝", "＃"].contains(&sign);
        assert_eq!(refused_by_rules(&kept, RULES).is_some(), wide, "{text}");
        assert!(!taken || sign == "%２b", "{text}");
    }
    let elsewhere = Profile { connection: github(), ..profile("1", "ada+x@example.com", true) };
    assert_eq!(refused_by_rules(&elsewhere, RULES), None, "elsewhere they are addresses like others");
    let off = ConnectionRules { block_sub_addresses: false, ..RULES };
    assert_eq!(refused_by_rules(&profile("1", "ada+x@example.com", true), off), None);
}

#[test]
fn an_account_elsewhere_is_connected_with_the_address_that_the_provider_vouches_for() {
    let said = profile("1", OTHER, true);
    let done = connect(&jane(), &begun(2), &said, &nobody());
    assert!(done.external.is_linked());
    assert_eq!((&done.external.id, &done.external.proof.id), (&begun(2).id, &way_out(9).id));
    assert_eq!(done.external.proof.outcome, ExternalOutcome::Verified);
    let added = EmailAddress { created_at: START.plus(SECOND), ..email_of(&jane().user.id, 9, OTHER, true) };
    let added = EmailAddress { verified_at: Some(START.plus(SECOND)), updated_at: START.plus(SECOND), ..added };
    assert_eq!(
        done.change.effects,
        [
            Effect::RedeemExternal(way_out(9).id),
            Effect::LinkExternal { external: Box::new(done.external.clone()), flow: way_out(9).id },
            Effect::AddEmail(Box::new(added)),
            notice(Notice::EmailAdded(email(OTHER))),
            notice(Notice::ExternalConnected(google())),
        ]
    );
    assert_eq!(done.change.user, jane().user, "the main address stays");
}

#[test]
fn sec_79_an_address_becomes_the_users_only_where_it_is_vouched_for_and_nobody_has_it() {
    let touches_addresses = |done: &Connected| {
        done.change.effects.iter().any(|effect| matches!(effect, Effect::AddEmail(_) | Effect::VerifyEmail(_)))
    };
    let unproven = connect(&jane(), &begun(2), &profile("1", OTHER, false), &nobody());
    assert!(unproven.external.is_linked() && !touches_addresses(&unproven));
    let somebody = jane();
    let theirs = ExternalFound { linked: None, owner: Some(&somebody) };
    let taken = connect(&jane(), &begun(2), &profile("1", OTHER, true), &theirs);
    assert!(taken.external.is_linked() && !touches_addresses(&taken), "it stays with whoever has it");
    // One that the user has added and not proven is proven now.
    let mut jane = jane();
    let pending = EmailAddress { reserved: false, ..email_of(&jane.user.id, 3, OTHER, false) };
    jane.emails.push(pending);
    let proven = connect(&jane, &begun(2), &profile("1", OTHER, true), &nobody());
    assert!(proven.change.effects.contains(&Effect::VerifyEmail(address(3))));
    assert!(!proven.change.effects.iter().any(|effect| matches!(effect, Effect::AddEmail(_))));
    // The first one of a user without any is the main one.
    jane.emails.clear();
    jane.user.primary_email_address_id = None;
    let first = connect(&jane, &begun(2), &profile("1", OTHER, true), &nobody());
    assert_eq!(first.change.user.primary_email_address_id, Some(address(9)));
}

#[test]
fn sec_82_what_is_connected_is_nobody_elses_and_one_by_each_connection() {
    let said = profile("1", OTHER, true);
    let mut eve = jane();
    eve.user.id = crate::UserId::from_random(bytes(66));
    let hers = ExternalFound { linked: Some(&eve), owner: None };
    let done = connect(&jane(), &begun(2), &said, &hers);
    assert_eq!(refusal(&done), &ExternalRefusal::OauthIdentificationClaimed);
    assert!(!done.external.is_linked());

    let jane_has_one = jane_with(linked(3, &jane().user.id, profile("other", OTHER, true)));
    let done = connect(&jane_has_one, &begun(2), &said, &nobody());
    assert_eq!(refusal(&done), &ExternalRefusal::OauthAccountAlreadyConnected);
    let elsewhere = Profile { connection: github(), ..said.clone() };
    assert!(connect(&jane_has_one, &begun(2), &elsewhere, &nobody()).external.is_linked(), "by another connection");

    let sub_address = profile("1", "other+x@example.com", true);
    assert_eq!(refusal(&connect(&jane(), &begun(2), &sub_address, &nobody())), &ExternalRefusal::NotAllowedAccess);
}

#[test]
fn sec_82_who_is_asked_for_more_comes_back_as_who_they_are() {
    let known = linked(2, &jane().user.id, profile("1", OTHER, true));
    let jane = jane_with(known.clone());
    let asked = known.asked_again(way_out(9), START.plus(SECOND));
    assert!(asked.is_linked() && asked.proof.is_waiting(START.plus(SECOND)), "it leads to its user meanwhile");
    let found = ExternalFound { linked: Some(&jane), owner: Some(&jane) };

    let more = Profile { scopes: vec!["calendar".to_owned()], ..profile("1", OTHER, true) };
    let done = connect(&jane, &asked, &more, &found);
    assert_eq!(done.external.profile.as_ref(), Some(&more));
    assert_eq!(done.external.created_at, known.created_at);
    assert!(done.external.updated_at > known.updated_at);
    let told = |effect: &Effect| matches!(effect, Effect::SendNotice { .. });
    assert!(!done.change.effects.iter().any(told), "it is not new");

    let other = connect(&jane, &asked, &profile("2", OTHER, true), &nobody());
    assert_eq!(refusal(&other), &ExternalRefusal::OauthAccountAlreadyConnected);
    assert_eq!(other.external.profile, known.profile, "who it was stays");
}

#[test]
fn sec_83_the_last_way_in_is_not_removed() {
    let by_code = Policy::default();
    let mut by_password = Policy::default();
    by_password.email_address.sign_in_by_code = false;
    let external = linked(2, &jane().user.id, profile("1", OTHER, true));
    let bare = Account { password: None, ..jane_with(external.clone()) };
    let remove = |user: &Account, opens: bool, policy: &Policy| user.remove_external(&external, |_| opens, policy);

    assert_eq!(remove(&bare, true, &by_password), Err(RemovalRefusal::Last));
    let gone = remove(&bare, true, &by_code).unwrap();
    let unlinked = Effect::UnlinkExternal(external.id.clone());
    assert_eq!(gone.effects, [unlinked.clone(), notice(Notice::ExternalRemoved(google()))]);
    assert!(remove(&jane_with(external.clone()), true, &by_password).is_ok(), "the password is left");
    // A code needs an address that is proven.
    let unproven = Account { emails: vec![email_of(&bare.user.id, 1, JANE, false)], ..bare.clone() };
    assert_eq!(remove(&unproven, true, &by_code), Err(RemovalRefusal::Last));
    // Another account elsewhere will do if the instance lets people in by it and it leads here.
    let mut two = bare.clone();
    two.externals.push(linked(3, &bare.user.id, Profile { connection: github(), ..profile("7", OTHER, true) }));
    assert!(remove(&two, true, &by_password).is_ok());
    assert_eq!(remove(&two, false, &by_password), Err(RemovalRefusal::Last), "a connection that only connects");
    let mut begun_only = bare.clone();
    begun_only.externals.push(begun(3));
    assert_eq!(remove(&begun_only, true, &by_password), Err(RemovalRefusal::Last));
    // One that leads nowhere yet is no way in, and nobody is told.
    let change = begun_only.remove_external(&begun(3), |_| true, &by_password).unwrap();
    assert_eq!(change.effects, [Effect::UnlinkExternal(begun(3).id)]);

    assert_eq!(bare.external(external.id.as_str()), Ok(&external));
    assert_eq!(bare.external(begun(3).id.as_str()), Err(RemovalRefusal::NotFound));
}

#[test]
fn an_account_elsewhere_is_one_of_the_users_identifications() {
    let external = begun(2);
    let id = external.identification_id();
    assert_eq!(id, IdentificationId::from_random(bytes(2)), "the same name with another beginning");
    assert_eq!(linked(2, &jane().user.id, profile("1", OTHER, true)).identification_id(), id);
}
