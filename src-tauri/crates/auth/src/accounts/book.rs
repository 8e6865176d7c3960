//! Which accounts there are, and which one is in use.

use std::sync::Arc;

use super::Accounts;
use crate::access_token::AccessToken;
use crate::account::{Account, AccountId, Kind, State};
use crate::codex_cli::Found;
use crate::fault::Fault;
use crate::ledger::Book;
use crate::record::Record;
use crate::session::Session;
use crate::tokens::Tokens;

impl Accounts {
    /// Every account, in the order in which they were added. Asks nobody outside this computer.
    ///
    /// # Errors
    /// The vault cannot be read.
    pub async fn list(&self) -> Result<Vec<Account>, Fault> {
        let book = self.0.means.ledger.book().await?;
        let mut accounts = Vec::with_capacity(book.order.len());
        for id in &book.order {
            if let Some(record) = book.record(id) {
                accounts.push(self.describe(id, record, &book).await);
            }
        }
        Ok(accounts)
    }

    /// Sends requests in the name of this account from now on.
    ///
    /// # Errors
    /// There is no such account, or the vault cannot be written.
    pub async fn activate(&self, id: &AccountId) -> Result<(), Fault> {
        let ledger = &self.0.means.ledger;
        if ledger.book().await?.record(id).is_none() {
            return Err(Fault::UnknownAccount(id.clone()));
        }
        Ok(ledger
            .arrange(|index| index.active = Some(id.clone()))
            .await?)
    }

    /// One account as the list shows it.
    pub(super) async fn account(&self, id: &AccountId) -> Result<Account, Fault> {
        let book = self.0.means.ledger.book().await?;
        match book.record(id) {
            Some(record) => Ok(self.describe(id, record, &book).await),
            None => Err(Fault::UnknownAccount(id.clone())),
        }
    }

    /// The session of a ChatGPT sign-in, made when it is first seen.
    pub(super) fn session(
        &self,
        id: &AccountId,
        tokens: &Arc<Tokens>,
        book: &Book,
    ) -> Arc<Session> {
        let mut sessions = self.0.sessions.lock();
        let session = sessions
            .entry(id.clone())
            .or_insert_with(|| Arc::new(Session::new(id.clone(), Arc::clone(tokens), book.moment)));
        Arc::clone(session)
    }

    /// The access token with what is known about it, made anew when the token is another one.
    pub(super) fn access_token(
        &self,
        id: &AccountId,
        token: &base::Secret,
    ) -> Result<Arc<AccessToken>, Fault> {
        let mut known = self.0.access_tokens.lock();
        if let Some(same) = known.get(id).filter(|known| known.token == *token) {
            return Ok(Arc::clone(same));
        }
        let made = Arc::new(AccessToken::new(token.clone())?);
        known.insert(id.clone(), Arc::clone(&made));
        Ok(made)
    }

    async fn describe(&self, id: &AccountId, record: &Record, book: &Book) -> Account {
        let mut account = match record {
            Record::ChatGpt(tokens) => self.describe_session(id, tokens, book),
            Record::AccessToken(token) => match self.access_token(id, token) {
                Ok(token) => described_token(id, Kind::AccessToken, &token),
                Err(fault) => Account {
                    state: State::NeedsSignIn(fault.to_string()),
                    ..bare(id, Kind::AccessToken)
                },
            },
            Record::ApiKey(_) => bare(id, Kind::ApiKey),
            Record::CodexCli => self.describe_codex_cli(id).await,
        };
        account.active = book.active.as_ref() == Some(id);
        self.put_away(&mut account);
        account
    }

    fn describe_session(&self, id: &AccountId, tokens: &Arc<Tokens>, book: &Book) -> Account {
        let session = self.session(id, tokens, book);
        let synced = session.sync(book);
        let current = session.current().tokens;
        let claims = current.claims();
        Account {
            email: claims.email.clone(),
            plan: claims.plan.clone(),
            workspace_id: current.account_id.clone(),
            workspace_name: session.routes.name(),
            state: match synced {
                Ok(()) => session.state(&self.0.means),
                Err(fault) => State::NeedsSignIn(fault.to_string()),
            },
            ..bare(id, Kind::ChatGpt)
        }
    }

    async fn describe_codex_cli(&self, id: &AccountId) -> Account {
        let found = match self.codex_cli() {
            Ok(cli) => cli.look().await,
            Err(fault) => Err(fault),
        };
        match found {
            Ok((Found::Plan(tokens), _)) => Account {
                email: tokens.claims.email.clone(),
                plan: tokens.claims.plan.clone(),
                workspace_id: tokens.account_id.clone(),
                workspace_name: self.0.codex_cli.as_ref().and_then(|cli| cli.routes.name()),
                state: match tokens.is_alive(self.0.means.clock.now()) {
                    true => State::SignedIn,
                    false => State::NeedsSignIn(super::pass::CLI_EXPIRED.into()),
                },
                ..bare(id, Kind::CodexCli)
            },
            Ok((Found::AccessToken(token), _)) => described_token(id, Kind::CodexCli, &token),
            Ok((Found::ApiKey(_), _)) => bare(id, Kind::CodexCli),
            Err(fault) => Account {
                state: State::NeedsSignIn(fault.to_string()),
                ..bare(id, Kind::CodexCli)
            },
        }
    }

    /// An account that the policy forbids says so, whatever else is the matter with it.
    fn put_away(&self, account: &mut Account) {
        let policy = &self.0.means.policy;
        let allowed = match (account.kind, &account.workspace_id) {
            (Kind::ApiKey, _) => policy.admits(Kind::ApiKey, None),
            // Whose it is was not asked yet.
            (Kind::AccessToken | Kind::CodexCli, None) => policy.admits_kind(account.kind),
            (kind, workspace) => policy.admits(kind, workspace.as_deref()),
        };
        if let Err(fault) = allowed {
            account.state = State::NotAllowed(fault.to_string());
        }
    }
}

fn described_token(id: &AccountId, kind: Kind, token: &AccessToken) -> Account {
    let person = token.known();
    let person = person.as_ref();
    Account {
        email: person.and_then(|person| person.email.clone()),
        plan: person.map(|person| person.plan.clone()),
        workspace_id: person.map(|person| person.account_id.clone()),
        workspace_name: token.routes.name(),
        ..bare(id, kind)
    }
}

fn bare(id: &AccountId, kind: Kind) -> Account {
    Account {
        id: id.clone(),
        kind,
        email: None,
        plan: None,
        workspace_id: None,
        workspace_name: None,
        active: false,
        state: State::SignedIn,
    }
}
