//! The answers: what is asked, done by whoever can.

mod log;
mod report;

use auth::Fault;
use serde_json::Value;
use store::VaultChoice;

use crate::ask::{
    Answers, Ask, Autostart, Change, CredentialKind, Hidden, KeyChoice, Leaving, NewKey, NewToken,
    Place, Prompt, Quit, RequestsAsked, RequestsPage, SettingsView, SignedOutReply, UsageDay,
    VaultAsked, VaultWord, Version, Way,
};
use crate::complaint::names_a_command;
use crate::connect::{self, Card, Setup};
use crate::engine::Engine;
use crate::host::Shell;
use crate::sign_in::SignInStep;
use crate::state::{AppState, Limit, Proxy, Tray};
use crate::view::{KeyRow, ModelRow};
use crate::{AccountView, Check, Code, Complaint, Outcome};

/// Answers an ask that came as text from a page in `shell`.
pub(crate) async fn answer(engine: &Engine, shell: Shell, text: &[u8]) -> Result<Value, Complaint> {
    let ask = Ask::parse(text)?;
    let desk = Desk { engine, shell };
    ask.answered_by(&desk).await.map_err(Complaint::for_page)
}

/// Where a page's asks are answered.
struct Desk<'a> {
    engine: &'a Engine,
    shell: Shell,
}

impl Desk<'_> {
    fn told(&self) -> AppState {
        AppState::clone(&self.engine.state())
    }

    fn core(&self) -> &crate::Core {
        self.engine.core()
    }
}

