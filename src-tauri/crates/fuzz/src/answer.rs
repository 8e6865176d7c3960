//! Answers: whatever the backend says, every dialect ends once, nothing follows, and whoever
//! waits hears what whoever listens hears; cut or not.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;
use translate::{Born, Collector, Cut, Dialect, Ends, OllamaForm, Shape, Tokens, Writer};
use wire::Fault;
use wire::responses::Event;
use wire::sse::{Frame, Frames, Splitter};

/// Kept, because unpacking it takes longer than anything else here.
static TOKENS: OnceLock<Option<Tokens>> = OnceLock::new();

/// The first byte chooses the shape; the rest is what the backend says.
pub(crate) fn run(data: &[u8]) {
    let Some((&choice, said)) = data.split_first() else {
        return;
    };
    TOKENS.get_or_init(Tokens::load);
    let ends = Ends {
        most_tokens: (choice & 1 != 0).then(|| u64::from(choice >> 4) + 1),
        stops: match choice & 2 {
            0 => Vec::new(),
            _ => vec!["e".to_owned(), "lo th".to_owned(), "好".to_owned()],
        },
        input_tokens: u64::from(choice),
    };
    let shape = Shape {
        model: "m".to_owned(),
        include_usage: choice & 4 != 0,
        codex_client: choice & 8 != 0,
        ends,
        ..Shape::default()
    };
    for dialect in [
        Dialect::Responses,
        Dialect::Chat,
        Dialect::Messages,
        Dialect::Completions,
        Dialect::Ollama(OllamaForm::Chat),
        Dialect::Ollama(OllamaForm::Generate),
    ] {
        check(dialect, &shape, &events(said));
    }
}

fn check(dialect: Dialect, shape: &Shape, events: &[Event]) {
    let mut collector = Collector::new(dialect, shape.clone(), Born::default());
    let mut cut = Cut::new(&shape.ends);
    for event in events {
        cut.push(event, |event| collector.push(event));
    }
    cut.flush(|event| collector.push(event));
    collector.fail(&Fault::CutShort);
    let mut writer = Writer::new(dialect, shape.clone(), Born::default());
    let mut cut = Cut::new(&shape.ends);
    let mut out = Frames::new();
    for event in events {
        cut.push(event, |event| writer.write(event, &mut out));
    }
    cut.flush(|event| writer.write(event, &mut out));
    writer.fail(&Fault::CutShort, &mut out);
    assert!(writer.is_closed());
    assert_eq!(writer.outcome(), collector.outcome());
    assert_eq!(writer.usage(), collector.usage());
    let written = out.take();
    for event in events {
        writer.write(event, &mut out);
    }
    writer.fail(&Fault::ShuttingDown, &mut out);
    assert!(out.is_empty(), "something follows the end");
    for frame in frames(&written) {
        if let Some(data) = Frame::read(&frame)
            .data
            .filter(|data| data.as_ref() != b"[DONE]")
        {
            let read: Result<Value, _> = serde_json::from_slice(&data);
            assert!(read.is_ok(), "{}", String::from_utf8_lossy(&data));
        }
    }
    if let Ok(whole) = collector.finish() {
        let whole: Value = serde_json::from_slice(&whole).unwrap();
        assert!(whole.is_object());
    }
}

fn events(said: &[u8]) -> Vec<Event> {
    frames(said)
        .into_iter()
        .filter_map(Event::from_frame)
        .collect()
}

fn frames(said: &[u8]) -> Vec<Bytes> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    let pushed = splitter.push(Bytes::copy_from_slice(said), |frame| frames.push(frame));
    if pushed.is_ok() {
        frames.extend(splitter.finish());
    }
    frames
}
