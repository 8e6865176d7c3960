//! Laws of several choices: each is what it would be alone, in whatever order their events come.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

#[path = "laws/script.rs"]
#[expect(dead_code, reason = "the other laws use the rest")]
mod script;

use proptest::prelude::*;
use serde_json::{Value, json};
use translate::{Born, Collector, Dialect, Outcome, Shape, Writer};
use wire::Fault;
use wire::responses::Event;
use wire::sse::{Frame, Frames, Splitter};

use script::script;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_choice_is_what_it_would_be_alone(
        scripts in prop::collection::vec(script(), 2..=4),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let scripts = read(&scripts);
        let told = shuffled(&scripts, &order);
        let (stream, outcome) = streamed(&scripts, &told);
        let whole = collected(&scripts, &told);
        let alone: Vec<_> = scripts.iter().map(|script| {
            let only = [script.clone()];
            let told = shuffled(&only, &[]);
            (streamed(&only, &told), collected(&only, &told))
        }).collect();
        let Ok(whole) = whole else {
            prop_assert_eq!(outcome, Outcome::Failed);
            prop_assert!(alone.iter().any(|(_, whole)| whole.is_err()));
            return Ok(());
        };
        let mut sum = 0;
        for (choice, ((alone, _), only)) in alone.iter().enumerate() {
            let only = only.as_ref().unwrap();
            let mut expected = only["choices"][0].clone();
            expected["index"] = choice.into();
            prop_assert_eq!(&whole["choices"][choice], &expected);
            prop_assert_eq!(of(&stream, choice), of(alone, 0));
            sum += only["usage"]["total_tokens"].as_u64().unwrap_or_default();
        }
        prop_assert_eq!(whole["choices"].as_array().unwrap().len(), scripts.len());
        prop_assert_eq!(whole["usage"]["total_tokens"].as_u64().unwrap_or_default(), sum);
        let told: Vec<_> = stream.iter().filter(|chunk| chunk["usage"].is_object()).collect();
        prop_assert!(told.len() <= 1);
        prop_assert_eq!(told.first().map(|chunk| &chunk["usage"]), whole.get("usage"));
    }

    #[test]
    fn several_choices_have_one_id_one_role_each_and_one_end(
        scripts in prop::collection::vec(script(), 2..=4),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let scripts = read(&scripts);
        let (stream, outcome) = streamed(&scripts, &shuffled(&scripts, &order));
        let errors = stream.iter().filter(|chunk| chunk.get("error").is_some()).count();
        let dones = stream.iter().filter(|chunk| **chunk == "[DONE]").count();
        prop_assert_eq!((errors, dones), if outcome == Outcome::Failed { (1, 0) } else { (0, 1) });
        let last = stream.last().unwrap();
        prop_assert!(*last == "[DONE]" || last.get("error").is_some());
        let chunks = stream.iter().filter(|chunk| chunk["id"].is_string());
        let heads: Vec<_> = chunks.map(|chunk| [&chunk["id"], &chunk["created"], &chunk["model"]]).collect();
        prop_assert!(heads.windows(2).all(|pair| pair[0] == pair[1]), "{heads:?}");
        for choice in 0..scripts.len() {
            let chunks = of(&stream, choice);
            let roles = chunks.iter().filter(|chunk| chunk["delta"]["role"] == "assistant");
            let ends = chunks.iter().filter(|chunk| chunk["finish_reason"].is_string());
            prop_assert!(roles.count() <= 1);
            prop_assert!(ends.clone().count() <= 1);
            prop_assert!(errors == 1 || ends.count() == 1);
        }
    }
}

/// The only place that knows how the writer is driven: `told` is which choice speaks when.
fn streamed(scripts: &[Vec<Event>], told: &[(usize, usize)]) -> (Vec<Value>, Outcome) {
    let mut writer = Writer::new(Dialect::Chat, shape(scripts.len()), born());
    let mut out = Frames::new();
    for (choice, number) in told {
        writer.write_choice(*choice, &scripts[*choice][*number], &mut out);
    }
    writer.fail(&Fault::CutShort, &mut out);
    let written = out.len();
    for (choice, number) in told {
        writer.write_choice(*choice, &scripts[*choice][*number], &mut out);
        assert!(writer.has_ended(*choice) || writer.outcome() == Outcome::Failed);
    }
    assert_eq!(out.len(), written, "nothing follows the end");
    let mut chunks = Vec::new();
    let mut splitter = Splitter::default();
    splitter
        .push(out.take(), |frame| {
            let data = Frame::read(&frame).data.unwrap().into_owned();
            let text = || String::from_utf8(data.to_vec()).unwrap().into();
            chunks.push(serde_json::from_slice(&data).unwrap_or_else(|_| text()));
        })
        .unwrap();
    (chunks, writer.outcome())
}

fn collected(scripts: &[Vec<Event>], told: &[(usize, usize)]) -> Result<Value, Fault> {
    let mut collector = Collector::new(Dialect::Chat, shape(scripts.len()), born());
    for (choice, number) in told {
        collector.push_choice(*choice, &scripts[*choice][*number]);
    }
    collector.fail(&Fault::CutShort);
    collector
        .finish()
        .map(|whole| serde_json::from_slice(&whole).unwrap())
}

/// The chunks of one choice, without what tells which.
fn of(stream: &[Value], choice: usize) -> Vec<Value> {
    let choices = stream.iter().filter_map(|chunk| chunk["choices"].get(0));
    let mine = choices.filter(|it| it["index"] == choice);
    mine.cloned()
        .map(|mut it| {
            it["index"] = json!(null);
            it
        })
        .collect()
}

/// Every event of every choice once, each choice's in their order.
fn shuffled(scripts: &[Vec<Event>], order: &[prop::sample::Index]) -> Vec<(usize, usize)> {
    let mut left: Vec<_> = scripts.iter().map(|script| 0..script.len()).collect();
    let mut order = order.iter();
    let mut told = Vec::new();
    loop {
        let waiting: Vec<usize> = (0..left.len())
            .filter(|choice| !left[*choice].is_empty())
            .collect();
        let Some(first) = waiting.first() else {
            return told;
        };
        let choice = order.next().map_or(*first, |index| *index.get(&waiting));
        told.push((choice, left[choice].next().unwrap()));
    }
}

fn read(scripts: &[Vec<Value>]) -> Vec<Vec<Event>> {
    let event = |data: &Value| Event::from_json(data.to_string());
    let read = scripts
        .iter()
        .map(|script| script.iter().filter_map(event).collect());
    read.collect()
}

fn shape(choices: usize) -> Shape {
    Shape {
        model: "m".into(),
        include_usage: true,
        more_choices: choices - 1,
        ..Shape::default()
    }
}

fn born() -> Born {
    Born {
        id: "0198f6c2".into(),
        created_at: 1_790_000_000,
    }
}
