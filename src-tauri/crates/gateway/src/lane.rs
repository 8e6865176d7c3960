//! Which conversation a request belongs to, as the backend's cache sees it (contract backend 9).
//!
//! Cache hits depend on a `session-id` that stays the same through a conversation. It is made from
//! the first of these that the request has:
//!
//! 1. the header `session-id`, `session_id` or `x-session-id`;
//! 2. `prompt_cache_key` in the body;
//! 3. model, system text, user and the first thing a person said.
//!
//! Everything is hashed together with the local key's id, explicit ids too: two keys never share a
//! lane, not even when they name the same session, because what lies behind a lane is the
//! conversation of one app. A Codex CLI sends its session as header and as `prompt_cache_key`; both
//! lead to the same lane. The key in the body itself goes out as it came.
//!
//! The result looks like a version 7 UUID, as the first party's own ids do (9, finding 4).

use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use translate::Seed;
use upstream::Lane;

/// The lane of a request that came in with the local key `key`.
pub(crate) fn lane(key: &str, headers: &HeaderMap, seed: &Seed) -> Lane {
    let named = first(headers, &SESSION_HEADERS).or(seed.prompt_cache_key.as_deref());
    let session_id = match named {
        Some(name) => hashed(&["named", key, name]),
        None => hashed(&[
            "derived",
            key,
            &seed.model,
            &seed.instructions,
            seed.user.as_deref().unwrap_or_default(),
            &seed.first_user_text,
        ]),
    };
    let thread_id = match first(headers, &THREAD_HEADERS) {
        Some(name) => hashed(&["named", key, name]),
        None => session_id.clone(),
    };
    Lane {
        session_id,
        thread_id,
    }
}

/// What goes out as `prompt_cache_key`: the client's own, where it sent one that fits.
pub(crate) fn cache_key(asked: Option<String>, lane: &Lane) -> String {
    asked
        .filter(|key| !key.is_empty() && key.chars().count() <= CACHE_KEY)
        .unwrap_or_else(|| lane.session_id.clone())
}

fn first<'a>(headers: &'a HeaderMap, names: &[&str]) -> Option<&'a str> {
    let mut values = names.iter().filter_map(|name| headers.get(*name));
    values.find_map(|value| value.to_str().ok().filter(|text| !text.is_empty()))
}

fn hashed(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep `ab` + `c` and `a` + `bc` apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    let (when, rest) = hash.split_at(8);
    let when = when
        .iter()
        .fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let mut random = [0; 10];
    random.copy_from_slice(&rest[..10]);
    let millis = BEGIN + when % YEAR;
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random);
    uuid.into_uuid().hyphenated().to_string()
}

const SESSION_HEADERS: [&str; 3] = ["session-id", "session_id", "x-session-id"];
const THREAD_HEADERS: [&str; 3] = ["thread-id", "thread_id", "x-thread-id"];
/// The most characters a `prompt_cache_key` may have (contract backend 1.4).
const CACHE_KEY: usize = 64;
/// 2025-01-01T00:00:00Z in milliseconds, and a year of them: where the ids' times lie.
const BEGIN: u64 = 1_735_689_600_000;
const YEAR: u64 = 365 * 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(text: &str) -> Seed {
        Seed {
            model: "gpt-5.6-terra".into(),
            instructions: "be brief".into(),
            first_user_text: text.into(),
            ..Seed::default()
        }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_same_conversation_keeps_its_lane_and_another_gets_its_own() {
        let none = HeaderMap::new();
        let one = lane("key_a", &none, &seed("hello"));
        assert_eq!(one, lane("key_a", &none, &seed("hello")));
        assert_eq!(one.session_id, one.thread_id);
        let others = [
            lane("key_b", &none, &seed("hello")),
            lane("key_a", &none, &seed("good day")),
            lane(
                "key_a",
                &none,
                &Seed {
                    model: "m".into(),
                    ..seed("hello")
                },
            ),
            lane(
                "key_a",
                &none,
                &Seed {
                    user: Some("u".into()),
                    ..seed("hello")
                },
            ),
            lane(
                "key_a",
                &none,
                &Seed {
                    instructions: String::new(),
                    ..seed("hello")
                },
            ),
        ];
        for other in others {
            assert_ne!(one.session_id, other.session_id);
        }
    }

    #[test]
    fn a_named_session_wins_and_is_salted_all_the_same() {
        let named = headers(&[("session-id", "s1"), ("thread-id", "t1")]);
        let one = lane("key_a", &named, &seed("hello"));
        assert_eq!(one, lane("key_a", &named, &seed("anything else")));
        assert_ne!(one.session_id, one.thread_id);
        assert_ne!(
            one.session_id,
            lane("key_b", &named, &seed("hello")).session_id
        );
        let by_body = Seed {
            prompt_cache_key: Some("s1".into()),
            ..seed("hello")
        };
        let by_body = lane("key_a", &HeaderMap::new(), &by_body);
        assert_eq!(by_body.session_id, one.session_id);
        let old = headers(&[("session_id", "s1")]);
        assert_eq!(
            lane("key_a", &old, &seed("hello")).session_id,
            one.session_id
        );
    }

    #[test]
    fn a_lane_looks_like_a_version_7_uuid() {
        let lane = lane("key_a", &HeaderMap::new(), &seed("hello"));
        let uuid = uuid::Uuid::parse_str(&lane.session_id).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn a_cache_key_that_fits_is_left_alone() {
        let lane = lane("key_a", &HeaderMap::new(), &seed("hello"));
        let keep = "k".repeat(64);
        assert_eq!(cache_key(Some(keep.clone()), &lane), keep);
        for none in [None, Some(String::new()), Some("k".repeat(65))] {
            assert_eq!(cache_key(none, &lane), lane.session_id);
        }
    }
}
