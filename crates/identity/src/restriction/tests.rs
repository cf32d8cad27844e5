#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::*;
use crate::PolicyFault;

const NOBODY: Listed = Listed { allowed: false, blocked: false, disposable: false };
const ALLOWED: Listed = Listed { allowed: true, ..NOBODY };
const BLOCKED: Listed = Listed { blocked: true, ..NOBODY };
const THROWN_AWAY: Listed = Listed { disposable: true, ..NOBODY };
const SIGN_UP: Way = Way::SignUp { invited: false, complete: false };
const DONE: Way = Way::SignUp { invited: false, complete: true };
const INVITED: Way = Way::SignUp { invited: true, complete: true };

fn email(text: &str) -> Recipient {
    Recipient::parse(text).unwrap()
}

fn policy(restrictions: RestrictionPolicy) -> Policy {
    Policy { restrictions, test_mode: false, ..Policy::default() }
}

fn refused(texts: &[&str]) -> Result<(), RestrictionRefusal> {
    Err(RestrictionRefusal::NotAllowed(texts.iter().map(|&text| text.to_owned()).collect()))
}

/// Whether an entry of a list is about this address or number.
fn hits(entry: &str, list: List, who: &str) -> bool {
    keys(&email(who), list).contains(&Entry::parse(entry).unwrap().key(list))
}

#[test]
fn nobody_is_kept_out_unless_the_owner_says_so() {
    let open = policy(RestrictionPolicy::default());
    for way in [SIGN_UP, DONE, INVITED, Way::Addition] {
        let all = [(email("ada+x@example.com"), Listed { allowed: false, blocked: true, disposable: true })];
        assert_eq!(open.admit(&all, way), Ok(()));
        assert_eq!(open.admit(&[], way), Ok(()));
    }
}

#[test]
fn who_is_not_invited_does_not_sign_up_where_sign_ups_are_restricted() {
    for (sign_up_mode, refusal) in
        [(SignUpMode::Restricted, RestrictionRefusal::Restricted), (SignUpMode::Waitlist, RestrictionRefusal::Waitlist)]
    {
        let policy = policy(RestrictionPolicy { sign_up_mode, allowlist: true, ..RestrictionPolicy::default() });
        let ada = [(email("ada@example.com"), ALLOWED)];
        for way in [SIGN_UP, DONE] {
            assert_eq!(policy.admit(&ada, way), Err(refusal.clone()), "not even who is on the allowlist");
        }
        assert_eq!(policy.admit(&[(email("ada@example.com"), NOBODY)], INVITED), Ok(()));
        assert_eq!(policy.admit(&ada, Way::Addition), Ok(()), "who has an account is in already");
    }
}

#[test]
fn sec_87_lists_count_on_every_way() {
    let rules = RestrictionPolicy { allowlist: true, blocklist: true, ..RestrictionPolicy::default() };
    let policy = policy(rules);
    let both = |email_is, phone_is| [(email("ada@example.com"), email_is), (email("+41446681800"), phone_is)];
    for way in [SIGN_UP, DONE, Way::Addition] {
        assert_eq!(policy.admit(&both(ALLOWED, ALLOWED), way), Ok(()));
        assert_eq!(policy.admit(&both(ALLOWED, NOBODY), way), refused(&["+41446681800"]));
        assert_eq!(policy.admit(&both(BLOCKED, NOBODY), way), refused(&["ada@example.com", "+41446681800"]));
        let on_both = Listed { allowed: true, ..BLOCKED };
        assert_eq!(policy.admit(&both(on_both, ALLOWED), way), refused(&["ada@example.com"]), "the blocklist wins");
    }
    assert_eq!(policy.admit(&both(NOBODY, NOBODY), INVITED), Ok(()), "an invitation stands for an entry");
    assert_eq!(
        policy.admit(&both(BLOCKED, NOBODY), INVITED),
        refused(&["ada@example.com"]),
        "but opens nothing blocked"
    );
    assert_eq!(policy.admit(&[], SIGN_UP), Ok(()), "nothing was given yet");
    assert_eq!(policy.admit(&[], DONE), refused(&[]), "a user name can be on no list");
}

