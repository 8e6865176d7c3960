//! Speech to text: a form with a file, the backend's transcriber, and the text in the form that was
//! asked for.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use translate::speech::{self, Form, Order};
use upstream::{Speech, Told};
use wire::Fault;
use wire::speech::Transcript;

use crate::exchange::Exchange;
use crate::form;
use crate::lease::Lease;
use crate::respond::{self, Answer, Content, Refusal, Whole};

/// The text of the file in the form that is `body`.
pub(crate) async fn answer(
    exchange: &mut Exchange,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let (lease, brake) = Lease::take(exchange).await?;
    upstream::only_plan(&lease.credential())?;
    let (order, speech) = read(headers, body).await?;
    exchange.ignored.clone_from(&order.ignored);
    exchange.held.note(|line| {
        line.model.clone_from(&order.model);
        line.stream = order.form == Form::Events;
    });
    let told = ask(exchange, &speech, lease).await;
    let told = told.map_err(|fault| brake.pull(fault))?;
    let answer = speech::answer(&told.said, order.form);
    exchange
        .ignored
        .extend(answer.ignored.iter().map(|&field| field.to_owned()));
    let ignored = exchange.ignored.clone();
    exchange.held.note(|line| {
        line.ignored = ignored;
        line.upstream_request_id.clone_from(&told.head.request_id);
    });
    let media = match order.form {
        Form::Json | Form::Verbose => Whole::Json,
        Form::Text => Whole::Text,
        Form::Events => Whole::Events,
    };
    Ok(Answer {
        headers: respond::passed(told.head),
        content: Content::Whole(media, answer.body.into()),
    })
}

async fn read(headers: &HeaderMap, body: Bytes) -> Result<(Order, Speech), Fault> {
    let mut form = form::read(headers, body).await?;
    let file = form::one_file(form.take(|name| name == "file"))?;
    let order = speech::request(&form.texts()?)?;
    let speech = Speech {
        file_name: file.file_name.unwrap_or_else(|| "audio".to_owned()),
        media: file.media.unwrap_or_default(),
        audio: file.content,
        prompt: order.prompt.clone(),
    };
    Ok((order, speech))
}

async fn ask(
    exchange: &mut Exchange,
    speech: &Speech,
    mut lease: Lease,
) -> Result<Told<Transcript>, Fault> {
    let house = Arc::clone(&exchange.house);
    let attempts = exchange.held.attempts();
    let asking = async {
        loop {
            let (client, credential) = (&house.parts.upstream, lease.credential());
            match client.transcribe(speech, &credential, attempts).await {
                Ok(told) => return Ok(told),
                Err(fault) => lease.renew(fault).await?,
            }
        }
    };
    tokio::select! {
        told = Box::pin(asking) => told,
        () = house.cut.cancelled() => Err(Fault::ShuttingDown),
    }
}
