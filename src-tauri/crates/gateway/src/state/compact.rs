//! `POST /v1/responses/compact`: an ordinary request that ends with `compaction_trigger` (contract
//! backend 7.1).

use bytes::Bytes;
use http::request::Parts;
use translate::Dialect;
use translate::state::{Compaction, Origin};

use super::expand;
use crate::credential;
use crate::exchange::Exchange;
use crate::respond::{Answer, Content, Refusal};
use crate::{speak, unnamed};

pub(super) async fn compact(
    exchange: &mut Exchange,
    key: &str,
    head: &Parts,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let pass = credential::pass(&exchange.house.parts.accounts).await?;
    let body = unnamed::named(exchange, Dialect::Responses, &pass, body).await;
    let wish = translate::state::Wish::read(&body)?;
    let here = Origin {
        account: pass.account.as_str().to_owned(),
        model: wish.model.unwrap_or_default(),
    };
    let body = expand(exchange, key, &here, &body).await?;
    let compaction = Compaction::read(&body)?;
    exchange.ignored.extend_from_slice(&compaction.ignored);
    let asked = speak::Request {
        dialect: Dialect::Responses,
        key,
        headers: &head.headers,
        body: Bytes::copy_from_slice(&compaction.body),
        socket: None,
    };
    let answer = speak::answer(exchange, asked).await?;
    let Content::Json(json, ended) = answer.content else {
        return Ok(answer);
    };
    let id = format!("resp_{}", exchange.born().id);
    let json = compaction.answer(&json, &id)?;
    Ok(Answer {
        headers: answer.headers,
        content: Content::Json(json.into(), ended),
    })
}