impl Answers for Desk<'_> {
    async fn state(&self, (): ()) -> Result<AppState, Complaint> {
        // A page shows it from here on, for as long as this program runs.
        self.engine.core().damage_was_told();
        Ok(self.told())
    }

    async fn set_proxy(&self, on: bool) -> Result<AppState, Complaint> {
        self.engine.set_proxy(on).await;
        Ok(self.told())
    }

    async fn use_port(&self, port: u16) -> Result<AppState, Complaint> {
        self.engine.use_port(port).await?;
        Ok(self.told())
    }

    async fn sign_in(&self, way: Way) -> Result<SignInStep, Complaint> {
        self.engine.sign_in(way).await
    }

    async fn finish_paste(&self, text: Hidden) -> Result<AccountView, Complaint> {
        self.engine.finish_paste(text.0).await
    }

    async fn sign_in_with_token(&self, token: NewToken) -> Result<AccountView, Complaint> {
        let account = match token.kind {
            CredentialKind::AccessToken => {
                self.core().sign_in_with_access_token(token.text.0).await?
            }
            CredentialKind::ApiKey => self.core().sign_in_with_api_key(token.text.0).await?,
        };
        self.engine.welcome(account.clone()).await;
        Ok(account)
    }

    async fn cancel_sign_in(&self, (): ()) -> Result<(), Complaint> {
        self.engine.cancel_sign_in();
        Ok(())
    }

    async fn use_codex_cli(&self, (): ()) -> Result<AccountView, Complaint> {
        let account = self.core().use_codex_cli().await?;
        self.engine.welcome(account.clone()).await;
        Ok(account)
    }

    async fn accounts(&self, (): ()) -> Result<Vec<AccountView>, Complaint> {
        self.core().list_accounts().await
    }

    async fn activate_account(&self, id: String) -> Result<AccountView, Complaint> {
        let account = self.core().use_account(&id).await?;
        self.engine.refresh_account().await;
        Ok(account)
    }

    async fn sign_out(&self, id: Option<String>) -> Result<SignedOutReply, Complaint> {
        let signed_out = self.core().sign_out(id.as_deref()).await?;
        self.engine.refresh_account().await;
        Ok(SignedOutReply {
            account: signed_out.account,
            revoked: signed_out.revoked,
        })
    }

    async fn read_limits(&self, (): ()) -> Result<Vec<Limit>, Complaint> {
        self.engine.read_limits().await
    }

    async fn try_now(&self, (): ()) -> Result<AppState, Complaint> {
        self.core().try_now().await?;
        self.engine.look_around().await;
        Ok(self.told())
    }

    async fn keys(&self, (): ()) -> Result<Vec<KeyRow>, Complaint> {
        Ok(self.engine.app_keys())
    }

    async fn add_key(&self, name: String) -> Result<NewKey, Complaint> {
        let secret = self.core().add_key(&name).await?;
        self.engine.refresh_clients();
        Ok(key(name, &secret))
    }

    async fn reveal_key(&self, name: String) -> Result<NewKey, Complaint> {
        let secret = self.core().show_key(&name).await?;
        Ok(key(name, &secret))
    }

    async fn revoke_key(&self, name: String) -> Result<(), Complaint> {
        self.core().revoke_key(&name).await?;
        self.engine.refresh_clients();
        Ok(())
    }

    async fn requests(&self, asked: RequestsAsked) -> Result<RequestsPage, Complaint> {
        Ok(self.engine.requests(asked))
    }

    async fn request_report(&self, id: String) -> Result<String, Complaint> {
        self.engine.request_report(&id)
    }

    async fn allow_origin(&self, origin: String) -> Result<(), Complaint> {
        self.engine.allow_origin(origin).await
    }

    async fn models(&self, (): ()) -> Result<Vec<ModelRow>, Complaint> {
        self.engine.models().await
    }

    async fn settings(&self, (): ()) -> Result<SettingsView, Complaint> {
        Ok(self.engine.settings_view())
    }

    async fn change_setting(&self, change: Change) -> Result<SettingsView, Complaint> {
        self.engine.change_setting(change).await
    }

    async fn doctor(&self, (): ()) -> Result<Vec<Check>, Complaint> {
        let mut checks = self.core().examine().await;
        if let Some(last) = checks.last_mut() {
            *last = tray_check(&self.engine.state().tray);
        }
        for check in &mut checks {
            if names_a_command(&check.advice) {
                check.advice.clear();
            }
        }
        Ok(checks)
    }

    async fn vault_retry(&self, (): ()) -> Result<AppState, Complaint> {
        self.core().vault.retry().await;
        self.engine.refresh().await;
        Ok(self.told())
    }

    async fn vault_choose(&self, asked: VaultAsked) -> Result<AppState, Complaint> {
        let choice = match (asked.kind, asked.passphrase) {
            (VaultWord::Passphrase, Some(passphrase)) => VaultChoice::Passphrase(passphrase.0),
            (VaultWord::Passphrase, None) => return Err(store::VaultFault::PassphraseNeeded.into()),
            (VaultWord::Keyring, _) => VaultChoice::Keyring,
            (VaultWord::Plain, _) => VaultChoice::Plain,
            (VaultWord::Session, _) => VaultChoice::Session,
        };
        self.core().vault.choose(choice).await?;
        self.engine.refresh().await;
        Ok(self.told())
    }

    async fn vault_start_over(&self, (): ()) -> Result<AppState, Complaint> {
        self.core().vault.start_over().await?;
        self.engine.refresh().await;
        Ok(self.told())
    }

    async fn usage_by_day(&self, days: u32) -> Result<Vec<UsageDay>, Complaint> {
        Ok(self.engine.usage_by_day(days))
    }

    async fn connect_cards(&self, (): ()) -> Result<Vec<Card>, Complaint> {
        Ok(self.engine.connect_cards().await)
    }

    async fn import_into(&self, card: String) -> Result<(), Complaint> {
        self.engine.import_into(&card).await
    }

    async fn try_it(&self, prompt: Prompt) -> Result<(), Complaint> {
        self.engine.try_it(prompt).await
    }

    async fn stop_try_it(&self, (): ()) -> Result<(), Complaint> {
        self.engine.stop_trying();
        Ok(())
    }

    async fn open_url(&self, place: Place) -> Result<bool, Complaint> {
        let address = self.engine.address_of(place)?;
        Ok(self.engine.0.host.open(&address))
    }

    async fn version(&self, (): ()) -> Result<Version, Complaint> {
        Ok(Version {
            version: env!("CARGO_PKG_VERSION"),
            shell: self.shell,
            system: std::env::consts::OS,
        })
    }

    async fn quit(&self, quit: Quit) -> Result<Leaving, Complaint> {
        match self.engine.state().in_flight {
            0 => {}
            _ if quit.force => {}
            in_flight => return Ok(Leaving::Busy { in_flight }),
        }
        self.engine.0.host.quit();
        Ok(Leaving::Now)
    }

    async fn autostart(&self, (): ()) -> Result<Autostart, Complaint> {
        Ok(self.engine.0.host.autostart())
    }

    async fn set_autostart(&self, on: bool) -> Result<Autostart, Complaint> {
        self.engine.0.host.set_autostart(on)
    }

    async fn finish_first_run(&self, (): ()) -> Result<AppState, Complaint> {
        self.engine.finish_first_run();
        Ok(self.told())
    }

    async fn prefer_key(&self, choice: KeyChoice) -> Result<(), Complaint> {
        self.core().prefer_key(&choice.name, choice.chosen).await
    }
}

