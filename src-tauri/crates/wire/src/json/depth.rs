//! How deep JSON text is nested, without parsing it.

/// Raw values are skipped without recursion, so the depth is bounded here, before anyone recurses.
pub(super) fn deeper_than(body: &[u8], limit: usize) -> bool {
    let mut depth = 0_usize;
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'"' => rest = behind_string(rest),
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What follows the string whose opening quote was just read.
pub(super) fn behind_string(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let skip = if rest[at] == b'"' { 1 } else { 2 };
        let behind = rest.get(at + skip..).unwrap_or_default();
        if skip == 1 {
            return behind;
        }
        rest = behind;
    }
    &[]
}
