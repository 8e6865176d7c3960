//! Answers that are cut into odd pieces, too large, failed, or no answers at all.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use standin::world::Reply;
use standin::{Act, Scripted};

use crate::flood::{Flood, delta};
use crate::house::{House, RESPONSES, WIRES};
use crate::row::{FINE, ROW, Row, Sees, finish, in_all_ways, refusal, visit, walk};
use crate::way::WAYS;

const GARBLED: &str = "upstream_garbled";

#[tokio::test]
async fn characters_are_split() {
    let rows = ["[[split-utf8]]", "[[bytewise]]", "[[chunk 3]]"];
    let rows = rows.map(|marks| Row { marks, ..FINE });
    for wire in WIRES {
        walk(House::on(wire).await, "é, 漢字, 🙂 and \u{2028}", &rows).await;
    }
}

#[tokio::test]
async fn line_ends_are_split() {
    let rows = [
        "[[crlf]]",
        "[[crlf]] [[bytewise]]",
        "[[crlf]] [[chunk 2]]",
        "[[cr]]",
        "[[cr]] [[bytewise]]",
        "[[no-blank]]",
        "[[crlf]] [[no-blank]]",
    ];
    let rows = rows.map(|marks| Row { marks, ..FINE });
    for wire in WIRES {
        walk(House::on(wire).await, "hello", &rows).await;
    }
}

#[tokio::test]
async fn an_event_is_larger_than_anyone_should_hold() {
    let flood = Flood::of(delta(64 << 20), 1).await;
    let house = House::routed(&flood.origin()).await;
    let row = Row {
        code: GARBLED,
        says: "longer than 67108864 bytes",
        arrived: 0,
        ..ROW
    };
    let mut seen = Vec::new();
    // One after the other: the machine has to hold what the program holds.
    for way in WAYS {
        visit(&house, "hello", &[(row, way)], &mut seen).await;
    }
    finish(house, seen).await;
}

#[tokio::test]
async fn a_success_turns_out_to_be_a_failure() {
    let policy = Row {
        code: "cyber_policy",
        ..ROW
    };
    let unknown = Row {
        code: "something_new",
        ..ROW
    };
    let rows = [
        Row {
            marks: "[[failed cyber_policy first]]",
            refused: "refused",
            streamed: Sees::Refusal(400),
            whole: Sees::Refusal(400),
            ..policy
        },
        Row {
            marks: "[[failed cyber_policy]]",
            refused: "refused",
            whole: Sees::Refusal(400),
            ..policy
        },
        Row {
            marks: "[[failed something_new first]]",
            code: unknown.code,
            ..refusal(502).thrice()
        },
        Row {
            marks: "[[failed something_new]]",
            ..unknown
        },
        Row {
            marks: "[[failed something_new after=2]]",
            ..unknown
        },
        Row {
            marks: "[[failed rate_limit_exceeded after=1]]",
            code: "rate_limit_exceeded",
            whole: Sees::Refusal(429),
            ..ROW
        },
        Row {
            marks: "[[error-event after=1]]",
            code: "server_error",
            ..ROW
        },
        Row {
            marks: "[[error-event nested after=1]]",
            code: "server_error",
            ..ROW
        },
    ];
    for wire in WIRES {
        walk(House::on(wire).await, "one two three", &rows).await;
    }
}

#[tokio::test]
async fn the_content_type_is_another() {
    let wrong = |marks, says| Row {
        marks,
        says,
        code: GARBLED,
        ..refusal(502)
    };
    let rows = [
        wrong("[[content-type text/html]]", "text/html"),
        wrong("[[content-type application/json]]", "application/json"),
        wrong("[[content-type text/event-streams]]", "text/event-streams"),
        Row {
            marks: "[[content-type TEXT/Event-Stream;charset=utf-8]]",
            ..FINE
        },
    ];
    for wire in WIRES {
        walk(House::on(wire).await, "hello", &rows).await;
    }
}

#[tokio::test]
async fn a_page_of_cloudflare_comes() {
    let challenge = |marks| Row {
        marks,
        code: "upstream_challenge",
        says: "Cloudflare",
        ..refusal(400)
    };
    let broken = |marks, says| Row {
        marks,
        says,
        code: "upstream_error",
        ..refusal(502).thrice()
    };
    let rows = [
        challenge("[[http cloudflare-403]]"),
        challenge("[[http cloudflare-blocked]]"),
        broken("[[http 502]]", "502"),
        broken("[[http 504]]", "504"),
        Row {
            marks: "[[http html-200]]",
            code: GARBLED,
            says: "text/html",
            ..refusal(502)
        },
        Row {
            marks: "[[http cloudflare-413]]",
            code: "request_too_large",
            refused: "refused",
            ..refusal(400)
        },
    ];
    for wire in WIRES {
        walk(House::on(wire).await, "hello", &rows).await;
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let house = House::open().await;
    let mut seen = Vec::new();
    let elsewhere = house
        .standin
        .issuer()
        .join("backend-api/elsewhere")
        .unwrap();
    for status in [301, 302, 303, 307, 308] {
        let to = HeaderValue::from_str(elsewhere.as_str()).unwrap();
        let reply = Reply::new(StatusCode::from_u16(status).unwrap(), "").with(LOCATION, to);
        let script = Scripted::once(Act::Answer(reply)).always();
        house.world().script(RESPONSES, script);
        let row = Row {
            code: GARBLED,
            says: "redirects to `127.0.0.1`",
            ..refusal(502)
        };
        visit(&house, "hello", &in_all_ways(&[row]), &mut seen).await;
        let followed = house.world().received_at(elsewhere.path());
        assert!(followed.is_empty(), "{followed:?}");
        house.world().forget_scripts();
    }
    finish(house, seen).await;
}

/// What is asked again is answered at last, and the client knows nothing of it.
#[tokio::test]
async fn a_failure_passes() {
    let rows = [
        ("[[http 502 times=1]]", 2),
        ("[[http 500 times=2]]", 3),
        ("[[http drop times=2]]", 3),
        ("[[http empty-503 times=1]]", 2),
    ];
    let rows = rows.map(|(marks, asked)| Row {
        marks,
        arrived: asked,
        attempts: asked,
        ..FINE
    });
    for wire in WIRES {
        walk(House::on(wire).await, "hello", &rows).await;
    }
}

/// What is shown and logged is searched for it at the end of every walk.
#[tokio::test]
async fn a_refusal_repeats_the_token() {
    let house = House::open().await;
    let words = json!({ "error": { "code": "bad_token", "type": "invalid_request_error",
        "message": format!("Incorrect token: {}.", house.token) } });
    let script = Scripted::json(StatusCode::BAD_REQUEST, &words).always();
    house.world().script(RESPONSES, script);
    let row = Row {
        code: "bad_token",
        says: "Incorrect token: [token].",
        refused: "refused",
        ..refusal(400)
    };
    walk(house, "hello", &[row]).await;
}

#[tokio::test]
async fn a_failure_inside_a_success_repeats_the_token() {
    let house = House::open().await;
    let marks = |when: &str| {
        let words = format!("message=\"Incorrect token: {}.\"", house.token);
        &*format!("[[failed bad_token {words}{when}]]").leak()
    };
    let told = Row {
        code: "bad_token",
        says: "Incorrect token: [token].",
        ..ROW
    };
    let first = Row {
        code: told.code,
        says: told.says,
        marks: marks(" first"),
        ..refusal(502).thrice()
    };
    let later = Row {
        marks: marks(" after=1"),
        ..told
    };
    walk(house, "hello", &[first, later]).await;
}
