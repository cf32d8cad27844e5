use super::*;

fn party(host: &str, wanted: Option<&str>) -> RelyingParty {
    RelyingParty::of(host, wanted, &["https://partner.example.net".to_owned()]).unwrap().unwrap()
}

#[test]
fn keys_are_made_for_the_registered_domain_unless_the_owner_says_otherwise() {
    assert_eq!(party("auth.example.com", None).id(), "example.com");
    assert_eq!(party("auth.team.example.co.uk", None).id(), "example.co.uk");
    assert_eq!(party("example.com", None).id(), "example.com");
    assert_eq!(party("auth.example.com", Some("auth.example.com")).id(), "auth.example.com");
    assert_eq!(party("a.b.example.com", Some("b.example.com")).id(), "b.example.com");
}

#[test]
fn on_this_computer_keys_are_made_for_localhost() {
    for host in ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "clerk.localhost"] {
        let party = party(host, None);
        assert_eq!((party.id(), party.is_local(), party.origin().as_str()), ("localhost", true, "http://localhost"));
        assert_eq!(party.related_origins(), None);
    }
    assert_eq!(party("127.0.0.1", Some("localhost")).id(), "localhost");
    let party = party("127.0.0.1", None);
    for origin in ["http://localhost:8787", "http://localhost", "https://localhost:3000", "http://localhost:8787/"] {
        assert!(party.admits(origin).is_some(), "{origin}");
    }
    for origin in
        ["http://127.0.0.1:8787", "http://app.localhost:1", "http://localhost.evil.example", "tauri://localhost"]
    {
        assert_eq!(party.admits(origin), None, "{origin}");
    }
}

#[test]
fn an_address_without_a_name_can_have_no_keys() {
    for host in ["203.0.113.7", "[2001:db8::1]"] {
        assert_eq!(RelyingParty::of(host, None, &[]), Ok(None), "{host}");
        assert_eq!(RelyingParty::of(host, Some("example.com"), &[]), Err(PartyFault::Elsewhere), "{host}");
    }
}

#[test]
fn sec_74_keys_of_the_root_work_below_it_and_nowhere_else() {
    let party = party("auth.example.com", None);
    for origin in ["https://example.com", "https://accounts.example.com", "https://a.b.example.com:8443"] {
        assert_eq!(party.admits(origin).unwrap().origin().ascii_serialization(), origin);
    }
    for origin in [
        "https://example-admin.com",
        "https://evilexample.com",
        "https://example.com.evil.example",
        "https://example.org",
        "https://com",
        "http://example.com",
        "https://example.com@evil.example",
        "https://evil@example.com",
        "https://example.com/path",
        "https://example.com?query",
        "https://example.com#fragment",
        "https://example.com.",
        "https://93.184.216.34",
        "http://localhost",
        "null",
        "",
        "example.com",
        "file:///example.com",
    ] {
        assert_eq!(party.admits(origin), None, "{origin}");
    }
}

#[test]
fn sec_74_siblings_are_refused() {
    let staging = party("staging1.example.com", Some("staging1.example.com"));
    assert!(staging.admits("https://staging1.example.com").is_some());
    assert!(staging.admits("https://app.staging1.example.com").is_some());
    assert_eq!(staging.admits("https://staging2.example.com"), None);
    assert_eq!(staging.admits("https://example.com"), None, "nor the root itself");
    assert_eq!(RelyingParty::of("staging1.example.com", Some("staging2.example.com"), &[]), Err(PartyFault::Elsewhere));
    assert_eq!(RelyingParty::of("example.com", Some("app.example.com"), &[]), Err(PartyFault::Elsewhere));
}

#[test]
fn sec_74_no_keys_are_made_for_a_public_suffix() {
    for suffix in ["com", "co.uk", "github.io"] {
        let host = format!("team.{suffix}");
        assert_eq!(RelyingParty::of(&host, Some(suffix), &[]), Err(PartyFault::PublicSuffix), "{suffix}");
        assert_eq!(RelyingParty::of(suffix, None, &[]), Ok(None), "{suffix}");
    }
    assert_eq!(party("team.github.io", None).id(), "team.github.io");
    assert_eq!(party("team.github.io", None).admits("https://eve.github.io"), None);
    for none in ["", "Example.com", "example.com.", "https://example.com", "example.com:8443", "127.0.0.1", "a b.com"] {
        assert_eq!(RelyingParty::of("example.com", Some(none), &[]), Err(PartyFault::NotADomain), "{none}");
    }
}

#[test]
fn other_domains_are_answered_where_browsers_can_read_that_they_are_listed() {
    let here = party("example.com", None);
    assert!(here.admits("https://partner.example.net").is_some());
    assert_eq!(here.admits("https://other.example.net"), None);
    let said = ["https://example.com".to_owned(), "https://partner.example.net".to_owned()];
    assert_eq!(here.related_origins(), Some(said.to_vec()));
    // The instance is not at the domain: nobody could read it there.
    let below = party("auth.example.com", None);
    assert_eq!((below.related_origins(), below.admits("https://partner.example.net")), (None, None));
    let listed = ["tauri://localhost", "http://plain.example.net", "https://app.example.com"].map(str::to_owned);
    let party = RelyingParty::of("example.com", None, &listed).unwrap().unwrap();
    assert_eq!(party.related_origins(), Some(vec!["https://example.com".to_owned()]), "what is below needs no list");
}
