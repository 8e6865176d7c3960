//! Tables whose last column is called `test` make promises: in that column stand, between backticks,
//! the tests that show what the row says.

/// The rows of tables whose last column is called `test`, each with that column.
pub(crate) fn promises(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut promises = false;
    let mut is_inside = false;
    text.lines().filter_map(move |line| {
        let is_row = line.starts_with('|');
        let is_head = is_row && !is_inside;
        is_inside = is_row;
        let last = cells(line).last().unwrap_or_default();
        if is_head {
            promises = last == "test";
        }
        let is_rule = line.starts_with("|--");
        (is_row && !is_head && !is_rule && promises).then_some((line, last))
    })
}

pub(crate) fn cells(row: &str) -> impl Iterator<Item = &str> {
    let inner = row.trim().trim_start_matches('|').trim_end_matches('|');
    inner.split('|').map(str::trim)
}

pub(crate) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
