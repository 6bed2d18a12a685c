//! Progress of a long run, on standard error and only when people watch it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use skelkey::source::Progress;

use super::{interrupt, tell};

/// How long a run may take before anything is drawn.
const PATIENCE: Duration = Duration::from_millis(400);
const TICK: Duration = Duration::from_millis(100);

/// Before so much is read nobody can tell how long the rest takes: one part in so many.
const TELLS_THE_REST: u64 = 50;

/// Runs `work`, which Ctrl-C ends early, and draws how far it has come, if `watched`.
pub(crate) fn during<T>(watched: bool, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Arc::new(Progress::default());
    if let Err(error) = interrupt::listen(&progress) {
        tell(format_args!("note: Ctrl-C will end the run without a report: {error}"));
    }
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
        bar.set_message(words(progress, PATIENCE + bar.elapsed()));
        bar.tick();
    }
    bar.finish_and_clear();
}

/// How far the run has come, in one line.
fn words(progress: &Progress, elapsed: Duration) -> String {
    let read = HumanBytes(progress.bytes.load(Relaxed));
    let all = progress.history.all_objects.load(Relaxed);
    let line = if all > 0 {
        let (objects, texts) = (progress.history.objects.load(Relaxed), progress.history.texts.load(Relaxed));
        let rest = rest(progress, elapsed).unwrap_or_default();
        format!(
            "{} of {} objects  {read}  {} texts with matches{rest}",
            HumanCount(objects),
            HumanCount(all),
            HumanCount(texts)
        )
    } else {
        let (blobs, matches) = (progress.blobs.load(Relaxed), progress.matches.load(Relaxed));
        format!("{} files  {read}  {} matches", HumanCount(blobs), HumanCount(matches))
    };
    if progress.is_interrupted() {
        return format!("{line}  ending, with a report (Ctrl-C again: at once)");
    }
    line
}

/// What is left of a history, by the bytes that are stored; what comes after the last of them is looking for the places
/// of what was found.
fn rest(progress: &Progress, elapsed: Duration) -> Option<String> {
    let (read, all) = (progress.history.stored.load(Relaxed), progress.history.all_stored.load(Relaxed));
    let objects = progress.history.objects.load(Relaxed);
    if objects >= progress.history.all_objects.load(Relaxed) {
        return Some("  looking for their commits".to_owned());
    }
    if read == 0 || read < all / TELLS_THE_REST {
        return None;
    }
    let left = elapsed.as_secs().max(1).saturating_mul(all.saturating_sub(read)) / read;
    Some(format!("  about {} left", HumanDuration(Duration::from_secs(left.max(1)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_says_how_much_there_is_and_how_long_it_takes() {
        let progress = Progress::default();
        let history = &progress.history;
        history.all_objects.store(200_000, Relaxed);
        history.all_stored.store(1_000, Relaxed);
        history.objects.store(50_000, Relaxed);
        history.texts.store(3, Relaxed);
        progress.bytes.store(5 << 20, Relaxed);
        let line = words(&progress, Duration::from_secs(10));
        assert_eq!(line, "50,000 of 200,000 objects  5.00 MiB  3 texts with matches");
        history.stored.store(250, Relaxed);
        assert!(words(&progress, Duration::from_secs(10)).ends_with("about 30 seconds left"));
        history.objects.store(200_000, Relaxed);
        assert!(words(&progress, Duration::from_secs(40)).ends_with("looking for their commits"));
        progress.interrupt();
        assert!(words(&progress, Duration::from_secs(40)).contains("Ctrl-C again"));
    }

    #[test]
    fn files_are_counted() {
        let progress = Progress::default();
        progress.blobs.store(1_234, Relaxed);
        assert_eq!(words(&progress, Duration::from_secs(1)), "1,234 files  0 B  0 matches");
    }
}
