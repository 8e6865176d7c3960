//! Every folder below `fixtures/<dialect>/` is a case: what a client sent, what we ask of the
//! backend, what the backend said, and what a streaming and a waiting client got. A new case is a
//! folder; no code is needed. `why.md` beside it tells where the case comes from.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use translate::{
    Born, ChatReasoning, Collector, Cut, Dialect, Ends, Given, OllamaForm, Shape, Translated,
    Writer, chat, completions, error_body, messages, ollama, responses,
};
use wire::catalogue::Catalogue;
use wire::responses::{Event, Target};
use wire::sse::{Frames, Splitter};
use wire::{Fault, json};

#[test]
fn every_responses_case_is_as_recorded() {
    check_all(Dialect::Responses, 20);
}

#[test]
fn every_chat_case_is_as_recorded() {
    check_all(Dialect::Chat, 20);
}

#[test]
fn every_messages_case_is_as_recorded() {
    check_all(Dialect::Messages, 20);
}

#[test]
fn every_ollama_case_is_as_recorded() {
    check_all(Dialect::Ollama(OllamaForm::Chat), 12);
    check_all(Dialect::Ollama(OllamaForm::Generate), 4);
}

#[test]
fn every_completions_case_is_as_recorded() {
    check_all(Dialect::Completions, 6);
}

/// Recordings name nobody and open nothing.
#[test]
fn no_case_holds_a_secret() {
    for dialect in [
        Dialect::Responses,
        Dialect::Chat,
        Dialect::Messages,
        Dialect::Ollama(OllamaForm::Chat),
        Dialect::Ollama(OllamaForm::Generate),
        Dialect::Completions,
    ] {
        for case in cases(dialect) {
            for file in fs::read_dir(case).unwrap() {
                let path = file.unwrap().path();
                let text = fs::read_to_string(&path).unwrap();
                for secret in ["sk-", "eyJ", "@", "Bearer "] {
                    assert!(!text.contains(secret), "{secret:?} in {}", path.display());
                }
            }
        }
    }
}

fn check_all(dialect: Dialect, least: usize) {
    let cases = cases(dialect);
    assert!(cases.len() >= least, "only {} cases", cases.len());
    for case in cases {
        check(dialect, &case);
    }
}

/// The only place that knows how a case is driven.
fn check(dialect: Dialect, case: &Path) {
    let options = Options::read(case);
    let catalogue = fs::read(root().join("catalogue.json")).unwrap();
    let catalogue = Catalogue::read(&catalogue, None).unwrap();
    let suffixes: Vec<&str> = options.model_suffixes.iter().map(String::as_str).collect();
    let given = Given {
        catalogue: options.catalogue.then_some(&catalogue),
        default_instructions: &options.default_instructions,
        chat_reasoning: options.chat_reasoning,
        target: options.target,
        model_map: &options.model_map,
        account: "0a1b2c",
        model_suffixes: &suffixes,
        stored: options.stored,
    };
    let body = fs::read(case.join("request.json")).unwrap();
    let translated = match dialect {
        Dialect::Responses => json::read(&body, |ask| responses::request(ask, &given)),
        Dialect::Chat => json::read(&body, |ask| chat::request(ask, &given)),
        Dialect::Messages => json::read(&body, |ask| messages::request(ask, &given)),
        Dialect::Ollama(form) => json::read(&body, |ask| ollama::request(form, ask, &given)),
        Dialect::Completions => json::read(&body, |ask| completions::request(ask, &given)),
    };
    let translated = match translated {
        Ok(translated) => translated,
        Err(fault) => return snap(case, "canonical", &refused(dialect, &fault)),
    };
    snap(case, "canonical", &asked(&translated, options.target));
    let Ok(upstream) = fs::read(case.join("upstream.sse")) else {
        return;
    };
    let mut shape = translated.shape;
    shape.codex_client = options.codex_client;
    check_answer(dialect, case, &shape, upstream);
}

