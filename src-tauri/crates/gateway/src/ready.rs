//! Whether a request could be served now, in one word that says nothing private.

use http::HeaderMap;

use crate::house::House;
use crate::respond::{Answer, Content};

/// The answer to `/healthz`: the server lives.
pub(crate) fn health() -> Answer {
    word(true, "ok")
}

/// The answer to `/readyz`. Nobody is asked: what is known here must do.
pub(crate) async fn ready(house: &House) -> Answer {
    if house.cut.is_cancelled() {
        return word(false, "stopping");
    }
    let accounts = match house.parts.accounts.list().await {
        Ok(accounts) => accounts,
        Err(auth::Fault::Vault(_)) => return word(false, "locked"),
        Err(_) => return word(false, "failing"),
    };
    let Some(active) = accounts.iter().find(|account| account.active) else {
        return word(false, "signed-out");
    };
    match active.state {
        auth::State::SignedIn | auth::State::Struggling(_) => {}
        auth::State::NeedsSignIn(_) => return word(false, "signed-out"),
        auth::State::NotAllowed(_) => return word(false, "not-allowed"),
    }
    let stop = house.parts.cooldowns.of(active.id.as_str());
    match stop {
        Some(stop) if stop.holds_at(house.parts.clock.now()) => word(false, "quota"),
        Some(_) | None => word(true, "ready"),
    }
}

fn word(ready: bool, word: &'static str) -> Answer {
    Answer {
        headers: HeaderMap::new(),
        content: Content::Word { ready, word },
    }
}
