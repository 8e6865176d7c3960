//! What was kept, served.

use std::sync::Arc;

use http::HeaderMap;
use http::request::Parts;
use hyper::body::Incoming;
use serde_json::json;
use serde_json::value::RawValue;
use translate::state::{Origin, Page, Turn, abandoned, countable, item_id, listed};
use translate::{Given, input_tokens};
use wire::Fault;
use wire::json::Object;

use super::{background, compact, completions, conversations, expand, failed, missing, past};
use crate::exchange::Exchange;
use crate::respond::{Answer, Content, Refusal};
use crate::route::Stateful;
use crate::service::read;
use crate::{count, long};

/// Answers what is asked of the store.
pub(crate) async fn answer(
    exchange: &mut Exchange,
    head: &Parts,
    asked: Stateful,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    let key = exchange.let_in(&head.headers)?;
    let key = key.id.as_str();
    match asked {
        Stateful::Response(id) => response(exchange, key, &id, head).await,
        Stateful::Cancel(id) => cancel(exchange, key, &id).await,
        Stateful::ForgetResponse(id) => forget(exchange, key, &id).await,
        Stateful::InputItems(id) => input_items(exchange, key, &id, head).await,
        Stateful::InputTokens => {
            let body = read(exchange, head, incoming).await?;
            tokens(exchange, key, &body).await
        }
        Stateful::Compact => {
            let body = read(exchange, head, incoming).await?;
            let length = body.len();
            long::beside_others(length, compact::compact(exchange, key, head, body)).await
        }
        Stateful::Completions(asked) => {
            completions::answer(exchange, key, head, asked, incoming).await
        }
        Stateful::NewConversation
        | Stateful::Conversation(_)
        | Stateful::ChangeConversation(_)
        | Stateful::ForgetConversation(_)
        | Stateful::Items(_)
        | Stateful::AddItems(_)
        | Stateful::Item(..)
        | Stateful::ForgetItem(..) => {
            conversations::answer(exchange, key, head, asked, incoming).await
        }
    }
}

async fn response(
    exchange: &Exchange,
    key: &str,
    id: &str,
    head: &Parts,
) -> Result<Answer, Refusal> {
    let resume = Resume::read(head)?;
    let run = exchange.house.parts.runs.find(key, id);
    let turn = match (&run, resume) {
        (Some(run), Resume::Stream { after }) if !run.is_forgotten() => {
            let seen = after.map_or(0, |after| run.place(after));
            let run = Arc::clone(run);
            return Ok(events(Content::Follow { run, seen }));
        }
        (Some(run), Resume::Whole) if let Some(standing) = run.standing() => {
            return Ok(json_of(standing));
        }
        (Some(_) | None, _) => turn(exchange, key, id).await?,
    };
    let turn = complete(turn);
    match resume {
        Resume::Whole => Ok(json_of(turn.response)),
        Resume::Stream { after } => Ok(events(background::last_of(&turn, after))),
    }
}

/// `turn`, or how it failed where nobody makes it any more.
fn complete(turn: Turn) -> Turn {
    match turn.status().as_deref() {
        Some("queued" | "in_progress") => Turn {
            response: abandoned(&turn.response),
            ..turn
        },
        Some(_) | None => turn,
    }
}

async fn cancel(exchange: &Exchange, key: &str, id: &str) -> Result<Answer, Refusal> {
    if let Some(run) = exchange.house.parts.runs.find(key, id) {
        run.stop.cancel();
        run.until_ended().await;
        if let Some(standing) = run.standing() {
            return Ok(json_of(standing));
        }
    }
    let turn = complete(turn(exchange, key, id).await?);
    if !turn.is_background() {
        return Err(Refusal::Fault(Fault::Invalid {
            message: "Cannot cancel a synchronous response.".to_owned(),
            param: None,
            code: Some("invalid_value"),
        }));
    }
    Ok(json_of(turn.response))
}

