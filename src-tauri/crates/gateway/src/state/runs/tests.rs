use super::*;

fn run(mebibytes: usize) -> Arc<Run> {
    let standing = || RawValue::from_string("{}".to_owned()).unwrap();
    let run = Run::new(standing(), standing());
    let mut event = b"data: ".to_vec();
    event.resize((1 << 20) - 2, b'x');
    event.extend(b"\n\n");
    // All of them share one memory, and each counts.
    let event = Bytes::from(event);
    for _ in 0..mebibytes {
        run.tell(event.clone());
    }
    Arc::new(run)
}

#[test]
fn the_oldest_that_ended_goes_when_all_together_are_too_large() {
    let runs = Runs::default();
    let held = |ids: [&str; 5]| ids.map(|id| runs.find("key", id).is_some());
    let all = ["under way", "first", "second", "third", "fourth"];
    runs.add("key", all[0], &run(20));
    for (id, mebibytes) in [(all[1], 10), (all[2], 20), (all[3], 10)] {
        runs.add("key", id, &run(mebibytes));
        runs.note_end("key", id);
    }
    assert_eq!(held(all), [true, true, true, true, false]);
    let first = runs.find("key", all[1]).unwrap();
    runs.add("key", all[4], &run(5));
    assert_eq!(held(all), [true, false, true, true, true]);
    assert!(
        first.let_go.is_cancelled(),
        "nobody waits for its time any more"
    );
}

#[test]
fn what_is_not_made_yet_is_held_however_large_it_is() {
    let runs = Runs::default();
    runs.add("key", "large", &run(70));
    runs.add("key", "small", &run(1));
    runs.note_end("key", "small");
    assert!(runs.find("key", "large").is_some());
    assert!(runs.find("key", "small").is_none());
}

#[test]
fn what_is_forgotten_is_waited_for_no_longer() {
    let (runs, one) = (Runs::default(), run(1));
    runs.add("key", "one", &one);
    runs.note_end("key", "one");
    runs.remove("key", "one");
    assert!(one.let_go.is_cancelled());
    runs.note_end("key", "one");
    assert!(runs.find("key", "one").is_none());
}
