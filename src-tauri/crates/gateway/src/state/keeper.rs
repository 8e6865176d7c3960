//! Who keeps an answer at its end.

use std::sync::Arc;

use base::Timestamp;
use serde_json::value::RawValue;
use store::Archive;
use store::archive::{Item, Kept, Sealer};
use translate::state::{Origin, Past, Turn, item_id};

use crate::socket::{Memory, Remembered};

/// Waits for an answer and keeps it, with what it was made from.
pub(crate) struct Keeper {
    pub(super) archive: Archive,
    /// Without one nothing is stored.
    pub(super) sealer: Option<Sealer>,
    pub(super) key_id: String,
    pub(super) origin: Origin,
    pub(super) now: Timestamp,
    /// The items that are new in this turn.
    pub(super) input: Vec<Box<RawValue>>,
    pub(super) previous: Option<String>,
    pub(super) conversation: Option<String>,
    /// The socket's memory, where it came on one, and what was said before.
    pub(super) memory: Option<(Arc<Memory>, Vec<Past>)>,
}

impl Keeper {
    /// Keeps `response`. Never waits.
    pub(crate) fn keep(mut self, response: Box<RawValue>) {
        let turn = Turn {
            input: std::mem::take(&mut self.input),
            response,
        };
        let Some(id) = turn.id() else {
            return;
        };
        self.put(&turn, &id);
        let memory = self.memory.take();
        if let Some((conversation, sealer)) = self.conversation.as_ref().zip(self.sealer.as_ref()) {
            let items = items(turn.clone().said(), &id, Some(&self.origin));
            self.archive
                .add_items(sealer, &self.key_id, conversation, items);
        }
        if let Some((memory, mut said)) = memory {
            said.extend(turn.said().into_iter().map(|item| Past {
                item: item.into(),
                by: Some(self.origin.clone()),
            }));
            let stored = self.sealer.is_some();
            memory.remember(Remembered { id, said, stored });
        }
    }

    /// Keeps `response` as it stands, for who asks for it meanwhile or asks why it failed.
    pub(super) fn note(&self, response: &RawValue) {
        let turn = Turn {
            input: self.input.clone(),
            response: response.to_owned(),
        };
        if let Some(id) = turn.id() {
            self.put(&turn, &id);
        }
    }

    fn put(&self, turn: &Turn, id: &str) {
        let Some(sealer) = self.sealer.as_ref() else {
            return;
        };
        let kept = Kept {
            key_id: self.key_id.clone(),
            id: id.to_owned(),
            previous: self.previous.clone(),
            account: self.origin.account.clone(),
            model: self.origin.model.clone(),
            created_at: self.now,
            items: turn.item_ids(),
            content: turn.to_json(),
        };
        self.archive.keep(sealer, kept);
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
