use proptest::prelude::*;

use super::*;

fn path() -> &'static Path {
    Path::new("/data/secrets.sealed")
}

fn content() -> Content {
    Content::from([
        ("account/a".to_owned(), "refresh-token-one".to_owned()),
        (
            "local_key/b".to_owned(),
            "line\nbreak and \u{1F511}".to_owned(),
        ),
    ])
}

fn seals() -> [Seal; 3] {
    let key = SealKey::random(&Chance::seeded(1));
    let stretch = Stretch {
        salt: [3; 16],
        cost: Cost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
    };
    [
        Seal::Plain,
        Seal::Keyring(key.clone()),
        Seal::Passphrase(key, stretch),
    ]
}

fn written(seal: &Seal) -> Vec<u8> {
    seal.write(&content(), &Chance::seeded(2)).unwrap()
}

fn opened(seal: &Seal, bytes: &[u8]) -> Result<Content, VaultFault> {
    let sheet = Sheet::parse(bytes, path())?;
    sheet.kind()?;
    sheet.open(seal.key())
}

/// With its checksum mended, as someone would who changes the file on purpose.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let body = &bytes[..bytes.len() - CHECKSUM_LINE];
    [body, checksum(body).as_bytes(), b"\n"].concat()
}

fn with_header(seal: &Seal, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8(written(seal)).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    mended(format!("{}\n{rest}", change(header)).as_bytes())
}

#[track_caller]
fn check(bytes: &[u8], seal: &Seal, wanted: &str) {
    let told = opened(seal, bytes).unwrap_err();
    assert_eq!(told.to_string(), wanted);
}

#[test]
fn what_was_written_is_read() {
    for seal in seals() {
        let bytes = written(&seal);
        let sheet = Sheet::parse(&bytes, path()).unwrap();
        assert_eq!(sheet.kind().unwrap(), seal.kind());
        assert_eq!(sheet.open(seal.key()).unwrap(), content());
        assert_eq!(
            seal.key().map(|key| sheet.is_sealed_with(key)),
            seal.key().map(|_| true)
        );
        if let Seal::Passphrase(_, stretch) = &seal {
            assert_eq!(&sheet.stretch().unwrap(), stretch);
        }
    }
}

#[test]
fn only_the_plain_kind_can_be_read_without_a_key_and_says_so() {
    for seal in seals() {
        let text = String::from_utf8(written(&seal)).unwrap();
        let plain = seal == Seal::Plain;
        assert_eq!(text.contains("refresh-token-one"), plain, "{text}");
        assert_eq!(text.contains("account/a"), plain, "{text}");
        assert_eq!(
            text.contains("not sealed: whoever can read"),
            plain,
            "{text}"
        );
    }
}

#[test]
fn each_write_has_its_own_nonce() {
    let chance = Chance::seeded(9);
    let [_, seal, _] = seals();
    let one = seal.write(&content(), &chance).unwrap();
    let two = seal.write(&content(), &chance).unwrap();
    assert_ne!(one, two);
}

#[test]
fn a_file_cut_anywhere_is_damaged_or_foreign_and_never_half_read() {
    for seal in seals() {
        let bytes = written(&seal);
        for end in 0..bytes.len() {
            let fault = opened(&seal, &bytes[..end]).unwrap_err();
            assert!(
                matches!(fault, VaultFault::Damaged(_)),
                "cut at {end}: {fault}"
            );
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    for seal in seals() {
        let bytes = written(&seal);
        for at in 0..bytes.len() * 8 {
            let mut rotten = bytes.clone();
            rotten[at / 8] ^= 1 << (at % 8);
            let fault = opened(&seal, &rotten).unwrap_err();
            assert!(
                matches!(fault, VaultFault::Damaged(_) | VaultFault::NotOurs(_)),
                "bit {at}: {fault}"
            );
        }
    }
}

#[test]
fn a_change_on_purpose_breaks_the_seal() {
    let [_, seal, _] = seals();
    let tampered = "the file of saved secrets was changed by something else than Postern";
    let kind = with_header(&seal, |header| {
        header.replace("\"kind\":\"keyring\"", "\"kind\":\"passphrase\"")
    });
    check(&kind, &seal, tampered);
    let space = with_header(&seal, |header| {
        header.replace("{", "{ ").replace("{ ", "{") + " "
    });
    check(&space, &seal, tampered);
    let mut body = written(&seal);
    let at = body.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    body[at] = if body[at] == b'A' { b'B' } else { b'A' };
    check(&mended(&body), &seal, tampered);
}

#[test]
fn other_files_are_told_apart() {
    let [plain, keyring, passphrase] = seals();
    let foreign = "`/data/secrets.sealed` is not a file of saved secrets";
    check(b"SQLite format 3\0", &keyring, foreign);
    check(b"{\"port\":1}\n", &keyring, foreign);
    check(
        b"",
        &keyring,
        "the file of saved secrets is damaged: it is cut short",
    );
    let newer = with_header(&keyring, |header| {
        header.replace("\"postern_secrets\":1", "\"postern_secrets\":7")
    });
    let unknown = "the file of saved secrets has version 7, which this Postern does not know";
    check(&newer, &keyring, unknown);
    let kind = with_header(&plain, |header| header.replace("\"plain\"", "\"cloud\""));
    check(
        &kind,
        &plain,
        "the file of saved secrets is damaged: its header names no known kind",
    );
    let content = mended(&[written(&plain).as_slice()].concat());
    let content = String::from_utf8(content)
        .unwrap()
        .replace("{\"account/a\":", "[\"account/a\",");
    check(
        &mended(content.as_bytes()),
        &plain,
        "the file of saved secrets is damaged: its content is not understood",
    );
    let bytes = with_header(&passphrase, |header| {
        header.replace("\"passes\":1", "\"rounds\":1")
    });
    let sheet = Sheet::parse(&bytes, path()).unwrap();
    let told = sheet.stretch().unwrap_err().to_string();
    assert!(
        told.ends_with("its header does not say how its key is made"),
        "{told}"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..300), ours: bool) {
        let [_, seal, _] = seals();
        let bytes = if ours { [MAGIC, &tail].concat() } else { tail };
        prop_assert!(opened(&seal, &bytes).is_err());
        if bytes.len() > CHECKSUM_LINE {
            prop_assert!(opened(&seal, &mended(&bytes)).is_err());
        }
    }

    #[test]
    fn any_content_survives(content: BTreeMap<String, String>) {
        for seal in seals() {
            let bytes = seal.write(&content, &Chance::seeded(4)).unwrap();
            prop_assert_eq!(&opened(&seal, &bytes).unwrap(), &content);
        }
    }
}
