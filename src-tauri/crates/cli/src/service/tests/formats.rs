//! Golden files: `fixtures/service` holds what each format says of the same launch, and
//! `packaging/postern.service` what packages install.

use std::path::Path;
use std::time::Duration;

use control::{Environment, Options};

use super::super::launch::Launch;
use super::super::{launchd, schtasks, systemd};

/// What a package installs: nothing but the defaults.
#[test]
fn packages_install_the_unit_that_we_write() {
    let launch = super::of(
        "/usr/bin/postern",
        &Options::default(),
        &Environment::default(),
    );
    check(
        &systemd::unit(&launch).unwrap(),
        include_str!("../../../../../packaging/postern.service"),
    );
}

#[test]
fn a_unit_is_as_recorded() {
    let launch = hostile("/opt/my apps/$5 & 100%/postern", "/srv/");
    check(
        &systemd::unit(&launch).unwrap(),
        include_str!("../../../fixtures/service/hostile.service"),
    );
}

#[test]
fn an_agent_is_as_recorded() {
    let errors = Path::new("/Users/ada/Library/Logs/Postern/service.log");
    let plain = Launch {
        program: "/Applications/Postern.app/Contents/MacOS/postern".to_owned(),
        arguments: vec!["serve".to_owned()],
        variables: Vec::new(),
        stop_within: Duration::from_secs(90),
    };
    check(
        &launchd::agent(&plain, errors),
        include_str!("../../../fixtures/service/plain.plist"),
    );
    let errors = Path::new("/Users/ada & bob/Library/Logs/Postern/service.log");
    check(
        &launchd::agent(
            &hostile("/opt/\"my\" 'apps'/$5 <&> \\ 100%/postern", "/srv/"),
            errors,
        ),
        include_str!("../../../fixtures/service/hostile.plist"),
    );
}

#[test]
fn a_task_is_as_recorded() {
    let plain = Launch {
        program: r"C:\Program Files\Postern\postern.exe".to_owned(),
        arguments: vec!["serve".to_owned()],
        variables: Vec::new(),
        stop_within: Duration::from_secs(90),
    };
    check(
        &schtasks::task(&plain, PERSON).unwrap(),
        include_str!("../../../fixtures/service/plain.xml"),
    );
    let mut launch = hostile(r"C:\R&D 'x' $5 100%\postern.exe", r"D:\");
    // A name on Windows has no quote in it; an argument may have one.
    launch
        .arguments
        .extend(["--upstream".to_owned(), "a\\\"b c".to_owned()]);
    check(
        &schtasks::task(&launch, PERSON).unwrap(),
        include_str!("../../../fixtures/service/hostile.xml"),
    );
}

/// A launch with everything in it that some format takes for its own.
fn hostile(program: &str, root: &str) -> Launch {
    Launch {
        program: program.to_owned(),
        arguments: [
            "serve",
            "--home",
            &format!("{root}a b/\"q\" 'q' \\ $HOME ${{x}} % <&> ; é\\"),
        ]
        .map(str::to_owned)
        .to_vec(),
        variables: vec![
            (
                "CODEX_HOME".to_owned(),
                format!("{root}co dex/\"q\" $x 5% <&>\\"),
            ),
            ("XDG_DATA_HOME".to_owned(), "/big".to_owned()),
        ],
        stop_within: Duration::from_secs(615),
    }
}

/// How one word reads in each format.
#[test]
fn every_format_has_its_own_way_to_say_a_word() {
    // The word · in `ExecStart=` · in a plist · in a task.
    let rows = [
        ("/srv/p", "/srv/p", "/srv/p", "/srv/p"),
        ("", "\"\"", "", "&quot;&quot;"),
        ("a b", "\"a b\"", "a b", "&quot;a b&quot;"),
        ("5%", "\"5%%\"", "5%", "5%"),
        ("$HOME", "\"$$HOME\"", "$HOME", "$HOME"),
        ("${x}", "\"$${x}\"", "${x}", "${x}"),
        ("a\"b", "\"a\\\"b\"", "a&quot;b", "&quot;a\\&quot;b&quot;"),
        ("a'b", "\"a'b\"", "a&apos;b", "a&apos;b"),
        ("a\\b", "\"a\\\\b\"", "a\\b", "a\\b"),
        ("a b\\", "\"a b\\\\\"", "a b\\", "&quot;a b\\\\&quot;"),
        (
            "a\\\"b",
            "\"a\\\\\\\"b\"",
            "a\\&quot;b",
            "&quot;a\\\\\\&quot;b&quot;",
        ),
        ("<&>", "\"<&>\"", "&lt;&amp;&gt;", "&lt;&amp;&gt;"),
        (";", "\";\"", ";", ";"),
        ("#", "\"#\"", "#", "#"),
        ("é ☃", "\"é ☃\"", "é ☃", "&quot;é ☃&quot;"),
        ("]]>", "\"]]>\"", "]]&gt;", "]]&gt;"),
    ];
    for (word, unit, agent, task) in rows {
        let launch = Launch {
            program: "/p".to_owned(),
            arguments: vec![word.to_owned()],
            variables: Vec::new(),
            stop_within: Duration::ZERO,
        };
        let text = systemd::unit(&launch).unwrap();
        assert!(
            text.contains(&format!("\nExecStart=/p {unit}\n")),
            "{word}: {text}"
        );
        let text = launchd::agent(&launch, Path::new("/e"));
        let words = format!("\t\t<string>/p</string>\n\t\t<string>{agent}</string>\n\t</array>");
        assert!(text.contains(&words), "{word}: {text}");
        let text = schtasks::task(&launch, PERSON).unwrap();
        assert!(
            text.contains(&format!("<Arguments>{task}</Arguments>")),
            "{word}: {text}"
        );
    }
}

#[test]
fn a_program_that_systemd_or_the_scheduler_would_not_start_is_refused() {
    let launch = |program: &str| Launch {
        program: program.to_owned(),
        arguments: Vec::new(),
        variables: Vec::new(),
        stop_within: Duration::ZERO,
    };
    for program in ["/a\"b/p", "/a'b/p", "/a\\b/p"] {
        assert!(systemd::unit(&launch(program)).is_err(), "{program}");
    }
    // systemd takes a dollar sign there for itself.
    let unit = systemd::unit(&launch("/a$b/p")).unwrap();
    assert!(unit.contains("\nExecStart=\"/a$b/p\"\n"), "{unit}");
    for program in [r"C:\%TEMP%\p.exe", r"C:\$(Arg0)\p.exe"] {
        assert!(
            schtasks::task(&launch(program), PERSON).is_err(),
            "{program}"
        );
    }
}

#[track_caller]
fn check(written: &str, recorded: &str) {
    // A checkout on Windows may have other line ends.
    assert_eq!(written, recorded.replace("\r\n", "\n"));
}

const PERSON: &str = "S-1-5-21-1004336348-1177238915-682003330-1001";
