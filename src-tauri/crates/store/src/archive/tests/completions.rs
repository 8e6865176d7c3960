use std::fs;

use super::*;

fn completion(key: &str, id: &str) -> Completion {
    Completion {
        key_id: key.into(),
        id: id.into(),
        model: "gpt-5.5".into(),
        content: format!("what {id} said").into_bytes(),
        said: format!("what {id} was asked").into_bytes(),
    }
}

impl Archive {
    async fn put(&self, completion: Completion) {
        self.keep_completion(&self.sealer().await.unwrap(), completion);
    }

    async fn told(&self, wanted: Listing) -> Option<(Vec<String>, bool)> {
        let all = |_: &[u8]| true;
        let listed = self.completions("key", wanted, all).await.unwrap()?;
        let text = |content: Vec<u8>| String::from_utf8(content).unwrap();
        let told = listed.contents.into_iter().map(text);
        let ids = told.map(|text| {
            text.trim_start_matches("what ")
                .trim_end_matches(" said")
                .into()
        });
        Some((ids.collect(), listed.has_more))
    }
}

fn first(limit: usize) -> Listing {
    Listing {
        ascending: true,
        limit,
        ..Listing::default()
    }
}

#[tokio::test]
async fn completions_are_found_at_once_and_by_the_next_process() {
    let home = Home::new();
    let archive = home.open().await;
    archive.put(completion("key", "a")).await;
    assert_eq!(
        archive.completion("key", "a").await.unwrap().unwrap(),
        b"what a said"
    );
    drop(archive);
    let again = home.open().await;
    assert_eq!(
        again.completion("key", "a").await.unwrap().unwrap(),
        b"what a said"
    );
    assert_eq!(
        again.said("key", "a").await.unwrap().unwrap(),
        b"what a was asked"
    );
    for nobodys in [again.completion("key", "b"), again.completion("other", "a")] {
        assert_eq!(nobodys.await.unwrap(), None);
    }
    assert_eq!(again.said("other", "a").await.unwrap(), None);
    assert!(!again.forget_completion("other", "a").await.unwrap());
    let sealer = again.sealer().await.unwrap();
    let changed = again.change_completion(&sealer, "other", "a", b"x".to_vec());
    assert!(!changed.await.unwrap());
    assert!(again.forget_completion("key", "a").await.unwrap());
    assert_eq!(again.said("key", "a").await.unwrap(), None);
    assert_eq!(again.used().await, 0);
}

#[tokio::test]
async fn completions_are_listed_a_page_at_a_time() {
    let home = Home::new();
    let archive = home.open().await;
    for id in ["a", "b", "c", "d"] {
        archive.put(completion("key", id)).await;
    }
    archive.put(completion("other", "e")).await;
    let small = Completion {
        model: "small".into(),
        ..completion("key", "f")
    };
    archive.put(small).await;
    let page = |ids: &[&str], has_more| {
        let ids = ids.iter().map(ToString::to_string).collect();
        Some((ids, has_more))
    };
    let after = |id: &str, listing: Listing| Listing {
        after: Some(id.to_owned()),
        ..listing
    };
    let last = |limit| Listing {
        ascending: false,
        ..first(limit)
    };
    let of = |model: &str| Listing {
        model: Some(model.to_owned()),
        ..first(9)
    };
    for (wanted, expected) in [
        (first(9), page(&["a", "b", "c", "d", "f"], false)),
        (first(2), page(&["a", "b"], true)),
        (after("b", first(2)), page(&["c", "d"], true)),
        (after("d", first(2)), page(&["f"], false)),
        (after("f", first(2)), page(&[], false)),
        (last(2), page(&["f", "d"], true)),
        (after("b", last(2)), page(&["a"], false)),
        (of("small"), page(&["f"], false)),
        (of("large"), page(&[], false)),
        (after("e", first(9)), None),
    ] {
        assert_eq!(archive.told(wanted.clone()).await, expected, "{wanted:?}");
    }
    let some = |content: &[u8]| content != b"what b said";
    let listed = archive.completions("key", first(2), some).await.unwrap();
    let listed = listed.unwrap();
    assert_eq!(listed.contents, [b"what a said", b"what c said"]);
    assert!(listed.has_more);
}

#[tokio::test]
async fn a_change_keeps_the_place_and_counts_its_bytes() {
    let home = Home::new();
    let archive = home.open().await;
    for id in ["a", "b"] {
        archive.put(completion("key", id)).await;
    }
    let (sealer, before) = (archive.sealer().await.unwrap(), archive.used().await);
    let content = b"what x said".to_vec();
    let changed = archive.change_completion(&sealer, "key", "a", content.repeat(10));
    assert!(changed.await.unwrap());
    assert_eq!(archive.used().await, before + 9 * content.len() as u64);
    let changed = archive.change_completion(&sealer, "key", "a", content);
    assert!(changed.await.unwrap());
    assert_eq!(archive.used().await, before);
    let (ids, _) = archive.told(first(9)).await.unwrap();
    assert_eq!(ids, ["x", "b"]);
    assert_eq!(
        archive.said("key", "a").await.unwrap().unwrap(),
        b"what a was asked"
    );
}

#[tokio::test]
async fn completions_are_sealed_and_bounded_like_everything_else() {
    let home = Home::new();
    let archive = home.open().await;
    let keys = Keys::open(
        home.database(),
        home.vault(VaultChoice::Keyring).await,
        home.clock.clone(),
        Chance::system(),
    );
    let (key, _) = keys.add("app").await.unwrap();
    archive.put(completion(&key.id, "a")).await;
    archive.put(completion("key", "b")).await;
    archive.sealer().await.unwrap();
    assert!(archive.completion("key", "b").await.unwrap().is_some());
    for entry in fs::read_dir(home.paths().data).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for said in ["what a said", "what b was asked"] {
            assert!(
                !bytes
                    .windows(said.len())
                    .any(|window| window == said.as_bytes())
            );
        }
    }
    keys.revoke("app").await.unwrap();
    assert_eq!(archive.completion(&key.id, "a").await.unwrap(), None);
    let one = archive.used().await;
    home.hand.advance(Duration::from_secs(1));
    archive.put(completion("key", "c")).await;
    archive.bound(Bounds {
        max_bytes: one,
        ..Bounds::default()
    });
    assert_eq!(
        archive.told(first(9)).await.unwrap().0,
        ["c"],
        "the oldest goes"
    );
    home.hand.advance(Bounds::default().keep);
    assert_eq!(archive.told(first(9)).await.unwrap().0, [""; 0]);
    archive.put(completion("key", "d")).await;
    archive.bound(Bounds {
        max_bytes: 0,
        ..Bounds::default()
    });
    assert_eq!(archive.used().await, 0);
}
