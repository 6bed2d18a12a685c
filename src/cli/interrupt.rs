//! Ctrl-C: the first ends the scan early, with a report of what was found; the second ends the process.

use std::io;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use skelkey::source::Progress;

/// The exit code of a process that was told twice to end, as shells write it.
const ENDED: i32 = 130;

/// Lets Ctrl-C, or a request to terminate, end the run whose progress this is.
pub(crate) fn listen(progress: &Progress) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag unset, and sets it.
        flag::register_conditional_shutdown(signal, ENDED, progress.interruption())?;
        flag::register(signal, progress.interruption())?;
    }
    Ok(())
}
