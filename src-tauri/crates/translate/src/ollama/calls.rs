//! The calls of an answer, collected until they are whole: arguments are an object here, and half
//! of one is none.

use serde_json::value::RawValue;
use wire::Fault;
use wire::ollama::{ToldCall, ToldFunction};

/// All calls, in the order they began.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Call>);

#[derive(Debug)]
struct Call {
    name: String,
    payload: String,
    arguments: Option<Box<RawValue>>,
}

impl Calls {
    /// A call begins.
    pub(super) fn begin(&mut self, name: &str) {
        self.0.push(Call {
            name: name.to_owned(),
            payload: String::new(),
            arguments: None,
        });
    }

    /// More of a call's arguments.
    pub(super) fn add(&mut self, index: usize, text: &str) {
        if let Some(call) = self.0.get_mut(index) {
            call.payload.push_str(text);
        }
    }

    /// Reads the arguments of all calls, now that they are whole.
    ///
    /// # Errors
    /// The arguments of one are no object, so that it cannot be told.
    pub(super) fn close(&mut self) -> Result<(), Fault> {
        for call in &mut self.0 {
            let text = std::mem::take(&mut call.payload);
            call.arguments = Some(arguments(&call.name, text)?);
        }
        Ok(())
    }

    /// All calls that were read.
    pub(super) fn told(&self) -> Vec<ToldCall<'_>> {
        let mut told = Vec::with_capacity(self.0.len());
        for call in &self.0 {
            if let Some(arguments) = &call.arguments {
                let name = call.name.as_str();
                let function = ToldFunction { name, arguments };
                told.push(ToldCall { function });
            }
        }
        told
    }
}

/// The object, as the model wrote it but on one line; a call without arguments has an empty one.
fn arguments(name: &str, text: String) -> Result<Box<RawValue>, Fault> {
    let text = match text.trim() {
        "" => "{}".to_owned(),
        _ => text,
    };
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&text);
    let garbled = || Fault::Garbled {
        why: format!("the arguments of the call of `{name}` are no JSON object"),
    };
    let object = object.map_err(|_| garbled())?;
    // A line of the stream must not break inside.
    let raw = match text.contains(['\n', '\r']) {
        true => serde_json::value::to_raw_value(&object),
        false => RawValue::from_string(text),
    };
    raw.map_err(|_| garbled())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(payload: &str) -> Result<String, Fault> {
        let mut calls = Calls::default();
        calls.begin("f");
        calls.add(0, payload);
        calls.close()?;
        Ok(serde_json::to_string(&calls.told()).unwrap())
    }

    #[test]
    fn arguments_are_told_as_an_object_on_one_line() {
        for (payload, arguments) in [
            ("", "{}"),
            (r#"{"b": 1, "a": 2.50}"#, r#"{"b": 1, "a": 2.50}"#),
            ("{\n \"b\": 1\n}", r#"{"b":1}"#),
        ] {
            let expected = format!(r#"[{{"function":{{"name":"f","arguments":{arguments}}}}}]"#);
            assert_eq!(told(payload).unwrap(), expected, "{payload}");
        }
        for payload in ["{\"a\":", "[]", "7", "null", "\"{}\""] {
            let fault = told(payload).unwrap_err();
            assert!(fault.to_string().contains("`f`"), "{payload}: {fault}");
        }
    }
}
