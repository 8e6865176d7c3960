//! A package on trial: installed on a fresh Debian, used, removed; nothing of it may be left.
//!
//! The fresh Debian is a folder; programs in it see no other processes, and share the machine's
//! network so that the stand-in can play ChatGPT.

mod guest;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use self::guest::Guest;
use crate::Ended;
use crate::child::Child;
use crate::demo::write_settings;
use crate::failure::{Because as _, Failure};
use crate::folder::Folder;
use crate::http::{Ask, Connection};
use crate::machine::{Need, as_root, packages};
use crate::place::{Place, Profile};
use crate::run;
use crate::stack;
use crate::tally::Tally;

/// Packs what was built for the tests and tries both packages.
pub(crate) fn check(place: &Place) -> Result<Tally, Failure> {
    packages(&[Need::Root, Need::Namespace, Need::RpmReader])?;
    let made = super::make(place, Profile::Dev, &["deb", "rpm"])?;
    let ending = |wanted: &str| {
        let found = made
            .iter()
            .find(|file| file.extension().is_some_and(|ending| ending == wanted));
        found.ok_or_else(|| Failure::new(format!("there is no {wanted}")))
    };
    let (deb, rpm) = (ending("deb")?, ending("rpm")?);
    let mut sum = Tally::default();
    let (one, other) = (contents_of_deb(deb)?, contents_of_rpm(rpm)?);
    one.symmetric_difference(&other)
        .for_each(|name| println!("  | {name}"));
    sum.note("both packages hold the same files", one == other);
    let mut inner = as_root("unshare");
    inner.args([
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "--",
    ]);
    let watched = run::watched(inner.arg(place.own()).arg("bundle-trial").arg(deb))?;
    for line in &watched.lines {
        sum.hear(line);
    }
    if !watched.status.success() && sum.failed == 0 {
        sum.failed = 1;
    }
    Ok(sum)
}

/// What runs as root, with mounts and processes of its own.
pub(crate) fn run(place: &Place, deb: &Path) -> Result<Ended, Failure> {
    let folder = Folder::make("postern-trial")?;
    let guest = Guest::make(folder.path())?;
    let before = guest.names()?;
    let mut sum = Tally::default();
    guest.take(deb, "tmp/postern.deb")?;
    let installed = run::passes(&mut guest.command(&["dpkg", "--install", "/tmp/postern.deb"]))?;
    sum.note("it installs on a clean root", installed);
    let used = use_it(place, &guest, folder.path(), &mut sum);
    if let Err(failure) = used {
        sum.note(&format!("it can be used: {failure}"), false);
    }
    let removed = run::passes(&mut guest.command(&["dpkg", "--purge", "postern"]))?;
    sum.note("it can be removed", removed);
    let left: Vec<_> = guest.names()?.difference(&before).cloned().collect();
    left.iter()
        .for_each(|name| println!("  | {}", name.display()));
    sum.note("nothing of it is left", left.is_empty());
    Ok(match sum.failed {
        0 => Ended::Well,
        _ => Ended::Badly,
    })
}

/// Signs in by the command, serves by the app, quits.
fn use_it(place: &Place, guest: &Guest, logs: &Path, sum: &mut Tally) -> Result<(), Failure> {
    let standin = stack::start_standin(place, Profile::Dev, logs)?;
    let issuer = format!("http://{}", stack::address(&standin.line()?)?);
    write_settings(&guest.path(HOME), &issuer)?;
    run::quietly(&mut guest.command(&["postern", "login", "--device"]))?;
    let key = run::quietly(&mut guest.command(&["postern", "keys", "add", "trial"]))?;
    sum.note(
        "the command signs in and makes a key",
        key.starts_with("pk-postern-"),
    );
    let unit = std::fs::read_to_string(guest.path("usr/lib/systemd/user/postern.service"));
    let starts = unit.is_ok_and(|text| text.contains("ExecStart=/usr/bin/postern serve"));
    sum.note("the unit starts the command", starts);

    let mut display = guest.command(&["Xvfb", ":77", "-displayfd", "1", "-nolisten", "tcp"]);
    let display = Child::start("display", &mut display, logs)?;
    display.line()?;
    let mut app = Child::start("app", &mut guest.command(&["postern-desktop"]), logs)?;
    let door = guest.wait("the app listens", || listening(&guest.path(HOME)))?;
    sum.note(
        "the app serves",
        asks(door, key.trim()).because("the door is shut")?,
    );
    let window = guest.wait("the window opens", || {
        guest::runs("WebKitWebProces").then_some(())
    });
    sum.note("its window opens", window.is_ok());
    app.terminate();
    sum.note(
        "it quits",
        app.left().is_some_and(|status| status.success()),
    );
    let gone = guest.wait("its processes end", || {
        let names = ["postern-desktop", "WebKitWebProces", "WebKitNetworkPr"];
        (!names.into_iter().any(guest::runs)).then_some(())
    });
    sum.note("no process is left", gone.is_ok());
    sum.note("no port is left", Connection::open(door).is_err());
    let page = run::quietly(&mut guest.command(&["postern", "status", "--json"]));
    sum.note(
        "the command finds no server any more",
        page.is_ok_and(|said| !said.contains("7678")),
    );
    drop(display);
    drop(standin);
    Ok(())
}

/// Where the app says that it listens.
fn listening(home: &Path) -> Option<SocketAddr> {
    let note = std::fs::read(home.join("data/serve.json")).ok()?;
    let note: serde_json::Value = serde_json::from_slice(&note).ok()?;
    note["address"].as_str()?.parse().ok()
}

/// One request as an app sends it.
fn asks(door: SocketAddr, key: &str) -> std::io::Result<bool> {
    let bearer = format!("Bearer {key}");
    let body = json!({"model": "gpt-5.5", "input": "hello"}).to_string();
    let mut connection = Connection::open(door)?;
    let reply = connection.send(&Ask {
        method: "POST",
        path: "/v1/responses",
        headers: &[
            ("authorization", &bearer),
            ("content-type", "application/json"),
        ],
        body: body.as_bytes(),
    })?;
    Ok(reply.status == 200 && reply.text()?.contains("You said: hello"))
}

/// The files of a package, without what its kind adds.
fn contents_of_deb(deb: &Path) -> Result<BTreeSet<String>, Failure> {
    let listed = run::quietly(Command::new("dpkg-deb").arg("--contents").arg(deb))?;
    let files = listed.lines().filter(|line| !line.starts_with('d'));
    let names = files.filter_map(|line| line.split_whitespace().nth(5));
    Ok(names.map(rooted).collect())
}

fn contents_of_rpm(rpm: &Path) -> Result<BTreeSet<String>, Failure> {
    let words = ["--query", "--list", "--package"];
    let listed = run::quietly(Command::new("rpm").args(words).arg(rpm))?;
    Ok(listed.lines().map(rooted).collect())
}

/// One kind says `./usr`, one `usr`, one `/usr`.
fn rooted(name: &str) -> String {
    let name = name.trim_start_matches('.').trim_start_matches('/');
    format!("/{name}")
}

/// Where Postern keeps everything in the guest.
const HOME: &str = "root/postern";
