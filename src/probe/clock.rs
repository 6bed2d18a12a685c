//! Time, handed in: the library neither reads a clock nor waits on its own, so tests do not wait either.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What tells the time and lets it pass.
pub trait Clock: Send + Sync {
    /// The present moment (UTC).
    fn now(&self) -> Timestamp;

    /// Returns after `duration`.
    fn sleep(&self, duration: Duration);
}

/// `at` and `duration` later, or the end of time.
pub(crate) fn later(at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// How long it is from `now` to `then`; nothing when that has passed.
pub(crate) fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
