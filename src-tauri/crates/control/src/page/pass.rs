//! Who may see the page: whoever brings a fresh code, and from then on its cookie.

use std::time::Duration;

use base::{Chance, Clock, Secret};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use subtle::ConstantTimeEq as _;

/// The codes that are still good, and the cookie they are exchanged for.
pub(super) struct Pass {
    codes: Mutex<Vec<Code>>,
    cookie: Secret,
    name: String,
    clock: Clock,
    chance: Chance,
}

struct Code {
    text: Secret,
    /// Good until this much has passed.
    until: Duration,
}

impl Pass {
    pub(super) fn new(port: u16, clock: Clock, chance: Chance) -> Self {
        Self {
            codes: Mutex::default(),
            cookie: Secret::new(chance.alphanumeric(43)),
            // Cookies do not know ports; two doors must not take each other's away.
            name: format!("postern_page_{port}"),
            clock,
            chance,
        }
    }

    /// A new code.
    pub(super) fn code(&self) -> String {
        let text = self.chance.alphanumeric(32);
        let mut codes = self.codes.lock();
        if codes.len() == MOST_CODES {
            codes.remove(0);
        }
        codes.push(Code {
            text: Secret::new(text.as_str()),
            until: self.clock.passed() + GOOD_FOR,
        });
        text
    }

    /// True where `code` is good; it is good no more afterwards.
    pub(super) fn redeem(&self, code: &str) -> bool {
        let passed = self.clock.passed();
        let mut codes = self.codes.lock();
        codes.retain(|known| passed < known.until);
        let found = codes.iter().position(|known| same(&known.text, code));
        found.map(|place| codes.remove(place)).is_some()
    }

    /// What gives the cookie to a browser.
    pub(super) fn set_cookie(&self) -> Option<HeaderValue> {
        let (name, value) = (&self.name, self.cookie.reveal());
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict");
        let mut cookie = HeaderValue::try_from(cookie).ok()?;
        cookie.set_sensitive(true);
        Some(cookie)
    }

    /// True where the request brings the cookie.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(COOKIE).into_iter();
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == self.name && same(&self.cookie, value))
    }
}

fn same(secret: &Secret, presented: &str) -> bool {
    secret
        .reveal()
        .as_bytes()
        .ct_eq(presented.as_bytes())
        .into()
}

/// Time for a browser to start.
const GOOD_FOR: Duration = Duration::from_secs(120);
/// Nobody opens more pages at once.
const MOST_CODES: usize = 16;

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    fn pass() -> (Pass, base::Hand) {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(0));
        (Pass::new(4000, clock, Chance::seeded(1)), hand)
    }

    #[test]
    fn a_code_is_good_once_and_for_two_minutes() {
        let (pass, hand) = pass();
        let (first, second) = (pass.code(), pass.code());
        assert!(!pass.redeem("") && !pass.redeem("nonsense"));
        assert!(pass.redeem(&first));
        assert!(!pass.redeem(&first));
        hand.advance(GOOD_FOR - Duration::from_secs(1));
        assert!(pass.redeem(&second));
        let third = pass.code();
        hand.advance(GOOD_FOR);
        assert!(!pass.redeem(&third));
    }

    #[test]
    fn only_the_newest_codes_are_kept() {
        let (pass, _) = pass();
        let codes: Vec<String> = (0..=MOST_CODES).map(|_| pass.code()).collect();
        assert!(!pass.redeem(&codes[0]));
        assert!(pass.redeem(&codes[1]) && pass.redeem(&codes[MOST_CODES]));
    }

    #[test]
    fn the_cookie_admits_among_others_and_nothing_else_does() {
        let (pass, _) = pass();
        let set = pass.set_cookie().unwrap();
        let set = set.to_str().unwrap();
        assert!(
            set.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
            "{set}"
        );
        let pair = set.split(';').next().unwrap();
        let admits = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, line.parse().unwrap());
            pass.admits(&headers)
        };
        assert!(admits(pair) && admits(&format!("a=b; {pair}; c")));
        let value = pair.split_once('=').unwrap().1;
        for wrong in [
            format!("postern_page_4001={value}"),
            format!("{pair}x"),
            "postern_page_4000=".to_owned(),
            value.to_owned(),
        ] {
            assert!(!admits(&wrong), "{wrong}");
        }
        assert!(!pass.admits(&HeaderMap::new()));
    }
}
