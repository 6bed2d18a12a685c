//! One `[[rule]]` of a rule file.

use data_encoding::HEXLOWER_PERMISSIVE;
use regex_syntax::hir::Hir;

use super::assigned::{self, Assigned, LONGEST_VALUE, SHORTEST_VALUE};
use super::paths::{self, Globs};
use super::proof::{Unproved, reach};
use super::provider::{addresses, check_id, is_kebab, rule_remedy};
use super::reader::{Fields, Text};
use super::template::{minted_rules, parse};
use super::{
    Example, Identity, IssuerContext, IssuerProof, Kind, PathCondition, Provider, Reading, RemedyTemplate, Rule,
    companion, compile,
};
use crate::escape::word;
use crate::format::{CHECKS, Check};
use crate::issuer::Issuer;
use crate::severity::{Confidence, Severity};
use crate::suggest::did_you_mean;

pub(super) const KEYS: [&str; 37] = [
    "id",
    "aliases",
    "title",
    "description",
    "kind",
    "issuer",
    "issuer-proof",
    "family",
    "severity",
    "confidence",
    "names",
    "value",
    "secret-word",
    "reading",
    "anchors",
    "anchors-case",
    "left",
    "right",
    "pattern",
    "secret-case",
    "public-prefix",
    "identity",
    "checksum",
    "decoder",
    "min-entropy",
    "mint",
    "paths",
    "not-paths",
    "samples",
    "references",
    "examples",
    "counter-examples",
    "context",
    "part",
    "part-only",
    "remedy",
    "override",
];
const CONTEXT_KEYS: [&str; 2] = ["issuer", "near"];
const EXAMPLE_KEYS: [&str; 2] = ["path", "text"];
const CASES: [(&str, bool); 2] = [("sensitive", false), ("insensitive", true)];

/// `left` + `right` at most. A rule that needs more would make every anchor in a text expensive.
const WIDEST: usize = 64 << 10;

/// Shorter anchors stand everywhere.
const SHORTEST_ANCHOR: usize = 3;

/// One rule as written, and what the other files are needed for to say whether it is right.
pub(super) struct Entry {
    pub(super) rule: Rule,
    /// Whether it says that it replaces an earlier rule of the same id.
    pub(super) overrides: bool,
    /// Whether it has a remedy of its own.
    pub(super) own_remedy: bool,
    /// Rules that its examples mint, and the line of each.
    pub(super) mints: Vec<(String, usize)>,
    /// The line of each of its companions.
    pub(super) part_lines: Vec<usize>,
}

/// What all rules of a file share.
pub(super) struct Shared<'a> {
    pub(super) provider: &'a str,
    pub(super) remedy: &'a RemedyTemplate,
    pub(super) references: &'a [String],
}

impl<'a> Shared<'a> {
    pub(super) fn of(provider: &'a Provider) -> Self {
        Self { provider: &provider.id, remedy: &provider.remedy, references: &provider.references }
    }
}

