//! Several processes on one home, and processes that are killed.

mod child;

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use base::{Chance, Clock};
use libtest_mimic::{Failed, Trial};
use store::{Database, Keys, Log, Paths};

use crate::child::Outcome;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mark, role, home, word] = arguments.as_slice()
        && mark == "--child"
    {
        return match child::run(role, home, word) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "{error}");
                ExitCode::FAILURE
            }
        };
    }
    let test = |name, run: fn() -> Outcome<()>| {
        Trial::test(name, move || {
            run().map_err(|error| Failed::from(error.to_string()))
        })
    };
    let tests = vec![
        test(
            "a_writer_killed_at_any_moment_loses_nothing_it_acknowledged",
            killed_writers,
        ),
        test("writers_in_many_processes_lose_nothing", many_writers),
        test("a_dead_process_gives_its_turn_back", dead_holder),
        test(
            "a_killed_log_is_whole_and_keeps_what_was_flushed",
            killed_log,
        ),
        test(
            "a_key_added_and_revoked_elsewhere_counts_at_once",
            key_elsewhere,
        ),
    ];
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), tests).exit_code()
}

/// A child and what it says. Killed when dropped.
struct Played {
    child: Child,
    says: Lines<BufReader<ChildStdout>>,
    hears: ChildStdin,
}

impl Played {
    fn start(role: &str, home: &Path, word: &str) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--child", role])
            .arg(home)
            .arg(word)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let says = BufReader::new(child.stdout.take().ok_or("no pipe")?).lines();
        let hears = child.stdin.take().ok_or("no pipe")?;
        Ok(Self { child, says, hears })
    }

    fn next(&mut self) -> Outcome<String> {
        Ok(self.says.next().ok_or("the child ended early")??)
    }

    /// Ends it in the middle of whatever it does; what it still said comes back.
    fn kill(mut self) -> Outcome<Vec<String>> {
        self.child.kill()?;
        self.child.wait()?;
        let mut rest = Vec::new();
        while let Some(Ok(line)) = self.says.next() {
            rest.push(line);
        }
        Ok(rest)
    }

    fn finish(mut self) -> Outcome<()> {
        match self.child.wait()?.success() {
            true => Ok(()),
            false => Err("the child failed".into()),
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn claim(holds: bool, what: &str) -> Outcome<()> {
    match holds {
        true => Ok(()),
        false => Err(what.to_owned().into()),
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

fn killed_writers() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let paths = Paths::under(home.path());
    let runtime = runtime()?;
    for round in 1..=20_u64 {
        let mut child = Played::start("count", home.path(), "")?;
        let mut said = 0;
        for _ in 0..round % 5 + 1 {
            said = child.next()?.parse()?;
        }
        if let Some(last) = child.kill()?.last() {
            said = last.parse()?;
        }
        let kept = runtime.block_on(async {
            let vault = child::vault(&paths).await;
            Outcome::Ok(vault.read("count").await?.ok_or("nothing is left")?)
        })?;
        let kept: u64 = kept.reveal().trim().parse()?;
        // The last write may be whole without having been acknowledged.
        claim(
            kept == said || kept == said + 1,
            &format!("said {said}, kept {kept}"),
        )?;
    }
    let drafts = fs::read_dir(&paths.data)?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().contains("draft"))
        .count();
    claim(drafts <= 1, &format!("{drafts} drafts are left"))
}

fn many_writers() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let words = ["ada", "bob", "cyd", "dan", "eve"];
    let children: Vec<Played> = words
        .iter()
        .map(|word| Played::start("ten", home.path(), word))
        .collect::<Outcome<_>>()?;
    for child in children {
        child.finish()?;
    }
    let names = runtime()?.block_on(async {
        let vault = child::vault(&Paths::under(home.path())).await;
        vault.names().await
    })?;
    claim(
        names.len() == 50,
        &format!("{} of 50 are left", names.len()),
    )
}

fn dead_holder() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let mut child = Played::start("hold", home.path(), "refresh")?;
    child.next()?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let vault = child::vault(&Paths::under(home.path())).await;
        let turn = vault.turn("refresh");
        tokio::pin!(turn);
        let early = tokio::select! {
            biased;
            _ = &mut turn => true,
            () = tokio::task::yield_now() => false,
        };
        claim(!early, "two had the turn at once")?;
        child.kill()?;
        let _mine = turn.await?;
        Ok(())
    })
}

fn killed_log() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let mut said = 0;
    for round in 1..=8_usize {
        let mut child = Played::start("log", home.path(), "")?;
        let mut last = child.next()?;
        for _ in 0..round * 7 {
            last = child.next()?;
        }
        if let Some(later) = child.kill()?.pop() {
            last = later;
        }
        said += last.parse::<usize>()?;
        let clock = Clock::system();
        let db = Database::open(&Paths::under(home.path()), clock.clone())?;
        claim(db.recovered_from().is_none(), "the database was damaged")?;
        let kept = Log::open(db, clock).recent(usize::MAX).len();
        claim(
            kept >= said && kept <= said + round,
            &format!("said {said}, kept {kept}"),
        )?;
    }
    Ok(())
}

fn key_elsewhere() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let paths = Paths::under(home.path());
    let clock = Clock::system();
    let db = Database::open(&paths, clock.clone())?;
    let vault = runtime()?.block_on(child::vault(&paths));
    let keys = Keys::open(db, vault, clock, Chance::system());
    let mut child = Played::start("key", home.path(), "editor")?;
    let text = child.next()?;
    claim(
        keys.admit(&text).is_some_and(|key| key.name == "editor"),
        "not admitted",
    )?;
    claim(
        keys.admit("pk-postern-other").is_none(),
        "a wrong key was admitted",
    )?;
    child.hears.write_all(b"go\n")?;
    child.next()?;
    claim(keys.admit(&text).is_none(), "still admitted")?;
    child.finish()
}
