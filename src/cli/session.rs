//! What every judging command begins with: the configuration, the rules and the settings, made into a scanner.

use std::path::PathBuf;

use anyhow::Result;
use skelkey::coverage::Configuration;
use skelkey::scan::{Scanner, Settings};
use skelkey::severity::Confidence;

use super::args::Global;
use super::config::Loaded;
use super::options::{self, Surroundings};

/// What the command line says about judging, whatever is judged.
pub(crate) struct Session<'a> {
    pub(crate) global: &'a Global,
    pub(crate) around: &'a Surroundings,
    pub(crate) loaded: &'a Loaded,
    /// The owner's lists that are named besides the configuration's.
    pub(crate) lists: &'a [PathBuf],
    pub(crate) confidence: Confidence,
    /// Whether comments may set findings aside.
    pub(crate) inline_ignore: bool,
}

impl Session<'_> {
    /// A scanner for the settings in force; `state` says what of them the coverage statement names.
    pub(crate) fn scanner(&self, state: impl FnOnce(&mut Configuration)) -> Result<Scanner> {
        self.scanner_with(|_| Ok(()), state)
    }

    /// The same with settings that the command itself decides.
    pub(crate) fn scanner_with(
        &self,
        decide: impl FnOnce(&mut Settings) -> Result<()>,
        state: impl FnOnce(&mut Configuration),
    ) -> Result<Scanner> {
        let rules = options::rule_set(self.global, self.loaded)?;
        let mut settings = options::settings(self, &rules)?;
        decide(&mut settings)?;
        state(&mut settings.configuration);
        Scanner::new(rules, settings).map_err(anyhow::Error::msg)
    }
}
