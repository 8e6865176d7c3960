use super::*;

#[test]
fn fields_are_taken_named_or_refused() {
    let order = |fields: &[(&str, &str)]| {
        request(fields)
            .map(|order| (order.form, order.ignored.join(" ")))
            .map_err(|fault| fault.code().to_owned())
    };
    let taken = |form, ignored: &str| Ok((form, ignored.to_owned()));
    let refused = |code: &str| Err(code.to_owned());
    let rows: Vec<(&[(&str, &str)], _)> = vec![
        (&[], taken(Form::Json, "")),
        (&[("model", "gpt-4o-transcribe")], taken(Form::Json, "")),
        (&[("model", "whisper-1")], taken(Form::Json, "model")),
        (&[("response_format", "text")], taken(Form::Text, "")),
        (
            &[("response_format", "verbose_json")],
            taken(Form::Verbose, ""),
        ),
        (&[("stream", "false")], taken(Form::Json, "")),
        (&[("stream", "true")], taken(Form::Events, "")),
        (
            &[
                ("language", "de"),
                ("temperature", "0"),
                ("timestamp_granularities[]", "word"),
            ],
            taken(Form::Json, "language temperature timestamp_granularities[]"),
        ),
        (&[("response_format", "srt")], refused("unsupported_value")),
        (&[("response_format", "vtt")], refused("unsupported_value")),
        (
            &[("response_format", "diarized_json")],
            refused("unsupported_value"),
        ),
        (&[("response_format", "xml")], refused("invalid_value")),
        (&[("stream", "maybe")], refused("invalid_type")),
        (
            &[("stream", "true"), ("response_format", "text")],
            refused("unsupported_value"),
        ),
    ];
    for (fields, expected) in rows {
        assert_eq!(order(fields), expected, "{fields:?}");
    }
    assert_eq!(request(&[("prompt", "")]).unwrap().prompt, None);
    let order = request(&[("prompt", "Postern, ksni")]).unwrap();
    assert_eq!(order.prompt.as_deref(), Some("Postern, ksni"));
}

#[test]
fn the_text_comes_in_every_form() {
    let told = |json: &str| Transcript::read(json.as_bytes()).unwrap();
    let text = |json: &str, form| {
        let answer = answer(&told(json), form);
        (String::from_utf8(answer.body).unwrap(), answer.ignored)
    };
    let plain = r#"{"text":"a \"b\""}"#;
    let full =
        r#"{"text":"hi","language":"en","duration":1.5,"segments":[],"usage":{"seconds":2}}"#;
    let rows = [
        (plain, Form::Json, r#"{"text":"a \"b\""}"#, vec![]),
        (
            full,
            Form::Json,
            r#"{"text":"hi","usage":{"seconds":2}}"#,
            vec![],
        ),
        (plain, Form::Text, "a \"b\"\n", vec![]),
        (
            plain,
            Form::Verbose,
            r#"{"task":"transcribe","language":"unknown","duration":0.0,"text":"a \"b\""}"#,
            vec!["response_format"],
        ),
        (
            full,
            Form::Verbose,
            r#"{"task":"transcribe","language":"en","duration":1.5,"text":"hi","segments":[],"usage":{"seconds":2}}"#,
            vec![],
        ),
        (
            full,
            Form::Events,
            "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"hi\"}\n\nevent: transcript.text.done\ndata: {\"type\":\"transcript.text.done\",\"text\":\"hi\",\"usage\":{\"seconds\":2}}\n\n",
            vec![],
        ),
    ];
    for (json, form, body, ignored) in rows {
        assert_eq!(
            text(json, form),
            (body.to_owned(), ignored),
            "{form:?} of {json}"
        );
    }
}
