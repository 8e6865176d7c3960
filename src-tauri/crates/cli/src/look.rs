//! Showing what is: status, accounts, models, keys, checks, requests.

use std::io;

use control::{
    AccountView, Check, Complaint, Core, Instance, KeyView, LimitView, Outcome, ReasoningWord,
    RequestView, StatusView,
};

use crate::say::{self, or_dash};
use crate::when;

/// Everything at a glance.
pub(crate) async fn status(core: &Core, json: bool) {
    let status = core.status().await;
    if json {
        return say::json(&status);
    }
    let server = status.base_url.as_deref().unwrap_or("not running");
    say::line(&format!("Server   {server}"));
    if let Some(server) = &status.server
        && !server.address.ip().is_loopback()
    {
        say::aside(say::WIDE);
    }
    if let Some(ollama) = status.server.as_ref().and_then(ollama) {
        say::line(&format!("Ollama   {ollama}"));
    }
    let account = match hides_accounts(&status) {
        true => "unknown: the saved secrets cannot be opened".to_owned(),
        false => told(status.account.as_ref()),
    };
    say::line(&format!("Account  {account}"));
    for limit in &status.limits {
        say::line(&format!("Limit    {}", left(limit)));
    }
    if status.limits.is_empty() {
        say::line("Limit    —");
    }
    if let Some(read) = status.limits_read_at_ms {
        say::line(&format!("         read at {}", when::millis(read)));
    }
    if let Some(until) = status.stopped_until_ms {
        say::line(&format!(
            "Stopped  until {}: the limit is reached",
            when::millis(until)
        ));
    }
    say::line(&format!("Keys     {}", status.keys));
    say::line(&format!("Secrets  {}", status.vault));
    elsewhere(&status);
    problems(&status);
    core.damage_was_told();
}

/// Whoever had a person paste the address would rather have it unseen.
pub(crate) fn elsewhere(status: &StatusView) {
    for address in &status.elsewhere {
        say::aside(&format!(
            "warning: the settings name {address} in place of ChatGPT's own; whoever runs it gets what is sent there, with the token that goes along"
        ));
    }
}

/// Where apps that speak Ollama's API find the server, or why they do not; `None` where nobody
/// wants them to.
pub(crate) fn ollama(server: &Instance) -> Option<String> {
    match (server.ollama, &server.ollama_problem) {
        (Some(at), _) => Some(format!("http://{at}")),
        (None, Some(problem)) => Some(format!("not listening: {problem}")),
        (None, None) => None,
    }
}

/// True where there may be accounts that cannot be seen.
pub(crate) fn hides_accounts(status: &StatusView) -> bool {
    matches!(status.vault, "locked" | "denied" | "key_gone" | "damaged")
}

fn problems(status: &StatusView) {
    for problem in &status.settings_problems {
        say::aside(&format!("warning: the settings are wrong: {problem}"));
    }
    if let Some(moved) = &status.damaged_database {
        say::aside(&damaged(moved));
    }
}

/// What became of a damaged database.
pub(crate) fn damaged(moved: &str) -> String {
    format!(
        "warning: the database was damaged; it was moved to `{moved}`, and a new one was begun with \
         the keys that could still be read; the log of requests begins anew"
    )
}

/// Every account.
pub(crate) async fn accounts(core: &Core, json: bool) -> Result<(), Complaint> {
    let accounts = core.list_accounts().await?;
    if json {
        say::json(&accounts);
    } else if accounts.is_empty() {
        say::aside("Nobody is signed in. Run `postern login`.");
    } else {
        let rows: Vec<Vec<String>> = accounts.iter().map(account_row).collect();
        say::table(
            &["", "ID", "WHO", "PLAN", "WORKSPACE", "KIND", "PROBLEM"],
            &rows,
        );
    }
    Ok(())
}

