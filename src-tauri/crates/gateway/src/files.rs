//! Files that requests refer to by id: given to the backend, which keeps them, and remembered here
//! for as long as this program runs.
//!
//! The backend tells nothing about a file afterwards, and knows no way to delete one. So a file is
//! described from memory, to the local key that sent it and while its account is the active one;
//! everything else that the official API can do with files is refused with its reason.

mod shelf;

use std::sync::Arc;

use auth::Pass;
use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;
use translate::files;
use upstream::{Step, Upload};
use wire::{Fault, Words};

pub(crate) use self::shelf::Shelf;
use self::shelf::{File, Owner};
use crate::credential;
use crate::exchange::Exchange;
use crate::form;
use crate::lease::Lease;
use crate::respond::{Answer, Refusal};

/// Takes the file in the form that is `body`.
pub(crate) async fn create(
    exchange: &mut Exchange,
    key: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let (lease, brake) = Lease::take(exchange).await?;
    upstream::only_plan(&lease.credential())?;
    let owner = owner(lease.pass(), key);
    let mut form = form::read(headers, body).await?;
    let file = form::one_file(form.take(|name| name == "file"))?;
    let order = files::request(&form.texts()?)?;
    exchange.ignored.clone_from(&order.ignored);
    exchange
        .held
        .note(|line| line.ignored.clone_from(&order.ignored));
    let upload = Upload {
        name: file.file_name.unwrap_or_else(|| "file".to_owned()),
        content: file.content,
    };
    let id = ask(exchange, &upload, lease).await;
    let id = id.map_err(|fault| brake.pull(fault))?;
    let file = File {
        id,
        bytes: upload.content.len(),
        created_at: exchange.house.parts.clock.now().seconds(),
        name: upload.name.chars().take(NAME).collect(),
        purpose: order.purpose,
    };
    let answer = json(&Told::of(&file));
    exchange.house.files.keep(owner, file);
    Ok(answer)
}

/// All files that this key has sent, the newest first; of one purpose where `query` names one.
pub(crate) async fn list(
    exchange: &mut Exchange,
    key: &str,
    query: Option<&str>,
) -> Result<Answer, Refusal> {
    let mut files = known(exchange, key).await?;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if name == "purpose" {
            files.retain(|file| file.purpose == value);
        } else if let Some(page) = PAGES.iter().find(|page| **page == name) {
            exchange.ignored.push((*page).to_owned());
        }
    }
    let ignored = exchange.ignored.clone();
    exchange.held.note(|line| line.ignored = ignored);
    let data: Vec<Told<'_>> = files.iter().rev().map(|file| Told::of(file)).collect();
    Ok(json(&Listing {
        object: "list",
        first_id: data.first().map(|file| file.id),
        last_id: data.last().map(|file| file.id),
        data,
        has_more: false,
    }))
}

/// One of them.
pub(crate) async fn one(exchange: &mut Exchange, key: &str, id: &str) -> Result<Answer, Refusal> {
    let files = known(exchange, key).await?;
    match files.iter().find(|file| file.id == id) {
        Some(file) => Ok(json(&Told::of(file))),
        None => Err(Refusal::NotFound(no_such(id))),
    }
}

async fn known(exchange: &mut Exchange, key: &str) -> Result<Vec<Arc<File>>, Fault> {
    let pass = credential::pass(&exchange.house.parts.accounts).await?;
    let account = pass.account.as_str().to_owned();
    exchange.held.note(|line| line.account = Some(account));
    Ok(exchange.house.files.of(&owner(&pass, key)))
}

fn owner(pass: &Pass, key: &str) -> Owner {
    Owner {
        account: pass.account.as_str().to_owned(),
        key: key.to_owned(),
    }
}

async fn ask(exchange: &mut Exchange, upload: &Upload, mut lease: Lease) -> Result<String, Fault> {
    let house = Arc::clone(&exchange.house);
    let attempts = exchange.held.attempts();
    let mut step = Step::default();
    let asking = async {
        loop {
            let (client, credential) = (&house.parts.upstream, lease.credential());
            let uploading = client.upload(upload, &mut step, &credential, attempts);
            match uploading.await {
                Ok(id) => return Ok(id),
                Err(fault) => lease.renew(fault).await?,
            }
        }
    };
    tokio::select! {
        id = Box::pin(asking) => id,
        () = house.cut.cancelled() => Err(Fault::ShuttingDown),
    }
}

fn no_such(id: &str) -> Fault {
    let id: String = id.chars().take(128).collect();
    Fault::Refused {
        status: 404,
        words: Box::new(Words {
            message: format!(
                "no file `{id}` was sent with this key since Postern started; the backend tells nothing about older ones, which `input_file` may still take"
            ),
            kind: Some("invalid_request_error".to_owned()),
            code: Some("file_not_found".to_owned()),
            param: Some("id".to_owned()),
            request_id: None,
        }),
    }
}

fn json(document: &impl Serialize) -> Answer {
    let json = serde_json::to_vec(document);
    debug_assert!(json.is_ok(), "a file serializes into memory");
    Answer::json(json.unwrap_or_default())
}

#[derive(Serialize)]
struct Listing<'a> {
    object: &'static str,
    data: Vec<Told<'a>>,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
    has_more: bool,
}

/// A file as OpenAI describes it.
#[derive(Serialize)]
struct Told<'a> {
    id: &'a str,
    object: &'static str,
    bytes: usize,
    created_at: i64,
    filename: &'a str,
    purpose: &'a str,
    status: &'static str,
}

impl<'a> Told<'a> {
    fn of(file: &'a File) -> Self {
        Self {
            id: &file.id,
            object: "file",
            bytes: file.bytes,
            created_at: file.created_at,
            filename: &file.name,
            purpose: &file.purpose,
            status: "processed",
        }
    }
}

/// Characters of a file's name that are remembered; no file system has longer ones.
const NAME: usize = 255;

/// What asks for a part of the list, which is always sent whole.
const PAGES: [&str; 3] = ["after", "limit", "order"];
