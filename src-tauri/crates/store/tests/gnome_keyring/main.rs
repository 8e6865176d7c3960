//! The vault over a real gnome-keyring on a private session bus.
//!
//! Needs `dbus-daemon` and `gnome-keyring-daemon` and fails without them. Nothing of the session
//! that runs the tests is touched.

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod child;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mark, role, home] = arguments.as_slice()
        && mark == "--child"
    {
        return match child::run(role, home) {
            Ok(()) => std::process::ExitCode::SUCCESS,
            Err(_) => std::process::ExitCode::FAILURE,
        };
    }
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, tests::all()).exit_code()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod tests {
    use std::fs;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::path::Path;
    use std::process::{Command, Stdio};

    use libtest_mimic::{Failed, Trial};
    use store::Paths;

    use crate::bus::{Outcome, Policy, Session, Step};
    use crate::child::TOKEN;

    pub(crate) fn all() -> Vec<Trial> {
        let test = |name, run: fn() -> Outcome<()>| {
            Trial::test(name, move || {
                run().map_err(|error| Failed::from(error.to_string()))
            })
        };
        vec![
            test("a_kept_secret_is_read_by_the_next_process", kept_and_read),
            test(
                "the_keyring_holds_one_short_key_and_the_file_nothing_readable",
                what_is_where,
            ),
            test("homes_do_not_share_an_entry", two_homes),
            test(
                "a_locked_keyring_is_locked_without_a_prompt_and_opens_again",
                locked,
            ),
            test("a_prompt_that_nobody_answers_is_a_refusal", dismissed),
            test(
                "a_locked_keyring_takes_no_first_key",
                locked_before_the_first_key,
            ),
            test("no_bus_no_socket_and_no_provider_are_missing", missing),
            test("a_bus_that_forbids_it_is_denied", denied),
            test("a_deleted_entry_is_a_key_that_is_gone", key_gone),
            test("nobody_leaves_as_another_arrives", company),
            test("a_keyring_that_began_anew_is_asked_again", begun_anew),
            test(
                "the_file_cannot_be_read_in_another_session",
                another_session,
            ),
        ]
    }

    /// What the Postern of `home` says when it plays `role` in `command`'s surroundings.
    fn said(mut command: Command, role: &str, home: &Path) -> Outcome<String> {
        let ran = command.args(["--child", role]).arg(home).output()?;
        match ran.status.success() {
            true => Ok(String::from_utf8(ran.stdout)?.trim().to_owned()),
            false => Err(format!("{role}: {}", String::from_utf8_lossy(&ran.stderr)).into()),
        }
    }

    fn ask(session: &Session, role: &str, home: &Path) -> Outcome<String> {
        said(session.command(std::env::current_exe()?), role, home)
    }

    fn expect(session: &Session, role: &str, home: &Path, wanted: &str) -> Outcome<()> {
        equal(&ask(session, role, home)?, wanted)
    }

    fn equal(got: &str, wanted: &str) -> Outcome<()> {
        match got == wanted {
            true => Ok(()),
            false => Err(format!("expected `{wanted}`, got `{got}`").into()),
        }
    }

    fn kept_and_read() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "read", &home, "Ok(Keyring) nothing")?;
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        expect(&session, "read", &home, &format!("Ok(Keyring) {TOKEN}"))
    }

    fn what_is_where() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        let secrets = session.secrets()?;
        let items = secrets.search_items([("service", "Postern")].into())?;
        let [item] = items.unlocked.as_slice() else {
            return Err(format!("{} entries", items.unlocked.len()).into());
        };
        equal(&item.get_label()?, "Postern: the key to the saved sign-in")?;
        let user = item
            .get_attributes()?
            .remove("username")
            .unwrap_or_default();
        let named = user.starts_with("vault|") && user.len() == "vault|".len() + 16;
        equal(&named.to_string(), "true")?;
        equal(&item.get_secret()?.len().to_string(), "43")?;

        let key = String::from_utf8(item.get_secret()?)?;
        for entry in fs::read_dir(Paths::under(&home).data)? {
            let text = String::from_utf8_lossy(&fs::read(entry?.path())?).into_owned();
            for hidden in [TOKEN, key.as_str(), "token"] {
                equal(&text.contains(hidden).to_string(), "false")?;
            }
        }
        Ok(())
    }

    fn two_homes() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let [one, two] = ["one", "two"].map(|name| session.home(name));
        expect(&session, "write", &one, "Ok(Keyring) written")?;
        expect(&session, "read", &two, "Ok(Keyring) nothing")?;
        expect(&session, "write", &two, "Ok(Keyring) written")?;
        ask(&session, "delete", &two)?;
        expect(&session, "read", &one, &format!("Ok(Keyring) {TOKEN}"))
    }

    const LOCKED: &str = "Locked your keyring is locked, so the saved secrets cannot be read";

    fn locked() -> Outcome<()> {
        let mut session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        session.secrets()?.get_default_collection()?.lock()?;
        expect(&session, "read", &home, LOCKED)?;
        expect(&session, "write", &home, LOCKED)?;
        session.unlock_keyring()?;
        expect(&session, "read", &home, &format!("Ok(Keyring) {TOKEN}"))
    }

    /// Without a program that shows prompts, the service itself dismisses them.
    fn dismissed() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        session.secrets()?.get_default_collection()?.lock()?;
        expect(&session, "retry", &home, "Denied")
    }

    fn locked_before_the_first_key() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        session.secrets()?.get_default_collection()?.lock()?;
        expect(&session, "write", &home, LOCKED)?;
        equal(
            &Paths::under(&home).secrets_file().exists().to_string(),
            "false",
        )
    }

    const MISSING: &str = "Missing this system has no keyring";

    fn missing() -> Outcome<()> {
        let session = Session::start(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "read", &home, MISSING)?;
        expect(&session, "write", &home, MISSING)?;

        let program = std::env::current_exe()?;
        let mut no_bus = session.command(&program);
        no_bus.env_remove("DBUS_SESSION_BUS_ADDRESS");
        equal(&said(no_bus, "read", &home)?, MISSING)?;
        let mut no_socket = session.command(&program);
        let gone = format!("unix:path={}/gone", home.display());
        no_socket.env("DBUS_SESSION_BUS_ADDRESS", gone);
        equal(&said(no_socket, "read", &home)?, MISSING)?;

        // A socket file that its bus has left behind.
        let left = session.address().to_owned();
        let mut dead = session.command(&program);
        let socket = session.home("dead.sock");
        drop(std::os::unix::net::UnixListener::bind(&socket)?);
        dead.env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", socket.display()),
        );
        equal(&said(dead, "read", &home)?, MISSING)?;
        equal(session.address(), &left)
    }

    fn denied() -> Outcome<()> {
        let session = Session::with_keyring(Policy::NoSecrets)?;
        let wanted = "Denied the keyring refused access to the saved secrets";
        expect(&session, "read", &session.home("postern"), wanted)?;
        expect(&session, "write", &session.home("postern"), wanted)
    }

    const GONE: &str =
        "KeyGone the saved secrets cannot be opened: their key is gone from the keyring";

    fn key_gone() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        let before = fs::read(Paths::under(&home).secrets_file())?;
        ask(&session, "delete", &home)?;
        expect(&session, "read", &home, GONE)?;
        expect(&session, "write", &home, GONE)?;
        let after = fs::read(Paths::under(&home).secrets_file())?;
        equal(&(before == after).to_string(), "true")
    }

    /// gnome-keyring can die of it; see `vault::keyring`.
    fn company() -> Outcome<()> {
        let session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        let watch = session.watch()?;
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        let steps = watch.end()?;
        let came = steps.iter().take_while(|step| **step == Step::Came);
        let all = steps.iter().filter(|step| **step == Step::Came);
        match (came.count(), all.count()) {
            (came, all) if came == all && came > 0 => Ok(()),
            _ => Err(format!("{steps:?}").into()),
        }
    }

    /// One process asks before and after, without time to let go in between.
    fn begun_anew() -> Outcome<()> {
        let mut session = Session::with_keyring(Policy::Open)?;
        let home = session.home("postern");
        expect(&session, "write", &home, "Ok(Keyring) written")?;
        let mut asking = session.command(std::env::current_exe()?);
        asking.args(["--child", "twice"]).arg(&home);
        let mut asking = asking
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut go_on = asking.stdin.take().ok_or("no pipe")?;
        let mut said = BufReader::new(asking.stdout.take().ok_or("no pipe")?).lines();
        let mut next = || -> Outcome<String> { Ok(said.next().ok_or("it said nothing")??) };
        let first = next()?;
        session.unlock_keyring()?;
        go_on.write_all(b"\n")?;
        let second = next()?;
        drop(go_on);
        asking.wait()?;
        equal(&format!("{first} {second}"), "Ok(true) Ok(true)")
    }

    /// The same folder, another person's keyring.
    fn another_session() -> Outcome<()> {
        let [owner, thief] = [
            Session::with_keyring(Policy::Open)?,
            Session::with_keyring(Policy::Open)?,
        ];
        let home = owner.home("postern");
        expect(&owner, "write", &home, "Ok(Keyring) written")?;
        expect(&thief, "read", &home, GONE)?;
        expect(&owner, "read", &home, &format!("Ok(Keyring) {TOKEN}"))
    }
}
