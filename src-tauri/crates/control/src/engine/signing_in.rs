//! One sign-in at a time, from its first step to its end.
//!
//! It runs in a task of its own, so that a page that is closed or loaded again loses nothing.

use auth::Fault;
use base::Secret;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Call, Engine};
use crate::ask::Way;
use crate::news::Note;
use crate::sign_in::SignInStep;
use crate::state::Proxy;
use crate::{AccountView, Code, Complaint};

/// A sign-in under way.
#[derive(Debug)]
pub(crate) struct Ongoing {
    step: SignInStep,
    stop: CancellationToken,
    pastes: mpsc::Sender<Paste>,
}

/// An address that a person pasted, and who wants to know what became of it.
#[derive(Debug)]
struct Paste {
    text: Secret,
    tell: oneshot::Sender<Result<AccountView, Complaint>>,
}

enum Begun {
    Browser(auth::BrowserSignIn),
    Device(auth::DeviceSignIn),
    Pasted(auth::PastedSignIn),
}

impl Engine {
    /// Begins a sign-in; one that is under way is given up.
    pub(crate) async fn sign_in(&self, way: Way) -> Result<SignInStep, Complaint> {
        self.cancel_sign_in();
        let core = &self.0.core;
        let begun = match way {
            Way::Browser => {
                let ports = core.sign_in_ports;
                Begun::Browser(core.accounts.begin_browser_on(ports).await?)
            }
            Way::Device => Begun::Device(core.accounts.begin_device().await?),
            Way::Paste => Begun::Pasted(core.accounts.begin_paste().await?),
        };
        let step = self.first_step(way, &begun);
        let (pastes, pasted) = mpsc::channel(1);
        let stop = CancellationToken::new();
        *self.0.signing.lock() = Some(Ongoing {
            step: step.clone(),
            stop: stop.clone(),
            pastes,
        });
        let shown = Some(step.clone());
        self.0.board.change(|state| state.signing_in = shown);
        let engine = self.clone();
        self.spawn("sign-in", async move {
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                outcome = drive(begun, pasted) => outcome,
            };
            engine.signed_in(&stop, outcome).await;
        });
        Ok(step)
    }

    /// Hands the address that the browser ended on to the sign-in, and waits for its end.
    pub(crate) async fn finish_paste(&self, text: Secret) -> Result<AccountView, Complaint> {
        let pastes = self.0.signing.lock().as_ref().map(|on| on.pastes.clone());
        let (tell, told) = oneshot::channel();
        let over = || Complaint::new(Code::Cancelled, "this sign-in is over");
        let pastes = pastes.ok_or_else(over)?;
        pastes
            .send(Paste { text, tell })
            .await
            .map_err(|_| over())?;
        told.await.unwrap_or_else(|_| Err(over()))
    }

    /// Gives the sign-in up; fine where there is none.
    pub(crate) fn cancel_sign_in(&self) {
        if let Some(ongoing) = self.0.signing.lock().take() {
            ongoing.stop.cancel();
        }
        self.0.board.change(|state| state.signing_in = None);
    }

    /// The page of the sign-in that is under way.
    pub(crate) fn sign_in_page(&self) -> Option<String> {
        let signing = self.0.signing.lock();
        signing.as_ref().map(|ongoing| ongoing.step.url.clone())
    }

    /// An account came: shows it and, where that is the settings' wish, turns the server on.
    pub(crate) async fn welcome(&self, account: AccountView) {
        self.0.refused.lock().remove(&account.id);
        self.refresh_account().await;
        self.0.board.call(Call::Note(Note::SignedIn { account }));
        if matches!(self.state().proxy, Proxy::Off) {
            self.begin().await;
        }
    }

    /// The end of a sign-in, unless another one has taken its place.
    async fn signed_in(&self, stop: &CancellationToken, outcome: Result<auth::Account, Fault>) {
        if stop.is_cancelled() {
            return;
        }
        self.cancel_sign_in();
        match outcome {
            Ok(account) => self.welcome(account.into()).await,
            Err(Fault::Cancelled(auth::By::Person)) => {}
            Err(fault) => {
                let complaint = Complaint::from(fault).for_page();
                let note = Note::SignInFailed { complaint };
                self.0.board.call(Call::Note(note));
            }
        }
    }

    fn first_step(&self, way: Way, begun: &Begun) -> SignInStep {
        let (url, code, expires_at_ms) = match begun {
            Begun::Browser(browser) => (&browser.url, None, None),
            Begun::Device(device) => {
                let expires = device.expires_at.millis();
                (&device.url, Some(device.code.clone()), Some(expires))
            }
            Begun::Pasted(pasted) => (&pasted.url, None, None),
        };
        let url = url.to_string();
        SignInStep {
            way,
            code,
            expires_at_ms,
            since_ms: self.0.core.clock.now().millis(),
            opened: match way {
                Way::Browser => self.0.host.open(&url),
                // Code and instructions come first; the person opens the page then.
                Way::Device | Way::Paste => false,
            },
            url,
        }
    }
}

/// Waits for the end, and takes what is pasted meanwhile.
async fn drive(begun: Begun, pastes: mpsc::Receiver<Paste>) -> Result<auth::Account, Fault> {
    match begun {
        Begun::Device(device) => device.finish().await,
        Begun::Browser(browser) => drive_browser(&browser, pastes).await,
        Begun::Pasted(pasted) => drive_pasted(&pasted, pastes).await,
    }
}

async fn drive_browser(
    browser: &auth::BrowserSignIn,
    mut pastes: mpsc::Receiver<Paste>,
) -> Result<auth::Account, Fault> {
    let mut waiting = None;
    loop {
        tokio::select! {
            ended = browser.ended() => {
                tell(waiting.take(), &ended);
                return ended;
            }
            Some(paste) = pastes.recv() => match browser.paste(paste.text.reveal()) {
                Ok(()) => waiting = Some(paste.tell),
                Err(fault) => {
                    let _ = paste.tell.send(Err(fault.into()));
                }
            },
        }
    }
}

async fn drive_pasted(
    pasted: &auth::PastedSignIn,
    mut pastes: mpsc::Receiver<Paste>,
) -> Result<auth::Account, Fault> {
    while let Some(paste) = pastes.recv().await {
        let ended = pasted.finish(paste.text.reveal()).await;
        let may_go_on = matches!(ended, Err(Fault::Pasted(_) | Fault::MissingCode));
        tell(Some(paste.tell), &ended);
        if !may_go_on {
            return ended;
        }
    }
    Err(Fault::Stopping)
}

fn tell(
    waiting: Option<oneshot::Sender<Result<AccountView, Complaint>>>,
    ended: &Result<auth::Account, Fault>,
) {
    if let Some(waiting) = waiting {
        let told = ended
            .clone()
            .map(AccountView::from)
            .map_err(Complaint::from);
        let _ = waiting.send(told);
    }
}
