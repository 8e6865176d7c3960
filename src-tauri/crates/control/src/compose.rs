//! All parts, made from real ones, in the order in which they need each other.

use std::fmt;
use std::sync::Arc;

use base::{Chance, Clock, Secret, Tasks};
use store::{
    Archive, Cooldowns, Database, KeyHolder, Keys, Log, OsKeyring, Paths, Settings, SettingsFile,
    Snapshots, Vault, VaultChoice, VaultFault, VaultParts,
};

use crate::{Code, Complaint, Environment, Logs, Options};

/// Everything there is, ready to be asked. Nothing listens until [`Core::serve`].
#[derive(Debug, Clone)]
pub struct Core {
    pub(crate) paths: Paths,
    pub(crate) settings: SettingsFile,
    pub(crate) vault: Vault,
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    pub(crate) log: Log,
    pub(crate) cooldowns: Cooldowns,
    pub(crate) archive: Archive,
    pub(crate) runs: gateway::Runs,
    pub(crate) snapshots: Snapshots,
    pub(crate) accounts: auth::Accounts,
    pub(crate) upstream: upstream::Client,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) tasks: Tasks,
    pub(crate) sign_in_ports: auth::Ports,
}

/// What the parts get from the world around them.
#[derive(Clone)]
pub struct Means {
    /// The time.
    pub clock: Clock,
    /// What secrets and ids are made from.
    pub chance: Chance,
    /// Who holds the vault's key; `None` is the system's keyring.
    pub keyring: Option<Arc<dyn KeyHolder>>,
    /// Where a browser comes back to after a sign-in.
    pub sign_in_ports: auth::Ports,
    /// Starts on the defaults where the settings file is wrong; a window can show what is wrong
    /// with it.
    pub bear_wrong_settings: bool,
}

/// The real world.
impl Default for Means {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            chance: Chance::system(),
            keyring: None,
            sign_in_ports: auth::Ports::default(),
            bear_wrong_settings: false,
        }
    }
}

impl fmt::Debug for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Means({:?})", self.clock)
    }
}

impl Core {
    /// Opens everything. A closed vault is no reason to fail: what does not need it works.
    ///
    /// # Errors
    /// The settings are wrong, the database cannot be opened, or no HTTP client can be made.
    pub async fn open(options: &Options, environment: &Environment) -> Result<Self, Complaint> {
        Self::open_by(options, environment, Means::default()).await
    }

