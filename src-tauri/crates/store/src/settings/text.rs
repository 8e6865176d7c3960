//! The settings file as text: the documented one of the first start, and keys set in their place.

use std::collections::BTreeSet;

use toml_edit::{Decor, Document, DocumentMut, Item};

use super::written::KEYS;

/// The file of the first start: every key, commented out, with its default and what it does.
pub(super) fn documented() -> String {
    let mut text = HEAD.to_owned();
    for key in KEYS {
        text.push('\n');
        for line in key.says {
            text.push_str(&format!("#{line}\n"));
        }
        text.push_str(&format!("{}\n", key.commented()));
    }
    text
}

/// `text` after `change`. A key that is new replaces the commented line that documents it.
pub(super) fn edited(
    text: &str,
    change: impl FnOnce(&mut DocumentMut),
) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let names = |document: &DocumentMut| -> BTreeSet<String> {
        document.iter().map(|(name, _)| name.to_owned()).collect()
    };
    let before = names(&document);
    let margins = margins(&document);
    change(&mut document);
    for (name, margin) in margins {
        if let Some(value) = document.get_mut(&name).and_then(Item::as_value_mut) {
            *value.decor_mut() = margin;
        }
    }
    let mut placed = Vec::new();
    for name in names(&document).difference(&before) {
        let mark = format!("# {name} = ");
        if text.lines().any(|line| line.starts_with(&mark))
            && let Some(item) = document.remove(name)
        {
            let mut alone = DocumentMut::new();
            alone[name] = item;
            placed.push((mark, alone.to_string().trim().to_owned()));
        }
    }
    let text = document.to_string();
    let lines = text.lines().map(|line| {
        placed
            .iter()
            .find(|(mark, _)| line.starts_with(mark))
            .map_or(line, |(_, set)| set)
    });
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// `text` with the line of `name` commented out, as it was documented; the same where nothing is
/// written.
pub(super) fn without(text: &str, name: &str) -> Result<String, toml_edit::TomlError> {
    let document: Document<&str> = Document::parse(text)?;
    let written = document.as_table().get_key_value(name);
    let place = written.and_then(|(key, item)| Some(key.span()?.start..item.span()?.end));
    let known = KEYS.iter().find(|known| known.name == name);
    let (Some(place), Some(known)) = (place, known) else {
        return Ok(text.to_owned());
    };
    let mut text = text.to_owned();
    text.replace_range(place, &known.commented());
    Ok(text)
}

/// What stands beside each value: a new value takes over the old one's comment.
fn margins(document: &DocumentMut) -> Vec<(String, Decor)> {
    let beside = |(name, item): (&str, &Item)| {
        let decor = item.as_value()?.decor().clone();
        Some((name.to_owned(), decor))
    };
    document.iter().filter_map(beside).collect()
}

const HEAD: &str = "\
# Postern's settings. Every key shows its default; remove the `# ` before a key to change it.
# Changes count a moment after the file is saved, or from the next start where a key says so. What
# is wrong is reported, and the last good settings stay in force. Secrets do not belong here.
";
