//! What is served from the store: answers and conversations that were kept.

use http::Method;
use translate::Dialect;

use super::{Asked, wrong};

/// What is asked of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stateful {
    /// A kept answer.
    Response(String),
    /// That one be forgotten.
    ForgetResponse(String),
    /// What it was made from.
    InputItems(String),
    /// How many tokens an input is.
    InputTokens,
    /// A conversation, made smaller.
    Compact,
    /// A new conversation.
    NewConversation,
    /// A kept one.
    Conversation(String),
    /// Other metadata for it.
    ChangeConversation(String),
    /// That it be forgotten.
    ForgetConversation(String),
    /// Its items.
    Items(String),
    /// More items for it.
    AddItems(String),
    /// That an answer in the background be made no further.
    Cancel(String),
    /// One of its items.
    Item(String, String),
    /// That one of its items be forgotten.
    ForgetItem(String, String),
    /// Something of stored Chat completions.
    Completions(OfCompletions),
}

/// What is asked of stored Chat completions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OfCompletions {
    /// All of them.
    List,
    /// One.
    One(String),
    /// What one was made from.
    Messages(String),
    /// Other metadata for one.
    Change(String),
    /// That one be forgotten.
    Forget(String),
}

impl Stateful {
    /// Whose dialect it belongs to.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Completions(_) => Dialect::Chat,
            Self::Response(_)
            | Self::ForgetResponse(_)
            | Self::InputItems(_)
            | Self::InputTokens
            | Self::Compact
            | Self::NewConversation
            | Self::Conversation(_)
            | Self::ChangeConversation(_)
            | Self::ForgetConversation(_)
            | Self::Items(_)
            | Self::AddItems(_)
            | Self::Cancel(_)
            | Self::Item(..)
            | Self::ForgetItem(..) => Dialect::Responses,
        }
    }
}

/// What `method` and `path` ask of the store; `None` where they mean something else.
pub(super) fn find(method: &Method, path: &[&str]) -> Option<Asked> {
    let known: &[(Method, Stateful)] = &match *path {
        ["responses", "compact"] => vec![(Method::POST, Stateful::Compact)],
        ["responses", "input_tokens"] => vec![(Method::POST, Stateful::InputTokens)],
        ["responses", id] => vec![
            (Method::GET, Stateful::Response(id.into())),
            (Method::DELETE, Stateful::ForgetResponse(id.into())),
        ],
        ["responses", id, "input_items"] => {
            vec![(Method::GET, Stateful::InputItems(id.into()))]
        }
        ["responses", id, "cancel"] => vec![(Method::POST, Stateful::Cancel(id.into()))],
        ["conversations"] => vec![(Method::POST, Stateful::NewConversation)],
        ["conversations", id] => vec![
            (Method::GET, Stateful::Conversation(id.into())),
            (Method::POST, Stateful::ChangeConversation(id.into())),
            (Method::DELETE, Stateful::ForgetConversation(id.into())),
        ],
        ["conversations", id, "items"] => vec![
            (Method::GET, Stateful::Items(id.into())),
            (Method::POST, Stateful::AddItems(id.into())),
        ],
        ["conversations", id, "items", item] => vec![
            (Method::GET, Stateful::Item(id.into(), item.into())),
            (Method::DELETE, Stateful::ForgetItem(id.into(), item.into())),
        ],
        ["chat", "completions", id] => {
            let of = |asked: fn(String) -> OfCompletions| Stateful::Completions(asked(id.into()));
            vec![
                (Method::GET, of(OfCompletions::One)),
                (Method::POST, of(OfCompletions::Change)),
                (Method::DELETE, of(OfCompletions::Forget)),
            ]
        }
        ["chat", "completions", id, "messages"] => {
            let asked = OfCompletions::Messages(id.into());
            vec![(Method::GET, Stateful::Completions(asked))]
        }
        _ => return None,
    };
    let same = |known: &Method| match *method {
        Method::HEAD => *known == Method::GET,
        _ => known == method,
    };
    let asked = known.iter().find(|(known, _)| same(known));
    Some(match asked {
        Some((_, asked)) => Asked::State(asked.clone()),
        None => wrong(method, allowed(known)),
    })
}

