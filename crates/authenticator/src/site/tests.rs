use serde_json::json;

use super::*;
use crate::Kind;

fn site(api: &str) -> Result<Site, SiteFault> {
    Site::of(&Url::parse(api).unwrap())
}

fn asked(rp_id: &str) -> String {
    json!({
        "rp": { "id": rp_id, "name": "Instance" },
        "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA", "name": "ada@example.com", "displayName": "Ada" },
        "challenge": "AAAAAAAAAAAAAAAAAAAAAA",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
    })
    .to_string()
}

#[test]
fn the_origin_is_that_of_the_api_and_has_no_path() {
    for (api, origin, host) in [
        ("https://auth.example.com/v1?x=1", "https://auth.example.com", "auth.example.com"),
        ("https://me:pw@auth.example.com:8443/", "https://auth.example.com:8443", "auth.example.com"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8787", "http://localhost:8787", "localhost"),
        ("http://[::1]:8787", "http://localhost:8787", "localhost"),
        ("http://clerk.localhost:8787", "http://localhost:8787", "localhost"),
        ("http://localhost", "http://localhost", "localhost"),
        ("https://team.github.io", "https://team.github.io", "team.github.io"),
    ] {
        let site = site(api).unwrap();
        assert_eq!((site.origin().as_str(), site.host()), (origin, host), "{api}");
    }
}

#[test]
fn there_are_no_keys_where_others_listen_or_anybody_may_be() {
    for (api, fault) in [
        ("http://auth.example.com", SiteFault::Insecure),
        ("https://203.0.113.7", SiteFault::NoName),
        ("https://[2001:db8::1]", SiteFault::NoName),
        ("https://github.io", SiteFault::PublicSuffix),
        ("https://co.uk", SiteFault::PublicSuffix),
        ("https://example.com.", SiteFault::NoName),
        ("ftp://localhost", SiteFault::Insecure),
        ("mailto:ada@example.com", SiteFault::NoName),
    ] {
        assert_eq!(site(api), Err(fault), "{api}");
    }
}

#[test]
fn sec_67_105_a_site_speaks_for_its_host_and_what_is_owned_above_it() {
    let admitted = [
        ("https://auth.example.co.uk", "auth.example.co.uk"),
        ("https://auth.example.co.uk", "example.co.uk"),
        ("https://team.github.io", "team.github.io"),
        ("http://127.0.0.1:1", "localhost"),
    ];
    for (api, rp_id) in admitted {
        assert_eq!(site(api).unwrap().creation(&asked(rp_id)).unwrap().rp_id(), rp_id);
        let request = json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAA", "rpId": rp_id }).to_string();
        assert_eq!(site(api).unwrap().request(&request).unwrap().rp_id(), rp_id);
    }
    for (api, rp_id) in [
        ("https://auth.example.com", "example.org"),
        ("https://auth.example.com", "other.example.com"),
        ("https://auth.example.com", "www.auth.example.com"),
        ("https://auth.example.com", "ample.com"),
        ("https://auth.example.com", "th.example.com"),
        ("https://auth.example.com", ""),
        ("https://auth.example.com", ".example.com"),
        ("https://auth.example.com", "example.com."),
        ("https://auth.example.com", "EXAMPLE.com"),
        ("https://auth.example.com", "localhost"),
        ("http://127.0.0.1:1", "127.0.0.1"),
        ("http://clerk.localhost:1", "clerk.localhost"),
        ("https://bank.example", "xn--bnk-5qa.example"),
    ] {
        let site = site(api).unwrap();
        let foreign = Fault::ForeignRelyingParty { rp_id: rp_id.to_owned(), host: site.host().to_owned() };
        assert_eq!(site.creation(&asked(rp_id)).err(), Some(foreign.clone()), "{api} {rp_id}");
        let request = json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAA", "rpId": rp_id }).to_string();
        assert_eq!(site.request(&request).err(), Some(foreign), "{api} {rp_id}");
    }
    for (api, rp_id) in [
        ("https://auth.example.com", "com"),
        ("https://a.example.co.uk", "co.uk"),
        ("https://team.github.io", "github.io"),
    ] {
        let suffix = Fault::PublicSuffix { rp_id: rp_id.to_owned() };
        assert_eq!(suffix.name(), "SecurityError");
        assert_eq!(site(api).unwrap().creation(&asked(rp_id)).err(), Some(suffix), "{api} {rp_id}");
    }
}

#[test]
fn an_instance_that_names_no_relying_party_means_its_host() {
    let site = site("https://auth.example.com").unwrap();
    let request = site.request(r#"{"challenge":"AAAAAAAAAAAAAAAAAAAAAA=="}"#).unwrap();
    assert_eq!((request.rp_id(), request.names_keys()), ("auth.example.com", false));
}

#[test]
fn what_is_no_request_of_a_passkey_is_refused() {
    let site = site("https://auth.example.com").unwrap();
    let mut options: serde_json::Value = serde_json::from_str(&asked("example.com")).unwrap();
    let refused = |options: &serde_json::Value| site.creation(&options.to_string()).err().map(|fault| fault.name());
    assert_eq!(refused(&options), None);
    for (path, value) in [
        ("/challenge", json!("AAAA")),
        ("/challenge", json!([1, 2, 3])),
        ("/user/id", json!("")),
        ("/user/id", json!("A".repeat(88))),
        ("/pubKeyCredParams", json!("ES256")),
    ] {
        let before = options.pointer(path).unwrap().clone();
        *options.pointer_mut(path).unwrap() = value;
        assert_eq!(refused(&options), Some("TypeError"), "{path}");
        *options.pointer_mut(path).unwrap() = before;
    }
    options["pubKeyCredParams"] = json!([{ "type": "of-tomorrow", "alg": -7 }]);
    assert_eq!(refused(&options), Some("NotSupportedError"));
    assert_eq!(site.request("").err().unwrap().name(), "TypeError");
    assert_eq!(Fault::Unknown(Kind::Windows).name(), "NotSupportedError");
}

#[test]
fn what_is_signed_names_the_origin_as_browsers_write_it() {
    let site = site("https://auth.example.com:8443/v1/").unwrap();
    let creation = site.creation(&asked("example.com")).unwrap();
    let said = String::from_utf8(creation.client_data().json).unwrap();
    assert_eq!(
        said,
        r#"{"type":"webauthn.create","challenge":"AAAAAAAAAAAAAAAAAAAAAA","origin":"https://auth.example.com:8443","crossOrigin":false}"#
    );
}
