//! The Responses dialect's memory: what a client may come back to is kept here, because the backend
//! keeps nothing (contract backend 8.2).
//!
//! - [`prepare`] makes a request that continues something into one that says all of it.
//! - [`Keep`] keeps the answer, from the same events that go to the client.
//! - [`begin`] makes an answer in the background, for who comes back for it.
//! - [`mod@answer`] serves what was kept.
//!
//! Everything belongs to the local key that it came with (trap 30). A request that says
//! `store: false` leaves nothing behind.

mod answer;
mod background;
mod compact;
mod completions;
mod conversations;
mod keeper;
mod past;
mod runs;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use store::archive::Sealer;
use store::{Archive, ArchiveFault};
use translate::state::{After, Keeping, Origin, Wish, continued};
use translate::{Dialect, Outcome};
use wire::json::Object;
use wire::{Fault, Words};

pub(crate) use self::answer::answer;
pub(crate) use self::background::{Work, begin};
use self::keeper::Keeper;
use self::past::Past;
pub(crate) use self::runs::Run;
pub use self::runs::Runs;
use crate::exchange::Exchange;
use crate::respond::Refusal;
use crate::socket::Memory;

/// One request, as far as the store has to do with it.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The body that stands for itself, where the one that came does not.
    pub(crate) body: Option<Vec<u8>>,
    /// What the answer says of its keeping.
    pub(crate) keeping: Keeping,
    /// Who keeps the answer, if someone does.
    pub(crate) keeper: Option<Keep>,
    /// True where the answer is made in the background; somebody keeps it then.
    pub(crate) background: bool,
}

/// Who keeps an answer at its end.
pub(crate) enum Keep {
    /// One of the Responses dialect.
    Turn(Keeper),
    /// One of the Chat dialect.
    Completion(completions::Keeper),
}

impl Keep {
    /// Keeps `whole` unless it failed. Never waits.
    pub(crate) fn keep(self, outcome: Outcome, whole: Box<RawValue>) {
        match (self, outcome) {
            (_, Outcome::Open | Outcome::Failed) => {}
            (Self::Turn(keeper), Outcome::Whole | Outcome::Incomplete) => keeper.keep(whole),
            (Self::Completion(keeper), Outcome::Whole | Outcome::Incomplete) => keeper.keep(whole),
        }
    }
}

/// Whose request it is.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) dialect: Dialect,
    /// The id of the local key it came with.
    pub(crate) key: &'a str,
    /// Who will answer it.
    pub(crate) account: &'a str,
    /// What the WebSocket remembers that it came on.
    pub(crate) memory: Option<&'a Arc<Memory>>,
}

/// Makes a request stand for itself, and finds out who keeps its answer.
pub(crate) async fn prepare(
    exchange: &mut Exchange,
    asking: Asking<'_>,
    ask: &Object<'_>,
) -> Result<Prepared, Fault> {
    match asking.dialect {
        Dialect::Responses => turn(exchange, asking, ask).await,
        Dialect::Chat => completions::prepare(exchange, asking.key, ask).await,
        Dialect::Messages | Dialect::Ollama(_) | Dialect::Completions => Ok(Prepared::default()),
    }
}

