//! Where the client wants its answer to end.

use wire::Fault;
use wire::json::{Object, text};
use wire::responses::Target;

use crate::Ends;

impl Ends {
    /// Reads a limit from the first of `limits` that `ask` has, and stop words from `stop`. The
    /// platform keeps to the limit itself; it knows no stop words either.
    ///
    /// # Errors
    /// A field is not what it should be.
    pub(crate) fn read(
        ask: &Object<'_>,
        limits: &[&str],
        stop: Option<&str>,
        target: Target,
    ) -> Result<Self, Fault> {
        let mut most_tokens = None;
        for name in limits {
            let Some(most) = ask.integer(name)? else {
                continue;
            };
            let most = u64::try_from(most).ok().filter(|most| *most > 0);
            let most = most.ok_or_else(|| too_few(ask, name))?;
            most_tokens = most_tokens.or(Some(most));
        }
        Ok(Self {
            most_tokens: most_tokens.filter(|_| target == Target::Plan),
            stops: stop.map_or(Ok(Vec::new()), |name| stops(ask, name))?,
            input_tokens: 0,
        })
    }
}

/// One word or several. Empty ones end nothing.
fn stops(ask: &Object<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let Some(raw) = ask.get(name) else {
        return Ok(Vec::new());
    };
    if let Some(word) = text(raw) {
        return Ok(vec![short(ask, name, word.into_owned())?]);
    }
    let wrong = || ask.wrong_type(name, "a string or an array of strings");
    let words = ask.list(name).map_err(|_| wrong())?.unwrap_or_default();
    if words.len() > MOST_WORDS {
        return Err(too_much(ask, name, "array too long", MOST_WORDS));
    }
    words
        .into_iter()
        .map(|raw| short(ask, name, text(raw).map(String::from).ok_or_else(wrong)?))
        .collect()
}

fn short(ask: &Object<'_>, name: &str, word: String) -> Result<String, Fault> {
    match word.len() > LONGEST_WORD {
        true => Err(too_much(ask, name, "string too long", LONGEST_WORD)),
        false => Ok(word),
    }
}

fn too_much(ask: &Object<'_>, name: &str, what: &str, most: usize) -> Fault {
    let path = ask.path(name);
    Fault::Invalid {
        message: format!("Invalid '{path}': {what}. Expected a maximum length of {most}."),
        param: Some(path),
        code: Some("invalid_value"),
    }
}

/// Each event is searched for every word, so there are bounds; OpenAI itself takes four.
const MOST_WORDS: usize = 64;
const LONGEST_WORD: usize = 1024;

fn too_few(ask: &Object<'_>, name: &str) -> Fault {
    let path = ask.path(name);
    Fault::Invalid {
        message: format!("Invalid '{path}': integer below minimum value. Expected a value >= 1."),
        param: Some(path),
        code: Some("integer_below_min_value"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, target: Target) -> Result<Ends, Fault> {
        let ask = Object::body(body.as_bytes()).unwrap();
        Ends::read(
            &ask,
            &["max_completion_tokens", "max_tokens"],
            Some("stop"),
            target,
        )
    }

    #[test]
    fn limits_and_words_are_read() {
        for (body, most_tokens, stops) in [
            ("{}", None, &[][..]),
            (r#"{"max_tokens": 5, "stop": null}"#, Some(5), &[]),
            (
                r#"{"max_tokens": 5, "max_completion_tokens": 7}"#,
                Some(7),
                &[],
            ),
            (r#"{"max_tokens": null, "stop": "END"}"#, None, &["END"]),
            (r#"{"stop": ["a", "\n\n", ""]}"#, None, &["a", "\n\n", ""]),
        ] {
            let stops = stops.iter().map(ToString::to_string).collect();
            assert_eq!(
                read(body, Target::Plan),
                Ok(Ends {
                    most_tokens,
                    stops,
                    input_tokens: 0
                }),
                "{body}"
            );
        }
    }

    #[test]
    fn the_platform_keeps_to_its_own_limit() {
        let ends = read(r#"{"max_tokens": 5, "stop": "a"}"#, Target::Platform).unwrap();
        assert_eq!((ends.most_tokens, ends.stops.len()), (None, 1));
    }

    #[test]
    fn nonsense_is_named() {
        for (body, param) in [
            (r#"{"max_tokens": 0}"#, "max_tokens"),
            (r#"{"max_completion_tokens": -1}"#, "max_completion_tokens"),
            (r#"{"max_tokens": "many"}"#, "max_tokens"),
            (r#"{"stop": 5}"#, "stop"),
            (&format!(r#"{{"stop": "{}"}}"#, "x".repeat(1025)), "stop"),
            (
                &format!(r#"{{"stop": [{}""]}}"#, r#""x","#.repeat(64)),
                "stop",
            ),
            (r#"{"stop": ["a", 5]}"#, "stop"),
        ] {
            let fault = read(body, Target::Plan).unwrap_err();
            assert_eq!(fault.param(), Some(param), "{body}");
        }
    }
}
