//! Asking issuers, built without the `probe` feature: nobody is asked.

use anyhow::Result;
use skelkey::scan::Asker;

use super::args::{Global, ProbeArgs};
use super::config::{Config, Loaded};
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

/// Nobody is asked, so no address is looked at.
#[expect(clippy::unnecessary_wraps, reason = "the shape of the version with issuers")]
pub(crate) fn check(_: &Loaded) -> Result<()> {
    Ok(())
}

/// Built without any way to the network.
pub(crate) fn download(_: &str, _: &Surroundings, _: &Config, _: u64) -> Result<Vec<u8>> {
    anyhow::bail!("this skelkey was built without the `probe` feature and reaches no network")
}
