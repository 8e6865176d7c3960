//! The calls of an answer, in the order they began.

/// All calls.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Call>);

#[derive(Debug)]
struct Call {
    output_index: u32,
    item_id: Option<String>,
    /// Bytes of the arguments that were told.
    told: usize,
}

impl Calls {
    /// Begins a call; its place among the calls.
    pub(super) fn begin(&mut self, item_id: Option<&str>, output_index: u32) -> usize {
        self.0.push(Call {
            output_index,
            item_id: item_id.map(str::to_owned),
            told: 0,
        });
        self.0.len() - 1
    }

    /// The call of an item: by its id where both sides have one, else by its index. Deltas are keyed
    /// by nothing else (contract backend 2.3, 3).
    pub(super) fn at(&self, item_id: Option<&str>, output_index: u32) -> Option<usize> {
        let same = |call: &Call| match (call.item_id.as_deref(), item_id) {
            (Some(known), Some(id)) => known == id,
            (None, _) | (_, None) => call.output_index == output_index,
        };
        self.0.iter().position(same)
    }

    /// Bytes of a call's arguments that were told.
    pub(super) fn told(&self, call: usize) -> usize {
        self.0.get(call).map_or(0, |call| call.told)
    }

    /// Notes that more of a call's arguments are told.
    pub(super) fn tell(&mut self, call: usize, bytes: usize) {
        if let Some(call) = self.0.get_mut(call) {
            call.told += bytes;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
