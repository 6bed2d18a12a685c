//! Configurations of gitleaks and betterleaks → rule files, and what could not be carried over.
//!
//! Every rule that is carried over has a bounded pattern, anchors that are proved, and an example that is read off its
//! pattern. Whether it stands beside the others (another rule may find its keys already) is for
//! [`crate::detect::check_rules`] to say.

mod entropy;
mod literals;
mod paths;
mod pattern;
mod sample;
mod write;

use std::ops::Range;

use self::literals::required;
use self::pattern::{BOUNDS, Bounds, Pattern};
use self::sample::{Templates, VARIANTS, templates};
use super::document::{self, Entry, Value};
use super::mint::Minter;
use super::proof::reach;
use super::{compile, pattern_syntax};
use crate::escape;
use crate::location::LineIndex;
use crate::mistake::Mistake;

/// What became of one configuration.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The rules that were carried over.
    pub rules: Vec<Imported>,
    /// How many rules the configuration has.
    pub seen: usize,
    /// What was not carried over, and what was changed on the way.
    pub notes: Vec<Note>,
    /// Globs of paths that the configuration leaves out everywhere: here `[scan] exclude` says so.
    pub excluded: Vec<String>,
}

/// One rule that was carried over.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its id here: the provider's, then its own.
    pub id: String,
    /// Its id there.
    pub original: String,
    /// The `[[rule]]` table.
    pub text: String,
    /// Its line there.
    pub line: usize,
}

/// One thing that a reader must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line that says it there.
    pub line: usize,
    /// The rule, or nothing for what all rules share.
    pub rule: Option<String>,
    /// Whether the rule itself is missing from the outcome.
    pub lost: bool,
    /// What it is. Never a value of an allow-list, which may be a key.
    pub message: String,
}

/// The configuration's own word for what each rule file is about, and the page where its form is documented.
pub(super) const HOME: &str = "https://github.com/gitleaks/gitleaks";

/// Reads a configuration (name, text) and writes its rules for a rule file of the provider `provider`.
///
/// # Errors
/// A text that is no such configuration: every mistake with its line.
pub fn import(name: &str, text: &str, provider: &str) -> Result<Import, Vec<Mistake>> {
    let lines = LineIndex::new(text.as_bytes());
    let mistake =
        |at: &Range<usize>, message: String| Mistake { file: name.to_owned(), line: lines.line_of(at.start), message };
    let document = document::parse(text).map_err(|errors| {
        errors
            .iter()
            .map(|(at, message)| mistake(at, format!("not TOML: {}", escape::message(message))))
            .collect::<Vec<_>>()
    })?;
    let Some(rules) = get(&document, "rules").and_then(Value::as_list) else {
        let message = "no `[[rules]]`: this is no configuration of gitleaks or betterleaks".to_owned();
        return Err(vec![mistake(&(0..0), message)]);
    };
    let mut reader = Reader { lines, provider, import: Import::default() };
    for entry in &document {
        reader.top(entry);
    }
    for rule in rules {
        if let Some(table) = rule.value.as_table() {
            reader.rule(table, &rule.at);
        }
    }
    Ok(reader.import)
}

/// The whole rule file: its header, with the notes as comments, and the rules.
#[must_use]
pub fn rule_file(provider: &str, rules: &[&Imported], notes: &[String]) -> String {
    write::file(provider, rules, notes)
}

fn get<'v>(table: &'v [Entry<'_>], key: &str) -> Option<&'v Value<'v>> {
    table.iter().find(|entry| entry.key == key).map(|entry| &entry.item.value)
}