#[test]
fn sec_87_sub_addresses_are_refused_in_every_spelling() {
    let mut policy = policy(RestrictionPolicy { block_email_subaddresses: true, ..RestrictionPolicy::default() });
    for sub in ["ada+x@example.com", "ada=x@example.com", "ADA#x@Example.com", "ada%2Bx@example.com", "+x@example.com"]
    {
        for way in [SIGN_UP, DONE, INVITED, Way::Addition] {
            let text = email(sub);
            assert_eq!(policy.admit(&[(text.clone(), ALLOWED)], way), refused(&[text.as_str()]), "{sub}");
        }
    }
    assert_eq!(policy.admit(&[(email("a.d-a_x@example.com"), NOBODY)], SIGN_UP), Ok(()));
    let test = [(email("ada+clerk_test@example.com"), NOBODY)];
    assert_eq!(policy.admit(&test, SIGN_UP), refused(&["ada+clerk_test@example.com"]));
    policy.test_mode = true;
    assert_eq!(policy.admit(&test, SIGN_UP), Ok(()), "where they exist, test addresses are the owner's wish");
}

#[test]
fn who_asks_for_an_invitation_need_not_be_allowed_but_may_not_be_blocked() {
    let who = || [(email("ada@example.com"), NOBODY)];
    for sign_up_mode in [SignUpMode::Public, SignUpMode::Restricted] {
        let policy = policy(RestrictionPolicy { sign_up_mode, ..RestrictionPolicy::default() });
        assert_eq!(policy.admit(&who(), Way::Waitlist), Err(RestrictionRefusal::NoWaitlist));
    }
    let rules =
        RestrictionPolicy { sign_up_mode: SignUpMode::Waitlist, allowlist: true, ..RestrictionPolicy::default() };
    assert_eq!(policy(rules.clone()).admit(&who(), Way::Waitlist), Ok(()));
    let mut nameless = policy(rules.clone());
    nameless.email_address.requirement = crate::Requirement::Off;
    assert_eq!(nameless.admit(&who(), Way::Waitlist), Err(RestrictionRefusal::NoWaitlist), "nobody could be invited");
    let blocked = [(email("ada@example.com"), Listed { blocked: true, ..NOBODY })];
    let rules = RestrictionPolicy { blocklist: true, ..rules };
    assert_eq!(policy(rules).admit(&blocked, Way::Waitlist), refused(&["ada@example.com"]));
}

#[test]
fn throw_away_addresses_are_refused_with_those_of_domains_below() {
    let disposable_domains = vec!["trash.example".to_owned()];
    let rules = RestrictionPolicy { disposable_domains, ..RestrictionPolicy::default() };
    let off = policy(rules.clone());
    let on = policy(RestrictionPolicy { block_disposable_email_domains: true, ..rules });
    for (who, listed) in [
        ("ada@known.example", THROWN_AWAY),
        ("ada@trash.example", NOBODY),
        ("ada@TRASH.example", NOBODY),
        ("ada@a.b.trash.example", NOBODY),
    ] {
        let who = email(who);
        assert_eq!(on.admit(&[(who.clone(), listed)], INVITED), refused(&[who.as_str()]));
        assert_eq!(off.admit(&[(who, listed)], INVITED), Ok(()));
    }
    for who in ["ada@nottrash.example", "ada@trash.example.com", "trash.example@example.com"] {
        assert_eq!(on.admit(&[(email(who), NOBODY)], SIGN_UP), Ok(()), "{who}");
    }
}

#[test]
fn domains_of_the_owner_are_written_in_their_normal_form() {
    let faults = |domain: &str| {
        let disposable_domains = vec![domain.to_owned()];
        policy(RestrictionPolicy { disposable_domains, ..RestrictionPolicy::default() }).faults()
    };
    for good in ["trash.example", "xn--mll-hoa.example", "a.b.trash.example"] {
        assert_eq!(faults(good), [], "{good}");
    }
    for bad in ["", "trash", "Trash.example", "müll.example", "@trash.example", "*@trash.example", " trash.example"] {
        assert_eq!(faults(bad), [PolicyFault::DisposableDomain], "{bad:?}");
    }
    let many = vec!["trash.example".to_owned(); MAX_DISPOSABLE + 1];
    let many = policy(RestrictionPolicy { disposable_domains: many, ..RestrictionPolicy::default() });
    assert_eq!(many.faults(), [PolicyFault::DisposableDomain]);
}

