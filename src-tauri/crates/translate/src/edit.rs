//! One JSON object, changed as little as needed: what nobody changes keeps its bytes.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use wire::json::Object;

/// An object that may be changed.
#[derive(Debug)]
pub(crate) struct Edit<'a> {
    raw: &'a RawValue,
    entries: Vec<(Cow<'a, str>, Cow<'a, RawValue>)>,
    changed: bool,
}

impl<'a> Edit<'a> {
    /// Starts from `object` as it came.
    pub(crate) fn new(object: &Object<'a>) -> Self {
        let entry =
            |(name, raw): &(Cow<'a, str>, &'a RawValue)| (name.clone(), Cow::Borrowed(*raw));
        Self {
            raw: object.raw(),
            entries: object.entries().iter().map(entry).collect(),
            changed: false,
        }
    }

    /// Drops the fields that `keep` does not want.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &RawValue) -> bool) {
        let before = self.entries.len();
        self.entries.retain(|(name, raw)| keep(name, raw));
        self.changed |= self.entries.len() != before;
    }

    /// Gives a field a new value, in its place where it has one, else at the end.
    pub(crate) fn set(&mut self, name: &'static str, value: Cow<'a, RawValue>) {
        self.changed = true;
        match self
            .entries
            .iter_mut()
            .rev()
            .find(|(known, _)| known == name)
        {
            Some((_, old)) => *old = value,
            None => self.entries.push((Cow::Borrowed(name), value)),
        }
    }

    /// Gives a field a new value unless that is the value it has.
    pub(crate) fn update(&mut self, name: &'static str, value: Cow<'a, RawValue>) {
        if matches!(value, Cow::Owned(_)) {
            self.set(name, value);
        }
    }

    /// A field as it is now.
    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        let (_, raw) = self.entries.iter().rev().find(|(known, _)| known == name)?;
        Some(raw)
    }

    /// The object: its own bytes where nothing was changed.
    pub(crate) fn finish(self) -> Cow<'a, RawValue> {
        match self.changed {
            true => Cow::Owned(raw(&self)),
            false => Cow::Borrowed(self.raw),
        }
    }
}

impl Serialize for Edit<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.entries.iter().map(|(name, raw)| (name, raw)))
    }
}

/// `value` as JSON text.
pub(crate) fn raw(value: &(impl Serialize + ?Sized)) -> Box<RawValue> {
    let raw = serde_json::value::to_raw_value(value);
    debug_assert!(raw.is_ok(), "wire types serialize into memory");
    raw.unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// `value` as JSON text that replaces other text.
pub(crate) fn new<'a>(value: &(impl Serialize + ?Sized)) -> Cow<'a, RawValue> {
    Cow::Owned(raw(value))
}

/// A list of which some elements may be new; borrowed where none is.
pub(crate) fn list<'a>(whole: &'a RawValue, parts: &[Cow<'a, RawValue>]) -> Cow<'a, RawValue> {
    match parts.iter().any(|part| matches!(part, Cow::Owned(_))) {
        true => new(parts),
        false => Cow::Borrowed(whole),
    }
}
