//! `/v1/conversations` and their items.

use bytes::Bytes;
use http::request::Parts;
use hyper::body::Incoming;
use serde_json::json;
use serde_json::value::RawValue;
use store::archive::{Conversation, Item, Sealer};
use translate::state::{Described, Paged, listed};
use wire::Fault;

use super::answer::{json_of, page};
use super::keeper::items;
use super::{failed, missing};
use crate::exchange::Exchange;
use crate::respond::{Answer, Refusal};
use crate::route::Stateful;
use crate::service::read;

/// Who asks, and for which conversation.
struct Desk<'a> {
    exchange: &'a Exchange,
    key: &'a str,
    id: String,
}

pub(super) async fn answer(
    exchange: &Exchange,
    key: &str,
    head: &Parts,
    asked: Stateful,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    let desk = |id: String| Desk { exchange, key, id };
    match asked {
        Stateful::NewConversation => {
            let body = read_or_nothing(exchange, head, incoming).await?;
            let id = format!("conv_{}", exchange.born().id);
            desk(id).create(&body).await
        }
        Stateful::Conversation(id) => {
            let desk = desk(id);
            Ok(desk.told(&desk.conversation().await?))
        }
        Stateful::ChangeConversation(id) => {
            let body = read(exchange, head, incoming).await?;
            desk(id).change(&body).await
        }
        Stateful::ForgetConversation(id) => desk(id).forget().await,
        Stateful::Items(id) => desk(id).list(head).await,
        Stateful::AddItems(id) => {
            let body = read(exchange, head, incoming).await?;
            desk(id).add(&body).await
        }
        Stateful::Item(id, item) => desk(id).item(&item).await,
        Stateful::ForgetItem(id, item) => desk(id).forget_item(&item).await,
        Stateful::Response(_)
        | Stateful::ForgetResponse(_)
        | Stateful::InputItems(_)
        | Stateful::InputTokens
        | Stateful::Cancel(_)
        | Stateful::Completions(_)
        | Stateful::Compact => Err(Fault::Internal("an answer is no conversation").into()),
    }
}

impl Desk<'_> {
    async fn create(&self, body: &[u8]) -> Result<Answer, Refusal> {
        let described = Described::read(body)?;
        let conversation = self.keep(described.metadata).await?;
        self.put_in(described.items).await?;
        Ok(self.told(&conversation))
    }

    async fn change(&self, body: &[u8]) -> Result<Answer, Refusal> {
        let before = self.conversation().await?;
        let described = Described::read(body)?;
        let after = Conversation {
            content: bytes_of(described.metadata),
            ..before
        };
        let (archive, sealer) = (&self.exchange.house.parts.archive, self.sealer().await?);
        let kept = archive.keep_conversation(&sealer, after.clone()).await;
        kept.map_err(failed)?;
        Ok(self.told(&after))
    }

    async fn forget(&self) -> Result<Answer, Refusal> {
        let archive = &self.exchange.house.parts.archive;
        let gone = archive.forget_conversation(self.key, &self.id).await;
        match gone.map_err(failed)? {
            true => {
                let told =
                    json!({ "id": self.id, "object": "conversation.deleted", "deleted": true });
                Ok(Answer::json(told.to_string()))
            }
            false => Err(missing("Conversation", &self.id)),
        }
    }

    async fn list(&self, head: &Parts) -> Result<Answer, Refusal> {
        let page = page(head)?;
        self.conversation().await?;
        let items = self.items().await?;
        let items = items.iter().filter_map(shown).collect();
        Ok(Answer::json(page.of(items)?))
    }

    async fn add(&self, body: &[u8]) -> Result<Answer, Refusal> {
        self.conversation().await?;
        let described = Described::need_items(body)?;
        let added = self.put_in(described).await?;
        let shown: Vec<_> = added.iter().filter_map(shown).collect();
        Ok(Answer::json(Paged::new(&shown, false).to_json()))
    }

    async fn item(&self, item: &str) -> Result<Answer, Refusal> {
        self.conversation().await?;
        let items = self.items().await?;
        let found = items.iter().find(|one| one.id == item).and_then(shown);
        found
            .map(json_of)
            .ok_or_else(|| missing("Conversation item", item))
    }

    async fn forget_item(&self, item: &str) -> Result<Answer, Refusal> {
        let conversation = self.conversation().await?;
        let archive = &self.exchange.house.parts.archive;
        let gone = archive.forget_item(self.key, &self.id, item).await;
        match gone.map_err(failed)? {
            true => Ok(self.told(&conversation)),
            false => Err(missing("Conversation item", item)),
        }
    }

    async fn keep(&self, metadata: Box<RawValue>) -> Result<Conversation, Refusal> {
        let parts = &self.exchange.house.parts;
        let conversation = Conversation {
            key_id: self.key.to_owned(),
            id: self.id.clone(),
            created_at: parts.clock.now(),
            content: bytes_of(metadata),
        };
        let sealer = self.sealer().await?;
        let kept = parts
            .archive
            .keep_conversation(&sealer, conversation.clone());
        kept.await.map_err(failed)?;
        Ok(conversation)
    }

    async fn put_in(&self, said: Vec<Box<RawValue>>) -> Result<Vec<Item>, Refusal> {
        let items = items(said, &self.exchange.born().id, None);
        let (archive, sealer) = (&self.exchange.house.parts.archive, self.sealer().await?);
        let put = archive.put_items(&sealer, self.key, &self.id, items.clone());
        match put.await.map_err(failed)? {
            true => Ok(items),
            false => Err(missing("Conversation", &self.id)),
        }
    }

    async fn conversation(&self) -> Result<Conversation, Refusal> {
        let archive = &self.exchange.house.parts.archive;
        let found = archive.conversation(self.key, &self.id).await;
        let found = found.map_err(failed)?;
        found.ok_or_else(|| missing("Conversation", &self.id))
    }

    async fn items(&self) -> Result<Vec<Item>, Refusal> {
        let items = self.exchange.house.parts.archive.items(self.key, &self.id);
        Ok(items.await.map_err(failed)?)
    }

    async fn sealer(&self) -> Result<Sealer, Refusal> {
        let archive = &self.exchange.house.parts.archive;
        if !archive.is_on() {
            return Err(Fault::Forbidden {
                why: "conversations are not stored, because `store_max_mib` is 0".to_owned(),
            }
            .into());
        }
        Ok(archive.sealer().await.map_err(failed)?)
    }

    fn told(&self, conversation: &Conversation) -> Answer {
        let metadata: Option<Box<RawValue>> = serde_json::from_slice(&conversation.content).ok();
        let told = json!({
            "id": self.id,
            "object": "conversation",
            "created_at": conversation.created_at.seconds(),
            "metadata": metadata,
        });
        Answer::json(told.to_string())
    }
}

/// A body that may be left out.
async fn read_or_nothing(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
) -> Result<Bytes, Refusal> {
    use http_body::Body as _;
    match incoming.is_end_stream() {
        true => Ok(Bytes::from_static(b"{}")),
        false => read(exchange, head, incoming).await,
    }
}

/// An item as it is listed.
fn shown(item: &Item) -> Option<Box<RawValue>> {
    let raw: Box<RawValue> = serde_json::from_slice(&item.content).ok()?;
    Some(listed(&raw, &item.id))
}

fn bytes_of(raw: Box<RawValue>) -> Vec<u8> {
    String::from(Box::<str>::from(raw)).into_bytes()
}