/// Reads one rule. Whatever is wrong with it is noted; the rest is read all the same.
pub(super) fn read(fields: &Fields, shared: &Shared) -> Entry {
    let id = fields.required("id");
    let overrides = fields.flag_or("override", false);
    check_rule_id(fields, &id, shared.provider, overrides);
    let own = rule_remedy(fields);
    let matching = Matching::read(fields);
    let mint = fields.required("mint");
    let mut mints = template(fields, &mint, "mint", false);
    let examples = examples(fields, "examples", &mut mints);
    let (companions, part_lines) = companion::read(fields).into_iter().unzip();
    if examples.is_empty() {
        fields.require("examples", "[\"… {mint} …\"]");
    }
    let entry = Entry {
        overrides,
        own_remedy: own.is_some(),
        rule: Rule {
            aliases: aliases(fields),
            provider: 0,
            title: fields.required("title").value.to_owned(),
            description: fields.required("description").value.to_owned(),
            kind: kind(fields),
            issuer: issuer(fields, shared.provider),
            issuer_proof: issuer_proof(fields),
            contexts: contexts(fields),
            family: optional_id(fields, "family").unwrap_or_else(|| id.value.to_owned()),
            severity: severity(fields),
            confidence: confidence(fields),
            assigned: matching.assigned,
            reading: matching.reading,
            anchors: matching.anchors,
            anchors_fold: matching.anchors_fold,
            left: matching.left,
            right: matching.right,
            pattern: matching.pattern,
            folds: fields.word("secret-case", &CASES).unwrap_or(false),
            public_prefix: fields.text("public-prefix").map(|text| text.value.to_owned()).unwrap_or_default(),
            identity: identity(fields),
            check: checksum(fields),
            decoder: fields.text("decoder").map(|text| text.value.to_owned()),
            mint: Some(mint.value.to_owned()),
            min_entropy: fields.number("min-entropy").unwrap_or(matching.min_entropy),
            part_only: fields.flag_or("part-only", false),
            companions,
            paths: PathCondition { only: globs(fields, "paths"), not: globs(fields, "not-paths") },
            remedy: remedy_of(own, shared.remedy),
            references: references(fields, shared.references),
            examples,
            counter_examples: self::examples(fields, "counter-examples", &mut mints),
            samples: samples(fields),
            origin: (fields.source.file.to_owned(), fields.source.line(&fields.at)),
            id: id.value.to_owned(),
        },
        mints,
        part_lines,
    };
    check_matching(fields, &entry.rule);
    entry
}

/// How a rule finds its matches: written out, or in the short form.
struct Matching {
    assigned: Option<Assigned>,
    reading: Option<Reading>,
    anchors: Vec<String>,
    anchors_fold: bool,
    left: usize,
    right: usize,
    pattern: String,
    min_entropy: f32,
}

impl Matching {
    fn read(fields: &Fields) -> Self {
        match (fields.has("reading"), fields.has("names")) {
            (true, _) => Self::read_near(fields),
            (false, true) => Self::short(fields),
            (false, false) => Self::long(fields),
        }
    }

    fn long(fields: &Fields) -> Self {
        for key in ["value", "secret-word"].into_iter().filter(|key| fields.has(key)) {
            fields.source.mistake(&fields.at(key), format!("`{key}` belongs to the short form of a rule: add `names`"));
        }
        Self {
            assigned: None,
            reading: None,
            anchors: anchors(fields, "anchors"),
            anchors_fold: fields.word("anchors-case", &CASES).unwrap_or(false),
            left: fields.size("left").unwrap_or(0),
            right: right(fields),
            pattern: fields.required("pattern").value.to_owned(),
            min_entropy: 0.0,
        }
    }

    /// Without a pattern: words, and what is read near them.
    fn read_near(fields: &Fields) -> Self {
        let others =
            ["value", "secret-word", "anchors", "anchors-case", "left", "right", "pattern", "checksum", "min-entropy"];
        for key in others.into_iter().filter(|key| fields.has(key)) {
            fields.source.mistake(&fields.at(key), format!("`{key}` has no place beside `reading`; remove it"));
        }
        let anchors: Vec<String> = anchors(fields, "names").iter().map(|name| name.to_ascii_lowercase()).collect();
        let reading = fields.word("reading", &Reading::WORDS).unwrap_or(Reading::Token);
        let (left, right) = reading.window(anchors.iter().map(String::len).max().unwrap_or(0));
        Self {
            assigned: None,
            reading: Some(reading),
            anchors,
            anchors_fold: true,
            left,
            right,
            pattern: String::new(),
            min_entropy: 0.0,
        }
    }

    fn short(fields: &Fields) -> Self {
        for key in ["anchors", "anchors-case", "left", "right", "pattern"].into_iter().filter(|key| fields.has(key)) {
            fields.source.mistake(&fields.at(key), format!("`{key}` follows from `names` and `value`; remove it"));
        }
        let anchors = assigned::words(anchors(fields, "names").iter().map(String::as_str));
        let (left, right) = assigned::window(anchors.iter().map(String::len).max().unwrap_or(0));
        Self {
            reading: None,
            assigned: Some(Assigned { secret_word: fields.flag_or("secret-word", true) }),
            anchors,
            anchors_fold: true,
            left,
            right,
            pattern: assigned::pattern(fields.required("value").value),
            min_entropy: assigned::MIN_ENTROPY,
        }
    }
}

