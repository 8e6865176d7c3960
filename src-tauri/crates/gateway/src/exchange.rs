//! All that one request knows, from its first line to its last byte.

use std::sync::Arc;
use std::time::Duration;

use base::{RequestId, Timestamp};
use http::HeaderMap;
use http::request::Parts;
use store::{Key, Line, Preferences, Settings};
use translate::{Born, Dialect};
use wire::{Fault, Usage};

use crate::body::Held;
use crate::guard::{self, Cors};
use crate::house::House;
use crate::route::Asked;
use crate::server::Call;

/// One request on its way.
pub(crate) struct Exchange {
    pub(crate) house: Arc<House>,
    /// The settings, as they were when it arrived.
    pub(crate) settings: Arc<Settings>,
    /// Its name, here and in the log.
    pub(crate) id: RequestId,
    /// The shape of its errors.
    pub(crate) dialect: Dialect,
    /// The page it comes from, if it comes from one.
    pub(crate) cors: Cors,
    /// What is released when its answer has ended.
    pub(crate) held: Held,
    /// Fields that could not be honoured.
    pub(crate) ignored: Vec<String>,
    /// When it arrived, by the clock's `passed`.
    pub(crate) began: Duration,
    /// True where it needs no key, as the guard says.
    pub(crate) keyless: bool,
    /// True where it makes something that is paid for each time: a picture, a transcript, a file.
    pub(crate) makes: bool,
    /// What was chosen for the key it came with.
    pub(crate) preferences: Preferences,
}

impl Exchange {
    /// `logged` is false for what the log does not name: probes and preflights.
    pub(crate) fn begin(house: Arc<House>, head: &Parts, asked: &Asked, logged: bool) -> Self {
        let (at, passed) = (house.parts.clock.now(), house.parts.clock.passed());
        let id = RequestId::new(&house.parts.chance, at);
        let line = || Line {
            request_id: id.as_str().to_owned(),
            at,
            dialect: asked.word().to_owned(),
            path: head.uri.path().chars().take(PATH).collect(),
            ..Line::default()
        };
        let ticket = logged.then(|| house.parts.log.ticket(line(), passed));
        Self {
            settings: house.settings(),
            dialect: asked.dialect(&head.headers),
            cors: Cors::None,
            held: Held::new(ticket, house.flights.begin())
                .answering(head.extensions.get::<Call>().cloned()),
            ignored: Vec::new(),
            began: passed,
            keyless: false,
            makes: false,
            preferences: Preferences::default(),
            id,
            house,
        }
    }

    /// Asks for the local key and notes whose it is. Where none is needed, one that opens the door
    /// is noted all the same, and any other is taken for none.
    pub(crate) fn let_in(&mut self, headers: &HeaderMap) -> Result<Arc<Key>, Fault> {
        let keys = &self.house.parts.keys;
        let key = match guard::admit(headers, keys) {
            Err(Fault::NoKey | Fault::WrongKey) if self.keyless => return Ok(nobodys()),
            Err(Fault::WrongKey) => return Err(self.house.guesses.wrong(self.began)),
            admitted => admitted?,
        };
        keys.touch(&key);
        self.preferences = key.preferences.clone();
        self.held.note(|line| {
            line.key_id = Some(key.id.clone());
            line.key_name = Some(key.name.clone());
        });
        Ok(key)
    }

    /// What of this request outlives its answer: it has the line in the log, and its place among the
    /// running. The answer itself is not in the log.
    pub(crate) fn apart(&mut self) -> Self {
        let rest = Held::new(None, self.house.flights.begin());
        let rest = rest.answering(self.held.take_call());
        Self {
            house: Arc::clone(&self.house),
            settings: Arc::clone(&self.settings),
            id: self.id.clone(),
            dialect: self.dialect,
            cors: Cors::None,
            held: std::mem::replace(&mut self.held, rest),
            ignored: Vec::new(),
            began: self.began,
            keyless: self.keyless,
            makes: self.makes,
            preferences: self.preferences.clone(),
        }
    }

    /// The identity of the answer, for a dialect that needs one.
    pub(crate) fn born(&self) -> Born {
        Born {
            id: self.id.as_str().trim_start_matches("req_").to_owned(),
            created_at: self.house.parts.clock.now().seconds(),
        }
    }
}

/// What stands for the key of those who need none: they share their conversations' lanes.
fn nobodys() -> Arc<Key> {
    Arc::new(Key {
        id: "none".to_owned(),
        name: String::new(),
        created_at: Timestamp::default(),
        last_used_at: None,
        revoked_at: None,
        preferences: Preferences::default(),
    })
}

/// Puts token counts into a line.
pub(crate) fn note_usage(line: &mut Line, usage: Option<Usage>) {
    let Some(usage) = usage else {
        return;
    };
    line.input_tokens = Some(usage.input_tokens);
    line.cached_tokens = Some(usage.input_tokens_details.cached_tokens);
    line.output_tokens = Some(usage.output_tokens);
    line.reasoning_tokens = Some(usage.output_tokens_details.reasoning_tokens);
}

/// Characters of a path that the log keeps.
const PATH: usize = 200;
