//! `skelkey rules stats`: candidates per megabyte, by rule and anchor.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use skelkey::coverage::Reason;
use skelkey::detect::{AnchorCounts, Detector};
use skelkey::rules::RuleSet;
use skelkey::source::{Blob, FileOptions, Files, Part, Progress, Sink};

use super::args::StatsArgs;
use super::options::count;
use super::output::to_stdout;
use super::{Exit, tell};

/// Files larger than this say little about what anchors cost in others.
const LARGEST: u64 = 8 << 20;

pub(crate) fn run(rules: Arc<RuleSet>, args: &StatsArgs) -> Result<Exit> {
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let options = FileOptions {
        no_ignore: false,
        max_file_size: LARGEST,
        exclude: globset::GlobSet::empty(),
        jobs,
        #[cfg(feature = "git")]
        cache: None,
    };
    let detector = Detector::new(rules).map_err(anyhow::Error::msg)?;
    let counter = Counter { detector, counts: Mutex::default() };
    let (_, skips) = Files::open(&paths, options).scan(&counter, &Progress::default()).into_parts();
    let mut exit = Exit::Clean;
    for skip in skips.iter().filter(|skip| skip.reason.is_gap()) {
        let why = match skip.reason {
            Reason::Empty => "no ignored file is counted, and none over 8 MiB; name another file or folder",
            _ => skip.detail.as_deref().unwrap_or("look at its rights"),
        };
        let line = format!("{}: {}: {why}", skip.path, skip.reason.words());
        tell(format_args!("error: {}", skelkey::escape::visible(&line)));
        exit = Exit::Incomplete;
    }
    let counts = counter.counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    to_stdout(|out| print(counter.detector.rules(), &counts, out))?;
    Ok(exit)
}

struct Counter {
    detector: Detector,
    counts: Mutex<AnchorCounts>,
}

impl Sink for Counter {
    fn take(&self, _: usize, blob: &Blob<'_>) {
        let mut counts = AnchorCounts::default();
        self.detector.count_anchors(blob.bytes, &mut counts);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).merge(counts);
    }

    /// Only of files that are as large as may be; what a part shares with the next is then counted twice.
    fn take_part(&self, worker: usize, blob: &Blob<'_>, _: &Part) {
        self.take(worker, blob);
    }

    fn overlap(&self) -> usize {
        0
    }
}

fn print(rules: &RuleSet, counts: &AnchorCounts, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<_> = counts.places.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for ((rule, anchor), places) in rows {
        let (id, rate) = (&rules.rules[*rule].id, counts.per_megabyte(*places));
        writeln!(out, "{rate:>10.1} /MB  {id:<40} {}", skelkey::escape::visible(anchor))?;
    }
    let all: u64 = counts.places.values().sum();
    let bytes = count(usize::try_from(counts.bytes).unwrap_or(usize::MAX), "byte");
    writeln!(out, "{:>10.1} /MB  all rules, in {bytes}", counts.per_megabyte(all))
}