/// The rule's own remedy replaces the provider's as a whole: half of one and half of the other would send people to
/// the wrong page. The way to need no key is the provider's.
fn remedy_of(own: Option<RemedyTemplate>, provider: &RemedyTemplate) -> RemedyTemplate {
    own.map_or_else(|| provider.clone(), |own| RemedyTemplate { keyless: provider.keyless.clone(), ..own })
}

fn check_rule_id(fields: &Fields, id: &Text, provider: &str, overrides: bool) {
    check_id(fields, id, "id");
    let of_provider = id.value.strip_prefix(provider).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if is_kebab(id.value) && !of_provider && !overrides && !provider.is_empty() {
        let message = format!("the id of a rule begins with its provider: `{provider}-…`, not `{}`", word(id.value));
        fields.source.mistake(&id.at, message);
    }
}

fn aliases(fields: &Fields) -> Vec<String> {
    let aliases = fields.texts("aliases");
    for alias in &aliases {
        check_id(fields, alias, "aliases");
    }
    aliases.into_iter().map(|alias| alias.value.to_owned()).collect()
}

fn optional_id(fields: &Fields, key: &str) -> Option<String> {
    let id = fields.text(key)?;
    check_id(fields, &id, key);
    Some(id.value.to_owned())
}

fn issuer(fields: &Fields, provider: &str) -> Issuer {
    Issuer::new(optional_id(fields, "issuer").unwrap_or_else(|| provider.to_owned()))
}

fn kind(fields: &Fields) -> Kind {
    fields.require("kind", "\"structured\"");
    let words = [("structured", Kind::Structured), ("contextual", Kind::Contextual), ("generic", Kind::Generic)];
    fields.word("kind", &words).unwrap_or(Kind::Generic)
}

/// Without a word from the rule nothing is proved: a key must not be sent to a server that may not be its own.
fn issuer_proof(fields: &Fields) -> IssuerProof {
    let words = [("format", IssuerProof::Format), ("context", IssuerProof::Context)];
    fields.word("issuer-proof", &words).unwrap_or(IssuerProof::Context)
}

fn severity(fields: &Fields) -> Severity {
    fields.require("severity", "\"high\"");
    fields.word("severity", &Severity::ALL.map(|severity| (severity.as_str(), severity))).unwrap_or(Severity::High)
}

fn confidence(fields: &Fields) -> Confidence {
    fields.require("confidence", "\"medium\"");
    let all = [Confidence::Low, Confidence::Medium, Confidence::High];
    fields.word("confidence", &all.map(|confidence| (confidence.as_str(), confidence))).unwrap_or(Confidence::Low)
}

fn identity(fields: &Fields) -> Identity {
    let words = [("value", Identity::Value), ("place", Identity::Place)];
    fields.word("identity", &words).unwrap_or(Identity::Value)
}

fn contexts(fields: &Fields) -> Vec<IssuerContext> {
    fields.tables("context", "rule.context", &CONTEXT_KEYS).iter().map(context).collect()
}

fn context(fields: &Fields) -> IssuerContext {
    fields.require("issuer", "\"…\"");
    fields.require("near", "[\"…\"]");
    let issuer = Issuer::new(optional_id(fields, "issuer").unwrap_or_default());
    IssuerContext { issuer, near: fields.texts("near").into_iter().map(|word| word.value.to_owned()).collect() }
}

fn anchors(fields: &Fields, key: &str) -> Vec<String> {
    let anchors = fields.texts(key);
    if anchors.is_empty() {
        fields.require(key, "[\"…\"]");
    }
    if anchors.is_empty() && fields.items(key).is_empty() {
        let message = format!("`{key}` is empty; give the literals of which every match holds one");
        fields.source.mistake(&fields.at(key), message);
    }
    for anchor in anchors.iter().filter(|anchor| anchor.value.len() < SHORTEST_ANCHOR) {
        let message =
            format!("`{}` in `{key}` is too short; give at least {SHORTEST_ANCHOR} bytes", word(anchor.value));
        fields.source.mistake(&anchor.at, message);
    }
    anchors.into_iter().map(|anchor| anchor.value.to_owned()).collect()
}

