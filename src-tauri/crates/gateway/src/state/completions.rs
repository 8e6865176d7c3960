//! Stored Chat completions: kept where `store: true` asks for it, listed, fetched, changed, forgotten.

use http::request::Parts;
use hyper::body::Incoming;
use serde_json::value::RawValue;
use store::Archive;
use store::archive::{Completion, Listing, Sealer};
use translate::chat::stored::{self, Stored, Wanted};
use translate::state::{Keeping, Page, Paged};
use url::form_urlencoded;
use wire::Fault;
use wire::json::Object;

use super::answer::json_of;
use super::{Keep, Prepared, failed, missing, unkept};
use crate::exchange::Exchange;
use crate::respond::{Answer, Refusal};
use crate::route::OfCompletions;
use crate::service::read;

/// Finds out whether the completion is to be stored. Where it cannot be, the translation names the
/// fields that wanted it.
pub(super) async fn prepare(
    exchange: &Exchange,
    key: &str,
    ask: &Object<'_>,
) -> Result<Prepared, Fault> {
    let archive = exchange.house.parts.archive.clone();
    let wanted = match archive.is_on() {
        true => Wanted::read(ask)?,
        false => None,
    };
    let Some(wanted) = wanted else {
        return Ok(Prepared::default());
    };
    let Some(sealer) = archive.sealer().await.map_err(unkept).ok() else {
        return Ok(Prepared::default());
    };
    let keeper = Keeper {
        archive,
        sealer,
        key_id: key.to_owned(),
        wanted,
    };
    Ok(Prepared {
        keeping: Keeping {
            stored: true,
            ..Keeping::default()
        },
        keeper: Some(Keep::Completion(keeper)),
        ..Prepared::default()
    })
}

/// Waits for a completion and keeps it, with what it was made from.
pub(crate) struct Keeper {
    archive: Archive,
    sealer: Sealer,
    key_id: String,
    wanted: Wanted,
}

impl Keeper {
    /// Keeps `completion`. Never waits.
    pub(super) fn keep(self, completion: Box<RawValue>) {
        let Wanted { metadata, messages } = self.wanted;
        let stored = Stored {
            completion,
            metadata,
        };
        let Some(id) = stored.word("id") else {
            return;
        };
        let kept = Completion {
            key_id: self.key_id,
            id,
            model: stored.word("model").unwrap_or_default(),
            content: stored.to_json(),
            said: serde_json::to_vec(&messages).unwrap_or_default(),
        };
        self.archive.keep_completion(&self.sealer, kept);
    }
}

/// Answers what is asked of stored completions.
pub(super) async fn answer(
    exchange: &Exchange,
    key: &str,
    head: &Parts,
    asked: OfCompletions,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    let desk = Desk {
        archive: &exchange.house.parts.archive,
        key,
    };
    match asked {
        OfCompletions::List => desk.list(head).await,
        OfCompletions::One(id) => Ok(json_of(desk.find(&id).await?.told())),
        OfCompletions::Messages(id) => desk.messages(&id, head).await,
        OfCompletions::Change(id) => {
            let body = read(exchange, head, incoming).await?;
            desk.change(&id, &body).await
        }
        OfCompletions::Forget(id) => desk.forget(&id).await,
    }
}

/// Who asks.
struct Desk<'a> {
    archive: &'a Archive,
    key: &'a str,
}

impl Desk<'_> {
    async fn list(&self, head: &Parts) -> Result<Answer, Refusal> {
        let query = query(head);
        let Page {
            ascending,
            limit,
            after,
        } = Page::of_chat(pairs(&query))?;
        let said = |name: &str| {
            let found = query.iter().rfind(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let wanted = Listing {
            ascending,
            limit,
            after,
            model: said("model"),
        };
        let metadata: Vec<_> = query.iter().filter_map(metadata).collect();
        let fits =
            move |content: &[u8]| Stored::read(content).is_some_and(|stored| stored.has(&metadata));
        let listed = self.archive.completions(self.key, wanted, fits).await;
        let listed = listed.map_err(failed)?.ok_or_else(Page::no_such_place)?;
        let contents = listed.contents.iter();
        let told: Vec<_> = contents
            .filter_map(|content| Some(Stored::read(content)?.told()))
            .collect();
        Ok(Answer::json(Paged::new(&told, listed.has_more).to_json()))
    }

    async fn find(&self, id: &str) -> Result<Stored, Refusal> {
        let found = self.archive.completion(self.key, id).await;
        let found = found.map_err(failed)?;
        let stored = found.and_then(|content| Stored::read(&content));
        stored.ok_or_else(|| gone(id))
    }

    async fn messages(&self, id: &str, head: &Parts) -> Result<Answer, Refusal> {
        let query = query(head);
        let page = Page::of_chat(pairs(&query))?;
        let said = self.archive.said(self.key, id).await.map_err(failed)?;
        let said = said.ok_or_else(|| gone(id))?;
        let messages: Vec<Box<RawValue>> = serde_json::from_slice(&said)
            .map_err(|_| Fault::Internal("stored messages could not be read"))?;
        Ok(Answer::json(page.of(stored::listed(id, &messages))?))
    }

    async fn change(&self, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
        let metadata = stored::changed(body)?;
        let stored = Stored {
            metadata,
            ..self.find(id).await?
        };
        let sealer = self.archive.sealer().await.map_err(failed)?;
        let changed = self
            .archive
            .change_completion(&sealer, self.key, id, stored.to_json());
        match changed.await.map_err(failed)? {
            true => Ok(json_of(stored.told())),
            false => Err(gone(id)),
        }
    }

    async fn forget(&self, id: &str) -> Result<Answer, Refusal> {
        let forgotten = self.archive.forget_completion(self.key, id).await;
        match forgotten.map_err(failed)? {
            true => Ok(Answer::json(stored::deleted(id))),
            false => Err(gone(id)),
        }
    }
}

fn gone(id: &str) -> Refusal {
    missing("Chat completion", id)
}

fn query(head: &Parts) -> Vec<(String, String)> {
    let query = head.uri.query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.into_owned().collect()
}

fn pairs(query: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// `metadata[NAME]=VALUE`.
fn metadata((name, value): &(String, String)) -> Option<(String, String)> {
    let name = name.strip_prefix("metadata[")?.strip_suffix(']')?;
    Some((name.to_owned(), value.clone()))
}
