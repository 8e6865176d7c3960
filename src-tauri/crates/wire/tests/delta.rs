//! A delta reads the same whether it is written plainly or not: a blank before it, which JSON allows,
//! keeps it from being read in one pass.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use serde::de::IgnoredAny;
use wire::responses::{Event, Place, Said};

/// What a reader gets of an event that is JSON: its delta, where that can be read.
fn told(data: &[u8]) -> Option<Option<(Place<'static>, String)>> {
    let event = Event::from_json(data.to_vec()).filter(Event::is_json)?;
    Some(match event.said() {
        Ok(Said::Delta(place, delta)) => Some((owned(place), delta.into_owned())),
        Ok(_) | Err(_) => None,
    })
}

fn owned(place: Place<'_>) -> Place<'static> {
    Place {
        item_id: place.item_id.map(|id| id.into_owned().into()),
        output_index: place.output_index,
        content_index: place.content_index,
        summary_index: place.summary_index,
    }
}

fn slowly(data: &[u8]) -> Option<Option<(Place<'static>, String)>> {
    told(&[b" ", data].concat())
}

fn is_json(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

#[track_caller]
fn check(data: &str, is_known: bool) {
    let event = Event::from_json(data.to_owned()).unwrap();
    assert_eq!(event.known_number().is_some(), is_known, "{data}");
    assert_eq!(told(data.as_bytes()), slowly(data.as_bytes()), "{data}");
}

#[test]
fn the_plain_form_is_read_in_one_pass_and_any_other_all_the_same() {
    let delta = |rest: &str| format!(r#"{{"type":"response.output_text.delta",{rest}}}"#);
    for plain in [
        r#""sequence_number":7,"item_id":"m","output_index":1,"content_index":2,"delta":"a""#,
        r#""delta":"\n\"\u00e9\\","logprobs":[],"obfuscation":"x7","sequence_number":0"#,
        r#""sequence_number":18,"delta":"","x":null,"y":true,"z":{},"n":12"#,
    ] {
        check(&delta(plain), true);
    }
    for other in [
        r#""sequence_number":7, "delta":"a""#,
        r#""sequence_number":7,"delta":"a","delta":"b""#,
        r#""sequence_number":7,"delta":"a","text":"b""#,
        r#""sequence_number":7.5,"delta":"a""#,
        r#""sequence_number":07,"delta":"a""#,
        r#""sequence_number":99999999999999999999,"delta":"a""#,
        r#""sequence_number":7,"delta":"a","logprobs":[1]"#,
        r#""sequence_number":7,"delta":"\x""#,
        r#""sequence_number":7,"delta":"a\"#,
        r#""sequence_number":7,"output_index":-1,"delta":"a""#,
        r#""sequence_number":7,"output_index":4294967296,"delta":"a""#,
        r#""sequence_number":7"#,
        "\"sequence_number\":7,\"delta\":\"a\u{1}b\"",
    ] {
        check(&delta(other), false);
    }
}

#[test]
fn half_a_character_makes_a_delta_unreadable_and_is_json_all_the_same() {
    let data = br#"{"type":"response.output_text.delta","sequence_number":1,"delta":"\ud83d"}"#;
    assert_eq!(told(data), Some(None));
    assert_eq!(slowly(data), Some(None));
}

fn pair() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("delta".to_owned()),
        Just("item_id".to_owned()),
        Just("output_index".to_owned()),
        Just("sequence_number".to_owned()),
        Just("text".to_owned()),
        "[a-z\\\\n_]{1,6}",
    ];
    let value = prop_oneof![
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just(r#"[{"a":[]}]"#.to_owned()),
        Just(r#""\ud83d\ude00\/""#.to_owned()),
    ];
    (name, value).prop_map(|(name, value)| format!("\"{name}\":{value}"))
}

proptest! {
    #[test]
    fn any_delta_reads_the_same(pairs in prop::collection::vec(pair(), 0..6), cut in 0_usize..300, byte in any::<u8>()) {
        let mut data = r#"{"type":"response.output_text.delta","#.to_owned();
        data.push_str(&pairs.join(","));
        data.push('}');
        let mut data = data.into_bytes();
        prop_assert_eq!(told(&data), slowly(&data));
        prop_assert!(told(&data).is_none() || is_json(&data));
        if let Some(at) = data.get_mut(cut) {
            *at = byte;
        }
        prop_assert_eq!(told(&data), slowly(&data));
        data.truncate(cut);
        prop_assert_eq!(told(&data), slowly(&data));
    }
}
