//! `GET /oauth/authorize`: each parameter of contract auth 1.2, and what a person can answer.

use http::StatusCode;
use standin::world::CLIENT_ID;
use standin::world::knobs::{Authorize, Restriction};

use crate::caller::{Caller, encode, field};

pub(crate) const VERIFIER: &str = "standin-tests-verifier-0123456789-abcdefghijklmnop";
pub(crate) const STATE: &str = "Qm9vdHN0cmFwcGVkLXN0YXRlLTAxMjM0NTY3ODkwMTI";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:1455/auth/callback";
const SCOPE: &str = "openid profile email offline_access api.connectors.read api.connectors.invoke";

pub(crate) fn challenge() -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(VERIFIER.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash)
}

/// A request in which nothing is wrong.
pub(crate) fn right() -> Vec<(String, String)> {
    let challenge = challenge();
    let fields = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("id_token_add_organizations", "true"),
        ("codex_cli_simplified_flow", "true"),
        ("state", STATE),
        ("originator", "postern"),
    ];
    fields
        .map(|(name, value)| (name.into(), value.into()))
        .into()
}

pub(crate) fn path(fields: &[(String, String)], more: &[(&str, &str)]) -> String {
    let known = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<_> = known.chain(more.iter().copied()).collect();
    format!("/oauth/authorize?{}", encode(&all))
}

/// The right request with one parameter changed; `None` leaves it out.
fn changed(name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut fields = right();
    fields.retain(|(it, _)| it != name);
    fields.extend(value.map(|it| (name.to_owned(), it.to_owned())));
    fields
}

async fn refuses(caller: &Caller, fields: &[(String, String)], name: &str) {
    // Approving at once, so that a request that is let through would be seen.
    let answer = caller
        .get(&path(fields, &[("standin_person", "plus@example.test")]))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields:?}");
    assert!(!answer.headers.contains_key("location"), "{fields:?}");
    let named = format!("<code id=\"parameter\">{name}</code>");
    assert!(answer.text().contains(&named), "{name}: {}", answer.text());
}

#[tokio::test]
async fn every_parameter_is_refused_by_name() {
    let caller = Caller::start().await;
    for (name, _) in right() {
        refuses(&caller, &changed(&name, None), &name).await;
        refuses(&caller, &changed(&name, Some("")), &name).await;
        let mut doubled = right();
        doubled.extend(right().into_iter().filter(|(it, _)| *it == name));
        refuses(&caller, &doubled, &name).await;
    }
    let long = "a".repeat(44);
    let wrong = [
        ("response_type", "token"),
        ("client_id", "app_someone_else"),
        ("redirect_uri", "http://127.0.0.1:1456/auth/callback"),
        ("redirect_uri", "https://127.0.0.1:1455/auth/callback"),
        ("redirect_uri", "http://127.0.0.1:1455/auth/callback/"),
        ("redirect_uri", "http://127.0.0.1:1455/auth/callback?x=1"),
        ("redirect_uri", "http://127.0.0.1:01455/callback"),
        ("redirect_uri", "http://127.0.0.1:+1455/auth/callback"),
        ("redirect_uri", "http://[::1]:1455/auth/callback"),
        ("redirect_uri", "http://0.0.0.0:1455/auth/callback"),
        (
            "redirect_uri",
            "http://localhost.example.test:1455/auth/callback",
        ),
        ("redirect_uri", "http://a@127.0.0.1:1455/auth/callback"),
        ("redirect_uri", "http://127.0.0.1/auth/callback"),
        ("scope", "openid profile email"),
        ("scope", "openid profile email offline_access model.request"),
        ("scope", "openid  profile email offline_access"),
        ("scope", "openid+profile+email+offline_access"),
        ("code_challenge", VERIFIER),
        ("code_challenge", &long),
        (
            "code_challenge",
            "ab+/ab+/ab+/ab+/ab+/ab+/ab+/ab+/ab+/ab+/abc",
        ),
        ("code_challenge_method", "plain"),
        ("id_token_add_organizations", "1"),
        ("codex_cli_simplified_flow", "True"),
        ("state", "fifteen-letters"),
        ("originator", "caf\u{e9}"),
        ("allowed_workspace_id", ""),
        ("allowed_workspace_id", "acct_plus,"),
        ("allowed_workspace_id", "acct_plus, acct_pro"),
        ("audience", "anything"),
        ("prompt", "login"),
    ];
    for (name, value) in wrong {
        refuses(&caller, &changed(name, Some(value)), name).await;
    }
    let mut two_lists = right();
    two_lists.extend(["w1", "w2"].map(|id| ("allowed_workspace_id".into(), id.into())));
    refuses(&caller, &two_lists, "allowed_workspace_id").await;
    caller.standin.stop().await;
}