fn right(fields: &Fields) -> usize {
    fields.require("right", "64");
    fields.size("right").unwrap_or(0)
}

fn checksum(fields: &Fields) -> Option<&'static Check> {
    let name = fields.text("checksum")?;
    let found = crate::format::check(name.value);
    if found.is_none() {
        let known: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        let help = did_you_mean(name.value, &known);
        fields.source.mistake(&name.at, format!("unknown checksum `{}`{help}", word(name.value)));
    }
    found
}

fn globs(fields: &Fields, key: &str) -> Globs {
    let globs = fields.texts(key);
    for text in globs.iter().filter(|_| !fields.source.trusted) {
        if let Err(error) = paths::check(text.value) {
            fields.source.mistake(&text.at, format!("`{key}`: {}", error.kind()));
        }
    }
    Globs::new(globs.into_iter().map(|text| text.value.to_owned()).collect())
}

fn references(fields: &Fields, of_provider: &[String]) -> Vec<String> {
    let references = addresses(fields, "references");
    if !references.is_empty() {
        return references;
    }
    if of_provider.is_empty() {
        let at = fields.at("references");
        let message = "a rule or its provider needs at least one of `references`: where the format is documented";
        fields.source.mistake(&at, message);
    }
    of_provider.to_vec()
}

fn samples(fields: &Fields) -> Vec<[u8; 32]> {
    fields.texts("samples").iter().filter_map(|text| sample(fields, text)).collect()
}

