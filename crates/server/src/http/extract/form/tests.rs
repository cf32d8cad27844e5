#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use http::{HeaderValue, header::CONTENT_LENGTH};

use super::*;

const FORM: &str = "application/x-www-form-urlencoded";

async fn read(kind: Option<&str>, body: impl Into<Body>) -> Result<Form, ErrorCode> {
    let mut headers = HeaderMap::new();
    if let Some(kind) = kind {
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
    }
    Form::read(&headers, body.into()).await.map_err(|refusal| refusal.first_code())
}

fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (ErrorCode, Option<String>) {
    let refusal = result.unwrap_err();
    (refusal.first_code(), refusal.first_param())
}

#[tokio::test]
async fn fields_are_read() {
    let form = read(Some(FORM), "strategy=password&identifier=a%40b.c&empty=&locale=en-US&on=true").await.unwrap();
    assert_eq!(form.text("identifier").unwrap(), Some("a@b.c"));
    assert_eq!(form.text("empty").unwrap(), Some(""));
    assert_eq!(form.filled("empty").unwrap(), None);
    assert_eq!(form.text("absent").unwrap(), None);
    assert_eq!(form.flag("on").unwrap(), Some(true));
    assert_eq!(form.flag("absent").unwrap(), None);
}

#[tokio::test]
async fn what_a_field_may_not_be_is_refused_by_name() {
    let form =
        read(Some(FORM), format!("a=1&a=2&nul=x%00y&on=perhaps&nil=&long={}", "x".repeat(20_000))).await.unwrap();
    let param = |name: &str| Some(name.to_owned());
    assert_eq!(refused(form.text("a")), (ErrorCode::FormParamDuplicate, param("a")));
    assert_eq!(refused(form.text("nul")), (ErrorCode::FormParamFormatInvalid, param("nul")));
    assert_eq!(refused(form.flag("on")), (ErrorCode::FormParamTypeInvalid, param("on")));
    assert_eq!(refused(form.required("nil")), (ErrorCode::FormParamNil, param("nil")));
    assert_eq!(refused(form.required("absent")), (ErrorCode::FormParamMissing, param("absent")));
    assert_eq!(refused(form.text("long")), (ErrorCode::FormParamMaxLengthExceeded, param("long")));
}

#[tokio::test]
async fn only_forms_in_utf8_are_bodies() {
    for kind in [
        FORM,
        "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=\"utf-8\"",
    ] {
        assert!(read(Some(kind), "a=1").await.is_ok(), "{kind}");
    }
    let other_charset = format!("{FORM}; charset=iso-8859-1");
    for kind in [None, Some("application/json"), Some("multipart/form-data; boundary=x"), Some(other_charset.as_str())]
    {
        assert_eq!(read(kind, "a=1").await.err(), Some(ErrorCode::UnsupportedContentType), "{kind:?}");
        assert!(read(kind, "").await.is_ok(), "an empty body needs no type");
    }
    assert_eq!(read(Some(FORM), "a=%ff").await.err(), Some(ErrorCode::RequestBodyInvalid));
    assert_eq!(read(Some(FORM), &b"\xff\xfe"[..]).await.err(), Some(ErrorCode::RequestBodyInvalid));
}

#[tokio::test]
async fn large_bodies_are_refused_announced_or_not() {
    let large = format!("a={}", "x".repeat(1_000_000));
    assert_eq!(read(Some(FORM), large.clone()).await.err(), Some(ErrorCode::RequestBodyTooLarge));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("1000002"));
    let refusal = Form::read(&headers, Body::empty()).await.err().unwrap();
    assert_eq!(refusal.first_code(), ErrorCode::RequestBodyTooLarge, "not a byte of it is waited for");
}
