//! JSON Lines: the same document as [`super::json`] in pieces, so that a reader need not hold all of it. The first line is the
//! run, then one line for each key, and the last line is the coverage, without which the output is not whole.

use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use super::escape::SafeLine;
use super::json::Head;
use crate::finding::{Report, SetAside};

/// A line says what it is, so that lines of several runs may be mixed.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line<'a> {
    Run(Head<'a>),
    Finding(&'a crate::finding::Finding),
    /// Within a field, for it has a `line` of its own.
    Suppressed {
        suppressed: &'a SetAside,
    },
    Coverage(&'a crate::coverage::Coverage),
}

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    line(&Line::Run(Head::of(report, options)), out)?;
    report.findings.iter().try_for_each(|finding| line(&Line::Finding(finding), out))?;
    report.suppressed.iter().try_for_each(|aside| line(&Line::Suppressed { suppressed: aside }, out))?;
    line(&Line::Coverage(&report.coverage), out)
}

fn line(line: &Line<'_>, out: &mut dyn Write) -> io::Result<()> {
    line.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeLine))?;
    writeln!(out)
}
