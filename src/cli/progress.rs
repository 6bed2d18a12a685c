//! Progress of a long run, on standard error and only when people watch it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use skelkey::source::Progress;

/// How long a run may take before anything is drawn.
const PATIENCE: Duration = Duration::from_millis(400);
const TICK: Duration = Duration::from_millis(100);

/// Runs `work` and draws how far it has come, if `watched`.
pub(crate) fn during<T>(watched: bool, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Arc::new(Progress::default());
    if !watched {
        return work(&progress);
    }
    let (done, stopped) = std::sync::mpsc::channel::<()>();
    let seen = Arc::clone(&progress);
    let drawer = std::thread::spawn(move || draw(&seen, &stopped));
    let outcome = work(&progress);
    drop(done);
    let _ = drawer.join();
    outcome
}

fn draw(progress: &Progress, stopped: &std::sync::mpsc::Receiver<()>) {
    use std::sync::mpsc::RecvTimeoutError::Timeout;
    if stopped.recv_timeout(PATIENCE) != Err(Timeout) {
        return;
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
        bar.set_style(style);
    }
    while stopped.recv_timeout(TICK) == Err(Timeout) {
        let (blobs, bytes) = (progress.blobs.load(Relaxed), progress.bytes.load(Relaxed));
        let matches = progress.matches.load(Relaxed);
        bar.set_message(format!("{} files  {}  {} matches", HumanCount(blobs), HumanBytes(bytes), HumanCount(matches)));
        bar.tick();
    }
    bar.finish_and_clear();
}
