//! What a child process does until it is done or killed.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::{Chance, Clock, Secret};
use store::vault::Cost;
use store::{
    Database, Ended, Keys, Line, Log, MemoryKeyring, Paths, Vault, VaultChoice, VaultParts,
};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Plays `role` on the home at `home`; `word` tells children of one role apart.
pub(crate) fn run(role: &str, home: &str, word: &str) -> Outcome<()> {
    let paths = Paths::under(Path::new(home));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match role {
            "count" => count(&paths).await,
            "ten" => ten(&paths, word).await,
            "hold" => hold(&paths, word).await,
            "log" => log(&paths).await,
            "key" => key(&paths, word).await,
            other => Err(format!("no role {other}").into()),
        }
    })
}

/// A vault as the parent opens it too.
pub(crate) async fn vault(paths: &Paths) -> Vault {
    let parts = VaultParts {
        paths: paths.clone(),
        choice: Some(VaultChoice::Passphrase(Secret::new(
            "known to all children",
        ))),
        keyring: Arc::new(MemoryKeyring::new()),
        clock: Clock::system(),
        chance: Chance::system(),
    };
    let cheap = Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
    Vault::open_at_cost(parts, cheap).await
}

/// Says that `word` is done; the parent may act on it.
fn say(word: &str) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word}")?;
    Ok(out.flush()?)
}

/// Counts in the vault, for ever, and says each number after it is written.
async fn count(paths: &Paths) -> Outcome<()> {
    let vault = vault(paths).await;
    let before = vault.read("count").await?;
    let mut number: u64 = before.map_or(Ok(0), |text| text.reveal().trim().parse())?;
    loop {
        number += 1;
        // Long enough for a kill to fall into the middle of the bytes.
        let text = format!("{number:>60000}");
        vault.write("count", Secret::new(text)).await?;
        say(&number.to_string())?;
    }
}

async fn ten(paths: &Paths, word: &str) -> Outcome<()> {
    let vault = vault(paths).await;
    for number in 0..10 {
        let name = format!("{word}-{number}");
        vault.write(&name, Secret::new(word)).await?;
    }
    Ok(())
}

async fn hold(paths: &Paths, word: &str) -> Outcome<()> {
    let vault = vault(paths).await;
    let _turn = vault.turn(word).await?;
    say("mine")?;
    Clock::system().sleep(Duration::from_secs(600)).await;
    Ok(())
}

async fn log(paths: &Paths) -> Outcome<()> {
    let clock = Clock::system();
    let db = Database::open(paths, clock.clone())?;
    let log = Log::open(db.clone(), clock.clone());
    for number in 0.. {
        let line = Line {
            request_id: format!("req_{number}"),
            at: clock.now(),
            ignored: vec!["x".repeat(500)],
            ..Line::default()
        };
        log.ticket(line, clock.passed()).finish(Ended::Whole);
        db.flush().await?;
        say(&(number + 1).to_string())?;
    }
    Ok(())
}

/// Adds the key called `word`, says its text, and ends it when told to.
async fn key(paths: &Paths, word: &str) -> Outcome<()> {
    let clock = Clock::system();
    let db = Database::open(paths, clock.clone())?;
    let keys = Keys::open(db.clone(), vault(paths).await, clock, Chance::system());
    let (_, text) = keys.add(word).await?;
    say(text.reveal())?;
    let mut go = String::new();
    std::io::stdin().read_line(&mut go)?;
    keys.revoke(word).await?;
    db.close().await?;
    say("revoked")
}
