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
use crate::state::{AppState, Proxy};
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
    tell: Teller,
}

/// How a sign-in ended, and who else wants to know.
struct Ended {
    outcome: Result<auth::Account, Fault>,
    waiting: Option<Teller>,
}

type Teller = oneshot::Sender<Result<AccountView, Complaint>>;

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
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = drive(begun, pasted) => ended,
            };
            engine.signed_in(&stop, ended).await;
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
        let mut signing = self.0.signing.lock();
        if let Some(ongoing) = signing.take() {
            ongoing.stop.cancel();
        }
        drop(signing);
        self.0.board.change(|state| state.signing_in = None);
    }

    /// The page of the sign-in that is under way.
    pub(crate) fn sign_in_page(&self) -> Option<String> {
        let signing = self.0.signing.lock();
        signing.as_ref().map(|ongoing| ongoing.step.url.clone())
    }

    /// An account came: shows it and, where that is the settings' wish, turns the server on.
    pub(crate) async fn welcome(&self, account: AccountView) {
        self.show(&account, |_| {}).await;
        self.greet(account).await;
    }

    /// Shows a new account, and changes `more` at that moment.
    async fn show(&self, account: &AccountView, more: impl FnOnce(&mut AppState)) {
        self.0.refused.lock().remove(&account.id);
        self.refresh_account_and(more).await;
    }

    async fn greet(&self, account: AccountView) {
        self.0.board.call(Call::Note(Note::SignedIn { account }));
        if matches!(self.state().proxy, Proxy::Off) {
            self.begin().await;
        }
    }

    /// The end of a sign-in, unless another one has taken its place. Its end and its account are
    /// shown at once, so that nobody sees a moment without either.
    async fn signed_in(&self, stop: &CancellationToken, ended: Ended) {
        if !self.lay_down(stop) {
            return;
        }
        let is_over = |state: &mut AppState| {
            if self.0.signing.lock().is_none() {
                state.signing_in = None;
            }
        };
        match ended.outcome {
            Ok(account) => {
                let account = AccountView::from(account);
                self.show(&account, is_over).await;
                tell(ended.waiting, Ok(account.clone()));
                self.greet(account).await;
            }
            Err(fault) => {
                self.0.board.change(is_over);
                tell(ended.waiting, Err(fault.clone().into()));
                if matches!(fault, Fault::Cancelled(auth::By::Person)) {
                    return;
                }
                let complaint = Complaint::from(fault).for_page();
                let note = Note::SignInFailed { complaint };
                self.0.board.call(Call::Note(note));
            }
        }
    }

    /// Forgets the sign-in of `stop`; false where that has happened.
    fn lay_down(&self, stop: &CancellationToken) -> bool {
        // Tokens are cancelled under this lock.
        let mut signing = self.0.signing.lock();
        let is_there = !stop.is_cancelled();
        if is_there {
            *signing = None;
        }
        is_there
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
async fn drive(begun: Begun, pastes: mpsc::Receiver<Paste>) -> Ended {
    match begun {
        Begun::Device(device) => Ended {
            outcome: device.finish().await,
            waiting: None,
        },
        Begun::Browser(browser) => drive_browser(&browser, pastes).await,
        Begun::Pasted(pasted) => drive_pasted(&pasted, pastes).await,
    }
}

async fn drive_browser(browser: &auth::BrowserSignIn, mut pastes: mpsc::Receiver<Paste>) -> Ended {
    let mut waiting = None;
    loop {
        tokio::select! {
            outcome = browser.ended() => return Ended { outcome, waiting },
            Some(paste) = pastes.recv() => match browser.paste(paste.text.reveal()) {
                Ok(()) => waiting = Some(paste.tell),
                Err(fault) => {
                    let _ = paste.tell.send(Err(fault.into()));
                }
            },
        }
    }
}

async fn drive_pasted(pasted: &auth::PastedSignIn, mut pastes: mpsc::Receiver<Paste>) -> Ended {
    while let Some(Paste { text, tell }) = pastes.recv().await {
        match pasted.finish(text.reveal()).await {
            // The next address may be the right one.
            Err(fault @ (Fault::Pasted(_) | Fault::MissingCode)) => {
                let _ = tell.send(Err(fault.into()));
            }
            outcome => {
                let waiting = Some(tell);
                return Ended { outcome, waiting };
            }
        }
    }
    Ended {
        outcome: Err(Fault::Stopping),
        waiting: None,
    }
}

fn tell(waiting: Option<Teller>, told: Result<AccountView, Complaint>) {
    if let Some(waiting) = waiting {
        // Whoever asked may have left.
        let _ = waiting.send(told);
    }
}
