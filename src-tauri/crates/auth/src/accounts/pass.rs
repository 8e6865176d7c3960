//! A pass for the next request, and another one after a refusal.
//!
//! Every pass is checked against the policy and routed before it is handed out.

use std::sync::Arc;

use base::Secret;

use super::Accounts;
use crate::access_token::AccessToken;
use crate::account::{AccountId, Kind};
use crate::codex_cli::{Found, PlanTokens};
use crate::fault::Fault;
use crate::ledger::Book;
use crate::pass::{Pass, PassKind};
use crate::record::Record;
use crate::routing::{NoRoute, Owner, Route};
use crate::session::{Current, Session};

impl Accounts {
    /// A pass of the account in use: fresh, allowed, and routed.
    ///
    /// # Errors
    /// Nobody is signed in, the policy forbids it, it cannot be renewed, or it cannot be routed.
    pub async fn pass(&self) -> Result<Pass, Fault> {
        let book = self.0.means.ledger.book().await?;
        let id = book.active.as_ref().ok_or(Fault::SignedOut)?;
        self.pass_in(&book, id).await
    }

    /// A pass of this account, whichever is in use.
    ///
    /// # Errors
    /// As [`Self::pass`]; also where there is no such account.
    pub async fn pass_of(&self, id: &AccountId) -> Result<Pass, Fault> {
        let book = self.0.means.ledger.book().await?;
        self.pass_in(&book, id).await
    }

    async fn pass_in(&self, book: &Book, id: &AccountId) -> Result<Pass, Fault> {
        let means = &self.0.means;
        let record = book
            .record(id)
            .ok_or_else(|| Fault::UnknownAccount(id.clone()))?;
        match record {
            Record::ChatGpt(tokens) => {
                let session = self.session(id, tokens, book);
                session.sync(book)?;
                // Before anything is asked: a forbidden account causes no request at all.
                self.admit(Kind::ChatGpt, &session)?;
                let current = session.fresh(means).await?;
                self.routed_session(id, &session, current).await
            }
            Record::AccessToken(token) => {
                means.policy.admits_kind(Kind::AccessToken)?;
                let token = self.access_token(id, token)?;
                self.routed_token(id, Kind::AccessToken, &token).await
            }
            Record::ApiKey(key) => {
                means.policy.admits(Kind::ApiKey, None)?;
                Ok(self.platform_pass(id, key, 0))
            }
            Record::CodexCli => {
                let (found, generation) = self.codex_cli()?.look().await?;
                self.cli_pass(id, found, generation).await
            }
        }
    }

    /// A pass after the backend has refused `refused` with 401: that of tokens renewed elsewhere
    /// meanwhile, else of one forced renewal (contract auth 3.5).
    ///
    /// # Errors
    /// [`Fault::NeedsSignIn`] where a renewal cannot help or has just not helped; else as
    /// [`Self::pass`].
    pub async fn recover(&self, refused: &Pass) -> Result<Pass, Fault> {
        let means = &self.0.means;
        let id = &refused.account;
        let book = means.ledger.book().await?;
        match book.record(id).ok_or(Fault::SignedOut)? {
            Record::ChatGpt(tokens) => {
                let session = self.session(id, tokens, &book);
                session.sync(&book)?;
                self.admit(Kind::ChatGpt, &session)?;
                let current = session.recover(means, &refused.bearer).await?;
                self.routed_session(id, &session, current).await
            }
            Record::AccessToken(token) if *token != refused.bearer => self.pass_of(id).await,
            Record::AccessToken(_) => Err(Fault::NeedsSignIn(TOKEN_REFUSED)),
            Record::ApiKey(key) if *key != refused.bearer => self.pass_of(id).await,
            Record::ApiKey(_) => Err(Fault::NeedsSignIn(KEY_REFUSED)),
            Record::CodexCli => {
                let (found, generation) = self.codex_cli()?.reread().await?;
                let pass = self.cli_pass(id, found, generation).await?;
                match pass.bearer == refused.bearer {
                    true => Err(Fault::NeedsSignIn(CLI_REFUSED)),
                    false => Ok(pass),
                }
            }
        }
    }

