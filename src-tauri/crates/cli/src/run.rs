//! From arguments to an exit code.

use std::io;

use base::Secret;
use clap::CommandFactory as _;
use control::{Code, Complaint, Core, Environment, Options, ReasoningWord, VaultKind};

use crate::args::{Arguments, Command, Keys, Shared, Vault, View};
use crate::{exit, login, look, open, prompt, say, serve, service};

/// Runs one command.
pub(crate) async fn run(arguments: Arguments, environment: Environment) -> u8 {
    if let Command::Completions { shell } = arguments.command {
        let mut command = Arguments::command();
        clap_complete::generate(shell, &mut command, "postern", &mut io::stdout());
        return exit::OK;
    }
    if let Command::Login(way) = &arguments.command
        && way.shows_a_secret()
    {
        say::aside("error: a secret on the command line can be read by other programs");
        say::aside("hint: write `-` in its place and enter it on standard input");
        return exit::USAGE;
    }
    match asked(&arguments, &environment).await {
        Ok(code) => code,
        Err(complaint) => {
            say::complain(&complaint);
            exit::code(&complaint)
        }
    }
}

async fn asked(arguments: &Arguments, environment: &Environment) -> Result<u8, Complaint> {
    // What supervises the server works although the server would not.
    if let Command::Service(ask) = arguments.command {
        let options = options(&arguments.shared, &arguments.command, environment);
        let done = service::service(ask, &options, environment, arguments.shared.json).await;
        return done.map(|()| exit::OK);
    }
    let core = open(arguments, environment).await?;
    let code = match &arguments.command {
        // The server closes what it opened when it has drained.
        Command::Serve { .. } => {
            return serve::serve(&core, environment, arguments.shared.json)
                .await
                .map(|()| exit::OK);
        }
        Command::Open { page } => {
            return open::open(&core, page.as_deref(), arguments.shared.json)
                .await
                .map(|()| exit::OK);
        }
        command => answer(&core, command, arguments.shared.json).await,
    };
    core.close().await?;
    code
}

async fn answer(core: &Core, command: &Command, json: bool) -> Result<u8, Complaint> {
    match command {
        Command::Login(way) => login::login(core, way, json).await?,
        Command::Logout { account } => logout(core, account.as_deref(), json).await?,
        Command::Accounts {
            r#use: Some(account),
        } => {
            let account = core.use_account(account).await?;
            say::aside(&format!(
                "{} is active now.",
                account.email.unwrap_or(account.id)
            ));
        }
        Command::Accounts { r#use: None } => look::accounts(core, json).await?,
        Command::Status => look::status(core, json).await,
        Command::TryNow => {
            core.try_now().await?;
            say::aside("The next request asks the backend again.");
        }
        Command::Models => look::models(core, json).await?,
        Command::Keys(keys) => manage(core, keys, json).await?,
        Command::Token { name } => say::line(core.token(name.as_deref()).await?.reveal()),
        Command::Doctor => {
            return Ok(match look::doctor(core, json).await {
                true => exit::OK,
                false => exit::FAILED,
            });
        }
        Command::Logs { follow, last } => look::logs(core, *last, *follow, json).await,
        Command::Serve { .. }
        | Command::Open { .. }
        | Command::Service(_)
        | Command::Completions { .. } => {}
    }
    Ok(exit::OK)
}

async fn manage(core: &Core, keys: &Keys, json: bool) -> Result<(), Complaint> {
    match keys {
        Keys::Add { name } => key(name, &core.add_key(name).await?, json),
        Keys::List => look::keys(core, json),
        Keys::Show { name } => key(name, &core.show_key(name).await?, json),
        Keys::Revoke { name } => {
            core.revoke_key(name).await?;
            say::aside(&format!("The key `{name}` is worthless now."));
        }
        Keys::Set {
            name,
            model,
            reasoning,
        } => {
            let mut chosen = core.chosen_for(name)?;
            if let Some(model) = model {
                chosen.model = Some(model.clone()).filter(|model| model != "-");
            }
            if let Some(view) = reasoning {
                chosen.reasoning = word(*view);
            }
            core.prefer_key(name, chosen).await?;
        }
    }
    Ok(())
}

fn word(view: View) -> Option<ReasoningWord> {
    match view {
        View::ReasoningContent => Some(ReasoningWord::ReasoningContent),
        View::Hidden => Some(ReasoningWord::Hidden),
        View::ThinkTags => Some(ReasoningWord::ThinkTags),
        View::Setting => None,
    }
}

fn key(name: &str, text: &Secret, json: bool) {
    let key = text.reveal();
    match json {
        true => say::json(&serde_json::json!({ "name": name, "key": key })),
        false => say::line(key),
    }
}

async fn logout(core: &Core, account: Option<&str>, json: bool) -> Result<(), Complaint> {
    let signed_out = core.sign_out(account).await?;
    if json {
        say::json(&signed_out);
        return Ok(());
    }
    let who = signed_out.account.email.unwrap_or(signed_out.account.id);
    say::line(&format!("Signed out of {who}."));
    if !signed_out.revoked && signed_out.account.kind == "chatgpt" {
        say::aside("ChatGPT did not confirm it. The sign-in was forgotten here all the same.");
    }
    Ok(())
}

/// Opens everything, asking for the passphrase where one is needed and somebody is there.
async fn open(arguments: &Arguments, environment: &Environment) -> Result<Core, Complaint> {
    let options = options(&arguments.shared, &arguments.command, environment);
    let core = match Core::open(&options, environment).await {
        Err(complaint)
            if complaint.code == Code::PassphraseNeeded && prompt::someone_is_there() =>
        {
            let passphrase = Some(prompt::secret("Passphrase: ")?);
            let options = Options {
                passphrase,
                ..options
            };
            Core::open(&options, environment).await?
        }
        opened => opened?,
    };
    if prompt::someone_is_there() {
        core.unlock_keyring().await;
        if core.needs_passphrase() {
            core.unlock(prompt::secret("Passphrase: ")?).await?;
        }
    }
    Ok(core)
}

fn options(shared: &Shared, command: &Command, environment: &Environment) -> Options {
    let passphrase = environment.get("POSTERN_PASSPHRASE");
    let port = if let Command::Serve { port } = command {
        *port
    } else {
        None
    };
    Options {
        home: shared.home.clone(),
        issuer: shared.issuer.clone(),
        upstream: shared.upstream.clone(),
        port,
        vault: shared.vault.map(|vault| match vault {
            Vault::Keyring => VaultKind::Keyring,
            Vault::Passphrase => VaultKind::Passphrase,
            Vault::Plain => VaultKind::Plain,
            Vault::Session => VaultKind::Session,
        }),
        passphrase: passphrase.map(|text| Secret::new(text.to_string_lossy().into_owned())),
    }
}
