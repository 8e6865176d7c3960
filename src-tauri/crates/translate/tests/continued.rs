//! Every folder below `fixtures/continued/` is a case: what a client sent, what was said before, and
//! what the backend is asked. A new case is a folder; no code is needed.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::to_raw_value;
use translate::state::{Origin, Past, continued};
use translate::{Dialect, Given, error_body, responses};
use wire::catalogue::Catalogue;
use wire::responses::Target;
use wire::{Fault, json};

#[test]
fn every_continued_case_is_as_recorded() {
    let cases = cases();
    assert!(cases.len() >= 10, "only {} cases", cases.len());
    for case in cases {
        let body = fs::read(case.join("request.json")).unwrap();
        let given: Value = json(&fs::read(case.join("past.json")).unwrap());
        let told = asked(&body, &given).unwrap_or_else(|fault| {
            let body = error_body(Dialect::Responses, &fault, "req_1");
            format!("refused\n{}", pretty(&body))
        });
        insta::with_settings!({
            snapshot_path => &case,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("asked", told);
        });
    }
}

/// What one turn keeps, and what the backend is asked.
fn asked(body: &[u8], given: &Value) -> Result<String, Fault> {
    let past = given["past"].as_array().unwrap().iter().map(past);
    let past: Vec<Past> = past.collect();
    let named = given["named"].as_object().unwrap().iter();
    let named: HashMap<String, Past> = named
        .map(|(id, said)| (id.clone(), self::past(said)))
        .collect();
    let here = origin(&given["here"]).unwrap();
    let param = given["param"].as_str().unwrap();
    let continued = json::read(body, |ask| continued(ask, &past, &named, &here, param))?;
    let catalogue = fs::read(root().join("catalogue.json")).unwrap();
    let catalogue = Catalogue::read(&catalogue, None).unwrap();
    let given = Given {
        catalogue: Some(&catalogue),
        ..Given::default()
    };
    let translated = json::read(continued.body.as_deref().unwrap_or(body), |ask| {
        responses::request(ask, &given)
    })?;
    Ok(format!(
        "keeps {}\nignored {:?}\n{}",
        pretty(&serde_json::to_vec(&continued.input).unwrap()),
        translated.ignored,
        pretty(&translated.request.to_json(Target::Plan)),
    ))
}

fn past(said: &Value) -> Past {
    Past {
        item: to_raw_value(&said["item"]).unwrap().into(),
        by: origin(&said["by"]),
    }
}

fn origin(by: &Value) -> Option<Origin> {
    Some(Origin {
        account: by["account"].as_str()?.to_owned(),
        model: by["model"].as_str()?.to_owned(),
    })
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn pretty(bytes: &[u8]) -> String {
    serde_json::to_string_pretty(&json(bytes)).unwrap()
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("continued")).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}
