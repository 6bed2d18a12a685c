//! Asking issuers, built without the `probe` feature: nobody is asked.

use anyhow::Result;
use skelkey::scan::Asker;

use super::args::{Global, ProbeArgs};
use super::config::Config;
use super::options::Surroundings;

/// Calls `run` without anybody who asks.
pub(crate) fn asking<T>(
    _: &ProbeArgs,
    _: &Surroundings,
    _: &Global,
    _: &Config,
    run: impl FnOnce(Asker<'_>) -> Result<T>,
) -> Result<T> {
    run(None)
}
