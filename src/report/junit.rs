//! JUnit's XML: one test case for each place, so that a pipeline shows findings where it shows failed tests.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::escape::{step_plain, terminal};
use super::occurrence::{self, Occurrence};
use super::words;
use crate::coverage::Skip;
use crate::finding::Report;

/// With more places than these the steps are left out, so that the file stays under the 30 MB that GitLab takes of one
/// (docs.gitlab.com, "Unit test reports").
const WITH_STEPS: usize = 10_000;

/// What the report leaves out.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let said = || "The steps that close each key are left out: GitLab takes 30 MB.".to_owned();
    (occurrence::all(report).count() > WITH_STEPS).then(said).into_iter().collect()
}

/// The files, sorted, each with its places. A run without any finding has one test case that passes: an empty suite looks
/// like one that did not run.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<Occurrence<'_>>> = BTreeMap::new();
    for at in occurrence::all(report) {
        suites.entry(at.place.path.as_str()).or_default().push(at);
    }
    let gaps: Vec<&Skip> = report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).collect();
    let failures: usize = suites.values().map(Vec::len).sum();
    let counts = [("tests", failures.max(1) + gaps.len()), ("failures", failures), ("errors", gaps.len())];
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let left_out = left_out(report);
    let name = match &left_out[..] {
        [] => "skelkey".to_owned(),
        said => format!("skelkey ({})", said.join(" ")),
    };
    xml.write_event(Event::Start(element("testsuites", &[("name", &name)], &counts)))?;
    for places in suites.values() {
        suite(places, report, left_out.is_empty(), &mut xml)?;
    }
    if suites.is_empty() {
        coverage_suite(report, &mut xml)?;
    }
    gap_suite(&gaps, &mut xml)?;
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(xml.get_mut())
}

fn suite(
    places: &[Occurrence<'_>],
    report: &Report,
    with_steps: bool,
    xml: &mut Writer<&mut dyn Write>,
) -> io::Result<()> {
    let path = places.first().map_or("", Occurrence::path);
    let counts = [("tests", places.len()), ("failures", places.len()), ("errors", 0)];
    xml.write_event(Event::Start(element("testsuite", &[("name", path)], &counts)))?;
    for at in places {
        let (line, _) = at.lines();
        let name = format!("{} {line}:{}", at.finding.rule, at.place.region.start_column.max(1));
        let case = [("classname", path), ("name", name.as_str()), ("file", path)];
        xml.write_event(Event::Start(element("testcase", &case, &[("line", line)])))?;
        let headline = words::headline(at.finding, report);
        let failure = [("type", at.finding.rule.as_str()), ("message", headline.as_str())];
        xml.write_event(Event::Start(element("failure", &failure, &[])))?;
        xml.write_event(Event::Text(BytesText::new(&text(&said(at, with_steps)))))?;
        xml.write_event(Event::End(BytesEnd::new("failure")))?;
        xml.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

/// Where it is and what to do, a step a line.
fn said(at: &Occurrence<'_>, with_steps: bool) -> String {
    let mut lines = vec![words::place(at.place)];
    let remedy = &at.finding.remedy;
    if !with_steps {
        return lines.concat();
    }
    let answers = words::answers(at.finding);
    lines.extend((!answers.is_empty()).then(|| format!("Answers for it: {}", answers.join(", "))));
    lines.extend(remedy.revoke.iter().chain(&remedy.recreate).map(|step| step_plain(step)));
    lines.join("\n")
}

fn coverage_suite(report: &Report, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let counts = [("tests", 1), ("failures", 0), ("errors", 0)];
    xml.write_event(Event::Start(element("testsuite", &[("name", "skelkey")], &counts)))?;
    let files = words::count(report.coverage.blobs_scanned, "file");
    let name = format!("no finding in {files}{}", words::known(&report.coverage));
    xml.write_event(Event::Empty(element("testcase", &[("classname", "skelkey"), ("name", &name)], &[])))?;
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn gap_suite(gaps: &[&Skip], xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    let counts = [("tests", gaps.len()), ("failures", 0), ("errors", gaps.len())];
    xml.write_event(Event::Start(element("testsuite", &[("name", "skelkey coverage")], &counts)))?;
    for skip in gaps {
        let case = [("classname", "skelkey coverage"), ("name", skip.path.as_str())];
        xml.write_event(Event::Start(element("testcase", &case, &[])))?;
        let error = [("type", skip.reason.id()), ("message", skip.reason.words())];
        xml.write_event(Event::Empty(element("error", &error, &[])))?;
        xml.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn element(name: &'static str, texts: &[(&str, &str)], numbers: &[(&str, usize)]) -> BytesStart<'static> {
    let mut element = BytesStart::new(name);
    for (key, value) in texts {
        element.push_attribute((*key, terminal(value).as_ref()));
    }
    for (key, value) in numbers {
        element.push_attribute((*key, value.to_string().as_str()));
    }
    element
}

/// Lines stay lines; what XML cannot hold was made visible.
fn text(text: &str) -> String {
    super::escape::lines(text).into_owned()
}
