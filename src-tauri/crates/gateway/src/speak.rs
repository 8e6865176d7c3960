//! A model's answer: credential, translation, backend, and back.
//!
//! What fails before the first good event becomes a status; what fails later is the end of the
//! answer. Nothing is asked of the backend while the account's limit is reached.

use std::sync::Arc;

use auth::Pass;
use bytes::Bytes;
use http::HeaderMap;
use translate::state::Keeping;
use translate::{
    Collector, Dialect, Ends, Given, Measure, Outcome, Translated, Writer, input_tokens, responses,
};
use upstream::{Ask, Head, Opened};
use wire::Fault;
use wire::json::{Object, without_lone_surrogates};
use wire::responses::Target;

use crate::body;
use crate::choices::{Choices, Told};
use crate::cooldown::Brake;
use crate::exchange::{self, Exchange};
use crate::lease::Lease;
use crate::respond::{self, Answer, Content, Opening, Refusal, Whole};
use crate::socket::Memory;
use crate::state::{Keep, Prepared};
use crate::{codex, credential, lane, long, state, unnamed};

/// What the client sent, read to its end.
pub(crate) struct Request<'a> {
    pub(crate) dialect: Dialect,
    /// The id of the local key it came with.
    pub(crate) key: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
    /// What there is besides where it came on a WebSocket.
    pub(crate) socket: Option<Socket<'a>>,
}

/// What a WebSocket adds to a request.
pub(crate) struct Socket<'a> {
    pub(crate) memory: &'a Arc<Memory>,
    /// False for a warm-up, which nobody has to answer.
    pub(crate) generate: bool,
}

/// The answer, begun or whole.
pub(crate) fn answer(
    exchange: &mut Exchange,
    asked: Request<'_>,
) -> impl Future<Output = Result<Answer, Refusal>> {
    long::beside_others(asked.body.len(), speak(exchange, asked))
}

