//! Signing in.

use control::{AccountView, Complaint, Core, PHISHING_WARNING};

use crate::args::Login;
use crate::{prompt, say};

/// Signs in the way that was asked for and says who is signed in.
pub(crate) async fn login(core: &Core, way: &Login, json: bool) -> Result<(), Complaint> {
    // Nobody should sign in only to hear that it could not be kept.
    if let Some(complaint) = core.vault_problem() {
        return Err(complaint);
    }
    let account = if way.device {
        by_code(core).await?
    } else if way.paste {
        by_pasting(core).await?
    } else if way.access_token.is_some() {
        let token = prompt::secret("Access token: ")?;
        core.sign_in_with_access_token(token).await?
    } else if way.api_key.is_some() {
        core.sign_in_with_api_key(prompt::secret("API key: ")?)
            .await?
    } else if way.codex {
        core.use_codex_cli().await?
    } else {
        by_browser(core).await?
    };
    told(&account, json);
    Ok(())
}

async fn by_browser(core: &Core) -> Result<AccountView, Complaint> {
    let waiting = core.sign_in_by_browser().await?;
    if waiting.open() {
        say::aside("Sign in in the browser that has opened. If none has, open this address:");
    } else {
        say::aside("Open this address in a browser:");
    }
    say::line(waiting.url());
    waiting.finish().await
}

async fn by_code(core: &Core) -> Result<AccountView, Complaint> {
    let waiting = core.sign_in_by_code().await?;
    say::aside("Open this address on any device and enter the code:");
    say::line(waiting.url());
    say::line(waiting.code());
    say::aside(PHISHING_WARNING);
    waiting.finish().await
}

async fn by_pasting(core: &Core) -> Result<AccountView, Complaint> {
    let waiting = core.sign_in_by_pasting().await?;
    say::aside("Open this address in any browser and sign in:");
    say::line(waiting.url());
    say::aside("The browser ends on a page that cannot be shown. Copy that page's address.");
    let pasted = prompt::ask("Paste it here: ")?;
    waiting.finish(&pasted).await
}

fn told(account: &AccountView, json: bool) {
    if json {
        return say::json(account);
    }
    let who = account.email.as_deref().unwrap_or(&account.id);
    match &account.plan {
        Some(plan) => say::line(&format!("Signed in as {who} ({plan}).")),
        None => say::line(&format!("Signed in as {who}.")),
    }
}
