//! Embeds the rule files (`rules/*.toml`), so that adding a provider is one file and nothing else: their texts, their
//! documents as constants, and the tables of the prefilter, so that starting reads no rule and builds no table. What the
//! documents mean is read by the library (`src/rules`), with the same code that reads a user's files; the tables are made
//! by the library's own modules, which this program includes.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::de::{DeTable, DeValue};

#[path = "build/anchors.rs"]
mod anchors;
#[path = "build/documents.rs"]
mod documents;
#[path = "build/rules.rs"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest, and shows some of it")]
mod rules;
#[path = "src/detect/anchors/tables/mod.rs"]
#[allow(dead_code, reason = "the library uses the rest")]
mod tables;

use self::documents::Constants;
use self::rules::Seek;
use self::tables::{Tables, Wanted};

fn main() -> Result<(), Box<dyn Error>> {
    // Whoever measures what the number of rules costs builds with another folder.
    announce("cargo::rerun-if-env-changed=SKELKEY_RULES_FOLDER");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = env::var_os("SKELKEY_RULES_FOLDER").map_or_else(|| here.join("rules"), PathBuf::from);
    let files = rule_files(&folder)?;
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    let mut read = Vec::new();
    for (name, _, text) in &files {
        read.push(DeTable::parse(text).map_err(|error| format!("{name}: {error}"))?);
    }
    let documents: Vec<&DeTable<'_>> = read.iter().map(toml::Spanned::get_ref).collect();
    let found = documents.iter().flat_map(|document| rules_of(document)).map(Sought::new).collect::<Result<Vec<_>, _>>()?;
    fs::write(Path::new(&out).join("embedded_rules.rs"), module(&files, &documents, &found)?)?;
    let wanted: Vec<Wanted<'_>> = found.iter().map(Sought::wanted).collect();
    fs::write(Path::new(&out).join("embedded_anchors.rs"), anchors::module(&Tables::of(&wanted))?)?;
    for path in ["build.rs", "build", "src/rules", "src/detect/anchors/tables"] {
        announce(&format!("cargo::rerun-if-changed={path}"));
    }
    announce(&format!("cargo::rerun-if-changed={}", folder.display()));
    Ok(())
}

/// The rule files of `folder` (name, path, text), sorted by name so that every build embeds them in the same order.
fn rule_files(folder: &Path) -> Result<Vec<(String, String, String)>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().and_then(|name| name.to_str()).ok_or("a rule file's name is not UTF-8")?;
            let source = path.to_str().ok_or("the path to the rule files is not UTF-8")?;
            files.push((format!("rules/{name}"), source.to_owned(), fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

fn rules_of<'d>(document: &'d DeTable<'_>) -> Vec<&'d DeTable<'d>> {
    let list = document.get("rule").and_then(|rules| rules.get_ref().as_array());
    list.into_iter().flatten().filter_map(|rule| rule.get_ref().as_table()).collect()
}

/// What a rule says about where its matches are.
struct Sought {
    anchors: Vec<String>,
    fold: bool,
    seek: Seek,
    window: usize,
}

impl Sought {
    fn new(rule: &DeTable<'_>) -> Result<Self, String> {
        let text = |key: &str| rule.get(key).and_then(|item| item.get_ref().as_str());
        let texts = |key: &str| {
            let list = rule.get(key).and_then(|item| item.get_ref().as_array());
            list.into_iter().flatten().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        if rule.contains_key("names") {
            let anchors: Vec<String> = texts("names").iter().map(|name| name.to_ascii_lowercase()).collect();
            let pattern = rules::syntax::parse(&rules::assigned::pattern(text("value").unwrap_or_default()))?;
            let (left, right) = rules::assigned::window(anchors.iter().map(String::len).max().unwrap_or(0));
            let seek = rules::shape::seek(Some(&pattern), left, true);
            return Ok(Self { anchors, fold: true, seek, window: left + right });
        }
        let pattern = rules::syntax::parse(text("pattern").unwrap_or_default())?;
        let left = size(rule, "left")?;
        Ok(Self {
            anchors: texts("anchors"),
            fold: text("anchors-case") == Some("insensitive"),
            seek: rules::shape::seek(Some(&pattern), left, false),
            window: left + size(rule, "right")?,
        })
    }

    fn wanted(&self) -> Wanted<'_> {
        let anchors = self.anchors.iter().map(String::as_str).collect();
        Wanted { anchors, fold: self.fold, seek: self.seek }
    }
}

fn size(rule: &DeTable<'_>, key: &str) -> Result<usize, String> {
    let Some(item) = rule.get(key) else { return Ok(0) };
    let DeValue::Integer(number) = item.get_ref() else { return Err(format!("`{key}` is not a number")) };
    usize::from_str_radix(number.as_str(), number.radix()).map_err(|error| format!("`{key}`: {error}"))
}

/// Rust code: the files' names and texts, their documents, where each rule is written, and what of the whole set
/// cannot be known without reading it.
fn module(
    files: &[(String, String, String)],
    documents: &[&DeTable<'_>],
    found: &[Sought],
) -> Result<String, Box<dyn Error>> {
    let (mut texts, mut roots, mut rules, mut constants) = (String::new(), String::new(), String::new(), Constants::default());
    for (index, ((name, source, _), document)) in files.iter().zip(documents).enumerate() {
        writeln!(texts, "    ({name:?}, include_str!({source:?})),")?;
        writeln!(roots, "    &{},", constants.table(document)?)?;
        for place in 0..rules_of(document).len() {
            writeln!(rules, "    ({index}, {place}),")?;
        }
    }
    let hash = rules::hash::of_files(files.iter().map(|(name, _, text)| (name.as_str(), text.as_str())));
    let window = found.iter().map(|rule| rule.window).max().unwrap_or(0);
    Ok(format!(
        "static FILES: [(&str, &str); {}] = [\n{texts}];\n\n\
         static DOCUMENTS: [&[Entry<'static>]; {}] = [\n{roots}];\n\n\
         /// The file of each rule, and its place in it.\nstatic RULES: [(usize, usize); {}] = [\n{rules}];\n\n\
         const HASH: &str = {hash:?};\n\n/// The longest window of any rule.\npub(super) const WINDOW: usize = {window};\n\n{}",
        files.len(),
        files.len(),
        found.len(),
        constants.text
    ))
}

/// Cargo reads a build script's standard output.
fn announce(line: &str) {
    println!("{line}");
}
