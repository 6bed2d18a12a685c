//! `skelkey inspect`: one key on standard input → what it is, what it opens, until when.

use anyhow::Result;
use skelkey::scan::Scanner;
use skelkey::severity::Confidence;

use super::args::{Global, InspectArgs};
use super::options::{self, Surroundings};
use super::output::Outputs;
use super::{Exit, scan, tell};

/// Longer than any key or key file.
const MOST: u64 = 1 << 20;

pub(crate) fn run(global: &Global, args: &InspectArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let rules = options::rule_set(global, &loaded.config)?;
    let settings = options::settings(around, global, &loaded, &args.inventory, Confidence::Low, &rules)?;
    #[cfg(feature = "probe")]
    let asker = super::probe::asker(&args.probe, around, global, &loaded.config)?;
    #[cfg(feature = "probe")]
    let asking = asker.as_ref().map(super::probe::Asker::asking);
    #[cfg(feature = "probe")]
    let ask = asking.as_ref();
    #[cfg(not(feature = "probe"))]
    let ask = None;
    let text = scan::read_stdin(MOST)?;
    let scanner = Scanner::new(rules, settings).map_err(anyhow::Error::msg)?;
    let report = scanner.text(text.trim_ascii(), "<stdin>", &skelkey::source::Progress::default(), ask);
    if report.findings.is_empty() {
        tell(format_args!(
            "error: no rule knows a key of this form. Keys without a form of their own are known by what stands around \
             them: pipe the whole line, for instance `HEX_API_KEY=…`."
        ));
        return Ok(Exit::Incomplete);
    }
    let options = skelkey::report::Options { verbose: true, ..skelkey::report::Options::default() };
    let outputs = Outputs::only(args.format);
    let exit = outputs.write(&report, scanner.rules(), &options, global.color, Exit::Clean);
    scan::say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}
