//! Lists of items, a page at a time.

use serde::Serialize;
use serde_json::value::RawValue;
use wire::Fault;

use super::turn::id_of;
use crate::edit;

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The oldest first; the newest first otherwise.
    pub ascending: bool,
    /// At most so many.
    pub limit: usize,
    /// Those behind the item of this id.
    pub after: Option<String>,
}

/// One page of a list, as JSON.
#[derive(Debug, Serialize)]
pub struct Paged<'a> {
    object: &'static str,
    data: &'a [Box<RawValue>],
    first_id: String,
    last_id: String,
    has_more: bool,
}

/// The newest twenty, as the official API has it.
impl Default for Page {
    fn default() -> Self {
        Self {
            ascending: false,
            limit: 20,
            after: None,
        }
    }
}

impl Page {
    /// Reads the fields of a query; others are left alone.
    ///
    /// # Errors
    /// One of them has a value that it cannot have.
    pub fn read<'a>(query: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Fault> {
        Self::default().refined(query)
    }

    /// As [`Self::read`], for a list of Chat Completions: the oldest come first unless it says
    /// otherwise.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of_chat<'a>(query: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Fault> {
        let page = Self {
            ascending: true,
            ..Self::default()
        };
        page.refined(query)
    }

    fn refined<'a>(self, query: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Fault> {
        let mut page = self;
        for (name, value) in query {
            match name {
                "order" => {
                    page.ascending = match value {
                        "asc" => true,
                        "desc" => false,
                        _ => return Err(wrong(name, "'asc' or 'desc'")),
                    }
                }
                "limit" => {
                    let limit = value.parse().ok();
                    let limit = limit.filter(|limit| (1..=100).contains(limit));
                    page.limit = limit.ok_or_else(|| wrong(name, "a number from 1 to 100"))?;
                }
                "after" => page.after = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(page)
    }

    /// This page of `items`, which come oldest first, as JSON.
    ///
    /// # Errors
    /// The item to begin behind is not among them.
    pub fn of(&self, mut items: Vec<Box<RawValue>>) -> Result<Vec<u8>, Fault> {
        if !self.ascending {
            items.reverse();
        }
        if let Some(after) = &self.after {
            let place = items
                .iter()
                .position(|item| id_of(item).as_ref() == Some(after));
            let place = place.ok_or_else(Self::no_such_place)?;
            items.drain(..=place);
        }
        let has_more = items.len() > self.limit;
        items.truncate(self.limit);
        Ok(Paged::new(&items, has_more).to_json())
    }
}

impl Page {
    /// The item to begin behind is not in the list.
    pub fn no_such_place() -> Fault {
        wrong("after", "the id of an item of this list")
    }
}

impl<'a> Paged<'a> {
    /// A page that holds `data`.
    pub fn new(data: &'a [Box<RawValue>], has_more: bool) -> Self {
        let id = |item: Option<&Box<RawValue>>| item.and_then(|item| id_of(item));
        Self {
            object: "list",
            data,
            // The official types want texts even where there is nothing to name.
            first_id: id(data.first()).unwrap_or_default(),
            last_id: id(data.last()).unwrap_or_default(),
            has_more,
        }
    }

    /// The page as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        String::from(Box::<str>::from(edit::raw(self))).into_bytes()
    }
}

fn wrong(name: &str, expected: &str) -> Fault {
    Fault::Invalid {
        message: format!("Invalid value for '{name}': expected {expected}."),
        param: Some(name.to_owned()),
        code: Some("invalid_value"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn items() -> Vec<Box<RawValue>> {
        let item = |at: u32| edit::raw(&json!({ "id": format!("i{at}") }));
        (0..5).map(item).collect()
    }

    #[track_caller]
    fn check(query: &[(&str, &str)], ids: &[&str], has_more: bool) {
        let page = Page::read(query.iter().copied()).unwrap();
        let told: Value = serde_json::from_slice(&page.of(items()).unwrap()).unwrap();
        let data = told["data"].as_array().unwrap();
        let found: Vec<&str> = data
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{query:?}");
        assert_eq!(told["has_more"], has_more);
        assert_eq!(told["first_id"], ids.first().copied().unwrap_or_default());
        assert_eq!(told["last_id"], ids.last().copied().unwrap_or_default());
    }

    #[test]
    fn pages_follow_each_other_in_either_order() {
        check(&[], &["i4", "i3", "i2", "i1", "i0"], false);
        check(&[("order", "asc"), ("limit", "2")], &["i0", "i1"], true);
        check(
            &[("order", "asc"), ("limit", "2"), ("after", "i3")],
            &["i4"],
            false,
        );
        check(&[("limit", "2"), ("after", "i3")], &["i2", "i1"], true);
        check(&[("after", "i0"), ("include", "x")], &[], false);
    }

    #[test]
    fn a_wrong_page_is_named() {
        for (name, value) in [
            ("order", "up"),
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "x"),
        ] {
            let fault = Page::read([(name, value)].into_iter()).unwrap_err();
            assert_eq!(fault.param(), Some(name));
        }
        let page = Page::read([("after", "nobody")].into_iter()).unwrap();
        assert_eq!(page.of(items()).unwrap_err().param(), Some("after"));
    }
}
