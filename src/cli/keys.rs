//! `skelkey keys`: key hygiene from the owner's lists, without any leak.

use anyhow::{Result, bail};
use skelkey::severity::Confidence;

use super::args::{Global, OutputArgs};
use super::options::{self, Surroundings};
use super::output::Outputs;
use super::session::Session;
use super::{Exit, scan};

pub(crate) fn audit(global: &Global, args: &OutputArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(args)?;
    let fail_on = options::fail_on(args.fail_on, &loaded)?;
    let (lists, confidence) = (&args.inventory[..], Confidence::Low);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner(|stated| options::state(stated, fail_on, None, None))?;
    if scanner.settings().inventories.is_empty() {
        bail!("no list to audit: name one with --inventory FILE (docs/inventory.md says how to export each)");
    }
    let report = scanner.audit();
    let exit = Exit::of(&report, fail_on, args.exit_zero);
    let options = scan::report_options(args, exit, &report, around.now);
    let exit = outputs.write(&report, scanner.rules(), &options, global.color, exit);
    scan::say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}