fn text<'v>(table: &'v [Entry<'_>], key: &str) -> Option<&'v str> {
    get(table, key).and_then(Value::as_str)
}

fn texts<'v>(table: &'v [Entry<'_>], key: &str) -> Vec<&'v str> {
    let list = get(table, key).and_then(Value::as_list).unwrap_or_default();
    list.iter().filter_map(|item| item.value.as_str()).collect()
}

fn number(table: &[Entry<'_>], key: &str) -> Option<f32> {
    match get(table, key)? {
        Value::Float(digits) | Value::Integer(digits, _) => digits.parse().ok(),
        _ => None,
    }
}

fn whole(table: &[Entry<'_>], key: &str) -> Option<u32> {
    let Value::Integer(digits, radix) = get(table, key)? else { return None };
    u32::from_str_radix(digits, *radix).ok()
}

struct Reader<'a> {
    lines: LineIndex<'a>,
    provider: &'a str,
    import: Import,
}

/// What one rule says, as far as it can be carried over.
struct Draft<'r> {
    original: &'r str,
    line: usize,
    description: String,
    keywords: Vec<String>,
    min_entropy: f32,
    paths: Vec<String>,
    not_paths: Vec<String>,
    samples: Vec<String>,
}

/// A pattern with everything that was proved of it.
struct Proved {
    pattern: String,
    anchors: Vec<String>,
    left: usize,
    right: usize,
    templates: Templates,
    /// The bounds of repetitions that had none.
    bounds: Option<Bounds>,
    /// Whether the anchors are the keywords.
    by_keywords: bool,
    /// Whether the key begins with an anchor: it has a form of its own.
    own_form: bool,
    /// Bytes of the shortest key.
    shortest: usize,
}

impl Reader<'_> {
    fn note(&mut self, line: usize, rule: Option<&str>, message: impl Into<String>) {
        let (rule, message) = (rule.map(escape::word), message.into());
        self.import.notes.push(Note { line, rule, lost: false, message });
    }

    fn lost(&mut self, line: usize, rule: &str, message: impl Into<String>) {
        let (rule, message) = (Some(escape::word(rule)), message.into());
        self.import.notes.push(Note { line, rule, lost: true, message });
    }

    /// What all rules share.
    fn top(&mut self, entry: &Entry<'_>) {
        let line = self.lines.line_of(entry.at.start);
        match &*entry.key {
            "rules" | "title" | "description" | "minVersion" | "betterleaksMinVersion" => {}
            "allowlist" => {
                if let Some(table) = entry.item.value.as_table() {
                    self.top_allowlist(table, line);
                }
            }
            "allowlists" => {
                for item in entry.item.value.as_list().unwrap_or_default() {
                    if let Some(table) = item.value.as_table() {
                        self.top_allowlist(table, self.lines.line_of(item.at.start));
                    }
                }
            }
            "extend" => {
                self.note(line, None, "`extend` is not followed: import the configuration that it names as well");
            }
            other => {
                let message = format!("`{}` of all rules is not carried over", escape::word(other));
                self.note(line, None, message);
            }
        }
    }

    fn top_allowlist(&mut self, table: &[Entry<'_>], line: usize) {
        let Allowed { paths, samples, notes } = allowed(table);
        if !samples.is_empty() {
            let message =
                format!("{} of the allow-list of all rules are not carried over", count(samples.len(), "exact value"));
            self.note(line, None, message);
        }
        self.import.excluded.extend(paths);
        for message in notes {
            self.note(line, None, format!("of the allow-list of all rules: {message}"));
        }
    }

    fn rule(&mut self, table: &[Entry<'_>], at: &Range<usize>) {
        self.import.seen += 1;
        let line = self.lines.line_of(at.start);
        let original = text(table, "id").unwrap_or("(a rule without id)");
        let Some(regex) = text(table, "regex") else {
            return self.lost(line, original, "it names paths alone; a rule here needs a pattern");
        };
        if get(table, "skipReport").and_then(Value::as_bool) == Some(true) {
            return self.lost(
                line,
                original,
                "it is only a part of other rules (`skipReport`) and reports nothing itself",
            );
        }
        let Some(draft) = self.draft(table, original, line) else { return };
        let secrets = Pattern::read(regex).and_then(|pattern| {
            let named = whole(table, "secretGroup").filter(|group| *group > 0);
            let secrets = pattern.secrets(named)?;
            Ok((pattern, secrets))
        });
        let (pattern, secrets) = match secrets {
            Ok(read) => read,
            Err(why) => return self.lost(line, original, why),
        };
        for (index, secret) in secrets.iter().enumerate() {
            let suffix = if index == 0 { String::new() } else { format!("-{}", index + 1) };
            match prove(&pattern, *secret, &draft.keywords) {
                Ok(proved) => self.carry(&draft, &proved, &suffix),
                Err(why) => self.lost(line, original, why),
            }
        }
    }

    /// Everything but the pattern; what cannot be carried over is noted.
    fn draft<'r>(&mut self, table: &'r [Entry<'_>], original: &'r str, line: usize) -> Option<Draft<'r>> {
        let mut draft = Draft {
            original,
            line,
            description: text(table, "description").unwrap_or_default().to_owned(),
            keywords: texts(table, "keywords").iter().map(|word| word.to_ascii_lowercase()).collect(),
            min_entropy: number(table, "entropy").unwrap_or(0.0),
            paths: Vec::new(),
            not_paths: Vec::new(),
            samples: Vec::new(),
        };
        if let Some(path) = text(table, "path") {
            let Some(globs) = paths::globs(path) else {
                self.lost(line, original, "its `path` is a regular expression that globs cannot say");
                return None;
            };
            draft.paths = globs;
        }
        if let Some(filter) = text(table, "filter") {
            let (least, rest) = entropy::of_filter(filter);
            draft.min_entropy = least.unwrap_or(draft.min_entropy);
            if rest {
                self.note(line, Some(original), "its `filter` says more than an entropy; the rest is not carried over");
            }
        }
        let lists = get(table, "allowlists").and_then(Value::as_list).unwrap_or_default();
        let lists = lists
            .iter()
            .filter_map(|item| item.value.as_table())
            .chain(get(table, "allowlist").and_then(Value::as_table));
        for list in lists {
            let Allowed { paths, samples, notes } = allowed(list);
            draft.not_paths.extend(paths);
            draft.samples.extend(samples);
            for message in notes {
                self.note(line, Some(original), format!("of its allow-list: {message}"));
            }
        }
        for (key, message) in OTHER_KEYS {
            if get(table, key).is_some() {
                self.note(line, Some(original), message);
            }
        }
        let known = [
            "id",
            "description",
            "regex",
            "keywords",
            "entropy",
            "secretGroup",
            "path",
            "filter",
            "allowlists",
            "allowlist",
            "skipReport",
        ];
        for entry in table
            .iter()
            .filter(|entry| !known.contains(&&*entry.key) && !OTHER_KEYS.iter().any(|(key, _)| *key == entry.key))
        {
            let message = format!("`{}` is not carried over", escape::word(&entry.key));
            self.note(line, Some(original), message);
        }
        Some(draft)
    }

    fn carry(&mut self, draft: &Draft<'_>, proved: &Proved, suffix: &str) {
        if let Some(Bounds { narrow, wide }) = proved.bounds {
            let message = format!(
                "repetitions without an end get one: {narrow} characters, {wide} where they hold white space or anything, \
                 and four times the least where that is more"
            );
            self.note(draft.line, Some(draft.original), message);
        }
        if !proved.by_keywords && !draft.keywords.is_empty() {
            let words = proved.anchors.iter().map(|anchor| format!("`{}`", escape::word(anchor))).collect::<Vec<_>>();
            let message = format!(
                "its keywords need not stand in what it matches; it looks wherever {} stands, with or without them",
                words.join(" or ")
            );
            self.note(draft.line, Some(draft.original), message);
        }
        let own = kebab(draft.original);
        let own = own.strip_prefix(&format!("{}-", self.provider)).unwrap_or(&own).to_owned();
        let mut id = format!("{}-{own}{suffix}", self.provider);
        let taken = |id: &str| self.import.rules.iter().any(|rule| rule.id == id);
        if taken(&id) {
            let free = (2..=2 + self.import.rules.len()).map(|n| format!("{id}-{n}")).find(|id| !taken(id));
            id = free.unwrap_or(id);
        }
        let text = write::rule(&id, draft, proved);
        self.import.rules.push(Imported { id, original: draft.original.to_owned(), text, line: draft.line });
    }
}

/// Keys of a rule that say nothing about what is found, or nothing that can be said here.
const OTHER_KEYS: [(&str, &str); 5] = [
    ("tags", "its `tags` are not carried over"),
    ("validate", "its `validate` is not carried over: `--probe` asks the issuers that it knows, by GET alone"),
    ("required", "its keys are reported whether or not the parts that it requires (`required`) stand near"),
    ("specificity", "its `specificity` is not carried over"),
    ("report", "its `report` is not carried over"),
];

/// What of an allow-list has a place here.
struct Allowed {
    paths: Vec<String>,
    /// SHA-256 of single values.
    samples: Vec<String>,
    notes: Vec<String>,
}

fn allowed(table: &[Entry<'_>]) -> Allowed {
    let mut allowed = Allowed { paths: Vec::new(), samples: Vec::new(), notes: Vec::new() };
    let keys = ["paths", "regexes", "stopwords", "commits"].map(|key| texts(table, key));
    let [paths, regexes, stopwords, commits] = &keys;
    let all = text(table, "condition").is_some_and(|word| word.eq_ignore_ascii_case("and") || word == "&&");
    if all && keys.iter().filter(|values| !values.is_empty()).count() > 1 {
        allowed.notes.push("it allows what meets several conditions at once; none is carried over".to_owned());
        return allowed;
    }
    let mut lost = 0;
    for path in paths {
        match paths::globs(path) {
            Some(globs) => allowed.paths.extend(globs),
            None => lost += 1,
        }
    }
    let mut tell = |n: usize, message: &str| {
        if n > 0 {
            allowed.notes.push(format!("{} not carried over: {message}", count(n, "entry")));
        }
    };
    tell(lost, "regular expressions over paths that globs cannot say");
    let of_secret = text(table, "regexTarget").is_none_or(|target| target == "secret");
    let exact: Vec<Option<String>> =
        regexes.iter().map(|regex| of_secret.then(|| write::sample(regex)).flatten()).collect();
    tell(exact.iter().filter(|sample| sample.is_none()).count(), "`regexes` over values or lines");
    tell(stopwords.len(), "`stopwords`; placeholders and values made of filler are dropped here by rules of their own");
    tell(commits.len(), "`commits`");
    allowed.samples.extend(exact.into_iter().flatten());
    allowed
}

/// Finds bounds, anchors and a sample with which a pattern is proved.
fn prove(pattern: &Pattern, secret: Option<u32>, keywords: &[String]) -> Result<Proved, String> {
    let mut why = String::new();
    for bounds in BOUNDS {
        let carried = pattern.carry(secret, bounds)?;
        match prove_bounded(&carried.pattern, keywords) {
            Ok(proved) => return Ok(Proved { bounds: carried.bounded.then_some(bounds), ..proved }),
            Err(error) => why = error,
        }
        if !carried.bounded {
            break;
        }
    }
    Err(why)
}

/// The most that a window may hold for each byte of its shortest anchor, where a match may begin before the anchor.
const DEAREST: usize = 900;
/// The longest window of a match that begins with its anchor.
const WIDEST: usize = 16 << 10;

fn prove_bounded(pattern: &str, keywords: &[String]) -> Result<Proved, String> {
    let hir = pattern_syntax(pattern).map_err(|error| format!("its pattern is not one of this engine's: {error}"))?;
    compile(&hir).map_err(|error| format!("its pattern cannot be compiled: {error}"))?;
    let by_keywords = !keywords.is_empty() && keywords.iter().all(|word| word.len() >= 3);
    let choices = by_keywords.then(|| keywords.to_vec()).into_iter().chain(required(&hir).into_iter().take(6));
    let mut dear = false;
    let mut proved = None;
    for anchors in choices.filter(|anchors| !anchors.is_empty()) {
        let Ok(reach) = reach(&hir, &anchors, true) else { continue };
        let shortest = anchors.iter().map(String::len).min().unwrap_or(1);
        if reach.left + reach.right > WIDEST || reach.left > 0 && (reach.left + reach.right) / shortest > DEAREST {
            dear = true;
            continue;
        }
        proved = Some((anchors, reach));
        break;
    }
    let Some((anchors, reach)) = proved else {
        return Err(if dear {
            "every window around its literals would be too long".to_owned()
        } else {
            "no literal of three bytes stands in everything that it matches".to_owned()
        });
    };
    let templates = sampled(pattern, &hir).ok_or("no sample of it could be minted from its pattern")?;
    let by_keywords = by_keywords && anchors == keywords;
    let minted = Minter::new(0).fill(&templates.mint).map_err(|error| error.0)?.to_ascii_lowercase();
    Ok(Proved {
        pattern: pattern.to_owned(),
        own_form: anchors.iter().any(|anchor| minted.contains(anchor.as_str())),
        left: reach.left,
        right: reach.right,
        anchors,
        by_keywords,
        templates,
        bounds: None,
        shortest: minted.len(),
    })
}

/// The first templates whose samples the pattern finds, just as they were put into the text.
fn sampled(pattern: &str, hir: &regex_syntax::hir::Hir) -> Option<Templates> {
    let regex = regex::bytes::RegexBuilder::new(pattern).unicode(false).build().ok()?;
    VARIANTS.into_iter().filter_map(|variant| templates(hir, variant)).find(|templates| {
        (0..20).all(|seed| {
            let Ok(key) = Minter::new(seed).fill(&templates.mint) else { return false };
            let text = templates.example.replacen("{mint}", &key.replace('{', "{{").replace('}', "}}"), 1);
            let Ok(text) = Minter::new(seed).fill(&text) else { return false };
            let found = regex.captures(text.as_bytes()).and_then(|captures| captures.name("secret"));
            found.is_some_and(|secret| secret.as_bytes() == key.as_bytes())
        })
    })
}

/// An id of another scanner in our form.
fn kebab(id: &str) -> String {
    let words: Vec<String> = id
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() { "rule".to_owned() } else { words.join("-") }
}

fn count(n: usize, noun: &str) -> String {
    match (n, noun) {
        (1, noun) => format!("1 {noun}"),
        (n, "entry") => format!("{n} entries"),
        (n, noun) => format!("{n} {noun}s"),
    }
}
