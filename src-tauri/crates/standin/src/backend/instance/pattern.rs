//! Texts that match a regular expression: the subset that schemas use.
//!
//! Literals, `.`, classes, `\d \w \s`, groups, alternatives (the first one is taken), `? * + {n} {n,} {n,m}`
//! and anchors. Lookarounds and back references are not understood.

/// A text matched by `pattern` with at least `least` characters where it can grow; `None` where the
/// pattern is beyond the subset.
pub(super) fn matching(pattern: &str, least: usize) -> Option<String> {
    (0..=least).find_map(|extra| {
        let mut reader = Reader {
            rest: pattern.chars().collect::<Vec<_>>().into_iter().peekable(),
            extra,
        };
        let text = reader.alternatives()?;
        if reader.rest.next().is_some() {
            return None;
        }
        (text.chars().count() >= least || extra == least).then_some(text)
    })
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    /// How often an unbounded repetition repeats beyond its minimum.
    extra: usize,
}

impl Reader {
    fn alternatives(&mut self) -> Option<String> {
        let first = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            self.sequence()?;
        }
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.rest.next_if(|c| !matches!(c, '|' | ')')) {
            let piece = match next {
                '^' | '$' => continue,
                '(' => self.group()?,
                '[' => self.class()?.to_string(),
                '.' => "a".to_owned(),
                '\\' => escaped(self.rest.next()?)?.to_string(),
                '*' | '+' | '?' => return None,
                literal => literal.to_string(),
            };
            text.push_str(&piece.repeat(self.repetitions()?));
        }
        Some(text)
    }

    fn group(&mut self) -> Option<String> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                'P' | '<' => {
                    let name: Vec<char> = self.rest.by_ref().take_while(|c| *c != '>').collect();
                    // `(?<=` and `(?<!` look around.
                    if matches!(name.first(), Some('=' | '!')) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let text = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        Some(text)
    }

    /// A character of the class: the first one that belongs to it.
    fn class(&mut self) -> Option<char> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let from = match self.rest.next()? {
                ']' if !ranges.is_empty() => break,
                '\\' => match self.rest.next()? {
                    'w' => {
                        ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
                        continue;
                    }
                    'd' => {
                        ranges.push(('0', '9'));
                        continue;
                    }
                    other => escaped(other)?,
                },
                plain => plain,
            };
            if self.rest.next_if_eq(&'-').is_none() {
                ranges.push((from, from));
                continue;
            }
            match self.rest.next()? {
                ']' => {
                    ranges.extend([(from, from), ('-', '-')]);
                    break;
                }
                '\\' => ranges.push((from, escaped(self.rest.next()?)?)),
                to => ranges.push((from, to)),
            }
        }
        let within = |c: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&c));
        if negated {
            return ('a'..='z')
                .chain('0'..='9')
                .chain(' '..='~')
                .find(|c| !within(c));
        }
        ranges.first().map(|(from, _)| *from)
    }

    fn repetitions(&mut self) -> Option<usize> {
        let count = match self.rest.peek() {
            Some('?') => 0,
            Some('*') => self.extra,
            Some('+') => 1 + self.extra,
            Some('{') => return self.counted(),
            _ => return Some(1),
        };
        self.rest.next();
        self.rest.next_if_eq(&'?');
        Some(count)
    }

    fn counted(&mut self) -> Option<usize> {
        self.rest.next();
        let inside: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
        self.rest.next_if_eq(&'?');
        let (least, most) = match inside.split_once(',') {
            None => (inside.as_str(), inside.as_str()),
            Some((least, most)) => (least, most),
        };
        let least: usize = if least.is_empty() {
            0
        } else {
            least.parse().ok()?
        };
        let most: usize = if most.is_empty() {
            usize::MAX
        } else {
            most.parse().ok()?
        };
        Some((least + self.extra).min(most))
    }
}

fn escaped(c: char) -> Option<char> {
    Some(match c {
        'd' => '0',
        'w' | 'S' | 'D' => 'a',
        's' => ' ',
        'W' => '-',
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' | 'B' | 'A' | 'Z' | 'z' => return None,
        c if c.is_ascii_alphanumeric() => return None,
        literal => literal,
    })
}
