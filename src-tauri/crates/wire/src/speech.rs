//! Speech: what the backend's transcriber answers (contract backend 7.6).

use serde::Deserialize;
use serde_json::value::RawValue;

/// What was said. Only the text is certain; what else the backend tells is kept as it came.
#[derive(Debug, Deserialize)]
pub struct Transcript {
    /// The words.
    pub text: String,
    /// The language that was spoken.
    #[serde(default)]
    pub language: Option<Box<RawValue>>,
    /// How long it took, in seconds.
    #[serde(default)]
    pub duration: Option<Box<RawValue>>,
    /// The text in pieces, with their times.
    #[serde(default)]
    pub segments: Option<Box<RawValue>>,
    /// The words, with their times.
    #[serde(default)]
    pub words: Option<Box<RawValue>>,
    /// What it cost.
    #[serde(default)]
    pub usage: Option<Box<RawValue>>,
}

impl Transcript {
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// It is no JSON object with a `text`.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_is_needed() {
        let told = Transcript::read(br#"{"text":"hi","language":null,"asset":1}"#).unwrap();
        assert_eq!(told.text, "hi");
        assert!(told.language.is_none() && told.duration.is_none());
        let told = Transcript::read(br#"{"text":"hi","duration":1.50}"#).unwrap();
        assert_eq!(told.duration.unwrap().get(), "1.50");
        for odd in [&b"{}"[..], b"\"hi\"", b"{\"text\":7}", b"<html>"] {
            assert!(Transcript::read(odd).is_err());
        }
    }
}
