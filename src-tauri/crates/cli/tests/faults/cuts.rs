//! The answer breaks off: between events, inside one, or inside the JSON of one.

use futures_util::future::join_all;
use http::header::{CONTENT_LENGTH, HOST};
use standin::{Act, Scripted};

use crate::heard::Heard;
use crate::house::{House, RESPONSES, WIRES};
use crate::row::{FINE, ROW, Row, Seen, finish, in_all_ways, mark, refusal, visit};
use crate::way::{WAYS, Way, http};

const CUT: &str = "stream_cut_short";
const TEXT: &str = "one two three";

/// How many events the backend's answer has in each way: each way's own request, asked again.
async fn events(house: &House, seen: &mut Vec<Seen>) -> Vec<(Way, usize)> {
    visit(house, TEXT, &in_all_ways(&[FINE]), seen).await;
    let (asked, url) = (
        house.asked(),
        house.standin.issuer().join(RESPONSES).unwrap(),
    );
    let mut counts = Vec::new();
    for (at, way) in WAYS.into_iter().enumerate() {
        let ends = format!("{}\"", mark(at));
        let mine = asked
            .iter()
            .find(|one| one.json().to_string().contains(&ends));
        let mut headers = mine.unwrap().headers.clone();
        headers.remove(HOST);
        headers.remove(CONTENT_LENGTH);
        let again = http().post(url.clone()).headers(headers);
        let again = again.body(mine.unwrap().body.clone()).send().await.unwrap();
        let told = again.text().await.unwrap();
        let count = told.matches("data: {\"type\":\"response.").count();
        assert!(count > 8, "{told}");
        counts.push((way, count));
    }
    counts
}

#[tokio::test]
async fn between_any_two_events() {
    for wire in WIRES {
        between_any_two_events_on(House::on(wire).await).await;
    }
}

async fn between_any_two_events_on(house: House) {
    let (mut seen, mut cases) = (Vec::new(), Vec::new());
    for (way, count) in events(&house, &mut seen).await {
        for (how, after) in ["cut", "eof"]
            .iter()
            .flat_map(|how| (0..=count).map(move |n| (how, n)))
        {
            let row = match after {
                0 => refusal(502).thrice(),
                after if after == count => FINE,
                _ => ROW,
            };
            let code = if after == count { "" } else { CUT };
            let marks = format!("[[{how} {after}]]").leak();
            cases.push((Row { marks, code, ..row }, way));
        }
    }
    visit(&house, TEXT, &cases, &mut seen).await;
    finish(house, seen).await;
}

#[tokio::test]
async fn inside_the_json_of_an_event() {
    for wire in WIRES {
        inside_the_json_of_an_event_on(House::on(wire).await).await;
    }
}

async fn inside_the_json_of_an_event_on(house: House) {
    let (mut seen, mut cases) = (Vec::new(), Vec::new());
    for (way, count) in events(&house, &mut seen).await {
        for event in 1..=count {
            let row = if event == 1 { refusal(502) } else { ROW };
            let marks = format!("[[truncate {event}]]").leak();
            let (code, says) = ("upstream_garbled", "is no JSON");
            cases.push((
                Row {
                    marks,
                    code,
                    says,
                    ..row
                },
                way,
            ));
        }
    }
    visit(&house, TEXT, &cases, &mut seen).await;
    finish(house, seen).await;
}

#[tokio::test]
async fn inside_an_event() {
    for wire in WIRES {
        inside_an_event_on(House::on(wire).await).await;
    }
}

async fn inside_an_event_on(house: House) {
    let (mut whole, mut cut) = (0, 0);
    for after in (1..=14).map(|count| count * 500) {
        let act = Act::CutReply { after };
        house
            .world()
            .script(RESPONSES, Scripted::once(act).always());
        let asking = WAYS.map(|way| way.ask(&house, TEXT));
        for (way, got) in WAYS.into_iter().zip(join_all(asking).await) {
            match got.heard {
                Heard::Answer(text) => {
                    assert_eq!(text, format!("You said: {TEXT}"), "{way:?} after {after}");
                    whole += 1;
                }
                Heard::Refusal(502, complaint) => {
                    assert_eq!(
                        complaint.code.as_deref().unwrap_or(CUT),
                        CUT,
                        "{way:?} {after}"
                    );
                    cut += 1;
                }
                Heard::Broken(complaint) => {
                    let told = way.told(CUT);
                    assert_eq!(
                        complaint.code.as_deref().unwrap_or(told),
                        told,
                        "{way:?} {after}"
                    );
                    cut += 1;
                }
                Heard::Refusal(..) => panic!("{way:?} after {after}: {:?}", got.heard),
            }
        }
        house.world().forget_scripts();
    }
    assert!(whole > 0 && cut > 0, "{whole} whole, {cut} cut");
    house.rows(whole + cut).await;
    house.close("").await;
}
