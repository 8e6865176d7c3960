//! Where requests go.

use std::time::Duration;

use auth::Fault;
use http::StatusCode;
use http::header::LOCATION;
use serde_json::json;
use standin::world::knobs::{AccountsForm, Claims};
use standin::world::people::Entry;
use standin::world::scripts::Reply;
use standin::{Act, Scripted};

use crate::house::{GOV, House, PLUS, TEAM, Unusual};

const CHECK: &str = "/backend-api/wham/accounts/check";

#[tokio::test]
async fn the_question_is_asked_once_per_generation_with_the_contracts_headers() {
    let house = House::open().await;
    house.sign_in(GOV).await;
    for _ in 0..3 {
        let pass = house.accounts().pass().await.unwrap();
        assert_eq!(pass.base, house.standin.upstream());
        assert_eq!(pass.routing_override.as_deref(), Some("us_cr"));
        assert!(pass.fedramp);
    }
    let asked = house.world().received_at(CHECK);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("chatgpt-account-id"), Some("acct_gov"));
    assert_eq!(asked[0].header("x-openai-fedramp"), Some("true"));
    assert_eq!(asked[0].header("user-agent"), Some("postern/0.1.0 (test)"));
    assert_eq!(
        (asked[0].header("originator"), asked[0].header("version")),
        (None, None)
    );
    house.minutes_pass(56);
    house.accounts().pass().await.unwrap();
    assert_eq!(
        house.world().received_at(CHECK).len(),
        2,
        "asked again after a renewal"
    );
}

#[tokio::test]
async fn a_workspaces_origin_replaces_ours() {
    for form in [AccountsForm::List, AccountsForm::Map] {
        let house = House::open().await;
        let second = house.standin.second_addr().unwrap();
        house.world().turn(|knobs| knobs.accounts_form = form);
        house.world().change_seat("acct_team", |seat| {
            seat.routing.origin = Some(format!("http://{second}"));
            seat.routing.routing_override = Some("us".into());
        });
        house.sign_in(TEAM).await;
        let pass = house.accounts().pass().await.unwrap();
        assert_eq!(
            pass.base.as_str(),
            format!("http://{second}/backend-api"),
            "{form:?}"
        );
        assert_eq!(pass.routing_override.as_deref(), Some("us"));
    }
}

#[tokio::test]
async fn what_the_backend_does_not_say_right_closes_the_door_for_every_plan() {
    type Change = fn(&mut standin::Seat);
    let rows: [(&str, Change); 8] = [
        ("missing", |seat| seat.routing.entry = Entry::Missing),
        ("twice", |seat| seat.routing.entry = Entry::Twice),
        ("no origin", |seat| seat.routing.origin = None),
        ("no override", |seat| seat.routing.routing_override = None),
        ("unknown override", |seat| {
            seat.routing.routing_override = Some("eu".into());
        }),
        ("http origin", |seat| {
            seat.routing.origin = Some("http://gov.example".into());
        }),
        ("a path", |seat| {
            seat.routing.origin = Some("https://gov.example/x".into());
        }),
        ("user info", |seat| {
            seat.routing.origin = Some("https://a@gov.example".into());
        }),
    ];
    for (name, change) in rows {
        for (email, account) in [(PLUS, "acct_plus"), (TEAM, "acct_team")] {
            let house = House::open().await;
            house.world().change_seat(account, change);
            house.sign_in(email).await;
            let fault = house.accounts().pass().await.unwrap_err();
            assert!(
                matches!(fault, Fault::Workspace(_)),
                "{name} {email}: {fault:?}"
            );
            assert!(
                fault
                    .to_string()
                    .starts_with("workspace routing discovery failed")
            );
        }
    }
}