/// The methods of one path, as `Allow` has them.
fn allowed(known: &[(Method, Stateful)]) -> &'static str {
    let methods: Vec<&str> = known.iter().map(|(method, _)| method.as_str()).collect();
    match methods.as_slice() {
        ["GET"] => "GET",
        ["GET", "DELETE"] => "GET, DELETE",
        ["GET", "POST"] => "GET, POST",
        ["GET", "POST", "DELETE"] => "GET, POST, DELETE",
        _ => "POST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &Method, path: &str, expected: Stateful) {
        let path: Vec<&str> = path.split('/').collect();
        assert_eq!(
            find(method, &path),
            Some(Asked::State(expected)),
            "{path:?}"
        );
    }

    #[test]
    fn rows_of_the_store() {
        let (r, c, i) = ("resp_1".to_owned(), "conv_1".to_owned(), "msg_1".to_owned());
        check(
            &Method::GET,
            "responses/resp_1",
            Stateful::Response(r.clone()),
        );
        check(
            &Method::HEAD,
            "responses/resp_1",
            Stateful::Response(r.clone()),
        );
        check(
            &Method::DELETE,
            "responses/resp_1",
            Stateful::ForgetResponse(r.clone()),
        );
        check(
            &Method::GET,
            "responses/resp_1/input_items",
            Stateful::InputItems(r),
        );
        check(&Method::POST, "responses/compact", Stateful::Compact);
        check(
            &Method::POST,
            "responses/input_tokens",
            Stateful::InputTokens,
        );
        check(&Method::POST, "conversations", Stateful::NewConversation);
        check(
            &Method::GET,
            "conversations/conv_1",
            Stateful::Conversation(c.clone()),
        );
        check(
            &Method::POST,
            "conversations/conv_1",
            Stateful::ChangeConversation(c.clone()),
        );
        check(
            &Method::DELETE,
            "conversations/conv_1",
            Stateful::ForgetConversation(c.clone()),
        );
        check(
            &Method::GET,
            "conversations/conv_1/items",
            Stateful::Items(c.clone()),
        );
        check(
            &Method::POST,
            "conversations/conv_1/items",
            Stateful::AddItems(c.clone()),
        );
        let cancel = Stateful::Cancel("resp_1".into());
        check(&Method::POST, "responses/resp_1/cancel", cancel);
        let item = "conversations/conv_1/items/msg_1";
        check(&Method::GET, item, Stateful::Item(c.clone(), i.clone()));
        check(&Method::DELETE, item, Stateful::ForgetItem(c, i));
        assert_eq!(find(&Method::GET, &["responses", "a", "b"]), None);
    }

    #[test]
    fn rows_of_stored_completions() {
        use OfCompletions::{Change, Forget, Messages, One};
        let id = || "chatcmpl-1".to_owned();
        let path = "chat/completions/chatcmpl-1";
        for (method, asked) in [
            (Method::GET, One(id())),
            (Method::POST, Change(id())),
            (Method::DELETE, Forget(id())),
        ] {
            check(&method, path, Stateful::Completions(asked));
        }
        let messages = Stateful::Completions(Messages(id()));
        check(
            &Method::GET,
            "chat/completions/chatcmpl-1/messages",
            messages,
        );
    }

    #[test]
    fn the_wrong_method_is_told_all_right_ones() {
        for (method, path, right) in [
            (Method::GET, "responses/compact", "POST"),
            (Method::PUT, "responses/resp_1", "GET, DELETE"),
            (Method::PUT, "conversations/c", "GET, POST, DELETE"),
            (Method::DELETE, "conversations/c/items", "GET, POST"),
            (Method::POST, "responses/resp_1/input_items", "GET"),
            (Method::PUT, "chat/completions/c", "GET, POST, DELETE"),
            (Method::POST, "chat/completions/c/messages", "GET"),
        ] {
            let path: Vec<&str> = path.split('/').collect();
            let asked = find(&method, &path);
            let Some(Asked::Unserved(wire::Fault::WrongMethod { allow, .. })) = asked else {
                panic!("{method} {path:?}: {asked:?}");
            };
            assert_eq!(allow, right);
        }
    }
}
