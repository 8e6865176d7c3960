//! The calls of an answer. Deltas are keyed by the item's id or its index in the output, and by
//! nothing else (contract backend 2.3, 3).

use wire::chat::CallKind;

use super::piece::Piece;

/// All calls, in the order they began.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Call>);

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    index: usize,
    kind: CallKind,
    output_index: u32,
    item_id: Option<String>,
    /// Bytes of the payload that were told.
    pub(super) told: usize,
}

impl Calls {
    /// Begins a call, unless it has begun; its place among the calls.
    pub(super) fn open(
        &mut self,
        output_index: u32,
        item_id: Option<&str>,
        kind: CallKind,
    ) -> Option<usize> {
        if self.at(item_id, output_index).is_some() {
            return None;
        }
        let index = self.0.len();
        self.0.push(Call {
            index,
            kind,
            output_index,
            item_id: item_id.map(str::to_owned),
            told: 0,
        });
        Some(index)
    }

    /// The call of an item: by its id where both sides have one, else by its index.
    pub(super) fn at(&mut self, item_id: Option<&str>, output_index: u32) -> Option<&mut Call> {
        let same = |call: &Call| match (call.item_id.as_deref(), item_id) {
            (Some(known), Some(id)) => known == id,
            (None, _) | (_, None) => call.output_index == output_index,
        };
        self.0.iter_mut().find(|call| same(call))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Call {
    /// More of the payload.
    pub(super) fn payload<'a>(&self, text: &'a str) -> Piece<'a> {
        Piece::Payload {
            index: self.index,
            kind: self.kind,
            text,
        }
    }
}

/// The kind of call that an item of type `item` is, where it is one.
pub(super) fn call_kind(item: &str) -> Option<CallKind> {
    match item {
        "function_call" => Some(CallKind::Function),
        "custom_tool_call" => Some(CallKind::Custom),
        _ => None,
    }
}
