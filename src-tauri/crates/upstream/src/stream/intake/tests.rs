use super::*;

/// What comes out of a body that arrives in `pieces`: names of events, then how it ended.
fn told(pieces: &[&[u8]]) -> Vec<String> {
    let mut intake = Intake::default();
    let mut seen = 0;
    for piece in pieces {
        intake.push(Bytes::copy_from_slice(piece), |_| seen += 1);
    }
    if intake.is_running() {
        intake.finish(|_| seen += 1);
    }
    let mut told = Vec::new();
    loop {
        match intake.step() {
            Step::Event(event) => {
                told.push(format!("{} {}", event.name(), event.data().len()));
            }
            Step::Fault(fault) => told.push(fault.code().to_owned()),
            Step::End => break,
            Step::Hungry => panic!("hungry after the end"),
        }
    }
    let events = told.iter().filter(|line| line.contains(' ')).count();
    assert_eq!(seen, events, "each event is seen once");
    told
}

const CREATED: &str = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n";
const DELTA: &str =
    "data: {\"type\":\"response.output_text.delta\",\"delta\":\"h\u{e9}\u{2028}\"}\n\n";
const DONE: &str = "data: {\"type\":\"response.completed\"}\n\n";

#[test]
fn it_does_not_matter_where_the_body_is_cut() {
    for ends in ["\n", "\r\n", "\r"] {
        let body = format!("{CREATED}: comment\n\n{DELTA}{DONE}").replace('\n', ends);
        let bytes = body.as_bytes();
        let whole = told(&[bytes]);
        assert_eq!(
            whole,
            [
                "response.created 27",
                "response.output_text.delta 54",
                "response.completed 29"
            ]
        );
        for cut in 0..=bytes.len() {
            let (left, right) = bytes.split_at(cut);
            assert_eq!(told(&[left, right]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(told(&single), whole);
    }
}

#[test]
fn the_last_record_may_lack_its_empty_line() {
    let body = format!("{CREATED}{DONE}");
    let body = body.trim_end();
    assert_eq!(
        told(&[body.as_bytes()]).last().unwrap(),
        "response.completed 29"
    );
}

#[test]
fn nothing_follows_the_end() {
    for terminal in [
        "response.completed",
        "response.incomplete",
        "response.failed",
        "response.cancelled",
        "response.done",
        "error",
    ] {
        let body = format!("{CREATED}data: {{\"type\":\"{terminal}\"}}\n\n{DELTA}{DONE}");
        assert_eq!(told(&[body.as_bytes()]).len(), 2, "{terminal}");
    }
}

#[test]
fn an_end_without_a_terminal_event_is_told_once_and_last() {
    assert_eq!(told(&[b""]), ["stream_cut_short"]);
    let body = format!("{CREATED}{DELTA}");
    assert_eq!(told(&[body.as_bytes()]).last().unwrap(), "stream_cut_short");
    assert_eq!(told(&[body.as_bytes()]).len(), 3);
}

#[test]
fn data_that_is_no_json_is_skipped() {
    for garbage in [
        "data: {\"type\":\"response.something_new\",\"delta\":\"x\n\n",
        "data: {\"type\":\"response.metadata\",\"headers\":{\n\n",
        "data: {\"type\":\"codex.rate_limits\",\n\n",
        "data: {\"type\":\"keepalive\"\n\n",
        "data: [DONE]\n\n",
        "data: hello\n\n",
        ": comment\n\n",
        "event: response.completed\n\n",
        "data: {\"no\":\"type\"}\n\n",
    ] {
        let body = format!("{CREATED}{garbage}{DONE}");
        assert_eq!(told(&[body.as_bytes()]).len(), 2, "{garbage}");
    }
    let bad_utf8 = b"data: {\"type\":\"response.something_new\",\"delta\":\"\xff\"}\n\n";
    assert_eq!(
        told(&[bad_utf8, DONE.as_bytes()]),
        ["response.completed 29"]
    );
}

#[test]
fn an_answer_with_a_hole_is_none() {
    for hole in [
        &b"data: {\"type\":\"response.output_text.delta\",\"delta\":\"x\n\n"[..],
        b"data: {\"type\":\"response.output_text.delta\",\"delta\":\"\xff\"}\n\n",
        b"data: {\"type\":\"response.output_item.done\",\n\n",
        b"data: {\"type\":\"response.completed\",\n\n",
        b"data: {\"type\":\"response.done\",\n\n",
        b"data: {\"type\":\"error\",\n\n",
    ] {
        let told = told(&[CREATED.as_bytes(), hole, DONE.as_bytes()]);
        assert_eq!(
            told,
            ["response.created 27", "upstream_garbled"],
            "{hole:?}"
        );
    }
}

#[test]
fn a_record_without_end_is_given_up() {
    let mut intake = Intake::default();
    let piece = Bytes::from(vec![b'x'; 8 << 20]);
    intake.push(CREATED.into(), |_| {});
    for _ in 0..9 {
        intake.push(piece.clone(), |_| {});
    }
    assert!(!intake.is_running());
    assert!(matches!(intake.step(), Step::Event(_)));
    assert!(matches!(intake.step(), Step::Fault(Fault::Garbled { .. })));
    assert!(matches!(intake.step(), Step::End));
}

#[test]
fn what_is_given_back_comes_first_again() {
    let mut intake = Intake::default();
    intake.push(format!("{CREATED}{DELTA}{DONE}").into(), |_| {});
    let mut held = Vec::new();
    for _ in 0..2 {
        if let Step::Event(event) = intake.step() {
            held.push(event);
        }
    }
    intake.put_back(held);
    let mut names = Vec::new();
    while let Step::Event(event) = intake.step() {
        names.push(event.kind());
    }
    assert_eq!(names, [Kind::Created, Kind::TextDelta, Kind::Completed]);
}
