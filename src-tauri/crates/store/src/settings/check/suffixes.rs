//! The words that the name of a model may end with.

use super::Words;

/// Efforts as the backend knows them, and the word for its fast tier. None stands for no word.
pub(super) const SUFFIXES: Words<'_, &'static str> = Words(
    "",
    &[
        ("none", "none"),
        ("minimal", "minimal"),
        ("low", "low"),
        ("medium", "medium"),
        ("high", "high"),
        ("xhigh", "xhigh"),
        ("max", "max"),
        ("fast", "fast"),
    ],
);
