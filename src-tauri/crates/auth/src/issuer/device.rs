//! The two device code endpoints (contract auth 2). Not RFC 8628: the server makes the verifier.

use std::time::Duration;

use base::Secret;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

use super::{CLIENT_ID, Issuer, PATIENCE};
use crate::transport::{Answer, Lost};

/// A code a person types in on the issuer's page.
#[derive(Debug)]
pub(crate) struct DeviceCode {
    pub(crate) id: Secret,
    pub(crate) user_code: String,
    pub(crate) interval: Duration,
}

/// Why there is no code.
#[derive(Debug)]
pub(crate) enum UserCodeFailure {
    /// This issuer has no device sign-in, or it is switched off.
    NotEnabled,
    /// Anything else, as a sentence.
    Other(String),
}

/// What one poll said.
#[derive(Debug)]
pub(crate) enum Poll {
    /// Nobody has decided yet.
    Pending,
    /// Approved: exchange this code with this verifier.
    Approved { code: Secret, verifier: Secret },
    /// Try again, but later: too often, a server fault, no network. The words say which.
    Later(String),
    /// Over, as a sentence.
    Ended(String),
}

impl Issuer {
    /// Asks for a code.
    pub(crate) async fn user_code(&self) -> Result<DeviceCode, UserCodeFailure> {
        let request = self
            .http
            .post(self.at("/api/accounts/deviceauth/usercode"))
            .json(&Ask {
                client_id: CLIENT_ID,
            });
        let answer = match self.send(request, PATIENCE).await {
            Ok(answer) => answer,
            Err(lost) => {
                let words = lost.words();
                return Err(UserCodeFailure::Other(format!(
                    "device code request failed: {words}"
                )));
            }
        };
        match answer.status {
            StatusCode::NOT_FOUND => Err(UserCodeFailure::NotEnabled),
            status if !status.is_success() => {
                let sentence = format!("device code request failed with status {status}");
                Err(UserCodeFailure::Other(sentence))
            }
            _ => read_code(&answer).ok_or_else(|| {
                UserCodeFailure::Other(
                    "device code request failed: the answer cannot be read".into(),
                )
            }),
        }
    }

    /// Asks once whether someone has approved.
    pub(crate) async fn poll(&self, code: &DeviceCode) -> Poll {
        let asked = Asked {
            device_auth_id: code.id.reveal(),
            user_code: &code.user_code,
        };
        let request = self
            .http
            .post(self.at("/api/accounts/deviceauth/token"))
            .json(&asked);
        match self.send(request, POLL_PATIENCE).await {
            Ok(answer) => read_poll(&answer),
            Err(Lost::Unsent(words) | Lost::MaybeSent(words)) => Poll::Later(words),
        }
    }
}

fn read_code(answer: &Answer) -> Option<DeviceCode> {
    let code: UserCode = serde_json::from_slice(&answer.body).ok()?;
    Some(DeviceCode {
        id: Secret::new(code.device_auth_id),
        user_code: code.user_code,
        // Zero would be a busy loop, and an hour would outlive the code.
        interval: Duration::from_secs(code.interval.unwrap_or(5).clamp(1, 60)),
    })
}

fn read_poll(answer: &Answer) -> Poll {
    match answer.status {
        status if status.is_success() => match serde_json::from_slice::<Approved>(&answer.body) {
            Ok(approved) => Poll::Approved {
                code: Secret::new(approved.authorization_code),
                verifier: Secret::new(approved.code_verifier),
            },
            Err(_) => Poll::Ended("device auth failed: the answer cannot be read".into()),
        },
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Poll::Pending,
        status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            Poll::Later(format!("status {status}"))
        }
        status => Poll::Ended(format!("device auth failed with status {status}")),
    }
}

#[derive(Serialize)]
struct Ask<'a> {
    client_id: &'a str,
}

#[derive(Serialize)]
struct Asked<'a> {
    device_auth_id: &'a str,
    user_code: &'a str,
}

#[derive(Deserialize)]
struct UserCode {
    device_auth_id: String,
    #[serde(alias = "usercode")]
    user_code: String,
    #[serde(default, deserialize_with = "seconds")]
    interval: Option<u64>,
}

#[derive(Deserialize)]
struct Approved {
    authorization_code: String,
    code_verifier: String,
    #[serde(rename = "code_challenge")]
    _challenge: String,
}

/// Seconds as a number or as a text of one; anything else counts as absent.
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    use serde_json::Value;
    Ok(match Value::deserialize(from)? {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().map(|seconds| seconds.ceil() as u64)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A poll that hangs is given up before the code is.
const POLL_PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_may_be_a_text_or_a_number() {
        for (interval, seconds) in [
            (r#","interval":"7""#, 7),
            (r#","interval":7"#, 7),
            (r#","interval":1.2"#, 2),
            ("", 5),
            (r#","interval":null"#, 5),
            (r#","interval":"soon""#, 5),
            (r#","interval":0"#, 1),
            (r#","interval":"86400""#, 60),
        ] {
            let body = format!(r#"{{"device_auth_id":"d","usercode":"AB-CD"{interval}}}"#);
            let answer = Answer {
                status: StatusCode::OK,
                body: body.into_bytes(),
            };
            let code = read_code(&answer).unwrap();
            assert_eq!(
                (code.user_code.as_str(), code.interval.as_secs()),
                ("AB-CD", seconds)
            );
        }
    }

    #[test]
    fn a_poll_ends_waits_or_backs_off_by_its_status() {
        for (status, expected) in [
            (403, "Pending"),
            (404, "Pending"),
            (429, "Later"),
            (500, "Later"),
            (503, "Later"),
            (400, "Ended"),
            (401, "Ended"),
            (410, "Ended"),
            (200, "Ended"),
        ] {
            let answer = Answer {
                status: StatusCode::from_u16(status).unwrap(),
                body: b"{}".to_vec(),
            };
            let poll = format!("{:?}", read_poll(&answer));
            assert!(poll.starts_with(expected), "{status}: {poll}");
        }
    }
}
