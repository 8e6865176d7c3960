//! A small disk of its own, in a namespace that ends with it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::home::{Ended, Home, Up};

/// The disk, and the home whose program keeps everything on it.
pub(crate) struct Disk {
    pub(crate) home: Home,
    holder: Child,
    mounted_at: TempDir,
}

impl Disk {
    /// A disk of so many MiB with a home at which somebody is signed in.
    pub(crate) async fn new(mib: u32) -> Self {
        let mounted_at = tempfile::tempdir().unwrap();
        let mut unshare = Command::new("unshare");
        unshare.arg("--mount");
        if !is_root() {
            unshare.arg("--map-root-user");
        }
        let mut holder = unshare
            .args(["sh", "-c", MOUNT, "sh"])
            .arg(mounted_at.path())
            .arg(format!("size={mib}m,mode=0700"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(holder.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "mounted\n", "this machine lets nobody mount a disk");
        let disk = Self {
            home: Home::empty().await,
            holder,
            mounted_at,
        };
        let ended = disk.run(&["login", "--device"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        disk
    }

    /// The program, about to be started on this disk.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.enter();
        command.arg(env!("CARGO_BIN_EXE_postern"));
        self.home
            .dress(&mut command, self.mounted_at.path(), arguments);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments)).await
    }

    pub(crate) async fn serve(&self) -> Up {
        Up::start(self.command(&["serve", "--port", "0"])).await
    }

    /// A file on the disk, as it is seen from here.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        let inside = self.mounted_at.path().strip_prefix("/").unwrap();
        root.join(inside).join(path)
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self) {
        let mut filler = File::create(self.file("filler")).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while filler.write_all(&vec![0; size]).is_ok() {}
        }
    }

    /// Makes room again.
    pub(crate) fn free(&self) {
        fs::remove_file(self.file("filler")).unwrap();
    }

    /// Lets nobody write any more, or lets them again.
    pub(crate) fn remount(&self, how: &str) {
        let mut mount = self.enter();
        mount.args(["/bin/mount", "-o", &format!("remount,{how}")]);
        let ended = mount.arg(self.mounted_at.path()).status().unwrap();
        assert!(ended.success());
    }

    /// What comes after it runs where the disk is.
    fn enter(&self) -> Command {
        let holder = self.holder.id();
        let mut nsenter = Command::new("/usr/bin/nsenter");
        nsenter.env_clear();
        if !is_root() {
            nsenter.arg(format!("--user=/proc/{holder}/ns/user"));
            nsenter.arg("--preserve-credentials");
        }
        nsenter.arg(format!("--mount=/proc/{holder}/ns/mnt"));
        nsenter
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Mounts, says so, and stays until its standard input ends.
const MOUNT: &str = r#"mount -t tmpfs -o "$2" postern "$1" && echo mounted && exec cat"#;
