//! The pages a person sees. Everything that came from outside is escaped.

use std::fmt::Write as _;

use http::{Response, StatusCode};

use super::fields::Bad;
use crate::answer;
use crate::body::Body;
use crate::world::{Seat, SeatKind};

/// The authorize page: who, and what to answer. `action` is the same request again.
pub(super) fn sign_in(seats: &[Seat], action: &str) -> Response<Body> {
    let form = format!(
        "<h1>Sign in to the stand-in</h1>\n<form method=\"post\" action=\"{}\">\n{}\n\
         <button id=\"continue\" name=\"standin_answer\" value=\"approve\">Continue</button>\n\
         <button id=\"deny\" name=\"standin_answer\" value=\"deny\">Deny</button>\n\
         <button id=\"deny-plain\" name=\"standin_answer\" value=\"deny_plain\">Deny without a reason</button>\n\
         <button id=\"missing-entitlement\" name=\"standin_answer\" value=\"missing_entitlement\">Deny: no Codex here</button>\n\
         </form>",
        escape(action),
        people(seats),
    );
    page(StatusCode::OK, &form)
}

/// The device page: the code, who, yes or no.
pub(super) fn device(seats: &[Seat], user_code: &str) -> Response<Body> {
    let form = format!(
        "<h1>Connect a device</h1>\n<form method=\"post\" action=\"/codex/device\">\n\
         <label>Code <input id=\"user_code\" name=\"user_code\" value=\"{}\"></label>\n{}\n\
         <button id=\"continue\" name=\"standin_answer\" value=\"approve\">Continue</button>\n\
         <button id=\"deny\" name=\"standin_answer\" value=\"deny\">Deny</button>\n</form>",
        escape(user_code),
        people(seats),
    );
    page(StatusCode::OK, &form)
}

/// One sentence.
pub(super) fn said(status: StatusCode, sentence: &str) -> Response<Body> {
    page(
        status,
        &format!("<h1 id=\"said\">{}</h1>", escape(sentence)),
    )
}

/// The 400 of a request that must not be redirected.
pub(super) fn refused(bad: &Bad) -> Response<Body> {
    let text = format!(
        "<h1>This sign-in request is refused</h1>\n<p><code id=\"parameter\">{}</code> <span id=\"why\">{}</span></p>",
        escape(&bad.name),
        escape(&bad.why),
    );
    page(StatusCode::BAD_REQUEST, &text)
}

fn people(seats: &[Seat]) -> String {
    let mut select = String::from("<select id=\"person\" name=\"standin_person\">\n");
    for seat in seats.iter().filter(|it| it.kind == SeatKind::Plan) {
        let value = format!("{}/{}", seat.email, seat.account_id);
        let place = seat.workspace.as_deref().unwrap_or("personal");
        let label = format!("{} ({place}, {})", seat.email, seat.plan);
        // Writing to a String cannot fail.
        let _ = writeln!(
            select,
            "<option value=\"{}\">{}</option>",
            escape(&value),
            escape(&label)
        );
    }
    select.push_str("</select>");
    select
}

fn page(status: StatusCode, content: &str) -> Response<Body> {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Stand-in</title></head>\n\
         <body>\n{content}\n</body></html>\n"
    );
    answer::html(status, html)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}