    async fn routed_session(
        &self,
        id: &AccountId,
        session: &Arc<Session>,
        mut current: Current,
    ) -> Result<Pass, Fault> {
        let means = &self.0.means;
        let mut owner = session_owner(&current);
        let route = match session.routes.find(means, &owner).await {
            Err(NoRoute::Unauthorized) => {
                current = session.recover(means, &current.tokens.access).await?;
                owner = session_owner(&current);
                session.routes.find(means, &owner).await
            }
            found => found,
        };
        Ok(self.plan_pass(id, owner, routed(route)?))
    }

    async fn routed_token(
        &self,
        id: &AccountId,
        kind: Kind,
        token: &Arc<AccessToken>,
    ) -> Result<Pass, Fault> {
        let means = &self.0.means;
        let person = token.person(means).await?;
        means.policy.admits(kind, Some(&person.account_id))?;
        let owner = token.owner(&person);
        let route = token.routes.find(means, &owner).await;
        Ok(self.plan_pass(id, owner, routed(route)?))
    }

    async fn cli_pass(&self, id: &AccountId, found: Found, generation: u64) -> Result<Pass, Fault> {
        let means = &self.0.means;
        match found {
            Found::Plan(tokens) => {
                means
                    .policy
                    .admits(Kind::CodexCli, tokens.account_id.as_deref())?;
                if !tokens.is_alive(means.clock.now()) {
                    return Err(Fault::CodexCli(CLI_EXPIRED.into()));
                }
                let owner = cli_owner(&tokens, generation);
                let route = self.codex_cli()?.routes.find(means, &owner).await;
                Ok(self.plan_pass(id, owner, routed(route)?))
            }
            Found::AccessToken(token) => {
                means.policy.admits_kind(Kind::AccessToken)?;
                self.routed_token(id, Kind::AccessToken, &token).await
            }
            Found::ApiKey(key) => {
                means.policy.admits(Kind::ApiKey, None)?;
                Ok(self.platform_pass(id, &key, generation))
            }
        }
    }

    fn admit(&self, kind: Kind, session: &Session) -> Result<(), Fault> {
        let workspace = session.current().tokens.account_id.clone();
        self.0.means.policy.admits(kind, workspace.as_deref())
    }

    fn plan_pass(&self, id: &AccountId, owner: Owner, route: Route) -> Pass {
        Pass {
            account: id.clone(),
            kind: PassKind::Plan,
            bearer: owner.bearer,
            chatgpt_account_id: owner.account_id,
            fedramp: owner.fedramp,
            base: route.base,
            routing_override: route.routing_override,
            residency: self.residency(),
            generation: owner.generation,
        }
    }

    fn platform_pass(&self, id: &AccountId, key: &Secret, generation: u64) -> Pass {
        Pass {
            account: id.clone(),
            kind: PassKind::Platform,
            bearer: key.clone(),
            chatgpt_account_id: None,
            fedramp: false,
            base: self.0.means.platform.clone(),
            routing_override: None,
            residency: self.residency(),
            generation,
        }
    }

    fn residency(&self) -> Option<String> {
        self.0.means.policy.residency().map(str::to_owned)
    }
}

fn session_owner(current: &Current) -> Owner {
    let tokens = &current.tokens;
    Owner {
        bearer: tokens.access.clone(),
        account_id: tokens.account_id.clone(),
        fedramp: tokens.claims().fedramp,
        plan: tokens.claims().plan.clone(),
        generation: current.generation,
    }
}

fn cli_owner(tokens: &PlanTokens, generation: u64) -> Owner {
    Owner {
        bearer: tokens.access.clone(),
        account_id: tokens.account_id.clone(),
        fedramp: tokens.claims.fedramp,
        plan: tokens.claims.plan.clone(),
        generation,
    }
}

fn routed(route: Result<Route, NoRoute>) -> Result<Route, Fault> {
    route.map_err(|no_route| match no_route {
        NoRoute::Unauthorized => {
            Fault::Workspace("workspace routing discovery unauthorized (401)".into())
        }
        NoRoute::Failed(fault) => fault,
    })
}

/// The Codex CLI renews its own sign-in; Postern must not (contract auth 3.3).
pub(super) const CLI_EXPIRED: &str =
    "the Codex CLI's sign-in has expired; it is renewed when Codex runs next";
const CLI_REFUSED: &str =
    "ChatGPT refuses the Codex CLI's sign-in; run `codex` once so that it renews it";
const TOKEN_REFUSED: &str = "ChatGPT refuses this access token, and one cannot be renewed";
const KEY_REFUSED: &str = "the platform refuses this API key, and one cannot be renewed";