impl Engine {
    /// The models that the active account may use.
    pub(crate) async fn models(&self) -> Result<Vec<ModelRow>, Complaint> {
        let core = self.core();
        let credential = core.credential().await?;
        let catalogue = core.upstream.catalogue(&credential).await?;
        let listed = catalogue.models.iter().filter(|model| model.listed);
        Ok(listed.map(ModelRow::from).collect())
    }

    async fn connect_cards(&self) -> Vec<Card> {
        // Without models a card says where one goes.
        let models = self.models().await.unwrap_or_default();
        connect::cards(&Setup {
            base_url: &self.base_url(),
            models: &models,
        })
    }

    /// What apps are given, also while the server is off.
    fn base_url(&self) -> String {
        match &self.state().proxy {
            Proxy::On { base_url, .. } => base_url.clone(),
            Proxy::Off | Proxy::Starting | Proxy::Blocked { .. } => {
                let settings = self.core().settings.current();
                let at = std::net::SocketAddr::new(settings.listen, settings.port);
                format!("http://{at}/v1")
            }
        }
    }

    /// Hands address and key to an app by its own link. The link holds the app's own key, so it
    /// goes to the system and never to a page.
    async fn import_into(&self, card: &str) -> Result<(), Complaint> {
        let models = self.models().await.unwrap_or_default();
        let setup = Setup {
            base_url: &self.base_url(),
            models: &models,
        };
        let known = connect::cards(&setup)
            .into_iter()
            .find(|known| known.id == card);
        let known = known.ok_or_else(|| Complaint::not_found("this app's card"))?;
        let secret = match self.core().keys.reveal(known.name).await? {
            Some(secret) => secret,
            None => self.core().add_key(known.name).await?,
        };
        self.refresh_clients();
        let link = connect::link(card, &setup, &secret);
        let link = link.ok_or_else(|| {
            let why = format!("{} takes no links", known.name);
            Complaint::new(Code::Unavailable, why)
        })?;
        match self.0.host.open(link.reveal()) {
            true => Ok(()),
            false => {
                let why = format!("{} did not open; is it installed?", known.name);
                Err(Complaint::new(Code::Unavailable, why))
            }
        }
    }

    fn address_of(&self, place: Place) -> Result<String, Complaint> {
        let folder = |path: &std::path::Path| path.display().to_string();
        let paths = &self.core().paths;
        Ok(match place {
            Place::SignIn => self
                .sign_in_page()
                .ok_or_else(|| Complaint::from(Fault::Cancelled(auth::By::Person)))?,
            Place::SecuritySettings => "https://chatgpt.com/#settings/Security".to_owned(),
            Place::Usage => "https://chatgpt.com/codex/settings/usage".to_owned(),
            Place::SettingsFolder => folder(&paths.config),
            Place::LogsFolder => folder(&paths.logs),
        })
    }
}

fn key(name: String, secret: &base::Secret) -> NewKey {
    NewKey {
        name,
        secret: secret.reveal().to_owned(),
    }
}

fn tray_check(tray: &Tray) -> Check {
    let (outcome, found) = match tray {
        Tray::Present => (Outcome::Pass, "this desktop shows the icon".to_owned()),
        Tray::Absent { why } => (Outcome::Fail, why.clone()),
        Tray::Unknown => (
            Outcome::Skipped,
            "nobody can tell whether this desktop shows icons".to_owned(),
        ),
    };
    Check {
        name: "tray host",
        outcome,
        found,
        advice: String::new(),
    }
}
