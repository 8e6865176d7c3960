//! Which of the account's models serves a name that a Messages client asks for.
//!
//! The first of these that says something:
//!
//! 1. the catalogue, which knows the name;
//! 2. the settings' `model_map`;
//! 3. for names that begin with `claude-`: a small model for `haiku`, where the catalogue has one,
//!    and the catalogue's first choice for all others.
//!
//! Any other name goes to the backend as it is, which knows best (contract backend 5).

use wire::catalogue::Catalogue;

use crate::Given;

/// The model that serves `asked`.
pub fn served(asked: &str, given: &Given<'_>) -> String {
    // Clients mark a larger context window this way; here the model decides (contract backend 8.3).
    let asked = asked.strip_suffix("[1m]").unwrap_or(asked);
    if given.model(asked).is_some() {
        return asked.to_owned();
    }
    let mut rules = given.model_map.iter();
    if let Some((_, serves)) = rules.find(|(pattern, _)| matches(pattern, asked)) {
        return serves.clone();
    }
    let default = given.catalogue.and_then(|all| default_for(asked, all));
    default.unwrap_or(asked).to_owned()
}

fn default_for<'c>(asked: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
    if !asked.starts_with("claude-") {
        return None;
    }
    let small = match asked.contains("haiku") {
        true => catalogue.first(is_small),
        false => None,
    };
    let first = small.or_else(|| catalogue.first_choice());
    first.map(|model| model.slug.as_str())
}

fn is_small(slug: &str) -> bool {
    slug.split('-').any(|word| SMALL.contains(&word))
}

/// True where `pattern`, in which `*` stands for anything, is the whole of `name`.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(begin) else {
        return false;
    };
    let mut middle: Vec<&str> = rest.split('*').collect();
    let end = middle.pop().unwrap_or_default();
    for part in middle {
        match name.split_once(part) {
            Some((_, behind)) => name = behind,
            None => return false,
        }
    }
    name.ends_with(end)
}

/// Words by which the backend has named its small models so far (contract backend 5).
const SMALL: &[&str] = &["mini", "nano", "luna"];

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let body = br#"{"models":[
            {"slug":"gpt-5.6-luna","priority":3},
            {"slug":"gpt-5.6-terra","priority":2},
            {"slug":"gpt-6-astra","priority":0,"visibility":"hide"},
            {"slug":"gpt-5.4-mini","priority":9},
            {"slug":"claude-like","priority":20}
        ]}"#;
        Catalogue::read(body, None).unwrap()
    }

    #[test]
    fn a_name_is_served_by_the_catalogue_the_settings_or_the_defaults() {
        let catalogue = catalogue();
        let rule = |pattern: &str, serves: &str| (pattern.to_owned(), serves.to_owned());
        let model_map = [
            rule("claude-*opus*", "gpt-6-astra"),
            rule("opus", "gpt-5.6-terra"),
            rule("*", "gpt-5.5"),
        ];
        let known = Given {
            catalogue: Some(&catalogue),
            ..Given::default()
        };
        let mapped = Given {
            model_map: &model_map,
            ..known
        };
        let rows = [
            (&known, "gpt-5.6-luna", "gpt-5.6-luna"),
            (&known, "gpt-6-astra", "gpt-6-astra"),
            (&known, "claude-like", "claude-like"),
            (&known, "claude-opus-5-5", "gpt-5.6-terra"),
            (&known, "claude-opus-5-5[1m]", "gpt-5.6-terra"),
            (&known, "claude-sonnet-5", "gpt-5.6-terra"),
            (&known, "claude-haiku-4-5-20251001", "gpt-5.6-luna"),
            (&known, "gpt-9", "gpt-9"),
            (&mapped, "gpt-5.6-luna", "gpt-5.6-luna"),
            (&mapped, "claude-opus-5-5", "gpt-6-astra"),
            (&mapped, "claude-haiku-4-5", "gpt-5.5"),
            (&mapped, "opus", "gpt-5.6-terra"),
            (&mapped, "gpt-9", "gpt-5.5"),
        ];
        for (given, asked, serves) in rows {
            assert_eq!(served(asked, given), serves, "{asked}");
        }
        assert_eq!(served("claude-opus-5", &Given::default()), "claude-opus-5");
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, fits) in [
            ("claude-*", "claude-opus", true),
            ("claude-*", "claude", false),
            ("*haiku*", "claude-haiku-4", true),
            ("*haiku", "claude-haiku-4", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "ac", false),
            ("aa*aa", "aaa", false),
            ("plain", "plain", true),
            ("plain", "plainer", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
