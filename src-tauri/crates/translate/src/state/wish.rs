//! The fields of a request that mean the store.

use std::borrow::Cow;

use memchr::memmem;
use wire::Fault;
use wire::json::{Object, text};

/// What a request wants of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// `store`, where it is said.
    pub store: Option<bool>,
    /// What it continues.
    pub after: After,
    /// True where the answer is made in the background.
    pub background: bool,
    /// The model, where one is named.
    pub model: Option<String>,
    /// Ids of items that the input only names.
    pub references: Vec<String>,
}

/// What a request continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// An answer.
    Response(String),
    /// A conversation.
    Conversation(String),
}

impl Wish {
    /// Reads a body of `POST /v1/responses`, and nothing of it that is not the store's.
    ///
    /// # Errors
    /// A field is no wish, or its wishes contradict each other.
    pub fn read(ask: &Object<'_>) -> Result<Self, Fault> {
        let store = ask.flag("store")?;
        let background = ask.flag("background")?.unwrap_or(false);
        if background && store == Some(false) {
            return Err(Fault::Invalid {
                message: "'background' needs 'store': an answer that is not stored cannot be fetched later".into(),
                param: Some("background".into()),
                code: Some("unsupported_value"),
            });
        }
        Ok(Self {
            store,
            after: after(ask)?,
            background,
            model: ask.text("model")?.map(Cow::into_owned),
            references: references(ask),
        })
    }
}

fn after(ask: &Object<'_>) -> Result<After, Fault> {
    let previous = ask.text("previous_response_id")?;
    let Some(conversation) = ask.get("conversation") else {
        return Ok(previous.map_or(After::Nothing, |id| After::Response(id.into_owned())));
    };
    if previous.is_some() {
        return Err(Fault::Invalid {
            message: "'previous_response_id' and 'conversation' cannot be used together".into(),
            param: Some("conversation".into()),
            code: Some("mutually_exclusive_parameters"),
        });
    }
    let id: Cow<'_, str> = match text(conversation) {
        Some(id) => id,
        None => ask.need_object("conversation")?.need_text("id")?,
    };
    Ok(After::Conversation(id.into_owned()))
}

/// Nothing is parsed where the word does not occur.
fn references(ask: &Object<'_>) -> Vec<String> {
    let named = ask
        .get("input")
        .is_some_and(|input| memmem::find(input.get().as_bytes(), REFERENCE.as_bytes()).is_some());
    let items = named.then(|| ask.objects("input").ok().flatten()).flatten();
    let items = items.unwrap_or_default();
    items.iter().filter_map(reference).collect()
}

/// The id of the item that `item` only names.
pub(super) fn reference(item: &Object<'_>) -> Option<String> {
    let word = |name: &str| item.get(name).and_then(text);
    let is_one = word("type").is_some_and(|kind| kind == REFERENCE)
        // The type may be left out where there is nothing but the id.
        || item.names().eq(["id"]);
    is_one.then(|| word("id").map(Cow::into_owned)).flatten()
}

const REFERENCE: &str = "item_reference";

#[cfg(test)]
mod tests {
    use wire::json;

    use super::*;

    #[track_caller]
    fn wish(body: &str) -> Wish {
        json::read(body.as_bytes(), Wish::read).unwrap()
    }

    #[test]
    fn what_is_not_said_is_not_wished() {
        let plain = Wish {
            store: None,
            after: After::Nothing,
            background: false,
            model: None,
            references: Vec::new(),
        };
        assert_eq!(wish("{}"), plain);
        let nulls =
            r#"{"store":null,"previous_response_id":null,"conversation":null,"background":null}"#;
        assert_eq!(wish(nulls), plain);
    }

    #[test]
    fn a_conversation_is_named_by_text_or_object() {
        for body in [
            r#"{"conversation":"conv_1"}"#,
            r#"{"conversation":{"id":"conv_1"}}"#,
        ] {
            assert_eq!(wish(body).after, After::Conversation("conv_1".into()));
        }
        let response = wish(r#"{"previous_response_id":"resp_1","store":false}"#);
        assert_eq!(response.after, After::Response("resp_1".into()));
        assert_eq!(response.store, Some(false));
    }

    #[test]
    fn contradictions_are_refused() {
        for (body, param) in [
            (
                r#"{"previous_response_id":"r","conversation":"c"}"#,
                "conversation",
            ),
            (r#"{"background":true,"store":false}"#, "background"),
            (r#"{"conversation":7}"#, "conversation"),
            (r#"{"conversation":{}}"#, "conversation.id"),
            (r#"{"store":"yes"}"#, "store"),
        ] {
            let fault = json::read(body.as_bytes(), Wish::read).unwrap_err();
            assert_eq!(fault.param(), Some(param), "{body}");
        }
    }

    #[test]
    fn references_are_found_among_items() {
        let body = r#"{"input":[{"role":"user","content":"item_reference"},
            {"type":"item_reference","id":"msg_1"},{"type":"item_reference"}]}"#;
        assert_eq!(wish(body).references, ["msg_1"]);
        assert_eq!(
            wish(r#"{"input":"item_reference"}"#).references,
            Vec::<String>::new()
        );
    }
}
