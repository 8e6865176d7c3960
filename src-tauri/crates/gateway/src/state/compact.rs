//! `POST /v1/responses/compact`: an ordinary request that ends with `compaction_trigger` (contract
//! backend 7.1).

use bytes::Bytes;
use http::request::Parts;
use translate::Dialect;
use translate::state::{Compaction, Origin};
use wire::json::{Object, without_lone_surrogates};

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
    let body = without_lone_surrogates(&body);
    let ask = Object::body(&body)?;
    let named = unnamed::named(exchange, Dialect::Responses, &pass, &ask).await;
    let ask = ask.replaced_by(named.as_deref())?;
    let here = Origin {
        account: pass.account.as_str().to_owned(),
        model: ask.text("model")?.unwrap_or_default().into_owned(),
    };
    let whole = expand(exchange, key, &here, &ask).await?;
    let ask = ask.replaced_by(whole.as_deref())?;
    let compaction = Compaction::read(&ask)?;
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
