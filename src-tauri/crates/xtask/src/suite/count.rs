//! Counts in what `cargo nextest`, `cargo test` and `vitest` print.

use crate::run::Watched;
use crate::tally::Tally;

/// What passed and what failed. A run that ended badly without saying what failed has failed once.
pub(crate) fn tally(watched: &Watched) -> Tally {
    let lines = || watched.lines.iter().map(String::as_str);
    // `cargo nextest` repeats what the failed tests printed, with counts of their own.
    let mut sum = lines().find_map(from_nextest).unwrap_or_else(|| {
        let mut sum = Tally::default();
        let counts = lines().filter_map(|line| from_test(line).or_else(|| from_vitest(line)));
        counts.for_each(|tally| sum += tally);
        sum.failures = lines().filter_map(name).map(str::to_owned).collect();
        sum
    });
    // Below its summary it names those that failed for good.
    let last = lines().skip_while(|line| from_nextest(line).is_none());
    let named = last.filter_map(name_from_nextest).map(str::to_owned);
    sum.failures.extend(named);
    if sum.failed == 0 && !watched.status.success() {
        sum.failed = 1;
    }
    sum
}

/// `test crate::a_test ... FAILED`, ` FAIL  src/a.test.ts > a test`
fn name(line: &str) -> Option<&str> {
    let rust = line.strip_prefix("test ");
    let rust = rust.and_then(|line| line.strip_suffix(" ... FAILED"));
    rust.or_else(|| line.trim().strip_prefix("FAIL  "))
}

/// `FAIL [   0.088s] (1175/1539) package::binary a_test`, `SIGABRT [ …`
fn name_from_nextest(line: &str) -> Option<&str> {
    let (how, rest) = line.trim().split_once(" [")?;
    // `TRY 2 ` stands before it where there was a second try.
    let how = how.rsplit(' ').next().unwrap_or(how);
    let is_bad = ["FAIL", "LEAK-FAIL", "TIMEOUT"].contains(&how) || how.starts_with("SIG");
    let (_, counted) = rest.split_once("s] (").filter(|_| is_bad)?;
    let (_, name) = counted.split_once(") ")?;
    Some(name)
}

/// `test result: FAILED. 12 passed; 1 failed; 0 ignored; …`
fn from_test(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("test result: ")?;
    Some(Tally {
        passed: before(counts, " passed")?,
        failed: before(counts, " failed")?,
        ..Tally::default()
    })
}

/// `Summary [ 1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`; whatever did not pass
/// has failed, whether it says `failed`, `timed out` or otherwise.
fn from_nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once(']')?;
    let run = before(counts, " tests run").or_else(|| before(counts, " test run"))?;
    let passed = before(counts, " passed").unwrap_or(0);
    Some(Tally {
        passed,
        failed: run.saturating_sub(passed),
        ..Tally::default()
    })
}

/// `      Tests  1 failed | 11 passed (12)`; what was left out counts as failed.
fn from_vitest(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("Tests  ")?;
    let run = before(counts, ")")?;
    let passed = before(counts, " passed").unwrap_or(0);
    Some(Tally {
        passed,
        failed: run.saturating_sub(passed),
        ..Tally::default()
    })
}

/// The number right before `word`.
fn before(line: &str, word: &str) -> Option<usize> {
    let (left, _) = line.split_once(word)?;
    // `11/12 tests run` says how many of those planned were begun.
    let number = left.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_every_runner() {
        let rows = [
            (
                "     Summary [   0.12s] 12 tests run: 12 passed, 0 skipped",
                Some((12, 0)),
            ),
            (
                "     Summary [   0.12s] 1 test run: 1 passed, 0 skipped",
                Some((1, 0)),
            ),
            (
                "     Summary [  10.1s] 14 tests run: 11 passed (2 slow), 2 failed, 1 timed out, 3 skipped",
                Some((11, 3)),
            ),
            (
                "     Summary [   1.0s] 2 tests run: 0 passed, 2 failed, 0 skipped",
                Some((0, 2)),
            ),
            (
                "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured",
                Some((5, 0)),
            ),
            (
                "test result: FAILED. 4 passed; 1 failed; 0 ignored",
                Some((4, 1)),
            ),
            ("      Tests  12 passed (12)", Some((12, 0))),
            (
                "      Tests  1 failed | 10 passed | 1 skipped (12)",
                Some((10, 2)),
            ),
            (" Test Files  3 passed (3)", None),
            ("test a_summary_of_12_passed ... ok", None),
        ];
        for (line, counts) in rows {
            let found = from_test(line)
                .or_else(|| from_nextest(line))
                .or_else(|| from_vitest(line));
            assert_eq!(
                found.map(|tally| (tally.passed, tally.failed)),
                counts,
                "{line}"
            );
        }
    }

    #[test]
    fn failures_are_named_by_every_runner() {
        let rows = [
            (
                "        FAIL [   0.088s] (1175/1539) store::gnome_keyring a_kept_secret",
                Some("store::gnome_keyring a_kept_secret"),
            ),
            (
                "     SIGABRT [   0.1s] ( 12/1539) wire json::tests::a_bracket",
                Some("wire json::tests::a_bracket"),
            ),
            (
                "  TRY 2 FAIL [   1.715s] (1/1) desktop::desktop headlines::readiness_is_said",
                Some("desktop::desktop headlines::readiness_is_said"),
            ),
            (
                "        PASS [   0.088s] (1/1539) store::gnome_keyring a",
                None,
            ),
            ("test a::b ... FAILED", Some("a::b")),
            ("test a::b ... ok", None),
            (
                " FAIL  src/a.test.ts > a > b",
                Some("src/a.test.ts > a > b"),
            ),
            ("test result: FAILED. 4 passed; 1 failed; 0 ignored", None),
        ];
        for (line, wanted) in rows {
            let named = name(line).or_else(|| name_from_nextest(line));
            assert_eq!(named, wanted, "{line}");
        }
    }
}
