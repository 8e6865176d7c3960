//! The three formats and the three supervisors, on every system.

mod formats;
mod launchd;
mod schtasks;
mod scripted;

use std::path::Path;
use std::time::Duration;

use control::{Environment, Options, VaultKind};

use super::launch::Launch;

fn of(program: &str, options: &Options, environment: &Environment) -> Launch {
    Launch::of(Path::new(program), options, environment, Duration::ZERO).unwrap()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment {
        home: Some("/home/ada".into()),
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.into()))
            .collect(),
    }
}

#[test]
fn the_options_of_the_person_become_the_service_s() {
    let options = Options {
        home: Some("/srv/p".into()),
        vault: Some(VaultKind::Plain),
        issuer: Some("http://127.0.0.1:1".into()),
        upstream: Some("http://127.0.0.1:2/backend-api".into()),
        ..Options::default()
    };
    let launch = of("/usr/bin/postern", &options, &Environment::default());
    let words = "serve --home /srv/p --vault plain --issuer http://127.0.0.1:1 \
                 --upstream http://127.0.0.1:2/backend-api";
    #[cfg(unix)]
    assert_eq!(launch.arguments.join(" "), words);
    #[cfg(windows)]
    assert_eq!(launch.arguments.len(), words.split(' ').count());
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn what_tells_where_things_are_is_carried_over_and_no_secret_is() {
    let here = std::env::current_dir().unwrap();
    let here = here.to_str().unwrap();
    let relative = format!("{here}/portable");
    // What the variables are, the folder that the service is told, the variables it is given.
    type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, &'a [&'a str]);
    let rows: [Row<'_>; 5] = [
        (&[], None, &[]),
        (&[("POSTERN_HOME", "/srv/p")], Some("/srv/p"), &[]),
        (&[("POSTERN_HOME", "portable")], Some(&relative), &[]),
        (
            &[
                ("POSTERN_HOME", "/srv/p"),
                ("XDG_DATA_HOME", "/big"),
                ("CODEX_HOME", "/c"),
            ],
            Some("/srv/p"),
            &["CODEX_HOME=/c"],
        ),
        (
            &[
                ("POSTERN_PASSPHRASE", "correct horse"),
                ("XDG_CONFIG_HOME", "relative"),
                ("XDG_DATA_HOME", "/big"),
            ],
            None,
            &["XDG_DATA_HOME=/big"],
        ),
    ];
    for (variables, home, carried) in rows {
        let launch = of("/p", &Options::default(), &environment(variables));
        let told = launch.arguments.get(2).map(String::as_str);
        assert_eq!(told, home, "{variables:?}");
        let given: Vec<String> = launch
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(given, carried, "{variables:?}");
    }
}

#[test]
fn a_longer_drain_gets_its_time() {
    for (drain, wait) in [(0, 90), (10, 90), (75, 90), (76, 91), (600, 615)] {
        let launch = Launch::of(
            Path::new("/p"),
            &Options::default(),
            &Environment::default(),
            Duration::from_secs(drain),
        );
        assert_eq!(launch.unwrap().stop_within.as_secs(), wait, "{drain}");
    }
}

#[test]
fn what_no_format_can_hold_is_refused() {
    let (nobody, plain) = (Environment::default(), Options::default());
    for path in [
        "/a\nb",
        "/a\0b",
        "/a\rb",
        "/a\tb",
        "/a\u{1b}[2Jb",
        "/a\u{85}b",
        "/a\u{ffff}b",
    ] {
        let launch = Launch::of(Path::new(path), &plain, &nobody, Duration::ZERO);
        let complaint = launch.unwrap_err();
        assert!(complaint.hint.is_some(), "{path:?}");
        assert!(!complaint.message.contains(char::is_control), "{complaint}");
        let below = Options {
            home: Some(path.into()),
            ..Options::default()
        };
        let launch = Launch::of(Path::new("/p"), &below, &nobody, Duration::ZERO);
        assert!(launch.is_err(), "{path:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let path = Path::new(OsStr::from_bytes(b"/a\xffb"));
    let (nobody, plain) = (Environment::default(), Options::default());
    assert!(Launch::of(path, &plain, &nobody, Duration::ZERO).is_err());
}
