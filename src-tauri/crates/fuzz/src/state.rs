//! What is kept between requests: any body is read for what it wants of the store, anything that was
//! kept is read back or taken for nothing, and what continues a turn is still a request.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;
use translate::Given;
use translate::chat::stored::{self, Stored, Wanted};
use translate::state::{Compaction, Described, Origin, Past, Turn, Wish, continued};
use wire::{Fault, json};

/// The first byte says where the kept turn ends and the request begins.
pub(crate) fn run(data: &[u8]) {
    let Some((&share, rest)) = data.split_first() else {
        return;
    };
    let (kept, body) = rest.split_at(rest.len() * usize::from(share) / 256);
    readers(body);
    if let Ok(Some(wanted)) = json::read(body, Wanted::read) {
        for told in stored::listed("id", &wanted.messages) {
            let _: Value = serde_json::from_str(told.get()).unwrap();
        }
    }
    if let Some(stored) = Stored::read(kept) {
        is_json(stored.told().get().as_bytes());
        assert!(Stored::read(&stored.to_json()).is_some());
    }
    let Some(turn) = Turn::read(kept) else {
        return continue_from(body, &[]);
    };
    let json = turn.to_json();
    assert!(json.starts_with(b"{"));
    is_json(&json);
    let (_, last) = turn.last_event(7);
    is_json(&last);
    let said = turn.said().into_iter().map(|item| Past {
        item: item.into(),
        by: Some(origin()),
    });
    continue_from(body, &said.collect::<Vec<_>>());
}

fn readers(body: &[u8]) {
    let refused = [
        json::read(body, Wish::read).err(),
        json::read(body, Compaction::read).err(),
        Described::read(body).err(),
        json::read(body, Wanted::read).err(),
        stored::changed(body).err(),
    ];
    for fault in refused.into_iter().flatten() {
        assert!(
            matches!(fault, Fault::BadJson { .. } | Fault::Invalid { .. }),
            "{fault:?}"
        );
    }
}

fn continue_from(body: &[u8], past: &[Past]) {
    let here = origin();
    let read = json::read(body, |ask| {
        continued(ask, past, &HashMap::new(), &here, "previous_response_id")
    });
    let Ok(read) = read else { return };
    let whole = read.body.as_deref().unwrap_or(body);
    if let Ok(translated) = json::read(whole, |ask| {
        translate::responses::request(ask, &Given::default())
    }) {
        let json = translated.request.to_json(wire::responses::Target::Plan);
        let _: Value = serde_json::from_slice(&json).unwrap();
    }
}

/// What is kept is told again in its own bytes, whatever number somebody wrote among them.
fn is_json(json: &[u8]) {
    let _: &RawValue = serde_json::from_slice(json).unwrap();
}

fn origin() -> Origin {
    Origin {
        account: "account".to_owned(),
        model: "gpt-5.6-terra".to_owned(),
    }
}