/// What a streaming and a waiting client get of what the backend said.
fn check_answer(dialect: Dialect, case: &Path, shape: &Shape, upstream: Vec<u8>) {
    let born = Born {
        id: "0198f6c2".into(),
        created_at: 1_790_000_000,
    };
    let upstreams = upstreams(case, upstream, shape.more_choices);
    let cuts = || upstreams.iter().map(|_| Cut::new(&shape.ends));
    let (mut to_writer, mut to_collector): (Vec<_>, Vec<_>) = cuts().zip(cuts()).unzip();
    let mut writer = Writer::new(dialect, shape.clone(), born.clone());
    let mut collector = Collector::new(dialect, shape.clone(), born);
    let mut out = Frames::new();
    writer.keep_alive(&mut out);
    for (number, (choice, event)) in (1..).zip(in_turn(&upstreams)) {
        let passed = Duration::from_millis(number);
        writer.taken(passed);
        collector.taken(passed);
        to_writer[choice].push(event, |event| writer.write_choice(choice, event, &mut out));
        to_collector[choice].push(event, |event| collector.push_choice(choice, event));
    }
    writer.keep_alive(&mut out);
    if !writer.is_closed() {
        writer.fail(&Fault::CutShort, &mut out);
        collector.fail(&Fault::CutShort);
    }
    assert_eq!(writer.outcome(), collector.outcome(), "{}", case.display());
    assert_eq!(writer.usage(), collector.usage(), "{}", case.display());
    let stream = out.take().to_vec();
    snap(case, "stream", &String::from_utf8(stream).unwrap());
    let whole = match collector.finish() {
        Ok(whole) => pretty(&whole),
        Err(fault) => refused(dialect, &fault),
    };
    snap(case, "whole", &whole);
}

/// What `given.json` may say, all of it optional.
struct Options {
    catalogue: bool,
    codex_client: bool,
    default_instructions: String,
    chat_reasoning: ChatReasoning,
    target: Target,
    model_map: Vec<(String, String)>,
    model_suffixes: Vec<String>,
    stored: bool,
}

impl Options {
    fn read(case: &Path) -> Self {
        let given = fs::read(case.join("given.json")).unwrap_or_else(|_| b"{}".to_vec());
        let given: Value = serde_json::from_slice(&given).unwrap();
        Self {
            catalogue: given["catalogue"].as_bool().unwrap_or(true),
            codex_client: given["codex_client"].as_bool().unwrap_or(false),
            default_instructions: given["default_instructions"].as_str().unwrap_or("").into(),
            chat_reasoning: match given["chat_reasoning"].as_str() {
                Some("hidden") => ChatReasoning::Hidden,
                Some("think_tags") => ChatReasoning::ThinkTags,
                _ => ChatReasoning::Content,
            },
            target: match given["target"].as_str() {
                Some("platform") => Target::Platform,
                _ => Target::Plan,
            },
            model_map: serde_json::from_value(given["model_map"].clone()).unwrap_or_default(),
            model_suffixes: serde_json::from_value(given["model_suffixes"].clone())
                .unwrap_or_default(),
            stored: given["stored"].as_bool().unwrap_or(false),
        }
    }
}

fn asked(translated: &Translated, target: Target) -> String {
    let Translated {
        request,
        stream,
        include_usage,
        ignored,
        lite,
        shape,
        seed,
    } = translated;
    let ends = match &shape.ends {
        ends if *ends == Ends::default() => String::new(),
        ends => format!("{ends:?}\n"),
    };
    let choices = match shape.more_choices {
        0 => String::new(),
        more => format!("choices {}\n", more + 1),
    };
    format!(
        "stream {stream}, include_usage {include_usage}, lite {lite}\nignored {ignored:?}\nnames {:?}\nseed {seed:?}\n{ends}{choices}{}",
        shape.names,
        pretty(&request.to_json(target)),
    )
}

fn refused(dialect: Dialect, fault: &Fault) -> String {
    format!("refused\n{}", pretty(&error_body(dialect, fault, "req_1")))
}

fn pretty(json: &[u8]) -> String {
    let value: Value = serde_json::from_slice(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn events(upstream: Vec<u8>) -> Vec<Event> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    splitter
        .push(Bytes::from(upstream), |frame| frames.push(frame))
        .unwrap();
    frames.extend(splitter.finish());
    frames.into_iter().filter_map(Event::from_frame).collect()
}

/// What the backend said for each choice: `upstream.sse`, `upstream.1.sse` and so on.
fn upstreams(case: &Path, first: Vec<u8>, more: usize) -> Vec<Vec<Event>> {
    let more = (1..=more).map(|choice| fs::read(case.join(format!("upstream.{choice}.sse"))));
    let more = more.map(|said| events(said.unwrap()));
    std::iter::once(events(first)).chain(more).collect()
}

/// One event of each choice, then the next of each.
fn in_turn(choices: &[Vec<Event>]) -> impl Iterator<Item = (usize, &Event)> {
    let longest = choices.iter().map(Vec::len).max().unwrap_or_default();
    (0..longest).flat_map(move |number| {
        let told = choices.iter().enumerate();
        told.filter_map(move |(choice, events)| Some((choice, events.get(number)?)))
    })
}

fn snap(case: &Path, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => case,
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

fn cases(dialect: Dialect) -> Vec<PathBuf> {
    let folder = root().join(dialect.as_str());
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}
