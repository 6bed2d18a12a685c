//! `skelkey keys`: key hygiene from the owner's lists, without any leak.

use anyhow::{Result, bail};
use skelkey::scan::Scanner;
use skelkey::severity::Confidence;

use super::args::{Global, OutputArgs};
use super::options::{self, Surroundings};
use super::output::Outputs;
use super::{Exit, scan};

pub(crate) fn audit(global: &Global, args: &OutputArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(args)?;
    let fail_on = options::fail_on(args.fail_on, &loaded)?;
    let rules = options::rule_set(global, &loaded.config)?;
    let mut settings = options::settings(around, global, &loaded, &args.inventory, Confidence::Low, &rules)?;
    options::state(&mut settings.configuration, fail_on, None, None);
    if settings.inventories.is_empty() {
        bail!("no list to audit: name one with --inventory FILE (docs/inventory.md says how to export each)");
    }
    let scanner = Scanner::new(rules, settings).map_err(anyhow::Error::msg)?;
    let report = scanner.audit();
    let exit = Exit::of(&report, fail_on, args.exit_zero);
    let options = scan::report_options(args, exit, &report, around.now);
    let exit = outputs.write(&report, scanner.rules(), &options, global.color, exit);
    scan::say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}