    /// The same by other means than the real ones.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_by(
        options: &Options,
        environment: &Environment,
        means: Means,
    ) -> Result<Self, Complaint> {
        let (clock, chance, tasks) = (means.clock.clone(), means.chance.clone(), Tasks::new());
        let paths = options.paths(environment)?;
        let settings = SettingsFile::open(&paths, options.written());
        if !means.bear_wrong_settings {
            refuse_wrong(&settings)?;
        }
        let now = settings.current();
        let vault = open_vault(options, &paths, &now, &means).await?;
        let database = Database::open(&paths, clock.clone())?;
        let http = upstream::http_client(&http_config(&now))?;
        let accounts = auth::Accounts::open(auth::Parts {
            vault: vault.clone(),
            http: http.clone(),
            issuer: now.issuer.clone(),
            backend: now.upstream.clone(),
            platform: now.platform_base.clone(),
            policy: auth::Policy::of_this_machine(environment.codex_home().as_deref()),
            codex_home: environment.codex_home(),
            identity: identity(&now),
            clock: clock.clone(),
            chance: chance.clone(),
            tasks: tasks.clone(),
        })
        .await;
        let config = upstream_config(&now);
        Ok(Self {
            keys: Keys::open(
                database.clone(),
                vault.clone(),
                clock.clone(),
                chance.clone(),
            ),
            log: Log::open(database.clone(), clock.clone()),
            cooldowns: Cooldowns::open(database.clone()),
            archive: Archive::open(
                database.clone(),
                vault.clone(),
                clock.clone(),
                chance.clone(),
            ),
            runs: gateway::Runs::default(),
            snapshots: Snapshots::open(database.clone(), clock.clone()),
            upstream: upstream::Client::new(config, http, clock.clone(), chance.clone()),
            paths,
            settings,
            vault,
            database,
            accounts,
            clock,
            chance,
            tasks,
            sign_in_ports: means.sign_in_ports,
        })
    }

    /// Why nothing can be kept now; `None` where secrets can be read and written.
    pub fn vault_problem(&self) -> Option<Complaint> {
        self.vault.fault().map(Complaint::from)
    }

    /// True where secrets are sealed with a passphrase that nobody has given yet.
    pub fn needs_passphrase(&self) -> bool {
        matches!(self.vault.fault(), Some(VaultFault::PassphraseNeeded))
    }

    /// Asks a locked keyring again, letting it prompt the person, for at most two minutes.
    pub async fn unlock_keyring(&self) {
        if matches!(self.vault.fault(), Some(VaultFault::Locked)) {
            self.vault.retry().await;
        }
    }

    /// Opens the vault with a passphrase.
    ///
    /// # Errors
    /// The passphrase is wrong.
    pub async fn unlock(&self, passphrase: Secret) -> Result<(), Complaint> {
        let choice = VaultChoice::Passphrase(passphrase);
        Ok(self.vault.choose(choice).await?)
    }

    /// The settings in force, as they change: for what a shell decides by itself.
    pub fn settings(&self) -> tokio::sync::watch::Receiver<Arc<Settings>> {
        self.settings.watch()
    }

    /// Starts the program's own log.
    ///
    /// # Errors
    /// The log's folder cannot be written.
    pub fn start_log(&self) -> Result<Logs, Complaint> {
        Logs::start(&self.paths, self.settings.current().log_max_bytes).map_err(|fault| {
            let folder = self.paths.logs.display();
            Complaint::new(
                Code::Other,
                format!("the log in `{folder}` cannot be written: {fault}"),
            )
        })
    }

    /// Writes what waits and stops every task.
    ///
    /// # Errors
    /// The last rows could not be written.
    pub async fn close(&self) -> Result<(), Complaint> {
        self.tasks.wind_down(GRACE).await;
        Ok(self.database.close().await?)
    }
}

async fn open_vault(
    options: &Options,
    paths: &Paths,
    settings: &Settings,
    means: &Means,
) -> Result<Vault, Complaint> {
    let keyring = means.keyring.clone();
    let vault = Vault::open(VaultParts {
        paths: paths.clone(),
        choice: options.choice(settings.vault)?,
        keyring: keyring.unwrap_or_else(|| Arc::new(OsKeyring::new(paths))),
        clock: means.clock.clone(),
        chance: means.chance.clone(),
    })
    .await;
    if let (Some(VaultFault::PassphraseNeeded), Some(passphrase)) =
        (vault.fault(), options.passphrase.clone())
    {
        vault.choose(VaultChoice::Passphrase(passphrase)).await?;
    }
    Ok(vault)
}

fn refuse_wrong(settings: &SettingsFile) -> Result<(), Complaint> {
    let problems = settings.problems();
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| match problem.key.as_str() {
            "" => problem.why.clone(),
            key => format!("`{key}`: {}", problem.why),
        })
        .collect();
    Err(Complaint::new(
        Code::BadSettings,
        format!("the settings are wrong: {}", lines.join("; ")),
    ))
}

pub(crate) fn user_agent(settings: &Settings) -> String {
    settings.user_agent.clone().unwrap_or_else(|| {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("postern/{} ({os}; {arch})", env!("CARGO_PKG_VERSION"))
    })
}

fn identity(settings: &Settings) -> auth::Identity {
    auth::Identity {
        originator: settings.originator.clone(),
        user_agent: user_agent(settings),
    }
}

fn http_config(settings: &Settings) -> upstream::HttpConfig {
    upstream::HttpConfig {
        proxy: settings.http_proxy.clone(),
        connect_timeout: settings.connect_timeout,
        ..upstream::HttpConfig::default()
    }
}

pub(crate) fn upstream_config(settings: &Settings) -> upstream::Config {
    upstream::Config {
        http: Some(http_config(settings)),
        originator: settings.originator.clone(),
        user_agent: user_agent(settings),
        client_version: settings.client_version.clone(),
        first_event_timeout: settings.first_event_timeout,
        idle_timeout: settings.idle_timeout,
        ..upstream::Config::default()
    }
}

/// How long tasks get to leave when the program ends.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);
