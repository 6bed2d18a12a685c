//! A time limit: servers end a hook that takes too long, and a hook that was ended tells nobody why.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use skelkey::source::Progress;

use super::super::{Exit, tell};

/// How much of the limit may be spent on scanning; the rest is for the report.
const SCANNING: f64 = 0.85;

/// When scanning has to end.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) limit: Duration,
    at: Instant,
}

impl End {
    /// Ends the run whose progress this is in time.
    pub(super) fn watch(self, progress: &Progress) {
        let interrupted = progress.interruption();
        thread::spawn(move || {
            thread::sleep(self.at.saturating_duration_since(Instant::now()));
            interrupted.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}

/// Runs `work`, which is told when to end. What has not come to an end by the limit is left behind, and refused.
pub(super) fn within(
    limit: Option<Duration>,
    work: impl FnOnce(Option<End>) -> Result<Exit> + Send + 'static,
) -> Result<Exit> {
    let Some(limit) = limit else { return work(None) };
    let end = End { limit, at: Instant::now() + limit.mul_f64(SCANNING) };
    let (done, waiting) = mpsc::channel();
    thread::spawn(move || done.send(work(Some(end))));
    match waiting.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => {
            tell(format_args!("error: skelkey: {}", too_long(limit)));
            Ok(Exit::Incomplete)
        }
        Err(RecvTimeoutError::Disconnected) => Err(anyhow!("the scan broke off; nothing is let through")),
    }
}

/// What is said when time has run out.
pub(super) fn too_long(limit: Duration) -> String {
    format!(
        "not everything could be scanned within {} seconds, so it is refused; push in smaller parts, or let the hook run \
         longer (--time-limit)",
        limit.as_secs_f64()
    )
}