/// As [`prepare`], for the Responses dialect.
async fn turn(
    exchange: &mut Exchange,
    asking: Asking<'_>,
    ask: &Object<'_>,
) -> Result<Prepared, Fault> {
    let Asking {
        key,
        account,
        memory,
        ..
    } = asking;
    let archive = exchange.house.parts.archive.clone();
    // Without a store the translation refuses what needs one.
    if !(archive.is_on() || memory.is_some()) {
        return Ok(Prepared::default());
    }
    let wish = Wish::read(ask)?;
    let recalled = match &wish.after {
        After::Response(id) => memory.and_then(|memory| memory.recall(id)),
        After::Nothing | After::Conversation(_) => None,
    };
    // What continues something that only the socket remembers would be stored without its beginning.
    let can_store = archive.is_on() && recalled.as_ref().is_none_or(|turn| turn.stored);
    let sealer = sealer(exchange, &archive, &wish, can_store).await?;
    let is_alone = wish.after == After::Nothing && wish.references.is_empty();
    if is_alone && sealer.is_none() && memory.is_none() {
        return Ok(Prepared::default());
    }
    let here = Origin {
        account: account.to_owned(),
        model: wish.model.clone().unwrap_or_default(),
    };
    let past = match recalled {
        Some(turn) => Past::recalled(turn),
        None => Past::of(&archive, key, &wish).await?,
    };
    let named = past::named(&archive, key, &wish.references).await?;
    let whole = continued(ask, &past.said, &named, &here, past.param)?;
    let keeping = Keeping {
        stored: sealer.is_some(),
        previous_response_id: past.previous.clone(),
        conversation: past.conversation.clone(),
        background: wish.background,
        id: wish
            .background
            .then(|| format!("resp_{}", exchange.born().id)),
    };
    let keeper = (sealer.is_some() || memory.is_some()).then(|| Keeper {
        archive,
        sealer,
        key_id: key.to_owned(),
        origin: here,
        now: exchange.house.parts.clock.now(),
        input: whole.input,
        previous: past.previous,
        conversation: past.conversation,
        memory: memory.map(|memory| (Arc::clone(memory), past.said)),
    });
    Ok(Prepared {
        body: whole.body,
        keeping,
        keeper: keeper.map(Keep::Turn),
        background: wish.background,
    })
}

/// What will seal the answer; `None` where it is not to be stored, or cannot be.
async fn sealer(
    exchange: &mut Exchange,
    archive: &Archive,
    wish: &Wish,
    can_store: bool,
) -> Result<Option<Sealer>, Fault> {
    let by_default = exchange.settings.store_by_default || wish.background;
    let sealer = match can_store && wish.store.unwrap_or(by_default) {
        // What is made in the background could not be fetched otherwise.
        true if wish.background => Some(archive.sealer().await.map_err(failed)?),
        true => archive.sealer().await.map_err(unkept).ok(),
        false => None,
    };
    if wish.store == Some(true) && sealer.is_none() {
        exchange.ignored.push("store".to_owned());
    }
    Ok(sealer)
}

/// As [`prepare`], for what is asked about a request without an answer of its own: the body says all
/// of it, and nothing is kept.
async fn expand(
    exchange: &Exchange,
    key: &str,
    here: &Origin,
    ask: &Object<'_>,
) -> Result<Option<Vec<u8>>, Fault> {
    let archive = &exchange.house.parts.archive;
    let wish = Wish::read(ask)?;
    let past = Past::of(archive, key, &wish).await?;
    let named = past::named(archive, key, &wish.references).await?;
    Ok(continued(ask, &past.said, &named, here, past.param)?.body)
}

/// The store's own failures, as a request meets them.
fn failed(fault: ArchiveFault) -> Fault {
    match fault {
        ArchiveFault::Vault(fault) => Fault::VaultClosed {
            why: fault.to_string(),
            hint: fault.hint(),
        },
        ArchiveFault::Database(fault) => {
            tracing::warn!(name: "archive.unread", %fault, "the store could not be used");
            Fault::Internal("the store of answers could not be read or written")
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` wants")]
fn unkept(fault: ArchiveFault) {
    tracing::warn!(name: "archive.closed", %fault, "an answer will not be stored");
}

/// What was asked for by its id and is not there, or belongs to another key.
fn missing(what: &str, id: &str) -> Refusal {
    Refusal::NotFound(Fault::Refused {
        status: 404,
        words: Box::new(Words {
            message: format!("{what} with id '{}' not found.", short(id)),
            kind: Some("invalid_request_error".to_owned()),
            code: Some("not_found".to_owned()),
            ..Words::default()
        }),
    })
}

/// An id as it may stand in a sentence.
fn short(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Items by their ids.
type Named = HashMap<String, translate::state::Past>;
