//! A delta, read in one pass: nearly every event of an answer is one.
//!
//! Only the plain form is read, as the backend writes it: one object without blanks, whose values are
//! strings, whole numbers, words or empty lists. Whatever is written otherwise is no error here; it
//! is read in the usual way instead.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::{Growth, Place};

/// Where in the JSON of a delta its fields are. Whoever has one knows that the JSON is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flat {
    pub(super) sequence_number: Option<u64>,
    item_id: Option<Inside>,
    output_index: u32,
    content_index: u32,
    summary_index: u32,
    delta: Inside,
    pub(super) has_logprobs: bool,
    /// True where the delta has escapes.
    is_escaped: bool,
}

/// Where a string is, without its quotes. No event has four gibibytes.
type Inside = Range<u32>;

impl Flat {
    /// Reads `data`. `None` where it is not plain.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        // Over all of it at once, which takes less than looking at each byte on the way.
        let has_control = data.iter().fold(false, |has, byte| has | (*byte < b' '));
        if has_control || std::str::from_utf8(data).is_err() {
            return None;
        }
        let mut reader = Reader { data, at: 0 };
        let mut fields = Fields::default();
        reader.eat(b'{')?;
        loop {
            let field = reader.field()?;
            fields.take(field, &mut reader)?;
            match reader.next()? {
                b',' => {}
                b'}' if reader.at == data.len() => return fields.whole(),
                _ => return None,
            }
        }
    }

    /// The part of the answer that it makes longer. `None` where its text may be no text.
    pub(super) fn growth(&self) -> Option<Growth> {
        (!self.is_escaped).then_some(Growth {
            output_index: self.output_index,
            content_index: self.content_index,
            bytes: self.delta.len(),
        })
    }

    /// Where in the answer it belongs.
    pub(super) fn place<'a>(&self, data: &'a [u8]) -> Place<'a> {
        let item_id = self.item_id.as_ref().and_then(|id| text(data, id));
        Place {
            item_id: item_id.map(Cow::Borrowed),
            output_index: self.output_index,
            content_index: self.content_index,
            summary_index: self.summary_index,
        }
    }

    /// What is new.
    ///
    /// # Errors
    /// One of its escapes is half a character.
    pub(super) fn delta<'a>(&self, data: &'a [u8]) -> Result<Cow<'a, str>, serde_json::Error> {
        match text(data, &self.delta) {
            Some(plain) if !self.is_escaped => Ok(Cow::Borrowed(plain)),
            Some(_) | None => serde_json::from_slice(quoted(data, &self.delta)).map(Cow::Owned),
        }
    }
}

/// The fields that were read so far. A field that comes twice is not plain.
#[derive(Default)]
struct Fields {
    sequence_number: Option<u64>,
    item_id: Option<Inside>,
    output_index: Option<u32>,
    content_index: Option<u32>,
    summary_index: Option<u32>,
    delta: Option<(Inside, bool)>,
    has_logprobs: Option<bool>,
}

impl Fields {
    fn take(&mut self, field: Field, reader: &mut Reader<'_>) -> Option<()> {
        match field {
            Field::SequenceNumber => once(&mut self.sequence_number, reader.integer()?),
            Field::OutputIndex => once(&mut self.output_index, reader.index()?),
            Field::ContentIndex => once(&mut self.content_index, reader.index()?),
            Field::SummaryIndex => once(&mut self.summary_index, reader.index()?),
            Field::ItemId => match reader.string()? {
                (id, false) => once(&mut self.item_id, id),
                (_, true) => None,
            },
            Field::Delta => once(&mut self.delta, reader.string()?),
            Field::Logprobs => {
                once(&mut self.has_logprobs, !reader.is_at(b"null"))?;
                reader.skip()
            }
            Field::Other => reader.skip(),
        }
    }

    fn whole(self) -> Option<Flat> {
        let (delta, is_escaped) = self.delta?;
        Some(Flat {
            sequence_number: self.sequence_number,
            item_id: self.item_id,
            output_index: self.output_index.unwrap_or(0),
            content_index: self.content_index.unwrap_or(0),
            summary_index: self.summary_index.unwrap_or(0),
            delta,
            has_logprobs: self.has_logprobs.unwrap_or(false),
            is_escaped,
        })
    }
}

