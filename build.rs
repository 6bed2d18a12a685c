//! Embeds the rule files (`rules/*.toml`), so that adding a provider is one file and nothing else: their texts, their
//! parsed documents, and the tables of the prefilter, so that starting reads no rule and builds no table. What the
//! documents mean is read by the library (`src/rules`), with the same code that reads a user's files; everything here is
//! made by the library's own modules, which this program includes.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/anchors.rs"]
mod anchors;
#[path = "build/rules.rs"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest, and shows some of it")]
mod rules;
#[path = "build/sought.rs"]
mod sought;
#[path = "src/detect/anchors/tables/mod.rs"]
#[allow(dead_code, reason = "the library uses the rest")]
mod tables;

use self::rules::document::{self, Entry, Item, Value};
use self::rules::packed::pack;
use self::sought::Sought;
use self::tables::{Tables, Wanted};

fn main() -> Result<(), Box<dyn Error>> {
    // Whoever measures what the number of rules costs builds with another folder.
    announce("cargo::rerun-if-env-changed=SKELKEY_RULES_FOLDER");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = env::var_os("SKELKEY_RULES_FOLDER").map_or_else(|| here.join("rules"), PathBuf::from);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?);
    let files = rule_files(&folder)?;
    let mut embedded = Embedded::default();
    for file in &files {
        embedded.add(file).map_err(|error| format!("{}: {error}", file.name))?;
    }
    fs::write(out.join("rules.packed"), &embedded.packed)?;
    fs::write(out.join("rules.texts"), &embedded.texts)?;
    fs::write(out.join("embedded_rules.rs"), embedded.module(&files)?)?;
    let wanted: Vec<Wanted<'_>> = embedded.found.iter().map(Sought::wanted).collect();
    fs::write(out.join("embedded_anchors.rs"), anchors::module(&Tables::of(&wanted))?)?;
    fs::write(out.join("engine.hash"), engine_hash(here)?)?;
    for path in ["build.rs", "build"].iter().chain(ENGINE) {
        announce(&format!("cargo::rerun-if-changed={path}"));
    }
    announce(&format!("cargo::rerun-if-changed={}", folder.display()));
    Ok(())
}

/// The sources that decide whether a text holds a match, besides the rules.
const ENGINE: &[&str] = &["src/decode", "src/detect", "src/format", "src/location.rs", "src/rules"];

/// One hash of those sources: what an earlier build found in a text says nothing about what this one finds.
fn engine_hash(here: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut waiting: Vec<PathBuf> = ENGINE.iter().map(|path| here.join(path)).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else {
            files.push((path.strip_prefix(here)?.to_string_lossy().into_owned(), fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(rules::hash::of_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))))
}

struct RuleFile {
    name: String,
    text: String,
}

/// The rule files of `folder`, sorted by name so that every build embeds them in the same order.
fn rule_files(folder: &Path) -> Result<Vec<RuleFile>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().and_then(|name| name.to_str()).ok_or("a rule file's name is not UTF-8")?;
            files.push(RuleFile { name: format!("rules/{name}"), text: fs::read_to_string(&path)? });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// What goes into the binary.
#[derive(Default)]
struct Embedded {
    /// Names and texts, one after the other.
    texts: String,
    packed: Vec<u8>,
    /// Elements of the constants `FILES` and `RULES`.
    files: Vec<String>,
    rules: Vec<String>,
    /// Lines of a name of a rule and its index.
    names: String,
    found: Vec<Sought>,
}

impl Embedded {
    fn add(&mut self, file: &RuleFile) -> Result<(), Box<dyn Error>> {
        let document = document::parse(&file.text).map_err(|errors| format!("{errors:?}"))?;
        let begins = self.texts.len();
        self.texts += &file.name;
        let text = self.texts.len();
        self.texts += &file.text;
        let ends = self.texts.len();
        for rule in rules_of(&document) {
            let place = self.pack(rule);
            let entries = rule.value.as_table().unwrap_or_default();
            for name in names(entries) {
                writeln!(self.names, "{name}\t{}", self.rules.len())?;
            }
            self.rules.push(format!("({}, {place})", self.files.len()));
            self.found.push(Sought::new(entries)?);
        }
        let provider = document.iter().find(|entry| entry.key == "provider").ok_or("there is no provider")?;
        let provider = self.pack(&provider.item);
        let document = self.pack(&Item { at: 0..0, value: Value::Table(document) });
        self.files.push(format!(
            "File {{ begins: {begins}, text: {text}, ends: {ends}, document: {document}, provider: {provider} }}"
        ));
        Ok(())
    }

    /// Where the item is.
    fn pack(&mut self, item: &Item<'_>) -> usize {
        let place = self.packed.len();
        pack(item, &mut self.packed);
        place
    }

    /// Rust code: where everything is, and what of the whole set cannot be known without reading it.
    fn module(&self, files: &[RuleFile]) -> Result<String, Box<dyn Error>> {
        let hash = rules::hash::of_files(files.iter().map(|file| (file.name.as_str(), file.text.as_str())));
        let window = self.found.iter().map(|rule| rule.window).max().unwrap_or(0);
        let mut code = String::new();
        writeln!(code, "static FILES: [File; {}] = [\n    {},\n];", self.files.len(), self.files.join(",\n    "))?;
        writeln!(code, "\n/// The file of each rule, and where it is in `PACKED`.")?;
        let (number, rules) = (self.rules.len(), self.rules.join(",\n    "));
        writeln!(code, "static RULES: [(usize, usize); {number}] = [\n    {rules},\n];")?;
        writeln!(
            code,
            "\n/// Lines of a name of a rule and its index.\nstatic NAMES: &str = {:?};",
            format!("\n{}", self.names)
        )?;
        writeln!(code, "\nconst HASH: &str = {hash:?};")?;
        writeln!(code, "\n/// The longest window of any rule.\npub(super) const WINDOW: usize = {window};")?;
        Ok(code)
    }
}

fn rules_of<'d>(document: &'d [Entry<'static>]) -> &'d [Item<'static>] {
    let rules = document.iter().find(|entry| entry.key == "rule");
    rules.and_then(|rules| rules.item.value.as_list()).unwrap_or_default()
}

/// The rule's id and its earlier ones.
fn names<'d>(rule: &'d [Entry<'static>]) -> impl Iterator<Item = &'d str> {
    let of_key = |key: &'static str| rule.iter().filter(move |entry| entry.key == key).map(|entry| &entry.item);
    let aliases = of_key("aliases").filter_map(|item| item.value.as_list()).flatten();
    of_key("id").chain(aliases).filter_map(|item| item.value.as_str())
}

/// Cargo reads a build script's standard output.
fn announce(line: &str) {
    println!("{line}");
}
