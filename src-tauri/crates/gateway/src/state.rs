//! The Responses dialect's memory: what a client may come back to is kept here, because the backend
//! keeps nothing (contract backend 8.2).
//!
//! - [`prepare`] makes a request that continues something into one that says all of it.
//! - [`Keeper`] keeps the answer, from the same events that go to the client.
//! - [`begin`] makes an answer in the background, for who comes back for it.
//! - [`answer`] serves what was kept.
//!
//! Everything belongs to the local key that it came with (trap 30). A request that says
//! `store: false` leaves nothing behind.

mod answer;
mod background;
mod compact;
mod conversations;
mod keeper;
mod past;
mod runs;

use std::collections::HashMap;

use bytes::Bytes;
use store::ArchiveFault;
use translate::Dialect;
use translate::state::{After, Keeping, Origin, Wish, continued};
use wire::{Fault, Words};

pub(crate) use self::answer::answer;
pub(crate) use self::background::{Work, begin};
pub(crate) use self::keeper::Keeper;
use self::past::Past;
pub(crate) use self::runs::Run;
pub use self::runs::Runs;
use crate::exchange::Exchange;
use crate::respond::Refusal;

/// One request, as far as the store has to do with it.
pub(crate) struct Prepared {
    /// The body; it stands for itself.
    pub(crate) body: Bytes,
    /// What the answer says of its keeping.
    pub(crate) keeping: Keeping,
    /// Who keeps the answer, if someone does.
    pub(crate) keeper: Option<Keeper>,
    /// True where the answer is made in the background; somebody keeps it then.
    pub(crate) background: bool,
}

impl Prepared {
    fn plain(body: Bytes) -> Self {
        Self {
            body,
            keeping: Keeping::default(),
            keeper: None,
            background: false,
        }
    }
}

/// Makes the request that the key `key` sent stand for itself. `account` will answer it.
pub(crate) async fn prepare(
    exchange: &mut Exchange,
    dialect: Dialect,
    key: &str,
    account: &str,
    body: Bytes,
) -> Result<Prepared, Fault> {
    let archive = exchange.house.parts.archive.clone();
    // Without a store the translation refuses what needs one.
    if dialect != Dialect::Responses || !archive.is_on() {
        return Ok(Prepared::plain(body));
    }
    let wish = Wish::read(&body)?;
    let by_default = exchange.settings.store_by_default || wish.background;
    let sealer = match wish.store.unwrap_or(by_default) {
        // What is made in the background could not be fetched otherwise.
        true if wish.background => Some(archive.sealer().await.map_err(failed)?),
        true => archive.sealer().await.map_err(unkept).ok(),
        false => None,
    };
    if wish.store == Some(true) && sealer.is_none() {
        exchange.ignored.push("store".to_owned());
    }
    let is_alone = wish.after == After::Nothing && wish.references.is_empty();
    if is_alone && sealer.is_none() {
        return Ok(Prepared::plain(body));
    }
    let here = Origin {
        account: account.to_owned(),
        model: wish.model.clone().unwrap_or_default(),
    };
    let past = Past::of(&archive, key, &wish).await?;
    let named = past::named(&archive, key, &wish.references).await?;
    let whole = continued(&body, &past.said, &named, &here, past.param)?;
    let keeping = Keeping {
        stored: sealer.is_some(),
        previous_response_id: past.previous.clone(),
        conversation: past.conversation.clone(),
        background: wish.background,
        id: wish
            .background
            .then(|| format!("resp_{}", exchange.born().id)),
    };
    let keeper = sealer.map(|sealer| Keeper {
        archive,
        sealer,
        key_id: key.to_owned(),
        origin: here,
        now: exchange.house.parts.clock.now(),
        input: whole.input,
        previous: past.previous,
        conversation: past.conversation,
    });
    Ok(Prepared {
        body: whole.body.map_or(body, Bytes::from),
        keeping,
        keeper,
        background: wish.background,
    })
}

/// As [`prepare`], for what is asked about a request without an answer of its own: the body says all
/// of it, and nothing is kept.
async fn expand(
    exchange: &Exchange,
    key: &str,
    here: &Origin,
    body: &[u8],
) -> Result<Bytes, Fault> {
    let archive = &exchange.house.parts.archive;
    let wish = Wish::read(body)?;
    let past = Past::of(archive, key, &wish).await?;
    let named = past::named(archive, key, &wish.references).await?;
    let whole = continued(body, &past.said, &named, here, past.param)?;
    Ok(whole
        .body
        .map_or_else(|| Bytes::copy_from_slice(body), Bytes::from))
}

/// The store's own failures, as a request meets them.
fn failed(fault: ArchiveFault) -> Fault {
    match fault {
        ArchiveFault::Vault(fault) => Fault::VaultClosed {
            why: fault.to_string(),
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
