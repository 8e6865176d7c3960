//! One request, top to bottom: guard, route, read, credential, translate, backend, answer.

use std::net::IpAddr;
use std::sync::Arc;

use auth::Pass;
use bytes::Bytes;
use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use tracing::Instrument as _;
use translate::{Collector, Dialect, Given, Translated, Writer};
use upstream::{Ask, Opened};
use wire::Fault;
use wire::responses::Target;

use crate::body::{self, Body, Unread};
use crate::cooldown::Brake;
use crate::exchange::{self, Exchange};
use crate::guard::{self, Cors, Entry};
use crate::house::House;
use crate::respond::{self, Answer, Content, Opening, Refusal};
use crate::route::{self, Asked};
use crate::{codex, credential, lane, models, ready};

/// Answers one request that came in at the address `here`.
pub(crate) async fn answer(
    house: Arc<House>,
    here: IpAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, mut incoming) = request.into_parts();
    let asked = route::find(&head);
    let entry = guard::enter(&head, here, &house.settings());
    let logged = match &entry {
        Entry::Welcome(_) => !asked.is_probe(),
        Entry::Preflight(_) => false,
        Entry::Refused { .. } => true,
    };
    let mut exchange = Exchange::begin(house, &head, &asked, logged);
    let outcome = match entry {
        Entry::Welcome(cors) => {
            exchange.cors = cors;
            let span = tracing::info_span!("request", id = exchange.id.as_str());
            let serving = serve(&mut exchange, &head, asked, &mut incoming);
            serving.instrument(span).await
        }
        Entry::Preflight(cors) => {
            exchange.cors = cors;
            Ok(preflight(&head.headers))
        }
        Entry::Refused {
            fault,
            cors,
            origin,
        } => {
            exchange.cors = cors;
            exchange.held.note(|line| line.origin = origin);
            Err(Refusal::Fault(fault))
        }
    };
    if outcome.is_err() {
        listen_on(&exchange, &head, &mut incoming, &outcome).await;
    }
    let mut response = respond::send(exchange, outcome);
    if head.method == Method::HEAD {
        response.body_mut().end_unsent();
    }
    response
}

async fn serve(
    exchange: &mut Exchange,
    head: &Parts,
    asked: Asked,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    match asked {
        Asked::Health => Ok(ready::health()),
        Asked::Ready => Ok(ready::ready(&exchange.house).await),
        // No key is asked for: anything but 426 costs a Codex CLI seven tries.
        Asked::Upgrade => Err(Fault::UpgradeRefused.into()),
        Asked::Speak(dialect) => {
            let key = exchange.let_in(&head.headers)?;
            let body = read(exchange, head, incoming).await?;
            Box::pin(speak(exchange, head, dialect, &key.id, body)).await
        }
        Asked::Models(list) => {
            exchange.let_in(&head.headers)?;
            models::list(exchange, list).await
        }
        Asked::Model(id) => {
            exchange.let_in(&head.headers)?;
            models::one(exchange, &id).await
        }
        Asked::Unserved(fault) => {
            exchange.let_in(&head.headers)?;
            Err(fault.into())
        }
    }
}

async fn read(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
) -> Result<Bytes, Refusal> {
    guard::json_body(&head.headers)?;
    let limit = exchange.settings.max_body_bytes;
    let clock = &exchange.house.parts.clock;
    let read = body::read(incoming, &head.headers, limit, clock).await;
    read.map_err(|unread| match unread {
        Unread::Fault(fault) => Refusal::Fault(fault),
        Unread::Left => Refusal::Left,
    })
}

async fn speak(
    exchange: &mut Exchange,
    head: &Parts,
    dialect: Dialect,
    key: &str,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let house = Arc::clone(&exchange.house);
    let pass = credential::pass(&house.parts.accounts).await?;
    let account = pass.account.as_str();
    exchange
        .held
        .note(|line| line.account = Some(account.to_owned()));
    let (cooldowns, clock) = (house.parts.cooldowns.clone(), house.parts.clock.clone());
    let brake = Brake::new(cooldowns, clock, account);
    brake.check()?;
    let mut translated = translate(exchange, dialect, &pass, body).await?;
    translated.shape.codex_client = codex::is_codex(&head.headers);
    if exchange.settings.fetch_remote_images {
        house.images.inline(&mut translated.request).await?;
    }
    let ask = ask(key, &head.headers, &mut translated);
    let opened = open(exchange, &ask, pass).await;
    let opened = opened.map_err(|fault| brake.pull(fault))?;
    exchange
        .held
        .note(|line| line.upstream_request_id.clone_from(&opened.head.request_id));
    let headers = respond::passed(&opened.head);
    let content = if translated.stream {
        Content::Stream(Box::new(Opening {
            writer: Writer::new(dialect, translated.shape, exchange.born()),
            events: opened.events,
            brake,
        }))
    } else {
        let collector = Collector::new(dialect, translated.shape, exchange.born());
        collect(exchange, opened, collector, &brake).await?
    };
    Ok(Answer { headers, content })
}

