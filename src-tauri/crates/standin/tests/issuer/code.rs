//! `POST /oauth/token` with a code: what it is bound to, and what the tokens say.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use standin::BearerFault;
use standin::world::CLIENT_ID;
use standin::world::knobs::{AccessForm, Claims};

use crate::authorize::{REDIRECT, VERIFIER, path, right};
use crate::caller::{Answer, Caller, claims, encode, field};

const AUTH: &str = "https://api.openai.com/auth";

/// A fresh code for that person.
pub(crate) async fn code(caller: &Caller, person: &str) -> String {
    let answer = caller
        .get(&path(&right(), &[("standin_person", person)]))
        .await;
    let (_, told) = answer.redirect();
    field(&told, "code").unwrap().to_owned()
}

/// Redeems a code with every field right but those in `changes`, where the value `-` leaves the
/// field out.
pub(crate) async fn redeem(caller: &Caller, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", CLIENT_ID),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.retain(|(it, _)| it != name);
        if *value != "-" {
            fields.push((name, value));
        }
    }
    caller.form("/oauth/token", &fields).await
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, named: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["error"], error);
    let description = body["error_description"].as_str().unwrap();
    assert!(description.contains(named), "{description}");
}

#[tokio::test]
async fn each_wrong_field_is_refused_in_its_own_words() {
    let caller = Caller::start().await;
    caller
        .world()
        .turn(|knobs| knobs.extra_client_ids = vec!["app_other".into()]);
    for (name, value, status, error, named) in WRONG {
        let code = code(&caller, "plus@example.test").await;
        let answer = redeem(&caller, &code, &[(name, value)]).await;
        refused(&answer, *status, error, named);
    }
    for length in [42, 129] {
        let code = code(&caller, "plus@example.test").await;
        let answer = redeem(&caller, &code, &[("code_verifier", &"v".repeat(length))]).await;
        refused(&answer, 400, "invalid_request", "code_verifier");
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_code_must_come_as_a_form_and_by_post() {
    let caller = Caller::start().await;
    let code = code(&caller, "plus@example.test").await;
    let body = json!({
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "client_id": CLIENT_ID,
        "code_verifier": VERIFIER,
    });
    let answer = caller.json("/oauth/token", &body).await;
    refused(&answer, 400, "invalid_request", "content-type");
    let plain = [("content-type", "text/plain")];
    let form = encode(&[("grant_type", "authorization_code")]);
    let answer = caller
        .send(Method::POST, "/oauth/token", &plain, form.into())
        .await
        .unwrap();
    refused(&answer, 400, "invalid_request", "content-type");
    assert_eq!(
        caller.get("/oauth/token").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    // None of that touched the code.
    assert_eq!(redeem(&caller, &code, &[]).await.status, StatusCode::OK);
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_code_is_good_once_and_a_second_use_ends_what_it_gave() {
    let caller = Caller::start().await;
    let code = code(&caller, "plus@example.test").await;
    let tokens = redeem(&caller, &code, &[]).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        caller.world().seat_of(access).unwrap().account_id,
        "acct_plus"
    );
    refused(
        &redeem(&caller, &code, &[]).await,
        400,
        "invalid_grant",
        "used before",
    );
    assert_eq!(
        caller.world().seat_of(access),
        Err(BearerFault::Invalidated)
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_refused_attempt_burns_the_code_and_ten_minutes_end_it() {
    let caller = Caller::start().await;
    let burnt = code(&caller, "plus@example.test").await;
    let wrong = [("redirect_uri", "http://127.0.0.1:1457/auth/callback")];
    refused(
        &redeem(&caller, &burnt, &wrong).await,
        400,
        "invalid_grant",
        "redirect_uri",
    );
    refused(
        &redeem(&caller, &burnt, &[]).await,
        400,
        "invalid_grant",
        "used before",
    );
    let [late, old] = [
        code(&caller, "plus@example.test").await,
        code(&caller, "plus@example.test").await,
    ];
    caller.pass(599);
    assert_eq!(redeem(&caller, &late, &[]).await.status, StatusCode::OK);
    caller.pass(1);
    refused(
        &redeem(&caller, &old, &[]).await,
        400,
        "invalid_grant",
        "expired",
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn tokens_carry_every_claim_of_their_seat() {
    let caller = Caller::start().await;
    for (person, account, plan, user, fedramp) in SEATS.iter().copied() {
        let code = code(&caller, person).await;
        let answer = redeem(&caller, &code, &[]).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let tokens = answer.json();
        assert_eq!(
            (&tokens["token_type"], &tokens["expires_in"]),
            (&json!("Bearer"), &json!(3600))
        );
        let id = claims(tokens["id_token"].as_str().unwrap());
        let access = claims(tokens["access_token"].as_str().unwrap());
        for auth in [&id[AUTH], &access[AUTH]] {
            assert_eq!(auth["chatgpt_account_id"], account);
            assert_eq!(auth["chatgpt_plan_type"], plan);
            assert_eq!(auth["chatgpt_user_id"], user);
            assert_eq!(auth["user_id"], user);
            assert_eq!(auth["chatgpt_account_is_fedramp"], fedramp);
            assert_ne!(
                auth["organizations"][0]["id"], account,
                "organizations are no accounts"
            );
        }
        let email = person.split('/').next().unwrap();
        assert_eq!(id["email"], email);
        assert_eq!(access["https://api.openai.com/profile"]["email"], email);
        assert_eq!(id["aud"], json!([CLIENT_ID]));
        assert_eq!(access["exp"], 1_775_003_600);
        assert_eq!(access["iat"], 1_775_000_000);
        let issuer = format!("http://{}", caller.standin.addr());
        assert_eq!(id["iss"], issuer);
        let seat = caller
            .world()
            .seat_of(tokens["access_token"].as_str().unwrap())
            .unwrap();
        assert_eq!(
            (seat.account_id.as_str(), seat.plan.as_str()),
            (account, plan)
        );
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn claims_and_forms_of_tokens_turn_with_their_knobs() {
    let caller = Caller::start().await;
    let tokens = |claims, form| {
        caller.world().turn(|knobs| {
            knobs.claims = claims;
            knobs.access_form = form;
        });
        caller.world().sign_in("plus@example.test")
    };
    let profile = claims(
        tokens(Claims::ProfileEmail, AccessForm::Jwt)
            .id_token
            .reveal(),
    );
    assert_eq!(profile["email"], Value::Null);
    assert_eq!(
        profile["https://api.openai.com/profile"]["email"],
        "plus@example.test"
    );
    let homeless = claims(
        tokens(Claims::WithoutAccount, AccessForm::Jwt)
            .id_token
            .reveal(),
    );
    assert_eq!(homeless[AUTH]["chatgpt_account_id"], Value::Null);
    assert_eq!(homeless[AUTH]["chatgpt_plan_type"], "plus");
    let bare = tokens(Claims::Bare, AccessForm::Jwt);
    for token in [&bare.id_token, &bare.access_token] {
        assert_eq!(claims(token.reveal())[AUTH], Value::Null);
    }
    let endless = tokens(Claims::Full, AccessForm::JwtWithoutExp).access_token;
    assert_eq!(claims(endless.reveal())["exp"], Value::Null);
    let opaque = tokens(Claims::Full, AccessForm::Opaque).access_token;
    assert!(!opaque.reveal().contains('.'));
    assert!(caller.world().seat_of(opaque.reveal()).is_ok());
    caller.standin.stop().await;
}

#[tokio::test]
async fn every_token_is_found_by_a_search() {
    let caller = Caller::start().await;
    let tokens = caller.world().sign_in("plus@example.test");
    let marks = [
        (tokens.id_token.reveal(), "standin_idtoken_"),
        (tokens.access_token.reveal(), "standin_access__"),
        (tokens.refresh_token.reveal(), "oaistb_rt_standin_"),
    ];
    for (token, mark) in marks {
        assert!(token.contains(mark), "{mark}");
    }
    let at = caller.world().access_token("plus@example.test");
    let sk = caller.world().api_key();
    assert!(at.reveal().starts_with("at-standin-") && sk.reveal().starts_with("sk-standin-"));
    for key in [at, sk] {
        assert!(caller.world().seat_of(key.reveal()).is_ok());
    }
    caller.standin.stop().await;
}

const MALFORMED: &str = "invalid_request";
/// Field, value, status, error, and what the description names; `-` leaves the field out.
const WRONG: &[(&str, &str, u16, &str, &str)] = &[
    ("grant_type", "-", 400, MALFORMED, "grant_type"),
    (
        "grant_type",
        "password",
        400,
        "unsupported_grant_type",
        "grant type",
    ),
    (
        "grant_type",
        "refresh_token",
        400,
        MALFORMED,
        "content-type",
    ),
    ("code", "-", 400, MALFORMED, "code: is missing"),
    (
        "code",
        "ac_standin_unknown",
        400,
        "invalid_grant",
        "unknown",
    ),
    ("redirect_uri", "-", 400, MALFORMED, "redirect_uri"),
    (
        "redirect_uri",
        LOCALHOST,
        400,
        "invalid_grant",
        "redirect_uri",
    ),
    ("client_id", "-", 400, MALFORMED, "client_id"),
    (
        "client_id",
        "app_unknown",
        401,
        "invalid_client",
        "client_id",
    ),
    (
        "client_id",
        "app_other",
        400,
        "invalid_grant",
        "another client_id",
    ),
    ("code_verifier", "-", 400, MALFORMED, "code_verifier"),
    ("code_verifier", SPACED, 400, MALFORMED, "code_verifier"),
    (
        "code_verifier",
        OTHER,
        400,
        "invalid_grant",
        "code_challenge",
    ),
    ("client_secret", "x", 400, MALFORMED, "client_secret"),
];
const LOCALHOST: &str = "http://localhost:1455/auth/callback";
const SPACED: &str = "spaces are no unreserved characters in RFC 7636";
const OTHER: &str = "another-verifier-0123456789-abcdefghijklmnopqr";

/// Who is asked for, and the account, plan, person and FedRAMP flag the tokens must carry.
const SEATS: &[(&str, &str, &str, &str, bool)] = &[
    ("plus@example.test", "acct_plus", "plus", "user-plus", false),
    ("pro@example.test", "acct_pro", "pro", "user-pro", false),
    ("team@example.test", "acct_team", "team", "user-team", false),
    (
        "team@example.test/acct_team_personal",
        "acct_team_personal",
        "plus",
        "user-team",
        false,
    ),
    (
        "gov@example.test",
        "acct_gov",
        "enterprise",
        "user-gov",
        true,
    ),
    ("free@example.test", "acct_free", "free", "user-free", false),
];
