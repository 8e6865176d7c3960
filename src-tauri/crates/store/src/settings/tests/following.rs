//! The file while the program runs.

use std::fs;

use base::{Clock, Drained, Hand, Tasks, Timestamp};

use super::*;
use crate::paths::Paths;

struct Place {
    dir: tempfile::TempDir,
    file: SettingsFile,
}

impl Place {
    fn new(overrides: Written) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = SettingsFile::open(&Paths::under(dir.path()), overrides);
        Self { dir, file }
    }

    /// Another editor's way to save: a file of another name, moved over ours.
    fn save(&self, text: &str) {
        let draft = self.dir.path().join("config.toml~");
        fs::write(&draft, text).unwrap();
        fs::rename(draft, self.file.path()).unwrap();
    }

    fn port(&self) -> u16 {
        self.file.current().port
    }
}

/// Lets the follower look `times` times.
async fn looks(hand: &Hand, times: usize) {
    for _ in 0..times {
        hand.until_sleeping(1).await;
        hand.advance(Duration::from_secs(1));
        // It wakes, looks, and sleeps again; only then is it counted again.
        tokio::task::yield_now().await;
        hand.until_sleeping(1).await;
    }
}

async fn followed(place: &Place, watch: impl AsyncFnOnce(Hand)) {
    let (clock, hand) = Clock::manual(Timestamp::from_seconds(0));
    let tasks = Tasks::new();
    let file = place.file.clone();
    tasks.spawn("follow", |stop| file.follow(clock, stop));
    watch(hand).await;
    assert_eq!(
        tasks.wind_down(Duration::from_secs(5)).await,
        Drained::Fully
    );
}

#[test]
fn the_first_start_writes_a_documented_file_and_no_later_start_touches_it() {
    let place = Place::new(Written::default());
    let text = fs::read_to_string(place.file.path()).unwrap();
    assert_eq!(text, crate::settings::text::documented());
    assert_eq!(place.file.problems(), []);
    place.save("port = 9 # mine\n");
    let again = SettingsFile::open(&Paths::under(place.dir.path()), Written::default());
    assert_eq!(again.current().port, 9);
    assert_eq!(
        fs::read_to_string(place.file.path()).unwrap(),
        "port = 9 # mine\n"
    );
}

#[tokio::test]
async fn a_change_counts_and_a_bad_one_keeps_the_last_good_value() {
    let place = Place::new(Written::default());
    let mut seen = place.file.watch();
    followed(&place, async |hand| {
        place.save("port = 8001");
        looks(&hand, 2).await;
        assert_eq!(place.port(), 8001);
        assert!(seen.has_changed().unwrap());
        seen.mark_unchanged();

        place.save("port = 8002\ncolour = 1");
        looks(&hand, 2).await;
        assert_eq!(place.port(), 8001);
        assert_eq!(place.file.problems()[0].key, "colour");
        assert!(!seen.has_changed().unwrap());

        place.save("port = 8003");
        looks(&hand, 2).await;
        assert_eq!((place.port(), place.file.problems().len()), (8003, 0));
    })
    .await;
}

#[tokio::test]
async fn a_file_emptied_or_taken_away_for_a_moment_changes_nothing() {
    let place = Place::new(Written::default());
    place.save("port = 8001");
    place.file.reload();
    followed(&place, async |hand| {
        hand.until_sleeping(1).await;
        place.save("");
        looks(&hand, 1).await;
        assert_eq!(place.port(), 8001);
        place.save("port = 8002");
        looks(&hand, 2).await;
        assert_eq!(place.port(), 8002);

        fs::remove_file(place.file.path()).unwrap();
        looks(&hand, 3).await;
        assert_eq!(place.port(), 8002);
        assert_eq!(place.file.problems().len(), 1);
        place.save("");
        looks(&hand, 3).await;
        assert_eq!((place.port(), place.file.problems().len()), (7678, 0));
    })
    .await;
}

#[test]
fn an_edit_counts_at_once_and_a_bad_one_is_not_written() {
    let place = Place::new(Written::default());
    place
        .file
        .edit(|doc| doc["port"] = toml_edit::value(8100))
        .unwrap();
    assert_eq!(place.port(), 8100);
    let before = fs::read_to_string(place.file.path()).unwrap();
    let fault = place
        .file
        .edit(|doc| doc["port"] = toml_edit::value(-4))
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the settings would be wrong: `port` is -4, which is outside 0 to 65535"
    );
    assert_eq!(fs::read_to_string(place.file.path()).unwrap(), before);
    place.save("port = [");
    let fault = place
        .file
        .edit(|doc| doc["port"] = toml_edit::value(8200))
        .unwrap_err();
    assert!(matches!(fault, EditFault::Problems(_)));
    assert_eq!(place.port(), 8100);
}

#[test]
fn edits_of_many_at_once_are_all_kept() {
    let place = Place::new(Written::default());
    std::thread::scope(|scope| {
        for number in 0..10 {
            let file = place.file.clone();
            scope.spawn(move || {
                file.edit(|doc| {
                    let list = doc
                        .entry("extra_models")
                        .or_insert(toml_edit::value(toml_edit::Array::new()));
                    list.as_array_mut().unwrap().push(format!("model-{number}"));
                })
                .unwrap();
            });
        }
    });
    assert_eq!(place.file.current().extra_models.len(), 10);
}

#[cfg(unix)]
#[test]
fn a_linked_file_stays_linked() {
    let place = Place::new(Written::default());
    let dotfiles = place.dir.path().join("dotfiles.toml");
    fs::rename(place.file.path(), &dotfiles).unwrap();
    std::os::unix::fs::symlink(&dotfiles, place.file.path()).unwrap();
    place
        .file
        .edit(|doc| doc["port"] = toml_edit::value(8300))
        .unwrap();
    assert!(
        fs::symlink_metadata(place.file.path())
            .unwrap()
            .is_symlink()
    );
    assert!(
        fs::read_to_string(dotfiles)
            .unwrap()
            .contains("\nport = 8300\n")
    );
    assert_eq!(place.port(), 8300);
}

#[test]
fn a_start_with_a_bad_file_runs_on_defaults_and_overrides_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("config.toml"),
        "drain_secs = \"long\"\nport = 5",
    )
    .unwrap();
    let overrides = Written {
        port: Some(0),
        ..Written::default()
    };
    let file = SettingsFile::open(&Paths::under(dir.path()), overrides);
    assert_eq!(
        (file.current().port, file.current().drain.as_secs()),
        (0, 10)
    );
    assert_eq!(
        file.problems()[0].to_string(),
        "`drain_secs` expected a whole number"
    );
}

#[test]
fn a_file_that_cannot_be_read_as_text_is_a_problem() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("config.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let file = SettingsFile::open(&Paths::under(dir.path()), Written::default());
    let shown = file.path().display().to_string();
    let why = format!("`{shown}` cannot be read: ");
    assert!(
        file.problems()[0].why.starts_with(&why),
        "{:?}",
        file.problems()
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_systems_reason() {
    let home = tempfile::tempdir().unwrap();
    let taken = home.path().join("a file");
    std::fs::write(&taken, "").unwrap();
    let paths = Paths::under(&taken.join("home"));
    let file = SettingsFile::open(&paths, Written::default());
    let problems = file.problems();
    let why = format!("`{}` cannot be written: ", file.path().display());
    assert!(problems[0].why.starts_with(&why), "{problems:?}");
    assert_eq!(problems.len(), 1);
}
