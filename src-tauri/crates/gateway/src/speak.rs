//! A model's answer: credential, translation, backend, and back.
//!
//! What fails before the first good event becomes a status; what fails later is the end of the
//! answer. Nothing is asked of the backend while the account's limit is reached.

use std::sync::Arc;

use auth::Pass;
use bytes::Bytes;
use http::HeaderMap;
use translate::{Collector, Cut, Dialect, Given, Translated, Writer};
use upstream::{Ask, Opened};
use wire::Fault;
use wire::responses::Target;

use crate::body;
use crate::cooldown::Brake;
use crate::exchange::{self, Exchange};
use crate::lease::Lease;
use crate::respond::{self, Answer, Content, Opening, Refusal};
use crate::state::Keeper;
use crate::{codex, credential, lane, state};

/// What the client sent, read to its end.
pub(crate) struct Request<'a> {
    pub(crate) dialect: Dialect,
    /// The id of the local key it came with.
    pub(crate) key: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
}

/// The answer, begun or whole.
pub(crate) async fn answer(exchange: &mut Exchange, asked: Request<'_>) -> Result<Answer, Refusal> {
    let Request {
        dialect,
        key,
        headers,
        body,
    } = asked;
    let house = Arc::clone(&exchange.house);
    let pass = credential::pass(&house.parts.accounts).await?;
    let account = pass.account.as_str();
    exchange
        .held
        .note(|line| line.account = Some(account.to_owned()));
    let (cooldowns, clock) = (house.parts.cooldowns.clone(), house.parts.clock.clone());
    let brake = Brake::new(cooldowns, clock, account);
    brake.check()?;
    let mut prepared = state::prepare(exchange, dialect, key, account, body).await?;
    let mut translated = translate(exchange, dialect, &pass, prepared.body).await?;
    translated.shape.keeping = Arc::new(prepared.keeping);
    translated.shape.codex_client = codex::is_codex(headers);
    if exchange.settings.fetch_remote_images {
        let most = exchange.settings.max_body_bytes;
        house.images.inline(&mut translated.request, most).await?;
    }
    let ask = ask(key, headers, &mut translated);
    let lease = Lease::of(&house.parts.accounts, pass);
    if let Some(keeper) = prepared.keeper.take_if(|_| prepared.background) {
        let work = state::Work {
            ask,
            lease,
            brake,
            keeper,
        };
        let (shape, stream) = (&translated.shape, translated.stream);
        return Ok(state::begin(exchange, work, shape, stream));
    }
    let opened = open(exchange, &ask, lease).await;
    let opened = opened.map_err(|fault| brake.pull(fault))?;
    exchange
        .held
        .note(|line| line.upstream_request_id.clone_from(&opened.head.request_id));
    let told = respond::passed(&opened.head);
    let content = if translated.stream {
        Content::Stream(Box::new(Opening {
            cut: Cut::new(&translated.shape.ends),
            writer: Writer::new(dialect, translated.shape, exchange.born()),
            events: opened.events,
            brake,
            keeper: prepared.keeper,
        }))
    } else {
        let cut = Cut::new(&translated.shape.ends);
        let collector = Collector::new(dialect, translated.shape, exchange.born());
        collect(exchange, opened, cut, collector, &brake, prepared.keeper).await?
    };
    Ok(Answer {
        headers: told,
        content,
    })
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
    let account = credential::mark(pass);
    let given = Given {
        catalogue: catalogue.as_deref(),
        default_instructions: &exchange.settings.default_instructions,
        chat_reasoning: match exchange.settings.chat_reasoning {
            store::settings::ChatReasoning::ReasoningContent => translate::ChatReasoning::Content,
            store::settings::ChatReasoning::Hidden => translate::ChatReasoning::Hidden,
            store::settings::ChatReasoning::ThinkTags => translate::ChatReasoning::ThinkTags,
        },
        target: match pass.kind {
            auth::PassKind::Plan => Target::Plan,
            auth::PassKind::Platform => Target::Platform,
        },
        model_map: &exchange.settings.model_map,
        account: &account,
    };
    let translated = match dialect {
        Dialect::Responses => translate::responses::request(&body, &given),
        Dialect::Chat => translate::chat::request(&body, &given),
        Dialect::Messages => translate::messages::request(&body, &given),
        Dialect::Ollama(form) => translate::ollama::request(form, &body, &given),
        Dialect::Completions => translate::completions::request(&body, &given),
    }?;
    exchange.ignored.extend_from_slice(&translated.ignored);
    let ignored = &exchange.ignored;
    exchange.held.note(|line| {
        line.model = Some(translated.request.model.clone());
        line.stream = translated.stream;
        line.ignored.clone_from(ignored);
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
pub(crate) async fn open(
    exchange: &mut Exchange,
    ask: &Ask,
    mut lease: Lease,
) -> Result<Opened, Fault> {
    let house = Arc::clone(&exchange.house);
    let attempts = exchange.held.attempts();
    tokio::select! {
        opened = lease.open(&house.parts.upstream, ask, attempts) => opened,
        () = house.cut.cancelled() => Err(Fault::ShuttingDown),
    }
}

/// The whole answer, for a client that waits for it: the fold of the same events.
async fn collect(
    exchange: &mut Exchange,
    opened: Opened,
    mut cut: Cut,
    mut collector: Collector,
    brake: &Brake,
    keeper: Option<Keeper>,
) -> Result<Content, Fault> {
    let mut events = opened.events;
    let clock = exchange.house.parts.clock.clone();
    while !collector.is_closed() {
        let told = tokio::select! {
            told = events.next() => told,
            () = exchange.house.cut.cancelled() => Some(Err(Fault::ShuttingDown)),
        };
        collector.taken(clock.passed().saturating_sub(exchange.began));
        match told {
            Some(Ok(event)) => cut.push(&event, |event| collector.push(event)),
            Some(Err(fault)) => collector.fail(&fault),
            None => collector.fail(&Fault::CutShort),
        }
    }
    drop(events);
    let (usage, outcome) = (collector.usage(), collector.outcome());
    exchange.held.note(|line| exchange::note_usage(line, usage));
    let json = collector.finish().map_err(|fault| brake.pull(fault))?;
    if let Some(keeper) = keeper
        && let Ok(whole) = serde_json::from_slice(&json)
    {
        keeper.keep(outcome, whole);
    }
    Ok(Content::Json(json.into(), body::ended(outcome, None)))
}
