use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::view::ModelRow;

fn models() -> Vec<ModelRow> {
    vec![
        ModelRow {
            id: "gpt-5.5".into(),
            context_window: Some(272_000),
            efforts: vec!["low".into(), "high".into()],
        },
        ModelRow {
            id: "gpt-5.5-mini".into(),
            context_window: None,
            efforts: Vec::new(),
        },
    ]
}

fn setup(models: &[ModelRow]) -> Setup<'_> {
    Setup {
        base_url: "http://127.0.0.1:7678/v1",
        models,
    }
}

#[test]
fn every_card_stays_as_it_was_agreed() {
    let models = models();
    for card in cards(&setup(&models)) {
        insta::assert_json_snapshot!(card.id, card);
    }
}

#[test]
fn without_models_a_card_says_where_one_goes() {
    for card in cards(&setup(&[])) {
        let paste = card.paste.map(|paste| paste.text).unwrap_or_default();
        assert!(!paste.contains("gpt-"), "{}: {paste}", card.id);
    }
}

#[test]
fn ids_and_names_are_their_own_and_every_name_can_name_a_key() {
    let cards = cards(&setup(&[]));
    let mut ids: Vec<_> = cards.iter().map(|card| card.id).collect();
    let mut names: Vec<_> = cards.iter().map(|card| card.name).collect();
    ids.sort_unstable();
    ids.dedup();
    names.sort_unstable();
    names.dedup();
    assert_eq!((ids.len(), names.len()), (cards.len(), cards.len()));
    assert_eq!(cards.len(), 19);
    assert!(names.iter().all(|name| (1..=64).contains(&name.len())));
}

/// The payload of a link, as the app decodes it.
fn payload(link: &Secret) -> serde_json::Value {
    let link = url::Url::parse(link.reveal()).unwrap();
    let mut pairs = link.query_pairs();
    let (_, data) = pairs
        .find(|(name, _)| name == "data" || name == "config")
        .unwrap();
    serde_json::from_slice(&STANDARD.decode(data.as_bytes()).unwrap()).unwrap()
}

#[test]
fn a_link_decodes_to_what_the_app_reads_and_exists_where_the_card_says_so() {
    let models = models();
    let key = Secret::new("pk-postern-test");
    for card in cards(&setup(&models)) {
        let link = link(card.id, &setup(&models), &key);
        assert_eq!(link.is_some(), card.can_import, "{}", card.id);
        if let Some(link) = link {
            let text = link.reveal();
            assert!(!text.contains(['+', '\'', '(', ')', ' ']), "{text}");
            insta::assert_json_snapshot!(format!("{}-link", card.id), payload(&link));
        }
    }
}

#[test]
fn no_card_holds_a_key() {
    let models = models();
    let text = serde_json::to_string(&cards(&setup(&models))).unwrap();
    assert!(!text.contains("pk-"));
}