#[tokio::test]
async fn known_variations_are_accepted() {
    let caller = Caller::start().await;
    let variations = [
        ("redirect_uri", "http://localhost:1455/auth/callback"),
        ("redirect_uri", "http://localhost:1457/auth/callback"),
        ("redirect_uri", "http://127.0.0.1:1457/auth/callback"),
        ("scope", "openid profile email offline_access"),
        (
            "scope",
            "email openid offline_access profile api.connectors.read",
        ),
        ("state", "sixteen--letters"),
        ("originator", "codex_cli_rs"),
        ("allowed_workspace_id", "acct_plus"),
        ("allowed_workspace_id", "w1,acct_plus"),
        ("login_hint", "plus@example.test"),
        ("current_workspace_id", "acct_plus"),
    ];
    for (name, value) in variations {
        let fields = changed(name, Some(value));
        let page = caller.get(&path(&fields, &[])).await;
        assert_eq!(page.status, StatusCode::OK, "{name}={value}");
        let answer = caller
            .get(&path(&fields, &[("standin_person", "plus@example.test")]))
            .await;
        let (address, told) = answer.redirect();
        assert_eq!(address, field(&fields, "redirect_uri").unwrap());
        assert_eq!(field(&told, "state"), field(&fields, "state"));
        assert!(field(&told, "code").is_some(), "{name}={value}");
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn other_ports_and_clients_are_known_only_by_a_knob() {
    let caller = Caller::start().await;
    let port = changed("redirect_uri", Some("http://127.0.0.1:40123/auth/callback"));
    let client = changed("client_id", Some("app_other"));
    refuses(&caller, &port, "redirect_uri").await;
    refuses(&caller, &client, "client_id").await;
    caller.world().turn(|knobs| {
        knobs.any_loopback_port = true;
        knobs.extra_client_ids = vec!["app_other".into()];
    });
    for fields in [port, client] {
        assert_eq!(caller.get(&path(&fields, &[])).await.status, StatusCode::OK);
    }
    let elsewhere = changed(
        "redirect_uri",
        Some("http://example.test:40123/auth/callback"),
    );
    refuses(&caller, &elsewhere, "redirect_uri").await;
    let nowhere = changed("redirect_uri", Some("http://127.0.0.1:0/auth/callback"));
    refuses(&caller, &nowhere, "redirect_uri").await;
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_page_is_a_form_that_approves() {
    let caller = Caller::start().await;
    let page = caller.get(&path(&right(), &[])).await;
    let text = page.text();
    for part in [
        "id=\"continue\"",
        "name=\"standin_person\"",
        "team@example.test/acct_team_personal",
        "method=\"post\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let action = text
        .split("action=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let action = action.replace("&amp;", "&");
    let typed = [
        ("standin_person", "team@example.test/acct_team_personal"),
        ("standin_answer", "approve"),
    ];
    let (address, told) = caller.form(&action, &typed).await.redirect();
    assert_eq!(address, REDIRECT);
    assert_eq!(field(&told, "state"), Some(STATE));
    assert!(field(&told, "code").unwrap().starts_with("ac_standin_"));
    caller.standin.stop().await;
}

#[tokio::test]
async fn what_came_from_outside_is_escaped_on_the_page() {
    let caller = Caller::start().await;
    let state = "\"><script>alert(1)</script>";
    for name in ["state", "nonsense"] {
        let fields = changed(name, Some(state));
        let text = caller.get(&path(&fields, &[])).await.text();
        assert!(!text.contains("<script"), "{text}");
    }
    let odd = [("<script>".to_owned(), "x".to_owned())];
    assert!(
        !caller
            .get(&path(&odd, &[]))
            .await
            .text()
            .contains("<script")
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_denial_comes_in_three_forms_from_a_person_or_a_knob() {
    let caller = Caller::start().await;
    let forms = [
        (
            "deny",
            Authorize::Deny,
            Some("The resource owner denied the request."),
        ),
        ("deny_plain", Authorize::DenyPlain, None),
        (
            "missing_entitlement",
            Authorize::MissingEntitlement,
            Some("missing_codex_entitlement"),
        ),
    ];
    for (word, knob, description) in forms {
        caller
            .world()
            .turn(|knobs| knobs.authorize = Authorize::Ask);
        let by_person = caller
            .get(&path(&right(), &[("standin_answer", word)]))
            .await;
        caller.world().turn(|knobs| knobs.authorize = knob);
        let by_knob = caller.get(&path(&right(), &[])).await;
        for answer in [by_person, by_knob] {
            let (_, told) = answer.redirect();
            assert_eq!(field(&told, "error"), Some("access_denied"));
            assert_eq!(field(&told, "error_description"), description);
            assert_eq!(field(&told, "state"), Some(STATE));
            assert_eq!(field(&told, "code"), None);
        }
    }
    let stranger = [("standin_person", "nobody@example.test")];
    let answer = caller.get(&path(&right(), &stranger)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_state_may_carry_the_one_suffix_and_approval_may_be_automatic() {
    let caller = Caller::start().await;
    caller.world().turn(|knobs| {
        knobs.state_suffix = true;
        knobs.authorize = Authorize::Approve;
        knobs.auto_person = "pro@example.test".into();
    });
    let (_, told) = caller.get(&path(&right(), &[])).await.redirect();
    let suffixed = format!("{STATE}.onboarding_entrypoint=life_sciences");
    assert_eq!(field(&told, "state"), Some(suffixed.as_str()));
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_workspace_restriction_chooses_among_the_seats() {
    let caller = Caller::start().await;
    // Restriction, allowed, chosen, and which account the sign-in is for; `None` is a denial.
    let rows = [
        (
            Restriction::Honoured,
            None,
            "team@example.test",
            Some("acct_team"),
        ),
        (
            Restriction::Honoured,
            Some("acct_team"),
            "team@example.test",
            Some("acct_team"),
        ),
        (
            Restriction::Honoured,
            Some("w1,acct_team_personal"),
            "team@example.test",
            Some("acct_team_personal"),
        ),
        (
            Restriction::Honoured,
            Some("w1,w2"),
            "team@example.test",
            None,
        ),
        (
            Restriction::Honoured,
            Some("acct_team"),
            "team@example.test/acct_team_personal",
            None,
        ),
        (
            Restriction::Ignored,
            Some("acct_pro"),
            "plus@example.test",
            Some("acct_plus"),
        ),
    ];
    for (restriction, allowed, chosen, account) in rows {
        caller
            .world()
            .turn(|knobs| knobs.workspace_restriction = restriction);
        let fields = changed("allowed_workspace_id", allowed);
        let answer = caller
            .get(&path(&fields, &[("standin_person", chosen)]))
            .await;
        let (_, told) = answer.redirect();
        let Some(account) = account else {
            assert_eq!(field(&told, "error"), Some("access_denied"), "{allowed:?}");
            continue;
        };
        let code = field(&told, "code").unwrap();
        let tokens = super::code::redeem(&caller, code, &[]).await.json();
        let claims = crate::caller::claims(tokens["id_token"].as_str().unwrap());
        let auth = &claims["https://api.openai.com/auth"];
        assert_eq!(auth["chatgpt_account_id"], account, "{allowed:?}");
    }
    caller.standin.stop().await;
}
