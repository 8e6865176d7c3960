//! Keys by name: words, values, and back to the default.

use crate::settings::text;
use crate::settings::*;

fn why(toml: &str) -> String {
    Settings::check_text(toml).unwrap_err()[0].to_string()
}

#[test]
fn a_word_is_one_of_its_few() {
    let good = Settings::check_text(
        "language = \"zh-CN\"\ntheme = \"dark\"\nnotifications = [\"port\", \"port\", \"limit\"]",
    )
    .unwrap();
    assert_eq!(
        (good.language, good.theme, good.notifications),
        (
            Language::Chinese,
            Theme::Dark,
            vec![Notification::Port, Notification::Limit]
        )
    );
    assert_eq!(
        why("language = \"fr\""),
        "`language` must be `system`, `en` or `zh-CN`"
    );
    assert_eq!(
        why("notifications = [\"limit\", \"all\"]"),
        "`notifications` entry 2 must be `sign_in`, `limit` or `port`"
    );
}

#[test]
fn a_key_goes_back_to_the_line_that_documents_it() {
    let start = text::documented();
    for key in NAMES {
        let value = Written::defaults().value(key).unwrap_or(Value::Number(7));
        let set = |doc: &mut toml_edit::DocumentMut| doc[key] = toml_edit::value(value);
        let once = text::edited(&start, set).unwrap();
        assert_ne!(once, start, "{key}");
        assert_eq!(text::without(&once, key).unwrap(), start, "{key}");
    }
    let own = "# mine\nport = 1 # why\n";
    assert_eq!(
        text::without(own, "port").unwrap(),
        "# mine\n# port = 7678 # why\n"
    );
    assert_eq!(text::without(own, "listen").unwrap(), own);
    assert!(text::without("port = ", "port").is_err());
}

#[test]
fn every_key_has_a_value_by_its_name() {
    let defaults = Written::defaults();
    assert_eq!(defaults.value("port"), Some(Value::Number(7678)));
    assert_eq!(defaults.value("keep_running"), Some(Value::Flag(false)));
    assert_eq!(defaults.value("user_agent"), None);
    assert_eq!(defaults.value("colour"), None);
    let unset: Vec<_> = NAMES
        .iter()
        .filter(|name| defaults.value(name).is_none())
        .collect();
    assert_eq!(unset, [&"user_agent", &"http_proxy", &"vault"]);
}

#[test]
fn a_value_set_by_name_counts_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let paths = crate::Paths::under(dir.path());
    let file = SettingsFile::open(&paths, Written::default());
    let list = Value::List(vec!["https://app.test".to_owned()]);
    file.set("allowed_origins", Some(list.clone())).unwrap();
    file.set("port", Some(Value::Number(9))).unwrap();
    assert_eq!(file.current().allowed_origins, ["https://app.test"]);
    assert_eq!(file.written().value("allowed_origins"), Some(list));
    assert!(file.set("port", Some(Value::Number(70_000))).is_err());
    assert_eq!(file.current().port, 9);
    file.set("port", None).unwrap();
    assert_eq!((file.current().port, file.written().port), (7678, None));
}

#[test]
fn a_model_map_is_pairs_in_their_order() {
    let good = Settings::check_text(
        "model_map = [\"claude-*haiku* -> gpt-5.6-luna\", \"claude-*->gpt-6-astra\", \"claude-* -> gpt-5.5\"]",
    )
    .unwrap();
    let pair = |name: &str, serves: &str| (name.to_owned(), serves.to_owned());
    assert_eq!(
        good.model_map,
        [
            pair("claude-*haiku*", "gpt-5.6-luna"),
            pair("claude-*", "gpt-6-astra"),
            pair("claude-*", "gpt-5.5"),
        ]
    );
    for (entry, says) in [
        ("claude-opus", "must be two names with `->` between them"),
        ("a -> gpt-*", "must name one model after `->`"),
        (
            "a b -> c",
            "must be 1 to 128 printable characters without spaces",
        ),
        (
            "-> c",
            "must be 1 to 128 printable characters without spaces",
        ),
    ] {
        assert_eq!(
            why(&format!("model_map = [\"x -> y\", \"{entry}\"]")),
            format!("`model_map` entry 2 {says}")
        );
    }
}

#[test]
fn suffixes_of_models_are_efforts_and_fast() {
    let good = Settings::check_text("model_suffixes = [\"high\", \"fast\", \"high\"]").unwrap();
    assert_eq!(good.model_suffixes, ["high", "fast"]);
    assert_eq!(
        why("model_suffixes = [\"low\", \"ultra\"]"),
        "`model_suffixes` entry 2 must be `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max` or `fast`"
    );
}
