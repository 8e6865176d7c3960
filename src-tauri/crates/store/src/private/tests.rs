use super::*;
use std::path::PathBuf;

fn place() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    own_folder(&folder).unwrap();
    (home, folder.join("file"))
}

fn bytes_at(path: &Path) -> Vec<u8> {
    match read(path).unwrap() {
        Found::Bytes(bytes, _) => bytes,
        Found::Nothing | Found::NotAFile => panic!("no file at {}", path.display()),
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_replaced_file_has_the_new_bytes_and_another_stamp() {
    let (_home, path) = place();
    replace(&path, b"one").unwrap();
    let before = stamp(&path);
    replace(&path, b"two").unwrap();
    assert_eq!(bytes_at(&path), b"two");
    assert_ne!(before, stamp(&path));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn nothing_is_nothing_and_a_folder_is_no_file() {
    let (_home, path) = place();
    assert!(matches!(read(&path).unwrap(), Found::Nothing));
    assert_eq!(stamp(&path), None);
    fs::create_dir(&path).unwrap();
    assert!(matches!(read(&path).unwrap(), Found::NotAFile));
}

#[test]
fn a_failed_replacement_keeps_the_old_file_and_leaves_no_draft() {
    let (_home, path) = place();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inside"), "x").unwrap();
    assert!(replace(&path, b"new").is_err());
    assert_eq!(fs::read(path.join("inside")).unwrap(), b"x");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn drafts_of_the_dead_are_swept_and_nothing_else() {
    let (_home, path) = place();
    let folder = path.parent().unwrap();
    for name in [".file.draft-abc", ".other.draft-abc", "file.draft-x"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    replace(&path, b"whole").unwrap();
    sweep(&path).unwrap();
    let mut left: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".other.draft-abc", "file", "file.draft-x"]);
}

#[cfg(unix)]
#[test]
fn what_is_made_is_closed_to_others_and_what_is_found_open_is_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, path) = place();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    replace(&path, b"secret").unwrap();
    assert_eq!(mode(&path), 0o600);
    let lock = path.with_extension("lock");
    lock_file(&lock).unwrap();
    assert_eq!(mode(&lock), 0o600);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    bytes_at(&path);
    own_folder(path.parent().unwrap()).unwrap();
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));

    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    make_folder(home.path()).unwrap();
    assert_eq!(
        mode(home.path()),
        0o755,
        "a folder of the person's own is theirs"
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_followed() {
    let (_home, path) = place();
    let target = path.with_extension("target");
    fs::write(&target, "elsewhere").unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(matches!(read(&path).unwrap(), Found::NotAFile));
    assert_eq!(stamp(&path), None);
    assert!(lock_file(&path).is_err());
    replace(&path, b"ours").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"elsewhere");

    let socket = path.with_extension("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(matches!(read(&socket).unwrap(), Found::NotAFile));
}
