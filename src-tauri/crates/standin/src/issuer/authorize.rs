//! `GET /oauth/authorize` (contract auth 1.2): the request is checked whole, then a person answers.
//!
//! A request that is wrong gets a page with status 400 that names the parameter; no redirect. The
//! parameters that begin with `standin_` are the stand-in's own: the person's answer.

mod check;

use bytes::Bytes;
use http::{Request, Response};

use super::fields::{Bad, Fields};
use super::{page, seats};
use crate::answer;
use crate::body::Body;
use crate::world::grants::{Asked, Redirect};
use crate::world::knobs::{Authorize, Restriction};
use crate::world::{Knobs, Seat, World};
use check::Ask;

pub(super) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let query = Fields::form(request.uri().query().unwrap_or("").as_bytes());
    let typed = Fields::form(request.body());
    let action = format!("/oauth/authorize?{}", query.query_without("standin_"));
    let knobs = world.knobs();
    let fields = query.and(typed);
    let told = Ask::check(&fields, &knobs).and_then(|ask| {
        let decision = Decision::read(&fields, &knobs)?;
        decide(world, &knobs, &ask, decision)
    });
    match told {
        Ok(Some(answer)) => answer,
        Ok(None) => page::sign_in(&world.seats(), &action),
        Err(bad) => page::refused(&bad),
    }
}

/// What the person, or the knob in their place, says.
#[derive(Debug, Clone, Copy)]
enum Decision<'a> {
    Ask,
    Approve(&'a str),
    Deny { description: Option<&'static str> },
}

impl<'a> Decision<'a> {
    fn read(fields: &'a Fields, knobs: &'a Knobs) -> Result<Self, Bad> {
        let person = fields.maybe("standin_person")?;
        let said = match fields.maybe("standin_answer")? {
            Some("approve") => Authorize::Approve,
            Some("deny") => Authorize::Deny,
            Some("deny_plain") => Authorize::DenyPlain,
            Some("missing_entitlement") => Authorize::MissingEntitlement,
            Some(_) => return Err(Bad::new("standin_answer", "is no known answer")),
            None if person.is_some() => Authorize::Approve,
            None => knobs.authorize,
        };
        let deny = |description| Self::Deny { description };
        Ok(match said {
            Authorize::Ask => Self::Ask,
            Authorize::Approve => Self::Approve(person.unwrap_or(&knobs.auto_person)),
            Authorize::Deny => deny(Some("The resource owner denied the request.")),
            Authorize::DenyPlain => deny(None),
            Authorize::MissingEntitlement => deny(Some("missing_codex_entitlement")),
        })
    }
}

fn decide(
    world: &World,
    knobs: &Knobs,
    ask: &Ask,
    decision: Decision<'_>,
) -> Result<Option<Response<Body>>, Bad> {
    let choice = match decision {
        Decision::Ask => return Ok(None),
        Decision::Deny { description } => return Ok(Some(denied(ask, knobs, description))),
        Decision::Approve(choice) => choice,
    };
    let mut seats = seats::meant(world, choice);
    if seats.is_empty() {
        return Err(Bad::new("standin_person", "is nobody here"));
    }
    if knobs.workspace_restriction == Restriction::Honoured
        && let Some(allowed) = &ask.workspaces
    {
        seats.retain(|it| allowed.contains(&it.account_id));
    }
    Ok(Some(match seats.first() {
        Some(seat) => approved(world, ask, knobs, seat),
        None => denied(ask, knobs, Some("The workspace is not allowed.")),
    }))
}

fn approved(world: &World, ask: &Ask, knobs: &Knobs, seat: &Seat) -> Response<Body> {
    let asked = Asked {
        client_id: ask.client_id.clone(),
        redirect: Redirect::Exact(ask.redirect_uri.clone()),
        challenge: ask.challenge.clone(),
    };
    let code = world.new_code(seat, asked);
    back(ask, knobs, &[("code", &code), ("scope", &ask.scope)])
}

fn denied(ask: &Ask, knobs: &Knobs, description: Option<&str>) -> Response<Body> {
    let mut said = vec![("error", "access_denied")];
    said.extend(description.map(|it| ("error_description", it)));
    back(ask, knobs, &said)
}

/// 302 to the client with the state, which may carry the one suffix of contract auth 1.4.
fn back(ask: &Ask, knobs: &Knobs, said: &[(&str, &str)]) -> Response<Body> {
    let suffix = match knobs.state_suffix {
        true => ".onboarding_entrypoint=life_sciences",
        false => "",
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(said)
        .append_pair("state", &format!("{}{suffix}", ask.state))
        .finish();
    answer::redirect(&format!("{}?{query}", ask.redirect_uri))
}