/// The fields that are asked for.
#[derive(Debug, Clone, Copy)]
enum Field {
    SequenceNumber,
    OutputIndex,
    ContentIndex,
    SummaryIndex,
    ItemId,
    Delta,
    Logprobs,
    Other,
}

fn once<T>(field: &mut Option<T>, value: T) -> Option<()> {
    match field.replace(value) {
        None => Some(()),
        Some(_) => None,
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// A field's name and the colon behind it.
    fn field(&mut self) -> Option<Field> {
        let rest = self.data.get(self.at..)?;
        let (name, field): (&[u8], Field) = match (rest.get(1)?, rest.get(2)?) {
            (b'd', _) => (br#""delta":"#, Field::Delta),
            (b'i', _) => (br#""item_id":"#, Field::ItemId),
            (b'c', _) => (br#""content_index":"#, Field::ContentIndex),
            (b'l', _) => (br#""logprobs":"#, Field::Logprobs),
            (b'o', b'u') => (br#""output_index":"#, Field::OutputIndex),
            (b's', b'e') => (br#""sequence_number":"#, Field::SequenceNumber),
            (b's', _) => (br#""summary_index":"#, Field::SummaryIndex),
            _ => return self.other_field(),
        };
        if !rest.starts_with(name) {
            return self.other_field();
        }
        self.at += name.len();
        Some(field)
    }

    fn other_field(&mut self) -> Option<Field> {
        let (name, is_escaped) = self.string()?;
        self.eat(b':')?;
        match slice(self.data, &name)? {
            // These would be read as the delta's text by some reader or other.
            b"text" | b"refusal" | b"arguments" | b"input" => None,
            _ => (!is_escaped).then_some(Field::Other),
        }
    }

    /// A string: what is between its quotes, and whether that has escapes.
    fn string(&mut self) -> Option<(Inside, bool)> {
        self.eat(b'"')?;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.data.get(self.at..)?)?;
            if self.data[self.at] == b'"' {
                break;
            }
            is_escaped = true;
            self.at += ESCAPE;
        }
        let inside = start.try_into().ok()?..self.at.try_into().ok()?;
        self.at += 1;
        let is_whole =
            !is_escaped || serde_json::from_slice::<IgnoredAny>(quoted(self.data, &inside)).is_ok();
        is_whole.then_some((inside, is_escaped))
    }

    /// A whole number that is not negative.
    fn integer(&mut self) -> Option<u64> {
        let rest = self.data.get(self.at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > MOST_DIGITS || (digits > 1 && rest[0] == b'0') {
            return None;
        }
        self.at += digits;
        let add = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
        Some(rest[..digits].iter().fold(0, add))
    }

    fn index(&mut self) -> Option<u32> {
        self.integer()?.try_into().ok()
    }

    fn is_at(&self, word: &[u8]) -> bool {
        self.data[self.at..].starts_with(word)
    }

    /// A value that nobody asks for.
    fn skip(&mut self) -> Option<()> {
        let rest = self.data.get(self.at..)?;
        match rest.first()? {
            b'"' => self.string().map(|_| ()),
            b'0'..=b'9' => self.integer().map(|_| ()),
            _ => {
                let mut words = WORDS.iter();
                self.at += words.find(|word| rest.starts_with(word))?.len();
                Some(())
            }
        }
    }
}

fn slice<'a>(data: &'a [u8], inside: &Inside) -> Option<&'a [u8]> {
    data.get(inside.start as usize..inside.end as usize)
}

fn text<'a>(data: &'a [u8], inside: &Inside) -> Option<&'a str> {
    std::str::from_utf8(slice(data, inside)?).ok()
}

/// A string with its quotes.
fn quoted<'a>(data: &'a [u8], inside: &Inside) -> &'a [u8] {
    slice(data, &(inside.start - 1..inside.end + 1)).unwrap_or_default()
}

/// A backslash and what it escapes.
const ESCAPE: usize = 2;
/// Values without a shape of their own.
const WORDS: &[&[u8]] = &[b"[]", b"null", b"true", b"false", b"{}"];
/// More may not fit into 64 bits.
const MOST_DIGITS: usize = 19;
