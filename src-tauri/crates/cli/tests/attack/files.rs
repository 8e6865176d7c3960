//! The home's files: links in their places, and a mask that hides nothing.

use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::desk::{Desk, Ended};
use crate::stage::{Stage, sign_in};
use crate::systemctl;

/// Every file below `folder`, and the folders with it.
pub(crate) fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        if std::fs::symlink_metadata(&path).unwrap().is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            found.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

/// The same command below a shell with another mask.
fn under_mask(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .env_clear()
        .args(["-c", "umask 0; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell
}

#[tokio::test]
async fn a_mask_that_hides_nothing_opens_nothing() {
    let desk = Desk::new().await;
    // So that the program makes the whole home.
    std::fs::remove_dir(desk.home.path()).unwrap();
    for words in [
        &["login", "--device"][..],
        &["keys", "add", "app"],
        &["status"],
    ] {
        let ended = Desk::ended(under_mask(&desk.command(words)), "").await;
        assert_eq!(ended.code, Some(0), "{words:?}: {ended:?}");
    }
    let server = Desk::serving(under_mask(&desk.command(&["serve", "--port", "0"]))).await;
    for path in below(desk.home.path()) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}", path.display());
    }
    assert_eq!(server.terminate().await, Some(0));
    for path in below(desk.home.path()) {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
}

/// Whoever could write it would run as the person at the next login.
#[test]
fn what_starts_the_program_is_its_owners_alone_to_write() {
    let desk = systemctl::Desk::new();
    let folder = desk.unit().parent().unwrap().to_owned();
    let mut install = under_mask(&desk.command(&["service", "install"]));
    assert!(install.status().unwrap().success());
    assert_eq!(mode(&desk.unit()), 0o644);
    for folder in folder
        .ancestors()
        .take_while(|above| *above != desk.home.path())
    {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

/// Each file in turn is a link to something of the person's that must not change.
#[tokio::test]
async fn no_link_in_the_place_of_a_file_is_written_through() {
    let names: Vec<PathBuf> = {
        let stage = Stage::open().await;
        assert!(stage.serves().await);
        let home = stage.desk.home.path().to_owned();
        let settings = home.join("config.toml");
        let files = below(&home).into_iter().filter(|path| path.is_file());
        // A person may keep the settings elsewhere and link them here.
        let files = files.filter(|path| *path != settings);
        files
            .map(|path| path.strip_prefix(&home).unwrap().to_owned())
            .collect()
    };
    assert!(names.len() >= 6, "{names:?}");
    for name in names {
        let desk = Desk::new().await;
        sign_in(&desk).await;
        assert_eq!(desk.run(&["keys", "add", "first"]).await.code, Some(0));
        let victim = desk.home.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        let place = desk.home.path().join(&name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(&place);
        symlink(&victim, &place).unwrap();
        let before = mode(&victim);
        let added = desk.run(&["keys", "add", "second"]).await;
        let served = serve_for_a_moment(&desk).await;
        let left = std::fs::read_to_string(&victim).unwrap();
        assert_eq!(left, "precious", "{}", name.display());
        assert_eq!(mode(&victim), before, "{}", name.display());
        for ended in [added, served] {
            // It goes on, or it says what is the matter; it does not fall over.
            assert!(
                matches!(ended.code, Some(0..=6)),
                "{}: {ended:?}",
                name.display()
            );
            assert!(
                ended.code == Some(0) || !ended.err.is_empty(),
                "{}",
                name.display()
            );
        }
    }
}

/// Serves until it listens, or until it says why it does not.
async fn serve_for_a_moment(desk: &Desk) -> Ended {
    let mut command = desk.command(&["serve", "--port", "0"]);
    let ended = tokio::task::spawn_blocking(move || {
        use std::io::{BufRead as _, BufReader, Read as _};
        let mut child = command.spawn().unwrap();
        let mut out = String::new();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        told.read_line(&mut out).unwrap();
        let pid = child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let code = child.wait().unwrap().code();
        let mut err = String::new();
        let mut said = child.stderr.take().unwrap();
        said.read_to_string(&mut err).unwrap();
        Ended { code, out, err }
    });
    ended.await.unwrap()
}
