use serde_json::json;

use super::*;

/// A JWT with this payload; the other two parts are never looked at.
fn jwt(payload: &Value) -> String {
    let middle = URL_SAFE_NO_PAD.encode(payload.to_string());
    format!("eyJhbGciOiJub25lIn0.{middle}.c2ln")
}

#[track_caller]
fn check(payload: &Value, expected: &Claims) {
    assert_eq!(Claims::of(&jwt(payload)).as_ref(), Ok(expected));
}

#[test]
fn email_and_plan_are_read() {
    check(
        &json!({"email": "a@example.test", (AUTH): {"chatgpt_plan_type": "pro", "chatgpt_account_id": "acct", "chatgpt_user_id": "user-1", "user_id": "other"}}),
        &Claims {
            email: Some("a@example.test".into()),
            plan: Some(Plan::parse("pro")),
            account_id: Some("acct".into()),
            user_id: Some("user-1".into()),
            ..Claims::default()
        },
    );
}

#[test]
fn an_email_in_the_profile_counts_where_there_is_none_on_top() {
    check(
        &json!({(PROFILE): {"email": "p@example.test"}, (AUTH): {"user_id": "user-2"}}),
        &Claims {
            email: Some("p@example.test".into()),
            user_id: Some("user-2".into()),
            ..Claims::default()
        },
    );
}

#[test]
fn hc_is_enterprise() {
    let claims = Claims::of(&jwt(&json!({(AUTH): {"chatgpt_plan_type": "hc"}}))).unwrap();
    assert_eq!(claims.plan.unwrap().as_str(), "enterprise");
}

#[test]
fn missing_fields_are_absent() {
    check(&json!({}), &Claims::default());
    check(
        &json!({(AUTH): "not an object", "email": 7, "exp": "soon"}),
        &Claims::default(),
    );
}

#[test]
fn fedramp_is_true_only_when_it_says_so() {
    for (claim, expected) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
    ] {
        let token = jwt(&json!({(AUTH): {"chatgpt_account_is_fedramp": claim}}));
        assert_eq!(Claims::of(&token).unwrap().fedramp, expected);
    }
}

#[test]
fn exp_present_absent_and_malformed() {
    for (payload, expected) in [
        (
            json!({"exp": 1_800_000_000}),
            Some(Timestamp::from_seconds(1_800_000_000)),
        ),
        (json!({}), None),
        (json!({"exp": "1800000000"}), None),
    ] {
        assert_eq!(Claims::of(&jwt(&payload)).unwrap().expires, expected);
    }
}

#[test]
fn what_is_not_a_jwt_is_refused() {
    let valid = jwt(&json!({}));
    let tail = valid.split_once('.').unwrap().1;
    for text in [
        "",
        "opaque",
        "a.b",
        "a..c",
        "a.b.c.d",
        "a.!!!.c",
        &format!(".{tail}"),
        "a.W10.c",
    ] {
        assert_eq!(Claims::of(text), Err(NotAJwt), "{text}");
    }
}

#[test]
fn a_person_is_named_by_the_most_lasting_name() {
    let named = |payload: Value| Claims::of(&jwt(&payload)).unwrap().person().to_owned();
    assert_eq!(
        named(json!({"sub": "auth0|1", "email": "a@b", (AUTH): {"user_id": "user-1"}})),
        "user-1"
    );
    assert_eq!(named(json!({"sub": "auth0|1", "email": "a@b"})), "auth0|1");
    assert_eq!(named(json!({"email": "a@b"})), "a@b");
    assert_eq!(named(json!({})), "");
}