/// The models of the active account.
pub(crate) async fn models(core: &Core, json: bool) -> Result<(), Complaint> {
    let models = core.models().await?;
    if json {
        say::json(&models);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = models
        .iter()
        .map(|model| {
            vec![
                model.id.clone(),
                or_dash(model.context_window),
                model.efforts.join(" "),
                model.service_tiers.join(" "),
            ]
        })
        .collect();
    say::table(&["MODEL", "CONTEXT", "EFFORTS", "TIERS"], &rows);
    Ok(())
}

/// Every local key, without its text.
pub(crate) fn keys(core: &Core, json: bool) {
    let keys = core.list_keys();
    if json {
        return say::json(&keys);
    }
    if keys.is_empty() {
        return say::aside("There is no key yet. Make one with `postern keys add NAME`.");
    }
    let row = |key: &KeyView| {
        let used = key.last_used_at_ms.map(when::millis);
        vec![
            key.name.clone(),
            when::millis(key.created_at_ms),
            or_dash(used),
            or_dash(key.chosen.model.as_ref()),
            or_dash(key.chosen.reasoning.map(ReasoningWord::as_str)),
        ]
    };
    let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
    say::table(&["NAME", "MADE", "LAST USED", "MODEL", "REASONING"], &rows);
}

/// Six checks. `false` where one failed.
pub(crate) async fn doctor(core: &Core, json: bool) -> bool {
    let checks = core.examine().await;
    let sound = checks.iter().all(|check| check.outcome != Outcome::Fail);
    if json {
        say::json(&checks);
    } else {
        checks.iter().for_each(checked);
    }
    sound
}

fn checked(check: &Check) {
    let word = match check.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "FAIL",
        Outcome::Skipped => "skip",
    };
    say::line(&format!("{word}  {:15}  {}", check.name, check.found));
    if !check.advice.is_empty() {
        say::line(&format!("      {:15}  {}", "", check.advice));
    }
}

/// The last requests, and those that follow until nobody reads any more.
pub(crate) async fn logs(core: &Core, last: usize, follow: bool, json: bool) {
    let mut coming = core.follow_requests();
    let mut requests = core.last_requests(last);
    loop {
        for request in requests {
            if requested(&request, json).is_err() {
                return;
            }
        }
        if !follow {
            return;
        }
        requests = coming.next().await;
    }
}

fn requested(request: &RequestView, json: bool) -> io::Result<()> {
    if json {
        return say::told_json(request);
    }
    let tokens = format!(
        "{} in ({} cached), {} out",
        or_dash(request.input_tokens),
        or_dash(request.cached_tokens),
        or_dash(request.output_tokens),
    );
    say::told(&format!(
        "{}  {:3}  {:15}  {:12}  {:22}  {:>6} ms  {tokens}{}",
        when::millis(request.at_ms),
        request.status,
        request.ended,
        or_dash(request.app.as_ref()),
        request.model.as_ref().unwrap_or(&request.path),
        request.total_ms,
        notes(request),
    ))
}

fn notes(request: &RequestView) -> String {
    let mut notes = String::new();
    if let Some(fault) = &request.fault {
        notes.push_str("  ");
        notes.push_str(fault);
    }
    if !request.ignored.is_empty() {
        notes.push_str("  ignored: ");
        notes.push_str(&request.ignored.join(", "));
    }
    notes
}

fn told(account: Option<&AccountView>) -> String {
    let Some(account) = account else {
        return "nobody is signed in".to_owned();
    };
    let who = account.email.as_deref().unwrap_or(&account.id);
    let plan = account.plan.as_deref().unwrap_or(account.kind);
    match &account.problem {
        Some(problem) => format!("{who} ({plan}): {problem}"),
        None => format!("{who} ({plan})"),
    }
}

fn left(limit: &LimitView) -> String {
    let feature = limit.feature.as_deref().map(|name| format!("{name} "));
    let resets = limit
        .resets_at
        .map(|at| format!(", resets {}", when::seconds(at)));
    format!(
        "{}{} {:.0} % left{}",
        feature.unwrap_or_default(),
        limit.name,
        limit.left_percent,
        resets.unwrap_or_default(),
    )
}

fn account_row(account: &AccountView) -> Vec<String> {
    vec![
        if account.active { "*" } else { "" }.to_owned(),
        account.id.clone(),
        or_dash(account.email.as_ref()),
        or_dash(account.plan.as_ref()),
        or_dash(account.workspace.as_ref()),
        account.kind.to_owned(),
        account.problem.clone().unwrap_or_default(),
    ]
}
