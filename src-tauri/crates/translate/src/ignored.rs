//! The names of what could not be honoured, fit for a header.

/// Collects names, each once.
#[derive(Debug, Default)]
pub(crate) struct Ignored(Vec<String>);

impl Ignored {
    /// Adds a path such as `temperature` or `input[3].name`. Characters that a header's list
    /// cannot carry become `_`, because names come from outside.
    pub(crate) fn add(&mut self, path: &str) {
        let fit = |c: char| match c {
            '.' | '_' | '-' | '[' | ']' => c,
            c if c.is_ascii_alphanumeric() => c,
            _ => '_',
        };
        let name: String = path.chars().take(LONGEST).map(fit).collect();
        if self.0.len() < MOST && !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    /// All names, in the order they were met.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.0
    }
}

const LONGEST: usize = 80;

/// Together at most some kilobytes, which every server lets through as one header.
const MOST: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fit_for_a_header_and_told_once() {
        let mut ignored = Ignored::default();
        for path in ["stop", "stop", "a,b c\r\nx: y", "é", &"x".repeat(200)] {
            ignored.add(path);
        }
        let long = "x".repeat(LONGEST);
        assert_eq!(
            ignored.into_names(),
            ["stop", "a_b_c__x__y", "_", long.as_str()]
        );
    }

    #[test]
    fn names_are_few() {
        let mut ignored = Ignored::default();
        (0..1000).for_each(|at| ignored.add(&format!("input[{at}]")));
        assert_eq!(ignored.into_names().len(), MOST);
    }
}
