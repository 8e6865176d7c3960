//! Pictures: what the dedicated endpoints of the backend are asked, and what they answer
//! (contract backend 7.4 A).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is asked. It has exactly the fields that the backend accepts, so nothing else can be sent.
/// There is no `n`: several pictures are several requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Request {
    /// What to draw, or to change.
    pub prompt: String,
    /// Such as `gpt-image-2`.
    pub model: String,
    /// `transparent`, `opaque` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<&'static str>,
    /// `low`, `medium`, `high` or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<&'static str>,
    /// `auto`, or such as `1024x1536`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The pictures to work on; without any, one is made from nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
}

/// A picture to work on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// A `data:` URL, or one the backend fetches.
    pub image_url: String,
}

impl Request {
    /// The body as it goes out.
    pub fn to_json(&self) -> Vec<u8> {
        let body = serde_json::to_vec(self);
        debug_assert!(body.is_ok(), "wire types serialize into memory");
        body.unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// Seconds since the epoch; 0 where it was not told. A picture that is paid for is not lost for it.
    #[serde(default)]
    pub created: i64,
    /// The pictures, each `{"b64_json":…}` as it came.
    pub data: Vec<Box<RawValue>>,
    /// As it was made.
    pub background: Option<String>,
    /// As it was made.
    pub quality: Option<String>,
    /// As the backend tells it; what the picture itself says counts.
    pub size: Option<String>,
    /// Token counts as they came, where they were told.
    pub usage: Option<Box<RawValue>>,
}

impl Answer {
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// It has another shape.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_goes_out() {
        let least = Request {
            prompt: "a cat".into(),
            model: "gpt-image-2".into(),
            ..Request::default()
        };
        let text = |request: &Request| String::from_utf8(request.to_json()).unwrap();
        assert_eq!(text(&least), r#"{"prompt":"a cat","model":"gpt-image-2"}"#);
        let edit = Request {
            images: vec![Image {
                image_url: "data:,".into(),
            }],
            size: Some("auto".into()),
            ..least
        };
        let wanted = r#""size":"auto","images":[{"image_url":"data:,"}]}"#;
        assert!(text(&edit).ends_with(wanted), "{}", text(&edit));
    }

    #[test]
    fn a_picture_keeps_its_bytes() {
        let body = br#"{"created":1,"data":[{"b64_json":"AA==","revised_prompt":"x"}],"more":1}"#;
        let answer = Answer::read(body).unwrap();
        assert_eq!(
            answer.data[0].get(),
            r#"{"b64_json":"AA==","revised_prompt":"x"}"#
        );
        assert!(answer.usage.is_none() && answer.size.is_none());
        assert_eq!(Answer::read(br#"{"data":[]}"#).unwrap().created, 0);
        assert!(Answer::read(b"{}").is_err());
    }
}
