//! Defences that are the absence of something: no markup from a text, no comparison that tells how far
//! it came, no `unsafe` of our own.

use std::fs;
use std::path::PathBuf;

use crate::sources::{root, sources};

/// A model's answer, a model's name, an app's name, an error in the backend's words: all of them
/// reach the page, and all of them are text there.
#[test]
fn nothing_on_the_page_is_read_as_markup_or_code() {
    let is_page = |file: &PathBuf| file.starts_with(root().join("ui/src"));
    let files: Vec<PathBuf> = sources().filter(is_page).collect();
    assert!(files.len() > 50, "{} files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_test = file.to_string_lossy().ends_with(".test.ts");
        let found = MARKUP.iter().find(|word| text.contains(**word));
        assert!(is_test || found.is_none(), "{}: {found:?}", file.display());
        for (at, _) in text.match_indices("href={") {
            let leads = &text[at..];
            let is_inside = leads.starts_with("href={address(");
            assert!(is_inside, "{}: {:.40}", file.display(), leads);
        }
    }
}

#[test]
fn no_script_stands_in_the_page_itself() {
    let page = fs::read_to_string(root().join("ui/index.html")).unwrap();
    for script in page.split("<script").skip(1) {
        let (head, rest) = script.split_once('>').unwrap();
        assert!(head.contains(" src=\"/src/"), "{head}");
        assert!(rest.starts_with("</script>"), "{rest}");
    }
    for attribute in [" on", " style="] {
        let tags = page.split('<').skip(1);
        let inside = |tag: &str| tag.split('>').next().unwrap().contains(attribute);
        assert!(!tags.into_iter().any(inside), "{attribute}");
    }
}

/// The whole of each function that compares what was presented with what is known.
#[test]
fn what_is_presented_is_compared_in_constant_time() {
    for (file, function) in COMPARED {
        let path = root().join("src-tauri/crates").join(file);
        let text = fs::read_to_string(path).unwrap();
        let (_, body) = text.split_once(&format!("fn {function}(")).unwrap();
        let body = body.split("\n}").next().unwrap();
        let body = body.split("\n    }\n").next().unwrap();
        assert!(body.contains("ct_eq("), "{file}::{function}:{body}");
        for early in ["==", "!=", "break", "starts_with"] {
            let is_absent = !body.contains(early);
            assert!(is_absent, "{file}::{function}: `{early}` in{body}");
        }
    }
}

#[test]
fn nothing_of_ours_is_unsafe() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    let crates = fs::read_dir(root().join("src-tauri/crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path());
    let manifests = crates.chain([root().join("src-tauri")]);
    for manifest in manifests.map(|folder| folder.join("Cargo.toml")) {
        let text = fs::read_to_string(&manifest).unwrap();
        let inherits = text.contains("[lints]\nworkspace = true");
        assert!(inherits, "{}", manifest.display());
    }
    let is_rust = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "rs");
    for file in sources().filter(is_rust) {
        let text = fs::read_to_string(&file).unwrap();
        for opening in UNSAFE.map(|(one, other)| format!("{one}{other}")) {
            assert!(!text.contains(&opening), "{}: {opening}", file.display());
        }
    }
}

const MARKUP: [&str; 12] = [
    "{@html",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "DOMParser",
    "document.write",
    "srcdoc",
    "eval(",
    "new Function",
    "javascript:",
    "setAttribute('on",
];

/// Local keys, the page's codes and cookie, the state of a sign-in.
const COMPARED: [(&str, &str); 4] = [
    ("gateway/src/guard/key.rs", "admit"),
    ("store/src/keys/roll.rs", "find"),
    ("control/src/page/pass.rs", "same"),
    ("auth/src/callback.rs", "is_ours"),
];

/// In two pieces, so that they do not stand here.
const UNSAFE: [(&str, &str); 5] = [
    ("unsafe", " {"),
    ("unsafe", " fn"),
    ("unsafe", " impl"),
    ("unsafe", " extern"),
    ("#[unsafe", "("),
];
