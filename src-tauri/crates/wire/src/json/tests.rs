use super::*;

#[track_caller]
fn refused(result: Result<impl std::fmt::Debug, Fault>, message: &str, param: Option<&str>) {
    let fault = result.unwrap_err();
    assert_eq!(fault.to_string(), message);
    assert_eq!(fault.param(), param);
}

#[test]
fn fields_are_read_by_name_and_null_is_absent() {
    let body = br#"{"a":"x\n","b":null,"c":[1,{"d":true}],"a":"y","n":7}"#;
    let object = Object::body(body).unwrap();
    assert_eq!(object.text("a").unwrap().as_deref(), Some("y"));
    assert_eq!(object.text("b").unwrap(), None);
    assert_eq!(object.integer("n").unwrap(), Some(7));
    assert_eq!(object.list("c").unwrap().unwrap().len(), 2);
    assert_eq!(object.names().collect::<Vec<_>>(), ["a", "c", "a", "n"]);
    assert!(object.flag("z").unwrap().is_none());
}

#[test]
fn complaints_are_worded_as_the_official_api_words_them() {
    let body = br#"{"m":[{"role":7},"x"],"empty":"","o":{"f":1.5}}"#;
    let object = Object::body(body).unwrap();
    refused(
        object.text("m"),
        "Invalid type for 'm': expected a string, but got an array instead.",
        Some("m"),
    );
    refused(
        object.objects("m"),
        "Invalid type for 'm[1]': expected an object, but got a string instead.",
        Some("m[1]"),
    );
    refused(
        object.need_text("gone"),
        "Missing required parameter: 'gone'.",
        Some("gone"),
    );
    refused(
        object.need_text("empty"),
        "Invalid 'empty': empty string. Expected a string with minimum length 1, but got an empty string instead.",
        Some("empty"),
    );
    refused(
        object.need_object("o").unwrap().integer("f"),
        "Invalid type for 'o.f': expected an integer, but got a decimal instead.",
        Some("o.f"),
    );
    let unknown = object.unknown_value("role", "x", &["a", "b", "c"]);
    assert_eq!(
        unknown.to_string(),
        "Invalid value: 'x'. Supported values are: 'a', 'b', and 'c'."
    );
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    refused(
        Object::body(b"[1]"),
        "Invalid type for the request body: expected an object, but got an array instead.",
        None,
    );
    for empty in [&b""[..], b" \r\n"] {
        refused(
            Object::body(empty),
            "the request body is not valid JSON: it is empty",
            None,
        );
    }
    for broken in [&b"{"[..], b"{\"a\":1}x", b"\xff", b"{\"a\":}"] {
        assert!(matches!(Object::body(broken), Err(Fault::BadJson { .. })));
    }
}

#[test]
fn a_bomb_of_brackets_is_refused_and_brackets_in_strings_are_not() {
    let nested =
        |depth: usize| format!("{}{}", "{\"a\":".repeat(depth - 1), "{}") + &"}".repeat(depth - 1);
    assert!(Object::body(nested(DEEPEST).as_bytes()).is_ok());
    assert!(matches!(
        Object::body(nested(DEEPEST + 1).as_bytes()),
        Err(Fault::BadJson { .. })
    ));
    assert!(Object::body("[".repeat(1_000_000).as_bytes()).is_err());
    let quoted = format!(r#"{{"a":"\"{}"}}"#, "[".repeat(1000));
    assert!(Object::body(quoted.as_bytes()).is_ok());
}

#[test]
fn a_flood_of_values_is_refused_and_commas_in_strings_are_not() {
    // The body's own bracket counts, and that of the list.
    let list = |length: usize| format!("{{\"a\":[{}1]}}", "1,".repeat(length - 1));
    assert!(Object::body(list(MOST_VALUES - 1).as_bytes()).is_ok());
    let objects = format!("{{\"a\":[{}]}}", "{},".repeat(MOST_VALUES / 2));
    for many in [list(MOST_VALUES), objects] {
        let fault = Object::body(many.as_bytes()).unwrap_err();
        assert_eq!(fault.code(), "too_many_values", "{fault}");
    }
    let quoted = format!(r#"{{"a":"{}"}}"#, ",".repeat(MOST_VALUES + 1));
    assert!(Object::body(quoted.as_bytes()).is_ok());
}

#[test]
fn half_a_character_becomes_the_replacement_character_and_nothing_else_changes() {
    let rows = [
        (r#""a \ud83d b""#, r#""a \ufffd b""#),
        (r#""\uDE00\uD83D""#, r#""\ufffd\ufffd""#),
        (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
        (r#""\ud83d\n""#, r#""\ufffd\n""#),
        (r#""\ud83d"#, r#""\ufffd"#),
    ];
    for (body, mended) in rows {
        let found = without_lone_surrogates(body.as_bytes());
        assert_eq!(std::str::from_utf8(&found).unwrap(), mended, "{body}");
    }
    for whole in [
        r#"{"a":"\ud83d\ude00 \u00e9 \\ud83d \" \/"}"#,
        r#""\\\\ud83d""#,
        r#""\ud83""#,
        r#""\u+83d""#,
        "\\",
        "",
    ] {
        let found = without_lone_surrogates(whole.as_bytes());
        assert!(matches!(found, std::borrow::Cow::Borrowed(_)), "{whole}");
        assert_eq!(found, whole.as_bytes());
    }
}
