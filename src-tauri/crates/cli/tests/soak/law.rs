//! What must hold at the end.

use std::ops::Range;

use crate::sample::Sample;

/// One thing that must not grow with the number of requests.
struct Law {
    name: &'static str,
    of: fn(&Sample) -> u64,
    /// How much more than in the second quarter it may be in the last.
    slack: u64,
    /// How much more again for each thousand requests between the two.
    slope: u64,
}

/// - Memory: caches of the database fill up, and the allocator's pages are never all in use.
/// - Descriptors and threads: connections and threads that wait to be used again come and go.
const LAWS: [Law; 3] = [
    Law {
        name: "memory in KiB",
        of: |sample| sample.memory,
        slack: 768,
        slope: 384,
    },
    Law {
        name: "descriptors",
        of: |sample| sample.descriptors,
        slack: 6,
        slope: 0,
    },
    Law {
        name: "threads",
        of: |sample| sample.threads,
        slack: 4,
        slope: 0,
    },
];

/// Panics where the last quarter is not like the second, or a file is larger than it may be.
pub(crate) fn hold(samples: &[Sample]) {
    let quarter = samples.len() / 4;
    let second = quarter..2 * quarter;
    let last = samples.len() - quarter..samples.len();
    let between = samples[last.start].requests - samples[second.start].requests;
    for Law {
        name,
        of,
        slack,
        slope,
    } in LAWS
    {
        let (before, after) = (mean(samples, &second, of), mean(samples, &last, of));
        let most = before + slack + slope * between as u64 / 1000;
        assert!(
            after <= most,
            "{name}: {before} in the second quarter and {after} in the last, {between} requests later; at most {most}"
        );
    }
    for sample in samples {
        assert!(sample.database <= DATABASE_KIB, "the database: {sample:?}");
        assert!(sample.log <= LOG_KIB, "the log: {sample:?}");
    }
}

fn mean(samples: &[Sample], range: &Range<usize>, of: fn(&Sample) -> u64) -> u64 {
    let sum: u64 = samples[range.clone()].iter().map(of).sum();
    sum / range.len() as u64
}

/// A MiB of rows, one of kept answers, and what pages and indexes take beside them.
const DATABASE_KIB: u64 = 1024 + 1024 + 1024;
/// `log_max_mib` bounds the program's own log too.
const LOG_KIB: u64 = 1024;
