//! Who keeps an answer at its end.

use base::Timestamp;
use serde_json::value::RawValue;
use store::Archive;
use store::archive::{Item, Kept, Sealer};
use translate::Outcome;
use translate::state::{Origin, Turn, item_id};

/// Waits for an answer and keeps it, with what it was made from.
pub(crate) struct Keeper {
    pub(super) archive: Archive,
    pub(super) sealer: Sealer,
    pub(super) key_id: String,
    pub(super) origin: Origin,
    pub(super) now: Timestamp,
    /// The items that are new in this turn.
    pub(super) input: Vec<Box<RawValue>>,
    pub(super) previous: Option<String>,
    pub(super) conversation: Option<String>,
}

impl Keeper {
    /// Keeps `response` unless it failed. Never waits.
    pub(crate) fn keep(mut self, outcome: Outcome, response: Box<RawValue>) {
        match outcome {
            Outcome::Whole | Outcome::Incomplete => {}
            Outcome::Open | Outcome::Failed => return,
        }
        let turn = Turn {
            input: std::mem::take(&mut self.input),
            response,
        };
        self.put(&turn);
        if let Some((conversation, id)) = self.conversation.zip(turn.id()) {
            let items = items(turn.said(), &id, Some(&self.origin));
            self.archive
                .add_items(&self.sealer, &self.key_id, &conversation, items);
        }
    }

    /// Keeps `response` as it stands, for who asks for it meanwhile or asks why it failed.
    pub(super) fn note(&self, response: &RawValue) {
        self.put(&Turn {
            input: self.input.clone(),
            response: response.to_owned(),
        });
    }

    fn put(&self, turn: &Turn) {
        let Some(id) = turn.id() else {
            return;
        };
        let kept = Kept {
            key_id: self.key_id.clone(),
            id,
            previous: self.previous.clone(),
            account: self.origin.account.clone(),
            model: self.origin.model.clone(),
            created_at: self.now,
            items: turn.item_ids(),
            content: turn.to_json(),
        };
        self.archive.keep(&self.sealer, kept);
    }
}

/// `said` as items of a conversation; `holder` completes the ids of those that have none.
pub(super) fn items(said: Vec<Box<RawValue>>, holder: &str, origin: Option<&Origin>) -> Vec<Item> {
    let item = |(index, raw): (usize, Box<RawValue>)| Item {
        id: item_id(&raw, holder, index),
        account: origin.map(|origin| origin.account.clone()),
        model: origin.map(|origin| origin.model.clone()),
        content: String::from(Box::<str>::from(raw)).into_bytes(),
    };
    said.into_iter().enumerate().map(item).collect()
}