async fn forget(exchange: &Exchange, key: &str, id: &str) -> Result<Answer, Refusal> {
    let run = exchange.house.parts.runs.find(key, id);
    if let Some(run) = &run {
        run.forget();
        run.until_ended().await;
        exchange.house.parts.runs.remove(key, id);
    }
    let archive = &exchange.house.parts.archive;
    // Where it could not be written, it was only held.
    match archive.forget(key, id).await.map_err(failed)? || run.is_some() {
        true => {
            let told = json!({ "id": id, "object": "response", "deleted": true });
            Ok(Answer::json(told.to_string()))
        }
        false => Err(missing("Response", id)),
    }
}

/// How an answer is to be told.
#[derive(Debug, Clone, Copy)]
enum Resume {
    Whole,
    /// As its events, those behind the one of this number.
    Stream {
        after: Option<u64>,
    },
}

impl Resume {
    fn read(head: &Parts) -> Result<Self, Refusal> {
        let query = head.uri.query().unwrap_or_default();
        let (mut stream, mut after) = (false, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "stream" => stream = value == "true",
                "starting_after" => {
                    let number = value.parse::<u64>().map_err(|_| {
                        let says = "Invalid value for 'starting_after': expected the sequence number of an event.";
                        Fault::invalid(says, "starting_after")
                    })?;
                    after = Some(number);
                }
                _ => {}
            }
        }
        Ok(match stream {
            true => Self::Stream { after },
            false => Self::Whole,
        })
    }
}

fn events(content: Content) -> Answer {
    Answer {
        headers: HeaderMap::new(),
        content,
    }
}

/// Everything that the answer was made from, what it continues included.
async fn input_items(
    exchange: &Exchange,
    key: &str,
    id: &str,
    head: &Parts,
) -> Result<Answer, Refusal> {
    let page = page(head)?;
    let line = exchange.house.parts.archive.line(key, id).await;
    let line = line
        .map_err(failed)?
        .ok_or_else(|| missing("Response", id))?;
    let mut items = Vec::new();
    for kept in &line {
        let Some((_, turn)) = past::turn(kept) else {
            continue;
        };
        let said = match kept.id == id {
            true => turn.input,
            false => turn.said(),
        };
        let named = said.iter().enumerate();
        items.extend(named.map(|(at, item)| listed(item, &item_id(item, &kept.id, at))));
    }
    Ok(Answer::json(page.of(items)?))
}

/// Counted here: there is nobody to ask.
async fn tokens(exchange: &mut Exchange, key: &str, body: &[u8]) -> Result<Answer, Refusal> {
    // Who will answer is not known, so nothing is left out.
    let nobody = Origin {
        account: String::new(),
        model: String::new(),
    };
    let body = countable(body)?;
    let ask = Object::body(&body)?;
    let whole = expand(exchange, key, &nobody, &ask).await?;
    let ask = ask.replaced_by(whole.as_deref())?;
    let asked = translate::responses::request(&ask, &Given::default())?;
    exchange.ignored = asked.ignored;
    let count = count::aside(move |measure| input_tokens(&asked.request, measure));
    let tokens = count.await?;
    let told = json!({ "object": "response.input_tokens", "input_tokens": tokens });
    Ok(Answer::json(told.to_string()))
}

/// The kept answer `id` with what it was made from.
pub(super) async fn turn(exchange: &Exchange, key: &str, id: &str) -> Result<Turn, Refusal> {
    let kept = exchange.house.parts.archive.find(key, id).await;
    let kept = kept.map_err(failed)?;
    let turn = kept.as_ref().and_then(past::turn);
    let (_, turn) = turn.ok_or_else(|| missing("Response", id))?;
    Ok(turn)
}

/// The page that the query names.
pub(super) fn page(head: &Parts) -> Result<Page, Refusal> {
    let query = head.uri.query().unwrap_or_default();
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()));
    Ok(Page::read(pairs)?)
}

pub(super) fn json_of(raw: Box<RawValue>) -> Answer {
    Answer::json(String::from(Box::<str>::from(raw)))
}
