use super::*;

fn party() -> RelyingParty {
    RelyingParty::of("auth.example.com", None, &[]).unwrap().unwrap()
}

fn read(text: &str, asked: AskedFor) -> Result<String, ClientDataFault> {
    read_client_data(text.as_bytes(), asked, &party()).map(|url| url.origin().ascii_serialization())
}

#[test]
fn what_a_browser_says_is_read() {
    let made =
        r#"{"type":"webauthn.create","challenge":"AAAA","origin":"https://app.example.com","crossOrigin":false}"#;
    assert_eq!(read(made, AskedFor::Create).as_deref(), Ok("https://app.example.com"));
    // Browsers add fields to keep readers from comparing texts.
    let used = r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.com","other_keys":{"a":[1]}}"#;
    assert_eq!(read(used, AskedFor::Get).as_deref(), Ok("https://example.com"));
}

#[test]
fn sec_67_a_key_that_was_made_has_not_signed_in_nor_the_other_way_round() {
    let data = |kind: &str| format!(r#"{{"type":"{kind}","challenge":"AAAA","origin":"https://example.com"}}"#);
    for (kind, asked) in [
        ("webauthn.get", AskedFor::Create),
        ("webauthn.create", AskedFor::Get),
        ("payment.get", AskedFor::Get),
        ("", AskedFor::Create),
    ] {
        assert_eq!(read(&data(kind), asked), Err(ClientDataFault::OtherKind), "{kind}");
    }
}

#[test]
fn sec_67_a_page_of_another_origin_is_refused() {
    for origin in ["https://evil.example", "http://example.com", "https://example.com.evil.example", "null", ""] {
        let data = format!(r#"{{"type":"webauthn.get","challenge":"AAAA","origin":"{origin}"}}"#);
        assert_eq!(read(&data, AskedFor::Get), Err(ClientDataFault::Origin), "{origin}");
    }
}

#[test]
fn sec_71_a_page_inside_another_one_is_refused() {
    let inside = |more: &str| {
        let data = format!(r#"{{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.com",{more}}}"#);
        read(&data, AskedFor::Get)
    };
    assert_eq!(inside(r#""crossOrigin":true"#), Err(ClientDataFault::Embedded));
    assert_eq!(inside(r#""topOrigin":"https://evil.example""#), Err(ClientDataFault::Embedded));
    assert_eq!(inside(r#""crossOrigin":false,"topOrigin":"https://example.com""#), Err(ClientDataFault::Embedded));
    assert!(inside(r#""crossOrigin":false,"topOrigin":null"#).is_ok());
}

#[test]
fn what_cannot_be_read_is_refused() {
    let twice = r#"{"type":"webauthn.get","type":"webauthn.get","challenge":"A","origin":"https://example.com"}"#;
    let large = format!(r#"{{"type":"webauthn.get","origin":"https://example.com","a":"{}"}}"#, "x".repeat(9000));
    for text in ["", "{", "[]", "null", r#"{"type":"webauthn.get"}"#, twice, &large] {
        assert_eq!(read(text, AskedFor::Get), Err(ClientDataFault::Unreadable), "{text}");
    }
    assert_eq!(read_client_data(b"\xff\xfe", AskedFor::Get, &party()), Err(ClientDataFault::Unreadable));
}
