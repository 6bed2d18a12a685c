//! `skelkey inspect`: one key on standard input → what it is, what it opens, until when.

use anyhow::Result;
use skelkey::severity::Confidence;
use skelkey::source::Progress;

use super::args::{Global, InspectArgs};
use super::options::Surroundings;
use super::output::Outputs;
use super::session::Session;
use super::{Exit, scan, tell};

/// Longer than any key or key file.
const MOST: u64 = 1 << 20;

pub(crate) fn run(global: &Global, args: &InspectArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let (lists, confidence) = (&args.lists.inventory[..], Confidence::Low);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner(|_| {})?;
    let text = scan::read_stdin(MOST, "no key is that long; `skelkey scan --stdin` looks through texts")?;
    let report = super::probe::asking(&args.probe, around, global, &loaded.config, |ask| {
        Ok(scanner.text(text.trim_ascii(), "<stdin>", &Progress::default(), ask))
    })?;
    if text.trim_ascii().is_empty() {
        tell(format_args!("error: no key arrived on standard input; pipe one into it"));
        return Ok(Exit::Incomplete);
    }
    if report.findings.is_empty() {
        tell(format_args!(
            "error: no rule knows a key of this form. Keys without a form of their own are known by what stands around \
             them: pipe the whole line, for instance `HEX_API_KEY=…`."
        ));
        return Ok(Exit::Incomplete);
    }
    let outputs = Outputs::only(args.format);
    let options = skelkey::report::Options { verbose: args.verbose, ..skelkey::report::Options::default() };
    let exit = outputs.write_answers(&report, scanner.rules(), &options, global.color)?;
    scan::say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}