fn sample(fields: &Fields, text: &Text) -> Option<[u8; 32]> {
    let hash = HEXLOWER_PERMISSIVE.decode(text.value.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    if hash.is_none() {
        // The text is not shown: whoever wrote the key itself here must not find it in a log.
        fields.source.mistake(&text.at, "`samples` are SHA-256 hashes of keys: 64 hexadecimal digits each");
    }
    hash
}

/// Reads `examples` or `counter-examples`: texts, or tables of `path` and `text`.
fn examples(fields: &Fields, key: &'static str, mints: &mut Vec<(String, usize)>) -> Vec<Example> {
    let mut examples = Vec::new();
    for item in fields.items(key) {
        let (path, text) = if let Some(table) = item.value.as_table() {
            let example = Fields::new(fields.source, table, item.at.clone(), key, &EXAMPLE_KEYS);
            (example.text("path").map_or("", |path| path.value), example.required("text"))
        } else if let Some(value) = item.value.as_str() {
            ("", Text { value, at: item.at.clone() })
        } else {
            let message = format!("`{key}` holds texts and tables of `path` and `text` only");
            fields.source.mistake(&item.at, message);
            continue;
        };
        mints.extend(template(fields, &text, key, key == "examples"));
        let line = fields.source.line(&text.at);
        examples.push(Example { path: path.to_owned(), text: text.value.to_owned(), line });
    }
    examples
}

/// Reads a template for its mistakes; gives the other rules that it mints.
fn template(fields: &Fields, text: &Text, key: &str, wants_mint: bool) -> Vec<(String, usize)> {
    if fields.source.trusted {
        return Vec::new();
    }
    let parts = match parse(text.value) {
        Ok(parts) => parts,
        Err(message) => {
            fields.source.mistake(&text.at, format!("`{key}`: {message}"));
            return Vec::new();
        }
    };
    let minted = minted_rules(&parts);
    if wants_mint && !minted.contains(&None) {
        fields.source.mistake(&text.at, "an example has no `{mint}`; write it where the key stands");
    }
    if key == "mint" && !minted.is_empty() {
        fields.source.mistake(&text.at, "`mint` cannot use `{mint}`; write the fields that the key is made of");
    }
    let line = fields.source.line(&text.at);
    minted.into_iter().flatten().map(|rule| (rule.to_owned(), line)).collect()
}

/// Everything about how the rule matches that can be said from the rule alone.
fn check_matching(fields: &Fields, rule: &Rule) {
    if rule.window() > WIDEST {
        let message = format!("the window (`left` + `right`) is {} bytes; {WIDEST} is the most", rule.window());
        fields.source.mistake(&fields.at("right"), message);
    }
    if rule.issuer_proof == IssuerProof::Format && !rule.contexts.is_empty() {
        let message =
            "`issuer-proof` is `format`, so no words are looked at: remove `[[rule.context]]` or write `context`";
        fields.source.mistake(&fields.at("issuer-proof"), message);
    }
    if !fields.source.trusted && !rule.pattern.is_empty() {
        check_pattern(fields, rule);
    }
}

fn check_pattern(fields: &Fields, rule: &Rule) {
    let at = fields.at(if rule.assigned.is_some() { "value" } else { "pattern" });
    let hir = match rule.syntax() {
        Ok(hir) => hir,
        Err(message) => return fields.source.mistake(&at, format!("`pattern` is not a regular expression: {message}")),
    };
    match compile(&hir) {
        Ok(regex) => check_groups(fields, regex.group_info().pattern_names(regex_automata::PatternID::ZERO).flatten()),
        Err(message) => fields.source.mistake(&at, format!("`pattern` cannot be compiled: {message}")),
    }
    if rule.assigned.is_some() {
        return check_value(fields, &hir);
    }
    if rule.anchors.is_empty() || rule.anchors.iter().any(|anchor| anchor.len() < SHORTEST_ANCHOR) {
        return;
    }
    match reach(&hir, &rule.anchors, rule.anchors_fold) {
        Ok(reach) => check_window(fields, rule, reach.left, reach.right),
        Err(unproved) => fields.source.mistake(&at, explain(&unproved)),
    }
}

/// A value of the short form: bounded, and long enough not to stand beside every word.
fn check_value(fields: &Fields, value: &Hir) {
    let (least, most) = (value.properties().minimum_len(), value.properties().maximum_len());
    let at = fields.at("value");
    if most.is_none_or(|most| most > LONGEST_VALUE) {
        let message = format!("`value` may match more than {LONGEST_VALUE} bytes; bound every repetition");
        fields.source.mistake(&at, message);
    }
    if least.is_none_or(|least| least < SHORTEST_VALUE) {
        let message = format!("`value` may match fewer than {SHORTEST_VALUE} bytes, which stand beside every word");
        fields.source.mistake(&at, message);
    }
}

fn check_groups<'g>(fields: &Fields, names: impl Iterator<Item = &'g str>) {
    const KNOWN: [&str; 4] = ["secret", "name", "host", "core"];
    let at = fields.at("pattern");
    let names: Vec<&str> = names.collect();
    if !names.contains(&"secret") {
        fields.source.mistake(&at, "`pattern` has no group `secret`; write `(?P<secret>…)` around the key");
    }
    for name in names.iter().filter(|name| !KNOWN.contains(name)) {
        let help = did_you_mean(name, &KNOWN);
        fields.source.mistake(&at, format!("`pattern` has an unknown group `{}`{help}", word(name)));
    }
}

fn check_window(fields: &Fields, rule: &Rule, left: usize, right: usize) {
    for (key, given, needed, verb) in [("left", rule.left, left, "begin"), ("right", rule.right, right, "end")] {
        if given < needed {
            let side = if key == "left" { "before" } else { "after" };
            let message = format!(
                "`{key} = {given}` is too small: a match may {verb} {needed} bytes {side} the first byte of its first \
                 anchor; write `{key} = {needed}`"
            );
            fields.source.mistake(&fields.at(key), message);
        }
    }
}

fn explain(unproved: &Unproved) -> String {
    match unproved {
        Unproved::Unbounded => {
            "`pattern` has no longest match; bound every repetition: `{1,200}` for `+`, `{0,200}` for `*`".to_owned()
        }
        Unproved::NoAnchor(shape) => format!(
            "`pattern` can match without any of `anchors`, for instance `{shape}`; add an anchor, or change the pattern"
        ),
        Unproved::TooLarge => {
            "`pattern` is too large to prove; use smaller repetitions or fewer alternatives".to_owned()
        }
    }
}
