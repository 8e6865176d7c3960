//! Pictures: credential, translation, backend, and back.
//!
//! One request to the backend brings one picture, so `n` of them are as many requests, at most
//! [`AT_ONCE`] at a time. What was made has been paid for: where one of several fails, the client
//! gets the others, and `n` among the fields that could not be honoured.

mod batch;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use translate::pictures::{self, Attached, Order, Route, Shape};
use translate::{Ends, Seed, Writer};
use upstream::Ask;
use wire::{Fault, responses};

use self::batch::Job;
use crate::choices::Choices;
use crate::cooldown::Brake;
use crate::exchange::{self, Exchange};
use crate::form::{self, Part};
use crate::images;
use crate::lease::Lease;
use crate::respond::{self, Answer, Content, Opening, Refusal};
use crate::{lane, long, speak};

/// What the client sent, read to its end.
pub(crate) struct Request<'a> {
    pub(crate) route: Route,
    /// The id of the local key it came with.
    pub(crate) key: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
}

/// The answer, begun or whole.
pub(crate) async fn answer(exchange: &mut Exchange, asked: Request<'_>) -> Result<Answer, Refusal> {
    long::beside_others(asked.body.len(), draw(exchange, asked)).await
}

async fn draw(exchange: &mut Exchange, asked: Request<'_>) -> Result<Answer, Refusal> {
    let Request {
        route,
        key,
        headers,
        body,
    } = asked;
    let (lease, brake) = Lease::take(exchange).await?;
    upstream::only_plan(&lease.credential())?;
    let order = order(exchange, &lease, route, headers, body).await?;
    let job = match order.asked {
        pictures::Asked::Dedicated(request) => Job::Dedicated(Box::new(request), headers.clone()),
        pictures::Asked::Hosted(request) => Job::Hosted(Box::new(ask(key, headers, *request))),
    };
    match job {
        Job::Hosted(ask) if order.stream => stream(exchange, &ask, lease, brake, order.shape).await,
        job => whole(exchange, &job, order.count, &lease, &brake, &order.shape).await,
    }
}

async fn order(
    exchange: &mut Exchange,
    lease: &Lease,
    route: Route,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Order, Fault> {
    let (body, attached) = match form::is_form(headers) {
        true => form_body(headers, body).await?,
        false => (body, Attached::default()),
    };
    let house = &exchange.house;
    let catalogue = house.shelf.known(lease.pass(), &house.parts.clock).await;
    let mut order = pictures::request(route, &body, attached, catalogue.as_deref())?;
    if exchange.settings.fetch_remote_images {
        let most = exchange.settings.max_body_bytes;
        match &mut order.asked {
            pictures::Asked::Dedicated(request) => {
                let urls = request.images.iter_mut().map(|image| &mut image.image_url);
                house.images.replace(urls, "images", most).await?;
            }
            pictures::Asked::Hosted(request) => house.images.inline(request, most).await?,
        }
    }
    exchange.ignored.clone_from(&order.ignored);
    exchange.held.note(|line| {
        line.model = Some(order.model.clone());
        line.stream = order.stream;
        line.ignored.clone_from(&order.ignored);
    });
    Ok(order)
}

/// The body that a form stands for, and its pictures.
async fn form_body(headers: &HeaderMap, body: Bytes) -> Result<(Bytes, Attached), Fault> {
    let mut form = form::read(headers, body).await?;
    let mask = form.take(|name| name == "mask");
    let images = form.take(|name| {
        let field = name.split_once('[').map_or(name, |(field, _)| field);
        matches!(field, "image" | "images")
    });
    let images: Result<Vec<String>, Fault> = images.iter().map(data_url).collect();
    let attached = Attached {
        images: images?,
        mask: mask.last().map(data_url).transpose()?,
    };
    let body = pictures::body_of_form(form.texts()?);
    Ok((body.into(), attached))
}

/// By its first bytes: what a form says about its files is not to be relied on.
fn data_url(part: &Part) -> Result<String, Fault> {
    let Some(media) = images::media_type(&part.content) else {
        return Err(Fault::Invalid {
            message: "the file is no JPEG, PNG, GIF or WebP image".to_owned(),
            param: Some(part.name.chars().take(100).collect()),
            code: Some("invalid_image"),
        });
    };
    let base64 = STANDARD.encode(&part.content);
    Ok(format!("data:{media};base64,{base64}"))
}

/// All requests for pictures of one app share a lane: what they have in common is their beginning.
fn ask(key: &str, headers: &HeaderMap, mut request: responses::Request) -> Ask {
    let seed = Seed {
        model: request.model.clone(),
        instructions: request.instructions.clone().unwrap_or_default(),
        ..Seed::default()
    };
    let lane = lane::lane(key, headers, &seed);
    request.prompt_cache_key = Some(lane::cache_key(None, &lane));
    Ask {
        request,
        lane,
        lite: false,
        passed_headers: headers.clone(),
    }
}

async fn stream(
    exchange: &mut Exchange,
    ask: &Ask,
    mut lease: Lease,
    brake: Brake,
    shape: Shape,
) -> Result<Answer, Refusal> {
    let opened = speak::open(exchange, ask, &mut lease).await;
    let opened = opened.map_err(|fault| brake.pull(fault))?;
    let head = opened.head;
    exchange
        .held
        .note(|line| line.upstream_request_id.clone_from(&head.request_id));
    let writer = pictures::Writer::new(shape, exchange.born());
    Ok(Answer {
        headers: respond::passed(head),
        content: Content::Stream(Box::new(Opening {
            writer: Writer::Pictures(writer),
            choices: Choices::one(opened.events, &Ends::default()),
            brake,
            keeper: None,
        })),
    })
}

async fn whole(
    exchange: &mut Exchange,
    job: &Job,
    count: usize,
    lease: &Lease,
    brake: &Brake,
    shape: &Shape,
) -> Result<Answer, Refusal> {
    let batch = batch::run(exchange, job, count, lease).await;
    if let Some(fault) = batch.fault {
        let fault = brake.pull(fault);
        if batch.drawn.is_empty() {
            return Err(fault.into());
        }
        not_honoured(exchange, "n");
        exchange
            .held
            .note(|line| line.fault = Some(fault.code().to_owned()));
    }
    let (json, ignored) = pictures::whole(batch.drawn, shape);
    for field in ignored {
        not_honoured(exchange, field);
    }
    exchange.held.note(|line| {
        exchange::note_usage(line, batch.usage);
        line.upstream_request_id.clone_from(&batch.head.request_id);
    });
    let mut answer = Answer::json(json);
    answer.headers = respond::passed(batch.head);
    Ok(answer)
}

fn not_honoured(exchange: &mut Exchange, field: &str) {
    exchange.ignored.push(field.to_owned());
    exchange
        .held
        .note(|line| line.ignored.push(field.to_owned()));
}

/// More at once can trip the backend's throttle (contract backend 1.11).
const AT_ONCE: usize = 2;
