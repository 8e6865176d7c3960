//! What a failure inside the stream means (contract backend 3.2).

use serde_json::Value;

use super::{Fault, Quota, Words};

impl Fault {
    /// Classes the object under `error` of a `response.failed`, or of an `error` event. `now` is
    /// seconds since the epoch. The same words mean the same as the body of a refusal.
    pub fn from_failed(error: &Value, now: i64) -> Self {
        let mut words = Words::from_error(error);
        // An `error` event without an object of its own says so where the type would stand.
        if words.kind.as_deref() == Some("error") {
            words.kind = None;
        }
        if words.is("usage_limit_reached") {
            let mut quota = Quota::from_error(error, now);
            quota.words = words;
            return Self::Quota(Box::new(quota));
        }
        let at_capacity = words.message.contains("model is at capacity");
        if at_capacity || OVERLOADED.iter().any(|word| words.is(word)) {
            return Self::Overloaded(Box::new(words));
        }
        if words.is("rate_limit_exceeded") {
            let retry_after = wait_told(&words.message);
            return Self::Throttled {
                words: Box::new(words),
                retry_after,
            };
        }
        if UNAUTHORIZED.iter().any(|word| words.is(word)) {
            return Self::Unauthorized(Box::new(words));
        }
        if REFUSED.iter().any(|word| words.is(word)) {
            return Self::Refused {
                status: 200,
                words: Box::new(words),
            };
        }
        Self::Failed(Box::new(words))
    }
}

/// The seconds in `try again in 1m30.5s`, rounded up; units may be spelled out and chained.
fn wait_told(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let mut rest = lower.split_once("try again in")?.1.trim_start();
    let mut millis = 0.0;
    let mut told = false;
    loop {
        let digits = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let Ok(number) = rest[..digits].parse::<f64>() else {
            break;
        };
        rest = rest[digits..].trim_start();
        let letters = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let Some(unit) = unit_millis(&rest[..letters]) else {
            break;
        };
        millis += number * unit;
        told = true;
        rest = rest[letters..].trim_start();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; the number has no sign"
    )]
    let seconds = (millis / 1000.0).ceil() as u64;
    told.then_some(seconds)
}

fn unit_millis(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
        "h" | "hour" | "hours" => 3_600_000.0,
        _ => return None,
    })
}

const OVERLOADED: &[&str] = &["server_is_overloaded", "slow_down", "overloaded_error"];

const UNAUTHORIZED: &[&str] = &["token_invalidated", "token_expired", "token_revoked"];

/// Terminal for the first party; asking again changes nothing.
const REFUSED: &[&str] = &[
    "context_length_exceeded",
    "insufficient_quota",
    "usage_not_included",
    "cyber_policy",
    "misalignment_policy_violation",
    "invalid_prompt",
    "bio_policy",
    "invalid_request_error",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn class(error: &str) -> String {
        let fault = Fault::from_failed(&serde_json::from_str(error).unwrap(), 1000);
        match fault {
            Fault::Quota(quota) => format!("quota {:?}", quota.resets_at),
            Fault::Overloaded(_) => "overloaded".into(),
            Fault::Throttled { retry_after, .. } => format!("throttled {retry_after:?}"),
            Fault::Unauthorized(_) => "unauthorized".into(),
            Fault::Refused { status, .. } => format!("refused {status}"),
            Fault::Failed(words) => format!("failed {words}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_code_has_its_class() {
        let rows = [
            (r#"{"code":"context_length_exceeded"}"#, "refused 200"),
            (r#"{"code":"insufficient_quota"}"#, "refused 200"),
            (r#"{"code":"usage_not_included"}"#, "refused 200"),
            (r#"{"code":"cyber_policy","message":"no"}"#, "refused 200"),
            (r#"{"code":"misalignment_policy_violation"}"#, "refused 200"),
            (r#"{"code":"invalid_prompt"}"#, "refused 200"),
            (r#"{"code":"bio_policy"}"#, "refused 200"),
            (
                r#"{"type":"invalid_request_error","code":"x"}"#,
                "refused 200",
            ),
            (
                r#"{"type":"invalid_request_error","message":"Selected model is at capacity. Please try a different model."}"#,
                "overloaded",
            ),
            (r#"{"code":"server_is_overloaded"}"#, "overloaded"),
            (r#"{"code":"slow_down"}"#, "overloaded"),
            (r#"{"type":"overloaded_error"}"#, "overloaded"),
            (r#"{"code":"token_expired"}"#, "unauthorized"),
            (
                r#"{"type":"usage_limit_reached","resets_in_seconds":5}"#,
                "quota Some(1005)",
            ),
            (
                r#"{"code":"usage_limit_reached","resets_at":7}"#,
                "quota Some(7)",
            ),
            (r#"{"code":"rate_limit_exceeded"}"#, "throttled None"),
            (r#"{"code":"server_error","message":"m"}"#, "failed m"),
            (r#"{"type":"error","code":"x","message":"m"}"#, "failed m"),
            ("{}", "failed the backend gave no reason"),
            ("null", "failed the backend gave no reason"),
        ];
        for (error, told) in rows {
            assert_eq!(class(error), told, "{error}");
        }
    }

    #[test]
    fn the_wait_is_read_in_every_unit() {
        let rows = [
            ("Please try again in 11.054s.", Some(12)),
            ("try again in 28ms", Some(1)),
            ("Try again in 35 seconds.", Some(35)),
            ("try again in 1h2m3.5s", Some(3724)),
            ("try again in 6m0s", Some(360)),
            ("try again in a moment", None),
            ("try again in 5 parsecs", None),
            ("later", None),
        ];
        for (message, told) in rows {
            assert_eq!(wait_told(message), told, "{message}");
        }
    }
}
