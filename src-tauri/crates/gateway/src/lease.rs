//! The account that one request is served from, and the one renewal its credential may need.

use std::sync::Arc;

use auth::{Accounts, Pass};
use upstream::{Ask, Client, Credential, Opened};
use wire::Fault;

use crate::cooldown::Brake;
use crate::credential;
use crate::exchange::Exchange;

/// A pass in use. What is refused with it is renewed, once, however many ask at that moment.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    accounts: Accounts,
    pass: Pass,
    renewed: bool,
}

impl Lease {
    pub(crate) fn of(accounts: &Accounts, pass: Pass) -> Self {
        Self {
            accounts: accounts.clone(),
            pass,
            renewed: false,
        }
    }

    /// The active account, noted in the request's line, unless its limit is reached.
    pub(crate) async fn take(exchange: &mut Exchange) -> Result<(Self, Brake), Fault> {
        let house = Arc::clone(&exchange.house);
        let pass = credential::pass(&house.parts.accounts).await?;
        let account = pass.account.as_str().to_owned();
        let (cooldowns, clock) = (house.parts.cooldowns.clone(), house.parts.clock.clone());
        let brake = Brake::new(cooldowns, clock, &account);
        exchange.held.note(|line| line.account = Some(account));
        brake.check()?;
        Ok((Self::of(&house.parts.accounts, pass), brake))
    }

    /// What requests go out with.
    pub(crate) fn credential(&self) -> Credential {
        credential::credential(&self.pass)
    }

    pub(crate) fn pass(&self) -> &Pass {
        &self.pass
    }

    /// The first good event of an answer, or why there is none. `attempts` counts as in
    /// [`Client::open_counting`].
    ///
    /// # Errors
    /// Whatever the last attempt failed with, or why nothing could be renewed.
    pub(crate) async fn open(
        &mut self,
        client: &Client,
        ask: &Ask,
        attempts: &mut u32,
    ) -> Result<Opened, Fault> {
        loop {
            let credential = self.credential();
            match client.open_counting(ask, &credential, attempts).await {
                Ok(opened) => return Ok(opened),
                Err(fault) => self.renew(fault).await?,
            }
        }
    }

    /// Ok where the same may be asked again, with a renewed credential.
    ///
    /// # Errors
    /// The fault itself, or why nothing could be renewed.
    pub(crate) async fn renew(&mut self, fault: Fault) -> Result<(), Fault> {
        match fault {
            Fault::Unauthorized(_) if !self.renewed => {
                self.renewed = true;
                self.pass = credential::recover(&self.accounts, &self.pass).await?;
                Ok(())
            }
            fault => Err(fault),
        }
    }
}
