//! One frame, read in place.

use std::borrow::Cow;

/// The fields of a frame that anyone needs: its event name and its data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame<'a> {
    /// The value of the last `event:` line.
    pub event: Option<&'a [u8]>,
    /// The `data:` lines joined by LF; `None` where there is none, as in a comment.
    pub data: Option<Cow<'a, [u8]>>,
}

impl<'a> Frame<'a> {
    /// Reads a frame as [`super::Splitter`] cut it. Unknown fields and comments are skipped.
    pub fn read(bytes: &'a [u8]) -> Self {
        if let Some(frame) = Self::plain(bytes) {
            return frame;
        }
        let mut frame = Self::default();
        for line in lines(bytes) {
            if let Some(data) = field(line, b"data") {
                frame.data = Some(match frame.data.take() {
                    None => Cow::Borrowed(data),
                    Some(before) => {
                        let mut joined = before.into_owned();
                        joined.push(b'\n');
                        joined.extend_from_slice(data);
                        Cow::Owned(joined)
                    }
                });
            } else if let Some(event) = field(line, b"event") {
                frame.event = Some(event);
            }
        }
        frame
    }

    /// The form that nearly every frame has: a name, one line of data, LF everywhere.
    fn plain(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"event: ")?;
        let (event, rest) = rest.split_at(memchr::memchr2(b'\n', b'\r', rest)?);
        let data = rest.strip_prefix(b"\ndata: ")?.strip_suffix(b"\n\n")?;
        let is_one_line = memchr::memchr2(b'\n', b'\r', data).is_none();
        is_one_line.then_some(Self {
            event: Some(event),
            data: Some(Cow::Borrowed(data)),
        })
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        let skip = match (rest.get(end), rest.get(end + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(_), _) => 1,
            (None, _) => 0,
        };
        rest = &rest[end + skip..];
        Some(line)
    })
}

/// The value of `line` where its field is `name`, less one leading space.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(name)?;
    match rest.split_first() {
        None => Some(rest),
        Some((b':', value)) => Some(value.strip_prefix(b" ").unwrap_or(value)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &str, event: Option<&str>, data: Option<&str>) {
        let frame = Frame::read(bytes.as_bytes());
        assert_eq!(frame.event, event.map(str::as_bytes), "event of {bytes:?}");
        assert_eq!(
            frame.data.as_deref(),
            data.map(str::as_bytes),
            "data of {bytes:?}"
        );
    }

    #[test]
    fn fields_are_read_as_the_standard_says() {
        check("event: a\ndata: {}\n\n", Some("a"), Some("{}"));
        check("event:a\r\ndata:{}\r\n\r\n", Some("a"), Some("{}"));
        check("event: a\rdata: b\ndata: {}\n\n", Some("a"), Some("b\n{}"));
        check("event: a\ndata: b\rdata: {}\n\n", Some("a"), Some("b\n{}"));
        check("event: a\ndata: b\n\n\n", Some("a"), Some("b"));
        check("data: one\rdata:  two\r\r", None, Some("one\n two"));
        check(": comment\n\n", None, None);
        check("data\n\n", None, Some(""));
        check("database: no\nid: 7\nretry: 9\n\n", None, None);
        check("data: a\u{2028}b\u{85}c", None, Some("a\u{2028}b\u{85}c"));
        check("", None, None);
    }
}
