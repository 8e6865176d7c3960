//! Another person on the same machine, with the rights of `nobody`.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::files::below;
use crate::stage::Stage;

/// What `nobody` hears of `command`; `None` where this machine lets nobody become `nobody`.
fn as_nobody(command: &mut Command) -> Option<std::process::Output> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    root.then(|| {
        command
            .uid(NOBODY)
            .gid(NOBODY)
            .current_dir("/")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    })
}

fn open_to_all(folder: &Path) {
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder, open).unwrap();
}

#[tokio::test]
async fn another_person_reads_no_file_of_the_home() {
    let stage = Stage::open().await;
    assert!(stage.serves().await);
    // A folder that a person names with `--home` may be open; what Postern puts there is not.
    open_to_all(stage.desk.home.path());
    let home = stage.desk.home.path();
    for path in below(home) {
        if path == home {
            continue;
        }
        let mode = path.metadata().unwrap().mode();
        // The stage wrote the settings itself, as an editor does.
        if !path.ends_with("config.toml") {
            assert_eq!(mode & 0o077, 0, "{}", path.display());
            let mut reading = Command::new("/bin/cat");
            let mut listing = Command::new("/bin/ls");
            let tool = if path.is_dir() {
                &mut listing
            } else {
                &mut reading
            };
            if let Some(heard) = as_nobody(tool.arg(&path)) {
                assert!(!heard.status.success(), "{}", path.display());
                assert_eq!(
                    String::from_utf8_lossy(&heard.stdout),
                    "",
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[tokio::test]
async fn what_everybody_can_see_of_a_process_holds_no_secret() {
    let stage = Stage::open().await;
    let pid = stage.told().await["pid"].as_u64().unwrap();
    let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}")).unwrap();
    let line = String::from_utf8_lossy(&read("cmdline")).into_owned();
    assert!(line.contains("serve"), "{line}");
    for secret in ["at-standin", &stage.key, "pk-postern-"] {
        assert!(!line.contains(secret), "{line}");
    }
    let mut peeking = Command::new("/bin/cat");
    if let Some(heard) = as_nobody(peeking.arg(format!("/proc/{pid}/environ"))) {
        assert!(!heard.status.success());
    }
}

const NOBODY: u32 = 65534;
