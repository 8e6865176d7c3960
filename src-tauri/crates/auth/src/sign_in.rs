//! From a grant to a kept account.
//!
//! Guarantees: nothing of a sign-in is kept before all of it has worked; what it replaces is revoked
//! afterwards; a grant that is not kept is revoked.

pub(crate) mod attempt;
pub(crate) mod browser;
pub(crate) mod device;
pub(crate) mod paste;

use std::sync::Arc;

use base::Secret;

use crate::account::{Account, AccountId, Kind, State};
use crate::fault::Fault;
use crate::issuer::Grant;
use crate::means::Means;
use crate::record::Record;
use crate::tokens::Tokens;

/// Keeps what a sign-in brought, if this machine allows its workspace, and makes it the account in use.
pub(crate) async fn settle(means: &Arc<Means>, grant: Grant) -> Result<Account, Fault> {
    let refresh = grant.refresh_token.clone();
    let kept = keep_grant(means, grant).await;
    if kept.is_err() {
        revoke_later(means, refresh);
    }
    kept
}

/// Ends a grant that nobody will use, without anyone waiting for it.
pub(crate) fn revoke_later(means: &Arc<Means>, refresh: Secret) {
    let parts = Arc::clone(means);
    means.tasks.spawn("revoke", move |_| async move {
        if let Err(why) = parts.issuer.revoke(&refresh).await {
            tracing::warn!(name: "grant.unrevoked", why, "an old sign-in could not be revoked");
        }
    });
}

/// Keeps a record and makes its account the one in use; yields what was there before.
pub(crate) async fn keep(
    means: &Means,
    id: &AccountId,
    record: &Record,
) -> Result<Option<Record>, Fault> {
    // A renewal of the same account must not write over this; but one that hangs must not keep a
    // person from signing in, and it looks again before it writes.
    let turn = means.turn(TURN_PATIENCE).await;
    let before = means.ledger.reread().await.map_err(Fault::NotSaved)?;
    means
        .ledger
        .write(id, record)
        .await
        .map_err(Fault::NotSaved)?;
    drop(turn);
    let arranged = means.ledger.arrange(|index| {
        if !index.order.contains(id) {
            index.order.push(id.clone());
        }
        index.active = Some(id.clone());
    });
    // The account is kept; only its place is not. That is no reason to revoke it.
    if let Err(fault) = arranged.await {
        tracing::warn!(name: "account.unplaced", account = %id, %fault, "the order of accounts could not be saved");
    }
    Ok(before.record(id).cloned())
}

async fn keep_grant(means: &Arc<Means>, grant: Grant) -> Result<Account, Fault> {
    let tokens = Tokens::granted(grant, means.issuer.name(), means.clock.now())
        .map_err(|_| Fault::Exchange("Token exchange failed: the id token is not a JWT".into()))?;
    let claims = tokens.claims().clone();
    // The policy looks at the claim here, and at what was kept later (contract auth 1.4, 4).
    means.policy.accepts(claims.account_id.as_deref())?;
    let workspace = tokens.account_id.clone();
    let id = AccountId::of(
        Kind::ChatGpt,
        claims.person(),
        workspace.as_deref().unwrap_or_default(),
    );
    let refresh = tokens.refresh.clone();
    match keep(means, &id, &Record::ChatGpt(Arc::new(tokens))).await? {
        Some(Record::ChatGpt(old)) if old.refresh != refresh && means.issuer.gave(&old) => {
            revoke_later(means, old.refresh.clone());
        }
        Some(
            Record::ChatGpt(_) | Record::AccessToken(_) | Record::ApiKey(_) | Record::CodexCli,
        )
        | None => {}
    }
    tracing::info!(name: "account.signed_in", account = %id, "signed in");
    Ok(Account {
        id,
        kind: Kind::ChatGpt,
        email: claims.email,
        plan: claims.plan,
        workspace_id: workspace,
        workspace_name: None,
        active: true,
        state: State::SignedIn,
    })
}

/// How long a sign-in waits for a renewal under way.
const TURN_PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);