#[test]
fn entries_are_read_in_their_normal_form() {
    for (typed, text, kind) in [
        (" Ada@EXAMPLE.com ", "ada@example.com", "email_address"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example", "email_address"),
        ("*@Bücher.Example", "*@xn--bcher-kva.example", "email_address"),
        ("+41 44 668 18 00", "+41446681800", "phone_number"),
        ("0xABCDEF0123456789abcdef0123456789ABCDEF01", "0xabcdef0123456789abcdef0123456789abcdef01", "web3_wallet"),
    ] {
        let entry = Entry::parse(typed).unwrap();
        assert_eq!((entry.text().as_str(), entry.kind()), (text, kind), "{typed}");
    }
    for none in
        ["", "ada", "*", "*@", "*@example", "@example.com", "*@a@b.example", "0x12", "044 668 18 00", "*@a b.ch"]
    {
        assert_eq!(Entry::parse(none), Err(NoEntry), "{none:?}");
    }
}

#[test]
fn sec_87_a_block_is_held_against_every_spelling_of_a_mailbox() {
    for (entry, who) in [
        ("ada@example.com", "ADA@Example.com"),
        ("ada@example.com", "ada+x@example.com"),
        ("ada+x@example.com", "ada@example.com"),
        ("ada+x@example.com", "ada%2By@example.com"),
        ("ada@bücher.example", "ada@XN--BCHER-KVA.example"),
        ("adalovelace@gmail.com", "ada.love.lace+x@googlemail.com"),
        ("ada.lovelace@googlemail.com", "adalovelace@gmail.com"),
        ("*@googlemail.com", "ada@gmail.com"),
        ("*@Example.com", "ada+x@example.com"),
        ("+41446681800", "+41 44 668 18 00"),
    ] {
        assert!(hits(entry, List::Block, who), "{entry} and {who}");
    }
    for (entry, who) in [
        ("ada@example.com", "a.da@example.com"),
        ("ada@example.com", "ada@sub.example.com"),
        ("*@example.com", "ada@sub.example.com"),
        ("*@example.com", "ada@example.com.evil.example"),
        ("+x@example.com", "y@example.com"),
        ("+41446681800", "+41446681801"),
    ] {
        assert!(!hits(entry, List::Block, who), "{entry} and {who}");
    }
}

#[test]
fn sec_87_only_the_address_itself_is_let_in() {
    assert!(hits("ada@Example.com", List::Allow, "Ada@example.com"));
    assert!(hits("*@bücher.example", List::Allow, "ada@xn--bcher-kva.example"));
    for who in ["ada+x@example.com", "a.da@example.com", "ada@sub.example.com"] {
        assert!(!hits("ada@example.com", List::Allow, who), "{who}: another person may have it");
    }
    assert!(!hits("ada@gmail.com", List::Allow, "ada@googlemail.com"));
    assert!(!hits("*@example.com", List::Allow, "ada@sub.example.com"));
}

proptest! {
    #[test]
    fn sec_87_no_spelling_of_a_blocked_address_gets_by(
        name in "[a-z][a-z.]{0,8}[a-z]",
        tag in "[+=#][a-z0-9]{0,6}",
        google: bool,
        flips: u16,
        dots: u8,
    ) {
        prop_assume!(!name.contains(".."));
        let domain = if google { "gmail.com" } else { "bücher.example" };
        let entry = format!("{name}@{domain}");
        let spelt: String = name
            .chars()
            .enumerate()
            .flat_map(|(place, c)| {
                let upper = flips >> (place % 16) & 1 == 1;
                let dot = google && place > 0 && c != '.' && dots >> (place % 8) & 1 == 1;
                let c = if upper { c.to_ascii_uppercase() } else { c };
                dot.then_some('.').into_iter().chain([c])
            })
            .collect();
        let spelt = spelt.replace("..", ".");
        let other = if google { "GoogleMail.com" } else { "XN--BCHER-KVA.Example" };
        let who = format!("{spelt}{tag}@{other}");
        prop_assert!(hits(&entry, List::Block, &who), "{} and {}", entry, who);
        prop_assert!(Email::parse(&who).unwrap().is_sub_address());
    }

    #[test]
    fn an_entry_reads_as_what_it_is_written_as(typed in "[ -~]{0,30}|\\*@[a-zA-Zß.-]{0,20}|[a-z+.]{1,10}@[a-zA-Z.-]{1,15}") {
        if let Ok(entry) = Entry::parse(&typed) {
            prop_assert_eq!(Entry::parse(&entry.text()).unwrap(), entry);
        }
    }

    #[test]
    fn the_mailbox_of_a_mailbox_is_itself(typed in "[a-z+=#.]{1,12}@[a-z]{1,5}\\.[a-z]{2,5}") {
        if let Ok(email) = Email::parse(&typed) && let Ok(mailbox) = Email::parse(&email.mailbox()) {
            prop_assert_eq!(mailbox.mailbox(), email.mailbox());
        }
    }
}

/// Who comes in, of three addresses and a number: plain, a sub-address, thrown away, and nobody's address at all.
const ASKED: [&str; 4] = ["ada@example.com", "ada+x@example.com", "ada@trash.example", "+41791234567"];

proptest! {
    #[test]
    fn sec_87_whatever_is_restricted_each_rule_keeps_out_on_every_way_and_who_breaks_none_comes_in(
        mode in prop_oneof![Just(SignUpMode::Public), Just(SignUpMode::Restricted), Just(SignUpMode::Waitlist)],
        rules: [bool; 4],
        facts in prop::collection::vec((0..4usize, any::<[bool; 2]>()), 0..4),
        way in prop_oneof![Just(SIGN_UP), Just(DONE), Just(INVITED), Just(Way::Addition), Just(Way::Waitlist)],
    ) {
        let [allowlist, blocklist, block_email_subaddresses, block_disposable_email_domains] = rules;
        let disposable_domains = vec!["trash.example".to_owned()];
        let all = RestrictionPolicy {
            sign_up_mode: mode, allowlist, blocklist, block_email_subaddresses, block_disposable_email_domains,
            disposable_domains,
        };
        let asked: Vec<_> = facts
            .iter()
            .map(|(who, [allowed, blocked])| (email(ASKED[*who]), Listed { allowed: *allowed, blocked: *blocked, ..NOBODY }))
            .collect();
        let admitted = |rules: &RestrictionPolicy, way| policy(rules.clone()).admit(&asked, way).is_ok();
        let comes_in = admitted(&all, way);
        // Each rule by itself.
        let invited = matches!(way, Way::SignUp { invited: true, .. } | Way::Waitlist);
        let broken = [
            matches!(way, Way::SignUp { invited: false, .. }) && mode != SignUpMode::Public,
            way == Way::Waitlist && mode != SignUpMode::Waitlist,
            blocklist && asked.iter().any(|(_, listed)| listed.blocked),
            allowlist && !invited && asked.iter().any(|(_, listed)| !listed.allowed),
            allowlist && way == DONE && asked.is_empty(),
            block_email_subaddresses && facts.iter().any(|(who, _)| *who == 1),
            block_disposable_email_domains && facts.iter().any(|(who, _)| *who == 2),
        ];
        prop_assert_eq!(comes_in, !broken.contains(&true), "{:?} {:?} {:?}", all, asked, way);
        // Taking a rule away keeps nobody out who came in.
        let fewer = [
            RestrictionPolicy { allowlist: false, ..all.clone() },
            RestrictionPolicy { blocklist: false, ..all.clone() },
            RestrictionPolicy { block_email_subaddresses: false, ..all.clone() },
            RestrictionPolicy { block_disposable_email_domains: false, ..all.clone() },
        ];
        prop_assert!(!comes_in || fewer.iter().all(|rules| admitted(rules, way)));
        // Nor does an invitation.
        prop_assert!(!(comes_in && way == DONE) || admitted(&all, INVITED));
    }
}
