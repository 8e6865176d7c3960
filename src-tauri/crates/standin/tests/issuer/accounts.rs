//! Who an `at-` token is, and where a person's accounts are served.

use http::StatusCode;
use serde_json::{Value, json};
use standin::world::Entry;
use standin::world::knobs::AccountsForm;

use crate::caller::{Answer, Caller};

const WHOAMI: &str = "/api/accounts/v1/user-auth-credential/whoami";
const CHECK: &str = "/backend-api/wham/accounts/check";

async fn whoami(caller: &Caller, token: &str) -> Answer {
    caller
        .with(WHOAMI, &[("authorization", &format!("Bearer {token}"))])
        .await
}

async fn check(caller: &Caller, token: &str, account: &str, fedramp: bool) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![
        ("authorization", bearer.as_str()),
        ("chatgpt-account-id", account),
    ];
    headers.extend(fedramp.then_some(("x-openai-fedramp", "true")));
    caller.with(CHECK, &headers).await
}

#[tokio::test]
async fn whoami_describes_the_seat_of_an_access_token() {
    let caller = Caller::start().await;
    let rows = [
        (
            "at-standin-acct_plus",
            "plus@example.test",
            "acct_plus",
            "plus",
            false,
        ),
        (
            "at-standin-acct_team",
            "team@example.test",
            "acct_team",
            "team",
            false,
        ),
        (
            "at-standin-acct_gov",
            "gov@example.test",
            "acct_gov",
            "enterprise",
            true,
        ),
    ];
    for (token, email, account, plan, fedramp) in rows {
        let name = email.split('@').next().unwrap();
        let mut told = json!({
            "email": email,
            "chatgpt_user_id": format!("user-{name}"),
            "chatgpt_account_id": account,
            "chatgpt_plan_type": plan,
            "chatgpt_account_is_fedramp": fedramp,
        });
        assert_eq!(whoami(&caller, token).await.json(), told);
        caller.world().turn(|knobs| knobs.whoami_email = false);
        told["email"] = Value::Null;
        assert_eq!(whoami(&caller, token).await.json(), told);
        caller.world().turn(|knobs| knobs.whoami_email = true);
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn whoami_knows_no_other_credential() {
    let caller = Caller::start().await;
    let access = caller.world().sign_in("plus@example.test").access_token;
    let revoked = caller.world().access_token("plus@example.test");
    assert!(caller.world().revoke(revoked.reveal()));
    let unknown = [
        "at-unknown",
        "sk-standin-platform",
        access.reveal(),
        revoked.reveal(),
    ];
    for token in unknown {
        assert_eq!(
            whoami(&caller, token).await.status,
            StatusCode::UNAUTHORIZED,
            "{token}"
        );
    }
    assert_eq!(caller.get(WHOAMI).await.status, StatusCode::UNAUTHORIZED);
    caller.standin.stop().await;
}

#[tokio::test]
async fn accounts_check_lists_every_seat_of_the_person() {
    let caller = Caller::start().await;
    let access = caller.world().sign_in("team@example.test").access_token;
    let told = check(&caller, access.reveal(), "acct_team", false)
        .await
        .json();
    let entry = |id, name: Option<&str>, plan, structure| {
        json!({
            "id": id,
            "name": name,
            "plan_type": plan,
            "profile_picture_url": null,
            "structure": structure,
            "workspace_backend_origin": "NO_CONSTRAINT",
            "account_routing_override": "NO_CONSTRAINT",
        })
    };
    let whole = json!({
        "accounts": [
            entry("acct_team", Some("Example Team"), "team", "workspace"),
            entry("acct_team_personal", None, "plus", "personal"),
        ],
        "account_ordering": ["acct_team", "acct_team_personal"],
        "default_account_id": "acct_team",
    });
    assert_eq!(told, whole);
    caller
        .world()
        .turn(|knobs| knobs.accounts_form = AccountsForm::Map);
    let told = check(&caller, access.reveal(), "acct_team", false)
        .await
        .json();
    let account = &told["accounts"]["acct_team"]["account"];
    assert_eq!(account["account_id"], "acct_team");
    assert_eq!(account["workspace_backend_origin"], "NO_CONSTRAINT");
    let at = check(&caller, "at-standin-acct_gov", "acct_gov", true)
        .await
        .json();
    let gov = &at["accounts"]["acct_gov"]["account"];
    assert_eq!(gov["account_routing_override"], "us_cr");
    caller.standin.stop().await;
}

#[tokio::test]
async fn routing_answers_can_be_wrong_in_every_way() {
    let caller = Caller::start().await;
    let access = caller.world().sign_in("plus@example.test").access_token;
    let origins = [
        Some("https://gov.example.test"),
        Some("http://127.0.0.1:9"),
        Some("https://gov.example.test/path"),
        Some("https://user@gov.example.test"),
        None,
    ];
    for origin in origins {
        for told in [Some("us"), Some("us_cr"), Some("mars"), None] {
            caller.world().change_seat("acct_plus", |seat| {
                seat.routing.origin = origin.map(Into::into);
                seat.routing.routing_override = told.map(Into::into);
            });
            let answer = check(&caller, access.reveal(), "acct_plus", false)
                .await
                .json();
            let entry = answer["accounts"][0].as_object().unwrap();
            let field = |name: &str| entry.get(name).map(|it| it.as_str().unwrap());
            assert_eq!(field("workspace_backend_origin"), origin);
            assert_eq!(field("account_routing_override"), told);
        }
    }
    for (entry, times) in [(Entry::Once, 1), (Entry::Missing, 0), (Entry::Twice, 2)] {
        caller
            .world()
            .change_seat("acct_plus", |seat| seat.routing.entry = entry);
        let answer = check(&caller, access.reveal(), "acct_plus", false)
            .await
            .json();
        assert_eq!(
            answer["accounts"].as_array().unwrap().len(),
            times,
            "{entry:?}"
        );
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn accounts_check_needs_the_right_headers() {
    let caller = Caller::start().await;
    let world = caller.world();
    let good = world.sign_in("plus@example.test").access_token;
    let expired = world.sign_in("plus@example.test").access_token;
    let invalidated = world.sign_in("plus@example.test").access_token;
    assert!(world.expire(expired.reveal()) && world.invalidate(invalidated.reveal()));
    let rows = [
        (expired.reveal(), "acct_plus", false, "token_expired"),
        (
            invalidated.reveal(),
            "acct_plus",
            false,
            "token_invalidated",
        ),
        ("nonsense", "acct_plus", false, "Unauthorized"),
        ("sk-standin-platform", "org-standin", false, "Unauthorized"),
        (
            good.reveal(),
            "acct_pro",
            false,
            "invalid_workspace_selected",
        ),
        (good.reveal(), "acct_plus", true, "invalid_fedramp_header"),
        (
            "at-standin-acct_gov",
            "acct_gov",
            false,
            "invalid_fedramp_header",
        ),
    ];
    for (token, account, fedramp, word) in rows {
        let answer = check(&caller, token, account, fedramp).await;
        let (status, pointer) = match word {
            "Unauthorized" => (401, "/detail"),
            "token_expired" | "token_invalidated" => (401, "/error/code"),
            _ => (403, "/detail/code"),
        };
        assert_eq!(answer.status, status, "{word}");
        assert_eq!(answer.json().pointer(pointer), Some(&json!(word)));
    }
    let bearer = format!("Bearer {}", good.reveal());
    let homeless = caller.with(CHECK, &[("authorization", &bearer)]).await;
    assert_eq!(homeless.status, StatusCode::FORBIDDEN);
    let nobody = caller
        .with(CHECK, &[("chatgpt-account-id", "acct_plus")])
        .await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let posted = caller.json(CHECK, &json!({})).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    caller.standin.stop().await;
}