async fn speak(exchange: &mut Exchange, asked: Request<'_>) -> Result<Answer, Refusal> {
    let Request {
        dialect,
        key,
        headers,
        body,
        socket,
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
    let memory = socket.as_ref().map(|socket| socket.memory);
    let asking = state::Asking {
        dialect,
        key,
        account,
        memory,
    };
    let (mut prepared, mut translated) = understand(exchange, &pass, asking, body).await?;
    translated.shape.codex_client = codex::is_codex(headers);
    if socket.is_some_and(|socket| !socket.generate) {
        return Ok(warmed_up(exchange, &translated, prepared.keeper));
    }
    if exchange.settings.fetch_remote_images {
        let most = exchange.settings.max_body_bytes;
        house.images.inline(&mut translated.request, most).await?;
    }
    let ask = ask(key, headers, &mut translated);
    let mut lease = Lease::of(&house.parts.accounts, pass);
    if let Some(Keep::Turn(keeper)) = prepared.keeper.take_if(|_| prepared.background) {
        let work = state::Work {
            ask,
            lease,
            brake,
            keeper,
        };
        let (shape, stream) = (&translated.shape, translated.stream);
        return Ok(state::begin(exchange, work, shape, stream));
    }
    let opened = open(exchange, &ask, &mut lease).await;
    let opened = opened.map_err(|fault| brake.pull(fault))?;
    let shape = &translated.shape;
    let choices = Choices::open(exchange, opened.events, &ask, &lease, shape).await;
    let begun = Begun {
        head: opened.head,
        choices: choices.map_err(|fault| brake.pull(fault))?,
        brake,
        keeper: prepared.keeper,
    };
    Ok(tell(exchange, dialect, translated, begun).await?)
}

/// An answer that the backend has begun.
struct Begun {
    head: Head,
    choices: Choices,
    brake: Brake,
    keeper: Option<Keep>,
}

async fn tell(
    exchange: &mut Exchange,
    dialect: Dialect,
    translated: Translated,
    begun: Begun,
) -> Result<Answer, Fault> {
    let Begun {
        head,
        choices,
        brake,
        keeper,
    } = begun;
    exchange
        .held
        .note(|line| line.upstream_request_id.clone_from(&head.request_id));
    let headers = respond::passed(head);
    let born = exchange.born();
    let content = if translated.stream {
        Content::Stream(Box::new(Opening {
            choices,
            writer: Writer::new(dialect, translated.shape, born),
            brake,
            keeper,
        }))
    } else {
        let collector = Collector::new(dialect, translated.shape, born);
        Box::pin(collect(exchange, choices, collector, &brake, keeper)).await?
    };
    Ok(Answer { headers, content })
}

/// The answer to a warm-up: nothing is asked of the backend, and what came is remembered.
fn warmed_up(exchange: &Exchange, translated: &Translated, keeper: Option<Keep>) -> Answer {
    let (mut events, whole) = responses::warmed_up(&translated.shape, exchange.born());
    if let Some((keeper, whole)) = keeper.zip(whole) {
        keeper.keep(Outcome::Whole, whole);
    }
    Answer {
        headers: HeaderMap::new(),
        content: Content::Whole(Whole::Events, events.take()),
    }
}

/// Reads the body once, for everybody who asks it for something; nobody does any more while the answer is
/// awaited.
async fn understand(
    exchange: &mut Exchange,
    pass: &Pass,
    asking: state::Asking<'_>,
    body: Bytes,
) -> Result<(Prepared, Translated), Fault> {
    let dialect = asking.dialect;
    let body = without_lone_surrogates(&body);
    let ask = Object::body(&body)?;
    let named = unnamed::named(exchange, dialect, pass, &ask).await;
    let ask = ask.replaced_by(named.as_deref())?;
    let mut prepared = state::prepare(exchange, asking, &ask).await?;
    let whole = prepared.body.take();
    let ask = ask.replaced_by(whole.as_deref())?;
    let keeping = std::mem::take(&mut prepared.keeping);
    let translated = translate(exchange, dialect, pass, &ask, keeping).await?;
    Ok((prepared, translated))
}

async fn translate(
    exchange: &mut Exchange,
    dialect: Dialect,
    pass: &Pass,
    ask: &Object<'_>,
    keeping: Keeping,
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
        chat_reasoning: chat_reasoning(exchange),
        target: match pass.kind {
            auth::PassKind::Plan => Target::Plan,
            auth::PassKind::Platform => Target::Platform,
        },
        model_map: &exchange.settings.model_map,
        account: &account,
        model_suffixes: &exchange.settings.model_suffixes,
        stored: keeping.stored,
    };
    let mut translated = match dialect {
        Dialect::Responses => translate::responses::request(ask, &given),
        Dialect::Chat => translate::chat::request(ask, &given),
        Dialect::Messages => translate::messages::request(ask, &given),
        Dialect::Ollama(form) => translate::ollama::request(form, ask, &given),
        Dialect::Completions => translate::completions::request(ask, &given),
    }?;
    translated.shape.keeping = Arc::new(keeping);
    if translated.shape.ends != Ends::default() {
        translated.shape.ends.input_tokens = input_tokens(&translated.request, Measure::Thumb);
    }
    exchange.ignored.extend_from_slice(&translated.ignored);
    let ignored = &exchange.ignored;
    exchange.held.note(|line| {
        line.model = Some(translated.request.model.clone());
        line.stream = translated.stream;
        line.ignored.clone_from(ignored);
    });
    Ok(translated)
}

/// What was chosen for the key, else for all.
fn chat_reasoning(exchange: &Exchange) -> translate::ChatReasoning {
    use store::settings::ChatReasoning;
    let chosen = exchange.preferences.reasoning;
    match chosen.unwrap_or(exchange.settings.chat_reasoning) {
        ChatReasoning::ReasoningContent => translate::ChatReasoning::Content,
        ChatReasoning::Hidden => translate::ChatReasoning::Hidden,
        ChatReasoning::ThinkTags => translate::ChatReasoning::ThinkTags,
    }
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
    lease: &mut Lease,
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
    mut choices: Choices,
    mut collector: Collector,
    brake: &Brake,
    keeper: Option<Keep>,
) -> Result<Content, Fault> {
    let clock = exchange.house.parts.clock.clone();
    while !collector.is_closed() {
        let Told { choice, event } = tokio::select! {
            told = choices.next() => told,
            () = exchange.house.cut.cancelled() => Told::stopping(),
        };
        collector.taken(clock.passed().saturating_sub(exchange.began));
        match event {
            Some(Ok(event)) => {
                choices.push(choice, &event, |event| collector.push_choice(choice, event));
                if collector.has_ended(choice) {
                    choices.drop_one(choice);
                }
            }
            Some(Err(fault)) => collector.fail(&fault),
            None => collector.fail(&Fault::CutShort),
        }
    }
    drop(choices);
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