fn outages() -> [(&'static str, Scripted); 4] {
    [
        ("404", Scripted::status(StatusCode::NOT_FOUND)),
        ("500", Scripted::status(StatusCode::INTERNAL_SERVER_ERROR)),
        ("503", Scripted::status(StatusCode::SERVICE_UNAVAILABLE)),
        ("unreachable", Scripted::dropped()),
    ]
}

#[tokio::test]
async fn a_backend_that_cannot_be_asked_is_open_to_personal_plans_only() {
    for (name, outage) in outages() {
        for (plan, may_pass) in [
            ("free", true),
            ("go", true),
            ("plus", true),
            ("pro", true),
            ("prolite", true),
            ("team", false),
            ("business", false),
            ("enterprise", false),
            ("edu", false),
            ("galactic", false),
        ] {
            let house = House::open().await;
            house
                .world()
                .change_seat("acct_plus", |seat| seat.plan = plan.into());
            house.sign_in(PLUS).await;
            house.world().script(CHECK, outage.clone().always());
            let pass = house.accounts().pass().await;
            assert_eq!(pass.is_ok(), may_pass, "{name} {plan}");
            match pass {
                Ok(pass) => {
                    assert_eq!(pass.base, house.standin.upstream());
                    assert_eq!(pass.routing_override, None);
                }
                Err(fault) => assert!(
                    fault
                        .to_string()
                        .starts_with("workspace routing discovery failed")
                ),
            }
        }
    }
}

#[tokio::test]
async fn going_unasked_lasts_five_minutes() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house
        .world()
        .script(CHECK, Scripted::status(StatusCode::BAD_GATEWAY));
    house.world().change_seat("acct_plus", |seat| {
        seat.routing.routing_override = Some("us".into());
    });
    assert_eq!(
        house.accounts().pass().await.unwrap().routing_override,
        None
    );
    assert_eq!(
        house.accounts().pass().await.unwrap().routing_override,
        None
    );
    assert_eq!(house.world().received_at(CHECK).len(), 1);
    house.minutes_pass(5);
    assert_eq!(
        house
            .accounts()
            .pass()
            .await
            .unwrap()
            .routing_override
            .as_deref(),
        Some("us")
    );
}

#[tokio::test]
async fn other_failures_close_the_door_for_personal_plans_too() {
    let redirect = Reply::new(StatusCode::FOUND, "").with(
        LOCATION,
        http::HeaderValue::from_static("https://elsewhere.example/"),
    );
    for (name, script) in [
        ("403", Scripted::status(StatusCode::FORBIDDEN)),
        ("429", Scripted::status(StatusCode::TOO_MANY_REQUESTS)),
        ("a redirect", Scripted::once(Act::Answer(redirect))),
        (
            "no JSON",
            Scripted::once(Act::Answer(Reply::new(StatusCode::OK, "<html>"))),
        ),
        ("no accounts", Scripted::json(StatusCode::OK, &json!({}))),
    ] {
        let house = House::open().await;
        house.sign_in(PLUS).await;
        house.world().script(CHECK, script);
        let fault = house.accounts().pass().await.unwrap_err();
        assert!(matches!(fault, Fault::Workspace(_)), "{name}: {fault:?}");
        assert!(
            house.accounts().pass().await.is_ok(),
            "{name}: a failure is not remembered"
        );
    }
}

#[tokio::test]
async fn fifteen_seconds_are_enough() {
    let house = House::open().await;
    house.sign_in(TEAM).await;
    house.world().script(CHECK, Scripted::hung());
    let waiting = async {
        house.world().until_received(CHECK, 1).await;
        house.hand.advance(Duration::from_secs(15));
    };
    let (pass, ()) = tokio::join!(house.accounts().pass(), waiting);
    assert!(
        pass.unwrap_err()
            .to_string()
            .contains("no answer within 15 seconds")
    );
}

#[tokio::test]
async fn a_401_of_the_question_renews_once() {
    let house = House::open().await;
    house.sign_in(TEAM).await;
    house
        .world()
        .script(CHECK, Scripted::status(StatusCode::UNAUTHORIZED));
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!((pass.generation, house.renewals().len()), (1, 1));
    // And where the 401 stays, that is said, and nothing more is renewed.
    house.minutes_pass(56);
    house
        .world()
        .script(CHECK, Scripted::status(StatusCode::UNAUTHORIZED).always());
    for _ in 0..5 {
        assert!(house.accounts().pass().await.is_err());
    }
    assert!(house.renewals().len() <= 3, "{}", house.renewals().len());
}

#[tokio::test]
async fn a_401_that_stays_is_told_in_the_contracts_words() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house
        .world()
        .script(CHECK, Scripted::status(StatusCode::UNAUTHORIZED).always());
    let fault = house.accounts().pass().await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "workspace routing discovery unauthorized (401)"
    );
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn a_sign_in_without_a_workspace_cannot_be_routed() {
    let house = House::open().await;
    house
        .world()
        .turn(|knobs| knobs.claims = Claims::WithoutAccount);
    house.sign_in(PLUS).await;
    let fault = house.accounts().pass().await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "workspace routing discovery failed: the sign-in names no workspace"
    );
    assert_eq!(house.world().received_at(CHECK).len(), 0);
}

#[tokio::test]
async fn a_backend_without_tls_that_is_not_this_computer_is_refused() {
    for backend in [
        "http://chatgpt.example/backend-api",
        "https://a:b@chatgpt.example/backend-api",
    ] {
        let house = House::open_with(Unusual {
            backend: Some(url::Url::parse(backend).unwrap()),
            ..Unusual::default()
        })
        .await;
        house.sign_in(PLUS).await;
        let fault = house.accounts().pass().await.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "workspace backend must use an HTTPS origin without credentials"
        );
    }
}
