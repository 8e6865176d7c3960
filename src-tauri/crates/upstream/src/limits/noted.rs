//! Headers about limits, kept while an answer comes.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::header::is_header;

/// Headers about limits, in as little room as they can have. As they came they hold on to all that the
/// connection read together with them, and a map of them takes another KiB.
#[derive(Debug, Default)]
pub(crate) struct Noted(Box<[u8]>);

impl Noted {
    /// Those of `headers` that tell about limits.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut lines = Vec::with_capacity(USUAL);
        let about = headers.iter().filter(|(name, _)| is_header(name.as_str()));
        for (name, value) in about {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        Self(lines.into_boxed_slice())
    }

    /// The headers again.
    pub(crate) fn headers(&self) -> HeaderMap {
        let header = |line: &[u8]| {
            // No name has a colon in it, and no value ends a line.
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            let value = HeaderValue::from_bytes(&line[colon + 1..]).ok()?;
            Some((name, value))
        };
        let mut headers = HeaderMap::new();
        for (name, value) in self.0.split(|byte| *byte == b'\n').filter_map(header) {
            headers.append(name, value);
        }
        headers
    }
}

/// Bytes that there is room for before it is known how many there are; what is over is given back.
const USUAL: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_the_same_afterwards() {
        let mut headers = HeaderMap::new();
        assert_eq!(Noted::of(&headers).headers(), headers);
        for (name, value) in [
            ("x-codex-primary-used-percent", "42.5"),
            ("x-codex-primary-reset-at", ""),
            ("x-codex-plan-type", "a: b:c\td"),
            ("x-codex-plan-type", "another"),
            ("x-codex-other-limit-name", "\u{e9}"),
        ] {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let wanted = headers.clone();
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        assert_eq!(Noted::of(&headers).headers(), wanted);
    }
}