async fn translate(
    exchange: &mut Exchange,
    dialect: Dialect,
    pass: &Pass,
    body: Bytes,
) -> Result<Translated, Fault> {
    let catalogue = exchange
        .house
        .shelf
        .known(pass, &exchange.house.parts.clock)
        .await;
    let given = Given {
        catalogue: catalogue.as_deref(),
        default_instructions: &exchange.settings.default_instructions,
        chat_reasoning: match exchange.settings.chat_reasoning {
            store::settings::ChatReasoning::ReasoningContent => translate::ChatReasoning::Content,
            store::settings::ChatReasoning::Hidden => translate::ChatReasoning::Hidden,
        },
        target: match pass.kind {
            auth::PassKind::Plan => Target::Plan,
            auth::PassKind::Platform => Target::Platform,
        },
    };
    let translated = match dialect {
        Dialect::Responses => translate::responses::request(&body, &given),
        Dialect::Chat => translate::chat::request(&body, &given),
    }?;
    exchange.ignored.clone_from(&translated.ignored);
    exchange.held.note(|line| {
        line.model = Some(translated.request.model.clone());
        line.stream = translated.stream;
        line.ignored.clone_from(&translated.ignored);
    });
    Ok(translated)
}

/// The request as it goes out; it leaves `translated`.
fn ask(key: &str, headers: &HeaderMap, translated: &mut Translated) -> Ask {
    let lane = lane::lane(key, headers, &translated.seed);
    let mut request = std::mem::take(&mut translated.request);
    let asked = request.prompt_cache_key.take();
    request.prompt_cache_key = Some(lane::cache_key(asked, &lane));
    Ask {
        request,
        lane,
        lite: translated.lite,
        // The client to the backend has the table of those that may go out.
        passed_headers: headers.clone(),
    }
}

/// The first good event, or why there is none. A refused credential is renewed once.
async fn open(exchange: &mut Exchange, ask: &Ask, pass: Pass) -> Result<Opened, Fault> {
    let house = Arc::clone(&exchange.house);
    let first = open_once(exchange, &house, ask, &pass).await;
    let Err(Fault::Unauthorized(_)) = first else {
        return first;
    };
    let pass = credential::recover(&house.parts.accounts, &pass).await?;
    open_once(exchange, &house, ask, &pass).await
}

async fn open_once(
    exchange: &mut Exchange,
    house: &House,
    ask: &Ask,
    pass: &Pass,
) -> Result<Opened, Fault> {
    let credential = credential::credential(pass);
    let attempts = exchange.held.attempts();
    tokio::select! {
        opened = house.parts.upstream.open_counting(ask, &credential, attempts) => opened,
        () = house.cut.cancelled() => Err(Fault::ShuttingDown),
    }
}

/// The whole answer, for a client that waits for it: the fold of the same events.
async fn collect(
    exchange: &mut Exchange,
    opened: Opened,
    mut collector: Collector,
    brake: &Brake,
) -> Result<Content, Fault> {
    let mut events = opened.events;
    while !collector.is_closed() {
        let told = tokio::select! {
            told = events.next() => told,
            () = exchange.house.cut.cancelled() => Some(Err(Fault::ShuttingDown)),
        };
        match told {
            Some(Ok(event)) => collector.push(&event),
            Some(Err(fault)) => collector.fail(&fault),
            None => collector.fail(&Fault::CutShort),
        }
    }
    drop(events);
    let (usage, outcome) = (collector.usage(), collector.outcome());
    exchange.held.note(|line| exchange::note_usage(line, usage));
    let json = collector.finish().map_err(|fault| brake.pull(fault))?;
    Ok(Content::Json(json.into(), body::ended(outcome, None)))
}

fn preflight(asked: &HeaderMap) -> Answer {
    let mut headers = HeaderMap::new();
    Cors::answer_preflight(asked, &mut headers);
    Answer {
        headers,
        content: Content::Nothing,
    }
}

/// Hears out a client that is refused while it still sends; most read no answer before they have
/// sent all. Not where it waits for a go-ahead, and not where it has stopped sending.
async fn listen_on(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
    outcome: &Result<Answer, Refusal>,
) {
    let stopped = matches!(
        outcome,
        Err(Refusal::Left | Refusal::Fault(Fault::SlowBody))
    );
    if stopped || incoming.is_end_stream() || head.headers.contains_key(EXPECT) {
        return;
    }
    let limit = exchange.settings.max_body_bytes;
    body::discard(incoming, limit, &exchange.house.parts.clock).await;
}
